"""Ratings of a cohort, of which a test names only what it is about."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from services.assessment.domain.consensus import Agreed, Rating

Number = int | str
MARKS = st.decimals(0, 100, places=2)
PAIRS = st.tuples(st.integers(0, 7), st.integers(0, 5))


def rate(marks: Mapping[str, Mapping[str, Number]]) -> list[Rating]:
    """Reviewer → outcome → mark as ratings."""
    return [
        Rating(reviewer, outcome, Decimal(mark))
        for reviewer, given in marks.items()
        for outcome, mark in given.items()
    ]


def table(rows: Sequence[Sequence[Number]]) -> list[Rating]:
    """A row for each reviewer r0, r1, …, a column for each outcome o0, o1, …."""
    return [
        Rating(f"r{reviewer}", f"o{outcome}", Decimal(mark))
        for reviewer, row in enumerate(rows)
        for outcome, mark in enumerate(row)
    ]


def by_hand(agreed: Agreed) -> Fraction:
    """The sum that the published numbers of an outcome give, before the bounds."""
    total = Fraction(agreed.centre_weight) * Fraction(agreed.centre)
    if agreed.anchor is not None:
        total += Fraction(agreed.anchor_weight) * Fraction(agreed.anchor)
    for one in agreed.reviews:
        total += Fraction(one.weight) * (Fraction(one.mark) - Fraction(one.bias))
    return total


# Any cohort: up to eight reviewers of up to six outcomes, in any order.
COHORTS = st.dictionaries(PAIRS, MARKS, max_size=30).flatmap(
    lambda cells: st.permutations(
        [Rating(f"r{who}", f"o{what}", mark) for (who, what), mark in cells.items()]
    )
)
ANCHORS = st.dictionaries(st.integers(0, 7).map("o{}".format), MARKS, max_size=4)
