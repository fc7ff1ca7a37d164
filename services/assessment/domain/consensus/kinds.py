"""The kinds of reviewers a cohort is taken to be mixed of."""

from typing import NamedTuple


class Kind(NamedTuple):
    """How reviewers of this kind mark.

    Who `follows` an outcome gives its quality, plus a bias of their own, plus
    noise; who does not gives the centre of the cohort, plus a level of their
    own, plus noise, and tells nothing of the outcome. `noise` and `bias` are
    variances relative to the cohort's (`bias` of those who do not follow: of
    the level). A `share` is how many reviewers are of the kind before any is seen.
    """

    follows: bool
    noise: float
    bias: float
    share: float


KINDS = (
    Kind(True, 0.6, 1.0, 0.425),
    Kind(True, 1.6, 1.0, 0.425),
    Kind(False, 0.0, 2.0, 0.05),
    Kind(False, 1.5, 2.0, 0.05),
    Kind(False, 5.0, 2.0, 0.05),
)
FOLLOWING = tuple(number for number, kind in enumerate(KINDS) if kind.follows)
SAME = next(number for number, kind in enumerate(KINDS) if not kind.noise)
