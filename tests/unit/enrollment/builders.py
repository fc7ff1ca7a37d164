"""Rows, sheets and what is known, of which a test names only what it is about."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import fields
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

from services.contracts.envelope import derived_id
from services.enrollment.domain.organizations import Organization
from services.enrollment.domain.plan import Known, Member, Plan
from services.enrollment.domain.roster import plan_roster

TODAY = "2026-05-01"
NOTHING = Known({}, {})

COMMITTEE = Organization("1", "示范学院党委", "committee", "/1/")
GENERAL = Organization("12", "学生党总支", "general_branch", "/1/12/")
BRANCH = Organization("133", "第一党支部", "branch", "/1/12/133/")
TREE = Known({one.code: one for one in (COMMITTEE, GENERAL, BRANCH)}, {})


def person(number: str = "2023001", *, row: int = 2, **cells: str) -> dict[str, str]:
    return {
        "行号": str(row),
        "编号": number,
        "姓名": "柏溪宁",
        "党委": "示范学院党委",
        "党总支": "学生党总支",
        "党支部": "第一党支部",
        "对象类别": "预备党员",
    } | cells


def unit(code: str, parent: str = "", *, row: int = 2, **cells: str) -> dict[str, str]:
    return {
        "行号": str(row),
        "代码": code,
        "名称": f"组织{code}",
        "类别": "党支部",
        "上级代码": parent,
    } | cells


def plan(*rows: Mapping[str, str], known: Known = NOTHING, on: str = TODAY) -> Plan:
    return plan_roster(rows, known, derive=derived_id, on=on)


def refusals(*rows: Mapping[str, str], known: Known = NOTHING) -> list[str]:
    """The fields the first row is refused for."""
    first = plan(*rows, known=known).rows[0]
    assert (first.status == "refused") == bool(first.messages)
    return [message.field for message in first.messages]


def commands(whole: Plan) -> list[tuple[Any, ...]]:
    """All commands of a plan, in its order."""
    kinds = [one.name for one in fields(Plan) if one.name not in ("rows", "refusals")]
    return [command for kind in kinds for command in getattr(whole, kind)]


def applied(known: Known, whole: Plan) -> Known:
    """What is known once a plan was carried out."""
    organizations = dict(known.organizations)
    for one in whole.organizations:
        organizations[one.code] = Organization(*one[1:])
    ids = {derived_id("member", number): number for number in known.members}
    ids |= {one.subject: one.number for one in whole.described}
    members = dict(known.members)
    for one in whole.registered:
        members[ids[one.subject]] = Member(ids[one.subject], "", "", {}, frozenset())
    for one in whole.described:
        members[one.number] = members[one.number]._replace(name=one.name)
    for one in whole.placed:
        number = ids[one.subject]
        members[number] = members[number]._replace(path=one.path)
    for one in whole.categories:
        number = ids[one.subject]
        entered = {**members[number].categories, one.category: one.since}
        members[number] = members[number]._replace(categories=entered)
    for one in whole.accounts:
        number = ids[one.subject]
        accounts = members[number].accounts | {one.account_id}
        members[number] = members[number]._replace(accounts=accounts)
    return Known(organizations, members)


def csv_of(rows: Iterable[Iterable[str]], encoding: str = "utf-8") -> bytes:
    sheet = StringIO(newline="")
    csv.writer(sheet).writerows(rows)
    return sheet.getvalue().encode(encoding)


def xlsx_of(rows: Iterable[Iterable[Any]]) -> bytes:
    """A workbook of one sheet; days are written as days, texts beginning with = as formulas."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "yyyy/m/d"}) as book:
        sheet = book.add_worksheet("名册")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell)
    return content.getvalue()


def document(**fields: Any) -> dict[str, Any]:
    return {
        "code": "essay",
        "title": "示范培训",
        "starts_on": "2026-03-01",
        "ends_on": "2026-06-30",
        "outcomes_due": "2026-05-20T23:59:00+08:00",
        "reviews_due": "2026-06-10T23:59:00+08:00",
        "audience": {"categories": ["预备党员"], "organizations": ["示范学院党委"]},
        "modules": [module()],
    } | fields


def module(code: str = "m", **fields: Any) -> dict[str, Any]:
    return {
        "code": code,
        "title": "导学",
        "kind": "theory",
        "delivery": "online",
        "hours": 2,
    } | fields
