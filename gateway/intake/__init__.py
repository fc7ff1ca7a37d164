"""What partners send: how it is checked, stored, and told to the services.

Here is what both doors share, xAPI and signed events: what is received, what is
refused, and checks of JSON values that name the property they refuse.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, NoReturn
from unicodedata import normalize

import orjson

from services.contracts.envelope import derived_id

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(minutes=5)
LONGEST = 2000
HUGE = 1e300
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

Check = Callable[[Any], object]


class Refused(ValueError):
    """What was sent breaks a rule. `field` is the path of the property, such as `result.score`;
    it is empty where the whole is refused.

    `id` and `sent` are the sender's id and the whole event where one of several is refused.
    """

    id: str | None = None
    sent: Any = None

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(field, zh, en)
        self.field = field
        self.zh = zh
        self.en = en

    def __str__(self) -> str:
        return f"{self.field}: {self.zh} {self.en}"


@dataclass(frozen=True, slots=True)
class Received:
    """A statement that may be stored.

    `statement_id` is unique for its partner and `digest` (SHA-256, hexadecimal)
    tells a repetition from a conflict. `data` is the data of
    `intake.statement_received.v1`. `sent` is PERSONAL DATA: what the partner
    sent, for the intake's own table and nowhere else.
    """

    statement_id: str
    account_id: str
    digest: str
    time: datetime
    data: dict[str, Any]
    sent: dict[str, Any] = field(repr=False)


@lru_cache(4096)
def account_id(partner: str, name: str) -> str:
    """The id of an account at a partner; rosters derive it the same way."""
    return derived_id("account", partner, name)


@lru_cache(4096)
def object_key(partner: str, object_id: str) -> str:
    """The id under which all is found that a partner's accounts say of one object."""
    return derived_id("object", partner, object_id)


def storable(value: Any) -> None:
    """Refuses what no JSON column holds: NUL characters, and what is not JSON at all."""
    try:
        written = orjson.dumps(value)
    except TypeError:
        raise Refused("", "不是可以保存的 JSON。", "This is not JSON that can be kept.") from None
    if rb"\u0000" in written and NUL.search(written):
        raise Refused("", "不能含有空字符（U+0000）。", "No text may contain U+0000.")


def digest_of(value: Any) -> str:
    """SHA-256 of a storable JSON value with sorted keys, hexadecimal."""
    return sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def measured(text: str) -> tuple[int, str]:
    """Length in characters and SHA-256 of a text: NFKC, white space folded, invisibles dropped."""
    plain = normalize("NFKC", text)
    if not plain.isprintable():
        plain = "".join(one for one in plain if one.isprintable() or one.isspace())
    folded = " ".join(plain.split())
    return len(folded), sha256(folded.encode()).hexdigest()


def plausible(time: datetime, now: datetime, field: str) -> datetime:
    """`time`, unless it lies before 2000 or more than five minutes ahead of `now`."""
    if time < EARLIEST:
        raise Refused(field, "早于 2000 年。", "This is before the year 2000.")
    if time > now + CLOCK_SKEW:
        raise Refused(field, "晚于当前时间五分钟以上。", "This is more than five minutes ahead.")
    return time


def scaled(value: Any) -> None:
    """The check of a score as a share of the best possible one."""
    number(value)
    if not -1 <= value <= 1:
        refuse("应在 -1 与 1 之间。", "This must lie between -1 and 1.")


def scaled_text(value: float) -> str:
    """A number between -1 and 1 as a decimal text of at most nine places."""
    text = f"{value:.9f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def refuse(zh: str, en: str, field: str = "") -> NoReturn:
    raise Refused(field, zh, en)


def inside(name: str, refusal: Refused) -> Refused:
    """The refusal of a part, seen from the whole that has the part under `name`."""
    refusal.field = f"{name}.{refusal.field}".rstrip(".").replace(".[", "[")
    return refusal


def record(checks: Mapping[str, Check], *required: str) -> Check:
    """The check of an object with these properties and no others."""

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            refuse("应为 JSON 对象。", "This must be a JSON object.")
        name = ""
        try:
            for name, part in value.items():
                checks.get(name, no_such)(part)
        except Refused as refusal:
            raise inside(name, refusal) from None
        for name in required:
            if name not in value:
                refuse("缺少此项。", "This is missing.", name)

    return check


def no_such(value: Any) -> NoReturn:
    refuse("没有这个属性。", "There is no such property.")


def keyed(key: Check, part: Check) -> Check:
    """The check of an object whose names and whose values are each checked alike."""

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            refuse("应为 JSON 对象。", "This must be a JSON object.")
        for name, content in value.items():
            try:
                key(name)
                part(content)
            except Refused as refusal:
                raise inside(name, refusal) from None

    return check


def each(check: Check, least: int = 0) -> Check:
    """The check of a list of at least `least` values."""

    def check_all(value: Any) -> None:
        if not isinstance(value, list) or len(value) < least:
            refuse(f"应为至少 {least} 项的列表。", f"A list of {least} or more is needed.")
        for index, part in enumerate(value):
            try:
                check(part)
            except Refused as refusal:
                raise inside(f"[{index}]", refusal) from None

    return check_all


def matches(pattern: str, zh: str, en: str) -> Check:
    """The check of a text of at most 2,000 characters, the whole of which matches."""
    fits = re.compile(pattern).fullmatch

    def check(value: Any) -> None:
        if not isinstance(value, str) or len(value) > LONGEST or not fits(value):
            refuse(zh, en)

    return check


def word(*allowed: str) -> Check:
    return matches(
        "|".join(allowed), f"应为 {'/'.join(allowed)}。", f"One of: {', '.join(allowed)}."
    )


def text(value: Any) -> None:
    if not isinstance(value, str):
        refuse("应为文本。", "This must be a text.")


def flag(value: Any) -> None:
    if not isinstance(value, bool):
        refuse("应为 true 或 false。", "This must be true or false.")


def number(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < HUGE:
        refuse("应为数字。", "This must be a number.")


nonempty = matches(r"(?s:.+)", "不能为空，也不能过长。", "This must be neither empty nor too long.")
