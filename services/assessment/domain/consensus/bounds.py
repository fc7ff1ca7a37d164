"""How far one reviewer can move the mark of an outcome, whatever they give."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

TRIMMED_FROM = 5
HALVED_FROM = 3


def bounds(marks: Iterable[Decimal], anchor: Decimal | None) -> tuple[Fraction, Fraction]:
    """The least and the largest consensus that these marks of one outcome allow.

    Of five and more: the second smallest and the second largest, so that the
    consensus stays within the others' marks whatever one reviewer gives and
    did elsewhere. Of three or four: half the way from the second outermost to
    the outermost. Of one or two: the outermost. A staff mark that counts widens
    the bounds to itself. At least one mark or an anchor.
    """
    exact = sorted(Fraction(mark) for mark in marks)
    if len(exact) >= TRIMMED_FROM:
        least, most = exact[1], exact[-2]
    elif len(exact) >= HALVED_FROM:
        least, most = (exact[0] + exact[1]) / 2, (exact[-2] + exact[-1]) / 2
    else:
        ends = exact or [Fraction(anchor or 0)]
        least, most = ends[0], ends[-1]
    if anchor is None:
        return least, most
    return min(least, Fraction(anchor)), max(most, Fraction(anchor))
