"""What staff decides: marks, corrections, appeals, releases; added, never replaced."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.assessment import errors, handlers, repository
from services.assessment.commands.checks import (
    checked_mark,
    checked_marks,
    mine_of,
    own,
    program_to_run,
    staff_id,
    to_staff,
)
from services.assessment.commands.outcomes import refuse_missing
from services.contracts.assessment import (
    APPEAL_DECIDED,
    APPEAL_LODGED,
    MARK_OVERRIDDEN,
    RELEASE_APPROVED,
    RELEASE_PROPOSED,
    REVIEW_WINDOW_CLOSED,
    STAFF_MARKED,
)
from services.contracts.envelope import Event
from services.messaging.doors import Call

JUDGING = (STAFF_MARKED, MARK_OVERRIDDEN, APPEAL_DECIDED)


def mark_outcome(session: Session, call: Call) -> dict[str, Any]:
    """Staff marks an outcome by the rubric; of each role the latest mark counts.

    A referee decides between reviews that differ, and is nobody who has
    marked the outcome as staff.
    """
    found = to_staff(session, call)
    refuse_missing(session, found.enrollment.id)
    role = call.body.get("role") or "staff"
    who = staff_id(call)
    if role == "referee" and who in judges(mine_of(session, found.enrollment.id), role="staff"):
        raise errors.same_person()
    said = {
        "staff_id": who,
        "marks": checked_marks(call, found.program),
        "role": role,
        "reason": call.body.get("reason") or "",
    }
    fact = call.fact(STAFF_MARKED, found.enrollment.id, said)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def override_mark(session: Session, call: Call) -> dict[str, Any]:
    """Sets an outcome's whole mark and says why; once reviews are over."""
    found = to_staff(session, call)
    refuse_missing(session, found.enrollment.id)
    if not repository.has(found.facts, REVIEW_WINDOW_CLOSED):
        raise errors.window_not_closed()
    said = {
        "staff_id": staff_id(call),
        "mark": checked_mark(call.body["mark"], "mark"),
        "reason": call.body["reason"],
    }
    fact = call.fact(MARK_OVERRIDDEN, found.enrollment.id, said)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def lodge_appeal(session: Session, call: Call) -> dict[str, Any]:
    """A member contests the released score, within the days the scheme gives."""
    found = own(session, call)
    mine = mine_of(session, found.enrollment.id)
    release = repository.last_release(mine)
    if release is None:
        raise errors.not_released()
    last = release.time + timedelta(days=found.program.scheme.appeal_days)
    if call.now > last:
        raise errors.appeal_too_late(last)
    if open_appeal(mine) is not None:
        raise errors.appeal_open()
    fact = call.fact(APPEAL_LODGED, found.enrollment.id, {"reason": call.body["reason"]})
    handlers.tell(session, [fact])
    return {"id": fact.id}


def decide_appeal(session: Session, call: Call) -> dict[str, Any]:
    """Decides the open appeal, by another person than any who had a part in the mark."""
    found = to_staff(session, call)
    mine = mine_of(session, found.enrollment.id)
    appeal = open_appeal(mine)
    if appeal is None:
        raise errors.no_appeal()
    who = staff_id(call)
    if who in judges(mine):
        raise errors.same_person()
    upheld, mark = call.body["upheld"], call.body.get("mark")
    if mark is not None and not upheld:
        raise errors.mark_of_rejected()
    said = {
        "appeal_id": appeal.id,
        "staff_id": who,
        "upheld": upheld,
        "reason": call.body["reason"],
        "mark": None if mark is None else checked_mark(mark, "mark"),
    }
    fact = call.fact(APPEAL_DECIDED, found.enrollment.id, said)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def propose_release(session: Session, call: Call) -> dict[str, Any]:
    """Says that the final scores of a program are checked; a second person approves."""
    return _step_to_release(session, call, RELEASE_PROPOSED)


def approve_release(session: Session, call: Call) -> dict[str, Any]:
    """Releases the final scores of a program, by another than who proposed it."""
    return _step_to_release(session, call, RELEASE_APPROVED)


def _step_to_release(session: Session, call: Call, type_: str) -> dict[str, Any]:
    facts, program = program_to_run(session, call)
    if program.scheme.release != "checked":
        raise errors.released_by_itself()
    if not repository.has(facts, REVIEW_WINDOW_CLOSED):
        raise errors.window_not_closed()
    approved = repository.of_type(facts, RELEASE_APPROVED)
    if approved is not None:
        return {"id": approved.id}
    if type_ == RELEASE_APPROVED:
        proposed = repository.every(facts, RELEASE_PROPOSED)
        if not proposed:
            raise errors.not_proposed()
        if staff_id(call) == proposed[-1].data["staff_id"]:
            raise errors.same_person()
    said = {"staff_id": staff_id(call), "note": call.body["note"]}
    fact = call.fact(type_, call.body["program_id"], said)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def judges(mine: list[Event], role: str | None = None) -> set[str]:
    """Who of the staff had a part in an outcome's mark; with `role` only by marks in that role."""
    return {
        fact.data["staff_id"]
        for fact in mine
        if fact.type in JUDGING
        and (role is None or (fact.type == STAFF_MARKED and fact.data.get("role", "staff") == role))
    }


def open_appeal(mine: list[Event]) -> Event | None:
    """The appeal nobody has decided yet."""
    decided = {fact.data["appeal_id"] for fact in mine if fact.type == APPEAL_DECIDED}
    waiting = [fact for fact in repository.every(mine, APPEAL_LODGED) if fact.id not in decided]
    return waiting[-1] if waiting else None
