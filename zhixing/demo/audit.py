"""Compares what stands on a platform with what was sent to it."""

import time
from collections import Counter
from collections.abc import Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import structlog

from zhixing.demo.books import Expected
from zhixing.demo.client import LOOK_SECONDS, PATIENCE_SECONDS, Client
from zhixing.demo.college import PARTNER

log = structlog.get_logger()

AT_ONCE = 6
SETTLES_SECONDS = 2 * PATIENCE_SECONDS
VALID = "valid"


class Sent(NamedTuple):
    """What was sent: members, ids of statements, and what must follow for each enrollment.

    `codes`: module id → code.
    """

    members: int
    statements: set[str]
    expected: dict[str, Expected]
    codes: dict[str, str]


@dataclass
class Found:
    """What stands. `lost` and `doubled` name each difference.

    A number smaller than what was sent makes was lost on the way; one that is
    larger was counted twice.
    """

    members: int = 0
    statements: int = 0
    enrollments: int = 0
    scored: int = 0
    passed: int = 0
    certificates: int = 0
    records: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """All as numbers, in the order of the fields."""
        return vars(self) | {"lost": len(self.lost), "doubled": len(self.doubled)}

    def sets(self, what: str, seen: Iterable[Hashable], wanted: Iterable[Hashable]) -> None:
        """Notes what of the wanted was not seen, and what was seen too often."""
        seen, wanted = Counter(iter(seen)), Counter(iter(wanted))
        self.lost += [f"{what}: {one}" for one in (wanted - seen).elements()]
        self.doubled += [f"{what}: {one}" for one in (seen - wanted).elements()]

    def amounts(self, what: str, seen: Any, wanted: Any) -> None:
        """Notes an amount that is not what it should be."""
        if seen is None or Decimal(seen) < Decimal(wanted):
            self.lost.append(f"{what}: {seen} for {wanted}")
        elif Decimal(seen) > Decimal(wanted):
            self.doubled.append(f"{what}: {seen} for {wanted}")


def settled(admin: Client, sent: Sent, *, lost: list[str], doubled: int) -> Found:
    """What stands once everything is told and agrees, or no longer comes to agree.

    `lost`: what was missing before; `doubled`: how many repeated requests were
    answered differently.
    """
    until = time.monotonic() + SETTLES_SECONDS
    while True:
        late = time.monotonic() > until
        if late or is_quiet(admin, sent):
            found = look(admin, sent)
            if late or not (found.lost or found.doubled):
                break
        time.sleep(LOOK_SECONDS)
    found.lost += lost
    found.doubled += ["an answer to a repeated request"] * doubled
    for what in found.lost:
        log.error("lost", what=what)
    for what in found.doubled:
        log.error("doubled", what=what)
    return found


def is_quiet(admin: Client, sent: Sent) -> bool:
    """Whether nothing waits to be told and every record has its result."""
    if admin.waiting():
        return False
    records = list(admin.rows("/api/v1/records"))
    return len(records) >= len(sent.expected) and all(row["passed"] is not None for row in records)


def look(admin: Client, sent: Sent) -> Found:
    """What stands, and each difference to what was sent."""
    found = Found()
    found.members = sum(1 for _ in admin.rows("/api/v1/members"))
    found.amounts("members", found.members, sent.members)
    statements = [
        row["statement_id"] for row in admin.rows(f"/api/v1/partners/{PARTNER}/statements")
    ]
    found.statements = len(statements)
    found.sets("statement", statements, sent.statements)
    lists = {
        name: list(admin.rows(f"/api/v1/{name}"))
        for name in ("enrollments", "progress", "scores", "records")
    }
    for name, rows in lists.items():
        id_ = "id" if name == "enrollments" else "enrollment_id"
        found.sets(name, (row[id_] for row in rows), sent.expected)
    found.enrollments, found.records = len(lists["enrollments"]), len(lists["records"])
    found.scored = sum(bool(row["final"]) for row in lists["scores"])
    found.passed = sum(bool(row["passed"]) for row in lists["scores"])
    for row in lists["progress"]:
        see_progress(found, row, sent)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        whole = threads.map(lambda id_: details(admin, id_), sent.expected)
        for told, wanted in zip(whole, sent.expected.values(), strict=True):
            see_details(found, told, wanted)
    return found


def see_progress(found: Found, row: dict[str, Any], sent: Sent) -> None:
    """Compares modules and posts, as learning has them."""
    wanted = sent.expected.get(row["enrollment_id"])
    if wanted is None:
        return
    modules = [sent.codes[id_] for id_ in row["completed"]]
    posts = [post.removeprefix(f"{PARTNER}:") for post in row["posts"]]
    found.sets(f"module of {row['enrollment_id']}", modules, wanted.modules)
    found.sets(f"post of {row['enrollment_id']}", posts, wanted.posts)


def details(admin: Client, enrollment_id: str) -> dict[str, Any]:
    """Score, record and certificates of one enrollment, from four services' doors."""
    address = f"/api/v1/enrollments/{enrollment_id}"
    record = admin.get(f"{address}/record")
    return {
        "id": enrollment_id,
        "score": admin.get(f"{address}/score"),
        "record": record,
        "certificates": [
            admin.get(f"/api/v1/verify/{one['serial']}") for one in record["certificates"]
        ],
    }


def see_details(found: Found, told: dict[str, Any], wanted: Expected) -> None:
    """Compares score, record and certificates of one enrollment."""
    who, score, record = told["id"], told["score"], told["record"]
    met = [gate["code"] for gate in score["gates"] if gate["met"]]
    found.sets(f"gate of {who}", met, (code for code, is_met in wanted.gates.items() if is_met))
    found.amounts(f"total of {who}", score["total"], wanted.total)
    found.amounts(f"passed of {who}", int(score["passed"]), int(wanted.passed))
    done = [one["code"] for one in record["modules"] if one["completed_at"]]
    found.sets(f"module in the record of {who}", done, wanted.modules)
    found.amounts(f"posts in the record of {who}", record["posts"], len(wanted.posts))
    result = record["result"] or {"total": None, "passed": False}
    found.amounts(f"result of {who}", result["total"], wanted.total)
    found.amounts(f"result of {who}", int(result["passed"]), int(wanted.passed))
    valid = [one for one in told["certificates"] if one["status"] == VALID]
    found.certificates += len(valid)
    found.amounts(f"certificates of {who}", len(told["certificates"]), int(wanted.passed))
    for certificate in valid:
        found.amounts(f"total on the certificate of {who}", certificate["total"], wanted.total)
