"""Which schemes can be published."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.domain.scheme import DEFAULT_SCHEME, read_scheme
from services.assessment.domain.scheme_check import check_scheme
from services.contracts.enrollment import Scheme

WEIGHTS = ("theory", "practice", "discussion", "outcome")
SHARES = ("peer_share", "self_share", "staff_share")


def refused(**changes: Any) -> set[str]:
    return {refusal.field for refusal in check_scheme(read_scheme(DEFAULT_SCHEME | changes))}


def rubric(*weights: str) -> list[dict[str, str]]:
    return [
        {"code": f"c{place}", "title": "项", "weight": weight}
        for place, weight in enumerate(weights)
    ]


def test_the_default_scheme_keeps_its_contract():
    assert Scheme().validate(DEFAULT_SCHEME) == {}


def test_the_default_scheme_can_be_published():
    assert refused() == set()


@given(st.lists(st.decimals(0, 100, places=2), min_size=4, max_size=4))
def test_weights_that_do_not_sum_to_100_are_refused(weights: list[Decimal]):
    changes = {field: str(weight) for field, weight in zip(WEIGHTS, weights, strict=True)}
    assert ("theory" in refused(**changes)) is (sum(weights) != 100)


@given(st.lists(st.decimals(0, 100, places=2), min_size=3, max_size=3))
def test_shares_that_do_not_sum_to_100_are_refused(shares: list[Decimal]):
    changes = {field: str(share) for field, share in zip(SHARES, shares, strict=True)}
    assert ("peer_share" in refused(**changes)) is (sum(shares) != 100)


def test_weights_that_sum_to_100_by_hundredths_are_accepted():
    assert refused(theory="33.33", practice="33.33", discussion="33.34", outcome="0") == set()


@pytest.mark.parametrize("weights", [(), ("50", "49.99"), ("60", "60")])
def test_a_rubric_that_does_not_sum_to_100_is_refused(weights: tuple[str, ...]):
    assert refused(rubric=rubric(*weights)) == {"rubric"}


def test_a_rubric_with_a_code_used_twice_is_refused():
    twice = [{"code": "c", "title": "项", "weight": "50"}] * 2
    assert refused(rubric=twice) == {"rubric"}


@pytest.mark.parametrize("mark", ["-1", "100.01", "59.999"])
def test_a_pass_mark_is_0_to_100_with_two_places(mark: str):
    assert refused(pass_mark=mark) == {"pass_mark"}


@pytest.mark.parametrize("mark", ["0", "59.99", "100"])
def test_a_pass_mark_may_be_a_bound(mark: str):
    assert refused(pass_mark=mark) == set()


def test_a_negative_weight_is_refused_though_the_sum_is_100():
    assert refused(theory="-10", outcome="80") == {"theory"}


def test_a_weight_with_three_places_is_refused():
    assert refused(theory="30.001", outcome="39.999") == {"theory", "outcome"}


def test_an_outcome_marked_by_its_author_alone_is_refused():
    assert refused(peer_share="0", self_share="100", staff_share="0") == {"self_share"}


def test_a_discussion_that_earns_points_asks_for_a_post():
    assert refused(posts=0) == {"posts"}
    assert refused(posts=0, discussion="0", outcome="50") == set()


def test_a_refusal_says_in_both_languages_what_the_sum_is():
    (refusal,) = check_scheme(read_scheme(DEFAULT_SCHEME | {"theory": "29.5"}))
    assert "99.5" in refusal.zh
    assert "99.5" in refusal.en


def told(**changes: Any) -> list[tuple[str, str, str]]:
    found = check_scheme(read_scheme(DEFAULT_SCHEME | changes))
    return [(refusal.field, refusal.zh, refusal.en) for refusal in found]


@pytest.mark.parametrize(
    ("changes", "field", "zh", "en"),
    [
        (
            {"late_deduction": "0.125"},
            "late_deduction",
            "0.125 不是 0 至 100 之间、最多两位小数的数。",
            "0.125 is not a number from 0 to 100 with at most two decimal places.",
        ),
        (
            {"reviewing": "5"},
            "theory",
            "各项分值之和应为 100，现为 105。",
            "The sum of the weights must be 100, it is 105.",
        ),
        (
            {"staff_share": "29"},
            "peer_share",
            "成果得分的三项份额之和应为 100，现为 99。",
            "The sum of the three shares must be 100, it is 99.",
        ),
        (
            {"peer_share": "0", "self_share": "100", "staff_share": "0"},
            "self_share",
            "成果不能只由作者自评。",
            "An outcome cannot be marked by its author alone.",
        ),
        (
            {"posts": 0},
            "posts",
            "研讨计分时，至少要求 1 次发言。",
            "A discussion that earns points must ask for at least 1 post.",
        ),
        (
            {"rubric": []},
            "rubric",
            "评分标准至少要有一项。",
            "The rubric needs at least one criterion.",
        ),
        (
            {"rubric": [{"code": "c", "title": "项", "weight": "50"}] * 2},
            "rubric",
            "评分标准的代码 c 重复。",
            "The rubric's code c is used more than once.",
        ),
        (
            {"rubric": rubric("50", "49")},
            "rubric",
            "评分标准各项权重之和应为 100，现为 99。",
            "The sum of the rubric's weights must be 100, it is 99.",
        ),
    ],
)
def test_a_refusal_is_told_word_for_word(changes: dict[str, Any], field: str, zh: str, en: str):
    assert told(**changes) == [(field, zh, en)]


@pytest.mark.parametrize(
    "field", ["self_tolerance", "referee_spread", "late_deduction", "pass_mark"]
)
def test_every_mark_of_a_scheme_is_checked(field: str):
    assert refused(**{field: "100.5"}) == {field}


def test_the_weight_of_a_criterion_is_refused_by_its_code():
    lines = rubric("50.001", "49.999")
    assert refused(rubric=lines) == {"rubric.c0.weight", "rubric.c1.weight"}
