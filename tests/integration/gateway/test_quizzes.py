"""A quiz from its bank of questions to a completed module, as its people see it."""

from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from services.contracts.envelope import derived_id
from tests.integration.gateway.college import College, done, problem
from tests.platform import eventually

BANKS = (f"bank-{number}" for number in count(1))
KEY = "知与行应当统一"
QUESTIONS: list[dict[str, Any]] = [
    {
        "code": "one",
        "kind": "单选",
        "text": "试点始于哪一年？",
        "options": [{"code": "A", "text": "1921"}, {"code": "B", "text": "1949"}],
        "correct": ["A"],
        "points": 2,
        "tags": ["history"],
        "difficulty": "易",
        "explanation": KEY,
    },
    {
        "code": "many",
        "kind": "多选",
        "text": "哪些是必修？",
        "options": [{"code": code, "text": code} for code in "ABC"],
        "correct": ["A", "B"],
        "rule": "部分得分",
        "points": 2,
        "tags": ["history"],
    },
    {"code": "truth", "kind": "判断", "text": "对吗？", "correct": [True], "points": 1},
    {"code": "blank", "kind": "填空", "text": "知行__", "correct": ["合一", "He Yi"], "points": 1},
    {"code": "short", "kind": "简答", "text": "谈谈体会", "points": 4},
]
CODES = [question["code"] for question in QUESTIONS]
RIGHT: dict[str, Any] = {
    "one": {"options": ["A"]},
    "many": {"options": ["A", "B"]},
    "truth": {"options": ["true"]},
    "blank": {"text": " ＨＥ　ＹＩ "},
    "short": {"prose": "学有所得，知行合一。"},
}


class Quizzes:
    """A program, a bank and a quiz on all of its questions that completes the program's module."""

    def __init__(self, college: College, **changes: Any) -> None:
        self.college = college
        self.program, self.enrollments = college.publish(title="测验一条线")
        programs = done(college["administrator"].get("/api/v1/programs", params={"limit": 200}))
        (program,) = (one for one in programs["rows"] if one["id"] == self.program)
        self.module = program["modules"][0]["id"]
        self.bank = next(BANKS)
        done(self.publish_bank(QUESTIONS))
        self.quiz = done(self.publish_quiz(**changes))["id"]

    def publish_bank(self, questions: list[dict[str, Any]]) -> httpx.Response:
        document = {"bank": self.bank, "questions": questions}
        return self.college["administrator"].post("/api/v1/banks", json=document)

    def publish_quiz(self, **changes: Any) -> httpx.Response:
        document = {
            "code": self.bank,
            "title": "党史测验",
            "bank": self.bank,
            "questions": CODES,
            "minutes": 30,
            "shuffle_questions": True,
            "shuffle_options": True,
            "module_ids": [self.module],
        } | changes
        content = yaml.safe_dump(document, allow_unicode=True).encode()
        headers = {"Content-Type": "application/yaml"}
        return self.college["administrator"].post(
            "/api/v1/quizzes", content=content, headers=headers
        )

    def id_of(self, code: str) -> str:
        return derived_id("question", self.bank, code)

    def at(self, number: str, what: str = "", attempt: int = 1) -> str:
        quizzes = f"/api/v1/enrollments/{self.enrollments[number]}/quizzes"
        return f"{quizzes}/{self.quiz}/attempts/{attempt}{what}"

    def start(self, number: str) -> httpx.Response:
        quizzes = f"/api/v1/enrollments/{self.enrollments[number]}/quizzes"
        return self.college[number].post(f"{quizzes}/{self.quiz}/attempts")

    def answer(self, number: str, answers: dict[str, Any], attempt: int = 1) -> httpx.Response:
        said = [{"question_id": self.id_of(code)} | answer for code, answer in answers.items()]
        address = self.at(number, "/answers", attempt)
        return self.college[number].put(address, json={"answers": said})

    def submit(self, number: str, attempt: int = 1) -> httpx.Response:
        return self.college[number].post(self.at(number, "/submission", attempt))

    def sit(self, number: str, answers: dict[str, Any]) -> None:
        attempt = done(self.start(number))["attempt"]
        done(self.answer(number, answers, attempt))
        done(self.submit(number, attempt))

    def mark(self, who: str, number: str, share: Any, code: str = "short") -> httpx.Response:
        address = self.at(number, f"/marks/{self.id_of(code)}")
        return self.college[who].put(address, json={"share": share, "reason": "言之有据"})

    def result(self, number: str, who: str | None = None) -> dict[str, Any]:
        found: dict[str, Any] = done(self.college[who or number].get(self.at(number, "/result")))
        return found

    def completed(self, number: str) -> list[str]:
        wanted = {"program_id": self.program}
        rows = done(self.college["administrator"].get("/api/v1/progress", params=wanted))["rows"]
        (found,) = (
            row["completed"] for row in rows if row["enrollment_id"] == self.enrollments[number]
        )
        modules: list[str] = found
        return modules


