"""What follows from passed quizzes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from services.learning.domain.progress import Completed, Enrollment, Module
from services.learning.domain.quizzes import Passed, by_quizzes

START = datetime(2026, 3, 1, tzinfo=UTC)
ENROLLMENTS = [Enrollment("e", (Module("m", Decimal(2), frozenset()),))]


def passed(id_: str, *modules: str, hours: int = 0, enrollment: str = "e") -> Passed:
    return Passed(id_, enrollment, START + timedelta(hours=hours), frozenset(modules))


def completed(evidence: str, hours: int = 0) -> Completed:
    return Completed("e", "m", Decimal(2), evidence, START + timedelta(hours=hours))


def test_a_passed_quiz_completes_its_module():
    found = by_quizzes([passed("q", "m")], enrollments=ENROLLMENTS, beside=())
    assert found == {completed("q")}


def test_a_module_that_is_not_in_the_program_is_never_completed():
    quizzes = [passed("q", "other"), passed("r", "m", enrollment="unknown")]
    assert by_quizzes(quizzes, enrollments=ENROLLMENTS, beside=()) == frozenset()


def test_a_module_is_completed_once_by_what_came_first():
    quizzes = [passed("late", "m", hours=2), passed("early", "m", hours=1)]
    found = by_quizzes(quizzes, enrollments=ENROLLMENTS, beside=[completed("statement", 3)])
    assert found == {completed("early", 1)}
    found = by_quizzes(quizzes, enrollments=ENROLLMENTS, beside=[completed("statement", 0)])
    assert found == {completed("statement", 0)}
