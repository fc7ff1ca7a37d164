"""Who takes part in a program: who was of its audience at some time of it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from services.enrollment.domain.audience import below
from services.enrollment.domain.words import CATEGORIES, STAGES

EVER = "0001-01-01"
FOREVER = "9999-12-31"


class Since(NamedTuple):
    """Something that holds from an ISO day on: a category entered, or a path moved to."""

    day: str
    what: str


class Span(NamedTuple):
    """Something that holds from one ISO day to before another."""

    first: str
    until: str
    what: str


def spans(changes: Iterable[Since]) -> list[Span]:
    """Each change holds until the next; of several on one day the largest stands."""
    latest = dict(sorted(set(changes)))
    days = [*sorted(latest), FOREVER]
    return [Span(day, until, latest[day]) for day, until in pairwise(days)]


def category_spans(entered: Iterable[Since]) -> list[Span]:
    """A stage holds until the next stage; a duty, once entered, stays beside it."""
    known = frozenset(entered)
    order = list(STAGES.values())
    stages = {(one.day, order.index(one.what)): one.what for one in known if one.what in order}
    last_of_day = {day: stages[day, rank] for day, rank in sorted(stages)}
    return [
        *spans(Since(day, stage) for day, stage in last_of_day.items()),
        *(Span(one.day, FOREVER, one.what) for one in sorted(known) if one.what not in order),
    ]


def place_spans(placed: Iterable[Since]) -> list[Span]:
    """Where a member was; of the time before the first known place it is taken to be there."""
    known = spans(placed)
    return [known[0]._replace(first=EVER), *known[1:]] if known else []


def eligible(
    entered: Iterable[Since], placed: Iterable[Since], program: Mapping[str, Any]
) -> tuple[str, str] | None:
    """The category and organization path with which a member belongs to a program, or None.

    `program` is the data of a published version. A member belongs who, on some
    day of the program, was of one of its categories in one of its
    organizations; so it does not matter in which order this became known.
    Of several categories the first of CATEGORIES is taken, of several paths
    the last.
    """
    audience = program["audience"]
    found = [
        (CATEGORIES.index(category.what), category.what, place.first, place.what)
        for category in category_spans(entered)
        if category.what in audience["categories"]
        for place in place_spans(placed)
        if any(below(place.what, top) for top in audience["paths"])
        and overlap((category, place), program["starts_on"], program["ends_on"])
    ]
    if not found:
        return None
    first = min(rank for rank, *_ in found)
    _, category, _, path = max(one for one in found if one[0] == first)
    return category, path


def overlap(held: Sequence[Span], starts_on: str, ends_on: str) -> bool:
    """Whether all of these hold together on some day from one day to another, both included."""
    first = max(starts_on, *(span.first for span in held))
    return first <= ends_on and first < min(span.until for span in held)
