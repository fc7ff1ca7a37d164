"""Facts and tables → domain values, and back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.assessment.domain.consensus import Agreed
from services.assessment.domain.dates import Amendment, Dates, dates
from services.assessment.domain.known import Known
from services.assessment.domain.marks import Decision, Given, Marking, Review
from services.assessment.domain.program import Program, read_program
from services.contracts.assessment import (
    APPEAL_DECIDED,
    MARK_OVERRIDDEN,
    OUTCOME_SUBMITTED,
    RELEASE_APPROVED,
    RELEASE_PROPOSED,
    REVIEW_ASSIGNED,
    REVIEW_SUBMITTED,
    REVIEW_WINDOW_CLOSED,
    REVIEW_WINDOW_OPENED,
    SCORE_RELEASED,
    SELF_ASSESSED,
    STAFF_MARKED,
)
from services.contracts.enrollment import (
    ENROLLMENT_OPENED,
    ENROLLMENT_WITHDRAWN,
    PROGRAM_AMENDED,
    PROGRAM_PUBLISHED,
)
from services.contracts.envelope import Event
from services.contracts.learning import MODULE_COMPLETED, POST_COUNTED, POST_RETRACTED
from services.messaging import ledger

# All that is concluded here; what is known is in the ledger. Drafts are nobody's
# facts, and what past scores were drawn from is kept for as long as they are.
TABLES = ("scores", "windows", "outcomes", "reviews", "cohorts", "agreements", "attempts")

FIRST = "00000000-0000-0000-0000-000000000000"
# Published versions never change, so reading one again would read the same.
PROGRAMS: dict[str, Program] = {}
MOST_PROGRAMS = 256
PROGRAM_FACTS = (
    PROGRAM_PUBLISHED,
    PROGRAM_AMENDED,
    REVIEW_WINDOW_OPENED,
    REVIEW_WINDOW_CLOSED,
    RELEASE_PROPOSED,
    RELEASE_APPROVED,
)
# What a score is drawn from; the rest of what is known changes none.
SCORED = frozenset(
    {
        PROGRAM_PUBLISHED,
        PROGRAM_AMENDED,
        REVIEW_WINDOW_OPENED,
        REVIEW_WINDOW_CLOSED,
        ENROLLMENT_OPENED,
        ENROLLMENT_WITHDRAWN,
        MODULE_COMPLETED,
        POST_COUNTED,
        POST_RETRACTED,
        OUTCOME_SUBMITTED,
        SELF_ASSESSED,
        REVIEW_ASSIGNED,
        REVIEW_SUBMITTED,
        STAFF_MARKED,
        MARK_OVERRIDDEN,
        APPEAL_DECIDED,
    }
)

SAVE_SCORES = text("""
    INSERT INTO scores (
        enrollment_id, program_id, member_id, path, score_id, total, passed, final, withdrawn,
        released
    )
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        enrollment_id uuid, program_id uuid, member_id uuid, path text, score_id uuid,
        total numeric, passed boolean, final boolean, withdrawn boolean, released boolean
    )
    ON CONFLICT (enrollment_id) DO UPDATE SET
        score_id = excluded.score_id, total = excluded.total, passed = excluded.passed,
        final = excluded.final, withdrawn = excluded.withdrawn, released = excluded.released
""")
SAVE_WINDOWS = text("""
    INSERT INTO windows (
        program_id, outcomes_due, pooled_at, stand_in_at, reviews_due, opened, closed
    )
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        program_id uuid, outcomes_due timestamptz, pooled_at timestamptz,
        stand_in_at timestamptz, reviews_due timestamptz, opened boolean, closed boolean
    )
    ON CONFLICT (program_id) DO UPDATE SET
        outcomes_due = excluded.outcomes_due, pooled_at = excluded.pooled_at,
        stand_in_at = excluded.stand_in_at, reviews_due = excluded.reviews_due,
        opened = excluded.opened, closed = excluded.closed
""")
SAVE_DRAWINGS = text("""
    INSERT INTO drawings (score_id, enrollment_id, cohort, facts)
    SELECT score_id, enrollment_id, cohort, decode(facts, 'hex')
    FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        score_id uuid, enrollment_id uuid, cohort text, facts text
    ) ORDER BY score_id
    ON CONFLICT DO NOTHING
""")
ENROLLMENT = text("""
    SELECT CAST(enrollment_id AS text) AS id, CAST(program_id AS text) AS program_id,
           CAST(member_id AS text) AS member_id, path, withdrawn, released
    FROM scores WHERE enrollment_id = CAST(:id AS uuid)
""")
OF_MEMBER = text("""
    SELECT CAST(enrollment_id AS text), CAST(program_id AS text) FROM scores
    WHERE member_id = CAST(:member_id AS uuid) ORDER BY enrollment_id
""")
FACTS = text("""
    SELECT CAST(id AS text), type, source, CAST(subject AS text), time, CAST(data AS text)
    FROM inbox WHERE id = ANY (CAST(:ids AS uuid[]))
