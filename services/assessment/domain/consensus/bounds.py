"""How far one reviewer can move the mark of an outcome, whatever they give."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

TRIMMED_FROM = 5
HALVED_FROM = 3
# Of the scale. Wide enough for what biases and the centre rightly correct: without
# it the error of simulated cohorts is 3–5 % larger.
LEEWAY = Fraction(1, 50)


def bounds(
    marks: Iterable[Decimal], anchor: Decimal | None, least: Decimal, most: Decimal
) -> tuple[Fraction, Fraction]:
    """The least and the largest consensus that these marks of one outcome allow.

    First two ends are found. Of five marks and more: the second smallest and
    the second largest. Of three or four: half the way from these to the
    outermost. Of one or two: the outermost. Then each end is moved outwards by
    the distance between the ends, at most by 2 % of the scale least–most, and
    stays on the scale. A staff mark that counts widens the bounds to itself.

    So of five and more the consensus stays within the others' marks, 2 % of
    the scale given or taken, whatever one reviewer gives here and elsewhere;
    and marks that are all the same are the consensus. At least one mark.
    """
    exact = sorted(Fraction(mark) for mark in marks)
    if len(exact) >= TRIMMED_FROM:
        low, high = exact[1], exact[-2]
    elif len(exact) >= HALVED_FROM:
        low, high = (exact[0] + exact[1]) / 2, (exact[-2] + exact[-1]) / 2
    else:
        low, high = exact[0], exact[-1]
    leeway = min(high - low, LEEWAY * Fraction(most - least))
    low, high = max(low - leeway, Fraction(least)), min(high + leeway, Fraction(most))
    if anchor is None:
        return low, high
    return min(low, Fraction(anchor)), max(high, Fraction(anchor))
