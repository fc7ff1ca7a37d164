"""Outcomes: handing in, reading, assessing one's own, marking by staff."""

from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, current_app, send_file

from gateway.api import answers, requests, results, uploads
from gateway.api.bodies import MOST_FIELDS, MOST_FILE
from gateway.api.context import ask, auth, refuse_unusable, tell
from gateway.files import Files, TooLarge
from services.contracts.refusal import NotFound

outcomes = APIBlueprint("outcomes", __name__, url_prefix="/api/v1/enrollments", tag="outcomes")

TEXT = "text/plain; charset=utf-8"


@outcomes.post("/<uuid:enrollment_id>/outcome")
@outcomes.auth_required(auth)
@outcomes.input(requests.NewOutcome, location="form_and_files")
@outcomes.output(results.Submitted, 201)
@outcomes.doc(summary="提交研修成果 · Hand in the outcome")
def submit(enrollment_id: UUID, form_and_files_data: dict[str, Any]) -> dict[str, Any]:
    """Again until reviews begin; the latest counts. The content of a file decides its type."""
    sent = form_and_files_data
    refuse_unusable({"title": sent["title"], "text": sent["text"]})
    file, file_type = None, None
    if sent.get("file"):
        content = sent["file"].stream
        file_type = uploads.media_type(sent["file"].filename or "", content)
        try:
            file = files().store(content, most=MOST_FILE).digest
        except TooLarge:
            raise uploads.too_large(MOST_FILE) from None
    text = files().store(BytesIO(sent["text"].encode()), most=MOST_FIELDS).digest
    kept = {"text": text, "file": file, "file_type": file_type}
    body = {"enrollment_id": str(enrollment_id), "title": sent["title"], **kept}
    return tell("assessment", "submit_outcome", body) | kept


@outcomes.get("/<uuid:enrollment_id>/outcome")
@outcomes.auth_required(auth)
@outcomes.output(results.Outcome)
@outcomes.doc(summary="研修成果 · The standing outcome")
def outcome(enrollment_id: UUID) -> Any:
    return ask("assessment", "outcome", {"enrollment_id": str(enrollment_id)})


@outcomes.get("/<uuid:enrollment_id>/outcome/text")
@outcomes.auth_required(auth)
@outcomes.doc(summary="成果正文 · The text of the outcome")
def text(enrollment_id: UUID) -> Response:
    told = ask("assessment", "outcome", {"enrollment_id": str(enrollment_id)})
    return text_of(told)


@outcomes.get("/<uuid:enrollment_id>/outcome/file")
@outcomes.auth_required(auth)
@outcomes.doc(summary="成果附件 · The file of the outcome")
def file(enrollment_id: UUID) -> Response:
    told = ask("assessment", "outcome", {"enrollment_id": str(enrollment_id)})
    return file_of(told, f"outcome-{enrollment_id}")


@outcomes.put("/<uuid:enrollment_id>/self-assessment")
@outcomes.auth_required(auth)
@outcomes.input(requests.Marks)
@outcomes.output(answers.Done)
@outcomes.doc(summary="自评 · Assess one's own outcome")
def self_assess(enrollment_id: UUID, json_data: dict[str, Any]) -> Any:
    return tell("assessment", "self_assess", {"enrollment_id": str(enrollment_id), **json_data})


@outcomes.put("/<uuid:enrollment_id>/staff-mark")
@outcomes.auth_required(auth)
@outcomes.input(requests.Marks)
@outcomes.output(answers.Done)
@outcomes.doc(summary="教师评分 · Mark an outcome as staff")
def mark(enrollment_id: UUID, json_data: dict[str, Any]) -> Any:
    return tell("assessment", "mark_outcome", {"enrollment_id": str(enrollment_id), **json_data})


def files() -> Files:
    """The file store."""
    return Files(Path(current_app.config["HOME"]))


def text_of(told: dict[str, Any]) -> Response:
    """The text of an outcome that was told."""
    return Response(stored(told["text"]).read_bytes(), content_type=TEXT, headers=CAUTIOUS)


def file_of(told: dict[str, Any], name: str) -> Response:
    """The file of an outcome that was told, to be saved under a name of ours."""
    if told["file"] is None:
        raise NotFound("file_missing", "该成果没有附件", "the outcome has no file")
    path = stored(told["file"])
    response = send_file(
        path.open("rb"),
        mimetype=told["file_type"],
        as_attachment=True,
        download_name=name + uploads.SUFFIXES[told["file_type"]],
    )
    response.content_length = path.stat().st_size
    response.headers.update(CAUTIOUS)
    return response


def stored(digest: str) -> Path:
    """Where a content is; `NotFound` if this store lost it."""
    path = files().path(digest)
    if not path.exists():
        raise NotFound("content_missing", "文件存储中没有此内容", "the content is not in the store")
    return path


# What members send is shown to others: a browser is to save it, never to run it.
CAUTIOUS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}