""")
FACT = text("""
    SELECT CAST(id AS text), type, source, CAST(subject AS text), time, CAST(data AS text)
    FROM inbox WHERE id = CAST(:id AS uuid) AND type = :type
""")
SCORES = text("""
    SELECT CAST(enrollment_id AS text) AS enrollment_id, CAST(program_id AS text) AS program_id,
           CAST(member_id AS text) AS member_id, path, total, passed, final, released
    FROM scores
    WHERE enrollment_id > CAST(:after AS uuid)
      AND (CAST(:program_id AS uuid) IS NULL OR program_id = CAST(:program_id AS uuid))
      AND (CAST(:member_id AS uuid) IS NULL OR member_id = CAST(:member_id AS uuid))
      AND (CAST(:paths AS text[]) IS NULL
           OR EXISTS (SELECT FROM unnest(CAST(:paths AS text[])) AS at WHERE starts_with(path, at)))
    ORDER BY enrollment_id LIMIT :most
""")


def program_facts(session: Session, programs: Collection[str]) -> dict[str, list[Event]]:
    """What is known about program versions themselves."""
    found: dict[str, list[Event]] = {}
    for fact in ledger.said_of(session, programs, PROGRAM_FACTS):
        found.setdefault(fact.subject, []).append(fact)
    return found


def program_in(facts: Iterable[Event]) -> Program | None:
    """The program version among its facts, or None while it is not known."""
    published = of_type(facts, PROGRAM_PUBLISHED)
    if published is None:
        return None
    if published.id not in PROGRAMS:
        if len(PROGRAMS) >= MOST_PROGRAMS:
            PROGRAMS.clear()
        PROGRAMS[published.id] = read_program(published.data)
    return PROGRAMS[published.id]


def dates_in(program: Program, facts: Iterable[Event]) -> Dates:
    """The dates of a program version that stand, among its facts."""
    moved = [Amendment(fact.time, fact.id, fact.data) for fact in every(facts, PROGRAM_AMENDED)]
    return dates(program, moved)


def of_type(facts: Iterable[Event], type_: str) -> Event | None:
    """The one fact of a type that is told once, or None while it is not known."""
    return next((fact for fact in facts if fact.type == type_), None)


def every(facts: Iterable[Event], type_: str) -> list[Event]:
    """The facts of a type, in the order they were told; equal times go by id."""
    told = [fact for fact in facts if fact.type == type_]
    return sorted(told, key=lambda fact: (fact.time, fact.id))


def has(facts: Iterable[Event], type_: str) -> bool:
    """Whether a fact of this type is among them."""
    return of_type(facts, type_) is not None


def known(
    enrollment_id: str,
    program_id: str,
    facts: Iterable[Event],
    about_program: list[Event],
    *,
    basis: int,
    agreed: Agreed | None,
    given: Sequence[Given],
) -> Known:
    """All facts about an enrollment and its program version as one value."""
    completed, posts, retracted = set(), {}, set()
    reviews, self_marks, decisions = [], [], []
    by_role: dict[bool, list[Marking]] = {False: [], True: []}
    owed, done = set(), set()
    outcomes, withdrawn = [], False
    for fact in facts:
        type_, data = fact.type, fact.data
        if type_ == MODULE_COMPLETED:
            completed.add(data["module_id"])
        elif type_ == POST_COUNTED:
            posts[fact.id] = data["post"]
        elif type_ == POST_RETRACTED:
            retracted.add(data["counted_id"])
        elif type_ == OUTCOME_SUBMITTED:
            outcomes.append(fact)
        elif type_ == SELF_ASSESSED:
            self_marks.append(marking(fact))
        elif type_ == STAFF_MARKED:
            by_role[is_referee(fact)].append(marking(fact))
        elif type_ == REVIEW_ASSIGNED:
            if data["reviewer_id"] == enrollment_id and not data.get("voluntary"):
                owed.add(fact.subject)
        elif type_ == REVIEW_SUBMITTED:
            if data["reviewer_id"] == enrollment_id:
                done.add(fact.subject)
            else:
                reviews.append(review(fact))
        elif type_ == MARK_OVERRIDDEN:
            decisions.append(Decision(fact.id, fact.time, Decimal(data["mark"]), "override"))
        elif type_ == APPEAL_DECIDED and data.get("mark") is not None:
            decisions.append(Decision(fact.id, fact.time, Decimal(data["mark"]), "appeal"))
        elif type_ == ENROLLMENT_WITHDRAWN:
            withdrawn = True
    return Known(
        program_id=program_id,
        basis=basis,
        completed=frozenset(completed),
        posts=frozenset(post for id_, post in posts.items() if id_ not in retracted),
        outcome=bool(outcomes),
        late=is_late(latest(outcomes), about_program),
        self_marks=self_marks,
        reviews=reviews,
        agreed=agreed,
        staff_marks=by_role[False],
        referee_marks=by_role[True],
        decisions=decisions,
        given=given,
        owed=len(owed),
        done=len(done),
        opened=has(about_program, REVIEW_WINDOW_OPENED),
        closed=has(about_program, REVIEW_WINDOW_CLOSED),
        withdrawn=withdrawn,
    )


def is_late(outcome: Event | None, about_program: list[Event]) -> bool:
    """Whether an outcome came after its deadline and grace."""
    program = program_in(about_program)
    if outcome is None or program is None:
        return False
    return outcome.time > dates_in(program, about_program).pooled_at


def is_held(about_program: Iterable[Event]) -> bool:
    """Whether final scores wait for a second person's check."""
    facts = list(about_program)
    program = program_in(facts)
    return (
        program is not None
        and program.scheme.release == "checked"
        and not has(facts, RELEASE_APPROVED)
    )


