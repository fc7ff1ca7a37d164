"""How quizzes, papers and results are told. Here it is decided who sees what is right."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from services.assessment.domain.quizzes.attempt import Attempt
from services.assessment.domain.quizzes.grading import Grade, Result, counting
from services.assessment.domain.quizzes.question import NOTHING, Question
from services.assessment.domain.quizzes.quiz import Quiz
from services.assessment.domain.quizzes.statistics import Statistics
from services.assessment.quiz_repository import Key
from services.contracts.envelope import Event, instant

Questions = Mapping[tuple[str, int], Question]


def quiz_row(fact: Event) -> dict[str, Any]:
    """A published quiz version, whole; it holds no answers."""
    return {"id": fact.subject, **fact.data}


def question_row(fact: Event) -> dict[str, Any]:
    """A published question with its answer, for who writes questions."""
    return {"id": fact.subject, **fact.data}


def shows_answers(
    quiz: Quiz, attempts: Collection[Attempt], now: datetime, *, superseded: bool
) -> bool:
    """Whether who made these attempts sees what is right, as the quiz says.

    Never while one runs. After an attempt: one is over. After the last: none
    can be begun any more.
    """
    if quiz.show_answers == "never" or any(attempt.ended_at is None for attempt in attempts):
        return False
    if quiz.show_answers == "after_attempt":
        return bool(attempts)
    closed = superseded or (quiz.closes_at is not None and quiz.closes_at <= now)
    return closed or len(attempts) >= quiz.attempts


def paper_view(key: Key, attempt: Attempt, quiz: Quiz, questions: Questions) -> dict[str, Any]:
    """A paper with what was answered, and nothing of what is right."""
    return {
        **head(key, attempt),
        "title": quiz.title,
        "questions": [
            asked(questions[entry[:2]], entry.options)
            | {"answer": answered(attempt, entry.question_id)}
            for entry in attempt.paper
        ],
    }


def result_view(
    key: Key, attempt: Attempt, quiz: Quiz, grade: Grade, questions: Questions, *, answers: bool
) -> dict[str, Any]:
    """What an attempt came to; with `answers` also what is right, and why."""
    results = {one.question_id: one for one in grade.results}
    return {
        **head(key, attempt),
        "title": quiz.title,
        "pass_mark": format(quiz.pass_mark, "f"),
        **grade_view(grade),
        "answers_shown": answers,
        "questions": [
            asked(questions[entry[:2]], entry.options)
            | {"answer": answered(attempt, entry.question_id)}
            | judged(results[entry.question_id])
            | {"mark": mark_view(attempt, entry.question_id)}
            | right(questions[entry[:2]], shown=answers)
            for entry in attempt.paper
        ],
    }


def head(key: Key, attempt: Attempt) -> dict[str, Any]:
    return {
        "id": attempt.id,
        "enrollment_id": key.enrollment_id,
        "quiz_id": key.quiz_id,
        "attempt": key.attempt,
        "started_at": instant(attempt.started_at),
        "due": attempt.due and instant(attempt.due),
        "saved_at": attempt.saved_at and instant(attempt.saved_at),
        "ended_at": attempt.ended_at and instant(attempt.ended_at),
        "submitted": attempt.submitted,
    }


def asked(question: Question, options: Iterable[str]) -> dict[str, Any]:
    """A question as it is asked."""
    return {
        "question_id": question.id,
        "version": question.version,
        "kind": question.kind,
        "text": question.text,
        "options": [{"code": code, "text": question.options[code]} for code in options],
        "points": format(question.points, "f"),
    }


def answered(attempt: Attempt, question_id: str) -> dict[str, Any]:
    answer = attempt.answers.get(question_id, NOTHING)
    return {"options": sorted(answer.options), "text": answer.text, "prose": answer.prose}


def judged(result: Result) -> dict[str, Any]:
    return {
        "verdict": result.verdict,
        "reached": format(result.points, "f"),
        "zh": result.zh,
        "en": result.en,
    }


def mark_view(attempt: Attempt, question_id: str) -> dict[str, Any] | None:
    """What staff gave, and why; who it was is not told."""
    mark = attempt.marks.get(question_id)
    return mark and {"share": format(mark.share, "f"), "reason": mark.reason}


def right(question: Question, *, shown: bool) -> dict[str, Any]:
    return {
        "correct": list(question.correct) if shown else None,
        "explanation": question.explanation if shown else None,
    }


def grade_view(grade: Grade | None) -> dict[str, Any]:
    """Points and per cent; provisional while answers wait, and then nobody has passed or failed."""
    if grade is None:
        return dict.fromkeys(("points", "most", "percent", "waiting", "passed"))
    return {
        "points": format(grade.points, "f"),
        "most": format(grade.most, "f"),
        "percent": format(grade.percent, "f"),
        "waiting": grade.waiting,
        "passed": None if grade.waiting else grade.passed,
    }


def own_quiz_row(
    fact: Event, quiz: Quiz, attempts: Mapping[Key, Attempt], grades: Mapping[Key, Grade | None]
) -> dict[str, Any]:
    """A quiz, the attempts of one enrollment at it, and the one that counts."""
    marked = [(key.attempt, found) for key in attempts if (found := grades[key]) is not None]
    best = counting(marked, quiz.counting)
    return {
        **quiz_row(fact),
        "taken": [
            head(key, attempt) | grade_view(grades[key]) for key, attempt in attempts.items()
        ],
        "result": best and {"attempt": best[0], **grade_view(best[1])},
    }


def statistics_view(quiz: Quiz, found: Statistics) -> dict[str, Any]:
    """Statistics; what too few attempts say is None."""
    return {
        "quiz_id": quiz.id,
        "attempts": found.attempts,
        "marked": found.marked,
        "mean_percent": None if found.mean_percent is None else format(found.mean_percent, "f"),
        "seconds": {
            "shortest": found.shortest,
            "median": found.median,
            "longest": found.longest,
        },
        "questions": [
            {
                **asdict(item),
                "options": None
                if item.options is None
                else [{"code": code, "chosen": number} for code, number in item.options.items()],
            }
            for item in found.items
        ],
    }
