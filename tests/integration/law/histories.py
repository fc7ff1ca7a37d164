"""Little histories of a college: what the services hear of a few programs and members."""

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

from services.contracts.assessment import OUTCOME_SUBMITTED
from services.contracts.enrollment import CATEGORIES
from services.contracts.envelope import Event, derived_id
from services.learning.domain.statements import ADL, STREAMS, TINCAN
from tests.builders import (
    PARTNER,
    account_linked,
    appeal_decided,
    appeal_lodged,
    at,
    category_entered,
    comment_withdrawn,
    enrollment_opened,
    enrollment_withdrawn,
    mark_overridden,
    member_described,
    member_placed,
    member_registered,
    module,
    module_completed,
    module_id,
    organization_placed,
    outcome_commented,
    outcome_pooled,
    outcome_recommended,
    outcome_submitted,
    post_counted,
    post_retracted,
    program_amended,
    program_published,
    release_approved,
    release_proposed,
    review_assigned,
    review_expired,
    review_submitted,
    review_window_closed,
    review_window_opened,
    score_drawn,
    score_released,
    self_assessed,
    staff_marked,
    statement_received,
    summary_written,
)
from tests.integration.law.quiz_histories import grades, quizzes

NUMBERS = ("2023001", "2023002", "2023003", "2023004")
ACCOUNTS = ("ann", "bo", "cai")
ACTIVITIES = ("https://learn.example/quiz", "https://learn.example/course")
POSTS = ("https://learn.example/post/1", "https://learn.example/post/2")
PATHS = ("/1/", "/1/12/", "/1/12/133/", "/1/13/")
DAYS = ("2026-01-01", "2026-03-15", "2026-05-01")
COMPLETED, REPLIED = f"{ADL}completed", f"{TINCAN}verb/replied"
DELETED, VOIDED = f"{STREAMS}delete", f"{ADL}voided"
REPLY = f"{TINCAN}activitytype/forum-reply"

# Few different moments, so that some are equal.
times = st.integers(0, 5).map(at)
few = st.sampled_from([0, 0, 0, 1])
marks = st.sampled_from(["0", "41.5", "60", "88", "100"])


def once(facts: Iterable[Event]) -> list[Event]:
    """Each fact once: the same words at the same time are the same fact."""
    return list({fact.id: fact for fact in facts}.values())


def some(draw: st.DrawFn, choices: Sequence[Any], least: int = 0) -> list[Any]:
    return draw(st.lists(st.sampled_from(choices), min_size=least, unique_by=repr))


def several(draw: st.DrawFn, most: int = 3) -> range:
    return range(draw(st.integers(0, most)))


@st.composite
def programs(draw: st.DrawFn, /, **said: Any) -> list[Event]:
    """One program or two versions of it, or two programs, which share modules and activities."""
    t1 = module("t1", ACTIVITIES[0])
    t2 = module("t2", *ACTIVITIES)
    first = program_published(t1, t2, time=draw(times), **said)
    again = program_published(t1, version=2, time=draw(times), **said)
    walk = module("o1", delivery="offline")
    march = {"ends_on": "2026-03-01"} | said
    other = program_published(t2, walk, code="q", time=draw(times), **march)
    return draw(st.sampled_from([[first], [first, again], [first, other], [other]]))


@st.composite
def enrollments(draw: st.DrawFn, published: Sequence[Event]) -> list[Event]:
    """Two to four members in some of the programs."""
    pairs = [(number, program.subject) for number in NUMBERS for program in published]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=2, max_size=5, unique=True))
    return [enrollment_opened(*pair, draw(times)) for pair in chosen]


