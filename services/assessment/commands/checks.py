"""What several commands ask before they do anything."""

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.assessment import errors, repository
from services.assessment.domain.dates import Dates
from services.assessment.domain.program import Program
from services.contracts.envelope import Event, derived_id
from services.contracts.principal import ADMINISTRATOR, SECRETARY, TRAINER
from services.contracts.refusal import Forbidden
from services.messaging import ledger
from services.messaging.doors import Call


class About(NamedTuple):
    """An enrollment, and the program version it is in with the facts about it."""

    enrollment: Row[Any]
    facts: list[Event]
    program: Program
    dates: Dates


def own(session: Session, call: Call) -> About:
    """The caller's enrollment; others' are as unknown as those that do not exist."""
    enrollment = repository.enrollment(session, call.body["enrollment_id"])
    if enrollment is None or enrollment.member_id != call.principal.member_id:
        raise errors.no_enrollment()
    if enrollment.withdrawn:
        raise errors.withdrawn()
    return about(session, enrollment)


def to_staff(session: Session, call: Call) -> About:
    """An enrollment whose outcome the caller may judge: not the own, and where they are staff."""
    enrollment = repository.enrollment(session, call.body["enrollment_id"])
    if enrollment is None:
        raise errors.no_enrollment()
    if not call.principal.may(TRAINER, SECRETARY, ADMINISTRATOR, at=enrollment.path):
        raise Forbidden
    if enrollment.member_id == call.principal.member_id:
        raise Forbidden
    return about(session, enrollment)


def about(session: Session, enrollment: Row[Any]) -> About:
    """An enrollment with its program; the review window cannot move meanwhile."""
    ledger.rely(session, [enrollment.program_id])
    facts = repository.program_facts(session, [enrollment.program_id]).get(
        enrollment.program_id, []
    )
    program = repository.program_in(facts)
    if program is None:
        raise errors.no_program()
    return About(enrollment, facts, program, repository.dates_in(program, facts))


def program_to_run(session: Session, call: Call) -> tuple[list[Event], Program]:
    """A program and the facts about it, whose windows and releases the caller may move."""
    if not call.principal.may(TRAINER, ADMINISTRATOR):
        raise Forbidden
    program_id = call.body["program_id"]
    ledger.hold(session, [program_id])
    facts = repository.program_facts(session, [program_id]).get(program_id, [])
    program = repository.program_in(facts)
    if program is None:
        raise errors.no_program()
    return facts, program


def mine_of(session: Session, enrollment_id: str) -> list[Event]:
    """Every fact about an enrollment, which nobody adds to meanwhile."""
    ledger.hold(session, [enrollment_id])
    return ledger.known(session, [enrollment_id])[enrollment_id]


def staff_id(call: Call) -> str:
    """An opaque id of who acts: the member, or an account that is nobody's."""
    return call.principal.member_id or derived_id("account", call.principal.account)


def checked_marks(call: Call, program: Program) -> dict[str, str]:
    """Marks for exactly the rubric's criteria, each 0–100."""
    marks: dict[str, str] = call.body["marks"]
    codes = [criterion.code for criterion in program.scheme.rubric]
    if marks.keys() != set(codes):
        raise errors.not_the_rubric(", ".join(codes))
    return {code: checked_mark(mark, f"marks.{code}") for code, mark in marks.items()}


def checked_mark(mark: str, field: str) -> str:
    """A mark of 0–100 as plain text."""
    if not Decimal(0) <= Decimal(mark) <= Decimal(100):
        raise errors.mark_out_of_range(field)
    return format(Decimal(mark), "f")
