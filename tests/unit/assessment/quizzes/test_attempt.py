"""What stands of an attempt, whatever the order its facts came in."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.assessment.domain.quizzes.attempt import Attempt, Told, stand
from tests.unit.assessment.quizzes.builders import after, chosen, end, mark, save, start

GRACE = timedelta(seconds=6)


def standing(**told: Any) -> Attempt:
    found = stand(Told(**({"starts": [start()]} | told)), GRACE)
    assert found is not None
    return found


def test_nothing_stands_before_the_beginning_is_known():
    assert stand(Told(saves=[save(1)], submissions=[end(2)]), GRACE) is None


def test_the_first_beginning_counts():
    assert standing(starts=[start(5, id_="b"), start(1, id_="a")]).id == "a"


def test_of_each_question_the_latest_answer_counts():
    assert standing(saves=[save(9, "B"), save(3, "A")]).answers == {"q": chosen("B")}


def test_answers_within_the_grace_count_and_later_ones_do_not():
    assert standing(saves=[save(30.1, "B")]).answers == {"q": chosen("B")}
    assert standing(saves=[save(30.2, "B"), save(1, "A")]).answers == {"q": chosen("A")}


def test_answers_after_handing_in_do_not_count():
    found = standing(saves=[save(3, "A"), save(5, "B")], submissions=[end(4)])
    assert (found.answers, found.ended_at) == ({"q": chosen("A")}, after(4))


def test_handing_in_late_is_not_handing_in():
    assert standing(submissions=[end(31)]).ended_at is None


def test_who_hands_in_during_the_grace_has_handed_in_though_the_time_was_up():
    found = standing(submissions=[end(30.1)], expirations=[end(30, "x")])
    assert (found.submitted, found.ended_at) == (True, after(30.1))


def test_an_attempt_nobody_handed_in_ends_when_it_was_due():
    found = standing(expirations=[end(30)])
    assert (found.submitted, found.ended_at) == (False, after(30))


def test_an_attempt_without_a_limit_runs_until_it_is_handed_in():
    endless = [start(limit=None)]
    assert standing(starts=endless, expirations=[end(30)]).ended_at is None
    found = standing(starts=endless, saves=[save(9000, "B")], submissions=[end(9001)])
    assert (found.answers, found.ended_at) == ({"q": chosen("B")}, after(9001))


def test_answers_and_marks_of_questions_not_in_the_paper_are_nothing():
    found = standing(saves=[save(1, about="other")], marks=[mark(50, "other")])
    assert (found.answers, found.marks) == ({}, {})


def test_the_latest_mark_counts_and_equal_times_go_by_id():
    marks = [mark(10, minutes=61, id_="b"), mark(20, minutes=61, id_="a"), mark(30, minutes=60)]
    assert standing(marks=marks).marks["q"].share == 10


minutes = st.sampled_from([0.0, 1.0, 29.0, 30.0, 30.1, 30.2, 40.0])


@given(data=st.data())
def test_order_and_repetition_change_nothing(data: st.DataObject):
    numbers = st.integers(0, 9).map(str)
    many: dict[str, Any] = {
        "starts": st.builds(lambda at, id_: start(at, id_=id_), minutes, numbers),
        "saves": st.builds(lambda at, id_: save(at, "AB"[int(id_) % 2], id_=id_), minutes, numbers),
        "submissions": st.builds(end, minutes, numbers),
        "expirations": st.builds(end, minutes, numbers),
        "marks": st.builds(lambda at, id_: mark(id_, minutes=at, id_=id_), minutes, numbers),
    }
    told = {
        name: data.draw(st.lists(each, max_size=3, unique_by=lambda fact: fact.id))
        for name, each in many.items()
    }
    other = {name: data.draw(st.permutations([*facts, *facts[:1]])) for name, facts in told.items()}
    assert stand(Told(**told), GRACE) == stand(Told(**other), GRACE)
