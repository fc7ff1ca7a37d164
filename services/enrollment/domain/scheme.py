"""How a program is scored: the defaults, and what a scheme must add up to."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from services.enrollment.domain.document import Section, plain

WEIGHTS: Final = ("theory", "practice", "discussion", "outcome")
SHARES: Final = ("peer_share", "self_share", "staff_share")

# The default scheme of the founding paper: the weights and the shares of the
# outcome add up to 100 each; passed from 60 on, with at least 5 posts.
DEFAULTS: Final[dict[str, Any]] = {
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
        {"code": "direction", "title": "立意与方向", "weight": "25"},
        {"code": "practice", "title": "理论联系实际", "weight": "30"},
        {"code": "argument", "title": "内容与论证", "weight": "30"},
        {"code": "expression", "title": "表达与规范", "weight": "15"},
    ],
}
CONSENSUS: Final = {"平均数": "mean", "中位数": "median"}
RELEASE: Final = {"自动发布": "automatic"}


def read_scheme(document: Section) -> dict[str, Any]:
    """The scheme of a program document, each field it leaves out by default."""
    written = document.content.get("scheme")
    section = Section({} if written is None else written, document.at("scheme"), document.refusals)
    section.only(DEFAULTS)
    given = {field: value for field, value in section.content.items() if value is not None}
    section.content = DEFAULTS | given
    shares = {field: section.share(field) for field in (*WEIGHTS, *SHARES, "pass_mark")}
    check_sum(section, "", "成绩构成权重", "the weights", [shares[one] for one in WEIGHTS])
    check_sum(section, "", "成果评分占比", "the shares", [shares[one] for one in SHARES])
    return {
        **{field: plain(share) for field, share in shares.items() if share is not None},
        "posts": section.whole("posts", 0),
        "reviewers": section.whole("reviewers", 1),
        "consensus": section.word("consensus", CONSENSUS),
        "release": section.word("release", RELEASE),
        "rubric": read_rubric(section),
    }


def read_rubric(section: Section) -> list[dict[str, Any]]:
    """The criteria of a scheme, whose weights add up to 100."""
    criteria = []
    weights = []
    for criterion in section.sections("rubric"):
        criterion.only(("code", "title", "weight"))
        weight = criterion.share("weight")
        weights.append(weight)
        criteria.append(
            {
                "code": criterion.text("code", 64),
                "title": criterion.text("title", 200),
                "weight": None if weight is None else plain(weight),
            }
        )
    refuse_repeated(section, "rubric", [one["code"] for one in criteria])
    check_sum(section, "rubric", "评分标准权重", "the weights of the rubric", weights)
    return criteria


def check_sum(
    section: Section, field: str, zh: str, en: str, parts: Iterable[Decimal | None]
) -> None:
    """Refuses parts that do not add up to 100; says nothing where a part is no number."""
    known = list(parts)
    numbers = [part for part in known if part is not None]
    total = sum(numbers, Decimal())
    if len(numbers) == len(known) and total != 100:
        section.refuse(
            field, f"{zh}之和应为 100，现为 {total}", f"{en} must add up to 100, not {total}"
        )


def refuse_repeated(section: Section, field: str, codes: Iterable[str | None]) -> None:
    """Refuses each code of a list that an earlier one of the list has."""
    seen: set[str] = set()
    for place, code in enumerate(codes):
        if code is not None and code in seen:
            section.refuse(
                f"{field}[{place}].code", f"代码 {code} 重复", f"the code {code} is used twice"
            )
        seen.add(code or "")
