"""What one reviewer's reviews say of them, and what each then says of its outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import NamedTuple

from services.assessment.domain.consensus.components import Components
from services.assessment.domain.consensus.kinds import FOLLOWING, KINDS

LEAST_NOISE = 0.3
LEAST_PRECISION = 1e-6
NEGLIGIBLE = 1e-3


class Seen(NamedTuple):
    """One review beside what the others say of its outcome.

    `above` is the mark minus their mean, `variance` of that mean, `level` the
    mark minus the cohort's centre.
    """

    above: float
    variance: float
    level: float


@dataclass(frozen=True, slots=True)
class Found:
    """Of a reviewer: the bias, the probability of each kind, and by review what it tells.

    `bias_square` and `noise_square` are what the reviewer adds to the sums of
    the variances of bias and noise, `following` and `noise_count` to their counts.
    """

    bias: float
    kinds: tuple[float, ...]
    biases: list[float]
    precisions: list[float]
    bias_square: float
    noise_square: float
    following: float
    noise_count: float


class Fit(NamedTuple):
    """A kind held against the reviews: `noise` and `bias` its variances, then sums over them.

    `precisions` of each review about the bias, their sum `precision`, and
    `pull`, the sum of precision × what is above.
    """

    noise: float
    bias: float
    precisions: list[float]
    precision: float
    pull: float


def look(seen: Sequence[Seen], components: Components) -> Found:
    """Every kind held against the reviews of one reviewer, and what follows."""
    fits: list[Fit] = []
    scores: list[float] = []
    for kind, share in zip(KINDS, components.shares, strict=True):
        noise = max(kind.noise * components.noise, LEAST_NOISE)
        bias = kind.bias * components.bias
        if kind.follows:
            precisions = [1 / (noise + one.variance) for one in seen]
            values = [one.above for one in seen]
        else:
            precisions = [1 / noise for _ in seen]
            values = [one.level for one in seen]
        precision = pull = square = 0.0
        for part, value in zip(precisions, values, strict=True):
            precision += part
            pull += part * value
            square += part * value * value
        score = sum(map(log, precisions)) - log(1 + bias * precision)
        score += pull * pull / (1 / bias + precision) - square
        scores.append(log(share) + score / 2)
        fits.append(Fit(noise, bias, precisions, precision, pull))
    top = max(scores)
    likely = [exp(score - top) for score in scores]
    total = sum(likely)
    return _tell(seen, fits, [one / total for one in likely])


def _tell(seen: Sequence[Seen], fits: Sequence[Fit], kinds: Sequence[float]) -> Found:
    size = len(seen)
    precisions = [0.0] * size
    pulls = [0.0] * size
    bias_square = noise_square = following = noise_count = own = 0.0
    for number in FOLLOWING:
        chance = kinds[number]
        if chance < NEGLIGIBLE:
            continue
        fit = fits[number]
        mine = 1 / fit.bias + fit.precision
        bias = fit.pull / mine
        own += chance * bias
        following += chance
        bias_square += chance * (bias * bias + 1 / mine) / KINDS[number].bias
        scatter = 0.0
        for place, (above, _, _) in enumerate(seen):
            part = fit.precisions[place]
            others = mine - part
            weight = chance / (fit.noise + 1 / others)
            precisions[place] += weight
            pulls[place] += weight * (fit.pull - part * above) / others
            kept = fit.noise * part
            error = kept * (above - bias)
            scatter += error * error + fit.noise * (1 - kept) + kept * kept / mine
        noise_square += chance * scatter / KINDS[number].noise
        noise_count += chance * size
    biases = [
        pull / precision if precision else 0.0
        for pull, precision in zip(pulls, precisions, strict=True)
    ]
    return Found(
        bias=own / following if following else 0.0,
        kinds=tuple(kinds),
        biases=biases,
        precisions=[max(precision, LEAST_PRECISION) for precision in precisions],
        bias_square=bias_square,
        noise_square=noise_square,
        following=following,
        noise_count=noise_count,
    )
