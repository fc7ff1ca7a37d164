"""A contested outcome: drafts, latecomers, a referee, a second check, an appeal, readers."""

from typing import Any

import httpx
import pytest

from tests.integration.gateway.college import NAMES, College, done, marks, problem
from tests.platform import eventually
from tests.unit.gateway.named_files import PLAIN_PNG, assert_nameless
from tests.unit.gateway.named_pdf import pdf

PDF = pdf()
EARLY = ("g-1", "g-2", "g-3")
LATE = "g-4"
SCHEME = {
    "theory": 40,
    "practice": 0,
    "discussion": 0,
    "outcome": 60,
    "posts": 0,
    "reviewers": 2,
    "quorum": 1,
    "consensus": "reliability",
    "self_tolerance": 10,
    "referee_spread": 20,
    "grace_minutes": 0,
    "files": 2,
    "file_types": ["pdf"],
    "release": "checked",
}


class Case:
    """A program whose outcomes are judged; ids by number of the member."""

    def __init__(self, college: College) -> None:
        self.college = college
        self.program, self.enrollments = college.publish(title="评议一条线", scheme=SCHEME)
        college.invite("second", grants=[{"role": "trainer", "path": "/"}])
        self.seen: dict[str, list[str]] = {number: [] for number in NAMES}

    def at(self, number: str, what: str) -> str:
        return f"/api/v1/enrollments/{self.enrollments[number]}/{what}"

    def of(self, what: str) -> str:
        return f"/api/v1/programs/{self.program}/{what}"

    def read(self, number: str, address: str) -> Any:
        """What a member is told; noted, to be searched for others' identities."""
        answer = self.college[number].get(address)
        self.seen[number].append(answer.text)
        return done(answer)

    def post(self, who: str, address: str, **body: Any) -> httpx.Response:
        return self.college[who].post(address, json=body)

    def submit(self, number: str, *files: bytes) -> httpx.Response:
        data = {"title": f"第 {number[-1]} 份", "text": "正文"}
        sent = [("file", (f"{place}.pdf", one)) for place, one in enumerate(files)]
        return self.college[number].post(self.at(number, "outcome"), data=data, files=sent or None)

    def asked(self, number: str) -> list[dict[str, Any]]:
        rows = self.read(number, "/api/v1/reviews")["rows"]
        return [row for row in rows if row["program_id"] == self.program]

    def tasks(self, who: str = "secretary") -> set[tuple[str, str]]:
        rows = done(self.college[who].get(self.of("assessment/tasks")))["rows"]
        numbers = {id_: number for number, id_ in self.enrollments.items()}
        return {(row["kind"], numbers[row["enrollment_id"]]) for row in rows}

    def hold(self) -> None:
        """Until the release: the first outcome is contested, the others agree."""
        for number in EARLY:
            done(self.submit(number, *([PDF, PDF] if number == "g-1" else [])))
        done(self.college["g-1"].put(self.at("g-1", "self-assessment"), json=marks(100)))
        assert done(self.post("administrator", self.of("reviews/open"))) == {"assigned": 6}
        done(self.submit(LATE))
        eventually(lambda: len(self.asked(LATE)) > 0)
        for number in NAMES:
            self.review_all(number)
        done(self.post("administrator", self.of("reviews/close")))

    def review_all(self, number: str) -> None:
        """Opinions on the first outcome are far apart."""
        for row in self.asked(number):
            harsh = row["title"] == "第 1 份" and number == "g-2"
            body = marks(40 if harsh else 80) | {"comment": "言之有物"}
            done(self.college[number].put(f"/api/v1/reviews/{row['assignment_id']}", json=body))


@pytest.fixture(scope="module")
def case(college: College) -> Case:
    return Case(college)


def test_a_draft_is_its_authors_alone_and_gone_when_handed_in(case: Case):
    author, address = case.college["g-1"], case.at("g-1", "outcome/draft")
    done(author.put(address, data={"title": "草稿", "text": "第一稿"}))
    assert done(author.get(address))["text"] == "第一稿"
    for who in ("g-2", "secretary"):
        assert problem(case.college[who].get(address), 404) == {("enrollment_unknown", None)}
    done(case.submit("g-1", PDF))
    assert problem(author.get(address), 409) == {("outcome_missing", None)}


def test_a_scheme_limits_files(case: Case):
    assert problem(case.submit("g-1", PDF, PDF, PDF), 422) == {("files_too_many", "file")}
    png = ("a.png", PLAIN_PNG)
    data = {"title": "图", "text": "图"}
    answer = case.college["g-1"].post(case.at("g-1", "outcome"), data=data, files={"file": png})
    assert problem(answer, 422) == {("file_type", "file")}


