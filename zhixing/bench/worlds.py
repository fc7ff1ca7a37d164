"""Cohorts made up: true qualities, reviewers good and bad, and the marks they give."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Literal

from services.assessment.domain.consensus import Rating

LEAST, MOST = 0.0, 100.0
INFLATION = 15.0
CONSTANT = (78.0, 8.0)
AROUND = (75.0, 10.0)
UNIFORM = (50.0, 100.0)
STAFF_NOISE = 2.5
HEAVY_FREEDOM = 3
COARSE_STEP = 12.5
COARSE_FROM = 50.0


@dataclass(frozen=True, slots=True)
class World:
    """What reviewers are like; marks on 0–100.

    Every reviewer has a bias (s.d. `bias`) and noise (s.d. `noise`; `uneven`:
    drawn from 2–12 by reviewer; `heavy`: Student's t of three degrees). A part
    is `careless` and gives one mark to all (`same`), anything from 50 to 100
    (`uniform`), about 75 (`around`), or one of the first two (`mixed`); another
    part is `colluding` and adds 15, for each other (`friends`), for all they
    review (`everybody`), or for each other as neighbours of the circle (`ring`).
    `staff` is the part of outcomes with a staff mark; `coarse` marks are 1–5.
    """

    careless: float = 0.15
    idleness: Literal["mixed", "same", "uniform", "around"] = "mixed"
    colluding: float = 0.10
    collusion: Literal["friends", "everybody", "ring"] = "friends"
    bias: float = 6.0
    noise: float = 6.0
    shape: Literal["normal", "heavy", "uneven"] = "normal"
    quality: float = 9.0
    centre: float = 75.0
    staff: float = 0.0
    coarse: bool = False


@dataclass(frozen=True, slots=True)
class Simulated:
    """A cohort's ratings, what is true of its outcomes, staff marks, and the scale."""

    ratings: tuple[Rating, ...]
    truth: Mapping[str, float]
    staff: Mapping[str, Decimal]
    least: Decimal
    most: Decimal


def simulate(draw: random.Random, size: int, reviews: int, world: World) -> Simulated:
    """`size` people on a random circle, each reviewing the `reviews` behind them."""
    qualities = [_within(draw.gauss(world.centre, world.quality)) for _ in range(size)]
    circle = draw.sample(range(size), size)
    careless, colluding = _bad(draw, circle, world)
    biases = [draw.gauss(0, world.bias) for _ in range(size)]
    noises = [draw.uniform(2, 12) if world.shape == "uneven" else world.noise for _ in range(size)]
    same = [draw.gauss(*CONSTANT) for _ in range(size)]
    idleness = [
        draw.choice(("same", "uniform")) if world.idleness == "mixed" else world.idleness
        for _ in range(size)
    ]
    ratings = []
    for place, author in enumerate(circle):
        for step in range(1, reviews + 1):
            reviewer = circle[(place + step) % size]
            if reviewer in careless:
                mark = _idle(draw, idleness[reviewer], same[reviewer])
            else:
                mark = qualities[author] + biases[reviewer]
                mark += noises[reviewer] * _error(draw, world.shape)
                if reviewer in colluding and (
                    author in colluding or world.collusion == "everybody"
                ):
                    mark += INFLATION
            ratings.append(Rating(str(reviewer), str(author), _given(mark, world.coarse)))
    count = max(round(size * world.staff), 1) if world.staff else 0
    judged = draw.sample(range(size), count)
    marked = {each: _within(qualities[each] + draw.gauss(0, STAFF_NOISE)) for each in judged}
    return Simulated(
        ratings=tuple(ratings),
        truth={str(each): _scaled(mark, world.coarse) for each, mark in enumerate(qualities)},
        staff={
            str(each): Decimal(f"{_within(_scaled(mark, world.coarse), world.coarse):.1f}")
            for each, mark in marked.items()
        },
        least=Decimal(1 if world.coarse else 0),
        most=Decimal(5 if world.coarse else 100),
    )


def _bad(draw: random.Random, circle: list[int], world: World) -> tuple[set[int], set[int]]:
    """Who is careless and who colludes; nobody is both."""
    size = len(circle)
    careless, colluding = round(size * world.careless), round(size * world.colluding)
    drawn = draw.sample(range(size), size)
    if world.collusion == "ring":
        friends = set(circle[:colluding])
        return set(drawn[:careless]) - friends, friends
    return set(drawn[:careless]), set(drawn[careless : careless + colluding])


def _idle(draw: random.Random, idleness: str, same: float) -> float:
    if idleness == "same":
        return same
    return draw.uniform(*UNIFORM) if idleness == "uniform" else draw.gauss(*AROUND)


def _error(draw: random.Random, shape: str) -> float:
    error = draw.gauss(0, 1)
    if shape != "heavy":
        return error
    return error / sqrt(sum(draw.gauss(0, 1) ** 2 for _ in range(HEAVY_FREEDOM)) / HEAVY_FREEDOM)


def _given(mark: float, coarse: bool) -> Decimal:
    if coarse:
        return Decimal(round(_within(_scaled(mark, coarse), coarse)))
    return Decimal(f"{_within(mark):.1f}")


def _scaled(mark: float, coarse: bool) -> float:
    """The mark on the scale of the cohort: of the coarse one, 50 is 1 and 100 is 5."""
    return (mark - COARSE_FROM) / COARSE_STEP + 1 if coarse else mark


def _within(mark: float, coarse: bool = False) -> float:
    return min(max(mark, 1.0), 5.0) if coarse else min(max(mark, LEAST), MOST)