@st.composite
def enrollment_histories(draw: st.DrawFn, *, calm: bool = False) -> list[Event]:
    """Organizations that are renamed and moved, members, programs.

    `calm`: no member moves, changes category, or has two; then nobody is ever
    of an audience who is not so in the end.
    """
    facts = [
        organization_placed(code, draw(st.sampled_from(PATHS)), draw(times), name=name)
        for code in ("1", "12", "13")
        for name in some(draw, ["甲", "乙"])
    ]
    for number in draw(st.lists(st.sampled_from(NUMBERS), min_size=1, unique=True)):
        facts.append(member_registered(number, draw(times)))
        facts.extend(
            member_described(number, draw(times), name=name) for name in some(draw, ["柏", "溪"])
        )
        for _ in range(1) if calm else several(draw):
            day = DAYS[0] if calm else draw(st.sampled_from(DAYS))
            path = draw(st.sampled_from(PATHS))
            facts.append(member_placed(number, path, draw(times), since=day))
        for _ in range(1) if calm else several(draw):
            day = DAYS[0] if calm else draw(st.sampled_from(DAYS))
            category = draw(st.sampled_from(CATEGORIES if calm else CATEGORIES[:2]))
            facts.append(category_entered(number, category, draw(times), since=day))
        facts.extend(account_linked(number, name, draw(times)) for name in some(draw, ACCOUNTS))
    audience = {
        "categories": some(draw, CATEGORIES, least=1),
        "paths": some(draw, PATHS, least=1),
    }
    published = draw(programs(audience=audience))
    for program in published:
        facts += [program_amended(program.subject, draw(times), brief=word) for word in "甲乙"]
        gone = enrollment_opened(draw(st.sampled_from(NUMBERS)), program.subject).subject
        facts += [enrollment_withdrawn(gone, draw(times)) for _ in range(draw(few))]
    return once([*facts, *published])


@st.composite
def statements(draw: st.DrawFn, number: int) -> list[Event]:
    """Something an account did: completed, posted, voided, or something not known.

    Of posts every second one is deleted, by its author or by somebody else.
    """
    id_, name, time = f"s{number}", draw(st.sampled_from(ACCOUNTS)), draw(times)
    kind = draw(st.sampled_from(["completed", "replied", "replied", "voided", "danced"]))
    activity = draw(st.sampled_from(ACTIVITIES))
    if kind == "completed":
        success = draw(st.sampled_from([None, True, False]))
        return [statement_received(id_, name, COMPLETED, activity, time, success=success)]
    if kind == "voided":
        target = f"s{draw(st.integers(0, 9))}"
        key = derived_id("object", PARTNER, target)
        return [statement_received(id_, name, VOIDED, target, time, object_key=key)]
    if kind == "danced":
        return [statement_received(id_, name, "https://learn.example/danced", activity, time)]
    post = draw(st.sampled_from(POSTS))
    named = {"object_key": derived_id("object", PARTNER, post), "object_type": REPLY}
    text = {
        "text_length": draw(st.sampled_from([20, 20, 19])),
        "text_digest": draw(st.sampled_from("ab")),
    }
    said = [statement_received(id_, name, REPLIED, post, time, parents=[activity], **named, **text)]
    if draw(st.booleans()):
        by = draw(st.sampled_from(ACCOUNTS))
        said.append(statement_received(f"d{number}", by, DELETED, post, draw(times), **named))
    return said


@st.composite
def learning_histories(draw: st.DrawFn) -> list[Event]:
    """Programs, enrollments, linked accounts, and what partners told."""
    published = draw(programs())
    linked = [
        account_linked(draw(st.sampled_from(NUMBERS[:3])), name, draw(times))
        for name in some(draw, ACCOUNTS, least=1)
    ]
    said = [fact for number in range(draw(st.integers(1, 8))) for fact in draw(statements(number))]
    opened = draw(enrollments(published))
    graded = draw(grades([fact.subject for fact in opened]))
    return once([*published, *opened, *linked, *said, *graded])


@st.composite
def studies(draw: st.DrawFn, subjects: Sequence[str]) -> list[Event]:
    """Completed modules, posts of which some are taken back, and outcomes."""
    facts: list[Event] = []
    for subject in subjects:
        done = some(draw, ["t1", "t2", "o1"])
        facts.extend(module_completed(subject, module_id(code), draw(times)) for code in done)
        posts = [post_counted(subject, post, draw(times)) for post in some(draw, POSTS)]
        facts.extend([*posts, *map(post_retracted, some(draw, posts) if posts else [])])
        titles = some(draw, ["知行合一", "实践出真知"])
        facts.extend(outcome_submitted(subject, title, draw(times)) for title in titles)
    return facts


@st.composite
def schemes(draw: st.DrawFn) -> dict[str, Any]:
    """Schemes that ask for little, by all methods, released at once or after a check."""
    return {
        "posts": 1,
        "reviewers": 1,
        "consensus": draw(st.sampled_from(["mean", "median", "reliability"])),
        "release": draw(st.sampled_from(["automatic", "automatic", "checked"])),
        "self_tolerance": draw(st.sampled_from(["10", "100"])),
        "referee_spread": draw(st.sampled_from(["20", "100"])),
        "late_deduction": "10",
        **draw(st.sampled_from([{}, {"reviewing": "10", "theory": "20"}])),
    }


