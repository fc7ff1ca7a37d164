"""What each row of a roster says about a member, and what is wrong with it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from services.enrollment.domain.audience import standing
from services.enrollment.domain.cells import (
    ACCOUNTS,
    CATEGORY,
    NAME,
    NUMBER,
    SINCE,
    UNITS,
    Cells,
    day,
)
from services.enrollment.domain.plan import Member
from services.enrollment.domain.words import (
    CATEGORY_WORDS,
    ORGANIZATION_WORDS,
    STAGES,
    choices,
    coded,
)

Derive = Callable[..., str]

# So many other rows are named where a value is repeated.
NAMED: Final = 3
ACCOUNT: Final = re.compile(r"([0-9A-Za-z._-]{1,64})[:：](\S.{0,199})")


class Entry(NamedTuple):
    """A row read. `units` are (kind, name or code) from the committee down;
    `categories` gives each written and its day, None where no day is;
    `accounts` gives each account id and its partner."""

    cells: Cells
    number: str
    name: str
    units: tuple[tuple[str, str], ...]
    categories: Mapping[str, str | None]
    accounts: Mapping[str, str]

    def entered(self, known: Mapping[str, str], on: str) -> dict[str, str]:
        """The categories that are news, and since when; `known` as in `Member`."""
        current = standing(known)
        return {
            category: since or on
            for category, since in self.categories.items()
            if category not in current or since not in (None, known[category])
        }

    def linked(self, known: frozenset[str]) -> dict[str, str]:
        """The accounts that are news, with their partners."""
        return {one: partner for one, partner in self.accounts.items() if one not in known}


def read_entries(
    rows: Iterable[Cells], members: Mapping[str, Member], derive: Derive
) -> list[Entry]:
    """The entries of a roster, with all that refuses them but their place and stage."""
    entries = [read_entry(cells, derive) for cells in rows]
    refuse_repeated(entries)
    refuse_foreign(entries, members)
    return entries


def read_entry(cells: Cells, derive: Derive) -> Entry:
    number = cells.identifier(NUMBER)
    name = cells.text(NAME, 120)
    units = tuple(
        (kind, word)
        for column, kind in ORGANIZATION_WORDS.items()
        if (word := cells.text(column, 120, needed=column in (UNITS[0], UNITS[2])))
    )
    return Entry(cells, number, name, units, read_categories(cells), read_accounts(cells, derive))


def read_categories(cells: Cells) -> dict[str, str | None]:
    """Each category with the day that stands at the same place of the next column."""
    words = cells.several(CATEGORY)
    for word in words:
        if not coded(word, CATEGORY_WORDS):
            zh, en = choices(CATEGORY_WORDS)
            cells.refuse(
                CATEGORY,
                f"不认识的对象类别“{word}”，可填：{zh}",
                f"unknown category {word!r}; one of {en}",
            )
    codes = [code for word in words if (code := coded(word, CATEGORY_WORDS))]
    if len(set(codes) & set(STAGES.values())) > 1:
        cells.refuse(
            CATEGORY,
            "同一人不能同时处于两个发展阶段",
            "a member cannot be at two stages at once",
        )
    written = cells.several(SINCE, needed=False)
    days = [day(text) for text in written]
    for text, found in zip(written, days, strict=True):
        if found is None:
            cells.refuse(
                SINCE,
                f"“{text}”不是日期，请写成 2024-07-01",
                f"{text!r} is not a day; write 2024-07-01",
            )
    if len(days) > len(words) > 0:
        cells.refuse(SINCE, "日期多于对象类别", "there are more days than categories")
    return dict(zip(codes, days + [None] * len(codes), strict=False))


def read_accounts(cells: Cells, derive: Derive) -> dict[str, str]:
    accounts = {}
    for text in cells.several(ACCOUNTS, needed=False):
        if found := ACCOUNT.fullmatch(text):
            accounts[derive("account", found[1], found[2].strip())] = found[1]
        else:
            cells.refuse(
                ACCOUNTS,
                f"“{text}”应写成“平台代码:账号”",
                f"{text!r} should read partner:account",
            )
    return accounts


def refuse_repeated(entries: Iterable[Entry]) -> None:
    """Refuses every row of a number or an account that several rows have.

    The first is refused like the others: which of them is right, the order of
    the rows cannot say.
    """
    holders: dict[tuple[str, str], list[Cells]] = defaultdict(list)
    for entry in entries:
        if entry.number:
            holders[NUMBER, entry.number].append(entry.cells)
        for account in entry.accounts:
            holders[ACCOUNTS, account].append(entry.cells)
    for (column, _), several in holders.items():
        for cells in several if len(several) > 1 else ():
            others = [str(one.number) for one in several[: NAMED + 1] if one is not cells]
            rows = ", ".join(others[:NAMED])
            cells.refuse(
                column,
                f"与第 {rows} 行的“{column}”重复",
                f"{column} is the same as in row {rows}",
            )


def refuse_foreign(entries: Iterable[Entry], members: Mapping[str, Member]) -> None:
    """Refuses the rows that claim an account known to be another member's."""
    owners = {account: one.number for one in members.values() for account in one.accounts}
    for entry in entries:
        if any(owners.get(one, entry.number) != entry.number for one in entry.accounts):
            entry.cells.refuse(
                ACCOUNTS,
                "合作平台账号已关联到另一名学员",
                "this account is linked to another member",
            )


def refuse_stage(entry: Entry, known: Mapping[str, str], on: str) -> None:
    """Refuses a stage that would not stand, because the known one was entered later."""
    asked = set(entry.categories) & set(STAGES.values())
    if not asked <= standing({**known, **entry.entered(known, on)}):
        entry.cells.refuse(
            SINCE,
            "起始日期早于已登记的发展阶段，请核对日期",
            "the known stage was entered later than this day; check the day",
        )
