"""The four parts of a total, each with the sentence by which it can be redone by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from services.assessment.domain.amounts import (
    BILLIONTHS,
    billionths,
    counted,
    hundredths,
    plain,
)
from services.assessment.domain.known import Known
from services.assessment.domain.program import Side
from services.assessment.domain.progress import LISTED, Progress
from services.assessment.domain.scheme import Scheme

NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Part:
    """`points` of at most `most`, and why."""

    code: str
    points: Decimal
    most: Decimal
    zh: str
    en: str


class Uncut(NamedTuple):
    """A part before its points are cut to two decimal places."""

    code: str
    points: Fraction
    most: Decimal
    zh: str
    en: str


def add_up(parts: Iterable[Uncut]) -> tuple[Decimal, tuple[Part, ...]]:
    """The total, cut (not rounded) to two places, and the parts that add up to it exactly.

    Points are added uncut, one part after another; a part's points are what
    it adds to the running total cut to two places. So three thirds make a
    whole, 59.999 is shown as the 59.99 that fails and not as a 60 that
    seems to pass, and who adds up the shown parts finds the shown total.
    """
    # Whole numbers over one denominator: fractions are slow to add, and every fact comes here.
    over, under, before = 0, 1, 0
    shown_parts = []
    for part in parts:
        points = part.points
        over = over * points.denominator + points.numerator * under
        under *= points.denominator
        after = 100 * over // under
        cut = hundredths(after - before)
        shown_parts.append(Part(part.code, cut, part.most, part.zh, part.en))
        before = after
    return hundredths(before), tuple(shown_parts)


def module_part(code: str, done: Progress) -> Uncut:
    """Weight × completed hours / asked hours; the full weight where no hours are asked for.

    Hours are those of `progress`: required modules, and of each elective
    group up to what it asks for.
    """
    side = done.side
    if not side.asked:
        return _nothing_asked(code, side)
    points = Fraction(billionths(side.weight) * done.earned, side.asked * BILLIONTHS)
    share = f"{counted(done.earned)}/{counted(side.asked)}"
    weight = plain(side.weight)
    zh, en = _hours(done)
    return Uncut(
        code,
        points,
        side.weight,
        f"{zh}合计 {share} 学时，计 {weight} 分的 {share}。",
        f"{en}together {share} hours, which gives {share} of {weight} points.",
    )


def _hours(done: Progress) -> tuple[str, str]:
    zh, en = (
        ("线下模块：", "Offline: ")
        if done.side.offline
        else ("线上与直播模块：", "Online and live: ")
    )
    if done.side.ids:
        hours = f"{counted(done.hours)}/{counted(done.side.required_hours)}"
        zh += f"必修完成 {hours} 学时；"
        en += f"required {hours} hours; "
    for each in done.chosen[:LISTED]:
        hours = f"{counted(each.counting)}/{counted(each.elective.asked)}"
        completed = counted(each.hours)
        zh += f"选修“{each.title}”完成 {completed} 学时，计 {hours}；"
        en += f"elective “{each.title}” {completed} hours, counted as {hours}; "
    return zh, en


def _nothing_asked(code: str, side: Side) -> Uncut:
    if side.weight:
        zh, en = "本项目不要求学时，此项计满分。", "The program asks for no hours: full points."
    elif side.offline:
        zh = "本项目不要求线下学时，实践的分值计入理论学习。"
        en = "The program asks for no offline hours: practice's points go to theory."
    else:
        zh = "本项目只要求线下学时，理论学习的分值计入实践。"
        en = "The program asks for offline hours only: theory's points go to practice."
    return Uncut(code, Fraction(side.weight), side.weight, zh, en)


def discussion_part(scheme: Scheme, known: Known) -> Uncut:
    """Weight × counted posts / `scheme.posts`, at most the weight; full if none are asked."""
    weight, posts, full = scheme.discussion, len(known.posts), scheme.posts
    if not full:
        zh, en = "本项目不要求研讨发言，此项计满分。", "The program asks for no posts: full points."
        return Uncut("discussion", Fraction(weight), weight, zh, en)
    counting = min(posts, full)
    share = f"{counting}/{full}"
    return Uncut(
        "discussion",
        Fraction(billionths(weight) * counting, full * BILLIONTHS),
        weight,
        f"有效研讨发言 {posts} 次，{full} 次计满分：计 {plain(weight)} 分的 {share}。",
        f"{posts} counted posts, {full} earn full points: {share} of {plain(weight)} points.",
    )
