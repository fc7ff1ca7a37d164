"""Outcomes: drafts, handing in, reading, assessing one's own, and what came of it."""

from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, current_app, send_file
from werkzeug.datastructures import FileStorage

from gateway.anonymous import anonymous
from gateway.api import answers, findings, requests, results, uploads
from gateway.api.bodies import MOST_FIELDS, MOST_FILE
from gateway.api.context import ask, auth, refuse_unusable, tell
from gateway.files import Files, TooLarge
from services.contracts.refusal import NotFound
from services.messaging.busy import beside

outcomes = APIBlueprint("outcomes", __name__, url_prefix="/api/v1/enrollments", tag="outcomes")

TEXT = "text/plain; charset=utf-8"


@outcomes.post("/<uuid:enrollment_id>/outcome")
@outcomes.auth_required(auth)
@outcomes.input(requests.NewOutcome, location="form_and_files")
@outcomes.output(results.Submitted, 201)
@outcomes.doc(summary="提交研修成果 · Hand in the outcome")
def submit(enrollment_id: UUID, form_and_files_data: dict[str, Any]) -> dict[str, Any]:
    """Again until it enters the pool; the latest counts. The content of a file decides its type."""
    sent = form_and_files_data
    kept = keep(sent)
    body = {"enrollment_id": str(enrollment_id), "title": sent["title"], **kept}
    first = kept["attachments"][0] if kept["attachments"] else {}
    told = {"file": first.get("file"), "file_type": first.get("file_type")}
    return tell("assessment", "submit_outcome", body) | kept | told


@outcomes.put("/<uuid:enrollment_id>/outcome/draft")
@outcomes.auth_required(auth)
@outcomes.input(requests.Draft, location="form_and_files")
@outcomes.output(results.Saved)
@outcomes.doc(summary="保存草稿 · Keep a draft of the outcome")
def save_draft(enrollment_id: UUID, form_and_files_data: dict[str, Any]) -> Any:
    """For its author alone; the latest replaces the one before."""
    sent = form_and_files_data
    body = {"enrollment_id": str(enrollment_id), "title": sent["title"], **keep(sent)}
    return tell("assessment", "save_draft", body)


@outcomes.get("/<uuid:enrollment_id>/outcome/draft")
@outcomes.auth_required(auth)
@outcomes.output(results.Draft)
@outcomes.doc(summary="草稿 · The draft of the outcome")
def draft(enrollment_id: UUID) -> Any:
    told = ask("assessment", "draft", {"enrollment_id": str(enrollment_id)})
    return told | {"text": stored(told["text"]).read_text()}


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


@outcomes.get("/<uuid:enrollment_id>/outcome/files/<int:number>")
@outcomes.auth_required(auth)
@outcomes.doc(summary="成果的第几个附件 · A file of the outcome, from 1")
def numbered_file(enrollment_id: UUID, number: int) -> Response:
    told = ask("assessment", "outcome", {"enrollment_id": str(enrollment_id)})
    return file_of(told, f"outcome-{enrollment_id}", number)


@outcomes.get("/<uuid:enrollment_id>/reviews")
@outcomes.auth_required(auth)
@outcomes.output(answers.rows(findings.Received))
@outcomes.doc(summary="收到的互评 · What reviewers said, once reviews are over")
def received(enrollment_id: UUID) -> Any:
    told = ask("assessment", "reviews_received", {"enrollment_id": str(enrollment_id)})
    return told | {"next": None}


@outcomes.get("/<uuid:enrollment_id>/reviewing")
@outcomes.auth_required(auth)
@outcomes.output(findings.OwnReviewing)
@outcomes.doc(summary="我的评阅质量 · How one's own reviews compare")
def reviewing(enrollment_id: UUID) -> Any:
    return ask("assessment", "own_reviewing", {"enrollment_id": str(enrollment_id)})


@outcomes.post("/<uuid:enrollment_id>/reviewing/more")
@outcomes.auth_required(auth)
@outcomes.output(answers.Done, 201)
@outcomes.doc(summary="再评一份 · Ask for one more outcome to review")
def volunteer(enrollment_id: UUID) -> Any:
    return tell("assessment", "volunteer_review", {"enrollment_id": str(enrollment_id)})


def keep(sent: dict[str, Any]) -> dict[str, Any]:
    """Stores the text and the files that were sent, and says under which digests."""
    refuse_unusable({"title": sent["title"], "text": sent["text"]})
    attachments = [keep_file(file) for file in sent["file"] or ()]
    text = files().store(BytesIO(sent["text"].encode()), most=MOST_FIELDS).digest
    return {"text": text, "attachments": attachments}


def keep_file(file: FileStorage) -> dict[str, Any]:
    """Stores a file as it was sent, and as reviewers see it."""
    content = cast(BinaryIO, file.stream)
    file_type = uploads.media_type(file.filename or "", content)
    try:
        stored = files().store(content, most=MOST_FILE)
    except TooLarge:
        raise uploads.too_large(MOST_FILE) from None
    # Cleaning keeps a core busy; a copy may be longer than what it is of.
    copy = beside(anonymous, content, file_type)
    shown = files().store(copy, most=2 * MOST_FILE)
    return {
        "file": stored.digest,
        "shown": shown.digest,
        "file_type": file_type,
        "suffix": uploads.SUFFIXES[file_type].removeprefix("."),
        "bytes": stored.size,
    }


def files() -> Files:
    """The file store."""
    return Files(Path(current_app.config["HOME"]))


def text_of(told: dict[str, Any]) -> Response:
    """The text of an outcome that was told."""
    return Response(stored(told["text"]).read_bytes(), content_type=TEXT, headers=CAUTIOUS)


def file_of(told: dict[str, Any], name: str, number: int = 1) -> Response:
    """A file of an outcome that was told, from 1, to be saved under a name of ours."""
    if not 0 < number <= len(told["attachments"]):
        raise NotFound("file_missing", "该成果没有此附件", "the outcome has no such file")
    kept = told["attachments"][number - 1]
    path = stored(kept["file"])
    response = send_file(
        path.open("rb"),
        mimetype=kept["file_type"],
        as_attachment=True,
        download_name=name + uploads.SUFFIXES[kept["file_type"]],
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
