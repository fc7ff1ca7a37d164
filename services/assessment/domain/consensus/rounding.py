"""Numbers as they are published."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

WEIGHT_PLACES = 4
UNITS = 10**WEIGHT_PLACES
WEIGHT = Decimal(1).scaleb(-WEIGHT_PLACES)
CENT = Decimal("0.01")


def shares(parts: Sequence[float]) -> list[Decimal]:
    """Parts of a whole as decimals of 4 places that sum to exactly 1.

    The units that rounding down leaves over go to the largest remainders,
    of equal ones to the first. `parts` are not negative and not all 0.
    """
    total = sum(parts)
    scaled = [part / total * UNITS for part in parts]
    whole = [int(each) for each in scaled]
    by_remainder = sorted(
        range(len(parts)), key=lambda place: (whole[place] - scaled[place], place)
    )
    for place in by_remainder[: UNITS - sum(whole)]:
        whole[place] += 1
    return [Decimal(each).scaleb(-WEIGHT_PLACES) for each in whole]


def to_cents(value: float) -> Decimal:
    """Two places; of equal neighbours the even one."""
    return _plain(Decimal(value).quantize(CENT, ROUND_HALF_EVEN))


def to_share(value: float) -> Decimal:
    """Four places, within 0–1."""
    return _plain(Decimal(min(max(value, 0.0), 1.0)).quantize(WEIGHT, ROUND_HALF_EVEN))


def _plain(value: Decimal) -> Decimal:
    """Without a negative zero."""
    return value if value else abs(value)
