"""Reasons to look at a reviewer; none is a proof, and none changes a mark."""

from collections import Counter
from itertools import combinations
from math import sqrt

from services.assessment.domain.consensus.inference import Settled
from services.assessment.domain.consensus.kinds import KINDS, SAME
from services.assessment.domain.consensus.panel import Panel

CODES = ("same_mark", "noise", "collusion")
LEAST_REVIEWS = 3
LIKELY = 0.5
FAR = 2.0


def suspicions(panel: Panel, settled: Settled) -> list[tuple[str, ...]]:
    """By reviewer, codes in the order of `CODES`.

    `same_mark`: three outcomes or more, one mark for all, and more likely than
    not of the kind that does so. `noise`: three or more, more likely than not
    of a kind that does not follow the outcomes. `collusion`: far above what
    the others say on two outcomes together with the same other reviewer, or,
    where reviewers and outcomes bear the same ids, two on each other's outcome.
    """
    allied = _allied(_generous(panel, settled))
    found = []
    for reviewer, reviews in enumerate(panel.reviews_by):
        kinds = settled.kinds[reviewer]
        idle = sum(chance for chance, kind in zip(kinds, KINDS, strict=True) if not kind.follows)
        enough = len(reviews) >= LEAST_REVIEWS
        same = len({panel.ratings[review].mark for review in reviews}) == 1
        reasons = (
            enough and same and kinds[SAME] > LIKELY,
            enough and not same and idle > LIKELY,
            panel.reviewers[reviewer] in allied,
        )
        found.append(tuple(code for code, holds in zip(CODES, reasons, strict=True) if holds))
    return found


def _allied(generous: set[tuple[str, str]]) -> set[str]:
    """Reviewers who are generous to each other, or to two outcomes with the same companion."""
    givers: dict[str, list[str]] = {}
    for reviewer, outcome in sorted(generous):
        givers.setdefault(outcome, []).append(reviewer)
    together = Counter(pair for names in givers.values() for pair in combinations(names, 2))
    companions = {name for pair, times in together.items() if times > 1 for name in pair}
    return companions | {
        reviewer for reviewer, outcome in generous if (outcome, reviewer) in generous
    }


def _generous(panel: Panel, settled: Settled) -> set[tuple[str, str]]:
    """Reviewer and outcome where the mark is far above what the others agree on."""
    beliefs, messages = settled.beliefs, settled.messages
    pairs = set()
    for review, outcome in enumerate(panel.outcome_of):
        weight = messages.precision[review]
        precision = beliefs.precision[outcome] - weight
        corrected = panel.marks[review] - messages.bias[review]
        above = corrected - (beliefs.pull[outcome] - weight * corrected) / precision
        if above > FAR * sqrt(1 / precision + settled.components.noise):
            pairs.add((panel.ratings[review].reviewer, panel.ratings[review].outcome))
    return pairs
