"""What a cohort's reviews say of its outcomes, and its outcomes of the reviewers.

Beliefs travel along the reviews (belief propagation, Pearl 1988; for peer
marks "Vancouver", de Alfaro and Shavlovsky 2014): what a reviewer learns of an
outcome leaves their own review of it out, and what an outcome learns of a
reviewer leaves their review of it out, so that no mark testifies for itself.
The model of a mark is PG1 of Piech et al. 2013, with kinds of reviewers in the
place of one prior of their precision (Zarkoob et al. 2023 for those who give no
effort).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.assessment.domain.consensus.components import Components, first_components
from services.assessment.domain.consensus.kinds import KINDS
from services.assessment.domain.consensus.panel import Panel
from services.assessment.domain.consensus.reviewing import Found, Seen, look

# More come no nearer the truth, and make a class that rates everything too sure of itself.
ROUNDS = 3
QUALITY_PRIOR = 4.0
PARTS_PRIOR = 10.0
SHARES_PRIOR = 20.0


@dataclass(frozen=True, slots=True)
class Messages:
    """What each review says of its outcome: by how much its bias is, and how precisely."""

    bias: list[float]
    precision: list[float]


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Of each outcome: the precision (1 / variance) of the belief, and precision × mean."""

    precision: list[float]
    pull: list[float]


@dataclass(frozen=True, slots=True)
class Settled:
    """What the rounds end with; `kinds` is the probability of each kind by reviewer."""

    components: Components
    messages: Messages
    beliefs: Beliefs
    biases: tuple[float, ...]
    kinds: tuple[tuple[float, ...], ...]


def settle(panel: Panel) -> Settled:
    """Beliefs after a fixed number of rounds; the panel has at least one review."""
    start = components = first_components(panel)
    told = 1 / (components.bias + components.noise)
    size = len(panel.marks)
    messages = Messages([0.0] * size, [told] * size)
    beliefs = believe(panel, messages, components)
    found: list[Found] = []
    for _ in range(ROUNDS):
        messages, found = listen(panel, messages, beliefs, components)
        components = learn(panel, beliefs, found, components, start)
        beliefs = believe(panel, messages, components)
    return Settled(
        components=components,
        messages=messages,
        beliefs=beliefs,
        biases=tuple(one.bias for one in found),
        kinds=tuple(one.kinds for one in found),
    )


def believe(panel: Panel, messages: Messages, components: Components) -> Beliefs:
    """What is believed of each outcome: the centre, the staff mark and every review together."""
    prior = 1 / components.quality
    precision = [prior] * len(panel.outcomes)
    pull = [prior * components.centre] * len(panel.outcomes)
    for outcome, anchor in panel.anchors.items():
        precision[outcome] += 1 / components.staff
        pull[outcome] += anchor / components.staff
    for review, outcome in enumerate(panel.outcome_of):
        weight = messages.precision[review]
        precision[outcome] += weight
        pull[outcome] += weight * (panel.marks[review] - messages.bias[review])
    return Beliefs(precision, pull)


def listen(
    panel: Panel, messages: Messages, beliefs: Beliefs, components: Components
) -> tuple[Messages, list[Found]]:
    """Every reviewer looked at once, and what their reviews say by it."""
    size = len(panel.marks)
    told = Messages([0.0] * size, [0.0] * size)
    found: list[Found] = []
    for reviews in panel.reviews_by:
        seen = [without(panel, messages, beliefs, components, review) for review in reviews]
        one = look(seen, components)
        found.append(one)
        told.bias[reviews.start : reviews.stop] = one.biases
        told.precision[reviews.start : reviews.stop] = one.precisions
    return told, found


def without(
    panel: Panel, messages: Messages, beliefs: Beliefs, components: Components, review: int
) -> Seen:
    """A review beside what is believed of its outcome without it."""
    outcome, mark, weight = (
        panel.outcome_of[review],
        panel.marks[review],
        messages.precision[review],
    )
    precision = beliefs.precision[outcome] - weight
    mean = (beliefs.pull[outcome] - weight * (mark - messages.bias[review])) / precision
    return Seen(mark - mean, 1 / precision, mark - components.centre)


def learn(
    panel: Panel,
    beliefs: Beliefs,
    found: Sequence[Found],
    known: Components,
    start: Components,
) -> Components:
    """The components by what was found, held near the first ones while the cohort is small."""
    prior = 1 / known.quality
    shared = told = 0.0
    spread = QUALITY_PRIOR * start.quality
    for precision, pull in zip(beliefs.precision, beliefs.pull, strict=True):
        own = max(precision - prior, 1e-9)
        weight = 1 / (known.quality + 1 / own)
        shared += weight
        told += weight * (pull - prior * known.centre) / own
        spread += (pull / precision - known.centre) ** 2 + 1 / precision
    bias = PARTS_PRIOR * start.bias + sum(one.bias_square for one in found)
    bias_count = PARTS_PRIOR + sum(one.following for one in found)
    noise = 3 * PARTS_PRIOR * start.noise + sum(one.noise_square for one in found)
    noise_count = 3 * PARTS_PRIOR + sum(one.noise_count for one in found)
    return replace(
        known,
        centre=told / shared,
        quality=spread / (QUALITY_PRIOR + len(panel.outcomes)),
        bias=bias / bias_count,
        noise=noise / noise_count,
        shares=tuple(
            (SHARES_PRIOR * kind.share + sum(one.kinds[number] for one in found))
            / (SHARES_PRIOR + len(found))
            for number, kind in enumerate(KINDS)
        ),
    )
