"""The columns of the two sheets, and the rules every cell of them keeps."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Final

from services.enrollment.domain.words import ORGANIZATION_WORDS, Message

ROW: Final = "行号"

NUMBER: Final = "编号"
NAME: Final = "姓名"
UNITS: Final = tuple(ORGANIZATION_WORDS)
CATEGORY: Final = "对象类别"
SINCE: Final = "类别起始日期"
ACCOUNTS: Final = "合作平台账号"

CODE: Final = "代码"
TITLE: Final = "名称"
KIND: Final = "类别"
PARENT: Final = "上级代码"

ROSTER_COLUMNS: Final = (NUMBER, NAME, "党委", "党支部", CATEGORY)
ROSTER_OPTIONAL: Final = ("党总支", "党小组", SINCE, ACCOUNTS)
ORGANIZATION_COLUMNS: Final = (CODE, TITLE, KIND, PARENT)
ALIASES: Final = dict.fromkeys(("学号", "工号", "学工号", "学号/工号", "工号/学号"), NUMBER)

# What people write into a cell that has nothing to say.
NOTHING: Final = frozenset({"", "无", "-", "—", "/"})
# A spreadsheet program evaluates a text that begins so; the wide forms too.
FORMULA: Final = tuple("=+-@＝＋－＠")
# Control, format and surrogate characters, line and paragraph separators. Not
# the unassigned (Cn): they may be ideographs newer than this Python's tables.
HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
ROUNDED: Final = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
DAYS: Final = (
    re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})"),
    re.compile(r"([0-9]{4})(年)([0-9]{1,2})月([0-9]{1,2})日"),
    re.compile(r"([0-9]{4})()([0-9]{2})([0-9]{2})"),
)
SEPARATORS: Final = re.compile(r"[、;；,，]")


class Cells:
    """One row: gives its values and gathers what is wrong with them."""

    def __init__(self, row: Mapping[str, str]) -> None:
        self.row = row
        self.number = int(row[ROW])
        self.refusals: list[Message] = []

    def refuse(self, column: str, zh: str, en: str) -> None:
        self.refusals.append(Message(column, zh, en))

    def text(self, column: str, most: int, *, needed: bool = True) -> str:
        """The stripped text of a cell, "" where it is missing or refused.

        A name is kept character for character: normalization would replace
        compatibility ideographs by others.
        """
        value = self.row.get(column, "").strip()
        if value in NOTHING:
            if needed:
                self.refuse(column, f"缺少“{column}”", f"{column} is missing")
        elif value.startswith(FORMULA):
            self.refuse(
                column,
                f"“{column}”不允许公式（以 = + - @ 开头的内容）",
                f"{column}: formulas (a text beginning with = + - @) are not allowed",
            )
        elif any(unicodedata.category(sign) in HIDDEN or sign == "\ufffd" for sign in value):
            self.refuse(
                column,
                f"“{column}”含有控制字符或不可见字符",
                f"{column} has control or invisible characters",
            )
        elif len(value) > most:
            self.refuse(
                column, f"“{column}”超过 {most} 个字符", f"{column} has more than {most} characters"
            )
        else:
            return value
        return ""

    def identifier(self, column: str) -> str:
        """A number or code, wide digits and letters made narrow."""
        value = unicodedata.normalize("NFKC", self.text(column, 64))
        if ROUNDED.fullmatch(value):
            self.refuse(
                column,
                f"“{column}”被表格软件改写为 {value}，请把该列设为文本后重新填写",
                f"{column} was rounded by the spreadsheet to {value}; format the column as text",
            )
            return ""
        return value

    def several(self, column: str, *, needed: bool = True) -> list[str]:
        """The words of a cell, separated by 、 or ; or a comma."""
        words = SEPARATORS.split(self.text(column, 2000, needed=needed))
        return [word.strip() for word in words if word.strip()]


def day(text: str) -> str | None:
    """The ISO day written as 2024-07-01, 2024/7/1, 2024.7.1, 2024年7月1日 or 20240701, or None."""
    for pattern in DAYS:
        if found := pattern.fullmatch(text):
            try:
                return date(int(found[1]), int(found[3]), int(found[4])).isoformat()
            except ValueError:
                return None
    return None
