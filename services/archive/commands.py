"""What people ask archive to do."""

from typing import Any

from sqlalchemy.orm import Session

from services.archive import errors, handlers, queries
from services.contracts.archive import SUMMARY_WRITTEN
from services.messaging.doors import Call


def write_summary(session: Session, call: Call) -> dict[str, Any]:
    """The member writes learning focus and personal summary; the latest counts."""
    row = queries.row(session, call.body["enrollment_id"])
    if row is None or row.member_id != call.principal.member_id:
        raise errors.no_enrollment()
    said = {"focus": call.body["focus"], "summary": call.body["summary"]}
    fact = call.fact(SUMMARY_WRITTEN, row.enrollment_id, said)
    handlers.tell(session, [fact])
    return {"id": fact.id}
