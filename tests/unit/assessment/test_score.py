"""How a score follows from what is known."""

from decimal import Decimal
from typing import Any

import pytest

from services.assessment.domain.program import Program
from services.assessment.domain.score import Score, as_data, draw
from services.contracts.assessment import ScoreDrawn

from .builders import (
    elective,
    group,
    ids,
    known,
    marking,
    met,
    module,
    points,
    program,
    review,
)


def everything(**changes: Any) -> dict[str, Any]:
    """All that the program of `whole` asks for, with full marks."""
    return {
        "completed": ids(2, 3),
        "posts": frozenset("abcde"),
        "outcome": True,
        "self_marks": [marking(100)],
        "reviews": [review(by=1, value=100)],
        "staff_marks": [marking(100)],
        "owed": 3,
        "done": 3,
        "opened": True,
        "closed": True,
    } | changes


def whole(**scheme: Any) -> Program:
    return program(module(2), module(3, delivery="offline"), **scheme)


def scored(**changes: Any) -> Score:
    return draw(whole(), known(**everything(**changes)))


def outcome(read: Program | None = None, **facts: Any) -> Decimal:
    facts = {"outcome": True, "closed": True} | facts
    read = read or whole()
    return points(draw(read, known(read.scheme.consensus, **facts)))["outcome"]


def said(score: Score, code: str) -> tuple[str, str]:
    return next((each.zh, each.en) for each in (*score.parts, *score.gates) if each.code == code)


def test_who_has_done_everything_has_100_points_and_has_passed():
    score = scored()
    assert (score.total, score.passed, score.final) == (100, True, True)


def test_who_has_done_nothing_has_no_points_and_meets_no_gate():
    score = draw(whole(), known())
    assert (score.total, score.passed, score.final) == (0, False, False)
    assert met(score) == {
        "modules": False,
        "electives": True,
        "posts": False,
        "outcome": False,
        "reviews": False,
        "marked": False,
    }


@pytest.mark.parametrize(("mark", "passes"), [("59.99", False), ("60", True)])
def test_59_99_fails_and_60_passes(mark: str, passes: bool):
    read = program(theory="0", practice="0", discussion="0", outcome="100")
    marks = {"self_marks": [marking(mark)], "reviews": [review(by=1, value=mark)]}
    score = draw(read, known(**everything(**marks, staff_marks=[marking(mark)])))
    assert (score.total, score.passed) == (Decimal(mark), passes)


def test_59_999_is_shown_as_the_59_99_that_fails():
    read = program(theory="0", practice="0", discussion="0", outcome="100", peer_share="100",
                   self_share="0", staff_share="0")  # fmt: skip
    score = draw(read, known(**everything(reviews=[review(by=1, value="59.999")])))
    assert (score.total, score.passed) == (Decimal("59.99"), False)


def test_three_thirds_make_a_whole():
    read = program(
        *(module(number) for number in (2, 3, 4)),
        *(module(number, delivery="offline") for number in (5, 6, 7)),
        theory="10", practice="10", discussion="40", outcome="40", posts=3,
    )  # fmt: skip
    score = draw(read, known(completed=ids(2, 5), posts=frozenset("a")))
    assert score.total == 20
    assert list(points(score).values()) == [Decimal("3.33"), Decimal("3.33"), Decimal("13.34"), 0]


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"completed": ids(2)}, "modules"),
        ({"posts": frozenset("abcd")}, "posts"),
        ({"outcome": False}, "outcome"),
        ({"done": 2}, "reviews"),
        ({"reviews": [], "staff_marks": []}, "marked"),
    ],
)
def test_each_gate_alone_keeps_from_passing(changes: dict[str, Any], gate: str):
    score = draw(whole(pass_mark="0"), known(**everything(**changes)))
    assert [code for code, is_met in met(score).items() if not is_met] == [gate]
    assert not score.passed


def test_nobody_has_passed_while_the_window_is_open():
    score = scored(closed=False)
    assert all(met(score).values())
    assert score.total == 100
    assert not score.passed
    assert not score.final


def test_before_reviews_begin_the_own_ones_are_not_done():
    assert not met(scored(opened=False, closed=False, owed=0, done=0))["reviews"]


def test_a_window_known_to_be_closed_has_been_open():
    assert met(scored(opened=False, owed=0, done=0))["reviews"]


def test_more_reviews_than_owed_are_enough():
    assert met(scored(owed=2, done=3))["reviews"]


