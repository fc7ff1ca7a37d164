"""A program document: what a trainer writes, and the program version that follows from it.

code: essay-2026
title: 示范培训
starts_on: 2026-03-01
ends_on: 2026-06-30
outcomes_due: 2026-05-20T23:59:00+08:00
reviews_due: 2026-06-10T23:59:00+08:00
audience:
  categories: [发展对象, probationary_member]      # words or codes
  organizations: [示范学院党委/第一党支部]            # names, codes, or a path
modules:
  - {code: t1, title: 导学, kind: theory, delivery: 线上, hours: 2, activities: [https://…]}
  - {code: e1, title: 选学, kind: 党史国史, delivery: live, hours: 1.5, group: e}
electives:                                     # optional; a module with a group is elective
  - {code: e, title: 选修, modules: 1}            # at least so many modules, or hours, or both
scheme: {pass_mark: 70}                        # optional, and each field of it
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from services.enrollment.domain.audience import segments
from services.enrollment.domain.document import Section, plain
from services.enrollment.domain.organizations import Ambiguous, Organization, Tree
from services.enrollment.domain.scheme import read_scheme, refuse_repeated
from services.enrollment.domain.words import (
    CATEGORIES,
    CATEGORY_WORDS,
    DELIVERY_WORDS,
    KIND_WORDS,
    Message,
)

Derive = Callable[..., str]

DATES: Final = ("starts_on", "ends_on", "outcomes_due", "reviews_due")
PARTS: Final = ("brief", "audience", "modules", "electives", "scheme")
MODULE: Final = ("code", "title", "kind", "delivery", "hours", "required", "group", "activities")


def program_id(code: str, version: int, derive: Derive) -> str:
    """The id of a program version: the subject of its publication."""
    return derive("program", code, str(version))


def plan_program(
    document: Mapping[str, Any],
    *,
    version: int,
    organizations: Iterable[Organization],
    derive: Derive,
) -> tuple[dict[str, Any] | None, tuple[Message, ...]]:
    """The data of `enrollment.program_published.v1`, or None and all that refuses it.

    A module's id is derived from the codes of program and module, so it is the
    same in every version.
    """
    refusals: list[Message] = []
    whole = Section(document, "", refusals)
    whole.only(("code", "title", *DATES, *PARTS))
    code = whole.text("code", 64)
    data: dict[str, Any] = {
        "code": code,
        "version": version,
        "title": whole.text("title", 200),
        "brief": whole.text("brief", 4000) if whole.given("brief") else "",
        "starts_on": whole.day("starts_on"),
        "ends_on": whole.day("ends_on"),
        "outcomes_due": whole.instant("outcomes_due"),
        "reviews_due": whole.instant("reviews_due"),
        "audience": read_audience(whole, Tree(organizations)),
        "modules": (modules := read_modules(whole)),
        "electives": (electives := read_electives(whole)),
        "scheme": read_scheme(whole),
    }
    check_dates(whole, data)
    check_electives(whole, modules, electives)
    if refusals:
        return None, tuple(dict.fromkeys(refusals))
    for module in modules:
        module["id"] = derive("module", str(code), module["code"])
    return data, ()


def read_audience(whole: Section, tree: Tree) -> dict[str, list[str]]:
    """Categories in their order, and the paths of organizations, sorted."""
    section = Section(whole.value("audience") or {}, "audience", whole.refusals)
    section.only(("categories", "organizations"))
    categories = {
        section.code(f"categories[{place}]", word, CATEGORY_WORDS)
        for place, word in enumerate(section.listed("categories"))
    }
    paths = {
        read_path(section, f"organizations[{place}]", word, tree)
        for place, word in enumerate(section.listed("organizations"))
    }
    for field in ("categories", "organizations"):
        if section.content.get(field) == []:
            section.refuse(field, "至少填写一项", "must name at least one")
    return {
        "categories": [one for one in CATEGORIES if one in categories],
        "paths": sorted(path for path in paths if path),
    }


def read_path(section: Section, field: str, word: object, tree: Tree) -> str | None:
    """The path of a known organization, by its path, or by names or codes from a committee."""
    tree.index()
    words = segments(str(word))
    try:
        code = tree.find(words)
    except Ambiguous:
        code = None
    if code is None and str(word).startswith("/") and words and words[-1] in tree.nodes:
        code = words[-1] if segments(tree.path(words[-1])) == words else None
    if code is None:
        section.refuse(
            field,
            f"没有党组织“{word}”，或有多个同名",
            f"no organization is {word!r}, or several are",
        )
        return None
    return tree.path(code)


def read_modules(whole: Section) -> list[dict[str, Any]]:
    """The modules; one without a group is required unless it says otherwise."""
    sections = whole.sections("modules")
    if whole.content.get("modules") == []:
        whole.refuse("modules", "至少填写一项", "must name at least one")
    modules = [read_module(section) for section in sections]
    refuse_repeated(whole, "modules", [module["code"] for module in modules])
    seen: dict[str, str] = {}
    for section, module in zip(sections, modules, strict=True):
        for place, activity in enumerate(module["activities"]):
            if seen.setdefault(activity, section.path) != section.path:
                section.refuse(
                    f"activities[{place}]",
                    f"该活动已属于 {seen[activity]}",
                    f"this activity already belongs to {seen[activity]}",
                )
    return modules


def read_module(section: Section) -> dict[str, Any]:
    section.only(MODULE)
    hours = section.amount("hours")
    if hours is not None and hours <= 0:
        section.refuse("hours", "学时应大于 0", "hours must be more than 0")
    group = section.text("group", 64) if section.given("group") else None
    required = section.flag("required") if section.given("required") else group is None
    if group is not None and required:
        section.refuse(
            "required", "选修组内的模块不能为必修", "a module of an elective group is not required"
        )
    activities = []
    for place, activity in enumerate(
        section.listed("activities") if section.given("activities") else ()
    ):
        if isinstance(activity, str) and 0 < len(activity) <= 2000:
            activities.append(activity)
        else:
            section.refuse(
                f"activities[{place}]",
                "应为 1 至 2000 个字符的活动标识",
                "must be an activity id of 1 to 2000 characters",
            )
    return {
        "id": "",
        "code": section.text("code", 64),
        "title": section.text("title", 200),
        "kind": section.word("kind", KIND_WORDS),
        "delivery": section.word("delivery", DELIVERY_WORDS),
        "hours": None if hours is None else plain(hours),
        "required": required,
        "group": group,
        "activities": activities,
    }


def read_electives(whole: Section) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = []
    sections = whole.sections("electives") if whole.given("electives") else []
    for section in sections:
        section.only(("code", "title", "modules", "hours"))
        hours = section.amount("hours") if section.given("hours") else None
        if hours is not None and hours <= 0:
            section.refuse("hours", "学时应大于 0", "hours must be more than 0")
        if not section.given("modules") and not section.given("hours"):
            section.refuse(
                "modules", "应写明至少几个模块或几学时", "must ask for modules or for hours"
            )
        groups.append(
            {
                "code": section.text("code", 64),
                "title": section.text("title", 200),
                "modules": section.whole("modules", 1) if section.given("modules") else None,
                "hours": None if hours is None else plain(hours),
            }
        )
    refuse_repeated(whole, "electives", [group["code"] for group in groups])
    return groups


def check_dates(whole: Section, data: Mapping[str, Any]) -> None:
    """Refuses an end before its beginning."""
    starts_on, ends_on = data["starts_on"], data["ends_on"]
    if starts_on and ends_on and ends_on < starts_on:
        whole.refuse("ends_on", "结束日期早于开始日期", "ends before it starts")
    outcomes, reviews = data["outcomes_due"], data["reviews_due"]
    if outcomes and reviews and datetime.fromisoformat(reviews) < datetime.fromisoformat(outcomes):
        whole.refuse(
            "reviews_due", "互评截止早于成果截止", "reviews are due before the outcomes are"
        )


def check_electives(
    whole: Section, modules: list[dict[str, Any]], groups: list[dict[str, Any]]
) -> None:
    """Refuses groups nobody defined, and groups that ask for more than they have."""
    codes = {group["code"] for group in groups}
    for place, module in enumerate(modules):
        if module["group"] is not None and module["group"] not in codes:
            whole.refuse(
                f"modules[{place}].group",
                f"没有选修组 {module['group']}",
                f"there is no elective group {module['group']}",
            )
    for place, group in enumerate(groups):
        of_group = [module for module in modules if module["group"] == group["code"]]
        hours = sum((Decimal(module["hours"] or 0) for module in of_group), Decimal())
        if group["modules"] is not None and group["modules"] > len(of_group):
            whole.refuse(
                f"electives[{place}].modules",
                f"要求 {group['modules']} 个模块，组内只有 {len(of_group)} 个",
                f"asks for {group['modules']} modules of {len(of_group)}",
            )
        if group["hours"] is not None and Decimal(group["hours"]) > hours:
            whole.refuse(
                f"electives[{place}].hours",
                f"要求 {group['hours']} 学时，组内只有 {plain(hours)} 学时",
                f"asks for {group['hours']} hours of {plain(hours)}",
            )
