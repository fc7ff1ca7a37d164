"""The mark that the peers, or a referee in their place, give an outcome."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from services.assessment.domain.amounts import plain, shown
from services.assessment.domain.consensus import Agreed, Counted, Method
from services.assessment.domain.known import Known
from services.assessment.domain.marks import provisional, standing_marking, value, values
from services.assessment.domain.scheme import Scheme

LISTED = 16
"""How many reviews an explanation lists; a contract's text ends at 2,000 characters."""

METHODS: dict[Method, tuple[str, str]] = {
    "mean": ("平均分", "mean"),
    "median": ("中位数", "median"),
    "reliability": ("可靠性加权", "weighed by reliability"),
}


class PeersMark(NamedTuple):
    """A mark of 0–100, and what it is."""

    mark: Fraction
    zh: str
    en: str


def peers_mark(scheme: Scheme, known: Known) -> PeersMark | None:
    """The referee's mark, else the consensus, else the median while reviews are open."""
    referee = standing_marking(known.referee_marks)
    if referee is not None:
        mark = Fraction(value(referee.marks, scheme.rubric))
        return PeersMark(mark, "裁定评分（代替互评）", "referee's mark in place of the peers'")
    if known.closed:
        return _agreed(scheme.consensus, known.agreed) if known.agreed else None
    mark_so_far = provisional(known.reviews, scheme.rubric)
    if mark_so_far is None:
        return None
    given = values(known.reviews, scheme.rubric)
    return PeersMark(mark_so_far, *_listed("median", given))


def is_judged(known: Known) -> bool:
    """Whether anybody but the author has marked the outcome."""
    return bool(known.reviews or known.staff_marks or known.referee_marks or known.decisions)


def awaits_referee(scheme: Scheme, known: Known) -> bool:
    """Whether closed reviews differ so much that a referee is asked, and none has answered."""
    if known.agreed is None or known.referee_marks or known.decisions:
        return False
    return known.agreed.spread > scheme.referee_spread


def _listed(method: Method, given: Sequence[Decimal]) -> tuple[str, str]:
    listed = [plain(each) for each in given[:LISTED]]
    if len(given) > LISTED:
        listed.append("…")
    zh, en = METHODS[method]
    return (
        f"互评 {len(given)} 份（{'、'.join(listed)}）的{zh}",
        f"{en} of {len(given)} reviews ({', '.join(listed)})",
    )


def _agreed(method: Method, agreed: Agreed) -> PeersMark | None:
    if not agreed.reviews:
        return None
    if method != "reliability":
        given = sorted(each.mark for each in agreed.reviews)
        return PeersMark(agreed.mark, *_listed(method, given))
    # In the order of what was given, so that none points to its reviewer.
    counted = sorted(agreed.reviews, key=lambda each: (each.mark, each.bias, each.weight))
    terms = [_term(each) for each in counted[:LISTED]]
    if len(counted) > LISTED:
        terms.append("…")
    zh, en = " + ".join(terms), " + ".join(terms)
    if agreed.centre_weight:
        centre = f" + {plain(agreed.centre_weight)}×{plain(agreed.centre)}"
        zh += f"{centre}（全体中心）"
        en += f"{centre} (centre of the cohort)"
    raw = _sum(agreed)
    if raw != agreed.mark:
        zh += f" = {shown(raw)}，限于 {shown(agreed.mark)}"
        en += f" = {shown(raw)}, bounded to {shown(agreed.mark)}"
    count = len(counted)
    return PeersMark(
        agreed.mark,
        f"互评 {count} 份按可靠性加权（权重×(评分−偏差)：{zh}）",
        f"{count} reviews weighed by reliability (weight×(mark−bias): {en})",
    )


def _term(counted: Counted) -> str:
    if not counted.bias:
        return f"{plain(counted.weight)}×{plain(counted.mark)}"
    sign = "−" if counted.bias > 0 else "+"
    return f"{plain(counted.weight)}×({plain(counted.mark)}{sign}{plain(abs(counted.bias))})"


def _sum(agreed: Agreed) -> Fraction:
    total = Fraction(agreed.centre_weight) * Fraction(agreed.centre)
    for each in agreed.reviews:
        total += Fraction(each.weight) * Fraction(each.mark - each.bias)
    return total