def test_a_module_counts_by_its_hours():
    read = program(module(2, hours="1"), module(3, hours="2"), module(4, delivery="offline"))
    assert points(draw(read, known(completed=ids(3))))["theory"] == 20


def test_modules_of_other_programs_count_nothing():
    assert draw(whole(), known(completed=ids(77))).total == 0


def test_without_offline_hours_their_weight_is_theorys_and_this_is_said():
    score = draw(program(module(2)), known(completed=ids(2)))
    assert (points(score)["theory"], points(score)["practice"]) == (50, 0)
    zh, en = said(score, "practice")
    assert "计入理论学习" in zh
    assert "go to theory" in en


def test_a_program_without_modules_gives_both_weights():
    assert draw(program(), known()).total == 50


def test_electives_count_up_to_what_their_group_asks_for():
    modules = (module(2, hours="2"), elective(3, hours="3"), elective(4, hours="5"))
    read = program(*modules, electives=(group(hours="6"),))
    assert points(draw(read, known(completed=ids(4))))["theory"] == Decimal("31.25")
    assert points(draw(read, known(completed=ids(3, 4))))["theory"] == Decimal("37.5")


@pytest.mark.parametrize(
    ("rules", "completed", "is_met"),
    [
        ({"modules": 2}, ids(2), False),
        ({"modules": 2}, ids(2, 3), True),
        ({"hours": "3"}, ids(3), False),
        ({"hours": "3"}, ids(2, 3), True),
        ({"modules": 2, "hours": "2"}, ids(2), False),
        ({"modules": 2, "hours": "2"}, ids(3), True),
        ({"modules": 2, "hours": "9"}, ids(2, 3), True),
        ({}, ids(), True),
    ],
)
def test_a_group_asks_for_modules_or_for_hours(rules: dict, completed: frozenset, is_met: bool):
    read = program(elective(2, hours="1"), elective(3, hours="2"), electives=(group(**rules),))
    assert met(draw(read, known(completed=completed)))["electives"] is is_met


def test_posts_count_in_proportion_and_no_more_than_in_full():
    assert points(draw(whole(), known(posts=frozenset("abc"))))["discussion"] == 6
    assert points(draw(whole(), known(posts=frozenset("abcdefg"))))["discussion"] == 10


def test_where_no_posts_are_asked_for_the_discussion_is_full():
    assert points(draw(whole(posts=0), known()))["discussion"] == 10


def test_peers_self_and_staff_carry_their_shares():
    marks = {"reviews": [review(by=1, value=80)], "self_marks": [marking(90)]}
    assert outcome(**marks, staff_marks=[marking(70)]) == Decimal("31.2")


def test_without_a_staff_mark_peers_carry_its_share():
    assert outcome(reviews=[review(by=1, value=80)], self_marks=[marking(90)]) == Decimal("32.4")


def test_without_reviews_staff_carries_the_peers_share():
    assert outcome(staff_marks=[marking(70)], self_marks=[marking(90)]) == Decimal("28.8")


def test_without_a_self_assessment_its_share_counts_0():
    assert outcome(reviews=[review(by=1, value=100)], staff_marks=[marking(100)]) == 36


def test_an_outcome_marked_by_its_author_alone_counts_0_for_now():
    score = scored(reviews=[], staff_marks=[])
    assert points(score)["outcome"] == 0
    assert "neither a review nor a staff mark" in said(score, "marked")[1]


def test_reviews_of_an_outcome_not_yet_heard_of_wait():
    assert outcome(outcome=False, reviews=[review(by=1, value=80)]) == 0


def test_the_latest_staff_mark_and_self_assessment_stand():
    early, late = marking(0), marking(100, day=1)
    marks = {"reviews": [review(by=1, value=100)]}
    assert outcome(**marks, staff_marks=[late, early], self_marks=[early, late]) == 40


def test_a_mark_is_the_median_until_the_window_closes():
    read = whole(consensus="mean", peer_share="100", self_share="0", staff_share="0")
    reviews = [review(by=1, value=100), review(by=2, value=100), review(by=3, value=40)]
    assert outcome(read, reviews=reviews, closed=False) == 40
    assert outcome(read, reviews=reviews, closed=True) == 32


