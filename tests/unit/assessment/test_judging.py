"""Who judges an outcome, how far each of them counts, and when nobody is waited for."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.domain.consensus import Rating, agree
from services.assessment.domain.marks import Given
from services.assessment.domain.program import Program
from services.assessment.domain.reviewing import closeness, quality
from services.assessment.domain.score import Score, draw

from .builders import decision, id_, known, marking, met, points, program, review

MARKS = st.decimals(0, 100, places=2)


def only_outcome(**scheme: Any) -> Program:
    """A program in which only the outcome counts."""
    said = {"theory": "0", "practice": "0", "discussion": "0", "outcome": "100", "posts": 0}
    return program(**(said | scheme))


def scored(scheme: dict[str, Any] | None = None, **facts: Any) -> Score:
    read = only_outcome(**(scheme or {}))
    given = {"outcome": True, "opened": True, "closed": True} | facts
    return draw(read, known(read.scheme.consensus, **given))


def mark(scheme: dict[str, Any] | None = None, **facts: Any) -> Decimal:
    return points(scored(scheme, **facts))["outcome"]


def said(score: Score, code: str) -> tuple[str, str]:
    return next((each.zh, each.en) for each in (*score.parts, *score.gates) if each.code == code)


def peers(*marks: int) -> list[Any]:
    return [review(by=place, value=one) for place, one in enumerate(marks, start=1)]


@pytest.mark.parametrize(
    ("own", "counts"), [(85, 85), (90, 90), (91, 90), (100, 90), (70, 70), (0, 70)]
)
def test_a_self_assessment_counts_no_further_than_the_tolerance_from_the_peers(
    own: int, counts: int
):
    scheme = {"self_tolerance": "10", "peer_share": "0", "self_share": "99", "staff_share": "1"}
    told = scored(scheme, reviews=peers(80), self_marks=[marking(own)])
    assert points(told)["outcome"] == Decimal(counts) * 99 / 100 + Decimal("0.8")


def test_without_peers_the_tolerance_is_from_the_staffs_mark():
    told = scored({"self_tolerance": "5"}, staff_marks=[marking(60)], self_marks=[marking(90)])
    assert points(told)["outcome"] == Decimal("60.5")
    assert "比工作人员评分高 30 分，超过允许的 5 分，按 65 计。" in said(told, "outcome")[0]
    assert (
        "30 above the staff's mark, more than the 5 allowed: it counts as 65."
        in (said(told, "outcome")[1])
    )


def test_the_gap_is_told_in_both_directions_and_when_there_is_none():
    low = scored(reviews=peers(80), self_marks=[marking(70)])
    even = scored(reviews=peers(80), self_marks=[marking(80)])
    assert "自评 70 比互评评分低 10 分，在允许的 100 分之内。" in said(low, "outcome")[0]
    assert "equals the peers' mark" in said(even, "outcome")[1]


def test_a_referee_takes_the_place_of_the_peers():
    facts = {"reviews": peers(20, 90), "referee_marks": [marking(70)]}
    assert mark({"peer_share": "70", "self_share": "0"}, **facts) == 70
    told = scored(**facts, staff_marks=[marking(50)])
    assert points(told)["outcome"] == Decimal("57")
    assert "裁定评分（代替互评） 70 × 60%" in said(told, "outcome")[0]


def test_reviews_that_differ_more_than_allowed_wait_for_a_referee():
    scheme = {"referee_spread": "30", "pass_mark": "0"}
    facts = {"reviews": peers(50, 81), "staff_marks": [marking(90)]}
    waiting = scored(scheme, **facts)
    assert (waiting.final, waiting.passed, met(waiting)["marked"]) == (False, False, False)
    assert "最多相差 31 分，超过 30 分，等待裁定" in said(waiting, "marked")[0]
    assert scored(scheme, **facts, referee_marks=[marking(60)]).final
    assert scored(scheme, **facts, decisions=[decision(60)]).final


def test_a_spread_of_just_the_threshold_waits_for_nobody():
    assert scored({"referee_spread": "30"}, reviews=peers(50, 80)).final


def test_reviews_that_are_still_open_wait_for_no_referee():
    facts = {"reviews": peers(0, 100), "closed": False}
    assert met(scored({"referee_spread": "10"}, **facts))["marked"]


@pytest.mark.parametrize("judged", ["reviews", "staff_marks", "referee_marks", "decisions"])
def test_a_closed_score_is_final_as_soon_as_anybody_has_judged(judged: str):
    assert not scored().final
    by = {
        "reviews": peers(80),
        "staff_marks": [marking(80)],
        "referee_marks": [marking(80)],
        "decisions": [decision(80)],
    }
    assert scored(**{judged: by[judged]}).final


def test_without_an_outcome_nobody_is_waited_for():
    score = scored(outcome=False)
    assert (score.final, score.passed, score.total) == (True, False, 0)


def test_a_decision_sets_the_whole_mark_and_the_latest_stands():
    facts = {"reviews": peers(40), "self_marks": [marking(40)], "staff_marks": [marking(40)]}
    told = scored(**facts, decisions=[decision(70), decision(88, "appeal", day=1, number=2)])
    assert points(told)["outcome"] == 88
    zh, en = said(told, "outcome")
    assert zh == "申诉裁定成果得分为 88，计 100 分的 88%。"
    assert (
        en == "The appeal's decision sets the outcome's mark to 88, which gives 88% of 100 points."
    )


def test_a_late_outcome_loses_its_share_and_this_is_told():
    told = scored({"late_deduction": "10"}, late=True, decisions=[decision(80)])
    assert points(told)["outcome"] == 72
    assert "逾期提交扣 10%，余 72" in said(told, "outcome")[0]
    assert "late, 10% is deducted, 72 remain" in said(told, "outcome")[1]
    assert points(scored({"late_deduction": "0"}, late=True, decisions=[decision(80)])) == {
        "theory": 0, "practice": 0, "discussion": 0, "outcome": 80,
    }  # fmt: skip


def test_only_the_gates_of_the_scheme_are_asked():
    score = scored({"gates": ["outcome"]}, reviews=peers(80), owed=3, done=0)
    assert list(met(score)) == ["outcome", "marked"]
    assert score.passed


def test_an_outcome_nobody_must_hand_in_need_not_be_marked():
    read = {"gates": [], "pass_mark": "0"}
    assert scored(read, outcome=False).passed
    assert list(met(scored(read, reviews=peers(80)))) == ["marked"]


def test_who_has_withdrawn_does_not_pass():
    facts = {"reviews": peers(100), "self_marks": [marking(100)], "withdrawn": True}
    score = scored(**facts)
    assert (score.final, score.passed, met(score)["enrolled"]) == (True, False, False)


def agreed_in_a_cohort(*marks: int) -> Any:
    """What reviews of one outcome agree on by reliability, among outcomes that are alike."""
    ratings = [
        Rating(id_(by), id_(900 + place), Decimal(70 + (by * 7 + place * 3) % 20))
        for place in range(8)
        for by in range(1, len(marks) + 1)
    ]
    ratings += [Rating(id_(by), id_(999), Decimal(one)) for by, one in enumerate(marks, start=1)]
    return agree(ratings, method="reliability", anchors_count=False).outcomes[id_(999)]


def test_a_mark_weighed_by_reliability_can_be_redone_by_hand():
    agreed = agreed_in_a_cohort(82, 76, 91)
    told = scored(
        {"consensus": "reliability", "peer_share": "100", "self_share": "0", "staff_share": "0"},
        reviews=peers(82, 76, 91),
        agreed=agreed,
    )
    zh, en = said(told, "outcome")
    redone = Fraction(agreed.centre_weight) * Fraction(agreed.centre) + sum(
        Fraction(one.weight) * Fraction(one.mark - one.bias) for one in agreed.reviews
    )
    assert redone == agreed.mark
    assert sum(one.weight for one in agreed.reviews) + agreed.centre_weight == 1
    for one in agreed.reviews:
        bias = f"−{one.bias.normalize():f}" if one.bias > 0 else f"+{-one.bias.normalize():f}"
        for text in (zh, en):
            assert f"{one.weight.normalize():f}×({one.mark:f}{bias})" in text
    assert points(told)["outcome"] == Decimal(int(agreed.mark * 100)) / 100


def test_reviews_are_listed_by_what_they_say_so_that_none_points_to_its_reviewer():
    forward = scored({"consensus": "reliability"}, reviews=peers(60, 70, 80),
                     agreed=agreed_in_a_cohort(60, 70, 80))  # fmt: skip
    zh, _ = said(forward, "outcome")
    assert zh.index("×(60") < zh.index("×(70") < zh.index("×(80")


@given(MARKS, MARKS)
def test_closeness_falls_by_two_points_for_each_point_of_difference(value: Decimal, other: Decimal):
    found = closeness(Given(value, Fraction(other)))
    assert found == max(0, 100 - 2 * abs(Fraction(value) - Fraction(other)))


def test_a_review_that_was_not_written_counts_0_and_a_volunteered_one_makes_up_for_it():
    exact = Given(Decimal(80), Fraction(80))
    assert quality([exact], owed=2) == 50
    assert quality([exact, exact], owed=2) == 100
    assert quality([exact, Given(Decimal(80), Fraction(90))], owed=1) == 90
    assert quality([], owed=0) is None


@pytest.mark.parametrize(
    ("facts", "points_of_ten"),
    [
        ({"given": [Given(Decimal(80), Fraction(85))], "owed": 1}, "9"),
        ({"given": [Given(Decimal(80), Fraction(85))], "owed": 2}, "4.5"),
        ({"given": [], "owed": 0}, "10"),
        ({"given": [], "owed": 0, "closed": False}, "0"),
    ],
)
def test_reviewing_earns_points_where_the_scheme_says_so(facts: dict[str, Any], points_of_ten: str):
    scheme = {"outcome": "90", "reviewing": "10"}
    score = scored(scheme, **facts)
    assert points(score)["reviewing"] == Decimal(points_of_ten)
    assert sum(part.most for part in score.parts) == 100


def test_the_sentence_of_reviewing_can_be_redone_by_hand():
    given_ = [Given(Decimal(80), Fraction(85)), Given(Decimal(70), Fraction("70.5"))]
    zh, en = said(scored({"outcome": "90", "reviewing": "10"}, given=given_, owed=4), "reviewing")
    assert zh == (
        "应评 4 份，已评 2 份（评分/一致分：70/70.5、80/85）；每份 100−2×差距，未评计 0，"
        "平均 47.25，计 10 分的 47.25%。"
    )
    assert en == (
        "2 of 4 reviews given (mark/agreed: 70/70.5, 80/85); each 100−2×difference, "
        "0 where missing, 47.25 on average: 47.25% of 10 points."
    )
    scheme = {"outcome": "90", "reviewing": "10"}
    assert said(scored(scheme), "reviewing") == (
        "没有分配互评任务，此项计满分。",
        "No review was asked for: full points.",
    )
    assert said(scored(scheme, closed=False), "reviewing") == (
        "评阅质量在互评截止后计算，暂计 0 分。",
        "The quality of reviews is told when reviews are closed: 0 points for now.",
    )


def test_the_gate_of_marks_says_who_has_judged():
    alone = said(scored(reviews=peers(80, 90)), "marked")
    both = said(scored(reviews=peers(80), staff_marks=[marking(70)]), "marked")
    apart = scored({"referee_spread": "30"}, reviews=peers(50, 81.5))
    assert alone == (
        "研修成果有 2 份互评，无工作人员评分。",
        "Reviews of the outcome: 2; staff mark: no.",
    )
    assert both == (
        "研修成果有 1 份互评，有工作人员评分。",
        "Reviews of the outcome: 1; staff mark: yes.",
    )
    assert said(apart, "marked") == (
        "2 份互评最多相差 31.5 分，超过 30 分，等待裁定。",
        "The 2 reviews differ by up to 31.5, more than 30: a referee is asked for.",
    )


@pytest.mark.parametrize(
    ("facts", "zh", "en"),
    [
        (
            {"staff_marks": [marking(70)]},
            "工作人员评分 70 × 90%，得 63，计 100 分的 63%。没有互评，其份额由工作人员评分承担。"
            "没有自评，该份额计 0。",
            "staff mark 70 × 90% makes 63, which gives 63% of 100 points. There is no review: the "
            "staff mark carries the peers' share. There is no self-assessment: its share counts 0.",
        ),
        (
            {"referee_marks": [marking(70)], "staff_marks": [marking(60)]},
            "裁定评分（代替互评） 70 × 60% + 工作人员评分 60 × 30%，得 60，计 100 分的 60%。"
            "没有自评，该份额计 0。",
            "referee's mark in place of the peers' 70 × 60% + staff mark 60 × 30% makes 60, which "
            "gives 60% of 100 points. There is no self-assessment: its share counts 0.",
        ),
        (
            {"decisions": [decision("72.5")]},
            "经更正，成果得分定为 72.5，计 100 分的 72.5%。",
            "A correction sets the outcome's mark to 72.5, which gives 72.5% of 100 points.",
        ),
        (
            {},
            "研修成果尚无互评，也无工作人员评分，暂计 0 分。",
            "The outcome has neither a review nor a staff mark: 0 points for now.",
        ),
        ({"outcome": False}, "尚未提交研修成果，计 0 分。", "No outcome is submitted: 0 points."),
    ],
)
def test_an_outcome_explains_itself(facts: dict[str, Any], zh: str, en: str):
    assert said(scored(**facts), "outcome") == (zh, en)


def test_more_reviews_than_are_listed_end_in_an_ellipsis():
    many = list(range(40, 80))
    zh, en = said(scored(reviews=peers(*many), closed=False), "outcome")
    assert "互评 40 份（40、41" in zh
    assert "55、…）的中位数 59.5" in zh
    assert "55, …) 59.5" in en
