"""Remember, conclude, announce: scores follow from facts."""

from collections.abc import Collection, Iterable, Sequence, Set
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from services.assessment import cohort, pool, quiz_handlers, repository
from services.assessment.domain.known import Known
from services.assessment.domain.program import Program
from services.assessment.domain.score import RULES, as_data, draw
from services.contracts.assessment import (
    APPEAL_DECIDED,
    APPEAL_LODGED,
    COMMENT_WITHDRAWN,
    MARK_OVERRIDDEN,
    OUTCOME_COMMENTED,
    OUTCOME_POOLED,
    OUTCOME_RECOMMENDED,
    OUTCOME_SUBMITTED,
    RELEASE_APPROVED,
    RELEASE_PROPOSED,
    REVIEW_ASSIGNED,
    REVIEW_EXPIRED,
    REVIEW_SUBMITTED,
    REVIEW_WINDOW_CLOSED,
    REVIEW_WINDOW_OPENED,
    SCORE_DRAWN,
    SCORE_RELEASED,
    SELF_ASSESSED,
    STAFF_MARKED,
)
from services.contracts.enrollment import (
    ENROLLMENT_OPENED,
    ENROLLMENT_WITHDRAWN,
    ORGANIZATION_PLACED,
    PROGRAM_AMENDED,
    PROGRAM_PUBLISHED,
)
from services.contracts.envelope import Event, derived_id
from services.contracts.learning import MODULE_COMPLETED, POST_COUNTED, POST_RETRACTED
from services.messaging import ledger

SOURCE = "/zhixing/assessment"
HEARS = (
    ORGANIZATION_PLACED,
    PROGRAM_PUBLISHED,
    PROGRAM_AMENDED,
    ENROLLMENT_OPENED,
    ENROLLMENT_WITHDRAWN,
    MODULE_COMPLETED,
    POST_COUNTED,
    POST_RETRACTED,
)
# What is told once and must be heard again when the service is rebuilt; drawn
# scores are not among them, for they are drawn anew.
OWN = (
    OUTCOME_SUBMITTED,
    OUTCOME_POOLED,
    OUTCOME_RECOMMENDED,
    OUTCOME_COMMENTED,
    COMMENT_WITHDRAWN,
    SELF_ASSESSED,
    REVIEW_WINDOW_OPENED,
    REVIEW_ASSIGNED,
    REVIEW_EXPIRED,
    REVIEW_SUBMITTED,
    STAFF_MARKED,
    MARK_OVERRIDDEN,
    APPEAL_LODGED,
    APPEAL_DECIDED,
    REVIEW_WINDOW_CLOSED,
    RELEASE_PROPOSED,
    RELEASE_APPROVED,
    SCORE_RELEASED,
    *quiz_handlers.OWN,
)


class Drawn(NamedTuple):
    """A score, what it was drawn from, and the cohort's part of that."""

    score: Event
    facts: list[Event]
    cohort: cohort.Basis | None


def learn(session: Session, facts: Iterable[Event]) -> None:
    """Remember the facts, then draw again every score they touch."""
    fresh = ledger.remember(session, facts)
    if fresh:
        anew = cohort.reopened(session, fresh)
        conclude(session, ledger.touched(fresh) | anew, causes(fresh))


def tell(session: Session, facts: Sequence[Event]) -> None:
    """Announce what a command found to be so, and learn it like any other fact."""
    ledger.announce(session, facts)
    learn(session, facts)


def causes(fresh: Iterable[Event]) -> dict[str, Event]:
    """Subject → the newest of the facts that touched it."""
    return {subject: fact for fact in fresh for subject in ledger.touched([fact])}