@pytest.fixture(scope="module")
def held(college: College) -> Quizzes:
    """A quiz at which g-1 answered all and g-2 but little; what g-1 wrote is marked."""
    quizzes = Quizzes(college)
    quizzes.sit("g-1", RIGHT)
    quizzes.sit("g-2", {"one": {"options": ["B"]}, "many": {"options": ["A", "C"]}})
    assert quizzes.result("g-1")["passed"] is None
    assert quizzes.completed("g-1") == []
    done(quizzes.mark("secretary", "g-1", "75.5"))
    return quizzes


def test_a_passed_quiz_completes_its_module(held: Quizzes):
    assert eventually(lambda: held.completed("g-1")) == [held.module]
    assert held.completed("g-2") == []


def test_the_result_can_be_redone_by_hand(held: Quizzes):
    told = held.result("g-1")
    assert (told["points"], told["most"], told["percent"]) == ("9.02", "10", "90.20")
    assert told["passed"] is True
    reached = {one["question_id"]: one["reached"] for one in told["questions"]}
    assert reached[held.id_of("short")] == "3.02"
    assert sum(float(one) for one in reached.values()) == pytest.approx(9.02)
    assert all(one["zh"] and one["en"] for one in told["questions"])


def test_wrong_options_cost_what_right_ones_gave(held: Quizzes):
    told = held.result("g-2")
    assert (told["percent"], told["passed"], told["waiting"]) == ("0.00", False, 0)
    verdicts = {one["question_id"]: one["verdict"] for one in told["questions"]}
    assert verdicts[held.id_of("many")] == "wrong"
    assert verdicts[held.id_of("short")] == "empty"


def test_what_is_right_is_told_after_the_last_attempt(held: Quizzes):
    told = held.result("g-1")
    (one,) = (one for one in told["questions"] if one["question_id"] == held.id_of("one"))
    assert (one["correct"], one["explanation"]) == (["A"], KEY)
    (short,) = (one for one in told["questions"] if one["question_id"] == held.id_of("short"))
    assert short["answer"]["prose"] == RIGHT["short"]["prose"]
    assert short["mark"] == {"share": "75.5", "reason": "言之有据"}


def test_statistics_of_two_attempts_say_too_few(held: Quizzes):
    address = f"/api/v1/quizzes/{held.quiz}/statistics"
    told = done(held.college["secretary"].get(address))
    assert (told["attempts"], told["marked"]) == (2, 2)
    assert told["seconds"] == {"shortest": None, "median": None, "longest": None}
    items = {one["code"]: one for one in told["questions"]}
    assert items["one"]["options"] == [{"code": "A", "chosen": 1}, {"code": "B", "chosen": 1}]
    assert items["short"]["options"] is None
    assert {(one["difficulty"], one["discrimination"]) for one in items.values()} == {(None, None)}
    assert done(held.college["elsewhere"].get(address))["attempts"] == 0
    assert problem(held.college["g-1"].get(address), 403) == {("forbidden", None)}


def test_staff_lists_the_attempts_where_they_read(held: Quizzes):
    address = f"/api/v1/quizzes/{held.quiz}/attempts"
    rows = done(held.college["secretary"].get(address))["rows"]
    assert {row["enrollment_id"] for row in rows} == {
        held.enrollments["g-1"],
        held.enrollments["g-2"],
    }
    page = done(held.college["secretary"].get(address, params={"limit": 1}))
    rest = done(held.college["secretary"].get(address, params={"cursor": page["next"]}))
    assert [*page["rows"], *rest["rows"]] == rows
    assert done(held.college["secretary"].get(address, params={"waiting": True}))["rows"] == []
    assert done(held.college["elsewhere"].get(address))["rows"] == []
    assert problem(held.college["g-1"].get(address), 403) == {("forbidden", None)}


