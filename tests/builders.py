"""Facts, of which a test names only what it is about.

Ids are derived as the services derive them: a member's from its number, a
program's from its code and version. A fact's id follows from what it says, so
the same words at the same time are the same fact.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from services.assessment.domain.scheme import DEFAULT_SCHEME
from services.contracts import archive, assessment, enrollment, intake, learning
from services.contracts.envelope import Event, derived_id, instant
from services.contracts.registry import announcer

START = datetime(2026, 3, 1, 1, tzinfo=UTC)
PARTNER = "moodle"
STAFF = derived_id("account", "staff")
SECOND = derived_id("account", "second")
ALL = {"code": "all", "title": "总评", "weight": "100"}


def at(hours: float) -> datetime:
    """So many hours after the programs begin."""
    return START + timedelta(hours=hours)


def fact(
    type_: str, subject: str, data: dict[str, Any], time: datetime = START, **changes: Any
) -> Event:
    """A fact as its service would tell it."""
    said = orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()
    id_ = derived_id(type_, subject, instant(time), said)
    whole = Event(id_, type_, f"/zhixing/{announcer(type_)}", subject, time, data)
    return whole._replace(**changes)


def organization_id(code: str) -> str:
    return derived_id("organization", code)


def member_id(number: str) -> str:
    return derived_id("member", number)


def program_id(code: str = "p", version: int = 1) -> str:
    return derived_id("program", code, str(version))


def module_id(code: str) -> str:
    return derived_id("module", code)


def account_id(name: str) -> str:
    return derived_id("account", PARTNER, name)


def enrollment_id(number: str, program: str) -> str:
    """The id of a member's enrollment in the program version of this id."""
    return derived_id("enrollment", member_id(number), program)


def organization_placed(code: str, path: str, time: datetime = START, **said: Any) -> Event:
    data = {"code": code, "name": f"组织{code}", "kind": "branch", "path": path} | said
    return fact(enrollment.ORGANIZATION_PLACED, organization_id(code), data, time)


def member_registered(number: str, time: datetime = START) -> Event:
    data = {"registered_on": time.date().isoformat()}
    return fact(enrollment.MEMBER_REGISTERED, member_id(number), data, time)


def member_described(number: str, time: datetime = START, *, name: str = "柏溪宁") -> Event:
    data = {"number": number, "name": name}
    return fact(enrollment.MEMBER_DESCRIBED, member_id(number), data, time)


def member_placed(
    number: str, path: str = "/1/", time: datetime = START, *, since: str = "2026-01-01"
) -> Event:
    code = path.strip("/").rpartition("/")[2]
    data = {"organization_id": organization_id(code), "path": path, "since": since}
    return fact(enrollment.MEMBER_PLACED, member_id(number), data, time)


def category_entered(
    number: str, category: str = "activist", time: datetime = START, *, since: str = "2026-01-01"
) -> Event:
    data = {"category": category, "since": since}
    return fact(enrollment.CATEGORY_ENTERED, member_id(number), data, time)


def account_linked(number: str, name: str, time: datetime = START) -> Event:
    data = {"partner": PARTNER, "account_id": account_id(name)}
    return fact(enrollment.ACCOUNT_LINKED, member_id(number), data, time)


def module(code: str, *activities: str, **said: Any) -> dict[str, Any]:
    """A required online module of two hours unless another is described."""
    return {
        "id": module_id(code),
        "code": code,
        "title": f"模块 {code}",
        "kind": "theory",
        "delivery": "online",
        "hours": "2",
        "required": True,
        "group": None,
        "activities": list(activities),
    } | said


def program_published(
    *modules: dict[str, Any],
    code: str = "p",
    version: int = 1,
    time: datetime = START,
    scheme: dict[str, Any] | None = None,
    **said: Any,
) -> Event:
    """A program of March to June; its rubric has one criterion, `all`."""
    data = {
        "code": code,
        "version": version,
        "title": f"专题培训 {code}",
        "starts_on": "2026-03-01",
        "ends_on": "2026-06-30",
        "outcomes_due": "2026-05-31T16:00:00Z",
        "reviews_due": "2026-06-15T16:00:00Z",
        "audience": {"categories": ["activist"], "paths": ["/1/"]},
        "modules": list(modules),
        "electives": [],
        "scheme": DEFAULT_SCHEME | {"rubric": [ALL]} | (scheme or {}),
    } | said
    return fact(enrollment.PROGRAM_PUBLISHED, program_id(code, version), data, time)


def enrollment_opened(
    number: str, program: str, time: datetime = START, *, path: str = "/1/"
) -> Event:
    data = {
        "member_id": member_id(number),
        "program_id": program,
        "category": "activist",
        "path": path,
    }
    return fact(enrollment.ENROLLMENT_OPENED, enrollment_id(number, program), data, time)


def statement_received(
    statement_id: str, name: str, verb: str, object_id: str, time: datetime = START, **said: Any
) -> Event:
    """An account did something with an object; further fields as they are named."""
    data = {
        "partner": PARTNER,
        "statement_id": statement_id,
        "verb": verb,
        "object_id": object_id,
        "object_key": None,
        "object_type": None,
        "parents": [],
        "completion": None,
        "success": None,
        "scaled": None,
        "text_length": None,
        "text_digest": None,
    } | said
    return fact(intake.STATEMENT_RECEIVED, account_id(name), data, time)


def module_completed(subject: str, module: str, time: datetime = START) -> Event:
    data = {"module_id": module, "hours": "2", "evidence": derived_id("evidence", subject, module)}
    return fact(learning.MODULE_COMPLETED, subject, data, time)


