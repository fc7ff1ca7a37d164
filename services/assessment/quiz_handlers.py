"""What follows from facts about quizzes: attempts that stand, and grades."""

from collections.abc import Collection, Mapping, Set
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from services.assessment import quiz_repository
from services.assessment.domain.quizzes.attempt import Attempt, Told, stand
from services.assessment.domain.quizzes.grading import Grade, grade
from services.assessment.domain.quizzes.question import Question
from services.assessment.domain.quizzes.quiz import Quiz
from services.assessment.quiz_repository import OF_ENROLLMENTS, Key
from services.contracts.assessment import (
    QUESTION_PUBLISHED,
    QUIZ_GRADED,
    QUIZ_PUBLISHED,
)
from services.contracts.envelope import Event, derived_id
from services.messaging import ledger

SOURCE = "/zhixing/assessment"
# The version of the rules of grading: raise it whenever `grade` would say something else.
RULES = "1"
OWN = (QUESTION_PUBLISHED, QUIZ_PUBLISHED, *OF_ENROLLMENTS)


def conclude(
    session: Session,
    subjects: Set[str],
    enrollments: Collection[str],
    because: Mapping[str, Event] | None = None,
) -> None:
    """Draw again the attempts of these enrollments, which are held, and of all at these quizzes.

    A quiz is among `subjects` itself, or by a question of its bank.
    """
    quizzes = quiz_repository.touched_quizzes(session, subjects)
    others = quiz_repository.sitting(session, quizzes) - set(enrollments)
    if others:
        ledger.hold(session, others)
    said = ledger.said_of(session, {*enrollments, *others}, OF_ENROLLMENTS)
    found = quiz_repository.told(said)
    published = quiz_repository.quizzes(session, {key.quiz_id for key in found})
    standing: dict[Key, Attempt] = {}
    for key, about in sorted(found.items()):
        attempt = standing_of(about, published.get(key.quiz_id))
        if attempt:
            standing[key] = attempt
    over = [attempt for attempt in standing.values() if attempt.ended_at]
    questions = quiz_repository.questions_of(session, over)
    grades = {
        key: graded(attempt, published.get(key.quiz_id), questions)
        for key, attempt in standing.items()
    }
    quiz_repository.save_attempts(
        session, [(key, attempt, grades[key]) for key, attempt in standing.items()]
    )
    announce(session, standing, grades, published, quiz_repository.last_graded(said), because or {})


def standing_of(about: Told, quiz: Quiz | None) -> Attempt | None:
    """An attempt as it stands; while its quiz is not known only that it was begun."""
    if quiz:
        return stand(about, quiz.grace)
    attempt = stand(about, timedelta(0))
    return attempt and replace(attempt, closes_at=None, ended_at=None)


def graded(
    attempt: Attempt, quiz: Quiz | None, questions: Mapping[tuple[str, int], Question]
) -> Grade | None:
    """The grade of an attempt that is over, where all its questions are known."""
    if quiz is None or attempt.ended_at is None:
        return None
    return grade(attempt.paper, questions, attempt.answers, attempt.marks, pass_mark=quiz.pass_mark)


def announce(
    session: Session,
    standing: Mapping[Key, Attempt],
    grades: Mapping[Key, Grade | None],
    quizzes: Mapping[str, Quiz],
    last: Mapping[Key, Event],
    because: Mapping[str, Event],
) -> None:
    """Tell the grades of fully marked attempts, unless the last that was told is the same."""
    facts = []
    for key, attempt in standing.items():
        found = grades[key]
        if found is None or found.waiting:
            continue
        cause = because.get(key.enrollment_id)
        fact = graded_fact(key, attempt, found, quizzes[key.quiz_id], last.get(key), cause)
        if fact:
            facts.append(fact)
    ledger.announce(session, facts)
    ledger.remember(session, facts)


def graded_fact(
    key: Key, attempt: Attempt, grade: Grade, quiz: Quiz, last: Event | None, cause: Event | None
) -> Event | None:
    """The grade as a fact of the next round; None where the last round told the same."""
    said = {
        "quiz_id": quiz.id,
        "attempt": key.attempt,
        "module_ids": list(quiz.module_ids),
        "percent": format(grade.percent, "f"),
        "passed": grade.passed,
    }
    if last and said == {name: last.data[name] for name in said}:
        return None
    number = last.data["round"] + 1 if last else 1
    return Event(
        derived_id(QUIZ_GRADED, *map(str, key), str(number), RULES, *attempt.basis),
        QUIZ_GRADED,
        SOURCE,
        key.enrollment_id,
        attempt.told_at,
        said | {"round": number},
        cause.id if cause else None,
        cause.traceparent if cause else None,
    )
