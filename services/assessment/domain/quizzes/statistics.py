"""Item statistics: how hard a question is, and whether it tells the able from the others.

*Difficulty* is the mean share of a question's points that was reached, 0–1
(for right or wrong it is the classical p value).
*Discrimination* is the corrected item–total correlation: Pearson's r between
the share reached of the question and the share reached of the rest of the
paper. For right or wrong it is the point-biserial correlation with the
question itself taken out of the total.
(S. Henrysson, Correction of item-total correlations in item analysis,
Psychometrika 28, 1963; L. Crocker and J. Algina, Introduction to Classical and
Modern Test Theory, 1986, ch. 14.)
Where too few answered, or all reached the same, there is no figure: None.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from statistics import fmean, median
from typing import Final, NamedTuple

from services.assessment.domain.quizzes.grading import WAITING, Grade, Result
from services.assessment.domain.quizzes.question import CHOICES, NOTHING, Answer, Question

FEWEST_FOR_DIFFICULTY: Final = 5
"""Of how many attempts a difficulty is told."""

FEWEST_FOR_DISCRIMINATION: Final = 10
"""Of how many attempts a discrimination is told; below that it says more about chance."""

PLACES: Final = 3


class Sat(NamedTuple):
    """An attempt that is over."""

    started_at: datetime
    ended_at: datetime
    answers: Mapping[str, Answer]
    grade: Grade


@dataclass(frozen=True, slots=True)
class Item:
    """A version of a question: `attempts` have it and are marked at it.

    `options`: how often each was chosen; None for what has no options.
    """

    question_id: str
    version: int
    code: str
    kind: str
    attempts: int
    difficulty: float | None
    discrimination: float | None
    options: Mapping[str, int] | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of `attempts` that are over; seconds from start to end, and per cent where fully marked."""

    attempts: int
    marked: int
    mean_percent: Decimal | None
    shortest: int | None
    median: int | None
    longest: int | None
    items: tuple[Item, ...]


def statistics(sat: Iterable[Sat], questions: Mapping[tuple[str, int], Question]) -> Statistics:
    """The statistics of these attempts, items by code and version."""
    attempts = list(sat)
    found = {(one.question_id, one.version) for each in attempts for one in each.grade.results}
    seconds = sorted(int((one.ended_at - one.started_at).total_seconds()) for one in attempts)
    enough = len(seconds) >= FEWEST_FOR_DIFFICULTY
    percents = [one.grade.percent for one in attempts if not one.grade.waiting]
    return Statistics(
        attempts=len(attempts),
        marked=len(percents),
        mean_percent=mean_percent(percents),
        shortest=seconds[0] if enough else None,
        median=int(median(seconds)) if enough else None,
        longest=seconds[-1] if enough else None,
        items=tuple(
            item(questions[one], attempts)
            for one in sorted(found, key=lambda one: (questions[one].code, one))
        ),
    )


def mean_percent(percents: Sequence[Decimal]) -> Decimal | None:
    """The mean, cut to two places; None of too few."""
    if len(percents) < FEWEST_FOR_DIFFICULTY:
        return None
    mean = sum(map(Fraction, percents), Fraction(0)) / len(percents)
    return Decimal(int(mean * 100)).scaleb(-2)


def item(question: Question, attempts: Iterable[Sat]) -> Item:
    """The statistics of one question; attempts at which staff has yet to mark it are left out."""
    pairs: list[tuple[float, float | None]] = []
    chosen: Counter[str] = Counter()
    for one in attempts:
        result = result_of(question, one.grade)
        if result is None or result.verdict == WAITING:
            continue
        rest = rest_of(result, one.grade)
        pairs.append((float(result.share), None if rest is None else float(rest)))
        chosen.update(one.answers.get(question.id, NOTHING).options)
    shares = [share for share, _ in pairs]
    return Item(
        question_id=question.id,
        version=question.version,
        code=question.code,
        kind=question.kind,
        attempts=len(pairs),
        difficulty=(round(fmean(shares), PLACES) if len(shares) >= FEWEST_FOR_DIFFICULTY else None),
        discrimination=discrimination(pairs),
        options=(
            {code: chosen[code] for code in question.options} if question.kind in CHOICES else None
        ),
    )


def result_of(question: Question, grade: Grade) -> Result | None:
    for result in grade.results:
        if (result.question_id, result.version) == (question.id, question.version):
            return result
    return None


def rest_of(result: Result, grade: Grade) -> Fraction | None:
    """The share reached of a paper without one question, and without what waits for staff."""
    rest = [one for one in grade.results if one is not result and one.verdict != WAITING]
    most = sum((Fraction(one.most) for one in rest), Fraction(0))
    if not most:
        return None
    return sum((Fraction(one.most) * one.share for one in rest), Fraction(0)) / most


def discrimination(pairs: Iterable[tuple[float, float | None]]) -> float | None:
    """Pearson's r of shares and rests; None of too few, or where either is all the same."""
    both = [(share, rest) for share, rest in pairs if rest is not None]
    if len(both) < FEWEST_FOR_DISCRIMINATION:
        return None
    shares, rests = [share for share, _ in both], [rest for _, rest in both]
    if len(set(shares)) == 1 or len(set(rests)) == 1:
        return None
    mean_share, mean_rest = fmean(shares), fmean(rests)
    over = sum((share - mean_share) * (rest - mean_rest) for share, rest in both)
    under = sqrt(
        sum((share - mean_share) ** 2 for share in shares)
        * sum((rest - mean_rest) ** 2 for rest in rests)
    )
    return round(over / under, PLACES)