def test_the_whole_until_the_reviews_are_over(case: Case):
    case.hold()
    assert problem(case.submit("g-1"), 409) == {("review_window_closed", None)}
    assert ("referee", "g-1") in case.tasks()


def test_reviewers_see_every_file_without_who_made_it_and_the_author_as_it_was(case: Case):
    (row, *_) = (row for row in case.asked("g-2") if row["files"])
    for number in (1, 2):
        file = case.college["g-2"].get(f"/api/v1/reviews/{row['assignment_id']}/files/{number}")
        assert_nameless(file.content)
        own = case.college["g-1"].get(case.at("g-1", f"outcome/files/{number}"))
        assert own.content == PDF
    missing = case.college["g-2"].get(f"/api/v1/reviews/{row['assignment_id']}/files/3")
    assert problem(missing, 404) == {("file_missing", None)}


def test_a_latecomer_is_reviewed_and_reviews(case: Case):
    rows = done(case.college["secretary"].get(case.of("assessment/workload")))["rows"]
    asked = {row["enrollment_id"]: row["asked"] for row in rows}
    assert asked[case.enrollments[LATE]] >= 1
    assert max(asked.values()) - min(asked.values()) <= 1
    assert case.read(LATE, case.at(LATE, "reviews"))["rows"]


def test_a_score_that_is_not_checked_is_held_from_its_member_and_shown_to_staff(case: Case):
    told = case.read("g-2", case.at("g-2", "score"))
    assert (told["held"], told["total"], told["final"]) == (True, None, False)
    assert "outcome" not in {part["code"] for part in told["parts"]}
    assert case.read("g-2", case.at("g-2", "record"))["score"] is None
    for what in ("scores", "records"):
        rows = case.read("g-2", f"/api/v1/{what}?mine=true")["rows"]
        assert [row["total"] for row in rows if row["program_id"] == case.program] == [None]
    to_staff = done(case.college["secretary"].get(case.at("g-2", "score")))
    assert (to_staff["held"], to_staff["final"]) == (False, True)


def test_a_referee_ends_the_contest_and_is_another_than_the_marker(case: Case):
    address = case.at("g-1", "staff-mark")
    done(case.college["administrator"].put(address, json=marks(70)))
    again = marks(75) | {"role": "referee"}
    refused = case.college["administrator"].put(address, json=again)
    assert problem(refused, 409) == {("second_person_needed", None)}
    assert done(case.college["secretary"].get(case.at("g-1", "score")))["final"] is False
    done(case.college["secretary"].put(address, json=again | {"reason": "逐项裁定"}))
    score = done(case.college["secretary"].get(case.at("g-1", "score")))
    assert score["final"] is True
    (part,) = (one for one in score["parts"] if one["code"] == "outcome")
    # Referee 75 × 60 % + self 100, counted as 85, × 10 % + staff 70 × 30 %.
    assert part["points"] == "44.70"
    assert "超过允许的 10 分，按 85 计" in part["zh"]
    assert ("referee", "g-1") not in case.tasks()


def test_a_release_takes_two_persons(case: Case):
    approve, propose = case.of("release/approve"), case.of("release/propose")
    early = case.post("second", approve)
    assert problem(early, 409) == {("release_not_proposed", None)}
    done(case.post("administrator", propose, note="已核对"))
    same = case.post("administrator", approve)
    assert problem(same, 409) == {("second_person_needed", None)}
    assert problem(case.post("secretary", approve), 403) == {("forbidden", None)}
    done(case.post("second", approve))
    told = eventually(lambda: case.read("g-2", case.at("g-2", "record"))["result"])
    assert told["round"] == 1
    assert case.read("g-2", case.at("g-2", "score"))["held"] is False
    assert case.read("g-2", case.at("g-2", "record"))["score"]["final"] is True


def test_an_appeal_is_decided_by_another_person_and_changes_the_mark(case: Case):
    lodge, decide = case.at("g-1", "appeals"), case.at("g-1", "appeals/decide")
    done(case.post("g-1", lodge, reason="附件二未被阅读"))
    assert problem(case.post("g-1", lodge, reason="再次"), 409) == {("appeal_open", None)}
    assert ("appeal", "g-1") in case.tasks()
    said = {"upheld": True, "reason": "复核后调整", "mark": "90"}
    for who in ("secretary", "administrator"):
        refused = case.post(who, decide, **said)
        assert problem(refused, 409) == {("second_person_needed", None)}
    done(case.post("second", decide, **said))
    score = case.read("g-1", case.at("g-1", "score"))
    (part,) = (one for one in score["parts"] if one["code"] == "outcome")
    assert part["points"] == "54.00"
    record = eventually(
        lambda: (
            (told := case.read("g-1", case.at("g-1", "record")))["result"]["round"] == 2 and told
        )
    )
    assert record["result"]["total"] == score["total"]


