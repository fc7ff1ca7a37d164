"""The mean and the median of an outcome's marks, and how sure they are."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import mean, median

from services.assessment.domain.consensus.components import variance_within
from services.assessment.domain.consensus.opinion import Opinion
from services.assessment.domain.consensus.panel import Panel
from services.assessment.domain.consensus.values import Method

# The variance of a median of many normal marks is π/2 times that of their mean.
MEDIAN_VARIANCE = 1.5708


def plain_opinions(panel: Panel, method: Method) -> list[Opinion]:
    """By outcome: every review with the same weight, or the one or two in the middle."""
    within = variance_within(panel)
    found = []
    for reviews in panel.reviews_of:
        weights, factor = [1.0] * len(reviews), 1.0
        if method == "median":
            weights = _middle([panel.ratings[review].mark for review in reviews])
            factor = MEDIAN_VARIANCE if len(reviews) > 2 else 1.0
        variance = None if within is None else factor * within / len(reviews)
        found.append(Opinion(weights, [0.0] * len(reviews), 0.0, 0.0, variance))
    return found


def _middle(marks: Sequence[Decimal]) -> list[float]:
    """1 for the marks in the middle of those sorted, 0 for the others."""
    by_mark = sorted(range(len(marks)), key=lambda place: (marks[place], place))
    middle = {by_mark[(len(marks) - 1) // 2], by_mark[len(marks) // 2]}
    return [float(place in middle) for place in range(len(marks))]


def plain_mark(marks: Sequence[Decimal], method: Method) -> Fraction:
    """The exact mean or median; at least one mark."""
    exact = [Fraction(mark) for mark in marks]
    return median(exact) if method == "median" else mean(exact)
