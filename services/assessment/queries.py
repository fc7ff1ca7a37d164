"""What people ask assessment about. Authors and reviewers stay unknown to each other."""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy.orm import Session

from services.assessment import errors, repository
from services.contracts.assessment import OUTCOME_SUBMITTED, REVIEW_ASSIGNED, REVIEW_SUBMITTED
from services.contracts.envelope import Event
from services.messaging import ledger
from services.messaging.doors import Call


def score(session: Session, call: Call) -> dict[str, Any]:
    """The standing score of an enrollment, to its member and to who reads its organization."""
    enrollment = repository.enrollment(session, call.body["enrollment_id"])
    if enrollment is None or not may_read(call, enrollment.member_id, enrollment.path):
        raise errors.no_enrollment()
    data = session.execute(repository.SCORE, {"id": enrollment.id}).scalar()
    if data is None:
        raise errors.no_program()
    return {"enrollment_id": enrollment.id, **orjson.loads(data)}


def scores(session: Session, call: Call) -> dict[str, Any]:
    """Standing scores by enrollment id: the caller's own, or of the organizations they read."""
    own = call.body.get("mine", False)
    if own and call.principal.member_id is None:
        return {"rows": []}
    rows = repository.scores(
        session,
        after=call.body.get("after"),
        most=call.body["most"],
        program_id=call.body.get("program_id"),
        member_id=call.principal.member_id if own else None,
        paths=None if own else call.principal.paths(),
    )
    return {"rows": [row._asdict() | {"total": text_of(row.total)} for row in rows]}


def reviews_to_do(session: Session, call: Call) -> dict[str, Any]:
    """What the caller is asked to review: outcomes without their authors."""
    mine = repository.own_enrollments(session, call.principal.member_id)
    asked = [
        (fact, facts)
        for enrollment_id, facts in ledger.known(session, mine).items()
        for fact in facts
        if fact.type == REVIEW_ASSIGNED and fact.data["reviewer_id"] == enrollment_id
    ]
    outcomes = latest(
        ledger.said_of(session, {fact.subject for fact, _ in asked}, (OUTCOME_SUBMITTED,))
    )
    return {
        "rows": [
            {
                "assignment_id": fact.id,
                "program_id": mine[fact.data["reviewer_id"]],
                "outcome": outcomes[fact.subject].data,
                "done": is_done(fact, facts),
            }
            for fact, facts in sorted(asked, key=lambda pair: pair[0].id)
        ]
    }


def outcome(session: Session, call: Call) -> dict[str, Any]:
    """An outcome, to its author and to who reads the author's organization."""
    enrollment = repository.enrollment(session, call.body["enrollment_id"])
    if enrollment is None or not may_read(call, enrollment.member_id, enrollment.path):
        raise errors.no_enrollment()
    submitted = latest(ledger.said_of(session, [enrollment.id], (OUTCOME_SUBMITTED,)))
    if enrollment.id not in submitted:
        raise errors.no_outcome()
    fact = submitted[enrollment.id]
    return {"enrollment_id": enrollment.id, "submitted_at": fact.time, **fact.data}


def latest(facts: Iterable[Event]) -> dict[str, Event]:
    """Subject → its latest fact; equal times go to the larger id."""
    return {fact.subject: fact for fact in sorted(facts, key=lambda fact: (fact.time, fact.id))}


def is_done(assigned: Event, facts: Iterable[Event]) -> bool:
    """Whether the review asked for by an assignment is among the reviewer's facts."""
    return any(
        fact.type == REVIEW_SUBMITTED
        and fact.subject == assigned.subject
        and fact.data["reviewer_id"] == assigned.data["reviewer_id"]
        for fact in facts
    )


def may_read(call: Call, member_id: str, path: str) -> bool:
    """A member's own, or what lies where the caller reads."""
    return member_id == call.principal.member_id or call.principal.reads(path)


def text_of(total: Any) -> str | None:
    return None if total is None else format(total, "f")