def test_every_score_that_was_drawn_can_be_drawn_again(case: Case):
    staff = case.college["secretary"]
    for number in NAMES:
        rows = done(staff.get(case.at(number, "scores")))["rows"]
        assert len(rows) > 2
        for row in rows:
            again = done(staff.post(case.at(number, f"scores/{row['id']}/replay")))
            assert again["same"] is True, row
    mine = case.college["g-1"].get(case.at("g-1", "scores"))
    assert problem(mine, 403) == {("forbidden", None)}


def test_another_weight_is_tried_and_not_saved(case: Case):
    before = done(case.college["administrator"].get(case.at("g-2", "score")))["total"]
    body = {"scheme": {"theory": 10, "outcome": 90}}
    tried = done(case.post("administrator", case.of("assessment/what-if"), **body))
    (row,) = (one for one in tried["rows"] if one["enrollment_id"] == case.enrollments["g-2"])
    assert row["total"] == before
    # 80 by peers, who carry the staff's share, 90 % of 80 × 90 points.
    assert row["tried_total"] == "64.80"
    uneven = case.post("administrator", case.of("assessment/what-if"), scheme={"theory": 41})
    assert problem(uneven, 422) == {("scheme_refused", "theory")}
    assert done(case.college["administrator"].get(case.at("g-2", "score")))["total"] == before


def test_staff_sees_intervals_and_reviewers_of_its_own_organizations(case: Case):
    found = done(case.college["secretary"].get(case.of("assessment/findings")))
    spread = {row["enrollment_id"]: row["spread"] for row in found["outcomes"]}
    assert spread[case.enrollments["g-1"]] == "40"
    assert len(found["reviewers"]) == len(NAMES)
    told = done(case.college["secretary"].get(case.of("assessment/distribution")))
    assert (told["scores"], told["final"]) == (4, 4)
    assert sum(step["scores"] for step in told["steps"]) == 4
    sibling = done(case.college["elsewhere"].get(case.of("assessment/findings")))
    assert (sibling["outcomes"], sibling["reviewers"]) == ([], [])
    learner = case.college["g-1"].get(case.of("assessment/findings"))
    assert problem(learner, 403) == {("forbidden", None)}


def test_a_reviewer_learns_how_the_own_reviews_compare(case: Case):
    told = case.read("g-2", case.at("g-2", "reviewing"))
    assert told["written"] >= told["asked"] > 0
    assert any(float(row["difference"]) < -10 for row in told["reviews"])


def test_readers_find_released_outcomes_and_comment_namelessly(case: Case):
    done(
        case.college["secretary"].put(case.at("g-3", "recommendation"), json={"recommended": True})
    )
    rows = [
        row
        for row in case.read("g-2", "/api/v1/reading-room")["rows"]
        if row["program_id"] == case.program
    ]
    assert len(rows) == len(NAMES)
    (best,) = (row for row in rows if row["recommended"])
    address = f"/api/v1/reading-room/{best['outcome_id']}"
    comment = done(case.post("g-2", f"{address}/comments", text="读后有得"))["id"]
    (seen,) = case.read("g-3", address)["comments"]
    assert (seen["text"], seen["own"]) == ("读后有得", False)
    foreign = case.post("g-1", f"/api/v1/reading-room/comments/{comment}/withdraw")
    assert problem(foreign, 404) == {("comment_unknown", None)}
    done(case.post("secretary", f"/api/v1/reading-room/comments/{comment}/withdraw"))
    assert case.read("g-3", address)["comments"] == []


def test_nothing_that_a_member_is_told_says_who_another_is(case: Case):
    for number in NAMES:
        for address in ("/api/v1/reviews", case.at(number, "reviews"), case.at(number, "score")):
            case.read(number, address)
    others = {
        number: {NAMES[number], case.enrollments[number], *members_of(case)[number]}
        for number in NAMES
    }
    for number, texts in case.seen.items():
        for other, secrets in others.items():
            if other != number:
                for text in texts:
                    assert not [one for one in secrets if one in text], (number, other)


def test_the_log_holds_neither_names_nor_what_was_said(case: Case):
    log = case.college.platform.log.read_text()
    assert "heard" in log
    for said in (*NAMES.values(), "言之有物", "读后有得", "附件二未被阅读", "逐项裁定"):
        assert said not in log


def members_of(case: Case) -> dict[str, set[str]]:
    """Number → the member's id."""
    rows = done(
        case.college["administrator"].get(
            "/api/v1/enrollments", params={"program_id": case.program}
        )
    )["rows"]
    by_id = {row["id"]: row["member_id"] for row in rows}
    return {number: {by_id[id_]} for number, id_ in case.enrollments.items()}
