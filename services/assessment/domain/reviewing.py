"""The part of a total that one's own reviews give, where a program has it."""

from collections.abc import Iterable
from fractions import Fraction

from services.assessment.domain.amounts import plain, shown
from services.assessment.domain.known import Known
from services.assessment.domain.marks import Given
from services.assessment.domain.parts import NONE, Uncut
from services.assessment.domain.scheme import Scheme

LISTED = 12
STRICTNESS = 2
"""Points of quality that each point of difference costs: 50 away is worth nothing."""


def closeness(given: Given) -> Fraction:
    """How close a review came to what was agreed on, 0–100: 100 − 2 × the difference."""
    return max(NONE, 100 - STRICTNESS * abs(Fraction(given.value) - given.agreed))


def quality(given: Iterable[Given], owed: int) -> Fraction | None:
    """The mean closeness of the reviews asked for, 0–100; None where none was asked for.

    One that was not written counts 0; one that was volunteered counts in its place or beside.
    """
    marks = [closeness(each) for each in given]
    most = max(owed, len(marks))
    return sum(marks, NONE) / most if most else None


def reviewing_part(scheme: Scheme, known: Known) -> Uncut:
    """Weight × quality / 100, full where no review was asked for, 0 until reviews are closed."""
    weight = plain(scheme.reviewing)
    if not known.closed:
        zh = "评阅质量在互评截止后计算，暂计 0 分。"
        en = "The quality of reviews is told when reviews are closed: 0 points for now."
        return Uncut("reviewing", NONE, scheme.reviewing, zh, en)
    found = quality(known.given, known.owed)
    if found is None:
        zh = "没有分配互评任务，此项计满分。"
        en = "No review was asked for: full points."
        return Uncut("reviewing", Fraction(scheme.reviewing), scheme.reviewing, zh, en)
    listed = sorted(known.given)[:LISTED]
    pairs = [f"{plain(each.value)}/{shown(each.agreed)}" for each in listed]
    if len(known.given) > LISTED:
        pairs.append("…")
    asked = max(known.owed, len(known.given))
    return Uncut(
        "reviewing",
        Fraction(scheme.reviewing) * found / 100,
        scheme.reviewing,
        f"应评 {asked} 份，已评 {len(known.given)} 份（评分/一致分：{'、'.join(pairs)}）；"
        f"每份 100−{STRICTNESS}×差距，未评计 0，平均 {shown(found)}，"
        f"计 {weight} 分的 {shown(found)}%。",
        f"{len(known.given)} of {asked} reviews given (mark/agreed: {', '.join(pairs)}); "
        f"each 100−{STRICTNESS}×difference, 0 where missing, {shown(found)} on average: "
        f"{shown(found)}% of {weight} points.",
    )
