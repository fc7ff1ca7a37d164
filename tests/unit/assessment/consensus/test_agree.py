"""What a cohort agrees on, and what it says of its reviewers."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from services.assessment.domain.consensus import Method, Rating, agree
from zhixing.bench.worlds import World, simulate

from .ratings import by_hand, rate, table

METHODS: tuple[Method, ...] = ("mean", "median", "reliability")
FAIR = [[70, 80, 90, 60, 75], [72, 81, 88, 62, 74], [69, 79, 91, 58, 77], [71, 82, 89, 61, 76]]


@pytest.mark.parametrize("method", METHODS)
def test_nothing_agrees_on_nothing(method: Method):
    cohort = agree([], method=method)
    assert (cohort.outcomes, cohort.reviewers, cohort.reliability) == ({}, {}, None)


def test_the_mean_is_exact():
    cohort = agree(table([[100], [100], [0]]), method="mean")
    assert cohort.outcomes["o0"].mark == Fraction(200, 3)


def test_the_median_is_that_of_its_weights():
    agreed = agree(table([[10], [90], [80], [81]]), method="median").outcomes["o0"]
    assert agreed.mark == by_hand(agreed) == Fraction("80.5")
    assert [str(one.weight) for one in agreed.reviews] == ["0.0000", "0.0000", "0.5000", "0.5000"]


@pytest.mark.parametrize("method", ["mean", "median"])
def test_mean_and_median_know_no_bias_no_centre_and_no_staff(method: Method):
    plain = agree(table(FAIR), method=method)
    agreed = agree(table(FAIR), method=method, anchors={"o0": Decimal(100)}).outcomes["o0"]
    assert agreed.mark == plain.outcomes["o0"].mark
    assert (agreed.centre_weight, agreed.anchor_weight) == (0, 0)
    assert {one.bias for one in agreed.reviews} == {0}


@pytest.mark.parametrize("method", METHODS)
def test_a_single_review_is_the_consensus(method: Method):
    assert agree(table([[83]]), method=method).outcomes["o0"].mark == 83


def test_marks_that_are_all_the_same_are_the_consensus():
    rows = [[*row, 100] for row in FAIR]
    assert agree(table(rows), method="reliability").outcomes["o5"].mark == 100


def test_who_is_lenient_to_everyone_is_known_by_the_bias():
    rows = [*FAIR, [80, 91, 99, 70, 85]]
    cohort = agree(table(rows), method="reliability")
    assert 5 < cohort.reviewers["r4"].bias < 11
    assert all(abs(cohort.reviewers[f"r{fair}"].bias) < 4 for fair in range(4))
    mean = agree(table(rows), method="mean")
    assert cohort.outcomes["o1"].mark < mean.outcomes["o1"].mark


def test_who_gives_one_mark_to_all_weighs_little_and_is_suspected():
    cohort = agree(table([*FAIR, [75] * 5]), method="reliability")
    idle, fair = cohort.reviewers["r4"], cohort.reviewers["r0"]
    assert idle.suspicions == ("same_mark",)
    assert idle.reliability < fair.reliability / 2
    assert idle.weight < fair.weight / 4


def test_who_gives_anything_is_suspected_of_noise():
    cohort = agree(table([*FAIR, [95, 50, 55, 99, 60]]), method="reliability")
    assert cohort.reviewers["r4"].suspicions == ("noise",)


def test_the_fair_are_not_suspected():
    cohort = agree(table(FAIR), method="reliability")
    assert {one.suspicions for one in cohort.reviewers.values()} == {()}


def test_a_gift_for_a_gift_is_suspected_where_reviewers_bear_the_ids_of_their_outcomes():
    quality = {"a": 60, "b": 62, "c": 70, "d": 75, "e": 80, "f": 85, "g": 66}
    marks = {
        reviewer: {
            outcome: true + (ord(reviewer) * ord(outcome)) % 5 - 2
            for outcome, true in quality.items()
            if outcome != reviewer
        }
        for reviewer in quality
    }
    assert agree(rate(marks), method="reliability").reviewers["a"].suspicions == ()
    marks["a"]["b"] = marks["b"]["a"] = 98
    found = agree(rate(marks), method="reliability").reviewers
    assert {name for name, one in found.items() if "collusion" in one.suspicions} == {"a", "b"}


def test_a_staff_mark_that_counts_is_worth_several_reviews():
    ratings = table(FAIR)
    without = agree(ratings, method="reliability").outcomes["o0"]
    agreed = agree(ratings, method="reliability", anchors={"o0": Decimal(60)}).outcomes["o0"]
    assert agreed.anchor == 60
    assert agreed.anchor_weight > max(one.weight for one in agreed.reviews)
    assert 60 < agreed.mark < without.mark


def test_a_staff_mark_that_does_not_count_still_tells_who_is_lenient():
    ratings = table([[60, 80, 90], [70, 90, 99]])
    staff = {"o0": Decimal(60), "o1": Decimal(80)}
    plain = agree(ratings, method="reliability")
    cohort = agree(ratings, method="reliability", anchors=staff, anchors_count=False)
    assert cohort.outcomes["o0"].anchor_weight == 0
    assert cohort.outcomes["o0"].anchor == 60
    assert abs(cohort.reviewers["r0"].bias) < abs(plain.reviewers["r0"].bias)
    assert cohort.outcomes["o2"].mark < plain.outcomes["o2"].mark


@pytest.mark.parametrize("method", METHODS)
def test_an_outcome_only_staff_marked_has_that_mark_if_it_counts(method: Method):
    staff = {"x": Decimal("71.5")}
    agreed = agree(table(FAIR), method=method, anchors=staff).outcomes["x"]
    assert (agreed.mark, agreed.reviews, agreed.anchor_weight) == (Fraction("71.5"), (), 1)
    uncounted = agree(table(FAIR), method=method, anchors=staff, anchors_count=False)
    assert "x" not in uncounted.outcomes


def test_a_cohort_that_agrees_is_more_reliable_than_one_that_does_not():
    fair = agree(table(FAIR), method="reliability").reliability
    torn = agree(table([[70, 60, 90], [60, 90, 70], [90, 70, 60]]), method="reliability")
    assert fair is not None
    assert torn.reliability is not None
    assert fair > Decimal("0.9") > Decimal("0.6") > torn.reliability


def test_one_outcome_says_nothing_of_how_reliable_a_cohort_is():
    assert agree(table([[70], [80]]), method="reliability").reliability is None


def test_a_scale_of_five_is_that_of_a_hundred_in_other_words():
    wide = agree(table(FAIR), method="reliability")
    narrow = agree(
        [Rating(who, what, 1 + mark / 25) for who, what, mark in table(FAIR)],
        method="reliability",
        least=Decimal(1),
        most=Decimal(5),
    )
    for outcome, agreed in wide.outcomes.items():
        assert abs(float(narrow.outcomes[outcome].mark) - 1 - float(agreed.mark) / 25) < 0.01


def test_two_ratings_of_an_outcome_by_one_reviewer_are_refused():
    with pytest.raises(ValueError, match="r0 rates outcome o0 twice"):
        agree([*table([[70]]), *table([[71]])], method="mean")


@pytest.mark.parametrize("staff", [{}, {"o0": Decimal(6)}])
def test_marks_outside_the_scale_are_refused(staff: dict[str, Decimal]):
    rows = table([[5]]) if staff else table([[6]])
    with pytest.raises(ValueError, match="mark 6 is outside of 1–5"):
        agree(rows, method="mean", anchors=staff, least=Decimal(1), most=Decimal(5))


def test_a_scale_without_room_is_refused():
    with pytest.raises(ValueError, match="no scale"):
        agree([], method="mean", least=Decimal(5), most=Decimal(5))


def test_a_whole_class_that_rates_everything_is_weighed_without_overflow():
    found = simulate(random.Random("dense"), 121, 120, World())
    cohort = agree(found.ratings, method="reliability")
    error = [float(one.mark) - found.truth[name] for name, one in cohort.outcomes.items()]
    assert max(map(abs, error)) < 6