def is_referee(fact: Event) -> bool:
    """Whether a staff mark takes the place of the peers'."""
    return fact.data.get("role") == "referee"


def latest(facts: Iterable[Event]) -> Event | None:
    """The fact told last; equal times go to the larger id."""
    return max(facts, key=lambda fact: (fact.time, fact.id), default=None)


def basis(facts: Iterable[Event]) -> list[Event]:
    """What a score is drawn from, by id."""
    return sorted((fact for fact in facts if fact.type in SCORED), key=lambda fact: fact.id)


def review(fact: Event) -> Review:
    return Review(
        fact.id, fact.subject, fact.data["reviewer_id"], fact.time, marks(fact.data["marks"])
    )


def marking(fact: Event) -> Marking:
    return Marking(fact.id, fact.time, marks(fact.data["marks"]))


def marks(data: dict[str, str]) -> dict[str, Decimal]:
    return {code: Decimal(mark) for code, mark in data.items()}


def last_release(facts: Iterable[Event]) -> Event | None:
    """The release of the highest round."""
    releases = [fact for fact in facts if fact.type == SCORE_RELEASED]
    return max(releases, key=lambda fact: fact.data["round"], default=None)


def save_scores(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Makes drawn scores the standing ones."""
    save(session, SAVE_SCORES, rows)


def save_drawings(session: Session, drawn: Iterable[Any]) -> None:
    """Keeps what scores were drawn from, so that each can be drawn again."""
    rows = [
        {
            "score_id": one.score.id,
            "enrollment_id": one.score.subject,
            "cohort": one.cohort.digest if one.cohort else None,
            "facts": "".join(fact.id.replace("-", "") for fact in one.facts),
        }
        for one in drawn
    ]
    save(session, SAVE_DRAWINGS, rows)


def save_windows(session: Session, programs: dict[str, list[Event]]) -> None:
    """Notes the dates of program versions and whether their windows are open or closed."""
    rows = []
    for program_id, facts in sorted(programs.items()):
        program = program_in(facts)
        if program is not None:
            rows.append(
                {
                    "program_id": program_id,
                    **dates_in(program, facts)._asdict(),
                    "opened": has(facts, REVIEW_WINDOW_OPENED),
                    "closed": has(facts, REVIEW_WINDOW_CLOSED),
                }
            )
    save(session, SAVE_WINDOWS, rows)


def save(session: Session, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Makes rows stand; as one JSON document."""
    if rows:
        session.execute(statement, {"rows": orjson.dumps(rows, default=str).decode()})


def scores(
    session: Session,
    *,
    after: str | None,
    most: int,
    program_id: str | None,
    member_id: str | None,
    paths: list[str] | None,
) -> Sequence[Row[Any]]:
    """Enrollments with their standing scores, by id, after a cursor.

    With `paths` only those at or below one of these organizations.
    """
    wanted = {
        "after": after or FIRST,
        "most": most,
        "program_id": program_id,
        "member_id": member_id,
        "paths": paths,
    }
    return session.execute(SCORES, wanted).all()


def own_enrollments(session: Session, member_id: str | None) -> dict[str, str]:
    """A member's enrollments → their program versions."""
    found = session.execute(OF_MEMBER, {"member_id": member_id})
    return dict(found.all())


def enrollment(session: Session, enrollment_id: str) -> Row[Any] | None:
    """One enrollment with its program version, member and organization path."""
    return session.execute(ENROLLMENT, {"id": enrollment_id}).one_or_none()


def fact(session: Session, id_: str, type_: str) -> Event | None:
    """The known fact with this id, if it is of this type."""
    row = session.execute(FACT, {"id": id_, "type": type_}).one_or_none()
    return event(*row) if row else None


def facts_of(session: Session, ids: Collection[str]) -> list[Event]:
    """The known facts with these ids."""
    return [event(*row) for row in session.execute(FACTS, {"ids": ledger.array(ids)})]


def event(id_: str, type_: str, source: str, subject: str, time: datetime, data: str) -> Event:
    return Event(id_, type_, source, subject, time, orjson.loads(data))
