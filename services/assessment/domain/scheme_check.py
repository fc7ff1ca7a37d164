"""Which schemes cannot be scored by."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from services.assessment.domain.amounts import plain
from services.assessment.domain.scheme import HUNDRED, Criterion, Scheme


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a scheme cannot be published; `field` names its field in the contract.

    A sum over several fields is refused at the first of them.
    """

    field: str
    zh: str
    en: str


def check_scheme(scheme: Scheme) -> list[Refusal]:
    """All that a scheme must have beyond its contract; an empty list lets it be published.

    Two decimal places at most, so that the total, which is cut to two
    places, passes exactly where the uncut one does.
    """
    return [
        *_amounts(scheme),
        *_sum("theory", "各项分值", "the weights", _weights(scheme).values()),
        *_sum("peer_share", "成果得分的三项份额", "the three shares", _shares(scheme).values()),
        *_judges(scheme),
        *_discussion(scheme),
        *_rubric(scheme.rubric),
    ]


def _weights(scheme: Scheme) -> dict[str, Decimal]:
    return {
        "theory": scheme.theory,
        "practice": scheme.practice,
        "discussion": scheme.discussion,
        "outcome": scheme.outcome,
        "reviewing": scheme.reviewing,
    }


def _shares(scheme: Scheme) -> dict[str, Decimal]:
    return {
        "peer_share": scheme.peer_share,
        "self_share": scheme.self_share,
        "staff_share": scheme.staff_share,
    }


def _amounts(scheme: Scheme) -> Iterable[Refusal]:
    rubric = {f"rubric.{line.code}.weight": line.weight for line in scheme.rubric}
    others = {
        "pass_mark": scheme.pass_mark,
        "self_tolerance": scheme.self_tolerance,
        "referee_spread": scheme.referee_spread,
        "late_deduction": scheme.late_deduction,
    }
    amounts = _weights(scheme) | _shares(scheme) | others | rubric
    for field, amount in amounts.items():
        if not 0 <= amount <= HUNDRED or amount * HUNDRED % 1:
            yield Refusal(
                field,
                f"{plain(amount)} 不是 0 至 100 之间、最多两位小数的数。",
                f"{plain(amount)} is not a number from 0 to 100 with at most two decimal places.",
            )


def _sum(field: str, zh: str, en: str, amounts: Iterable[Decimal]) -> Iterable[Refusal]:
    total = sum(amounts, Decimal(0))
    if total != HUNDRED:
        yield Refusal(
            field,
            f"{zh}之和应为 100，现为 {plain(total)}。",
            f"The sum of {en} must be 100, it is {plain(total)}.",
        )


def _judges(scheme: Scheme) -> Iterable[Refusal]:
    if scheme.self_share == HUNDRED:
        yield Refusal(
            "self_share",
            "成果不能只由作者自评。",
            "An outcome cannot be marked by its author alone.",
        )


def _discussion(scheme: Scheme) -> Iterable[Refusal]:
    if scheme.discussion and not scheme.posts:
        yield Refusal(
            "posts",
            "研讨计分时，至少要求 1 次发言。",
            "A discussion that earns points must ask for at least 1 post.",
        )


def _rubric(rubric: tuple[Criterion, ...]) -> Iterable[Refusal]:
    if not rubric:
        yield Refusal(
            "rubric",
            "评分标准至少要有一项。",
            "The rubric needs at least one criterion.",
        )
        return
    codes = [line.code for line in rubric]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Refusal(
            "rubric",
            f"评分标准的代码 {code} 重复。",
            f"The rubric's code {code} is used more than once.",
        )
    weights = (line.weight for line in rubric)
    yield from _sum("rubric", "评分标准各项权重", "the rubric's weights", weights)
