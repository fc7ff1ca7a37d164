"""How a program is scored, and which schemes cannot be published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from services.assessment.domain.amounts import plain

HUNDRED = Decimal(100)

Consensus = Literal["mean", "median"]

DEFAULT_SCHEME: dict[str, Any] = {
    "theory": "30",
    "practice": "20",
    "discussion": "10",
    "outcome": "40",
    "peer_share": "60",
    "self_share": "10",
    "staff_share": "30",
    "posts": 5,
    "pass_mark": "60",
    "reviewers": 3,
    "consensus": "median",
    "release": "automatic",
    "rubric": [
        {"code": "theory", "title": "理论运用 Use of theory", "weight": "30"},
        {"code": "practice", "title": "联系实际 Link to practice", "weight": "30"},
        {"code": "depth", "title": "分析深度 Depth of analysis", "weight": "20"},
        {"code": "writing", "title": "文字表达 Writing", "weight": "20"},
    ],
}
"""What a new program's scheme begins with, in the shape of the contract."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A line of the rubric, marked 0–100; `weight` is its share in per cent."""

    code: str
    title: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Scheme:
    """Weights are points of 100; shares are per cent of the outcome's mark.

    `posts`: how many counted posts earn the discussion in full;
    `reviewers`: reviews asked for each outcome.
    """

    theory: Decimal
    practice: Decimal
    discussion: Decimal
    outcome: Decimal
    peer_share: Decimal
    self_share: Decimal
    staff_share: Decimal
    posts: int
    pass_mark: Decimal
    reviewers: int
    consensus: Consensus
    release: str
    rubric: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a scheme cannot be published; `field` names its field in the contract.

    A sum over several fields is refused at the first of them.
    """

    field: str
    zh: str
    en: str


def read_scheme(data: Mapping[str, Any]) -> Scheme:
    """The scheme in the valid `scheme` of an `enrollment.program_published.v1`."""
    return Scheme(
        theory=Decimal(data["theory"]),
        practice=Decimal(data["practice"]),
        discussion=Decimal(data["discussion"]),
        outcome=Decimal(data["outcome"]),
        peer_share=Decimal(data["peer_share"]),
        self_share=Decimal(data["self_share"]),
        staff_share=Decimal(data["staff_share"]),
        posts=data["posts"],
        pass_mark=Decimal(data["pass_mark"]),
        reviewers=data["reviewers"],
        consensus=data["consensus"],
        release=data["release"],
        rubric=tuple(
            Criterion(row["code"], row["title"], Decimal(row["weight"])) for row in data["rubric"]
        ),
    )


def check_scheme(scheme: Scheme) -> list[Refusal]:
    """All that a scheme must have beyond its contract; an empty list lets it be published.

    Two decimal places at most, so that the total, which is cut to two
    places, passes exactly where the uncut one does.
    """
    return [
        *_amounts(scheme),
        *_sum("theory", "四项分值", "the four weights", _weights(scheme).values()),
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
    }


def _shares(scheme: Scheme) -> dict[str, Decimal]:
    return {
        "peer_share": scheme.peer_share,
        "self_share": scheme.self_share,
        "staff_share": scheme.staff_share,
    }


def _amounts(scheme: Scheme) -> Iterable[Refusal]:
    rubric = {f"rubric.{line.code}.weight": line.weight for line in scheme.rubric}
    amounts = _weights(scheme) | _shares(scheme) | {"pass_mark": scheme.pass_mark} | rubric
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
