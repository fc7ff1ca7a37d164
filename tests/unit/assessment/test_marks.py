"""What reviews are worth, and what several agree on."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.domain.marks import (
    Review,
    provisional,
    standing_decision,
    standing_marking,
    standing_reviews,
    value,
)
from services.assessment.domain.scheme import Criterion

from .builders import decision, marking, review

RUBRIC = (Criterion("all", "总评", Decimal(100)),)
THREE = (
    Criterion("a", "甲", Decimal("33.33")),
    Criterion("b", "乙", Decimal("33.33")),
    Criterion("c", "丙", Decimal("33.34")),
)
MARKS = st.decimals(0, 100, places=9)
REVIEWS = st.lists(
    st.builds(review, st.integers(1, 6), MARKS, day=st.integers(0, 2)),
    max_size=12,
    unique_by=lambda each: each.id,
)


def test_a_second_review_replaces_the_first():
    first, second = review(by=1, value=10), review(by=1, value=90, day=1)
    assert standing_reviews([second, first]) == {second}


def test_of_two_reviews_at_one_time_the_larger_id_stands():
    smaller, larger = review(by=1, value=10, number=7), review(by=1, value=90, number=8)
    assert standing_reviews([larger, smaller]) == {larger}


def test_reviews_by_two_reviewers_both_stand():
    assert len(standing_reviews([review(by=1, value=10), review(by=2, value=90)])) == 2


def test_the_latest_staff_mark_stands_and_equal_times_go_to_the_larger_id():
    early, late, twin = marking(1, number=9), marking(2, day=1), marking(3, day=1, number=2)
    assert standing_marking([late, twin, early]) == twin


def test_nothing_stands_of_no_marks():
    assert standing_marking([]) is None


def test_a_value_is_weighed_by_the_rubric_and_not_rounded():
    marks = {"a": Decimal(100), "b": Decimal(50), "c": Decimal(0)}
    assert value(marks, THREE) == Decimal("49.995")


def test_a_missing_criterion_counts_nothing_and_neither_does_an_unknown_one():
    assert value({"a": Decimal(100), "x": Decimal(100)}, THREE) == Decimal("33.33")


@pytest.mark.parametrize(("mark", "counts"), [("-5", 0), ("100.5", 100)])
def test_a_mark_beyond_a_bound_counts_as_the_bound(mark: str, counts: int):
    assert value({"all": Decimal(mark)}, RUBRIC) == counts


@given(st.fixed_dictionaries({"a": MARKS, "b": MARKS, "c": MARKS}))
def test_a_value_is_exact(marks: dict[str, Decimal]):
    exact = sum(Fraction(line.weight) * Fraction(marks[line.code]) for line in THREE) / 100
    assert Fraction(value(marks, THREE)) == exact


def test_no_review_gives_no_mark():
    assert provisional([], RUBRIC) is None


def test_one_hostile_review_of_three_does_not_move_the_median_below_the_others():
    marks = [review(by=1, value=80), review(by=2, value=82), review(by=3, value=0)]
    assert provisional(marks, RUBRIC) == 80


def test_the_median_of_two_lies_between_them():
    two = [review(by=1, value=80), review(by=2, value=81)]
    assert provisional(two, RUBRIC) == Fraction("80.5")


def test_of_decisions_the_latest_stands_and_equal_times_go_to_the_larger_id():
    early, late, twin = decision(10), decision(20, day=1, number=2), decision(30, day=1, number=3)
    assert standing_decision([twin, late, early]) == twin
    assert standing_decision([]) is None


@given(reviews=REVIEWS, data=st.data())
def test_order_and_repetition_change_no_mark(reviews: list[Review], data: st.DataObject):
    repeated = reviews + data.draw(st.lists(st.sampled_from(reviews)) if reviews else st.just([]))
    shuffled = data.draw(st.permutations(repeated))
    assert provisional(shuffled, RUBRIC) == provisional(reviews, RUBRIC)


@given(reviews=REVIEWS.filter(bool))
def test_a_mark_lies_within_its_reviews(reviews: list[Review]):
    marks = [Fraction(each.marks["all"]) for each in standing_reviews(reviews)]
    mark = provisional(reviews, RUBRIC)
    assert mark is not None
    assert min(marks) <= mark <= max(marks)
