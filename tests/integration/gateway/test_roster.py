"""Rosters as they come: in every encoding, right and wrong."""

from io import BytesIO
from typing import Any

import httpx
import pytest
import xlsxwriter

from tests.integration.gateway.college import HEADER, College, done, member, problem, roster


def excel(*rows: str) -> bytes:
    """The sheet as an Excel file; what begins with = is a formula there."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((HEADER, *rows)):
            sheet.write_row(number, 0, row.split(","))
    return content.getvalue()


def send(
    college: College, content: bytes, name: str = "roster.csv", **options: Any
) -> httpx.Response:
    files = {"file": (name, content)}
    return college["administrator"].post("/api/v1/roster", files=files, **options)


def known(college: College, number: str) -> bool:
    rows = done(college["administrator"].get("/api/v1/members", params={"limit": 200}))["rows"]
    return number in {row["number"] for row in rows}


FORMS = {
    "utf-8": ("roster.csv", lambda row: roster(row).encode()),
    "bom": ("roster.csv", lambda row: roster(row).encode("utf-8-sig")),
    "gb18030": ("roster.csv", lambda row: roster(row).encode("gb18030")),
    "excel": ("roster.xlsx", excel),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_dry_run_tells_what_the_import_then_does(college: College, form: str):
    name, written = FORMS[form]
    number = f"r-{form}"
    content = written(member(number, "赵钱", "第三党支部").replace("发展对象", "正式党员"))
    dry = done(send(college, content, name, params={"dry_run": "true"}))
    assert dry["counts"] == {"added": 1, "changed": 0, "unchanged": 0, "refused": 0}
    assert not known(college, number)
    wet = done(send(college, content, name))
    assert (dry["dry_run"], wet["dry_run"]) == (True, False)
    assert wet["rows"] == dry["rows"]
    assert known(college, number)
    assert done(send(college, content, name))["counts"]["unchanged"] == 1


def test_a_row_that_is_wrong_is_refused_and_the_others_are_taken(college: College):
    right = member("r-right", branch="第三党支部").replace("发展对象", "正式党员")
    twice = member("r-twice")
    strange = member("r-strange").replace("发展对象", "贵宾")
    report = done(send(college, roster(right, twice, twice, strange).encode()))
    assert [row["status"] for row in report["rows"]] == ["added", "refused", "refused", "refused"]
    fields = {message["field"] for row in report["rows"] for message in row["messages"]}
    assert {"编号", "对象类别"} <= fields
    assert known(college, "r-right")
    assert not known(college, "r-twice")
    assert not known(college, "r-strange")


def test_a_formula_is_no_name(college: College):
    row = member("r-formula", '=HYPERLINK("https://evil.example")')
    for name, content in (("r.xlsx", excel(row)), ("r.csv", roster(row).encode())):
        report = done(send(college, content, name))
        assert [one["status"] for one in report["rows"]] == ["refused"]


def test_a_missing_column_refuses_the_sheet_and_is_named(college: College):
    content = roster(member("r-1")).replace("姓名", "名字").encode()
    answer = send(college, content)
    assert problem(answer, 422) == {("sheet_refused", "姓名")}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.xlsx", b"PK\x03\x04 no archive"),
        ("r.csv", b"\x00\xff\xfe"),
        ("r.exe", b"MZ"),
        ("r.csv", b""),
    ],
)
def test_what_is_no_sheet_is_refused(college: College, name: str, content: bytes):
    assert send(college, content, name).status_code == 422


def test_only_administrators_import(college: College):
    files = {"file": ("roster.csv", roster().encode())}
    for who in ("g-1", "secretary"):
        answer = college[who].post("/api/v1/roster", files=files)
        assert problem(answer, 403) == {("forbidden", None)}
