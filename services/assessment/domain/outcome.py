"""The part of a total that an outcome's marks give."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from services.assessment.domain.amounts import plain, shown
from services.assessment.domain.known import Known
from services.assessment.domain.marks import Marking, consensus, standing_marking, value, values
from services.assessment.domain.parts import NONE, Uncut
from services.assessment.domain.scheme import Consensus, Criterion, Scheme

VALUES_LISTED = 12
METHOD_NAMES = {"mean": ("平均分", "mean"), "median": ("中位数", "median")}


class Judgement(NamedTuple):
    """A mark of 0–100 that carries `share` per cent of the outcome's mark."""

    mark: Fraction
    share: Decimal
    zh: str
    en: str


def outcome_part(scheme: Scheme, known: Known) -> Uncut:
    """Weight × the outcome's mark / 100; 0 while nobody but the author has marked it.

    The mark is peers × their share + self × its share + staff × theirs. A
    missing staff mark leaves its share to the peers, missing reviews leave
    theirs to the staff, and a missing self-assessment counts 0. The peers'
    mark is the consensus by the scheme's method; while the window is open
    it is provisional, and the median of what is there.
    """
    if not known.outcome:
        return _unmarked(
            scheme, "尚未提交研修成果，计 0 分。", "No outcome is submitted: 0 points."
        )
    method: Consensus = scheme.consensus if known.closed else "median"
    peers = consensus(known.reviews, method, scheme.rubric)
    staff = standing_marking(known.staff_marks)
    if peers is None and staff is None:
        return _unmarked(
            scheme,
            "研修成果尚无互评，也无工作人员评分，暂计 0 分。",
            "The outcome has neither a review nor a staff mark: 0 points for now.",
        )
    own = standing_marking(known.self_marks)
    judgements = []
    if peers is not None:
        share = scheme.peer_share if staff else scheme.peer_share + scheme.staff_share
        reviews = values(known.reviews, scheme.rubric)
        judgements.append(_peers(peers, share, method, reviews))
    if own is not None:
        judgements.append(_single(own, scheme.self_share, scheme.rubric, "自评", "self-assessment"))
    if staff is not None:
        share = scheme.staff_share if peers is not None else scheme.peer_share + scheme.staff_share
        judgements.append(_single(staff, share, scheme.rubric, "工作人员评分", "staff mark"))
    notes = tuple(_notes(known, peers is None, staff is None, own is None))
    return _weighed(scheme, judgements, notes)


def _unmarked(scheme: Scheme, zh: str, en: str) -> Uncut:
    return Uncut("outcome", NONE, scheme.outcome, zh, en)


def _peers(
    mark: Fraction, share: Decimal, method: Consensus, reviews: Sequence[Decimal]
) -> Judgement:
    listed = [plain(each) for each in reviews[:VALUES_LISTED]]
    if len(reviews) > VALUES_LISTED:
        listed.append("…")
    zh, en = METHOD_NAMES[method]
    return Judgement(
        mark,
        share,
        f"互评 {len(reviews)} 份（{'、'.join(listed)}）的{zh}",
        f"{en} of {len(reviews)} reviews ({', '.join(listed)})",
    )


def _single(
    marking: Marking, share: Decimal, rubric: Sequence[Criterion], zh: str, en: str
) -> Judgement:
    return Judgement(Fraction(value(marking.marks, rubric)), share, zh, en)


def _notes(
    known: Known, no_peers: bool, no_staff: bool, no_self: bool
) -> Iterator[tuple[str, str]]:
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
    if not known.closed:
        yield "互评尚未截止，以上为暂定。", "Reviews are not closed: this is provisional."


def _weighed(
    scheme: Scheme, judgements: Sequence[Judgement], notes: Sequence[tuple[str, str]]
) -> Uncut:
    mark = sum((each.mark * Fraction(each.share) for each in judgements), NONE) / 100
    terms = [f"{shown(each.mark)} × {plain(each.share)}%" for each in judgements]
    zh = " + ".join(f"{each.zh} {term}" for each, term in zip(judgements, terms, strict=True))
    en = " + ".join(f"{each.en} {term}" for each, term in zip(judgements, terms, strict=True))
    weight = plain(scheme.outcome)
    return Uncut(
        "outcome",
        Fraction(scheme.outcome) * mark / 100,
        scheme.outcome,
        f"{zh}，得 {shown(mark)}，计 {weight} 分的 {shown(mark)}%。"
        + "".join(note for note, _ in notes),
        f"{en} makes {shown(mark)}, which gives {shown(mark)}% of {weight} points. "
        + " ".join(note for _, note in notes),
    )
