"""From ratings to what is published of a cohort."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import fsum, sqrt
from types import MappingProxyType

from services.assessment.domain.consensus.bounds import bounds
from services.assessment.domain.consensus.components import Components, first_components
from services.assessment.domain.consensus.inference import settle
from services.assessment.domain.consensus.opinion import Opinion, Portrait
from services.assessment.domain.consensus.panel import HUNDRED, Panel, seat
from services.assessment.domain.consensus.plain import plain_mark, plain_opinions
from services.assessment.domain.consensus.rounding import shares, to_cents, to_share
from services.assessment.domain.consensus.values import (
    Agreed,
    Cohort,
    Counted,
    Method,
    Rating,
    Reviewer,
)
from services.assessment.domain.consensus.weighing import portraits, weighed_opinions

ZERO, ONE = Decimal(0), Decimal(1)
NONE: Mapping[str, Decimal] = MappingProxyType({})
# Nine of ten values of a normal distribution are within so many standard deviations. Beliefs
# that travel in circles are too sure of themselves: 2.1 covers as many in simulated cohorts.
NINE_OF_TEN = 1.645
NINE_OF_TEN_BELIEVED = 2.1


def agree(
    ratings: Iterable[Rating],
    *,
    method: Method,
    anchors: Mapping[str, Decimal] = NONE,
    anchors_count: bool = True,
    least: Decimal = ZERO,
    most: Decimal = HUNDRED,
) -> Cohort:
    """What the reviews of a cohort agree on, the same for every order of the ratings.

    `anchors` are staff marks by outcome. Under `reliability` they inform what
    is known of the reviewers, and with `anchors_count` each is also a precise
    judgement of its outcome; under `mean` and `median` they change no mark. An
    outcome with an anchor and no review has the anchor's mark, if it counts.

    The mark of an outcome is what its published numbers give: the sum of
    weight × (mark − bias) over its reviews, centre_weight × centre and
    anchor_weight × anchor, brought into `bounds` of its marks and, where it
    counts, its anchor. Of `mean` and `median` it is the exact mean or median.

    Raises ValueError for two ratings of an outcome by one reviewer, for marks
    and anchors outside of least–most, and for a scale that is none.
    """
    panel = seat(ratings, anchors, least, most)
    unit = float(most - least) / 100
    alone = _unreviewed(panel, anchors) if anchors_count else {}
    if not panel.ratings:
        return Cohort(MappingProxyType(alone), MappingProxyType({}), None)
    if method == "reliability":
        settled = settle(panel)
        components = settled.components
        opinions = weighed_opinions(panel, settled, anchors_count)
        known = portraits(panel, settled)
    else:
        components = first_components(panel)
        opinions = plain_opinions(panel, method)
        usual = components.quality / (components.quality + components.bias + components.noise)
        known = [Portrait(0.0, usual)] * len(panel.reviewers)
    frame = Frame(
        method=method,
        least=least,
        most=most,
        centre=to_cents(float(least) + components.centre * unit),
    )
    agreed = {
        panel.outcomes[number]: _agreed(
            panel.outcomes[number],
            [panel.ratings[review] for review in panel.reviews_of[number]],
            opinion,
            anchors.get(panel.outcomes[number]),
            frame,
        )
        for number, opinion in enumerate(opinions)
    }
    weights: dict[str, list[Decimal]] = {name: [] for name in panel.reviewers}
    for one in agreed.values():
        for counted in one.reviews:
            weights[counted.reviewer].append(counted.weight)
    reviewers = {
        name: Reviewer(
            reviewer=name,
            bias=to_cents(portrait.bias * unit),
            reliability=to_share(portrait.reliability),
            weight=to_share(float(sum(weights[name]) / len(weights[name]))),
            reviews=len(weights[name]),
            suspicions=portrait.suspicions,
        )
        for name, portrait in zip(panel.reviewers, known, strict=True)
    }
    return Cohort(
        MappingProxyType(dict(sorted((alone | agreed).items()))),
        MappingProxyType(reviewers),
        _reliability(components, opinions),
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """What all outcomes of a cohort share; `centre` on the scale."""

    method: Method
    least: Decimal
    most: Decimal
    centre: Decimal

    @property
    def unit(self) -> float:
        """Marks of the scale to one of 0–100."""
        return float(self.most - self.least) / 100


def _agreed(
    outcome: str,
    rows: Sequence[Rating],
    opinion: Opinion,
    anchor: Decimal | None,
    frame: Frame,
) -> Agreed:
    """One outcome as it is published; `rows` by reviewer."""
    *each, centre_weight, anchor_weight = shares([*opinion.weights, opinion.centre, opinion.anchor])
    counted = tuple(
        Counted(row.reviewer, row.mark, to_cents(bias * frame.unit), weight)
        for row, bias, weight in zip(rows, opinion.biases, each, strict=True)
    )
    marks = [row.mark for row in rows]
    if frame.method == "reliability":
        mark = _total(counted, frame.centre, centre_weight, anchor, anchor_weight)
        widen = anchor if opinion.anchor else None
        least, most = bounds(marks, widen, frame.least, frame.most)
        mark = min(max(mark, least), most)
    else:
        mark = plain_mark(marks, frame.method)
    low, high = _interval(mark, opinion.variance, frame)
    return Agreed(
        outcome=outcome,
        mark=mark,
        low=low,
        high=high,
        spread=max(marks) - min(marks),
        reviews=counted,
        centre=frame.centre,
        centre_weight=centre_weight,
        anchor=anchor,
        anchor_weight=anchor_weight,
    )


def _total(
    reviews: Iterable[Counted],
    centre: Decimal,
    centre_weight: Decimal,
    anchor: Decimal | None,
    anchor_weight: Decimal,
) -> Fraction:
    total = Fraction(centre) * Fraction(centre_weight)
    if anchor is not None:
        total += Fraction(anchor) * Fraction(anchor_weight)
    for one in reviews:
        total += Fraction(one.weight) * (Fraction(one.mark) - Fraction(one.bias))
    return total


def _interval(mark: Fraction, variance: float | None, frame: Frame) -> tuple[Decimal, Decimal]:
    """About the mark, within the scale; all of the scale where nothing is known."""
    least, most = float(frame.least), float(frame.most)
    if variance is None:
        return to_cents(least), to_cents(most)
    reach = NINE_OF_TEN_BELIEVED if frame.method == "reliability" else NINE_OF_TEN
    half = reach * sqrt(variance) * frame.unit
    return to_cents(max(float(mark) - half, least)), to_cents(min(float(mark) + half, most))


def _reliability(components: Components, opinions: Sequence[Opinion]) -> Decimal | None:
    """The share of the truth in the variance of the marks; of shrunken ones, what is left of it."""
    variances = [opinion.variance for opinion in opinions]
    known = [variance for variance in variances if variance is not None]
    if len(known) < 2:
        return None
    error = fsum(known) / len(known)
    if any(opinion.centre for opinion in opinions):
        return to_share(1 - error / components.quality)
    return to_share(components.quality / (components.quality + error))


def _unreviewed(panel: Panel, anchors: Mapping[str, Decimal]) -> dict[str, Agreed]:
    """Outcomes with a staff mark alone."""
    return {
        name: Agreed(
            outcome=name,
            mark=Fraction(anchors[name]),
            low=to_cents(float(anchors[name])),
            high=to_cents(float(anchors[name])),
            spread=ZERO,
            reviews=(),
            centre=ZERO,
            centre_weight=ZERO,
            anchor=anchors[name],
            anchor_weight=ONE,
        )
        for name in sorted(set(anchors) - set(panel.outcomes))
    }
