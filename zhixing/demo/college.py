"""The demo college: an invented roster and two programs, relative to a day.

One program is finished; one is under way, and its modules carry the ids under
which the learning platform `moodle-demo` tells of its activities. The college,
its people and its titles are invented.
"""

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any, Final

import yaml

CONTENT: Final = Path(__file__).with_name("content")
CHINA: Final = timezone(timedelta(hours=8))
PARTNER: Final = "moodle-demo"
HEADER: Final = (
    "编号",
    "姓名",
    "党委",
    "党总支",
    "党支部",
    "党小组",
    "对象类别",
    "类别起始日期",
    "合作平台账号",
)


def roster_csv(today: date) -> bytes:
    """The roster of the college as a secretary would keep it: CSV, UTF-8 with BOM.

    Account names are 1, 2, 3 … in the order of the rows. One branch stands
    directly below the committee, one has groups.
    """
    sheet = StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow(HEADER)
    writer.writerows(members(today))
    return sheet.getvalue().encode("utf-8-sig")


def programs(today: date) -> list[dict[str, Any]]:
    """The program documents: first the finished one, then the one under way."""
    documents = []
    for document in content("programs"):
        days = {field: today + timedelta(document[field]) for field in ("starts_on", "ends_on")}
        dues = {
            field: f"{today + timedelta(document[field])}T23:59:00+08:00"
            for field in ("outcomes_due", "reviews_due")
        }
        starts = {field: day.isoformat() for field, day in days.items()}
        documents.append(document | starts | dues)
    return documents


def due_at(document: dict[str, Any], due: datetime) -> dict[str, Any]:
    """The same document with both deadlines at an instant.

    Who plays a program to its end in a minute moves its windows through the
    API; the deadlines must lie ahead meanwhile.
    """
    written = due.astimezone(CHINA).isoformat(timespec="seconds")
    return document | {"outcomes_due": written, "reviews_due": written}


def members(today: date) -> Iterator[tuple[str, ...]]:
    """The rows of the roster."""
    college = content("college")
    place = 0
    for branch in college["branches"]:
        of_branch = 0
        for categories, times in branch["members"].items():
            for _ in range(times):
                place, of_branch = place + 1, of_branch + 1
                groups = branch["groups"]
                since = "、".join(
                    f"{today - timedelta(college['since'][category] + place % 30)}"
                    for category in categories.split("、")
                )
                yield (
                    f"{branch['prefix']}{of_branch:03}",
                    name(place),
                    college["committee"],
                    branch["general_branch"],
                    branch["name"],
                    groups[of_branch % len(groups)] if groups else "",
                    categories,
                    since,
                    f"{PARTNER}:{place}",
                )


def name(place: int) -> str:
    """An invented name, another one for each place below the product of the list lengths.

    The lengths have no common divisor, so that no triple returns before.
    """
    syllables = content("names")
    return "".join(
        syllables[part][place % len(syllables[part])] for part in ("family", "first", "second")
    )


@cache
def content(subject: str) -> Any:
    """A file of `content/` as read; shared, not to be changed."""
    return yaml.safe_load((CONTENT / f"{subject}.yaml").read_text("utf-8"))
