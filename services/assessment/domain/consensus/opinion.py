"""A consensus in floats, before it is published."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opinion:
    """Of one outcome, by its reviews: relative weights, and biases on 0–100.

    `centre` and `anchor` are the relative weights of the cohort's centre and
    of the staff mark; `variance` that of the consensus about the true quality,
    on 0–100, None where it cannot be told.
    """

    weights: list[float]
    biases: list[float]
    centre: float
    anchor: float
    variance: float | None


@dataclass(frozen=True, slots=True)
class Portrait:
    """Of one reviewer: bias on 0–100, reliability 0–1, codes of suspicions."""

    bias: float
    reliability: float
    suspicions: tuple[str, ...] = ()