def test_a_foreign_attempt_is_as_unknown_as_one_that_does_not_exist(held: Quizzes):
    for who in ("g-2", "elsewhere"):
        for what in ("", "/result"):
            answer = held.college[who].get(held.at("g-1", what))
            assert problem(answer, 404) == {("enrollment_unknown", None)}
    body = {"answers": [{"question_id": held.id_of("one"), "options": ["A"]}]}
    answer = held.college["g-2"].put(held.at("g-1", "/answers"), json=body)
    assert problem(answer, 404) == {("enrollment_unknown", None)}
    answer = held.college["g-1"].get(held.at("g-1", attempt=2))
    assert problem(answer, 404) == {("attempt_unknown", None)}


def test_who_marks_is_staff_above_the_member_and_marks_short_answers_only(held: Quizzes):
    for who in ("elsewhere", "g-1", "g-2"):
        assert problem(held.mark(who, "g-1", 100), 403) == {("forbidden", None)}
    assert problem(held.mark("secretary", "g-1", 101), 422) == {("mark_out_of_range", "share")}
    answer = held.mark("secretary", "g-1", 100, "one")
    assert problem(answer, 409) == {("answer_not_markable", "question_id")}
    assert problem(held.mark("secretary", "g-2", 100), 409) == {("answer_missing", None)}


def test_a_later_mark_is_another_round_and_takes_no_module_back(college: College):
    quizzes = Quizzes(college)
    quizzes.sit("g-1", RIGHT)
    done(quizzes.mark("secretary", "g-1", 100))
    eventually(lambda: quizzes.completed("g-1"))
    done(quizzes.mark("administrator", "g-1", 0))
    assert quizzes.result("g-1")["percent"] == "60.00"
    done(quizzes.publish_quiz(pass_mark=100, title="又一版"))
    assert quizzes.completed("g-1") == [quizzes.module]


def test_nothing_of_what_is_right_leaves_while_an_attempt_can_be_made(college: College):
    quizzes = Quizzes(college, attempts=2)
    done(quizzes.start("g-1"))
    paper = college["g-1"].get(quizzes.at("g-1"))
    assert {one["question_id"] for one in done(paper)["questions"]} == set(
        map(quizzes.id_of, CODES)
    )
    early = college["g-1"].get(quizzes.at("g-1", "/result"))
    assert problem(early, 409) == {("attempt_running", None)}
    wrong = quizzes.answer("g-1", {"one": {"options": ["Z"]}})
    assert problem(wrong, 422) == {("answer_not_of_kind", "answers.0.options")}
    done(quizzes.answer("g-1", RIGHT))
    done(quizzes.submit("g-1"))
    told = college["g-1"].get(quizzes.at("g-1", "/result"))
    assert done(told)["answers_shown"] is False
    listed = college["g-1"].get(f"/api/v1/enrollments/{quizzes.enrollments['g-1']}/quizzes")
    for answer in (paper, early, wrong, told, listed):
        said = str(answer.json())
        assert KEY not in said
        assert "He Yi" not in said
        assert "'correct': [" not in said
    assert KEY in str(quizzes.result("g-1", "secretary"))


def test_staff_who_are_to_take_the_quiz_are_learners_in_it(college: College):
    organizations = done(college["administrator"].get("/api/v1/organizations"))["rows"]
    (path,) = (one["path"] for one in organizations if one["name"] == "第一党支部")
    college.invite("both", member_number="g-4", grants=[{"role": "secretary", "path": path}])
    quizzes = Quizzes(college)
    quizzes.sit("g-1", RIGHT)
    told = quizzes.result("g-1", "both")
    assert told["answers_shown"] is False
    assert KEY not in str(told)
    done(quizzes.mark("both", "g-1", 100))
    quizzes.sit("g-4", RIGHT)
    assert problem(quizzes.mark("both", "g-4", 100), 403) == {("forbidden", None)}
    assert quizzes.result("g-1", "both")["answers_shown"] is True


def test_banks_are_read_by_who_writes_them(held: Quizzes):
    bank = derived_id("bank", held.bank)
    for who in ("g-1", "secretary"):
        for address in ("/api/v1/banks", f"/api/v1/banks/{bank}/questions"):
            assert problem(held.college[who].get(address), 403) == {("forbidden", None)}
    client = held.college["administrator"]
    rows = done(client.get(f"/api/v1/banks/{bank}/questions"))["rows"]
    assert {row["code"] for row in rows} == set(CODES)
    banks = done(client.get("/api/v1/banks", params={"limit": 200}))["rows"]
    assert {"id": bank, "bank": held.bank, "questions": 5} in banks


