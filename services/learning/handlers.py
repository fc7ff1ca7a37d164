"""Remember, conclude, announce: progress follows from what partners tell."""

from collections.abc import Iterable, Set
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from services.contracts.assessment import QUIZ_GRADED
from services.contracts.enrollment import ACCOUNT_LINKED, ENROLLMENT_OPENED, PROGRAM_PUBLISHED
from services.contracts.envelope import Event, derived_id
from services.contracts.intake import STATEMENT_RECEIVED
from services.contracts.learning import MODULE_COMPLETED, POST_COUNTED, POST_RETRACTED
from services.learning import repository
from services.learning.domain.progress import (
    Completed,
    Conclusion,
    Counted,
    Heard,
    Standing,
)
from services.learning.domain.progress import (
    conclude as follow,
)
from services.learning.domain.quizzes import by_quizzes
from services.messaging import ledger

SOURCE = "/zhixing/learning"
HEARS = (ACCOUNT_LINKED, PROGRAM_PUBLISHED, ENROLLMENT_OPENED, STATEMENT_RECEIVED, QUIZ_GRADED)
OWN = (MODULE_COMPLETED, POST_COUNTED, POST_RETRACTED)


def learn(session: Session, facts: Iterable[Event]) -> None:
    """Remember the facts, then draw again what follows for every member they touch."""
    fresh = ledger.remember(session, facts)
    if fresh:
        conclude(session, ledger.touched(fresh))


def conclude(session: Session, subjects: Set[str]) -> None:
    """Tell what follows for the members that these subjects are or belong to."""
    members = repository.gather(session, subjects)
    about = ledger.known(session, members)
    accounts = {member: repository.accounts(about[member]) for member in members}
    linked = {account for of_member in accounts.values() for account in of_member}
    said = ledger.known(session, subjects | linked)
    objects = {key for account in linked for key in objects_of(statements(said[account]))}
    others = ledger.known(session, objects)
    opened = {
        member: [fact for fact in about[member] if fact.type == ENROLLMENT_OPENED]
        for member in members
    }
    programs = repository.programs(
        session, {fact.data["program_id"] for facts in opened.values() for fact in facts}
    )
    told = ledger.known(session, {fact.subject for facts in opened.values() for fact in facts})
    drawn = Drawn([], [], {}, {})
    for member in sorted(members):
        mine = [fact for account in accounts[member] for fact in statements(said[account])]
        facts = {fact.id: fact for key in objects_of(mine) for fact in statements(others[key])}
        facts.update((fact.id, fact) for fact in mine)
        conclude_member(drawn, facts, accounts[member], opened[member], programs, told)
    ledger.announce(session, drawn.new)
    ledger.remember(session, drawn.new)
    repository.save_progress(session, drawn.progress)
    repository.save_standings(session, drawn.heard, drawn.standings)
    strangers = [
        fact
        for subject in sorted(subjects - linked)
        for fact in statements(said[subject])
        if fact.subject == subject
    ]
    if strangers:
        waiting = {one.id: one for one in repository.heard(strangers)}
        following = follow(waiting.values(), accounts=frozenset(), enrollments=())
        repository.save_standings(session, waiting, following.standings)


def statements(facts: Iterable[Event]) -> list[Event]:
    """The statements among facts."""
    return [fact for fact in facts if fact.type == STATEMENT_RECEIVED]


def graded(facts: Iterable[Event]) -> list[Event]:
    """What facts tell of quizzes."""
    return [fact for fact in facts if fact.type == QUIZ_GRADED]


def objects_of(said: Iterable[Event]) -> set[str]:
    """The posts that statements make or delete."""
    keys = {fact.data.get("object_key") for fact in said}
    return {key for key in keys if key is not None}


class Drawn(NamedTuple):
    """What follows for the members of a batch: facts to tell, and rows that stand."""

    new: list[Event]
    progress: list[dict[str, Any]]
    heard: dict[str, Heard]
    standings: dict[str, Standing]


