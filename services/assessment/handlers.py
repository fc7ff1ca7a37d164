"""Remember, conclude, announce: scores follow from facts."""

from collections.abc import Iterable, Sequence, Set

from sqlalchemy.orm import Session

from services.assessment import quiz_handlers, repository
from services.assessment.domain.program import Program
from services.assessment.domain.score import as_data, draw
from services.contracts.assessment import (
    OUTCOME_SUBMITTED,
    REVIEW_ASSIGNED,
    REVIEW_SUBMITTED,
    REVIEW_WINDOW_CLOSED,
    REVIEW_WINDOW_OPENED,
    SCORE_DRAWN,
    SCORE_RELEASED,
    SELF_ASSESSED,
    STAFF_MARKED,
)
from services.contracts.enrollment import ENROLLMENT_OPENED, PROGRAM_PUBLISHED
from services.contracts.envelope import Event, derived_id
from services.contracts.learning import MODULE_COMPLETED, POST_COUNTED, POST_RETRACTED
from services.messaging import ledger

SOURCE = "/zhixing/assessment"
# The version of the rules a score is drawn by: raise it whenever `draw` would say something else.
RULES = "1"
HEARS = (
    PROGRAM_PUBLISHED,
    ENROLLMENT_OPENED,
    MODULE_COMPLETED,
    POST_COUNTED,
    POST_RETRACTED,
)
# What is told once and must be heard again when the service is rebuilt; drawn
# scores are not among them, for they are drawn anew.
OWN = (
    OUTCOME_SUBMITTED,
    SELF_ASSESSED,
    REVIEW_WINDOW_OPENED,
    REVIEW_ASSIGNED,
    REVIEW_SUBMITTED,
    STAFF_MARKED,
    REVIEW_WINDOW_CLOSED,
    SCORE_RELEASED,
    *quiz_handlers.OWN,
)


def learn(session: Session, facts: Iterable[Event]) -> None:
    """Remember the facts, then draw again every score they touch."""
    fresh = ledger.remember(session, facts)
    if fresh:
        conclude(session, ledger.touched(fresh), causes(fresh))


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
    facts = quiz_handlers.apart(ledger.known(session, enrollments.keys()))
    drawn, released = [], []
    for enrollment_id, program_id in sorted(enrollments.items()):
        about_program, mine = programs.get(program_id, []), facts[enrollment_id]
        program = repository.program_in(about_program)
        opened = repository.of_type(mine, ENROLLMENT_OPENED)
        if program is None or opened is None:
            continue
        cause = (because or {}).get(enrollment_id) or (because or {}).get(program_id)
        scored = score(enrollment_id, program_id, program, mine, about_program, cause)
        drawn.append((scored, opened))
        if release := released_by(scored, repository.last_release(mine)):
            released.append(release)
    repository.save_scores(session, drawn)
    ledger.announce(session, [*(scored for scored, _ in drawn), *released])
    ledger.remember(session, released)
    quiz_handlers.conclude(session, subjects, enrollments.keys() & subjects, because)


def score(
    enrollment_id: str,
    program_id: str,
    program: Program,
    mine: list[Event],
    about_program: list[Event],
    cause: Event | None,
) -> Event:
    """The score that follows from all that is known; its id follows from what that is."""
    basis = repository.basis(mine, about_program)
    known = repository.known(enrollment_id, program_id, mine, about_program, basis=len(basis))
    return Event(
        derived_id(SCORE_DRAWN, enrollment_id, RULES, *basis),
        SCORE_DRAWN,
        SOURCE,
        enrollment_id,
        max(fact.time for fact in (*mine, *about_program)),
        as_data(draw(program, known)),
        cause.id if cause else None,
        cause.traceparent if cause else None,
    )


def released_by(score: Event, last: Event | None) -> Event | None:
    """The release of a final score, unless the last one told the same."""
    told = {name: score.data[name] for name in ("program_id", "total", "passed", "hours")}
    if not score.data["final"]:
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
