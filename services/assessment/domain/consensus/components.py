"""Where the marks of a cohort differ: centre, true quality, bias, noise."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum

from services.assessment.domain.consensus.kinds import KINDS
from services.assessment.domain.consensus.panel import Panel

LEAST_WITHIN = 1.0
# Of the variance within outcomes: the rest is taken for that of the careless.
TAKEN = 0.4
# Staff err by about 2.5 of 100, and one of them is worth four reviews without bias at least.
STAFF_VARIANCE = 2.5**2
STAFF_WORTH = 4


@dataclass(frozen=True, slots=True)
class Components:
    """What a cohort is taken for; marks on 0–100, variances in their squares.

    `centre` and `quality` are mean and variance of the true qualities, `bias`
    of reviewers' biases, `noise` of a review beside its bias, `shares` of the
    kinds of reviewers.
    """

    centre: float
    quality: float
    bias: float
    noise: float
    shares: tuple[float, ...]

    @property
    def staff(self) -> float:
        """The variance of a staff mark about the true quality."""
        return min(STAFF_VARIANCE, self.noise / STAFF_WORTH)


def first_components(panel: Panel) -> Components:
    """By the analysis of variance with one factor, before reviewers are told apart.

    The variance within outcomes is that of bias and noise together; what the
    means of the outcomes differ more than it explains is quality.
    """
    within = variance_within(panel) or LEAST_WITHIN
    centre = fsum(panel.marks) / len(panel.marks)
    means = [mean_of(panel, reviews) for reviews in panel.reviews_of]
    between = fsum((mean - centre) ** 2 for mean in means) / max(len(means) - 1, 1)
    within = max(within, LEAST_WITHIN)
    each = len(panel.marks) / len(means)
    return Components(
        centre=centre,
        quality=max(between - within / each, within / 8),
        bias=TAKEN * within,
        noise=TAKEN * within,
        shares=tuple(kind.share for kind in KINDS),
    )


def variance_within(panel: Panel) -> float | None:
    """The pooled variance of an outcome's marks about their mean; None without two of one."""
    squares: list[float] = []
    freedom = 0
    for reviews in panel.reviews_of:
        mean = mean_of(panel, reviews)
        squares += [(panel.marks[review] - mean) ** 2 for review in reviews]
        freedom += len(reviews) - 1
    return fsum(squares) / freedom if freedom else None


def mean_of(panel: Panel, reviews: Iterable[int]) -> float:
    marks = [panel.marks[review] for review in reviews]
    return fsum(marks) / len(marks)
