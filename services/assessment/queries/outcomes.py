"""Outcomes, to their authors, their reviewers and their readers."""

from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.assessment import errors, repository
from services.assessment.commands.checks import own
from services.assessment.commands.outcomes import readable
from services.assessment.queries.scores import visible
from services.contracts.assessment import (
    COMMENT_WITHDRAWN,
    OUTCOME_COMMENTED,
    OUTCOME_SUBMITTED,
    REVIEW_ASSIGNED,
    REVIEW_SUBMITTED,
    REVIEW_WINDOW_CLOSED,
)
from services.contracts.envelope import Event
from services.messaging import ledger
from services.messaging.doors import Call

DRAFT = text("""
    SELECT saved_at, CAST(data AS text) AS data FROM drafts WHERE enrollment_id = CAST(:id AS uuid)
""")
READING = text("""
    SELECT CAST(outcome_id AS text) AS outcome_id, CAST(inbox.data AS text) AS data, recommended,
           CAST(outcomes.program_id AS text) AS program_id,
           CAST(member_id AS text) AS member_id
    FROM outcomes JOIN scores USING (enrollment_id) JOIN inbox ON inbox.id = outcome_id
    WHERE released AND outcomes.program_id = ANY (CAST(:programs AS uuid[]))
    ORDER BY recommended DESC, outcome_id
""")


def draft(session: Session, call: Call) -> dict[str, Any]:
    """The author's own draft."""
    found = own(session, call)
    row = session.execute(DRAFT, {"id": found.enrollment.id}).one_or_none()
    if row is None:
        raise errors.no_outcome()
    return {"saved_at": row.saved_at, **orjson.loads(row.data)}


def outcome(session: Session, call: Call) -> dict[str, Any]:
    """An outcome, to its author and to who reads the author's organization."""
    enrollment = visible(session, call)
    told = ledger.said_of(session, [enrollment.id], (OUTCOME_SUBMITTED,))
    if not told:
        raise errors.no_outcome()
    fact = told[-1]
    return {"enrollment_id": enrollment.id, "submitted_at": fact.time, **as_author(fact)}


def reviews_to_do(session: Session, call: Call) -> dict[str, Any]:
    """What the caller is asked to review: outcomes without their authors."""
    mine = repository.own_enrollments(session, call.principal.member_id)
    asked = [
        (fact, facts)
        for enrollment_id, facts in ledger.known(session, mine).items()
        for fact in facts
        if fact.type == REVIEW_ASSIGNED and fact.data["reviewer_id"] == enrollment_id
    ]
    outcomes = {
        fact.subject: fact
        for fact in ledger.said_of(
            session, {fact.subject for fact, _ in asked}, (OUTCOME_SUBMITTED,)
        )
    }
    return {
        "rows": [
            {
                "assignment_id": fact.id,
                "program_id": mine[fact.data["reviewer_id"]],
                "due": fact.data.get("due"),
                "voluntary": fact.data.get("voluntary", False),
                "outcome": as_reader(outcomes[fact.subject]),
                "done": is_done(fact, facts),
            }
            for fact, facts in sorted(asked, key=lambda pair: pair[0].id)
        ]
    }


def reviews_received(session: Session, call: Call) -> dict[str, Any]:
    """What reviewers said of the caller's outcome, once reviews are over; nobody is named.

    The reviews are in the order of what they say, and carry neither ids nor times.
    """
    found = own(session, call)
    if not repository.has(found.facts, REVIEW_WINDOW_CLOSED):
        raise errors.window_not_closed()
    told = ledger.said_of(session, [found.enrollment.id], (REVIEW_SUBMITTED,))
    latest = {fact.data["reviewer_id"]: fact.data for fact in told}
    rows = [{"marks": said["marks"], "comment": said["comment"]} for said in latest.values()]
    return {"rows": sorted(rows, key=lambda row: orjson.dumps(row, option=orjson.OPT_SORT_KEYS))}


def reading_room(session: Session, call: Call) -> dict[str, Any]:
    """The outcomes of the caller's programs that are released, recommended ones first; nameless."""
    mine = repository.own_enrollments(session, call.principal.member_id)
    rows = session.execute(READING, {"programs": ledger.array(set(mine.values()))})
    return {
        "rows": [
            {
                "outcome_id": row.outcome_id,
                "program_id": row.program_id,
                "recommended": row.recommended,
                "own": row.member_id == call.principal.member_id,
                "title": orjson.loads(row.data)["title"],
            }
            for row in rows
        ]
    }


def reading(session: Session, call: Call) -> dict[str, Any]:
    """One outcome of the reading room with its comments, each by a nameless reader."""
    found, reader = readable(session, call)
    told = ledger.said_of(session, [found.subject], (OUTCOME_COMMENTED, COMMENT_WITHDRAWN))
    hidden = {fact.data["comment_id"] for fact in told if fact.type == COMMENT_WITHDRAWN}
    comments = [fact for fact in told if fact.type == OUTCOME_COMMENTED and fact.id not in hidden]
    return {
        "outcome_id": found.id,
        **as_reader(found),
        "comments": [
            {
                "comment_id": fact.id,
                "said_at": fact.time,
                "text": fact.data["text"],
                "own": fact.data["commenter_id"] == reader,
            }
            for fact in comments
        ],
    }


def as_author(fact: Event) -> dict[str, Any]:
    """An outcome as its author sent it."""
    said = fact.data
    files = said.get("attachments")
    if files is None and said["file"] is not None:
        files = [{"file": said["file"], "file_type": said["file_type"]}]
    return {
        "title": said["title"],
        "text": said["text"],
        "file": said["file"],
        "file_type": said["file_type"],
        "attachments": [
            {"file": one["file"], "file_type": one["file_type"]} for one in files or ()
        ],
    }


def as_reader(fact: Event) -> dict[str, Any]:
    """An outcome as others read it: copies of its files that name nobody."""
    said = fact.data
    files = [
        {"file": one["shown"], "file_type": one["file_type"]}
        for one in said.get("attachments") or ()
    ]
    if "attachments" not in said and said["file"] is not None:
        files = [{"file": said["file"], "file_type": said["file_type"]}]
    first = files[0] if files else {"file": None, "file_type": None}
    return {"title": said["title"], "text": said["text"], **first, "attachments": files}


def is_done(assigned: Event, facts: list[Event]) -> bool:
    """Whether the review asked for by an assignment is among the reviewer's facts."""
    return any(
        fact.type == REVIEW_SUBMITTED
        and fact.subject == assigned.subject
        and fact.data["reviewer_id"] == assigned.data["reviewer_id"]
        for fact in facts
    )
