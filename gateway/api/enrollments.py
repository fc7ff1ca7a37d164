"""Enrollments, what they have done, their scores and records."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint

from gateway.api import answers, requests, results
from gateway.api.context import ask, auth, tell
from gateway.api.paging import OfPrograms, asked_rows

enrollments = APIBlueprint("enrollments", __name__, url_prefix="/api/v1", tag="enrollments")


@enrollments.get("/enrollments")
@enrollments.auth_required(auth)
@enrollments.input(OfPrograms, location="query")
@enrollments.output(answers.rows(answers.Enrollment))
@enrollments.doc(summary="学籍 · Enrollments")
def listed(query_data: dict[str, Any]) -> dict[str, Any]:
    return asked_rows("enrollment", "enrollments", query_data, id_="id")


@enrollments.post("/enrollments/<uuid:enrollment_id>/withdrawal")
@enrollments.auth_required(auth)
@enrollments.input(requests.Reason)
@enrollments.output(answers.Done, 201)
@enrollments.doc(summary="退出培训 · Withdraw an enrollment, with the reason")
def withdraw(enrollment_id: UUID, json_data: dict[str, Any]) -> Any:
    body = {"enrollment_id": str(enrollment_id), **json_data}
    return tell("enrollment", "withdraw_enrollment", body)


@enrollments.get("/progress")
@enrollments.auth_required(auth)
@enrollments.input(OfPrograms, location="query")
@enrollments.output(answers.rows(answers.Progress))
@enrollments.doc(summary="学习进度 · Completed modules and counted posts")
def progress(query_data: dict[str, Any]) -> dict[str, Any]:
    return asked_rows("learning", "progress", query_data, id_="enrollment_id")


@enrollments.get("/scores")
@enrollments.auth_required(auth)
@enrollments.input(OfPrograms, location="query")
@enrollments.output(answers.rows(results.ScoreRow))
@enrollments.doc(summary="综合评分一览 · Standing scores in short")
def scores(query_data: dict[str, Any]) -> dict[str, Any]:
    return asked_rows("assessment", "scores", query_data, id_="enrollment_id")


@enrollments.get("/records")
@enrollments.auth_required(auth)
@enrollments.input(OfPrograms, location="query")
@enrollments.output(answers.rows(results.RecordRow))
@enrollments.doc(summary="培训档案一览 · Records in short")
def records(query_data: dict[str, Any]) -> dict[str, Any]:
    return asked_rows("archive", "records", query_data, id_="enrollment_id")


@enrollments.get("/overview")
@enrollments.auth_required(auth)
@enrollments.output(answers.rows(answers.OverviewRow))
@enrollments.doc(summary="培训总览 · Per program, in the organizations one reads")
def overview() -> dict[str, Any]:
    """Aggregates only: nobody is named."""
    return {"rows": ask("archive", "overview", {})["programs"], "next": None}


@enrollments.get("/enrollments/<uuid:enrollment_id>/score")
@enrollments.auth_required(auth)
@enrollments.output(results.Score)
@enrollments.doc(summary="综合评分 · The standing score, explained")
def score(enrollment_id: UUID) -> Any:
    return ask("assessment", "score", {"enrollment_id": str(enrollment_id)})


@enrollments.get("/enrollments/<uuid:enrollment_id>/record")
@enrollments.auth_required(auth)
@enrollments.output(results.Record)
@enrollments.doc(summary="培训档案 · The training record")
def record(enrollment_id: UUID) -> Any:
    return ask("archive", "record", {"enrollment_id": str(enrollment_id)})


@enrollments.put("/enrollments/<uuid:enrollment_id>/summary")
@enrollments.auth_required(auth)
@enrollments.input(requests.Summary)
@enrollments.output(answers.Done)
@enrollments.doc(summary="学习侧重点与个人小结 · Write learning focus and personal summary")
def write_summary(enrollment_id: UUID, json_data: dict[str, Any]) -> Any:
    """The member's own; the latest counts."""
    return tell("archive", "write_summary", {"enrollment_id": str(enrollment_id), **json_data})
