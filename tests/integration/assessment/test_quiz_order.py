"""Grades follow whatever comes last, and are told once for each thing they say."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.assessment import handlers
from services.contracts.envelope import Event
from tests.builders import (
    at,
    enrollment_id,
    enrollment_opened,
    module,
    program_id,
    program_published,
)
from tests.quiz_builders import (
    answer_marked,
    question_published,
    quiz_answered,
    quiz_id,
    quiz_published,
    quiz_started,
    quiz_submitted,
)

ENROLLMENT, QUIZ = enrollment_id("1", program_id()), quiz_id()
SHORT: dict[str, Any] = {"kind": "short_answer", "options": [], "correct": []}
# One program and member, and one attempt at one short answer, which staff marked.
HISTORY = (
    program_published(module("t1")),
    enrollment_opened("1", program_id()),
    question_published("s", **SHORT),
    quiz_published("s"),
    quiz_started(ENROLLMENT, QUIZ, "s"),
    quiz_answered(ENROLLMENT, QUIZ, {"s": "0" * 64}, time=at(0.1)),
    quiz_submitted(ENROLLMENT, QUIZ, time=at(0.2)),
    answer_marked(ENROLLMENT, QUIZ, "s", "80", time=at(1)),
)
TOLD = text("""
    SELECT data ->> 'round', data ->> 'percent', data ->> 'passed', time FROM outbox
    WHERE type = 'assessment.quiz_graded.v1' ORDER BY sequence
""")


def hear(engine: Engine, *facts: Event) -> None:
    """Each fact in a transaction of its own."""
    for fact in facts:
        with Session(engine) as session, session.begin():
            handlers.learn(session, [fact])


def told(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(TOLD)]


@pytest.mark.parametrize("last", range(len(HISTORY)), ids=lambda one: HISTORY[one].type)
def test_whatever_comes_last_completes_the_grade(
    database: Callable[[str], Engine], last: int
) -> None:
    engine = database("assessment")
    for number, fact in enumerate(HISTORY):
        if number != last:
            hear(engine, fact)
    hear(engine, HISTORY[last])
    assert told(engine)[-1][1:] == ("80.00", "true", at(1))


def test_a_later_mark_is_told_as_another_round_and_the_same_again_is_not(
    database: Callable[[str], Engine],
) -> None:
    engine = database("assessment")
    hear(engine, *HISTORY)
    hear(engine, answer_marked(ENROLLMENT, QUIZ, "s", "59.99", time=at(2)), *HISTORY)
    hear(engine, answer_marked(ENROLLMENT, QUIZ, "s", "59.99", time=at(3)))
    assert told(engine) == [("1", "80.00", "true", at(1)), ("2", "59.99", "false", at(2))]


def test_marks_in_any_order_end_in_the_latest(database: Callable[[str], Engine]) -> None:
    marks = [answer_marked(ENROLLMENT, QUIZ, "s", f"{n}0", time=at(n)) for n in (2, 3, 4)]
    for order in permutations(marks):
        engine = database("assessment")
        hear(engine, *HISTORY, *order)
        assert told(engine)[-1][1] == "40.00"
