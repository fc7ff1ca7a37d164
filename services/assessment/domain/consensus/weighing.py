"""What settled beliefs say of outcomes and reviewers."""

from math import fsum

from services.assessment.domain.consensus.inference import Settled
from services.assessment.domain.consensus.kinds import KINDS
from services.assessment.domain.consensus.opinion import Opinion, Portrait
from services.assessment.domain.consensus.panel import Panel
from services.assessment.domain.consensus.suspicions import suspicions


def weighed_opinions(panel: Panel, settled: Settled, anchors_count: bool) -> list[Opinion]:
    """By outcome: what each review, the centre and the staff mark weigh, by their precisions."""
    prior = 1 / settled.components.quality
    found = []
    for outcome, reviews in enumerate(panel.reviews_of):
        counts = anchors_count and outcome in panel.anchors
        anchor = 1 / settled.components.staff if counts else 0.0
        weights = [settled.messages.precision[review] for review in reviews]
        biases = [settled.messages.bias[review] for review in reviews]
        variance = 1 / (fsum(weights) + prior + anchor)
        found.append(Opinion(weights, biases, prior, anchor, variance))
    return found


def portraits(panel: Panel, settled: Settled) -> list[Portrait]:
    """By reviewer; reliable is who follows, and with little noise beside the quality's variance."""
    quality, noise = settled.components.quality, settled.components.noise
    return [
        Portrait(
            bias=bias,
            reliability=fsum(
                chance * quality / (quality + kind.noise * noise)
                for chance, kind in zip(kinds, KINDS, strict=True)
                if kind.follows
            ),
            suspicions=suspected,
        )
        for bias, kinds, suspected in zip(
            settled.biases, settled.kinds, suspicions(panel, settled), strict=True
        )
    ]
