"""Reads a document written by hand in YAML or JSON, gathering everything that is wrong."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from services.enrollment.domain.words import Message, choices, coded

NUMBER: Final = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


class Section:
    """A mapping of a document at `path`; its readers give a value, or None and a refusal.

    All sections of one document share `refusals`.
    """

    def __init__(self, content: object, path: str, refusals: list[Message]) -> None:
        self.path = path
        self.refusals = refusals
        self.content: Mapping[str, Any] = content if isinstance(content, Mapping) else {}
        self.readable = isinstance(content, Mapping)
        if not self.readable:
            self.refuse("", "应为一组字段", "must be a mapping of fields")

    def at(self, field: str) -> str:
        return f"{self.path}.{field}".strip(".")

    def refuse(self, field: str, zh: str, en: str) -> None:
        self.refusals.append(Message(self.at(field), zh, en))

    def only(self, fields: Iterable[str]) -> None:
        """Refuses fields that mean nothing: a misspelt one must not pass in silence."""
        for field in self.content:
            if field not in fields:
                self.refuse(str(field), "没有这个字段", "there is no such field")

    def given(self, field: str) -> bool:
        return self.content.get(field) is not None

    def value(self, field: str) -> Any:
        if self.readable and not self.given(field):
            self.refuse(field, "缺少此项", "is missing")
        return self.content.get(field)

    def text(self, field: str, most: int) -> str | None:
        value = self.value(field)
        if value is None:
            return None
        # YAML reads a code such as 2026 as a number.
        written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(written, str) or not 0 < len(written.strip()) <= most:
            self.refuse(
                field, f"应为 1 至 {most} 个字符的文字", f"must be a text of 1 to {most} characters"
            )
            return None
        return written.strip()

    def amount(self, field: str) -> Decimal | None:
        value = self.value(field)
        if value is None:
            return None
        number = isinstance(value, int | float | str | Decimal) and not isinstance(value, bool)
        if not number or not NUMBER.fullmatch(str(value)):
            self.refuse(field, "应为数字", "must be a number")
            return None
        return Decimal(str(value))

    def share(self, field: str) -> Decimal | None:
        """A number from 0 to 100."""
        value = self.amount(field)
        if value is not None and not 0 <= value <= 100:
            self.refuse(field, "应在 0 至 100 之间", "must be from 0 to 100")
        return value

    def whole(self, field: str, least: int) -> int | None:
        value = self.value(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.refuse(
                field, f"应为不小于 {least} 的整数", f"must be a whole number of at least {least}"
            )
            return None
        return value

    def flag(self, field: str) -> bool | None:
        value = self.value(field)
        if value is not None and not isinstance(value, bool):
            self.refuse(field, "应为 true 或 false", "must be true or false")
            return None
        return value

    def day(self, field: str) -> str | None:
        value = self.value(field)
        if value is None:
            return None
        written = value.isoformat() if isinstance(value, date) else value
        try:
            if isinstance(written, str) and DAY.fullmatch(written):
                return date.fromisoformat(written).isoformat()
        except ValueError:
            pass
        self.refuse(field, "应为日期，如 2026-05-20", "must be a day such as 2026-05-20")
        return None

    def instant(self, field: str) -> str | None:
        """A moment with its offset, as written; YAML may have read it already."""
        value = self.value(field)
        if value is None:
            return None
        written = value.isoformat() if isinstance(value, datetime) else value
        try:
            if isinstance(written, str) and INSTANT.fullmatch(written):
                datetime.fromisoformat(written)
                return written
        except ValueError:
            pass
        self.refuse(
            field,
            "应为带时区的时间，如 2026-05-20T23:59:00+08:00",
            "must be a moment with its offset such as 2026-05-20T23:59:00+08:00",
        )
        return None

    def word(self, field: str, words: dict[str, str]) -> str | None:
        value = self.value(field)
        return None if value is None else self.code(field, value, words)

    def code(self, field: str, value: object, words: dict[str, str]) -> str | None:
        """The code of one word, in Chinese or as the code itself."""
        found = coded(value, words) if isinstance(value, str) else None
        if found is None:
            zh, en = choices(words)
            self.refuse(
                field, f"不认识“{value}”，可填：{zh}", f"unknown word {value!r}; one of {en}"
            )
        return found

    def listed(self, field: str) -> Sequence[Any]:
        value = self.value(field)
        if value is not None and (isinstance(value, str) or not isinstance(value, Sequence)):
            self.refuse(field, "应为列表", "must be a list")
            return ()
        return value or ()

    def sections(self, field: str) -> "list[Section]":
        """The mappings of a list, each at its own path such as `modules[2]`."""
        return [
            Section(item, f"{self.at(field)}[{place}]", self.refusals)
            for place, item in enumerate(self.listed(field))
        ]


def plain(amount: Decimal) -> str:
    """A decimal as text, without an exponent and without trailing zeros."""
    written = f"{amount:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
