"""When outcomes and reviews are due."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.assessment.domain.dates import Amendment, Dates, dates, review_due

from .builders import id_, program

OUTCOMES = datetime(2024, 5, 31, 15, 59, 59, tzinfo=UTC)
REVIEWS = datetime(2024, 6, 15, 15, 59, 59, tzinfo=UTC)


def moved(day: int, number: int = 1, **data: Any) -> Amendment:
    return Amendment(datetime(2024, 4, day, tzinfo=UTC), id_(number), data)


def test_the_pool_opens_after_the_grace_and_staff_stands_in_before_the_end():
    found = dates(program(grace_minutes=90, stand_in_days=2), ())
    assert found == Dates(
        OUTCOMES, OUTCOMES + timedelta(minutes=90), REVIEWS - timedelta(days=2), REVIEWS
    )


def test_staff_never_stands_in_before_outcomes_are_due():
    assert dates(program(stand_in_days=99), ()).stand_in_at == OUTCOMES


def test_of_two_amendments_the_later_counts_and_of_equal_ones_the_larger_id():
    early = moved(1, outcomes_due="2024-05-01T00:00:00Z", reviews_due="2024-07-01T00:00:00+08:00")
    late = moved(2, outcomes_due="2024-06-01T00:00:00Z")
    twin = moved(2, 2, outcomes_due="2024-06-02T00:00:00Z")
    found = dates(program(), [twin, late, early])
    assert found.outcomes_due == datetime(2024, 6, 2, tzinfo=UTC)
    assert found.reviews_due == datetime(2024, 6, 30, 16, tzinfo=UTC)


def test_a_review_is_due_after_its_days_but_leaves_half_of_a_short_time_to_a_second():
    known = dates(program(stand_in_days=1), ())
    opened = OUTCOMES
    assert review_due(opened, 3, known) == opened + timedelta(days=3)
    assert review_due(opened, 10, known) == opened + timedelta(days=7)
    assert review_due(REVIEWS, 3, known) == REVIEWS
