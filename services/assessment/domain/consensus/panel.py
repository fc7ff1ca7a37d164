"""The ratings of a cohort, sorted and numbered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from services.assessment.domain.consensus.values import Rating

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Panel:
    """Ratings by reviewer, then outcome; what follows them is by their place.

    `marks` are floats on 0–100 whatever the scale; `outcome_of` numbers
    `outcomes`; `reviews_by` a reviewer are a range, for they stand side by side.
    `anchors` are staff marks on 0–100 by the number of the outcome.
    """

    ratings: tuple[Rating, ...]
    reviewers: tuple[str, ...]
    outcomes: tuple[str, ...]
    marks: tuple[float, ...]
    outcome_of: tuple[int, ...]
    reviews_by: tuple[range, ...]
    reviews_of: tuple[tuple[int, ...], ...]
    anchors: Mapping[int, float]


def seat(
    ratings: Iterable[Rating], anchors: Mapping[str, Decimal], least: Decimal, most: Decimal
) -> Panel:
    """The panel of these ratings. Outcomes with an anchor alone are not in it.

    Raises ValueError where a reviewer rates an outcome twice, where a mark or
    an anchor is outside of least–most, and where least is not below most.
    """
    if not least < most:
        raise ValueError(f"no scale: {least} is not below {most}")
    rows = tuple(sorted(ratings))
    for one, other in pairwise(rows):
        if one[:2] == other[:2]:
            raise ValueError(f"reviewer {one.reviewer} rates outcome {one.outcome} twice")
    for mark in [*(row.mark for row in rows), *anchors.values()]:
        if not least <= mark <= most:
            raise ValueError(f"mark {mark} is outside of {least}–{most}")
    reviewers = tuple(sorted({row.reviewer for row in rows}))
    outcomes = tuple(sorted({row.outcome for row in rows}))
    number = {outcome: place for place, outcome in enumerate(outcomes)}
    outcome_of = tuple(number[row.outcome] for row in rows)
    reviews_of: list[list[int]] = [[] for _ in outcomes]
    for place, outcome in enumerate(outcome_of):
        reviews_of[outcome].append(place)
    return Panel(
        ratings=rows,
        reviewers=reviewers,
        outcomes=outcomes,
        marks=tuple(on_hundred(row.mark, least, most) for row in rows),
        outcome_of=outcome_of,
        reviews_by=_ranges(rows),
        reviews_of=tuple(tuple(places) for places in reviews_of),
        anchors={
            number[outcome]: on_hundred(anchors[outcome], least, most)
            for outcome in sorted(anchors)
            if outcome in number
        },
    )


def on_hundred(mark: Decimal, least: Decimal, most: Decimal) -> float:
    """A mark of the scale least–most as a float on 0–100."""
    return float((mark - least) * HUNDRED / (most - least))


def _ranges(rows: tuple[Rating, ...]) -> tuple[range, ...]:
    """For each reviewer the places of their ratings among the sorted rows."""
    starts = [
        place
        for place, row in enumerate(rows)
        if place == 0 or rows[place - 1].reviewer != row.reviewer
    ]
    return tuple(range(start, end) for start, end in pairwise([*starts, len(rows)]))
