"""Facts about quizzes, of which a test names only what it is about."""

from datetime import datetime, timedelta
from typing import Any

from services.contracts import assessment
from services.contracts.envelope import Event, derived_id, instant
from tests.builders import START, fact


def bank_id(bank: str = "bank") -> str:
    return derived_id("bank", bank)


def question_id(code: str, bank: str = "bank") -> str:
    return derived_id("question", bank, code)


def quiz_id(code: str = "quiz", version: int = 1) -> str:
    return derived_id("quiz", code, str(version))


def question_published(
    code: str, time: datetime = START, *, bank: str = "bank", version: int = 1, **said: Any
) -> Event:
    """A single choice of A, B and C worth two points, of which A is right."""
    data = {
        "bank": bank,
        "bank_id": bank_id(bank),
        "code": code,
        "version": version,
        "kind": "single_choice",
        "text": f"题 {code}",
        "options": [{"code": one, "text": f"选项 {one}"} for one in "ABC"],
        "correct": ["A"],
        "rule": "all_or_nothing",
        "points": "2",
        "tags": [],
        "difficulty": None,
        "explanation": None,
    } | said
    return fact(assessment.QUESTION_PUBLISHED, question_id(code, bank), data, time)


def quiz_published(
    *questions: str,
    code: str = "quiz",
    version: int = 1,
    bank: str = "bank",
    time: datetime = START,
    **said: Any,
) -> Event:
    """A quiz of these questions, with one attempt of half an hour."""
    data = {
        "code": code,
        "version": version,
        "title": f"测验 {code}",
        "bank": bank,
        "bank_id": bank_id(bank),
        "questions": [question_id(one, bank) for one in questions],
        "draws": [],
        "minutes": 30,
        "grace_seconds": 5,
        "attempts": 1,
        "pass_mark": "60",
        "counting": "best",
        "shuffle_questions": False,
        "shuffle_options": False,
        "show_answers": "after_attempt",
        "opens_at": None,
        "closes_at": None,
        "module_ids": [],
    } | said
    return fact(assessment.QUIZ_PUBLISHED, quiz_id(code, version), data, time)


def quiz_started(
    subject: str,
    quiz: str,
    *questions: str,
    attempt: int = 1,
    bank: str = "bank",
    time: datetime = START,
    due: datetime | None = None,
) -> Event:
    """An attempt at a paper of the first versions of these questions; due after half an hour."""
    data = {
        "quiz_id": quiz,
        "attempt": attempt,
        "paper": [
            {"question_id": question_id(one, bank), "version": 1, "options": ["A", "B", "C"]}
            for one in questions
        ],
        "due": instant(due or time + timedelta(minutes=30)),
    }
    return fact(assessment.QUIZ_STARTED, subject, data, time)


def quiz_answered(
    subject: str,
    quiz: str,
    answers: dict[str, Any],
    *,
    attempt: int = 1,
    bank: str = "bank",
    time: datetime = START,
) -> Event:
    """Answers by the question's code: a list of options, or the digest of prose."""
    said = [
        {
            "question_id": question_id(code, bank),
            "options": answer if isinstance(answer, list) else [],
            "text": None,
            "prose": answer if isinstance(answer, str) else None,
        }
        for code, answer in answers.items()
    ]
    data = {"quiz_id": quiz, "attempt": attempt, "answers": said}
    return fact(assessment.QUIZ_ANSWERED, subject, data, time)


def quiz_submitted(subject: str, quiz: str, *, attempt: int = 1, time: datetime = START) -> Event:
    data = {"quiz_id": quiz, "attempt": attempt}
    return fact(assessment.QUIZ_SUBMITTED, subject, data, time)


def quiz_expired(subject: str, quiz: str, *, attempt: int = 1, time: datetime = START) -> Event:
    return fact(assessment.QUIZ_EXPIRED, subject, {"quiz_id": quiz, "attempt": attempt}, time)


def answer_marked(
    subject: str,
    quiz: str,
    code: str,
    share: str,
    *,
    attempt: int = 1,
    bank: str = "bank",
    time: datetime = START,
) -> Event:
    data = {
        "quiz_id": quiz,
        "attempt": attempt,
        "question_id": question_id(code, bank),
        "staff_id": derived_id("account", "staff"),
        "share": share,
        "reason": "",
    }
    return fact(assessment.ANSWER_MARKED, subject, data, time)


def quiz_graded(
    subject: str,
    quiz: str,
    *modules: str,
    attempt: int = 1,
    round: int = 1,
    percent: str = "100.00",
    passed: bool = True,
    time: datetime = START,
) -> Event:
    data = {
        "quiz_id": quiz,
        "attempt": attempt,
        "round": round,
        "module_ids": list(modules),
        "percent": percent,
        "passed": passed,
    }
    return fact(assessment.QUIZ_GRADED, subject, data, time)