def test_where_the_outcome_weighs_nothing_no_gate_is_about_it():
    read = program(module(2), theory="70", practice="20", outcome="0")
    score = draw(read, known(completed=ids(2), posts=frozenset("abcde"), closed=True))
    assert score.passed
    assert list(met(score)) == ["modules", "electives", "posts"]


def test_the_gate_of_modules_says_how_many_of_how_many():
    read = program(*(module(number) for number in range(2, 10)))
    zh, en = said(draw(read, known(completed=ids(2, 3, 4, 5, 6))), "modules")
    assert zh == "完成 5/8 个必修模块。"
    assert en == "5 of 8 required modules are completed."


def test_the_gate_of_electives_names_the_group_that_is_not_met():
    modules = (elective(2, "A"), elective(3, "B", hours="1.5"))
    read = program(*modules, electives=(group("A", modules=1), group("B", modules=3, hours="8")))
    zh, en = said(draw(read, known(completed=ids(2, 3))), "electives")
    assert zh == "达到 1/2 组选修要求；“选修 B”完成 1/3 个模块或 1.5/8 学时。"
    assert en == "1 of 2 elective rules are kept; “选修 B” 1/3 modules or 1.5/8 hours."


def test_the_sentence_of_theory_can_be_redone_by_hand():
    modules = (module(2, hours="2"), elective(3, hours="3"), module(4, delivery="offline"))
    read = program(*modules, electives=(group(modules=1),))
    zh, en = said(draw(read, known(completed=ids(3))), "theory")
    assert zh == (
        "线上与直播模块：必修完成 0/2 学时；选修“选修 A”完成 3 学时，计 3/3；"
        "合计 3/5 学时，计 30 分的 3/5。"
    )
    assert en == (
        "Online and live: required 0/2 hours; elective “选修 A” 3 hours, counted as 3/3; "
        "together 3/5 hours, which gives 3/5 of 30 points."
    )


def test_the_sentence_of_the_outcome_can_be_redone_by_hand():
    reviews = [review(by=1, value=100), review(by=2, value=50), review(by=3, value=50)]
    marks = {"reviews": reviews, "self_marks": [marking(90)], "outcome": True}
    zh, en = said(draw(whole(consensus="mean"), known("mean", **marks, closed=True)), "outcome")
    assert zh == (
        "互评 3 份（50、50、100）的平均分 ≈66.67 × 90% + 自评 90 × 10%，得 69，计 40 分的 69%。"
        "没有工作人员评分，其份额由互评承担。"
        "自评 90 比互评评分高 ≈23.33 分，在允许的 100 分之内。"
    )
    assert en == (
        "mean of 3 reviews (50, 50, 100) ≈66.67 × 90% + self-assessment 90 × 10% makes 69, "
        "which gives 69% of 40 points. There is no staff mark: the peers carry its share. "
        "The self-assessment of 90 is ≈23.33 above the peers' mark, within the 100 allowed."
    )


def test_an_open_window_is_said_to_make_the_mark_provisional():
    zh, en = said(scored(closed=False), "outcome")
    assert zh.endswith("互评尚未截止，以上为暂定。")
    assert en.endswith("this is provisional.")


def test_the_hours_are_those_of_all_completed_modules_of_the_program():
    read = program(module(2, hours="1.5"), elective(3, hours="8.50", group=None), module(4))
    score = draw(read, known(completed=ids(2, 3, 77)))
    assert (score.hours, as_data(score)["hours"]) == (10, "10")


def test_a_score_becomes_the_data_of_a_score_drawn():
    data = as_data(draw(whole(), known(posts=frozenset("a"), basis=7)))
    assert ScoreDrawn().validate(data) == {}
    assert (data["total"], data["basis"], data["parts"][2]["points"]) == ("2.00", 7, "2.00")


def test_the_longest_sentences_keep_the_contract():
    codes = [f"{number:064}" for number in range(40)]
    long = "长" * 200
    hours = "1234567.123456789"
    modules = [elective(n, code, hours=hours) for n, code in enumerate(codes)]
    rules = {"modules": 10**9, "hours": "999999999.999999999"}
    groups = tuple(group(code, **rules) | {"title": long} for code in codes)
    numbers = range(1, 501)
    score = draw(
        program(*modules, electives=groups),
        known(
            completed=ids(*range(40)),
            outcome=True,
            reviews=[review(by=by, value=f"{by % 90}.123456789") for by in numbers],
            self_marks=[marking("88.123456789")],
        ),
    )
    assert ScoreDrawn().validate(as_data(score)) == {}
