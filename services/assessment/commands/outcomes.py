"""What authors do with their outcomes, and readers with those of others."""

from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.assessment import errors, handlers, repository
from services.assessment.commands.checks import (
    About,
    checked_marks,
    mine_of,
    own,
    staff_id,
    to_staff,
)
from services.contracts.assessment import (
    COMMENT_WITHDRAWN,
    OUTCOME_COMMENTED,
    OUTCOME_POOLED,
    OUTCOME_RECOMMENDED,
    OUTCOME_SUBMITTED,
    REVIEW_WINDOW_CLOSED,
    SELF_ASSESSED,
)
from services.contracts.envelope import Event
from services.contracts.principal import ADMINISTRATOR, SECRETARY, TRAINER
from services.messaging import ledger
from services.messaging.doors import Call

MEGABYTE = 1024 * 1024
SAID = ("title", "text", "attachments")
SAVE_DRAFT = text("""
    INSERT INTO drafts (enrollment_id, saved_at, data)
    VALUES (CAST(:id AS uuid), :at, CAST(:data AS json))
    ON CONFLICT (enrollment_id) DO UPDATE SET saved_at = excluded.saved_at, data = excluded.data
""")
DROP_DRAFT = text("DELETE FROM drafts WHERE enrollment_id = CAST(:id AS uuid)")


def save_draft(session: Session, call: Call) -> dict[str, Any]:
    """Keeps a draft for its author alone; the latest replaces the one before."""
    found = own(session, call)
    refuse_files(call, found)
    data = orjson.dumps({name: call.body.get(name) for name in SAID}).decode()
    session.execute(SAVE_DRAFT, {"id": found.enrollment.id, "at": call.now, "data": data})
    return {"saved_at": call.now}


def submit_outcome(session: Session, call: Call) -> dict[str, Any]:
    """The author hands in the outcome; again until it enters the pool.

    After the deadline and its grace it is taken only where the scheme takes
    late outcomes, and then it is late.
    """
    found = own(session, call)
    if repository.has(found.facts, REVIEW_WINDOW_CLOSED):
        raise errors.window_closed()
    if repository.has(mine_of(session, found.enrollment.id), OUTCOME_POOLED):
        raise errors.window_open()
    if call.now > found.dates.pooled_at and found.program.scheme.late == "refused":
        raise errors.too_late(found.dates.outcomes_due)
    refuse_files(call, found)
    attachments = [
        {name: one[name] for name in ("file", "shown", "file_type", "bytes")}
        for one in call.body.get("attachments") or ()
    ]
    first = attachments[0] if attachments else {}
    said = {
        "title": call.body["title"],
        "text": call.body["text"],
        "file": first.get("file"),
        "file_type": first.get("file_type"),
        "attachments": attachments,
    }
    fact = call.fact(OUTCOME_SUBMITTED, found.enrollment.id, said)
    handlers.tell(session, [fact])
    session.execute(DROP_DRAFT, {"id": found.enrollment.id})
    return {"id": fact.id}


def refuse_files(call: Call, found: About) -> None:
    """Refuses more, larger or other files than the scheme takes."""
    scheme = found.program.scheme
    attachments = call.body.get("attachments") or []
    if len(attachments) > scheme.files:
        raise errors.too_many_files(scheme.files)
    for attachment in attachments:
        if attachment["bytes"] > scheme.file_megabytes * MEGABYTE:
            raise errors.file_too_large(scheme.file_megabytes)
        if attachment["suffix"] not in scheme.file_types:
            raise errors.wrong_file_type(sorted(scheme.file_types))


def self_assess(session: Session, call: Call) -> dict[str, Any]:
    """The author assesses the own outcome by the rubric, until reviews are over."""
    found = own(session, call)
    if repository.has(found.facts, REVIEW_WINDOW_CLOSED):
        raise errors.window_closed()
    refuse_missing(session, found.enrollment.id)
    marks = checked_marks(call, found.program)
    fact = call.fact(SELF_ASSESSED, found.enrollment.id, {"marks": marks})
    handlers.tell(session, [fact])
    return {"id": fact.id}


def recommend_outcome(session: Session, call: Call) -> dict[str, Any]:
    """Staff recommends an outcome to readers, or takes that back; the latest counts."""
    found = to_staff(session, call)
    refuse_missing(session, found.enrollment.id)
    said = {
        "staff_id": staff_id(call),
        "recommended": call.body["recommended"],
        "reason": call.body["reason"],
    }
    fact = call.fact(OUTCOME_RECOMMENDED, found.enrollment.id, said)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def comment_outcome(session: Session, call: Call) -> dict[str, Any]:
    """A peer of the same program comments on an outcome that is open to readers."""
    fact_of, reader = readable(session, call)
    said = {"commenter_id": reader, "text": call.body["text"]}
    fact = call.fact(OUTCOME_COMMENTED, fact_of.subject, said)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def withdraw_comment(session: Session, call: Call) -> dict[str, Any]:
    """Its writer takes a comment back, or staff of the author's organization hides it."""
    found = repository.fact(session, call.body["comment_id"], OUTCOME_COMMENTED)
    if found is None:
        raise errors.no_comment()
    author = repository.enrollment(session, found.subject)
    writer = repository.enrollment(session, found.data["commenter_id"])
    is_own = writer is not None and writer.member_id == call.principal.member_id
    is_staff = author is not None and call.principal.may(
        TRAINER, SECRETARY, ADMINISTRATOR, at=author.path
    )
    if not (is_own or is_staff):
        raise errors.no_comment()
    data = {"comment_id": found.id, "reason": call.body["reason"]}
    fact = call.fact(COMMENT_WITHDRAWN, found.subject, data)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def readable(session: Session, call: Call) -> tuple[Event, str]:
    """An outcome in the reading room by its id, and the enrollment by which the caller reads it."""
    found = repository.fact(session, call.body["outcome_id"], OUTCOME_SUBMITTED)
    author = repository.enrollment(session, found.subject) if found else None
    if found is None or author is None or not author.released:
        raise errors.not_readable()
    mine = repository.own_enrollments(session, call.principal.member_id)
    for enrollment_id, program_id in mine.items():
        if program_id == author.program_id:
            return found, enrollment_id
    raise errors.not_readable()


def refuse_missing(session: Session, enrollment_id: str) -> None:
    """Refuses where no outcome was handed in."""
    if not ledger.said_of(session, [enrollment_id], (OUTCOME_SUBMITTED,)):
        raise errors.no_outcome()
