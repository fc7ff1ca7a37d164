"""What holds for every cohort."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from services.assessment.domain.consensus import Agreed, Method, Rating, agree
from services.assessment.domain.consensus.bounds import bounds

from .ratings import ANCHORS, COHORTS, MARKS, by_hand

METHODS = st.sampled_from(["mean", "median", "reliability"])
ZERO, HUNDRED = Decimal(0), Decimal(100)
LEEWAY = 2


@given(data=st.data(), ratings=COHORTS, anchors=ANCHORS, method=METHODS)
def test_order_changes_nothing(
    data: st.DataObject, ratings: list[Rating], anchors: dict[str, Decimal], method: Method
):
    shuffled = data.draw(st.permutations(ratings))
    backwards = dict(reversed(anchors.items()))
    assert agree(shuffled, method=method, anchors=backwards) == agree(
        ratings, method=method, anchors=anchors
    )


@given(ratings=COHORTS, anchors=ANCHORS, method=METHODS, count=st.booleans())
def test_a_mark_is_what_its_published_numbers_give(
    ratings: list[Rating], anchors: dict[str, Decimal], method: Method, count: bool
):
    cohort = agree(ratings, method=method, anchors=anchors, anchors_count=count)
    for agreed in cohort.outcomes.values():
        weights = [*(one.weight for one in agreed.reviews), agreed.centre_weight]
        assert sum(weights) + agreed.anchor_weight == 1
        assert all(weight == round(weight, 4) >= 0 for weight in weights)
        assert all(one.bias == round(one.bias, 2) for one in agreed.reviews)
        if method == "mean":
            marks = [Fraction(one.mark) for one in agreed.reviews] or [agreed.mark]
            assert agreed.mark == sum(marks) / len(marks)
        elif method == "median":
            # Of an even number the weights are halves, so that they give the median exactly.
            assert agreed.mark == by_hand(agreed)
        elif agreed.reviews:
            assert agreed.mark == bounded(agreed, count)


def bounded(agreed: Agreed, count: bool) -> Fraction:
    marks = [one.mark for one in agreed.reviews]
    low, high = bounds(marks, agreed.anchor if count else None, ZERO, HUNDRED)
    return min(max(by_hand(agreed), low), high)


@given(ratings=COHORTS, anchors=ANCHORS, method=METHODS)
def test_everything_is_within_its_scale(
    ratings: list[Rating], anchors: dict[str, Decimal], method: Method
):
    cohort = agree(ratings, method=method, anchors=anchors)
    assert set(cohort.outcomes) == {row.outcome for row in ratings} | set(anchors)
    assert set(cohort.reviewers) == {row.reviewer for row in ratings}
    for agreed in cohort.outcomes.values():
        assert 0 <= agreed.low <= round(agreed.mark, 2) <= agreed.high <= 100
        assert 0 <= agreed.spread <= 100
    for one in cohort.reviewers.values():
        assert 0 <= one.reliability <= 1
        assert 0 <= one.weight <= 1
    assert cohort.reliability is None or 0 <= cohort.reliability <= 1


@given(data=st.data(), ratings=COHORTS, size=st.integers(5, 7))
def test_one_hostile_reviewer_of_five_leaves_a_mark_within_those_of_the_others(
    data: st.DataObject, ratings: list[Rating], size: int
):
    others = [row for row in ratings if row.outcome != "o0" and row.reviewer != "r0"]
    honest = [Rating(f"r{who}", "o0", data.draw(MARKS)) for who in range(1, size)]
    hostile = [
        Rating("r0", outcome, data.draw(st.sampled_from([ZERO, HUNDRED]) | MARKS))
        for outcome in ("o0", *data.draw(st.sets(st.sampled_from(["o1", "o2", "o3"]))))
    ]
    cohort = agree([*others, *honest, *hostile], method="reliability")
    marks = [row.mark for row in honest]
    assert min(marks) - LEEWAY <= cohort.outcomes["o0"].mark <= max(marks) + LEEWAY


@given(honest=st.lists(MARKS, min_size=2, max_size=3), hostile=MARKS, more=COHORTS)
def test_of_three_or_four_one_drags_at_most_half_the_way_to_its_own_mark(
    honest: list[Decimal], hostile: Decimal, more: list[Rating]
):
    elsewhere = [row for row in more if row.outcome != "o0"]
    here = [Rating(f"r{who}", "o0", mark) for who, mark in enumerate([hostile, *honest])]
    mark = agree([*elsewhere, *here], method="reliability").outcomes["o0"].mark
    low, high = Fraction(min(honest)), Fraction(max(honest))
    own = Fraction(hostile)
    assert min(low, (low + own) / 2) - LEEWAY <= mark <= max(high, (high + own) / 2) + LEEWAY


@given(ratings=COHORTS, more=st.integers(1, 40))
def test_a_scale_that_starts_elsewhere_moves_every_mark_by_as_much(
    ratings: list[Rating], more: int
):
    here = agree(ratings, method="reliability")
    there = agree(
        [row._replace(mark=row.mark + more) for row in ratings],
        method="reliability",
        least=Decimal(more),
        most=Decimal(100 + more),
    )
    for name, agreed in here.outcomes.items():
        assert abs(there.outcomes[name].mark - more - agreed.mark) <= Fraction(1, 20)


@given(ratings=COHORTS, method=METHODS)
def test_marks_that_are_the_same_everywhere_are_the_consensus(
    ratings: list[Rating], method: Method
):
    assume(ratings)
    same = [row._replace(mark=ratings[0].mark) for row in ratings]
    for agreed in agree(same, method=method).outcomes.values():
        assert agreed.mark == ratings[0].mark
