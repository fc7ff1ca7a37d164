"""Requests that are wrong, each told what is wrong with it."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest

from tests.integration.gateway.college import College, done, marks, problem, program
from tests.unit.gateway.named_files import PLAIN_JPEG
from tests.unit.gateway.named_files import zipped as archive
from tests.unit.gateway.named_pdf import pdf

JSON, YAML = {"Content-Type": "application/json"}, {"Content-Type": "application/yaml"}
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def enrollment(college: College) -> str:
    """An enrollment of g-1 whose reviews have not begun."""
    return college.publish()[1]["g-1"]


def zipped(*names: str) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "<xml/>")
    return content.getvalue()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"username": ', "broken_json"),
        (b"\xff\xfe", "broken_json"),
        (b"[" * 100_000, "broken_json"),
        (b'{"username": ' + b"9" * 5_000 + b"}", "broken_json"),
        (b'{"username": NaN}', "broken_json"),
    ],
)
def test_broken_json_is_told_from_json_that_is_wrong(college: College, body: bytes, error: str):
    answer = college["g-1"].post("/api/v1/tokens", content=body, headers=JSON)
    assert problem(answer, 400) == {(error, None)}


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "3"])
def test_a_body_must_be_an_object(college: College, body: str):
    answer = college["g-1"].post("/api/v1/tokens", content=body, headers=JSON)
    assert problem(answer, 422) == {("type", None)}


def test_a_type_that_is_wrong_is_told_with_its_field(college: College):
    answer = college["g-1"].post("/api/v1/tokens", json={"username": 3, "password": None})
    assert problem(answer, 422) == {("type", "username"), ("null", "password")}


def test_a_text_that_no_database_keeps_is_refused(college: College):
    told = {"username": "a\0", "password": "b"}
    answer = college["g-1"].post("/api/v1/tokens", json=told)
    assert problem(answer, 422) == {("text_unusable", "username")}


@pytest.mark.parametrize("mark", [True, "x", "８５", "1e2", "", None, {}, [85], 10**12])
def test_a_mark_is_a_decimal_number(college: College, enrollment: str, mark: Any):
    answer = college["g-1"].put(
        f"/api/v1/enrollments/{enrollment}/self-assessment", json={"marks": {"argument": mark}}
    )
    assert problem(answer, 422) <= {("mark", "marks.argument"), ("null", "marks.argument")}


def test_marks_are_for_the_rubric_and_within_its_range(college: College, enrollment: str):
    address = f"/api/v1/enrollments/{enrollment}"
    done(college["g-1"].post(f"{address}/outcome", data={"title": "题", "text": "文"}))
    one = college["g-1"].put(f"{address}/self-assessment", json={"marks": {"argument": 5}})
    assert problem(one, 422) == {("marks_not_of_rubric", "marks")}
    high = college["g-1"].put(f"{address}/self-assessment", json=marks("100.01"))
    assert problem(high, 422) == {("mark_out_of_range", "marks.direction")}
    done(college["g-1"].put(f"{address}/self-assessment", json=marks(85)))


def test_a_body_above_ten_megabytes_is_refused_however_it_is_sent(college: College):
    def chunked() -> Iterator[bytes]:
        for _ in range(11):
            yield b" " * MEGABYTE

    for content in (b" " * 11 * MEGABYTE, chunked()):
        answer = college["g-1"].post("/api/v1/tokens", content=content, headers=JSON)
        assert problem(answer, 413) == {("request_entity_too_large", None)}


def test_another_media_type_is_refused(college: College):
    answer = college["g-1"].post("/api/v1/tokens", data={"username": "a", "password": "b"})
    assert problem(answer, 415) == {("media_type", "Content-Type")}


FILES = {
    "a program called PDF": ("a.pdf", b"MZ" + bytes(500), "file_disguised"),
    "a picture called PDF": ("a.pdf", b"\x89PNG\r\n\x1a\n" + bytes(500), "file_disguised"),
    "a page called PNG": ("a.png", b"<html><script>1</script>", "file_disguised"),
    "an archive called DOCX": ("a.docx", zipped("readme"), "file_disguised"),
    "a document with macros": (
        "a.docx",
        zipped("word/document.xml", "word/vbaProject.bin"),
        "file_disguised",
    ),
    "a broken archive": ("a.zip", b"PK\x03\x04" + bytes(500), "file_disguised"),
    "a page": ("a.html", b"<html>", "file_type"),
    "a broken PDF": ("a.pdf", b"%PDF-1.7\n" + bytes(300), "file_unreadable"),
    "no suffix": ("pdf", b"%PDF-1.7", "file_type"),
    "nothing": ("a.pdf", b"", "file_empty"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_is_taken_for_what_it_holds(college: College, enrollment: str, case: str):
    name, content, error = FILES[case]
    answer = college["g-1"].post(
        f"/api/v1/enrollments/{enrollment}/outcome",
        data={"title": "题", "text": "文"},
        files={"file": (name, content)},
    )
    assert problem(answer, 422) == {(error, "file")}


@pytest.mark.parametrize(
    ("name", "content", "type_"),
    [
        ("成果.PDF", pdf(), "application/pdf"),
        ("a.jpeg", PLAIN_JPEG, "image/jpeg"),
        ("a.zip", archive({"a.pdf": pdf()}), "application/zip"),
    ],
)
def test_a_file_of_a_known_kind_is_taken(
    college: College, enrollment: str, name: str, content: bytes, type_: str
):
    told = done(
        college["g-1"].post(
            f"/api/v1/enrollments/{enrollment}/outcome",
            data={"title": "题", "text": "文"},
            files={"file": (name, content)},
        )
    )
    assert told["file_type"] == type_


def test_a_file_above_twenty_megabytes_is_refused(college: College, enrollment: str):
    for size, error in ((21, "file_too_large"), (104, "request_entity_too_large")):
        answer = college["g-1"].post(
            f"/api/v1/enrollments/{enrollment}/outcome",
            data={"title": "题", "text": "文"},
            files={"file": ("a.pdf", b"%PDF-1.7\n" + bytes(size * MEGABYTE))},
        )
        assert {code for code, _ in problem(answer, 413)} == {error}


def test_nobody_hands_in_for_another(college: College, enrollment: str):
    answer = college["g-2"].post(
        f"/api/v1/enrollments/{enrollment}/outcome", data={"title": "题", "text": "文"}
    )
    assert problem(answer, 404) == {("enrollment_unknown", None)}


def test_an_address_that_does_not_exist_is_told_as_a_problem(college: College):
    for address in ("/api/v1/nothing", "/api/v1/enrollments/1/score"):
        assert problem(college["g-1"].get(address), 404) == {("not_found", None)}
    answer = college["g-1"].delete("/api/v1/me")
    assert problem(answer, 405) == {("method_not_allowed", None)}
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("wanted", [{"limit": 0}, {"limit": 201}, {"cursor": "x"}, {"mine": "x"}])
def test_a_list_names_the_parameter_that_is_wrong(college: College, wanted: dict[str, Any]):
    answer = college["g-1"].get("/api/v1/records", params=wanted)
    assert {field for _, field in problem(answer, 422)} == set(wanted)


@pytest.mark.parametrize(
    "document", ["a: &a [1]\nb: *a", "[" * 100_000, "a: b: c", "a: !!binary aaaa", "1: 2"]
)
def test_yaml_that_is_a_trap_is_no_program(college: College, document: str):
    answer = college["administrator"].post("/api/v1/programs", content=document, headers=YAML)
    assert problem(answer, 400) == {("broken_yaml", None)}
    assert done(college["administrator"].get("/api/v1/me"))["username"] == "admin"


def test_a_program_is_told_everything_that_is_wrong_with_it(college: College):
    told = program(starts_on="tomorrow", colour="red")
    told["modules"][0]["kind"] = "cooking"
    answer = college["administrator"].post("/api/v1/programs", json=told)
    fields = {field for _, field in problem(answer, 422)}
    assert {"starts_on", "colour", "modules[0].kind"} <= fields


def test_who_may_not_publish_is_told_so(college: College):
    answer = college["secretary"].post("/api/v1/programs", json=program())
    assert problem(answer, 403) == {("forbidden", None)}


def test_reviews_of_a_program_that_does_not_exist_are_not_opened(college: College):
    answer = college["administrator"].post(f"/api/v1/programs/{uuid4()}/reviews/open")
    assert problem(answer, 404) == {("program_unknown", None)}
