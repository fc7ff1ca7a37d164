"""`zhixing bench consensus`: how near the truth the consensus comes.

Root mean square error against the true qualities over simulated cohorts, by
`reliability` and, as the baseline, by the mean and the median of the same marks.
"""

import random
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, sqrt
from statistics import median
from typing import Any

from services.assessment.domain.consensus import agree
from zhixing.bench.worlds import Simulated, World, simulate

COHORTS = 40
SIZES = (12, 30, 100, 500)
REVIEWS = (3, 5)
MAIN = ("base", "staff", "honest")
VARIANTS = ((12, 3), (12, 5), (30, 5), (100, 5))
LARGE = (5_000, 5)
WORLDS = {
    "base": World(),
    "staff": World(staff=0.1),
    "honest": World(careless=0, colluding=0),
    "honest, little bias": World(careless=0, colluding=0, bias=2),
    "careless: one mark": World(idleness="same"),
    "careless: 50–100": World(idleness="uniform"),
    "careless: about 75": World(idleness="around"),
    "collusion: everybody": World(collusion="everybody"),
    "collusion: a ring": World(collusion="ring"),
    "heavy tails": World(shape="heavy"),
    "uneven noise": World(shape="uneven"),
    "marks 1–5": World(coarse=True),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Errors of one world at one size; `covered` is the part of true values within low–high."""

    world: str
    size: int
    reviews: int
    mean: float
    median: float
    reliability: float
    covered: float

    def row(self) -> dict[str, Any]:
        return {
            "world": self.world,
            "n": self.size,
            "k": self.reviews,
            "mean": round(self.mean, 3),
            "median": round(self.median, 3),
            "reliability": round(self.reliability, 3),
            "to_mean": round(self.reliability / self.mean, 3),
            "to_median": round(self.reliability / self.median, 3),
            "covered": round(self.covered, 3),
        }


def measure() -> dict[str, Any]:
    """Every cell, and the seconds for 5,000 outcomes of five reviews."""
    seconds = large()
    cells = [measure_cell(*cell) for cell in grid()]
    chief = next(
        cell for cell in cells if (cell.world, cell.size, cell.reviews) == ("base", 100, 5)
    )
    return {
        "bench": "consensus",
        "ours": round(chief.reliability, 3),
        "baseline": round(chief.mean, 3),
        "ratio": round(chief.reliability / chief.mean, 3),
        "cohorts": COHORTS,
        "large_seconds": round(seconds, 2),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "cells": [cell.row() for cell in cells],
    }


def grid() -> Iterator[tuple[str, int, int]]:
    for world in WORLDS:
        sizes = [(size, k) for size in SIZES for k in REVIEWS] if world in MAIN else VARIANTS
        for size, reviews in sizes:
            yield world, size, reviews


def measure_cell(world: str, size: int, reviews: int, cohorts: int = COHORTS) -> Cell:
    """Cohorts drawn from a seed that names the cell, so that figures repeat."""
    squares: dict[str, list[float]] = {"mean": [], "median": [], "reliability": []}
    covered = 0
    for number in range(cohorts):
        draw = random.Random(f"{world}/{size}/{reviews}/{number}")
        found = simulate(draw, size, reviews, WORLDS[world])
        cohort = agree(
            found.ratings,
            method="reliability",
            anchors=found.staff,
            least=found.least,
            most=found.most,
        )
        for outcome, marks in by_outcome(found).items():
            true, agreed = found.truth[outcome], cohort.outcomes[outcome]
            squares["mean"].append((fsum(marks) / len(marks) - true) ** 2)
            squares["median"].append((median(marks) - true) ** 2)
            squares["reliability"].append((float(agreed.mark - Fraction(true))) ** 2)
            covered += float(agreed.low) <= true <= float(agreed.high)
    errors = {name: sqrt(fsum(values) / len(values)) for name, values in squares.items()}
    return Cell(world, size, reviews, covered=covered / (cohorts * size), **errors)


def by_outcome(found: Simulated) -> dict[str, list[float]]:
    marks: dict[str, list[float]] = {}
    for rating in found.ratings:
        marks.setdefault(rating.outcome, []).append(float(rating.mark))
    return marks


def large() -> float:
    """Seconds of one cohort of `LARGE`."""
    found = simulate(random.Random("large"), *LARGE, World())
    began = time.perf_counter()
    agree(found.ratings, method="reliability")
    return time.perf_counter() - began