def post_counted(subject: str, post: str, time: datetime = START) -> Event:
    return fact(learning.POST_COUNTED, subject, {"post": f"{PARTNER}:{post}"}, time)


def post_retracted(counted: Event) -> Event:
    data = {"counted_id": counted.id, "post": counted.data["post"]}
    return fact(learning.POST_RETRACTED, counted.subject, data, counted.time)


def outcome_submitted(subject: str, title: str = "知行合一", time: datetime = START) -> Event:
    data = {"title": title, "text": "0" * 64, "file": None, "file_type": None}
    return fact(assessment.OUTCOME_SUBMITTED, subject, data, time)


def self_assessed(subject: str, mark: str, time: datetime = START) -> Event:
    return fact(assessment.SELF_ASSESSED, subject, {"marks": {"all": mark}}, time)


def review_window_opened(program: str, time: datetime = START) -> Event:
    return fact(assessment.REVIEW_WINDOW_OPENED, program, {"opened_at": instant(time)}, time)


def review_window_closed(program: str, time: datetime = START) -> Event:
    return fact(assessment.REVIEW_WINDOW_CLOSED, program, {"closed_at": instant(time)}, time)


def review_assigned(author: str, reviewer: str, time: datetime = START) -> Event:
    return fact(assessment.REVIEW_ASSIGNED, author, {"reviewer_id": reviewer}, time)


def review_submitted(author: str, reviewer: str, mark: str, time: datetime = START) -> Event:
    data = {"reviewer_id": reviewer, "marks": {"all": mark}, "comment": ""}
    return fact(assessment.REVIEW_SUBMITTED, author, data, time)


def staff_marked(subject: str, mark: str, time: datetime = START, *, role: str = "staff") -> Event:
    data = {"staff_id": STAFF, "marks": {"all": mark}, "role": role}
    return fact(assessment.STAFF_MARKED, subject, data, time)


def score_drawn(
    subject: str, program: str, *, basis: int, total: str, time: datetime = START
) -> Event:
    data = {
        "program_id": program,
        "hours": "2",
        "total": total,
        "passed": False,
        "final": False,
        "basis": basis,
        "parts": [{"code": "theory", "points": total, "most": "100", "zh": "理论", "en": "theory"}],
        "gates": [{"code": "posts", "met": False, "zh": "发言", "en": "posts"}],
    }
    return fact(assessment.SCORE_DRAWN, subject, data, time)


def score_released(
    subject: str,
    program: str,
    *,
    round: int,
    total: str,
    passed: bool = True,
    time: datetime = START,
) -> Event:
    data = {
        "program_id": program,
        "round": round,
        "total": total,
        "passed": passed,
        "hours": "2",
    }
    return fact(assessment.SCORE_RELEASED, subject, data, time)


def outcome_pooled(submitted: Event, time: datetime = START) -> Event:
    return fact(assessment.OUTCOME_POOLED, submitted.subject, {"outcome_id": submitted.id}, time)


def outcome_recommended(subject: str, recommended: bool, time: datetime = START) -> Event:
    data = {"staff_id": STAFF, "recommended": recommended, "reason": ""}
    return fact(assessment.OUTCOME_RECOMMENDED, subject, data, time)


def review_expired(assigned: Event, time: datetime = START) -> Event:
    data = {"reviewer_id": assigned.data["reviewer_id"], "assignment_id": assigned.id}
    return fact(assessment.REVIEW_EXPIRED, assigned.subject, data, time)


def mark_overridden(subject: str, mark: str, time: datetime = START) -> Event:
    data = {"staff_id": STAFF, "mark": mark, "reason": "更正"}
    return fact(assessment.MARK_OVERRIDDEN, subject, data, time)


def appeal_lodged(subject: str, time: datetime = START) -> Event:
    return fact(assessment.APPEAL_LODGED, subject, {"reason": "请复核"}, time)


def appeal_decided(appeal: Event, mark: str | None, time: datetime = START) -> Event:
    data = {
        "appeal_id": appeal.id,
        "staff_id": STAFF,
        "upheld": mark is not None,
        "reason": "已复核",
        "mark": mark,
    }
    return fact(assessment.APPEAL_DECIDED, appeal.subject, data, time)


def release_proposed(program: str, time: datetime = START) -> Event:
    return fact(assessment.RELEASE_PROPOSED, program, {"staff_id": STAFF, "note": ""}, time)


def release_approved(program: str, time: datetime = START) -> Event:
    return fact(assessment.RELEASE_APPROVED, program, {"staff_id": SECOND, "note": ""}, time)


def outcome_commented(subject: str, reader: str, time: datetime = START) -> Event:
    data = {"commenter_id": reader, "text": "读后有得"}
    return fact(assessment.OUTCOME_COMMENTED, subject, data, time)


def comment_withdrawn(comment: Event, time: datetime = START) -> Event:
    data = {"comment_id": comment.id, "reason": ""}
    return fact(assessment.COMMENT_WITHDRAWN, comment.subject, data, time)


def enrollment_withdrawn(subject: str, time: datetime = START) -> Event:
    return fact(enrollment.ENROLLMENT_WITHDRAWN, subject, {"reason": "转出"}, time)


def program_amended(program: str, time: datetime = START, **moved: Any) -> Event:
    return fact(enrollment.PROGRAM_AMENDED, program, moved, time)


def summary_written(subject: str, summary: str, time: datetime = START) -> Event:
    return fact(archive.SUMMARY_WRITTEN, subject, {"focus": "", "summary": summary}, time)
