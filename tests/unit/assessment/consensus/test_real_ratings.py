"""Real ratings of whole classes: consensus must agree with the instructor at least as well."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from statistics import correlation, fmean

import pytest

from services.assessment.domain.consensus import Method, Rating, agree

RATINGS = Path(__file__).parents[5] / "shared/data/peer-ratings"
pytestmark = pytest.mark.skipif(not RATINGS.exists(), reason="the real ratings are not here")
SCALE = {"least": Decimal(1), "most": Decimal(5)}


def read(name: str) -> Iterator[dict[str, str]]:
    with (RATINGS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def instructor() -> dict[str, float]:
    rows = read("instructor.csv")
    return {row["group_global"]: float(row["average_final_grade"]) for row in rows}


def sessions() -> list[list[Rating]]:
    found: dict[str, list[Rating]] = {}
    for row in read("ratings.csv"):
        rating = Rating(row["uid_global"], row["group_global"], Decimal(row["score"]))
        found.setdefault(row["session_id"], []).append(rating)
    return list(found.values())


def ranks(values: list[float]) -> list[float]:
    """Places in order; equal values share their mean place."""
    ordered = sorted(values)
    return [ordered.index(one) + (ordered.count(one) - 1) / 2 for one in values]


def agreement(method: Method) -> tuple[float, float]:
    """Spearman's correlation with the instructor: mean of the sessions, and of all at once."""
    graded = instructor()
    by_session, ours, theirs = [], [], []
    for session in sessions():
        outcomes = agree(session, method=method, **SCALE).outcomes
        names = [name for name in outcomes if name in graded]
        marks, grades = [float(outcomes[n].mark) for n in names], [graded[n] for n in names]
        if len(set(grades)) > 1:
            by_session.append(correlation(ranks(marks), ranks(grades)))
        ours += marks
        theirs += grades
    return fmean(by_session), correlation(ranks(ours), ranks(theirs))


def test_reliability_agrees_with_the_instructor_as_well_as_mean_and_median():
    session, pooled = agreement("reliability")
    for method in ("mean", "median"):
        plain = agreement(method)
        assert session >= plain[0]
        assert pooled >= plain[1]
