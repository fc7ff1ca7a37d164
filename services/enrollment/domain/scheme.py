"""How a program is scored: the defaults, and what a scheme must add up to."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from services.enrollment.domain.document import Section, plain

WEIGHTS: Final = ("theory", "practice", "discussion", "outcome", "reviewing")
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
    "reviewing": "0",
    "gates": ["modules", "electives", "posts", "outcome", "reviews"],
    "reviewers": 3,
    "quorum": 2,
    "apart": False,
    "consensus": "reliability",
    "self_tolerance": "10",
    "referee_spread": "30",
    "review_days": 7,
    "stand_in_days": 2,
    "grace_minutes": 60,
    "late": "refused",
    "late_deduction": "10",
    "appeal_days": 7,
    "files": 3,
    "file_megabytes": 20,
    "file_types": ["pdf", "docx", "png", "jpg", "zip"],
    "release": "automatic",
    "rubric": [
        {"code": "direction", "title": "立意与方向", "weight": "25"},
        {"code": "practice", "title": "理论联系实际", "weight": "30"},
        {"code": "argument", "title": "内容与论证", "weight": "30"},
        {"code": "expression", "title": "表达与规范", "weight": "15"},
    ],
}
CONSENSUS: Final = {"平均数": "mean", "中位数": "median", "可靠性加权": "reliability"}
RELEASE: Final = {"自动发布": "automatic", "复核后发布": "checked"}
LATE: Final = {"不接受": "refused", "接受": "accepted"}
GATES: Final = {
    "必修模块": "modules",
    "选修要求": "electives",
    "研讨发言": "posts",
    "研修成果": "outcome",
    "完成互评": "reviews",
}
FILE_TYPES: Final = {one: one for one in ("pdf", "docx", "png", "jpg", "zip")}
# What the platform itself takes: a scheme may ask for less.
MOST_FILES: Final = 5
MOST_MEGABYTES: Final = 20
WHOLE: Final = {
    "posts": 0,
    "reviewers": 1,
    "quorum": 1,
    "review_days": 1,
    "stand_in_days": 0,
    "grace_minutes": 0,
    "appeal_days": 0,
    "files": 0,
    "file_megabytes": 1,
}
MARKS: Final = ("pass_mark", "self_tolerance", "referee_spread", "late_deduction")


def read_scheme(document: Section) -> dict[str, Any]:
    """The scheme of a program document, each field it leaves out by default."""
    written = document.content.get("scheme")
    section = Section({} if written is None else written, document.at("scheme"), document.refusals)
    section.only(DEFAULTS)
    given = {field: value for field, value in section.content.items() if value is not None}
    section.content = DEFAULTS | given
    shares = {field: section.share(field) for field in (*WEIGHTS, *SHARES, *MARKS)}
    check_places(section, shares)
    check_sum(section, "", "成绩构成权重", "the weights", [shares[one] for one in WEIGHTS])
    check_sum(section, "", "成果评分占比", "the shares", [shares[one] for one in SHARES])
    wholes = {field: section.whole(field, least) for field, least in WHOLE.items()}
    check_judges(section, shares, wholes)
    return {
        **{field: plain(share) for field, share in shares.items() if share is not None},
        **wholes,
        "gates": read_words(section, "gates", GATES),
        "apart": section.flag("apart"),
        "consensus": section.word("consensus", CONSENSUS),
        "late": section.word("late", LATE),
        "file_types": read_words(section, "file_types", FILE_TYPES),
        "release": section.word("release", RELEASE),
        "rubric": read_rubric(section),
    }


def read_words(section: Section, field: str, words: dict[str, str]) -> list[str]:
    """Codes of a closed list, each once, in the order of that list."""
    found = {
        section.code(f"{field}[{place}]", word, words)
        for place, word in enumerate(section.listed(field))
    }
    return [code for code in words.values() if code in found]


def check_places(section: Section, shares: dict[str, Decimal | None]) -> None:
    """Refuses more than two decimal places, so that a total cut to two passes where it should."""
    for field, share in shares.items():
        if share is not None and share * 100 % 1:
            section.refuse(field, "最多两位小数", "must have at most two decimal places")


def check_judges(
    section: Section, shares: dict[str, Decimal | None], wholes: dict[str, int | None]
) -> None:
    """Refuses an outcome judged by its author alone, points for posts nobody asks for, and limits
    beyond those of the platform."""
    if shares["self_share"] == 100:
        section.refuse(
            "self_share",
            "成果不能只由作者自评",
            "an outcome cannot be marked by its author alone",
        )
    if shares["discussion"] and wholes["posts"] == 0:
        section.refuse(
            "posts",
            "研讨计分时，至少要求 1 次发言",
            "a discussion that earns points must ask for at least 1 post",
        )
    for field, most in (("files", MOST_FILES), ("file_megabytes", MOST_MEGABYTES)):
        asked = wholes[field]
        if asked is not None and asked > most:
            section.refuse(field, f"不能超过 {most}", f"must be at most {most}")


def read_rubric(section: Section) -> list[dict[str, Any]]:
    """The criteria of a scheme, whose weights add up to 100."""
    criteria = []
    weights = []
    for criterion in section.sections("rubric"):
        criterion.only(("code", "title", "weight", "description", "levels"))
        weight = criterion.share("weight")
        weights.append(weight)
        read: dict[str, Any] = {
            "code": criterion.text("code", 64),
            "title": criterion.text("title", 200),
            "weight": None if weight is None else plain(weight),
        }
        if criterion.given("description"):
            read["description"] = criterion.text("description", 2000)
        if criterion.given("levels"):
            read["levels"] = [read_level(level) for level in criterion.sections("levels")]
        criteria.append(read)
    refuse_repeated(section, "rubric", [one["code"] for one in criteria])
    check_sum(section, "rubric", "评分标准权重", "the weights of the rubric", weights)
    return criteria


def read_level(level: Section) -> dict[str, Any]:
    """What a criterion's mark means from some points up."""
    level.only(("mark", "title", "description"))
    mark = level.share("mark")
    return {
        "mark": None if mark is None else plain(mark),
        "title": level.text("title", 80),
        "description": level.text("description", 1000) if level.given("description") else "",
    }


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
