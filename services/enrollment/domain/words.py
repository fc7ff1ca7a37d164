"""The closed lists of words enrollment speaks in, as codes and as they are written in Chinese.

The codes are those of the published facts; a contract test of this service keeps both equal.
"""

from typing import Final, NamedTuple

STAGES: Final = {
    "入党积极分子": "activist",
    "发展对象": "development_target",
    "预备党员": "probationary_member",
    "正式党员": "full_member",
}
DUTIES: Final = {"党务工作者": "affairs_worker"}
CATEGORIES: Final = (*STAGES.values(), *DUTIES.values())
CATEGORY_WORDS: Final = {**STAGES, **DUTIES, "积极分子": "activist"}

ORGANIZATION_WORDS: Final = {
    "党委": "committee",
    "党总支": "general_branch",
    "党支部": "branch",
    "党小组": "group",
}
KIND_WORDS: Final = {
    "党的基本理论": "theory",
    "党史国史": "history",
    "党性教育": "spirit",
    "实践调研": "practice",
    "疫情防控与应急": "emergency",
    "专业技能": "professional",
}
DELIVERY_WORDS: Final = {"线上": "online", "直播": "live", "线下": "offline"}


class Message(NamedTuple):
    """Something to tell a person about `field`: a column, or a path such as `modules[2].hours`."""

    field: str
    zh: str
    en: str


def coded(word: str, words: dict[str, str]) -> str | None:
    """The code of a word written in Chinese or as the code itself, or None."""
    return words.get(word) or (word if word in words.values() else None)


def choices(words: dict[str, str]) -> tuple[str, str]:
    """What may be written, for a message: in Chinese, and as codes."""
    return "、".join(words), ", ".join(dict.fromkeys(words.values()))


def written(code: str, words: dict[str, str]) -> str:
    """The first Chinese word of a code."""
    return next(word for word, meant in words.items() if meant == code)
