"""How hard questions are, and what they tell apart."""

from decimal import Decimal

import pytest

from services.assessment.domain.quizzes.question import Answer, Question
from services.assessment.domain.quizzes.statistics import Item, Sat, statistics
from tests.unit.assessment.quizzes.builders import after, chosen, graded_of, mark, question, short

ONE, TWO, THREE = (question(id_) for id_ in "xyz")


def sat(right: str, *, minutes: float = 10) -> Sat:
    """An attempt at three questions, of which those named are right."""
    pairs = [(one, chosen("A" if one.id in right else "B")) for one in (ONE, TWO, THREE)]
    answers = {one.id: answer for one, answer in pairs}
    return Sat(after(0), after(minutes), answers, graded_of(pairs))


def items(*attempts: Sat) -> dict[str, Item]:
    questions = {(one.id, one.version): one for one in (ONE, TWO, THREE)}
    return {item.code: item for item in statistics(attempts, questions).items}


def test_difficulty_is_the_share_of_points_that_was_reached():
    found = items(*[sat("x")] * 3, *[sat("xy")] * 2)
    assert [found[code].difficulty for code in "xyz"] == [1.0, 0.4, 0.0]


def test_of_too_few_nothing_is_told_not_zero():
    found = items(*[sat("x")] * 4)
    assert found["x"].attempts == 4
    assert (found["x"].difficulty, found["x"].discrimination) == (None, None)
    told = statistics([sat("x")] * 4, {(one.id, 1): one for one in (ONE, TWO, THREE)})
    assert (told.mean_percent, told.median) == (None, None)
    assert statistics([], {}).items == ()


def test_discrimination_is_the_correlation_with_the_rest_of_the_paper():
    # x: 1 1 1 1 1 0 0 0 0 0, the rest 1 1 1 ½ ½ ½ 0 0 0 0:
    # r = Σ(x−x̄)(r−r̄) ÷ √(Σ(x−x̄)² Σ(r−r̄)²) = 1.75 ÷ √(2.5 × 1.725), by hand.
    attempts = [sat("xyz")] * 3 + [sat("xy")] * 2 + [sat("z")] + [sat("")] * 4
    found = items(*attempts)
    assert found["x"].discrimination == 0.843


def test_a_question_that_the_weak_get_right_has_a_negative_one():
    attempts = [sat("yz")] * 5 + [sat("x")] * 5
    discrimination = items(*attempts)["x"].discrimination
    assert discrimination is not None
    assert discrimination == pytest.approx(-1.0)


def test_where_all_reached_the_same_there_is_none():
    assert items(*[sat("xyz")] * 6, *[sat("x")] * 6)["x"].discrimination is None


def test_options_are_counted_also_those_nobody_chose():
    found = items(*[sat("x")] * 2, sat(""))
    assert found["x"].options == {"A": 2, "B": 1, "C": 0, "D": 0}


def test_what_waits_for_staff_is_left_out_of_its_question_and_of_the_rest():
    prose = short("s", points=Decimal(10))

    def with_prose(share: int | None) -> Sat:
        pairs: list[tuple[Question, Answer]] = [(ONE, chosen("A")), (prose, Answer(prose="0"))]
        marks = [] if share is None else [mark(share, "s")]
        answers = {one.id: answer for one, answer in pairs}
        return Sat(after(0), after(1), answers, graded_of(pairs, *marks))

    attempts = [with_prose(50)] * 5 + [with_prose(None)]
    found = statistics(attempts, {("x", 1): ONE, ("s", 1): prose})
    by_code = {item.code: item for item in found.items}
    assert (by_code["s"].attempts, by_code["s"].difficulty) == (5, 0.5)
    assert by_code["s"].options is None
    assert by_code["x"].attempts == 6
    assert (found.attempts, found.marked) == (6, 5)


def test_time_and_mean_are_told_of_enough_attempts():
    attempts = [sat("x", minutes=minutes) for minutes in (1, 2, 3, 10, 20)]
    found = statistics(attempts, {(one.id, 1): one for one in (ONE, TWO, THREE)})
    assert (found.shortest, found.median, found.longest) == (60, 180, 1200)
    assert found.mean_percent == Decimal("33.33")
