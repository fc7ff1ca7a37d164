"""The review window: it opens with an allocation, keeps its deadlines, and closes.

Time is a fact: what is announced here is told with the moment it was due.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.assessment import handlers, pool, repository
from services.assessment.domain.allocation import allocate
from services.assessment.domain.dates import Dates, review_due
from services.assessment.domain.program import Program
from services.contracts.assessment import (
    OUTCOME_POOLED,
    REVIEW_ASSIGNED,
    REVIEW_EXPIRED,
    REVIEW_WINDOW_CLOSED,
    REVIEW_WINDOW_OPENED,
)
from services.contracts.envelope import Event, derived_id, instant
from services.messaging import ledger, trace

DUE = text("""
    SELECT CAST(program_id AS text) AS program_id FROM windows
    WHERE NOT closed AND (
        reviews_due <= :now
        OR NOT opened AND pooled_at <= :now
        OR opened AND EXISTS (
            SELECT FROM outcomes JOIN scores USING (enrollment_id)
            WHERE outcomes.program_id = windows.program_id AND NOT pooled AND NOT withdrawn
              AND submitted_at + (pooled_at - outcomes_due) <= :now
        )
        OR opened AND EXISTS (
            SELECT FROM reviews LEFT JOIN scores ON scores.enrollment_id = reviewer_id
            WHERE reviews.program_id = windows.program_id AND assignment_id IS NOT NULL
              AND done_at IS NULL AND NOT expired AND (due_at <= :now OR scores.withdrawn)
        )
    )
    ORDER BY program_id
""")


def due(session: Session, now: datetime) -> list[str]:
    """The program versions of which something is due."""
    return [window.program_id for window in session.execute(DUE, {"now": now})]


def keep_time(session: Session, program_id: str, now: datetime) -> None:
    """Does what is due in a program's window; a deadline is the time of what follows from it."""
    ledger.hold(session, [program_id])
    known = repository.program_facts(session, [program_id])[program_id]
    program = repository.program_in(known)
    if program is None or repository.has(known, REVIEW_WINDOW_CLOSED):
        return
    dates = repository.dates_in(program, known)
    if not repository.has(known, REVIEW_WINDOW_OPENED):
        if dates.pooled_at <= now:
            handlers.tell(session, opening(session, program_id, program, dates, dates.pooled_at))
    else:
        handlers.tell(session, going_on(session, program_id, program, dates, now))
    if dates.reviews_due <= now:
        handlers.tell(session, [closing(program_id, dates.reviews_due)])


def opening(
    session: Session, program_id: str, program: Program, dates: Dates, at: datetime
) -> list[Event]:
    """The facts that open a window: all outcomes that are in enter the pool, and who reviews whom.

    The caller holds the program, so no outcome comes in meanwhile.
    """
    outcomes = pool.outcomes(session, program_id)
    return [
        _fact(REVIEW_WINDOW_OPENED, program_id, at, {"opened_at": instant(at)}, program_id),
        *(pooled(row, at) for row in outcomes),
        *asked_of(session, program_id, program, dates, outcomes, at),
    ]


def going_on(
    session: Session, program_id: str, program: Program, dates: Dates, now: datetime
) -> list[Event]:
    """What follows while a window is open: latecomers enter, what was missed is asked of others."""
    grace = dates.pooled_at - dates.outcomes_due
    outcomes = pool.outcomes(session, program_id)
    ripe = [row for row in outcomes if not row.pooled and row.submitted_at + grace <= now]
    missed = [row for row in pool.reviews(session, program_id) if pool.is_missed(row, now)]
    facts = [pooled(row, row.submitted_at + grace) for row in ripe]
    facts += [expired(row, now) for row in missed]
    if (ripe or missed) and now < dates.stand_in_at:
        inside = [row for row in outcomes if row.pooled or row in ripe]
        facts += asked_of(session, program_id, program, dates, inside, now)
    return facts


def asked_of(
    session: Session,
    program_id: str,
    program: Program,
    dates: Dates,
    outcomes: Sequence[Row[Any]],
    at: datetime,
) -> Iterable[Event]:
    """The reviews to ask for now, of the outcomes in the pool."""
    scheme = program.scheme
    pairs = allocate(
        pool.entrants(session, outcomes),
        [pool.asked(row, at) for row in pool.reviews(session, program_id)],
        k=scheme.reviewers,
        seed=program_id,
        apart=scheme.apart,
    )
    last = review_due(at, scheme.review_days, dates)
    for author, reviewer in sorted(pairs):
        yield assigned(author, reviewer, at, last)


def assigned(
    author: str, reviewer: str, at: datetime, due: datetime, *, voluntary: bool = False
) -> Event:
    """A review is asked for; the same two are never brought together twice.

    Its id is random: the reviewer sees it, and must not be able to derive it
    from guesses at the author. Told once, because the caller holds the program.
    """
    data: dict[str, Any] = {"reviewer_id": reviewer, "due": instant(due)}
    if voluntary:
        data["voluntary"] = True
    return _fact(REVIEW_ASSIGNED, author, at, data, str(uuid4()))


def pooled(row: Row[Any], at: datetime) -> Event:
    """An outcome enters the pool and is fixed."""
    return _fact(OUTCOME_POOLED, row.id, at, {"outcome_id": row.outcome_id}, row.id)


def expired(row: Row[Any], now: datetime) -> Event:
    """A review did not come in its time; that of who has withdrawn, now."""
    at = row.due_at if row.due_at is not None and row.due_at <= now else now
    data = {"reviewer_id": row.reviewer_id, "assignment_id": row.assignment_id}
    return _fact(REVIEW_EXPIRED, row.author_id, at, data, row.assignment_id)


def closing(program_id: str, at: datetime) -> Event:
    """The fact that closes a window."""
    return _fact(REVIEW_WINDOW_CLOSED, program_id, at, {"closed_at": instant(at)}, program_id)


def _fact(type_: str, subject: str, at: datetime, data: dict[str, Any], *of: str) -> Event:
    """A fact whose id follows from what it is about."""
    source, traced = handlers.SOURCE, trace.current.get()
    return Event(derived_id(type_, *of), type_, source, subject, at, data, None, traced)