def test_a_changed_question_is_its_next_version(college: College):
    quizzes = Quizzes(college)
    assert problem(quizzes.publish_bank(QUESTIONS), 409) == {("bank_unchanged", None)}
    changed = [QUESTIONS[0] | {"points": 3}, *QUESTIONS[1:]]
    told = done(quizzes.publish_bank(changed))
    assert (told["published"], told["unchanged"]) == (1, 4)
    assert problem(quizzes.publish_quiz(), 409) == {("quiz_unchanged", None)}


def test_documents_are_told_everything_that_is_wrong_with_them(college: College):
    wrong = [
        {"code": "a", "kind": "猜谜", "text": "?", "points": 0, "colour": "red"},
        {"code": "b", "kind": "单选", "text": "?", "points": 1, "options": [], "correct": ["A"]},
    ]
    document = {"bank": "wrong", "questions": wrong}
    answer = college["administrator"].post("/api/v1/banks", json=document)
    assert {field for _, field in problem(answer, 422)} >= {
        "questions[0].kind",
        "questions[0].points",
        "questions[0].colour",
        "questions[1].options",
        "questions[1].correct[0]",
    }
    document = {"code": "q", "title": "q", "bank": "nowhere", "module_ids": [str(uuid4())]}
    answer = college["administrator"].post("/api/v1/quizzes", json=document)
    fields = {field for _, field in problem(answer, 422)}
    assert fields == {"bank", "questions", "module_ids[0]"}


def test_a_quiz_is_begun_in_its_window_only(college: College):
    quizzes = Quizzes(college, closes_at="2026-01-02T00:00:00+08:00")
    assert problem(quizzes.start("g-1"), 409) == {("quiz_closed", None)}
    quizzes = Quizzes(college, opens_at="2099-01-02T00:00:00+08:00")
    assert problem(quizzes.start("g-1"), 409) == {("quiz_not_open", None)}


def test_an_attempt_is_begun_once_and_no_oftener_than_the_quiz_says(college: College):
    quizzes = Quizzes(college)
    first, again = done(quizzes.start("g-1")), done(quizzes.start("g-1"))
    assert first == again
    done(quizzes.submit("g-1"))
    assert problem(quizzes.submit("g-1"), 409) == {("attempt_over", None)}
    late = quizzes.answer("g-1", {"one": {"options": ["A"]}})
    assert problem(late, 409) == {("attempt_over", None)}
    assert problem(quizzes.start("g-1"), 409) == {("no_attempts_left", None)}


def test_a_quiz_of_another_program_is_unknown(held: Quizzes):
    _, others = held.college.publish(
        title="别的", modules=[module_of_another_program()], code=f"other-{uuid4().hex[:8]}"
    )
    address = f"/api/v1/enrollments/{others['g-1']}/quizzes"
    answer = held.college["g-1"].post(f"{address}/{held.quiz}/attempts")
    assert problem(answer, 404) == {("quiz_unknown", None)}
    assert held.quiz not in {row["id"] for row in done(held.college["g-1"].get(address))["rows"]}


def module_of_another_program() -> dict[str, Any]:
    return {"code": "x", "title": "别", "kind": "theory", "delivery": "online", "hours": "1"}


def test_a_member_sees_the_quizzes_and_the_attempt_that_counts(held: Quizzes):
    address = f"/api/v1/enrollments/{held.enrollments['g-1']}/quizzes"
    (row,) = (
        row for row in done(held.college["g-1"].get(address))["rows"] if row["id"] == held.quiz
    )
    assert [one["percent"] for one in row["taken"]] == ["90.20"]
    assert row["result"]["attempt"] == 1


def test_the_same_key_saves_answers_once(college: College):
    quizzes = Quizzes(college)
    done(quizzes.start("g-1"))
    key = {"Idempotency-Key": str(uuid4())}
    body = {"answers": [{"question_id": quizzes.id_of("one"), "options": ["A"]}]}
    address = quizzes.at("g-1", "/answers")
    first, again = (college["g-1"].put(address, json=body, headers=key) for _ in range(2))
    assert done(first) == done(again)
