"""What reviewers do, and the window they do it in."""

from typing import Any

from sqlalchemy.orm import Session

from services.assessment import errors, handlers, pool, repository, windows
from services.assessment.commands.checks import about, checked_marks, own, program_to_run
from services.assessment.domain.allocation import volunteer
from services.contracts.assessment import (
    REVIEW_ASSIGNED,
    REVIEW_SUBMITTED,
    REVIEW_WINDOW_CLOSED,
    REVIEW_WINDOW_OPENED,
)
from services.contracts.envelope import Event
from services.messaging import ledger
from services.messaging.doors import Call


def submit_review(session: Session, call: Call) -> dict[str, Any]:
    """A reviewer assesses an outcome assigned to them; again until reviews are over."""
    assigned = assignment(session, call)
    enrollment = repository.enrollment(session, assigned.subject)
    assert enrollment is not None
    found = about(session, enrollment)
    if repository.has(found.facts, REVIEW_WINDOW_CLOSED):
        raise errors.window_closed()
    said = {
        "reviewer_id": assigned.data["reviewer_id"],
        "marks": checked_marks(call, found.program),
        "comment": call.body.get("comment") or "",
    }
    fact = call.fact(REVIEW_SUBMITTED, assigned.subject, said)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def volunteer_review(session: Session, call: Call) -> dict[str, Any]:
    """A reviewer with time to spare is given one more outcome: the one with the fewest reviews."""
    enrollment = repository.enrollment(session, call.body["enrollment_id"])
    if enrollment is None:
        raise errors.no_enrollment()
    program_id = enrollment.program_id
    ledger.hold(session, [program_id])
    found = own(session, call)
    if not repository.has(found.facts, REVIEW_WINDOW_OPENED):
        raise errors.window_not_open()
    if repository.has(found.facts, REVIEW_WINDOW_CLOSED):
        raise errors.window_closed()
    inside = [row for row in pool.outcomes(session, program_id) if row.pooled]
    author = volunteer(
        pool.entrants(session, inside),
        [pool.asked(row, call.now) for row in pool.reviews(session, program_id)],
        reviewer=found.enrollment.id,
    )
    if author is None:
        raise errors.nothing_to_review()
    fact = windows.assigned(
        author, found.enrollment.id, call.now, found.dates.reviews_due, voluntary=True
    )
    handlers.tell(session, [fact])
    return {"id": fact.id}


def open_reviews(session: Session, call: Call) -> dict[str, Any]:
    """Begins the reviews of a program now; begun already, it answers the same."""
    facts, program = program_to_run(session, call)
    program_id = call.body["program_id"]
    if not repository.has(facts, REVIEW_WINDOW_OPENED):
        dates = repository.dates_in(program, facts)
        handlers.tell(session, windows.opening(session, program_id, program, dates, call.now))
    cohort = ledger.members(session, [program_id])
    assigned = ledger.said_of(session, cohort, (REVIEW_ASSIGNED,))
    return {"assigned": len(assigned)}


def close_reviews(session: Session, call: Call) -> dict[str, Any]:
    """Ends the reviews of a program now; ended already, it answers the same."""
    facts, _ = program_to_run(session, call)
    program_id = call.body["program_id"]
    if not repository.has(facts, REVIEW_WINDOW_OPENED):
        raise errors.window_not_open()
    if not repository.has(facts, REVIEW_WINDOW_CLOSED):
        handlers.tell(session, [windows.closing(program_id, call.now)])
    return {"closed": True}


def assignment(session: Session, call: Call) -> Event:
    """The assignment with this id, if it is the caller's."""
    found = repository.fact(session, call.body["assignment_id"], REVIEW_ASSIGNED)
    mine = repository.own_enrollments(session, call.principal.member_id)
    if found is None or found.data["reviewer_id"] not in mine:
        raise errors.no_assignment()
    return found
