"""What may still move of a published program version: texts and dates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.enrollment.domain.document import Section
from services.enrollment.domain.words import Message

MOVING: Final = ("brief", "outcomes_due", "reviews_due", "rubric")


def plan_amendment(
    document: Mapping[str, Any], program: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, tuple[Message, ...]]:
    """The data of `enrollment.program_amended.v1`, or None and all that refuses it.

    `program` is the version as it stands. Everything else of it is fixed, and
    refused by its name.
    """
    refusals: list[Message] = []
    whole = Section(document, "", refusals)
    for field in whole.content:
        if field in program and field not in MOVING:
            whole.refuse(
                str(field), "发布后不能改动，请发布新版本", "is fixed: publish a new version"
            )
        elif field not in MOVING:
            whole.only(MOVING)
    data: dict[str, Any] = {}
    if whole.given("brief"):
        data["brief"] = whole.text("brief", 4000)
    for field in ("outcomes_due", "reviews_due"):
        if whole.given(field):
            data[field] = whole.instant(field)
    if whole.given("rubric"):
        data["rubric"] = _wordings(whole, program)
    if not data and not refusals:
        whole.refuse("", "没有要改动的内容", "names nothing to change")
    outcomes, reviews = (data.get(one) or program[one] for one in ("outcomes_due", "reviews_due"))
    if datetime.fromisoformat(reviews) < datetime.fromisoformat(outcomes):
        whole.refuse(
            "reviews_due", "互评截止早于成果截止", "reviews are due before the outcomes are"
        )
    return (None if refusals else data), tuple(dict.fromkeys(refusals))


def _wordings(whole: Section, program: Mapping[str, Any]) -> list[dict[str, Any]]:
    codes = {criterion["code"] for criterion in program["scheme"]["rubric"]}
    said = []
    for section in whole.sections("rubric"):
        section.only(("code", "title", "description"))
        code = section.text("code", 64)
        if code is not None and code not in codes:
            section.refuse("code", f"评分标准中没有 {code}", f"the rubric has no criterion {code}")
        words = {"code": code, "title": section.text("title", 200)}
        if section.given("description"):
            words["description"] = section.text("description", 2000)
        said.append(words)
    return said


def amended(program: Mapping[str, Any], moved: Mapping[str, Any]) -> dict[str, Any]:
    """A program version with what moved of it."""
    words = {one["code"]: one for one in moved.get("rubric", ())}
    rubric = [line | words.get(line["code"], {}) for line in program["scheme"]["rubric"]]
    plain = {name: value for name, value in moved.items() if name != "rubric"}
    return {**program, **plain, "scheme": {**program["scheme"], "rubric": rubric}}
