"""One training from its program to a verified certificate, as its people see it."""

from datetime import date
from io import BytesIO
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from tests.integration.gateway.college import ACTIVITY, NAMES, College, done, marks, problem
from tests.platform import eventually
from tests.unit.gateway.named_files import assert_nameless
from tests.unit.gateway.named_pdf import pdf

SEEN_BY_REVIEWERS = {
    "assignment_id",
    "program_id",
    "title",
    "file_type",
    "files",
    "due",
    "voluntary",
    "done",
}
PDF = pdf()


class Training:
    """A training that was held: ids by number of the member."""

    def __init__(self, college: College) -> None:
        self.college = college
        self.program, self.enrollments = college.publish(title="一条线")
        self.assignments: dict[str, list[dict[str, Any]]] = {}

    def at(self, number: str, what: str) -> str:
        return f"/api/v1/enrollments/{self.enrollments[number]}/{what}"

    def hold(self) -> None:
        self.learn()
        for number, name in NAMES.items():
            done(self.submit(number, f"{name}的成果", ("essay.pdf", PDF)))
        address = f"/api/v1/programs/{self.program}/reviews"
        assert done(self.college["administrator"].post(f"{address}/open")) == {"assigned": 8}
        for number in NAMES:
            rows = done(self.college[number].get("/api/v1/reviews"))["rows"]
            self.assignments[number] = [row for row in rows if row["program_id"] == self.program]
            for row in self.assignments[number]:
                done(self.review(number, row, 90))
        done(self.college["g-1"].put(self.at("g-1", "self-assessment"), json=marks("88.5")))
        done(self.college["secretary"].put(self.at("g-1", "staff-mark"), json=marks(80)))
        done(self.college["administrator"].post(f"{address}/close"))
        eventually(lambda: self.record("g-1")["certificates"])

    def learn(self) -> None:
        """All but the last complete the module at a partner's."""
        body = {"code": "gateway-partner", "name": "平台"}
        told = done(self.college["administrator"].post("/api/v1/partners", json=body))
        statements = [
            {
                "actor": {"account": {"homePage": "https://learn.example", "name": number}},
                "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
                "object": {"id": ACTIVITY},
                "timestamp": f"{date.today()}T00:00:00Z",
            }
            for number in list(NAMES)[:-1]
        ]
        with self.college.platform.client() as client:
            done(
                client.post(
                    "/xapi/statements",
                    json=statements,
                    auth=(told["username"], told["password"]),
                    headers={"X-Experience-API-Version": "1.0.3"},
                )
            )
        eventually(lambda: all(self.record(number)["hours"] == "2.5" for number in ("g-1", "g-3")))

    def submit(self, number: str, title: str, file: tuple[str, bytes]) -> httpx.Response:
        data = {"title": title, "text": f"{title}正文"}
        address = self.at(number, "outcome")
        return self.college[number].post(address, data=data, files={"file": file})

    def review(self, number: str, row: dict[str, Any], mark: Any) -> httpx.Response:
        body = marks(mark) | {"comment": "言之有物"}
        return self.college[number].put(f"/api/v1/reviews/{row['assignment_id']}", json=body)

    def record(self, number: str) -> dict[str, Any]:
        found: dict[str, Any] = done(self.college[number].get(self.at(number, "record")))
        return found

    @property
    def serial(self) -> str:
        found: str = self.record("g-1")["certificates"][0]["serial"]
        return found


@pytest.fixture(scope="module")
def training(college: College) -> Training:
    training = Training(college)
    training.hold()
    return training


def test_who_did_all_has_a_score_that_explains_every_point(training: Training):
    score = done(training.college["g-1"].get(training.at("g-1", "score")))
    assert score["passed"] is True
    assert score["final"] is True
    assert sum(float(part["points"]) for part in score["parts"]) == float(score["total"])
    assert all(gate["met"] for gate in score["gates"])


def test_who_missed_the_module_has_no_certificate(training: Training):
    last = eventually(lambda: training.record("g-4")["result"] and training.record("g-4"))
    assert last["result"]["passed"] is False
    assert last["certificates"] == []


def test_the_record_needs_no_one_to_type_what_is_known(training: Training):
    record = training.record("g-1")
    assert record["member"] == {"name": "安然", "number": "g-1", "organization": "第一党支部"}
    assert record["outcome"] == "安然的成果"
    assert record["focus"] is None


def test_the_member_adds_focus_and_summary(training: Training):
    words = {"focus": "党史", "summary": "学有所得"}
    done(training.college["g-2"].put(training.at("g-2", "summary"), json=words))
    record = training.record("g-2")
    assert (record["focus"], record["summary"]) == ("党史", "学有所得")


