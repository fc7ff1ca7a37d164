"""Peers' and instructors' marks: real ones where the folder of shared data has them."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

POINTS_OF_A_RATING = 20
# How many outcomes and reviewers are made up where nothing real is there.
GROUPS, RATERS = 20, 12


class Group(NamedTuple):
    """What one outcome was given, as marks of 0–100 in plain texts; `staff` the instructor's."""

    marks: tuple[str, ...]
    staff: str | None


def read(data: Path | None) -> list[Group]:
    """The rated groups, class session after class session, raters in the order of the file."""
    file = data / "peer-ratings" / "ratings.csv" if data else None
    if data is None or file is None or not file.exists():
        return invented()
    marks: dict[str, list[str]] = {}
    with file.open(encoding="utf-8") as opened:
        for row in csv.DictReader(opened):
            mark = str(int(row["score"]) * POINTS_OF_A_RATING)
            marks.setdefault(row["group_global"], []).append(mark)
    staff = instructors(data / "peer-ratings" / "instructor.csv")
    return [Group(tuple(given), staff.get(group)) for group, given in marks.items()]


def instructors(file: Path) -> dict[str, str]:
    """Group → the instructor's average grade, rounded to two places."""
    if not file.exists():
        return {}
    with file.open(encoding="utf-8") as opened:
        return {
            row["group_global"]: format(round(Decimal(row["average_final_grade"]), 2), "f")
            for row in csv.DictReader(opened)
        }


def invented() -> list[Group]:
    """Made-up ratings, the same every time: mostly good, now and then a poor one."""
    return [
        Group(
            tuple(
                str(POINTS_OF_A_RATING * (2 + (group * 7 + rater * 5 + group * rater) % 4))
                for rater in range(RATERS)
            ),
            str(70 + group * 3 % 25),
        )
        for group in range(GROUPS)
    ]
