"""The reading room: released outcomes, read and commented on by peers; nobody is named."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response

from gateway.api import answers, findings, requests
from gateway.api.context import ask, auth, tell
from gateway.api.outcomes import file_of, text_of
from gateway.api.paging import Page, all_rows

reading = APIBlueprint("reading", __name__, url_prefix="/api/v1/reading-room", tag="reading room")


@reading.get("")
@reading.auth_required(auth)
@reading.input(Page, location="query")
@reading.output(answers.rows(findings.ReadableOutcome))
@reading.doc(summary="阅览室 · Released outcomes of one's programs, recommended ones marked")
def listed(query_data: dict[str, Any]) -> dict[str, Any]:
    return all_rows("assessment", "reading_room", query_data, id_="outcome_id")


@reading.get("/<uuid:outcome_id>")
@reading.auth_required(auth)
@reading.output(findings.Reading)
@reading.doc(summary="一项成果与评论 · An outcome and what readers said")
def one(outcome_id: UUID) -> Any:
    return found(outcome_id)


@reading.get("/<uuid:outcome_id>/text")
@reading.auth_required(auth)
@reading.doc(summary="成果正文 · The text of an outcome")
def text(outcome_id: UUID) -> Response:
    return text_of(found(outcome_id))


@reading.get("/<uuid:outcome_id>/files/<int:number>")
@reading.auth_required(auth)
@reading.doc(summary="成果附件 · A file of an outcome, from 1")
def file(outcome_id: UUID, number: int) -> Response:
    return file_of(found(outcome_id), f"outcome-{outcome_id}", number)


@reading.post("/<uuid:outcome_id>/comments")
@reading.auth_required(auth)
@reading.input(requests.Comment)
@reading.output(answers.Done, 201)
@reading.doc(summary="评论 · Comment on an outcome")
def comment(outcome_id: UUID, json_data: dict[str, Any]) -> Any:
    return tell("assessment", "comment_outcome", {"outcome_id": str(outcome_id), **json_data})


@reading.post("/comments/<uuid:comment_id>/withdraw")
@reading.auth_required(auth)
@reading.input(requests.Withdrawal)
@reading.output(answers.Done)
@reading.doc(summary="撤下评论 · Take a comment back, or hide it as staff")
def withdraw(comment_id: UUID, json_data: dict[str, Any]) -> Any:
    return tell("assessment", "withdraw_comment", {"comment_id": str(comment_id), **json_data})


def found(outcome_id: UUID) -> dict[str, Any]:
    """An outcome the caller may read."""
    told: dict[str, Any] = ask("assessment", "reading", {"outcome_id": str(outcome_id)})
    return told
