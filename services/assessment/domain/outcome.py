"""The part of a total that an outcome's marks give."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from services.assessment.domain.amounts import plain, shown
from services.assessment.domain.known import Known
from services.assessment.domain.marks import standing_decision, standing_marking, value
from services.assessment.domain.parts import NONE, Uncut
from services.assessment.domain.peers import PeersMark, peers_mark
from services.assessment.domain.scheme import HUNDRED, Scheme

DECISIONS = {
    "appeal": ("申诉裁定成果得分为", "The appeal's decision sets the outcome's mark to"),
    "override": ("经更正，成果得分定为", "A correction sets the outcome's mark to"),
}


class Judgement(NamedTuple):
    """A mark of 0–100 that carries `share` per cent of the outcome's mark."""

    mark: Fraction
    share: Decimal
    zh: str
    en: str


Note = tuple[str, str]


def outcome_part(scheme: Scheme, known: Known) -> Uncut:
    """Weight × the outcome's mark / 100; 0 while nobody but the author has marked it.

    The mark is peers × their share + self × its share + staff × theirs. A
    missing staff mark leaves its share to the peers, missing reviews leave
    theirs to the staff, and a missing self-assessment counts 0. A
    self-assessment counts as far as `self_tolerance` lets it differ from the
    peers' mark, or the staff's where there is none. A decision on an appeal
    or an override sets the mark; a late outcome loses `late_deduction` per
    cent of it. While the window is open the mark is provisional.
    """
    if not known.outcome:
        return _unmarked(
            scheme, "尚未提交研修成果，计 0 分。", "No outcome is submitted: 0 points."
        )
    judgements, notes = _judged(scheme, known)
    decision = standing_decision(known.decisions)
    if decision is not None:
        mark = Fraction(decision.mark)
        zh, en = DECISIONS[decision.by]
        said = (f"{zh} {plain(decision.mark)}", f"{en} {plain(decision.mark)}")
        notes = []
    elif judgements:
        mark, said = _weighed(judgements)
    else:
        return _unmarked(
            scheme,
            "研修成果尚无互评，也无工作人员评分，暂计 0 分。",
            "The outcome has neither a review nor a staff mark: 0 points for now.",
        )
    if known.late and scheme.late_deduction:
        mark, said = _deducted(mark, said, scheme.late_deduction)
    if not known.closed:
        notes.append(("互评尚未截止，以上为暂定。", "Reviews are not closed: this is provisional."))
    weight = plain(scheme.outcome)
    return Uncut(
        "outcome",
        Fraction(scheme.outcome) * mark / 100,
        scheme.outcome,
        f"{said[0]}，计 {weight} 分的 {shown(mark)}%。" + "".join(zh for zh, _ in notes),
        f"{said[1]}, which gives {shown(mark)}% of {weight} points."
        + "".join(f" {en}" for _, en in notes),
    )


def _judged(scheme: Scheme, known: Known) -> tuple[list[Judgement], list[Note]]:
    """Peers, self and staff with the shares they have here, and what is to be said of it."""
    peers, own = peers_mark(scheme, known), standing_marking(known.self_marks)
    staff = standing_marking(known.staff_marks)
    staff_mark = None if staff is None else Fraction(value(staff.marks, scheme.rubric))
    judgements, notes = [], list(_missing(peers is None, staff is None, own is None))
    if peers is None and staff_mark is None:
        return [], []
    if peers is not None:
        share = scheme.peer_share if staff else scheme.peer_share + scheme.staff_share
        judgements.append(Judgement(peers.mark, share, peers.zh, peers.en))
    if own is not None:
        given = Fraction(value(own.marks, scheme.rubric))
        counts, gap = _bounded(given, peers, staff_mark, scheme.self_tolerance)
        notes.append(gap)
        judgements.append(Judgement(counts, scheme.self_share, "自评", "self-assessment"))
    if staff_mark is not None:
        share = scheme.staff_share if peers else scheme.peer_share + scheme.staff_share
        judgements.append(Judgement(staff_mark, share, "工作人员评分", "staff mark"))
    return judgements, notes


def _bounded(
    given: Fraction, peers: PeersMark | None, staff: Fraction | None, tolerance: Decimal
) -> tuple[Fraction, Note]:
    """What of a self-assessment counts, and the gap in words."""
    other = peers.mark if peers is not None else staff
    assert other is not None
    whose_zh, whose_en = ("互评", "peers'") if peers is not None else ("工作人员", "staff's")
    gap, most = given - other, Fraction(tolerance)
    if not gap:
        return given, (f"自评与{whose_zh}评分相同。",
                       f"The self-assessment equals the {whose_en} mark.")  # fmt: skip
    way_zh, way_en = ("高", "above") if gap > 0 else ("低", "below")
    zh = f"自评 {shown(given)} 比{whose_zh}评分{way_zh} {shown(abs(gap))} 分"
    en = f"The self-assessment of {shown(given)} is {shown(abs(gap))} {way_en} the {whose_en} mark"
    if abs(gap) <= most:
        return given, (f"{zh}，在允许的 {plain(tolerance)} 分之内。",
                       f"{en}, within the {plain(tolerance)} allowed.")  # fmt: skip
    counts = other + most if gap > 0 else other - most
    return counts, (f"{zh}，超过允许的 {plain(tolerance)} 分，按 {shown(counts)} 计。",
                    f"{en}, more than the {plain(tolerance)} allowed: "
                    f"it counts as {shown(counts)}.")  # fmt: skip


def _missing(no_peers: bool, no_staff: bool, no_self: bool) -> Iterator[Note]:
    if no_peers:
        yield (
            "没有互评，其份额由工作人员评分承担。",
            "There is no review: the staff mark carries the peers' share.",
        )
    if no_staff:
        yield (
            "没有工作人员评分，其份额由互评承担。",
            "There is no staff mark: the peers carry its share.",
        )
    if no_self:
        yield "没有自评，该份额计 0。", "There is no self-assessment: its share counts 0."


def _weighed(judgements: Sequence[Judgement]) -> tuple[Fraction, Note]:
    mark = sum((each.mark * Fraction(each.share) for each in judgements), NONE) / 100
    terms = [f"{shown(each.mark)} × {plain(each.share)}%" for each in judgements]
    zh = " + ".join(f"{each.zh} {term}" for each, term in zip(judgements, terms, strict=True))
    en = " + ".join(f"{each.en} {term}" for each, term in zip(judgements, terms, strict=True))
    return mark, (f"{zh}，得 {shown(mark)}", f"{en} makes {shown(mark)}")


def _deducted(mark: Fraction, said: Note, deduction: Decimal) -> tuple[Fraction, Note]:
    left = mark * Fraction(HUNDRED - deduction) / 100
    percent = plain(deduction)
    return left, (
        f"{said[0]}；逾期提交扣 {percent}%，余 {shown(left)}",
        f"{said[1]}; late, {percent}% is deducted, {shown(left)} remain",
    )


def _unmarked(scheme: Scheme, zh: str, en: str) -> Uncut:
    return Uncut("outcome", NONE, scheme.outcome, zh, en)