def conclude(session: Session, subjects: Set[str], because: dict[str, Event] | None = None) -> None:
    """Draw the scores of these enrollments, and of all enrollments in these programs."""
    enrollments = ledger.gather(session, subjects)
    programs = repository.program_facts(session, subjects | set(enrollments.values()))
    repository.save_windows(session, {id_: programs[id_] for id_ in programs.keys() & subjects})
    facts = ledger.known(session, enrollments.keys())
    about = [
        (id_, program_id, facts[id_], programs.get(program_id, []))
        for id_, program_id in sorted(enrollments.items())
    ]
    pool.save(session, about)
    drawn = draw_all(session, about, programs, subjects, because or {})
    rows, released = [], []
    for one in drawn:
        mine, program = facts[one.score.subject], programs[one.score.data["program_id"]]
        last = repository.last_release(mine)
        release = released_by(one.score, last, program)
        if release:
            released.append(release)
        rows.append(row(one.score, mine, released=bool(last or release)))
    repository.save_scores(session, rows)
    repository.save_drawings(session, drawn)
    ledger.announce(session, [*(one.score for one in drawn), *released])
    ledger.remember(session, released)
    quiz_handlers.conclude(session, subjects, enrollments.keys() & subjects, because)


def draw_all(
    session: Session,
    about: Iterable[tuple[str, str, list[Event], list[Event]]],
    programs: dict[str, list[Event]],
    subjects: Collection[str],
    because: dict[str, Event],
) -> list[Drawn]:
    """The scores of all these enrollments whose programs and openings are known."""
    whole = [one for one in about if repository.has(one[2], ENROLLMENT_OPENED)]
    bases = cohort.agreed(session, programs, anew=subjects)
    closed = [id_ for id_, program_id, _, _ in whole if program_id in bases]
    agreements = cohort.agreements(session, closed) if closed else {}
    found = []
    for enrollment_id, program_id, mine, about_program in whole:
        program = repository.program_in(about_program)
        if program is None:
            continue
        facts, basis = repository.basis((*mine, *about_program)), bases.get(program_id)
        agreed, given = agreements.get(enrollment_id, cohort.NOTHING) if basis else cohort.NOTHING
        known = repository.known(
            enrollment_id,
            program_id,
            facts,
            about_program,
            basis=len(facts) + (basis.size if basis else 0),
            agreed=agreed,
            given=given,
        )
        cause = because.get(enrollment_id) or because.get(program_id)
        found.append(Drawn(score(enrollment_id, program, known, facts, basis, cause), facts, basis))
    return found


def score(
    enrollment_id: str,
    program: Program,
    known: Known,
    facts: Sequence[Event],
    basis: cohort.Basis | None,
    cause: Event | None,
) -> Event:
    """The score that follows from all that is known; its id follows from what that is."""
    ids = [fact.id for fact in facts]
    return Event(
        derived_id(SCORE_DRAWN, enrollment_id, RULES, *ids, basis.digest if basis else ""),
        SCORE_DRAWN,
        SOURCE,
        enrollment_id,
        max(fact.time for fact in facts),
        as_data(draw(program, known)),
        cause.id if cause else None,
        cause.traceparent if cause else None,
    )


def released_by(score: Event, last: Event | None, program: Iterable[Event]) -> Event | None:
    """The release of a final score, unless the last one told the same or a check is awaited."""
    told = {name: score.data[name] for name in ("program_id", "total", "passed", "hours")}
    if not score.data["final"] or repository.is_held(program):
        return None
    if last and told == {name: last.data[name] for name in told}:
        return None
    number = last.data["round"] + 1 if last else 1
    return Event(
        derived_id(SCORE_RELEASED, score.subject, str(number), score.id),
        SCORE_RELEASED,
        SOURCE,
        score.subject,
        score.time,
        {**told, "round": number},
        score.id,
        score.traceparent,
    )


def row(score: Event, mine: Iterable[Event], *, released: bool) -> dict[str, Any]:
    """A score as it stands in its table."""
    opened = repository.of_type(mine, ENROLLMENT_OPENED)
    assert opened is not None
    return {
        "enrollment_id": score.subject,
        "program_id": score.data["program_id"],
        "member_id": opened.data["member_id"],
        "path": opened.data["path"],
        "score_id": score.id,
        "total": score.data["total"],
        "passed": score.data["passed"],
        "final": score.data["final"],
        "withdrawn": repository.has(mine, ENROLLMENT_WITHDRAWN),
        # What was released while less was known stands only as long as the score is final.
        "released": released and score.data["final"],
    }
