"""Questions, quizzes and attempts, of which a test names only what it is about."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from services.assessment.domain.quizzes.attempt import End, Mark, Save, Start
from services.assessment.domain.quizzes.grading import Grade, grade
from services.assessment.domain.quizzes.paper import Entry
from services.assessment.domain.quizzes.question import Answer, Question
from services.assessment.domain.quizzes.quiz import Draw, Quiz

START = datetime(2026, 3, 1, 1, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def question(id_: str = "q", kind: str = "single_choice", **changes: Any) -> Question:
    """A question of two points with the options A, B, C and D, of which A is right."""
    said: dict[str, Any] = {
        "version": 1,
        "code": id_,
        "text": "题",
        "options": dict.fromkeys("ABCD", "选项"),
        "correct": ("A",),
        "rule": "all_or_nothing",
        "points": Decimal(2),
        "tags": frozenset(),
        "difficulty": None,
        "explanation": None,
    }
    return Question(id=id_, kind=kind, **(said | changes))


def multiple(id_: str = "q", correct: str = "AB", **changes: Any) -> Question:
    changes = {"rule": "partial", "correct": tuple(correct)} | changes
    return question(id_, "multiple_choice", **changes)


def short(id_: str = "q", **changes: Any) -> Question:
    return question(id_, "short_answer", **({"options": {}, "correct": ()} | changes))


def fill_in(*accepted: str) -> Question:
    return question(kind="fill_in", options={}, correct=accepted)


def quiz(*questions: str, draws: tuple[Draw, ...] = (), **changes: Any) -> Quiz:
    said: dict[str, Any] = {
        "id": "quiz",
        "code": "quiz",
        "version": 1,
        "title": "测验",
        "bank_id": "bank",
        "limit": timedelta(minutes=30),
        "grace": timedelta(seconds=5),
        "attempts": 1,
        "pass_mark": Decimal(60),
        "counting": "best",
        "shuffle_questions": False,
        "shuffle_options": False,
        "show_answers": "after_attempt",
        "opens_at": None,
        "closes_at": None,
        "module_ids": (),
    }
    return Quiz(questions=questions, draws=draws, **(said | changes))


def entry(one: Question) -> Entry:
    return Entry(one.id, one.version, tuple(one.options))


def chosen(options: str) -> Answer:
    return Answer(options=frozenset(options))


def mark(share: Any, question_id: str = "q", minutes: float = 60, id_: str = "m") -> Mark:
    return Mark(id_, after(minutes), question_id, "staff", Decimal(share), "")


def start(minutes: float = 0, *, limit: float | None = 30, id_: str = "start") -> Start:
    due = None if limit is None else after(minutes + limit)
    return Start(id_, after(minutes), due, (Entry("q", 1, tuple("ABCD")),))


def save(minutes: float, options: str = "A", *, id_: str = "", about: str = "q") -> Save:
    return Save(id_ or f"save {minutes}", after(minutes), {about: chosen(options)})


def end(minutes: float, id_: str = "end") -> End:
    return End(id_, after(minutes))


def graded_of(
    answers: Sequence[tuple[Question, Answer]],
    *marks: Mark,
    pass_mark: Any = 60,
    reverse: bool = False,
) -> Grade:
    """The grade of a paper of exactly these questions."""
    questions = {(one.id, one.version): one for one, _ in answers}
    paper = [entry(one) for one, _ in answers]
    found = grade(
        paper[::-1] if reverse else paper,
        questions,
        {one.id: answer for one, answer in answers},
        {one.question_id: one for one in marks},
        pass_mark=Decimal(pass_mark),
    )
    assert found is not None
    return found
