"""The review window: it opens with an allocation and closes with the deadline."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.assessment import handlers, repository
from services.assessment.domain.allocation import Entrant, allocate
from services.contracts.assessment import (
    OUTCOME_SUBMITTED,
    REVIEW_ASSIGNED,
    REVIEW_WINDOW_CLOSED,
    REVIEW_WINDOW_OPENED,
)
from services.contracts.envelope import Event, derived_id, instant
from services.messaging import ledger, trace


def due(session: Session, now: datetime) -> list[str]:
    """The program versions whose next deadline has come."""
    return [window.program_id for window in session.execute(repository.DUE, {"now": now})]


def keep_time(session: Session, program_id: str, now: datetime) -> None:
    """Opens and closes a window whose deadline has come; the deadline is the fact's time."""
    ledger.hold(session, [program_id])
    known = repository.program_facts(session, [program_id])[program_id]
    window = session.execute(repository.WINDOW, {"id": program_id}).one()
    if not repository.has(known, REVIEW_WINDOW_OPENED):
        handlers.tell(session, opening(session, program_id, window.outcomes_due))
    if window.reviews_due <= now and not repository.has(known, REVIEW_WINDOW_CLOSED):
        handlers.tell(session, [closing(program_id, window.reviews_due)])


def opening(session: Session, program_id: str, at: datetime) -> list[Event]:
    """The facts that open a window: who reviews whom, of the outcomes that are in.

    The caller holds the program, so no outcome comes in meanwhile.
    """
    cohort = ledger.members(session, [program_id])
    submitted = ledger.said_of(session, cohort, (OUTCOME_SUBMITTED,))
    program = repository.program_in(repository.program_facts(session, [program_id])[program_id])
    assert program is not None
    pairs = allocate(
        [Entrant(fact.subject, "") for fact in submitted],
        k=program.scheme.reviewers,
        seed=program_id,
    )
    assigned = [
        Event(
            derived_id(REVIEW_ASSIGNED, author, reviewer),
            REVIEW_ASSIGNED,
            handlers.SOURCE,
            author,
            at,
            {"reviewer_id": reviewer},
            None,
            trace.current.get(),
        )
        for author, reviewer in sorted(pairs)
    ]
    return [_window(REVIEW_WINDOW_OPENED, program_id, at, "opened_at"), *assigned]


def closing(program_id: str, at: datetime) -> Event:
    """The fact that closes a window."""
    return _window(REVIEW_WINDOW_CLOSED, program_id, at, "closed_at")


def _window(type_: str, program_id: str, at: datetime, name: str) -> Event:
    return Event(
        derived_id(type_, program_id),
        type_,
        handlers.SOURCE,
        program_id,
        at,
        {name: instant(at)},
        None,
        trace.current.get(),
    )