def conclude_member(
    drawn: Drawn,
    facts: dict[str, Event],
    accounts: frozenset[str],
    opened: list[Event],
    programs: dict[str, dict[str, Any]],
    told: dict[str, list[Event]],
) -> None:
    """Add what follows for one member and was not told before."""
    known = [fact for fact in opened if fact.data["program_id"] in programs]
    enrollments = [repository.enrollment(fact, programs[fact.data["program_id"]]) for fact in known]
    quizzes = {fact.id: fact for one in known for fact in graded(told[one.subject])}
    heard = {one.id: one for one in repository.heard(facts.values())}
    following = follow(heard.values(), accounts=accounts, enrollments=enrollments)
    passed = repository.passed(quizzes.values())
    done = by_quizzes(passed, enrollments=enrollments, beside=following.completed)
    following = replace(following, completed=done)
    for fact in known:
        mine = told[fact.subject]
        added = [*completions(following, mine, fact.subject), *posts(following, mine, fact.subject)]
        drawn.new.extend(caused_by(added, facts | quizzes))
        drawn.progress.append(progress_of(fact, [*mine, *added]))
    drawn.heard.update(heard)
    drawn.standings.update(own_standings(following, heard, accounts))


def own_standings(
    following: Conclusion, heard: dict[str, Heard], accounts: frozenset[str]
) -> dict[str, Standing]:
    """The standings of a member's own statements; others' are concluded with their own member."""
    return {
        id_: standing
        for id_, standing in following.standings.items()
        if heard[id_].account_id in accounts
    }


def completions(following: Conclusion, told: Iterable[Event], enrollment_id: str) -> list[Event]:
    """Completions not told yet; what is told stays as it was told."""
    done = {fact.data["module_id"] for fact in told if fact.type == MODULE_COMPLETED}
    return [
        completed_fact(one)
        for one in sorted(following.completed, key=lambda one: one.module_id)
        if one.enrollment_id == enrollment_id and one.module_id not in done
    ]


def completed_fact(one: Completed) -> Event:
    return Event(
        derived_id(MODULE_COMPLETED, one.enrollment_id, one.module_id),
        MODULE_COMPLETED,
        SOURCE,
        one.enrollment_id,
        one.time,
        {"module_id": one.module_id, "hours": format(one.hours, "f"), "evidence": one.evidence},
        one.evidence,
    )


def posts(following: Conclusion, told: Iterable[Event], enrollment_id: str) -> list[Event]:
    """Posts that count and are not told, and told ones that count no longer."""
    counted = {fact.id: fact for fact in told if fact.type == POST_COUNTED}
    back = {fact.data["counted_id"] for fact in told if fact.type == POST_RETRACTED}
    standing = {fact.data["post"]: fact for id_, fact in counted.items() if id_ not in back}
    should = {name_of(one): one for one in following.counted if one.enrollment_id == enrollment_id}
    new = []
    for name in sorted(should.keys() - standing.keys()):
        times = sum(1 for fact in counted.values() if fact.data["post"] == name)
        new.append(counted_fact(should[name], name, times + 1))
    for name in sorted(standing.keys() - should.keys()):
        new.append(retracted_fact(standing[name], name))
    return new


def name_of(post: Counted) -> str:
    """What a post is called, for each partner its own."""
    return f"{post.partner}:{post.post}"


def counted_fact(one: Counted, name: str, time_of_counting: int) -> Event:
    return Event(
        derived_id(POST_COUNTED, one.enrollment_id, name, str(time_of_counting)),
        POST_COUNTED,
        SOURCE,
        one.enrollment_id,
        one.time,
        {"post": name},
        one.statement,
    )


def retracted_fact(counted: Event, name: str) -> Event:
    return Event(
        derived_id(POST_RETRACTED, counted.id),
        POST_RETRACTED,
        SOURCE,
        counted.subject,
        counted.time,
        {"counted_id": counted.id, "post": name},
        counted.id,
    )


def caused_by(facts: Iterable[Event], heard: dict[str, Event]) -> list[Event]:
    """Facts in the trace of the fact they follow from, where it is among those heard."""
    return [
        fact._replace(traceparent=heard[fact.causationid].traceparent)
        if fact.causationid in heard
        else fact
        for fact in facts
    ]


def progress_of(opened: Event, told: Iterable[Event]) -> dict[str, Any]:
    """The row of an enrollment's progress."""
    facts = list(told)
    back = {fact.data["counted_id"] for fact in facts if fact.type == POST_RETRACTED}
    return {
        "enrollment_id": opened.subject,
        "program_id": opened.data["program_id"],
        "member_id": opened.data["member_id"],
        "path": opened.data["path"],
        "data": {
            "completed": sorted(
                fact.data["module_id"] for fact in facts if fact.type == MODULE_COMPLETED
            ),
            "posts": sorted(
                fact.data["post"]
                for fact in facts
                if fact.type == POST_COUNTED and fact.id not in back
            ),
        },
    }
