"""The time of attempts, told by the calls: what comes late is refused, what was saved counts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.assessment import handlers, quiz_time
from services.assessment.commands import quizzes as quiz_commands
from services.assessment.queries import quizzes as quiz_queries
from services.contracts.assessment import QUIZ_EXPIRED, QUIZ_GRADED
from services.contracts.principal import Principal
from services.contracts.refusal import Conflict, NotFound
from services.messaging.doors import Call
from tests.builders import (
    START,
    enrollment_id,
    enrollment_opened,
    member_id,
    module,
    module_id,
    program_id,
    program_published,
)
from tests.quiz_builders import (
    question_id,
    question_published,
    quiz_id,
    quiz_published,
)

ENROLLMENT = enrollment_id("1", program_id())
LEARNER = Principal("one", member_id("1"), ())
TOLD = text("SELECT time, data FROM outbox WHERE type = :type ORDER BY sequence")


class Room:
    """Assessment with a program, an enrollment and a quiz of half an hour and five seconds."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def hear(self, *facts: Any) -> None:
        with Session(self.engine) as session, session.begin():
            handlers.learn(session, facts)

    def do(self, handler: Callable[[Session, Call], Any], minutes: float, **body: Any) -> Any:
        """What a command or query of the learner, so many minutes after the start, answers."""
        whole = {"enrollment_id": ENROLLMENT, "quiz_id": quiz_id(), "attempt": 1} | body
        with Session(self.engine) as session, session.begin():
            return handler(session, Call("assessment", whole, LEARNER, after(minutes), None))

    def answer(self, minutes: float, *options: str) -> Any:
        answers = [{"question_id": question_id("c"), "options": list(options)}]
        return self.do(quiz_commands.answer_quiz, minutes, answers=answers)

    def keep_time(self, minutes: float) -> int:
        """The timer comes by; how many attempts it found."""
        with Session(self.engine) as session, session.begin():
            due = quiz_time.due(session, after(minutes))
            for key in due:
                quiz_time.keep_time(session, key, after(minutes))
        return len(due)

    def told(self, type_: str) -> list[tuple[datetime, dict[str, Any]]]:
        with self.engine.connect() as connection:
            return [(row.time, row.data) for row in connection.execute(TOLD, {"type": type_})]


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.fixture
def room(database: Callable[[str], Engine]) -> Room:
    room = Room(database("assessment"))
    room.hear(
        program_published(module("t1")),
        enrollment_opened("1", program_id()),
        question_published("c"),
        quiz_published("c", module_ids=[module_id("t1")]),
    )
    room.do(quiz_commands.start_quiz, 0)
    return room


def test_what_comes_within_the_grace_counts(room: Room):
    room.answer(30 + 5 / 60, "A")
    room.do(quiz_commands.submit_quiz, 30 + 5 / 60)
    ((_, graded),) = room.told(QUIZ_GRADED)
    assert graded["passed"] is True


def test_what_comes_after_it_is_refused_and_what_was_saved_counts(room: Room):
    room.answer(29, "A")
    for late in (lambda: room.answer(30.1, "B"), lambda: room.do(quiz_commands.submit_quiz, 30.1)):
        with pytest.raises(Conflict, match="attempt_time_up"):
            late()
    assert room.told(QUIZ_GRADED) == []
    assert room.keep_time(30.1) == 1
    ((time, graded),) = room.told(QUIZ_GRADED)
    assert (time, graded["percent"]) == (after(30), "100.00")


def test_an_attempt_expires_when_it_was_due_whenever_the_timer_comes_by(room: Room):
    assert room.keep_time(30.05) == 0
    assert room.keep_time(300) == 1
    assert room.keep_time(301) == 0
    ((time, _),) = room.told(QUIZ_EXPIRED)
    assert time == after(30)
    with pytest.raises(Conflict, match="attempt_time_up"):
        room.answer(302, "A")


def test_beginning_again_ends_an_attempt_whose_time_is_up(room: Room):
    with pytest.raises(Conflict, match="no_attempts_left"):
        room.do(quiz_commands.start_quiz, 31)
    room.hear(quiz_published("c", code="two", attempts=2))
    two = {"quiz_id": quiz_id("two")}
    assert room.do(quiz_commands.start_quiz, 0, **two)["attempt"] == 1
    assert room.do(quiz_commands.start_quiz, 29, **two)["attempt"] == 1
    assert room.do(quiz_commands.start_quiz, 31, **two)["attempt"] == 2
    assert len(room.told(QUIZ_EXPIRED)) == 1


def test_an_attempt_ends_with_its_quiz_at_the_latest(room: Room):
    closes_at = "2026-03-01T01:10:00Z"
    room.hear(quiz_published("c", code="short", closes_at=closes_at))
    begun = room.do(quiz_commands.start_quiz, 5, quiz_id=quiz_id("short"))
    assert datetime.fromisoformat(begun["due"]) == after(10)
    with pytest.raises(Conflict, match="quiz_closed"):
        room.do(quiz_commands.start_quiz, 11, quiz_id=quiz_id("short"))


def test_a_quiz_that_was_published_anew_is_begun_in_its_new_version_only(room: Room):
    room.hear(quiz_published("c", version=2))
    room.keep_time(31)
    with pytest.raises(Conflict, match="quiz_superseded"):
        room.do(quiz_commands.start_quiz, 31)
    assert room.do(quiz_commands.start_quiz, 31, quiz_id=quiz_id(version=2))["attempt"] == 1


def test_a_paper_keeps_the_version_it_was_drawn_with(room: Room):
    room.hear(question_published("c", version=2, correct=["B"], text="新题"))
    (asked,) = room.do(quiz_queries.attempt_paper, 1)["questions"]
    assert (asked["version"], asked["text"]) == (1, "题 c")
    room.answer(2, "A")
    room.do(quiz_commands.submit_quiz, 3)
    assert room.do(quiz_queries.attempt_result, 4)["percent"] == "100.00"


def test_what_is_saved_while_handing_in_waits_is_handed_in_too(room: Room):
    room.answer(10.001, "A")
    room.do(quiz_commands.submit_quiz, 10)
    assert room.do(quiz_queries.attempt_result, 11)["percent"] == "100.00"


def test_a_quiz_for_other_modules_is_unknown(room: Room):
    room.hear(quiz_published("c", code="other", module_ids=[module_id("x")]))
    with pytest.raises(NotFound, match="quiz_unknown"):
        room.do(quiz_commands.start_quiz, 1, quiz_id=quiz_id("other"))


def test_no_score_is_drawn_from_quizzes(room: Room):
    before = room.told("assessment.score_drawn.v1")
    room.answer(1, "A")
    room.do(quiz_commands.submit_quiz, 2)
    assert room.told("assessment.score_drawn.v1") == before
