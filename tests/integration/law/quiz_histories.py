"""Little histories of quizzes: questions, quizzes, attempts, and what was told of them."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from services.contracts.envelope import Event
from tests.builders import at, module_id
from tests.quiz_builders import (
    answer_marked,
    question_published,
    quiz_answered,
    quiz_expired,
    quiz_graded,
    quiz_id,
    quiz_published,
    quiz_started,
    quiz_submitted,
)

CODES = ("c1", "c2", "s1")
times = st.integers(0, 5).map(at)
# Around the half hour of an attempt that begins at 0, its grace of five seconds, and later.
moments = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.501, 0.502, 1.0, 2.0]).map(at)
ANSWERS: dict[str, list[Any]] = {
    "c1": [["A"], ["B"], []],
    "c2": [["A"], ["A", "B"], ["A", "B", "C"]],
    "s1": ["0" * 64, "1" * 64],
}


def questions() -> list[Event]:
    """A single choice, a multiple choice counted in part, and a short answer."""
    many = {"kind": "multiple_choice", "correct": ["A", "B"], "rule": "partial"}
    short: dict[str, Any] = {"kind": "short_answer", "options": [], "correct": [], "points": "3"}
    return [
        question_published("c1"),
        question_published("c1", version=2, correct=["B"]),
        question_published("c2", **many),
        question_published("s1", **short),
    ]


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    chosen = draw(st.lists(st.sampled_from(CODES), min_size=1, unique=True))
    return {code: draw(st.sampled_from(ANSWERS[code])) for code in chosen}


@st.composite
def attempts(draw: st.DrawFn, subject: str, quiz: str, number: int) -> list[Event]:
    """An attempt: mostly begun, saved now and then, and ended in this or that way."""
    facts = []
    paper = CODES if draw(st.booleans()) else CODES[:2]
    for _ in range(draw(st.sampled_from([1, 1, 1, 0, 2]))):
        facts.append(quiz_started(subject, quiz, *paper, attempt=number, time=draw(moments)))
    for _ in range(draw(st.integers(0, 3))):
        said, time = draw(answers()), draw(moments)
        facts.append(quiz_answered(subject, quiz, said, attempt=number, time=time))
    if draw(st.booleans()):
        facts.append(quiz_submitted(subject, quiz, attempt=number, time=draw(moments)))
    if draw(st.booleans()):
        facts.append(quiz_expired(subject, quiz, attempt=number, time=draw(moments)))
    for _ in range(draw(st.integers(0, 2))):
        share, time = draw(st.sampled_from(["0", "50", "100"])), draw(moments)
        facts.append(answer_marked(subject, quiz, "s1", share, attempt=number, time=time))
    return facts


@st.composite
def quizzes(draw: st.DrawFn, subjects: Sequence[str]) -> list[Event]:
    """Two quizzes of one bank, of which something may not be known, and attempts at them."""
    published = [
        *questions(),
        quiz_published(*CODES, module_ids=[module_id("t1")]),
        quiz_published(*CODES[:2], code="other", attempts=2, pass_mark="100"),
    ]
    facts = draw(st.lists(st.sampled_from(published), unique_by=lambda fact: fact.id, min_size=4))
    for subject in subjects:
        for code in ("quiz", "other"):
            for number in range(1, draw(st.integers(0, 2)) + 1):
                facts.extend(draw(attempts(subject, quiz_id(code), number)))
    return facts


@st.composite
def grades(draw: st.DrawFn, subjects: Sequence[str]) -> list[Event]:
    """Grades as they were told: rounds that pass and fail, of modules known and unknown."""
    facts = []
    for subject in subjects:
        for round_ in range(draw(st.integers(0, 3))):
            modules = draw(st.lists(st.sampled_from(["t1", "t2", "o1", "x"]), unique=True))
            facts.append(
                quiz_graded(
                    subject,
                    quiz_id(),
                    *map(module_id, modules),
                    round=round_ + 1,
                    passed=draw(st.booleans()),
                    time=draw(times),
                )
            )
    return facts
