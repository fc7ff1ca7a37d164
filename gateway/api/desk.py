"""The assessment desk: what waits, how a cohort was judged, what staff decides."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint

from gateway.api import answers, findings, requests
from gateway.api.context import ask, auth, tell

desk = APIBlueprint("desk", __name__, url_prefix="/api/v1", tag="assessment")
AT_PROGRAM = "/programs/<uuid:program_id>"
AT_ENROLLMENT = "/enrollments/<uuid:enrollment_id>"


def of_program(query: str, program_id: UUID) -> Any:
    return ask("assessment", query, {"program_id": str(program_id)})


def of_enrollment(query: str, enrollment_id: UUID) -> Any:
    return ask("assessment", query, {"enrollment_id": str(enrollment_id)})


def told_of(command: str, enrollment_id: UUID, said: dict[str, Any]) -> Any:
    return tell("assessment", command, {"enrollment_id": str(enrollment_id), **said})


@desk.get(f"{AT_PROGRAM}/assessment/tasks")
@desk.auth_required(auth)
@desk.output(answers.rows(findings.Task))
@desk.doc(summary="待办：补评、裁定、申诉 · What waits for staff")
def tasks(program_id: UUID) -> Any:
    return of_program("tasks", program_id) | {"next": None}


@desk.get(f"{AT_PROGRAM}/assessment/workload")
@desk.auth_required(auth)
@desk.output(answers.rows(findings.Load))
@desk.doc(summary="互评工作量与逾期 · Reviews asked, written, overdue")
def workload(program_id: UUID) -> Any:
    return of_program("workload", program_id) | {"next": None}


@desk.get(f"{AT_PROGRAM}/assessment/findings")
@desk.auth_required(auth)
@desk.output(findings.Findings)
@desk.doc(summary="一致分、分歧与评阅人可靠性 · Consensus, spread, reviewers")
def found(program_id: UUID) -> Any:
    """Empty until reviews are closed."""
    return of_program("findings", program_id)


@desk.get(f"{AT_PROGRAM}/assessment/distribution")
@desk.auth_required(auth)
@desk.output(findings.Distribution)
@desk.doc(summary="成绩分布 · How totals are distributed")
def distribution(program_id: UUID) -> Any:
    return of_program("distribution", program_id)


@desk.post(f"{AT_PROGRAM}/assessment/what-if")
@desk.auth_required(auth)
@desk.input(requests.TriedScheme)
@desk.output(findings.Tried)
@desk.doc(summary="试算：换一种权重 · What scores would be by another scheme")
def try_scheme(program_id: UUID, json_data: dict[str, Any]) -> Any:
    """Nothing is saved."""
    return ask("assessment", "try_scheme", {"program_id": str(program_id), **json_data})


@desk.post(f"{AT_PROGRAM}/release/propose")
@desk.auth_required(auth)
@desk.input(requests.Note)
@desk.output(answers.Done)
@desk.doc(summary="提交发布 · Propose the release of final scores")
def propose_release(program_id: UUID, json_data: dict[str, Any]) -> Any:
    return tell("assessment", "propose_release", {"program_id": str(program_id), **json_data})


@desk.post(f"{AT_PROGRAM}/release/approve")
@desk.auth_required(auth)
@desk.input(requests.Note)
@desk.output(answers.Done)
@desk.doc(summary="复核并发布 · Approve the release, as a second person")
def approve_release(program_id: UUID, json_data: dict[str, Any]) -> Any:
    return tell("assessment", "approve_release", {"program_id": str(program_id), **json_data})


@desk.put(f"{AT_ENROLLMENT}/staff-mark")
@desk.auth_required(auth)
@desk.input(requests.StaffMarks)
@desk.output(answers.Done)
@desk.doc(summary="工作人员评分或裁定 · Mark an outcome as staff or referee")
def mark(enrollment_id: UUID, json_data: dict[str, Any]) -> Any:
    return told_of("mark_outcome", enrollment_id, json_data)


@desk.post(f"{AT_ENROLLMENT}/override")
@desk.auth_required(auth)
@desk.input(requests.Override)
@desk.output(answers.Done, 201)
@desk.doc(summary="更正成果得分 · Set an outcome's mark, with the reason")
def override(enrollment_id: UUID, json_data: dict[str, Any]) -> Any:
    return told_of("override_mark", enrollment_id, json_data)


@desk.put(f"{AT_ENROLLMENT}/recommendation")
@desk.auth_required(auth)
@desk.input(requests.Recommendation)
@desk.output(answers.Done)
@desk.doc(summary="推荐优秀成果 · Recommend an outcome to readers")
def recommend(enrollment_id: UUID, json_data: dict[str, Any]) -> Any:
    return told_of("recommend_outcome", enrollment_id, json_data)


@desk.post(f"{AT_ENROLLMENT}/appeals")
@desk.auth_required(auth)
@desk.input(requests.Reason)
@desk.output(answers.Done, 201)
@desk.doc(summary="申诉 · Contest the released score")
def appeal(enrollment_id: UUID, json_data: dict[str, Any]) -> Any:
    return told_of("lodge_appeal", enrollment_id, json_data)


@desk.post(f"{AT_ENROLLMENT}/appeals/decide")
@desk.auth_required(auth)
@desk.input(requests.Decision)
@desk.output(answers.Done)
@desk.doc(summary="裁定申诉 · Decide the open appeal, as another person")
def decide(enrollment_id: UUID, json_data: dict[str, Any]) -> Any:
    return told_of("decide_appeal", enrollment_id, json_data)


@desk.get(f"{AT_ENROLLMENT}/scores")
@desk.auth_required(auth)
@desk.output(answers.rows(findings.PastScore))
@desk.doc(summary="评分历史 · Every score that was drawn")
def history(enrollment_id: UUID) -> Any:
    return of_enrollment("score_history", enrollment_id) | {"next": None}


@desk.post(f"{AT_ENROLLMENT}/scores/<uuid:score_id>/replay")
@desk.auth_required(auth)
@desk.output(findings.Replayed)
@desk.doc(summary="重算一份评分 · Draw a past score again from its facts")
def replay(enrollment_id: UUID, score_id: UUID) -> Any:
    body = {"enrollment_id": str(enrollment_id), "score_id": str(score_id)}
    return ask("assessment", "replay_score", body)
