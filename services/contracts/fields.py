"""Strict fields: what JSON Schema and marshmallow both say about a value.

marshmallow's own fields are kind to their input ("yes" is a Boolean, 2.6e-42
an Integer); a fact is told by a program and gets no such kindness.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
INSTANT = f"{DAY.removesuffix('$')}T{TIME}"
DECIMAL = r"^-?[0-9]{1,9}(\.[0-9]{1,9})?$"


class Matches(validate.Regexp):
    """The whole text matches an ASCII pattern; `$` does not forgive a line end."""

    def __init__(self, pattern: str) -> None:
        super().__init__(re.compile(pattern.replace("$", r"\Z"), re.ASCII))
        self.pattern = pattern

    def __call__(self, value: str) -> str:  # type: ignore[override]
        return super().__call__(value)


class Text(fields.String):
    """A text of at most `most` characters, at least one unless `empty`."""

    def __init__(self, most: int = 400, *, empty: bool = False, **options: Any) -> None:
        length = validate.Length(min=0 if empty else 1, max=most)
        super().__init__(validate=length, **options)


def is_day(value: str) -> bool:
    """Whether a text of the pattern `DAY` is a day of the calendar."""
    return _parses(date.fromisoformat, value)


def is_instant(value: str) -> bool:
    """Whether a text of the pattern `INSTANT` is a moment."""
    return _parses(datetime.fromisoformat, value)


def _parses(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


FORMATS: dict[str, Callable[[str], bool]] = {"date": is_day, "date-time": is_instant}


class Patterned(fields.String):
    """A text of one pattern, and where it has a format, of that."""

    pattern = ""
    format: str | None = None

    def __init__(self, **options: Any) -> None:
        checks: list[Callable[[str], Any]] = [Matches(self.pattern)]
        metadata = {"pattern": self.pattern}
        if self.format:
            checks.append(self._is_real)
            metadata["format"] = self.format
        super().__init__(validate=checks, metadata=metadata, **options)

    def _is_real(self, value: str) -> None:
        if self.format and not FORMATS[self.format](value):
            raise ValidationError("There is no such day or moment.")


class Id(Patterned):
    """An opaque id: a UUID in lower case."""

    pattern = UUID


class Instant(Patterned):
    """A moment, RFC 3339 with an offset."""

    pattern = INSTANT
    format = "date-time"


class Day(Patterned):
    """A calendar day, ISO 8601."""

    pattern = DAY
    format = "date"


class Amount(Patterned):
    """A decimal number written as text, so that no float comes near a mark."""

    pattern = DECIMAL


class Whole(fields.Integer):
    """A whole number of at least `least`."""

    def __init__(self, least: int = 0, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=least), **options)

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("Not a whole number.")
        return value


class Flag(fields.Boolean):
    """true or false, nothing that resembles them."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **rest: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Not a boolean.")
        return value


class OneOf(fields.String):
    """One of a closed list of words."""

    def __init__(self, *words: str, **options: Any) -> None:
        super().__init__(validate=validate.OneOf(words), **options)
