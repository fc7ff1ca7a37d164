"""Reasons to look at a reviewer; none is a proof, and none changes a mark."""

from math import sqrt

from services.assessment.domain.consensus.inference import Settled
from services.assessment.domain.consensus.kinds import KINDS, SAME
from services.assessment.domain.consensus.panel import Panel

CODES = ("same_mark", "noise", "collusion")
LEAST_REVIEWS = 3
LIKELY = 0.5
FAR = 2.0
LEAST_GIFT = 10.0


def suspicions(panel: Panel, settled: Settled) -> list[tuple[str, ...]]:
    """By reviewer, codes in the order of `CODES`.

    `same_mark`: three outcomes or more, one mark for all, and more likely than
    not of the kind that does so. `noise`: three or more, more likely than not
    of a kind that does not follow the outcomes. `collusion`: where reviewers
    and outcomes bear the same ids, two who are each far more generous to the
    other's outcome than to the rest of what they review.
    """
    generous = _generous(panel, settled)
    mutual = {name for name, outcome in generous if (outcome, name) in generous}
    found = []
    for reviewer, reviews in enumerate(panel.reviews_by):
        kinds = settled.kinds[reviewer]
        idle = sum(chance for chance, kind in zip(kinds, KINDS, strict=True) if not kind.follows)
        enough = len(reviews) >= LEAST_REVIEWS
        same = len({panel.ratings[review].mark for review in reviews}) == 1
        reasons = (
            enough and same and kinds[SAME] > LIKELY,
            enough and not same and idle > LIKELY,
            panel.reviewers[reviewer] in mutual,
        )
        found.append(tuple(code for code, holds in zip(CODES, reasons, strict=True) if holds))
    return found


def _generous(panel: Panel, settled: Settled) -> set[tuple[str, str]]:
    """Reviewer and outcome where the mark, bias removed, is far above what the others say."""
    beliefs, messages = settled.beliefs, settled.messages
    pairs = set()
    for review, outcome in enumerate(panel.outcome_of):
        weight = messages.precision[review]
        precision = beliefs.precision[outcome] - weight
        corrected = panel.marks[review] - messages.bias[review]
        above = corrected - (beliefs.pull[outcome] - weight * corrected) / precision
        if above > max(FAR * sqrt(1 / precision + settled.components.noise), LEAST_GIFT):
            pairs.add((panel.ratings[review].reviewer, panel.ratings[review].outcome))
    return pairs
