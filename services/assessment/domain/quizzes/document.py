"""Reads a document written by hand in YAML or JSON, gathering everything that is wrong."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

NUMBER: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)
INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
TRUTHS: Final = {True: "true", False: "false"}


class Message(NamedTuple):
    """Something to tell a person about `field`, a path such as `questions[2].points`."""

    field: str
    zh: str
    en: str


class Section:
    """A mapping of a document at `path`; its readers give a value, or None and a refusal.

    All sections of one document share `refusals`.
    """

    def __init__(self, content: object, path: str, refusals: list[Message]) -> None:
        self.path = path
        self.refusals = refusals
        self.content: Mapping[Any, Any] = content if isinstance(content, Mapping) else {}
        self.readable = isinstance(content, Mapping)
        if not self.readable:
            self.refuse("", "应为一组字段", "must be a mapping of fields")

    def refuse(self, field: str, zh: str, en: str) -> None:
        self.refusals.append(Message(f"{self.path}.{field}".strip("."), zh, en))

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
        return None if value is None else self.worded(field, value, most)

    def worded(self, field: str, value: object, most: int) -> str | None:
        """A text; YAML reads a code such as 2026 as a number, and `true` as a truth."""
        written = TRUTHS[value] if isinstance(value, bool) else value
        written = str(written) if isinstance(written, int) else written
        if not isinstance(written, str) or not 0 < len(written.strip()) <= most:
            self.refuse(
                field, f"应为 1 至 {most} 个字符的文字", f"must be a text of 1 to {most} characters"
            )
            return None
        return written.strip()

    def texts(self, field: str, most: int) -> list[str]:
        """The texts of a list, each once."""
        found = [
            self.worded(f"{field}[{place}]", value, most)
            for place, value in enumerate(self.listed(field))
        ]
        self.refuse_repeated(field, found)
        return [one for one in found if one is not None]

    def refuse_repeated(self, field: str, values: Sequence[object]) -> None:
        """Refuses what is written twice in a list."""
        for place, value in enumerate(values):
            if value is not None and value in values[:place]:
                self.refuse(
                    f"{field}[{place}]", f"“{value}”重复", f"{value!r} is written more than once"
                )

    def amount(self, field: str, most: Decimal) -> Decimal | None:
        """A number from 0 to `most`."""
        value = self.value(field)
        if value is None:
            return None
        number = isinstance(value, int | float | str) and not isinstance(value, bool)
        if not number or not NUMBER.fullmatch(str(value)) or Decimal(str(value)) > most:
            self.refuse(field, f"应为 0 至 {most} 的数字", f"must be a number from 0 to {most}")
            return None
        return Decimal(str(value))

    def whole(self, field: str, least: int, most: int) -> int | None:
        value = self.value(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse(
                field,
                f"应为 {least} 至 {most} 的整数",
                f"must be a whole number from {least} to {most}",
            )
            return None
        return value

    def flag(self, field: str, unless: bool) -> bool:
        """Whether something is so; `unless` where it is not said."""
        value = self.content.get(field)
        if value is None:
            return unless
        if not isinstance(value, bool):
            self.refuse(field, "应为 true 或 false", "must be true or false")
        return bool(value)

    def instant(self, field: str) -> str | None:
        """A moment with its offset, as written."""
        value = self.value(field)
        if value is None:
            return None
        try:
            if isinstance(value, str) and INSTANT.fullmatch(value):
                datetime.fromisoformat(value)
                return value
        except ValueError:
            pass
        self.refuse(
            field,
            "应为带时区的时间，如 2026-05-20T23:59:00+08:00",
            "must be a moment with its offset such as 2026-05-20T23:59:00+08:00",
        )
        return None

    def word(self, field: str, words: Mapping[str, str]) -> str | None:
        """The code of a word of a closed list, in Chinese or as the code itself."""
        value = self.value(field)
        if value is None:
            return None
        if isinstance(value, str):
            if value in words.values():
                return value
            if value in words:
                return words[value]
        zh, en = "、".join(words), ", ".join(dict.fromkeys(words.values()))
        self.refuse(field, f"不认识“{value}”，可填：{zh}", f"unknown word {value!r}; one of {en}")
        return None

    def listed(self, field: str) -> Sequence[Any]:
        """The values of a list; nothing where it is not given."""
        value = self.content.get(field)
        if value is not None and (isinstance(value, str) or not isinstance(value, Sequence)):
            self.refuse(field, "应为列表", "must be a list")
            return ()
        return value or ()

    def sections(self, field: str) -> "list[Section]":
        """The mappings of a list, each at its own path such as `questions[2]`."""
        path = f"{self.path}.{field}".strip(".")
        return [
            Section(item, f"{path}[{place}]", self.refusals)
            for place, item in enumerate(self.listed(field))
        ]
