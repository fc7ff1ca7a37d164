"""What may be written in the documents of banks and quizzes, and all that is wrong with them."""

from typing import Any

import pytest

from services.assessment.domain.quizzes.bank_document import plan_bank
from services.assessment.domain.quizzes.quiz_document import plan_quiz
from tests.unit.assessment.quizzes.builders import question


def derive(*parts: str) -> str:
    return "/".join(parts)


def written(**changes: Any) -> dict[str, Any]:
    """A single choice as a trainer writes it."""
    options = [{"code": "A", "text": "甲"}, {"code": "B", "text": "乙"}]
    return {
        "code": "q",
        "kind": "单选",
        "text": "?",
        "options": options,
        "correct": ["A"],
        "points": 2,
    } | changes


def without(*fields: str, **changes: Any) -> dict[str, Any]:
    return {name: value for name, value in written(**changes).items() if name not in fields}


def only(one: dict[str, Any]) -> dict[str, Any]:
    """The one question that follows from a document, which must be right."""
    questions, refusals = plan_bank({"bank": "b", "questions": [one]}, derive)
    assert refusals == ()
    (found,) = questions.values()
    return found


def refused(*questions: Any, **changes: Any) -> set[str]:
    """The fields that are wrong, each told in both languages."""
    found, refusals = plan_bank({"bank": "b", "questions": list(questions)} | changes, derive)
    assert not found
    assert all(one.zh and one.en for one in refusals)
    return {one.field for one in refusals}


def test_a_question_is_known_by_its_bank_and_code():
    questions, _ = plan_bank({"bank": "b", "questions": [written()]}, derive)
    assert list(questions) == ["question/b/q"]
    assert questions["question/b/q"]["bank_id"] == "bank/b"


def test_words_may_be_chinese_or_codes():
    assert only(written(kind="单选", difficulty="难")) == only(
        written(kind="single_choice", difficulty="hard")
    )


@pytest.mark.parametrize("truth", [True, "true"])
def test_true_and_false_need_no_options(truth: Any):
    found = only(without("options", kind="判断", correct=[truth]))
    assert found["correct"] == ["true"]
    assert [option["code"] for option in found["options"]] == ["true", "false"]


def test_right_options_are_kept_in_the_order_of_the_options():
    many = written(kind="多选", correct=["B", "A"], rule="partial")
    assert only(many)["correct"] == ["A", "B"]


def test_a_year_may_be_a_code_and_an_accepted_answer():
    found = only(without("options", kind="填空", code=1921, correct=[1921]))
    assert (found["code"], found["correct"]) == ("1921", ["1921"])


def test_a_short_answer_has_neither_options_nor_a_key():
    found = only(without("options", "correct", kind="简答"))
    assert (found["options"], found["correct"]) == ([], [])


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        (written(kind="猜谜"), {"kind"}),
        (written(colour="red"), {"colour"}),
        (without("text", "points"), {"text", "points"}),
        (written(points=0), {"points"}),
        (written(points="1e3"), {"points"}),
        (written(points=1001), {"points"}),
        (written(options=[{"code": "A", "text": "甲"}]), {"options"}),
        (written(options=[{"code": "A", "text": "甲"}] * 2), {"options[1]"}),
        (written(options="AB"), {"options", "correct[0]"}),
        (written(correct=["C"]), {"correct[0]"}),
        (written(correct=["A", "B"]), {"correct"}),
        (written(correct=[]), {"correct"}),
        (without("correct"), {"correct"}),
        (written(rule="partial"), {"rule"}),
        (written(kind="简答"), {"options", "correct"}),
        (written(kind="判断"), {"options", "correct[0]"}),
        (written(tags=["x", "x"]), {"tags[1]"}),
        (written(tags=[{}]), {"tags[0]"}),
        ("text", {""}),
    ],
)
def test_each_fault_of_a_question_is_named_by_its_field(question: Any, fields: set[str]):
    found = refused(question)
    assert {f"questions[0].{field}".strip(".") for field in fields} <= found


def test_two_questions_have_two_codes():
    assert refused(written(), written()) == {"questions[1]"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"questions": []}, "questions"), ({"questions": None}, "questions"), ({"bank": ""}, "bank")],
)
def test_a_bank_has_a_name_and_questions(changes: dict[str, Any], field: str):
    assert field in refused(**changes)


BANK = [question("id-1", code="q1", tags=frozenset({"x"})), question("id-2", code="q2")]


def planned(**changes: Any) -> tuple[dict[str, Any] | None, set[str]]:
    document = {"code": "z", "title": "测验", "bank": "b", "questions": ["q1"]} | changes
    data, refusals = plan_quiz(
        document, version=1, questions=BANK, modules={"module"}, derive=derive
    )
    assert all(one.zh and one.en for one in refusals)
    return data, {one.field for one in refusals}


def test_a_quiz_needs_no_more_than_its_questions():
    data, _ = planned()
    assert data is not None
    assert data["questions"] == ["id-1"]
    assert (data["pass_mark"], data["attempts"], data["grace_seconds"]) == ("60", 1, 5)
    assert (data["minutes"], data["show_answers"]) == (None, "after_last_attempt")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"questions": ["q3"]}, "questions[0]"),
        ({"questions": ["q1", "q1"]}, "questions[1]"),
        ({"questions": []}, "questions"),
        ({"draws": [{"count": 2}]}, "draws"),
        ({"draws": [{"count": 1, "tag": "y"}]}, "draws"),
        ({"draws": [{"count": 0}]}, "draws[0].count"),
        ({"draws": [{"count": 1, "difficulty": "hopeless"}]}, "draws[0].difficulty"),
        ({"draws": [{"count": 201}]}, "draws[0].count"),
        ({"pass_mark": 101}, "pass_mark"),
        ({"minutes": 0}, "minutes"),
        ({"attempts": True}, "attempts"),
        ({"grace_seconds": 121}, "grace_seconds"),
        ({"counting": "first"}, "counting"),
        ({"shuffle_options": "yes"}, "shuffle_options"),
        ({"show_answers": "always"}, "show_answers"),
        ({"opens_at": "2026-03-01"}, "opens_at"),
        (
            {"opens_at": "2026-03-02T00:00:00Z", "closes_at": "2026-03-01T00:00:00Z"},
            "closes_at",
        ),
        ({"module_ids": ["other"]}, "module_ids[0]"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_each_fault_of_a_quiz_is_named_by_its_field(changes: dict[str, Any], field: str):
    data, fields = planned(**changes)
    assert data is None
    assert field in fields


def test_a_quiz_of_a_bank_that_is_not_there_is_refused_for_that():
    _, refusals = plan_quiz(
        {"code": "z", "title": "测验", "bank": "b", "questions": ["q1"]},
        version=1,
        questions=[],
        modules=(),
        derive=derive,
    )
    assert {one.field for one in refusals} == {"bank"}
