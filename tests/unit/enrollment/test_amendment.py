"""What may still move after publication."""

from typing import Any

import pytest

from services.enrollment.domain.amendment import amended, plan_amendment

PROGRAM: dict[str, Any] = {
    "code": "p",
    "title": "示范培训",
    "outcomes_due": "2026-05-20T23:59:00+08:00",
    "reviews_due": "2026-06-10T23:59:00+08:00",
    "scheme": {
        "theory": "30",
        "rubric": [
            {"code": "a", "title": "甲", "weight": "60"},
            {"code": "b", "title": "乙", "weight": "40"},
        ],
    },
}


def refused(**document: Any) -> list[str]:
    data, refusals = plan_amendment(document, PROGRAM)
    assert data is None
    assert all(one.zh and one.en for one in refusals)
    return [one.field for one in refusals]


def test_dates_and_words_move():
    due = "2026-05-25T23:59:00+08:00"
    wording = {"code": "a", "title": "立意", "description": "写清依据"}
    data, refusals = plan_amendment({"outcomes_due": due, "rubric": [wording]}, PROGRAM)
    assert (data, refusals) == ({"outcomes_due": due, "rubric": [wording]}, ())


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"title": "别的"}, "title"),
        ({"scheme": {"theory": 40}}, "scheme"),
        ({"colour": "red"}, "colour"),
        ({}, ""),
        ({"outcomes_due": "tomorrow"}, "outcomes_due"),
        ({"outcomes_due": "2026-06-11T00:00:00+08:00"}, "reviews_due"),
        ({"rubric": [{"code": "c", "title": "丙"}]}, "rubric[0].code"),
        ({"rubric": [{"code": "a", "title": "甲", "weight": "50"}]}, "rubric[0].weight"),
    ],
)
def test_all_else_is_fixed(document: dict[str, Any], field: str):
    assert refused(**document) == [field]


def test_an_amended_program_has_its_weights_and_the_new_words():
    moved = {"brief": "新", "rubric": [{"code": "b", "title": "论证"}]}
    read = amended(PROGRAM, moved)
    assert read["brief"] == "新"
    assert read["scheme"]["rubric"] == [
        {"code": "a", "title": "甲", "weight": "60"},
        {"code": "b", "title": "论证", "weight": "40"},
    ]
    assert PROGRAM["scheme"]["rubric"][1]["title"] == "乙"
