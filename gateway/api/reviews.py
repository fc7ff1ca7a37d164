"""Reviews: what a reviewer is asked for, by assignment. Authors stay unknown."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response

from gateway.api import answers, requests, results
from gateway.api.context import ask, auth, tell
from gateway.api.outcomes import file_of, text_of
from gateway.api.paging import Page, all_rows
from services.contracts.refusal import NotFound

reviews = APIBlueprint("reviews", __name__, url_prefix="/api/v1/reviews", tag="reviews")


@reviews.get("")
@reviews.auth_required(auth)
@reviews.input(Page, location="query")
@reviews.output(answers.rows(results.Assignment))
@reviews.doc(summary="我的互评任务 · The reviews one is asked for")
def listed(query_data: dict[str, Any]) -> dict[str, Any]:
    page = all_rows("assessment", "reviews_to_do", query_data, id_="assignment_id")
    rows = [
        row
        | {name: row["outcome"][name] for name in ("title", "file_type")}
        | {"files": len(row["outcome"]["attachments"])}
        for row in page["rows"]
    ]
    return page | {"rows": rows}


@reviews.get("/<uuid:assignment_id>/text")
@reviews.auth_required(auth)
@reviews.doc(summary="待评成果正文 · The text to be reviewed")
def text(assignment_id: UUID) -> Response:
    return text_of(assigned(assignment_id))


@reviews.get("/<uuid:assignment_id>/file")
@reviews.auth_required(auth)
@reviews.doc(summary="待评成果附件 · The file to be reviewed")
def file(assignment_id: UUID) -> Response:
    return file_of(assigned(assignment_id), f"review-{assignment_id}")


@reviews.get("/<uuid:assignment_id>/files/<int:number>")
@reviews.auth_required(auth)
@reviews.doc(summary="待评成果的第几个附件 · A file to be reviewed, from 1")
def numbered_file(assignment_id: UUID, number: int) -> Response:
    return file_of(assigned(assignment_id), f"review-{assignment_id}", number)


@reviews.put("/<uuid:assignment_id>")
@reviews.auth_required(auth)
@reviews.input(requests.Review)
@reviews.output(answers.Done)
@reviews.doc(summary="提交互评 · Submit a review")
def submit(assignment_id: UUID, json_data: dict[str, Any]) -> Any:
    """Again until reviews are over; the latest counts."""
    return tell("assessment", "submit_review", {"assignment_id": str(assignment_id), **json_data})


def assigned(assignment_id: UUID) -> dict[str, Any]:
    """The outcome of an assignment of the caller's."""
    for row in ask("assessment", "reviews_to_do", {})["rows"]:
        if row["assignment_id"] == str(assignment_id):
            found: dict[str, Any] = row["outcome"]
            return found
    raise NotFound(
        "review_not_assigned", "没有分配给您的这项互评", "no such review is assigned to you"
    )
