"""What people ask assessment to do."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.assessment import errors, handlers, repository, windows
from services.assessment.domain.program import Program
from services.contracts.assessment import (
    OUTCOME_SUBMITTED,
    REVIEW_ASSIGNED,
    REVIEW_SUBMITTED,
    REVIEW_WINDOW_CLOSED,
    REVIEW_WINDOW_OPENED,
    SELF_ASSESSED,
    STAFF_MARKED,
)
from services.contracts.envelope import Event, derived_id
from services.contracts.principal import ADMINISTRATOR, SECRETARY, TRAINER
from services.contracts.refusal import Forbidden
from services.messaging import ledger
from services.messaging.doors import Call


def submit_outcome(session: Session, call: Call) -> dict[str, Any]:
    """The author hands in the outcome; again until reviews begin."""
    enrollment = own_enrollment(session, call)
    facts, _ = program_of(session, enrollment)
    if repository.has(facts, REVIEW_WINDOW_OPENED):
        raise errors.window_open()
    said = {name: call.body.get(name) for name in ("title", "text", "file", "file_type")}
    fact = call.fact(OUTCOME_SUBMITTED, enrollment.id, said)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def self_assess(session: Session, call: Call) -> dict[str, Any]:
    """The author assesses the own outcome by the rubric, until reviews are over."""
    enrollment = own_enrollment(session, call)
    facts, program = program_of(session, enrollment)
    if repository.has(facts, REVIEW_WINDOW_CLOSED):
        raise errors.window_closed()
    if not ledger.said_of(session, [enrollment.id], (OUTCOME_SUBMITTED,)):
        raise errors.no_outcome()
    fact = call.fact(SELF_ASSESSED, enrollment.id, {"marks": checked_marks(call, program)})
    handlers.tell(session, [fact])
    return {"id": fact.id}


def submit_review(session: Session, call: Call) -> dict[str, Any]:
    """A reviewer assesses an outcome assigned to them; again until reviews are over."""
    assigned = assignment(session, call)
    enrollment = repository.enrollment(session, assigned.subject)
    assert enrollment is not None
    facts, program = program_of(session, enrollment)
    if repository.has(facts, REVIEW_WINDOW_CLOSED):
        raise errors.window_closed()
    said = {
        "reviewer_id": assigned.data["reviewer_id"],
        "marks": checked_marks(call, program),
        "comment": call.body.get("comment") or "",
    }
    fact = call.fact(REVIEW_SUBMITTED, assigned.subject, said)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def mark_outcome(session: Session, call: Call) -> dict[str, Any]:
    """Staff marks an outcome by the rubric; the latest mark counts."""
    enrollment = repository.enrollment(session, call.body["enrollment_id"])
    if enrollment is None:
        raise errors.no_enrollment()
    if not call.principal.may(TRAINER, SECRETARY, ADMINISTRATOR, at=enrollment.path):
        raise Forbidden
    if enrollment.member_id == call.principal.member_id:
        raise Forbidden
    _, program = program_of(session, enrollment)
    if not ledger.said_of(session, [enrollment.id], (OUTCOME_SUBMITTED,)):
        raise errors.no_outcome()
    said = {
        "staff_id": staff_id(call),
        "marks": checked_marks(call, program),
    }
    fact = call.fact(STAFF_MARKED, enrollment.id, said)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def open_reviews(session: Session, call: Call) -> dict[str, Any]:
    """Begins the reviews of a program now; begun already, it answers the same."""
    facts = program_to_run(session, call)
    if not repository.has(facts, REVIEW_WINDOW_OPENED):
        handlers.tell(session, windows.opening(session, call.body["program_id"], call.now))
    cohort = ledger.members(session, [call.body["program_id"]])
    assigned = ledger.said_of(session, cohort, (REVIEW_ASSIGNED,))
    return {"assigned": len(assigned)}


def close_reviews(session: Session, call: Call) -> dict[str, Any]:
    """Ends the reviews of a program now; ended already, it answers the same."""
    facts = program_to_run(session, call)
    if not repository.has(facts, REVIEW_WINDOW_OPENED):
        raise errors.window_not_open()
    if not repository.has(facts, REVIEW_WINDOW_CLOSED):
        handlers.tell(session, [windows.closing(call.body["program_id"], call.now)])
    return {"closed": True}


def own_enrollment(session: Session, call: Call) -> Row[Any]:
    """The caller's enrollment; others' are as unknown as those that do not exist."""
    enrollment = repository.enrollment(session, call.body["enrollment_id"])
    if enrollment is None or enrollment.member_id != call.principal.member_id:
        raise errors.no_enrollment()
    return enrollment


def program_of(session: Session, enrollment: Row[Any]) -> tuple[list[Event], Program]:
    """The facts about an enrollment's program and the program; the window cannot move meanwhile."""
    ledger.rely(session, [enrollment.program_id])
    facts = repository.program_facts(session, [enrollment.program_id]).get(
        enrollment.program_id, []
    )
    program = repository.program_in(facts)
    if program is None:
        raise errors.no_program()
    return facts, program


def program_to_run(session: Session, call: Call) -> list[Event]:
    """The facts about a program whose windows the caller may move."""
    if not call.principal.may(TRAINER, ADMINISTRATOR):
        raise Forbidden
    program_id = call.body["program_id"]
    ledger.hold(session, [program_id])
    facts = repository.program_facts(session, [program_id]).get(program_id, [])
    if repository.program_in(facts) is None:
        raise errors.no_program()
    return facts


def assignment(session: Session, call: Call) -> Event:
    """The assignment with this id, if it is the caller's."""
    mine = repository.own_enrollments(session, call.principal.member_id)
    known = ledger.known(session, mine)
    for enrollment_id, facts in known.items():
        for fact in facts:
            if (
                fact.id == call.body["assignment_id"]
                and fact.type == REVIEW_ASSIGNED
                and fact.data["reviewer_id"] == enrollment_id
            ):
                return fact
    raise errors.no_assignment()


def staff_id(call: Call) -> str:
    """An opaque id of who marks: the member, or an account that is nobody's."""
    return call.principal.member_id or derived_id("account", call.principal.account)


def checked_marks(call: Call, program: Program) -> dict[str, str]:
    """Marks for exactly the rubric's criteria, each 0–100."""
    marks: dict[str, str] = call.body["marks"]
    codes = [criterion.code for criterion in program.scheme.rubric]
    if marks.keys() != set(codes):
        raise errors.not_the_rubric(", ".join(codes))
    for code, mark in marks.items():
        if not Decimal(0) <= Decimal(mark) <= Decimal(100):
            raise errors.mark_out_of_range(code)
    return {code: format(Decimal(mark), "f") for code, mark in marks.items()}