@st.composite
def judgements(draw: st.DrawFn, subject: str, others: Sequence[str]) -> list[Event]:
    """What is said of one outcome: by its author, peers, staff, on appeal, by readers."""
    facts = [self_assessed(subject, draw(marks), draw(times)) for _ in several(draw, 2)]
    for role in ("staff", "referee"):
        facts += [
            staff_marked(subject, draw(marks), draw(times), role=role) for _ in several(draw, 1)
        ]
    for reviewer in some(draw, others) if others else []:
        assigned = review_assigned(subject, reviewer, draw(times))
        facts += [assigned, *(review_expired(assigned, draw(times)) for _ in several(draw, 1))]
        facts += [
            review_submitted(subject, reviewer, draw(marks), draw(times)) for _ in several(draw, 2)
        ]
    facts += [mark_overridden(subject, draw(marks), draw(times)) for _ in several(draw, 1)]
    for _ in several(draw, 1):
        appeal = appeal_lodged(subject, draw(times))
        facts += [appeal, appeal_decided(appeal, draw(st.none() | marks), draw(times))]
    facts += [
        outcome_recommended(subject, draw(st.booleans()), draw(times)) for _ in several(draw, 2)
    ]
    for reader in others[: draw(st.integers(0, 1))]:
        comment = outcome_commented(subject, reader, draw(times))
        facts += [comment, *(comment_withdrawn(comment, draw(times)) for _ in several(draw, 1))]
    facts += [enrollment_withdrawn(subject, draw(times)) for _ in range(draw(few))]
    return facts


@st.composite
def windows(draw: st.DrawFn, program: str) -> list[Event]:
    """How far a program has come: its window, its release, dates that moved."""
    moves = [review_window_opened, review_window_closed, release_proposed, release_approved]
    facts = [move(program, draw(times)) for move in moves[: draw(st.integers(0, len(moves)))]]
    if draw(st.booleans()):
        due = draw(st.sampled_from(["2026-02-01T00:00:00Z", "2026-05-31T16:00:00Z"]))
        facts.append(program_amended(program, draw(times), outcomes_due=due))
    return facts


@st.composite
def assessment_histories(draw: st.DrawFn) -> list[Event]:
    """Studies, assessments of outcomes by all kinds of people, and windows."""
    published = draw(programs(scheme=draw(schemes())))
    opened = draw(enrollments(published))
    subjects = [fact.subject for fact in opened]
    facts = [*published, *opened, *draw(studies(subjects)), *draw(quizzes(subjects))]
    facts += [outcome_pooled(fact) for fact in facts if fact.type == OUTCOME_SUBMITTED][:2]
    for subject in subjects:
        facts += draw(judgements(subject, [other for other in subjects if other != subject]))
    for program in published:
        facts += draw(windows(program.subject))
    facts.append(organization_placed("1", "/1/", draw(times)))
    return once(facts)


@st.composite
def archive_histories(draw: st.DrawFn) -> list[Event]:
    """Studies, scores and releases as they were told, names, and the members' own words."""
    published = draw(programs())
    opened = draw(enrollments(published))
    facts = [*published, *opened, *draw(studies([fact.subject for fact in opened]))]
    for fact in opened:
        subject, program = fact.subject, fact.data["program_id"]
        facts.extend(
            score_drawn(subject, program, basis=draw(st.integers(1, 4)), total=draw(marks))
            for _ in several(draw)
        )
        facts.extend(
            score_released(
                subject,
                program,
                round=round_,
                total=draw(marks),
                passed=draw(st.booleans()),
                time=draw(times),
            )
            for round_ in some(draw, [1, 2, 3, 4])
        )
        facts.extend(summary_written(subject, word, draw(times)) for word in some(draw, "甲乙"))
    for number in some(draw, NUMBERS):
        names = some(draw, ["柏", "溪"])
        facts.extend(member_described(number, draw(times), name=name) for name in names)
    for name in some(draw, ["甲", "乙"]):
        facts.append(organization_placed("1", "/1/", draw(times), name=name))
    return once(facts)


@st.composite
def gateway_histories(draw: st.DrawFn) -> list[Event]:
    """Programs and linked accounts."""
    linked = [
        account_linked(number, name, draw(times))
        for number in some(draw, NUMBERS)
        for name in some(draw, ACCOUNTS)
    ]
    return once([*draw(programs()), *linked])


HISTORIES = {
    "enrollment": enrollment_histories(calm=True),
    "learning": learning_histories(),
    "assessment": assessment_histories(),
    "archive": archive_histories(),
    "gateway": gateway_histories(),
}