def test_anyone_verifies_a_certificate_by_its_serial(training: Training):
    with training.college.platform.client() as stranger:
        told = done(stranger.get(f"/api/v1/verify/{training.serial}"))
    assert told["status"] == "valid"
    assert (told["name"], told["program"], told["hours"]) == ("安然", "一条线", "2.5")


def test_the_certificate_is_one_page_that_says_what_verification_says(training: Training):
    with training.college.platform.client() as stranger:
        answer = stranger.get(f"/api/v1/certificates/{training.serial}.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    (page,) = PdfReader(BytesIO(answer.content)).pages
    printed = "".join(page.extract_text().split())
    for said in ("安然", "一条线", training.serial):
        assert said in printed


def test_a_serial_that_does_not_exist_is_unknown(training: Training):
    with training.college.platform.client() as stranger:
        for address in ("/api/v1/verify/ZX2026-AAAAA-AAAAA", "/api/v1/certificates/ZX-1.pdf"):
            assert problem(stranger.get(address), 404) == {("certificate_unknown", None)}


def test_a_reviewer_reads_the_outcome_and_nothing_of_its_author(training: Training):
    reviewer, (row, *_) = training.college["g-1"], training.assignments["g-1"]
    assert row.keys() == SEEN_BY_REVIEWERS
    address = f"/api/v1/reviews/{row['assignment_id']}"
    assert reviewer.get(f"{address}/text").text == f"{row['title']}正文"
    file = reviewer.get(f"{address}/file")
    assert_nameless(file.content)
    assert file.content.startswith(b"%PDF")
    assert f"review-{row['assignment_id']}.pdf" in file.headers["content-disposition"]
    assert "essay" not in str(file.headers)


def test_an_assignment_opens_nothing_to_anyone_else(training: Training):
    row = training.assignments["g-1"][0]
    for who in ("g-2", "secretary", "administrator"):
        if who == "g-2" and row in training.assignments["g-2"]:
            continue
        answer = training.college[who].get(f"/api/v1/reviews/{row['assignment_id']}/text")
        assert problem(answer, 404) == {("review_not_assigned", None)}


def test_after_reviews_nothing_more_is_taken(training: Training):
    late = training.submit("g-1", "又一稿", ("essay.pdf", PDF))
    assert problem(late, 409) == {("review_window_closed", None)}
    row = training.assignments["g-1"][0]
    assert problem(training.review("g-1", row, 10), 409) == {("review_window_closed", None)}


def test_a_file_comes_back_as_it_was_sent_and_is_never_run_by_a_browser(training: Training):
    answer = training.college["g-1"].get(training.at("g-1", "outcome/file"))
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_foreign_enrollment_is_as_unknown_as_one_that_does_not_exist(training: Training):
    for what in ("score", "record", "outcome", "outcome/text", "outcome/file"):
        for who in ("g-2", "elsewhere"):
            answer = training.college[who].get(training.at("g-1", what))
            assert problem(answer, 404) == {("enrollment_unknown", None)}
    foreign = training.college["g-2"].put(training.at("g-1", "self-assessment"), json=marks(1))
    assert problem(foreign, 404) == {("enrollment_unknown", None)}


def test_each_sees_the_own_list_and_staff_the_branch(training: Training):
    wanted = {"program_id": training.program}
    seen = {}
    for who in ("g-1", "secretary", "elsewhere", "administrator"):
        rows = done(training.college[who].get("/api/v1/records", params=wanted))["rows"]
        mine = done(training.college[who].get("/api/v1/records", params={"mine": True}))["rows"]
        seen[who] = len(rows), len([row for row in mine if row["program_id"] == training.program])
    assert seen == {
        "g-1": (0, 1),
        "secretary": (4, 0),
        "elsewhere": (0, 0),
        "administrator": (4, 0),
    }


@pytest.mark.parametrize("what", ["enrollments", "progress", "scores", "records"])
def test_lists_are_paged_by_cursor(training: Training, what: str):
    client, seen, cursor = training.college["administrator"], [], None
    while True:
        wanted = {"program_id": training.program, "limit": 3} | (
            {"cursor": cursor} if cursor else {}
        )
        page = done(client.get(f"/api/v1/{what}", params=wanted))
        seen.extend(row.get("enrollment_id") or row["id"] for row in page["rows"])
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(training.enrollments.values())


def test_the_overview_counts_and_names_nobody(training: Training):
    def counted() -> Any:
        rows = done(training.college["secretary"].get("/api/v1/overview"))["rows"]
        (row,) = (row for row in rows if row["program_id"] == training.program)
        return row if row["released"] == 4 else None

    row = eventually(counted)
    assert (row["enrollments"], row["passed"], row["completed"]) == (4, 3, 3)
