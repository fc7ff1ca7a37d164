"""Reviews and marks as they were given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Literal, NamedTuple

from services.assessment.domain.scheme import HUNDRED, Criterion

LEAST = Decimal(0)


@dataclass(frozen=True, slots=True)
class Review:
    """A peer's marks for an outcome: criterion code → 0–100. The ids are enrollments'."""

    id: str
    author_id: str
    reviewer_id: str
    submitted_at: datetime
    marks: Mapping[str, Decimal] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Marking:
    """An author's or a staff member's marks for an outcome: criterion code → 0–100."""

    id: str
    marked_at: datetime
    marks: Mapping[str, Decimal] = field(hash=False)


class Decision(NamedTuple):
    """An outcome's whole mark, 0–100, as somebody has set it."""

    id: str
    decided_at: datetime
    mark: Decimal
    by: Literal["appeal", "override"]


class Given(NamedTuple):
    """A review that was given: its value, and what was agreed on its outcome."""

    value: Decimal
    agreed: Fraction


def standing_reviews(reviews: Iterable[Review]) -> frozenset[Review]:
    """Each reviewer's latest review of an outcome; equal times go to the larger id."""
    by_age = sorted(reviews, key=lambda review: (review.submitted_at, review.id))
    latest = {(review.author_id, review.reviewer_id): review for review in by_age}
    return frozenset(latest.values())


def standing_marking(markings: Iterable[Marking]) -> Marking | None:
    """The latest marking, equal times going to the larger id; None without any."""
    return max(markings, key=lambda marking: (marking.marked_at, marking.id), default=None)


def standing_decision(decisions: Iterable[Decision]) -> Decision | None:
    """The latest decision, equal times going to the larger id; None without any."""
    return max(decisions, key=lambda decision: (decision.decided_at, decision.id), default=None)


def value(marks: Mapping[str, Decimal], rubric: Iterable[Criterion]) -> Decimal:
    """The marks weighed by the rubric, 0–100: the sum of weight × mark / 100, not rounded.

    A criterion without a mark counts 0 and a mark without a criterion
    nothing; a mark outside 0–100 counts as the nearer bound. Exact for
    rubrics that `check_scheme` lets through: two places of the weight and
    nine of the mark stay below the 28 digits of a decimal.
    """
    total = LEAST
    for line in rubric:
        total += line.weight * min(max(marks.get(line.code, LEAST), LEAST), HUNDRED)
    return total / HUNDRED


def values(reviews: Iterable[Review], rubric: Sequence[Criterion]) -> list[Decimal]:
    """The values of the standing reviews, smallest first, so that none points to its reviewer."""
    return sorted(value(review.marks, rubric) for review in standing_reviews(reviews))


def provisional(reviews: Iterable[Review], rubric: Sequence[Criterion]) -> Fraction | None:
    """The median of the standing reviews' values, 0–100; None without a review.

    A fraction, because whoever compares must not compare something rounded.
    """
    exact = [Fraction(each) for each in values(reviews, rubric)]
    return median(exact) if exact else None
