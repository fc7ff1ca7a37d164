"""Exact amounts: no number is rounded before it is shown.

A contract's amount has at most nine decimal places, so hours and points are
summed as whole numbers of billionths, and shares stay fractions.
"""

from decimal import Decimal
from fractions import Fraction

BILLIONTHS = 10**9


def billionths(amount: Decimal) -> int:
    """The amount in billionths; exact for every amount that a contract lets through."""
    return int(amount.scaleb(9))


def hundredths(points: int) -> Decimal:
    """So many hundredths as a decimal of two places: 5999 → 59.99."""
    return Decimal(points).scaleb(-2)


def decimal(amount: int) -> Decimal:
    """So many billionths as a decimal, exact."""
    return Decimal(amount).scaleb(-9)


def plain(amount: Decimal) -> str:
    """An amount as people write it, exact: neither exponent nor needless zeros."""
    return format(amount.normalize(), "f")


def counted(amount: int) -> str:
    """So many billionths, at least 0, as people write them, exact."""
    units, rest = divmod(amount, BILLIONTHS)
    return f"{units}.{rest:09d}".rstrip("0") if rest else str(units)


def shown(amount: Fraction) -> str:
    """An amount at two places, halves up; `≈` before it says that something was cut off."""
    cents, rest = divmod(amount * 100, 1)
    if not rest:
        return plain(hundredths(cents))
    return f"≈{plain(hundredths(cents + (rest >= Fraction(1, 2))))}"
