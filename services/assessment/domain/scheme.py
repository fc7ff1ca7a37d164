"""How a program is scored."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.assessment.domain.consensus import Method

HUNDRED = Decimal(100)
NOTHING = Decimal(0)

GATES = ("modules", "electives", "posts", "outcome", "reviews")

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
"""The least that a scheme says, in the shape of the contract."""

UNSAID: dict[str, Any] = {
    "reviewing": "0",
    "gates": GATES,
    "quorum": 1,
    "apart": False,
    "self_tolerance": "100",
    "referee_spread": "100",
    "review_days": 7,
    "stand_in_days": 0,
    "grace_minutes": 0,
    "late": "refused",
    "late_deduction": "0",
    "appeal_days": 0,
    "files": 1,
    "file_megabytes": 20,
    "file_types": ("pdf", "docx", "png", "jpg", "zip"),
}
"""What a published scheme means that does not say it: nothing beyond what was said."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A line of the rubric, marked 0–100; `weight` is its share in per cent."""

    code: str
    title: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Scheme:
    """Weights are points of 100; shares are per cent of the outcome's mark.

    The fields are those of the contract, where each is explained.
    """

    theory: Decimal
    practice: Decimal
    discussion: Decimal
    outcome: Decimal
    reviewing: Decimal
    peer_share: Decimal
    self_share: Decimal
    staff_share: Decimal
    posts: int
    pass_mark: Decimal
    gates: frozenset[str]
    reviewers: int
    quorum: int
    apart: bool
    consensus: Method
    self_tolerance: Decimal
    referee_spread: Decimal
    review_days: int
    stand_in_days: int
    grace_minutes: int
    late: str
    late_deduction: Decimal
    appeal_days: int
    files: int
    file_megabytes: int
    file_types: frozenset[str]
    release: str
    rubric: tuple[Criterion, ...]


def read_scheme(data: Mapping[str, Any]) -> Scheme:
    """The scheme in the valid `scheme` of an `enrollment.program_published.v1`."""
    said = UNSAID | {name: value for name, value in data.items() if value is not None}
    return Scheme(
        theory=Decimal(said["theory"]),
        practice=Decimal(said["practice"]),
        discussion=Decimal(said["discussion"]),
        outcome=Decimal(said["outcome"]),
        reviewing=Decimal(said["reviewing"]),
        peer_share=Decimal(said["peer_share"]),
        self_share=Decimal(said["self_share"]),
        staff_share=Decimal(said["staff_share"]),
        posts=said["posts"],
        pass_mark=Decimal(said["pass_mark"]),
        gates=frozenset(said["gates"]),
        reviewers=said["reviewers"],
        quorum=said["quorum"],
        apart=said["apart"],
        consensus=said["consensus"],
        self_tolerance=Decimal(said["self_tolerance"]),
        referee_spread=Decimal(said["referee_spread"]),
        review_days=said["review_days"],
        stand_in_days=said["stand_in_days"],
        grace_minutes=said["grace_minutes"],
        late=said["late"],
        late_deduction=Decimal(said["late_deduction"]),
        appeal_days=said["appeal_days"],
        files=said["files"],
        file_megabytes=said["file_megabytes"],
        file_types=frozenset(said["file_types"]),
        release=said["release"],
        rubric=tuple(
            Criterion(row["code"], row["title"], Decimal(row["weight"])) for row in said["rubric"]
        ),
    )
