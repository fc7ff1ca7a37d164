"""Grading: points follow from questions, a paper, answers and staff marks.

Points are exact fractions until they are shown. What is shown of a question is
what it adds to the running total cut to two places, in the order of question
ids, so that who adds up the shown points finds the shown total, 59.999 is
shown as the 59.99 that fails, and the order of a paper changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from services.assessment.domain.amounts import hundredths, plain
from services.assessment.domain.quizzes.attempt import Mark
from services.assessment.domain.quizzes.normal import normal
from services.assessment.domain.quizzes.paper import Entry
from services.assessment.domain.quizzes.question import (
    FILL_IN,
    MULTIPLE,
    NOTHING,
    PARTIAL,
    SHORT,
    Answer,
    Question,
)

RIGHT, PARTLY, WRONG, EMPTY, WAITING = "right", "partly", "wrong", "empty", "waiting"
NONE, FULL = Fraction(0), Fraction(1)


class Judgement(NamedTuple):
    """The share of a question's points that is reached, 0–1, and in both languages why.

    The words tell how it was counted and never what would have been right.
    """

    verdict: str
    share: Fraction
    zh: str
    en: str


class Result(NamedTuple):
    """What an answer came to: `points` of at most `most`, as they are shown."""

    question_id: str
    version: int
    verdict: str
    share: Fraction
    points: Decimal
    most: Decimal
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Grade:
    """Results in the order of the paper; `waiting`: how many answers staff has yet to mark.

    While any waits the grade is provisional and nobody has passed.
    """

    points: Decimal
    most: Decimal
    percent: Decimal
    passed: bool
    waiting: int
    results: tuple[Result, ...]


def grade(
    paper: Iterable[Entry],
    questions: Mapping[tuple[str, int], Question],
    answers: Mapping[str, Answer],
    marks: Mapping[str, Mark],
    *,
    pass_mark: Decimal,
) -> Grade | None:
    """The grade of an attempt, or None while a question of its paper is not known.

    Percent is points × 100 / the paper's points, cut to two places; it passes
    from the pass mark on.
    """
    entries = list(paper)
    if any(entry[:2] not in questions for entry in entries):
        return None
    judged = {
        entry.question_id: judge(
            questions[entry[:2]],
            answers.get(entry.question_id, NOTHING),
            marks.get(entry.question_id),
        )
        for entry in entries
    }
    total, before, results = NONE, 0, {}
    for entry in sorted(entries):
        question, judgement = questions[entry[:2]], judged[entry.question_id]
        total += Fraction(question.points) * judgement.share
        after = int(total * 100)
        points = hundredths(after - before)
        before = after
        results[entry.question_id] = Result(
            question.id, question.version, judgement.verdict, judgement.share,
            points, question.points, judgement.zh, judgement.en,
        )  # fmt: skip
    most = sum((questions[entry[:2]].points for entry in entries), Decimal(0))
    percent = hundredths(int(total * 10_000 / Fraction(most))) if most else hundredths(0)
    waiting = sum(1 for one in judged.values() if one.verdict == WAITING)
    return Grade(
        points=hundredths(before),
        most=most,
        percent=percent,
        passed=not waiting and percent >= pass_mark,
        waiting=waiting,
        results=tuple(results[entry.question_id] for entry in entries),
    )


def judge(question: Question, answer: Answer, mark: Mark | None) -> Judgement:
    """What one answer reaches of its question's points."""
    if question.kind == SHORT:
        return of_staff(question, answer, mark)
    if answer.empty:
        return Judgement(EMPTY, NONE, "没有作答，得 0 分。", "Not answered: 0 points.")
    if question.kind == FILL_IN:
        accepted = {normal(one) for one in question.correct}
        return right_or_wrong(question, right=normal(answer.text or "") in accepted)
    if question.kind == MULTIPLE and question.rule == PARTIAL:
        return partial(question, answer)
    return right_or_wrong(question, right=answer.options == set(question.correct))


def right_or_wrong(question: Question, *, right: bool) -> Judgement:
    points = plain(question.points)
    if right:
        return Judgement(RIGHT, FULL, f"正确，得 {points} 分。", f"Right: {points} points.")
    return Judgement(WRONG, NONE, "不正确，得 0 分。", "Not right: 0 points.")


def partial(question: Question, answer: Answer) -> Judgement:
    """(right − wrong) ÷ the number of right options, never below 0."""
    correct = set(question.correct)
    right, wrong, of = len(answer.options & correct), len(answer.options - correct), len(correct)
    share = max(NONE, Fraction(right - wrong, of))
    points = plain(question.points)
    verdict = RIGHT if share == FULL else PARTLY if share else WRONG
    kept = max(0, right - wrong)
    return Judgement(
        verdict,
        share,
        f"选对 {right} 项，选错 {wrong} 项，应选 {of} 项：计 {points} 分的 {kept}/{of}。",
        f"{right} right, {wrong} wrong, {of} to choose: {kept}/{of} of {points} points.",
    )


def of_staff(question: Question, answer: Answer, mark: Mark | None) -> Judgement:
    """A short answer is worth what staff gives it; one that says nothing is worth nothing."""
    if answer.empty:
        return Judgement(EMPTY, NONE, "没有作答，得 0 分。", "Not answered: 0 points.")
    if mark is None:
        return Judgement(
            WAITING, NONE, "等待评阅，暂计 0 分。", "Waits for staff: 0 points for now."
        )
    share = min(FULL, max(NONE, Fraction(mark.share) / 100))
    points, given = plain(question.points), plain(mark.share)
    verdict = RIGHT if share == FULL else PARTLY if share else WRONG
    return Judgement(
        verdict,
        share,
        f"评阅给 {given}%，计 {points} 分的 {given}%。",
        f"Staff gives {given}%: {given}% of {points} points.",
    )


def counting(grades: Iterable[tuple[int, Grade]], rule: str) -> tuple[int, Grade] | None:
    """Of fully marked attempts the one that counts: the `last`, or the first of the `best`."""
    marked = sorted((one for one in grades if not one[1].waiting), key=lambda one: one[0])
    if not marked:
        return None
    return marked[-1] if rule == "last" else max(marked, key=lambda one: one[1].percent)
