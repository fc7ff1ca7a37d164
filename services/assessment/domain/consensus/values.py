"""What goes into a consensus and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

Method = Literal["mean", "median", "reliability"]


class Rating(NamedTuple):
    """The value of one standing review, on the cohort's scale."""

    reviewer: str
    outcome: str
    mark: Decimal


@dataclass(frozen=True, slots=True)
class Counted:
    """One review as it counts: weight × (mark − bias). Weights have 4 places, biases 2."""

    reviewer: str
    mark: Decimal
    bias: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the reviews of one outcome agree on.

    `mark` is the sum of weight × (mark − bias) over `reviews`, of
    centre_weight × centre and of anchor_weight × anchor, brought into the
    bounds of `bounds.bounds`; the weights sum to exactly 1. Of the median
    the reviews in the middle carry the weight. `low` and `high` enclose the
    true value in about nine cohorts of ten, 2 places; `spread` is the largest
    minus the smallest mark given, 0 without a review.
    """

    outcome: str
    mark: Fraction
    low: Decimal
    high: Decimal
    spread: Decimal
    reviews: tuple[Counted, ...]
    centre: Decimal
    centre_weight: Decimal
    anchor: Decimal | None
    anchor_weight: Decimal


@dataclass(frozen=True, slots=True)
class Reviewer:
    """What a cohort says of one reviewer.

    `bias` is what they give above the truth, in marks, 2 places;
    `reliability` the expected share of the truth in the variance of their
    marks, 0–1, 4 places; `weight` the mean weight of their reviews, 4 places;
    `suspicions` codes of `suspicions.CODES`, each a reason to look and none a proof.
    """

    reviewer: str
    bias: Decimal
    reliability: Decimal
    weight: Decimal
    reviews: int
    suspicions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cohort:
    """The consensus on every outcome, and what is known of every reviewer, by id.

    `reliability` is the estimated share of the truth in the variance of the
    consensus marks, 0–1, 4 places; None where no two reviews or no two
    outcomes can be compared.
    """

    outcomes: Mapping[str, Agreed]
    reviewers: Mapping[str, Reviewer]
    reliability: Decimal | None
