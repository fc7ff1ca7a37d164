"""Programs, and the windows of their reviews."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint

from gateway.api import answers, results
from gateway.api.bodies import document
from gateway.api.context import auth, tell
from gateway.api.paging import Page, all_rows

programs = APIBlueprint("programs", __name__, url_prefix="/api/v1/programs", tag="programs")


@programs.get("")
@programs.auth_required(auth)
@programs.input(Page, location="query")
@programs.output(answers.rows(answers.Program))
@programs.doc(summary="已发布的培训项目 · All published program versions")
def listed(query_data: dict[str, Any]) -> dict[str, Any]:
    return all_rows("enrollment", "programs", query_data)


@programs.post("")
@programs.auth_required(auth)
@programs.output(answers.Published, 201)
@programs.doc(summary="发布培训项目 · Publish a program as its next version")
def publish() -> Any:
    """The audience is enrolled by itself. The document is YAML or JSON."""
    return tell("enrollment", "publish_program", {"document": document()})


@programs.post("/<uuid:program_id>/amendments")
@programs.auth_required(auth)
@programs.output(answers.Done, 201)
@programs.doc(summary="更改文字与日期 · Move texts and dates of a published version")
def amend(program_id: UUID) -> Any:
    """`brief`, `outcomes_due`, `reviews_due` and the words of the rubric; all else is fixed."""
    body = {"program_id": str(program_id), "document": document()}
    return tell("enrollment", "amend_program", body)


@programs.post("/<uuid:program_id>/reviews/open")
@programs.auth_required(auth)
@programs.output(results.Opened)
@programs.doc(summary="开始互评 · Begin the reviews now")
def open_reviews(program_id: UUID) -> Any:
    """Outcomes are fixed from here on and reviews are assigned."""
    return tell("assessment", "open_reviews", {"program_id": str(program_id)})


@programs.post("/<uuid:program_id>/reviews/close")
@programs.auth_required(auth)
@programs.output(results.Closed)
@programs.doc(summary="结束互评 · End the reviews now")
def close_reviews(program_id: UUID) -> Any:
    """Scores are drawn for good and released as the program says."""
    return tell("assessment", "close_reviews", {"program_id": str(program_id)})
