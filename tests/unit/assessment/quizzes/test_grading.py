"""What answers come to."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.domain.quizzes.grading import Grade, counting, grade, judge
from services.assessment.domain.quizzes.paper import Entry
from services.assessment.domain.quizzes.question import NOTHING, Answer, Question
from tests.unit.assessment.quizzes.builders import (
    chosen,
    fill_in,
    graded_of,
    mark,
    multiple,
    question,
    short,
)


@pytest.mark.parametrize(("options", "share"), [("A", 1), ("B", 0), ("AB", 0), ("", 0)])
def test_one_right_option_gives_all_and_anything_else_nothing(options: str, share: int):
    assert judge(question(), chosen(options), None).share == share


@pytest.mark.parametrize(
    ("options", "share"),
    [
        ("AB", Fraction(1)),
        ("A", Fraction(1, 2)),
        ("ABC", Fraction(1, 2)),
        ("AC", Fraction(0)),
        ("CD", Fraction(0)),
        ("ABCD", Fraction(0)),
    ],
)
def test_counted_in_part_a_wrong_option_takes_a_right_one_away(options: str, share: Fraction):
    assert judge(multiple(), chosen(options), None).share == share


def test_all_or_nothing_gives_nothing_for_a_part():
    assert judge(multiple(rule="all_or_nothing"), chosen("A"), None).share == 0
    assert judge(multiple(rule="all_or_nothing"), chosen("BA"), None).share == 1


@pytest.mark.parametrize("text", ["知行合一", "知 行　合一 ", "ＬＯＮＧ march", "LongMarch"])
def test_any_accepted_answer_will_do_however_it_is_written(text: str):
    assert judge(fill_in("知行合一", "Long March"), Answer(text=text), None).verdict == "right"


@pytest.mark.parametrize("text", ["知行", "", "  "])
def test_another_answer_will_not(text: str):
    assert judge(fill_in("知行合一"), Answer(text=text), None).share == 0


def test_a_short_answer_waits_until_staff_has_marked_it():
    waiting = graded_of([(short(), Answer(prose="0"))], pass_mark=0)
    assert (waiting.waiting, waiting.passed, waiting.percent) == (1, False, Decimal("0.00"))
    marked = graded_of([(short(), Answer(prose="0"))], mark("62.5"))
    assert (marked.waiting, marked.passed, marked.points) == (0, True, Decimal("1.25"))


def test_a_short_answer_that_says_nothing_waits_for_nobody():
    assert graded_of([(short(), NOTHING)]).waiting == 0


def test_three_thirds_make_a_whole():
    thirds = [(multiple(id_, "ABC", points=Decimal(1)), chosen("A")) for id_ in "xyz"]
    found = graded_of(thirds)
    assert [one.points for one in found.results] == list(map(Decimal, ("0.33", "0.33", "0.34")))
    assert (found.points, found.percent) == (Decimal("1.00"), Decimal("33.33"))


def test_the_pass_mark_passes_and_a_hundredth_less_does_not():
    at = [(short(points=Decimal(100)), Answer(prose="0"))]
    assert graded_of(at, mark("60")).passed
    assert not graded_of(at, mark("59.999")).passed
    assert graded_of(at, mark("59.999")).percent == Decimal("59.99")


def test_a_paper_with_a_question_that_is_not_known_has_no_grade_yet():
    assert grade([Entry("q", 2, ())], {}, {}, {}, pass_mark=Decimal(60)) is None


def test_words_tell_how_it_was_counted_and_not_what_was_right():
    found = judge(multiple(correct="CD"), chosen("AC"), None)
    assert found.zh == "选对 1 项，选错 1 项，应选 2 项：计 2 分的 0/2。"
    assert found.en == "1 right, 1 wrong, 2 to choose: 0/2 of 2 points."


def test_the_best_or_the_last_attempt_counts_and_none_that_waits():
    def of(percent: str, waiting: int = 0) -> Grade:
        return Grade(Decimal(0), Decimal(1), Decimal(percent), False, waiting, ())

    attempts = [(3, of("90", 1)), (2, of("50")), (1, of("70")), (4, of("70"))]
    assert counting(attempts, "best") == attempts[2]
    assert counting(attempts, "last") == attempts[3]
    assert counting(attempts[:1], "best") is None


amounts = st.decimals(Decimal("0.001"), Decimal(50), places=3)
Sat = tuple[list[tuple[Question, Answer]], list[Any]]
shares = st.decimals(Decimal(-20), Decimal(120), places=2)


@st.composite
def sat(draw: st.DrawFn) -> Sat:
    """A paper with whatever was answered and marked, sensible or not."""
    answers, marks = [], []
    for number in range(draw(st.integers(1, 6))):
        id_, points = f"q{number}", draw(amounts)
        kind = draw(st.sampled_from(["one", "many", "short"]))
        correct = "".join(draw(st.sets(st.sampled_from("ABCD"), min_size=1)))
        options = chosen(draw(st.sampled_from(["A", "A", "AB", "ABC", "BD", "Z", ""])))
        if kind == "short":
            prose = draw(st.sampled_from([None, "0"]))
            answers.append((short(id_, points=points), Answer(prose=prose)))
            if draw(st.booleans()):
                marks.append(mark(draw(shares), id_))
        elif kind == "many":
            answers.append((multiple(id_, correct, points=points), options))
        else:
            answers.append((question(id_, points=points), options))
    return answers, marks


@given(sat())
def test_no_grade_is_above_its_points_or_below_zero(told: Sat):
    found = graded_of(told[0], *told[1])
    assert 0 <= found.points <= found.most
    assert 0 <= found.percent <= 100
    for one in found.results:
        assert 0 <= one.share <= 1
        # What is cut off of one is shown with another.
        assert 0 <= one.points < one.most + Decimal("0.01")


@given(sat())
def test_shown_points_add_up_to_the_shown_total(told: Sat):
    found = graded_of(told[0], *told[1])
    assert sum(one.points for one in found.results) == found.points


@given(sat())
def test_the_order_of_a_paper_changes_no_grade(told: Sat):
    one = graded_of(told[0], *told[1])
    other = graded_of(told[0], *told[1], reverse=True)
    assert sorted(one.results) == sorted(other.results)
    assert (one.points, one.percent, one.passed) == (other.points, other.percent, other.passed)
