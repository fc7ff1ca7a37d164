"""Enrollment's refusals."""

from collections.abc import Iterable

from services.contracts.refusal import Conflict, Invalids, NotFound
from services.enrollment.domain.words import Message


def no_member() -> NotFound:
    return NotFound("member_unknown", "没有这个编号的学员", "there is no member of this number")


def no_program() -> NotFound:
    return NotFound("program_unknown", "没有这个培训项目", "there is no such program")


def no_enrollment() -> NotFound:
    return NotFound("enrollment_unknown", "没有这个学籍", "there is no such enrollment")


def no_program_changes(code: str, version: int) -> Conflict:
    return Conflict(
        "program_unchanged",
        f"{code} 的内容与第 {version} 版相同",
        f"{code} is the same as its version {version}",
    )


def refused(code: str, messages: Iterable[Message]) -> Invalids:
    """All that refuses a document or sheet."""
    return Invalids(
        [{"code": code, "field": one.field, "zh": one.zh, "en": one.en} for one in messages]
    )
