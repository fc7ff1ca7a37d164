"""The dates of a program version, which may move after publication."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from services.assessment.domain.program import Program


class Amendment(NamedTuple):
    """What moved; `data` is that of an `enrollment.program_amended.v1`."""

    at: datetime
    id: str
    data: Mapping[str, Any]


class Dates(NamedTuple):
    """When outcomes are due, enter the pool, staff stands in, and reviews are due."""

    outcomes_due: datetime
    pooled_at: datetime
    stand_in_at: datetime
    reviews_due: datetime


def dates(program: Program, amendments: Iterable[Amendment]) -> Dates:
    """The dates that stand: of each the one told last, equal times going to the larger id."""
    outcomes, reviews = program.outcomes_due, program.reviews_due
    for amendment in sorted(amendments, key=lambda one: (one.at, one.id)):
        outcomes = moment(amendment.data.get("outcomes_due")) or outcomes
        reviews = moment(amendment.data.get("reviews_due")) or reviews
    scheme = program.scheme
    return Dates(
        outcomes,
        outcomes + timedelta(minutes=scheme.grace_minutes),
        max(outcomes, reviews - timedelta(days=scheme.stand_in_days)),
        reviews,
    )


def review_due(assigned_at: datetime, days: int, known: Dates) -> datetime:
    """When a review asked for now is asked of another: at the latest when staff stands in.

    A program whose reviews last less than two times `days` leaves half of the
    time to whoever is asked second.
    """
    last = max(known.stand_in_at, assigned_at)
    return min(assigned_at + min(timedelta(days=days), (last - assigned_at) / 2), last)


def moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written).astimezone(UTC) if written else None
