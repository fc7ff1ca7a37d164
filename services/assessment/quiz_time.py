"""The time of attempts: one that nobody handed in ends when it is due."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.assessment import handlers, quiz_repository
from services.assessment.domain.quizzes.attempt import Attempt
from services.assessment.quiz_repository import Key
from services.contracts.assessment import QUIZ_EXPIRED
from services.contracts.envelope import Event, derived_id
from services.messaging import ledger, trace


def due(session: Session, now: datetime) -> list[Key]:
    """The attempts that still run and whose time, with its grace, is up."""
    return quiz_repository.due(session, now)


def keep_time(session: Session, key: Key, now: datetime) -> None:
    """Ends an attempt whose time is up; when it was due is the fact's time."""
    ledger.rely(session, ledger.parents(session, [key.enrollment_id]).values())
    ledger.hold(session, [key.enrollment_id])
    quiz = quiz_repository.quizzes(session, [key.quiz_id])[key.quiz_id]
    attempt = quiz_repository.attempts_of(session, [key.enrollment_id], quiz)[key]
    if is_up(attempt, now):
        handlers.tell(session, [expiring(key, attempt)])


def is_up(attempt: Attempt, now: datetime) -> bool:
    """Whether an attempt runs although its time, with its grace, is up."""
    return attempt.ended_at is None and attempt.closes_at is not None and attempt.closes_at < now


def expiring(key: Key, attempt: Attempt) -> Event:
    """The fact that ends an attempt; told twice it is the same."""
    assert attempt.due is not None
    return Event(
        derived_id(QUIZ_EXPIRED, *map(str, key)),
        QUIZ_EXPIRED,
        handlers.SOURCE,
        key.enrollment_id,
        attempt.due,
        {"quiz_id": key.quiz_id, "attempt": key.attempt},
        None,
        trace.current.get(),
    )
