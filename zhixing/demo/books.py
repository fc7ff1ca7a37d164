"""What was sent, and what must follow from it: reckoned apart from the services.

Nothing of the services' code is used here, so that a mistake of theirs is not
made twice. Only what the demo's programs need is reckoned: their electives
all count towards theory, and every criterion of a review bears the same mark.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from math import floor
from statistics import median
from typing import Any, NamedTuple

from zhixing.demo.college import CHINA

LEAST_CHARACTERS = 20
FULL_POSTS = 5
PASS_MARK = Fraction(60)
# The default scheme: points of theory, practice, discussion, outcome; shares of an outcome.
THEORY, PRACTICE, DISCUSSION, OUTCOME = 30, 20, 10, 40
PEERS, SELF, STAFF = Fraction(60, 100), Fraction(10, 100), Fraction(30, 100)


class Post(NamedTuple):
    """A post as it was sent, with the course it stands in."""

    at: datetime
    id: str
    course: str
    text: str


@dataclass
class Account:
    """What an account at the partner told."""

    completed: dict[str, set[datetime]] = field(default_factory=dict)
    posts: set[Post] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)


@dataclass
class Work:
    """What was told of one enrollment's outcome; marks are 0–100."""

    handed_in: bool = False
    own: Fraction | None = None
    staff: Fraction | None = None
    peers: dict[str, Fraction] = field(default_factory=dict)
    owed: int = 0
    done: int = 0


class Expected(NamedTuple):
    """What must stand of an enrollment; `modules` are codes, `posts` object ids."""

    modules: frozenset[str]
    posts: frozenset[str]
    gates: dict[str, bool]
    total: str
    passed: bool


class Books:
    """The books of one training."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.works: dict[str, Work] = {}

    def account(self, name: str) -> Account:
        return self.accounts.setdefault(name, Account())

    def completed(self, account: str, activity: str, at: datetime) -> None:
        self.account(account).completed.setdefault(activity, set()).add(at)

    def work(self, enrollment_id: str) -> Work:
        return self.works.setdefault(enrollment_id, Work())

    def expected(self, enrollment_id: str, account: str, document: dict[str, Any]) -> Expected:
        """What must follow for an enrollment once its reviews are closed."""
        told, work = self.account(account), self.work(enrollment_id)
        modules = completed(told, document)
        posts = counting(told, document)
        hours = {one["code"]: Fraction(str(one["hours"])) for one in document["modules"]}
        required = [one for one in document["modules"] if "group" not in one]
        practice = [one["code"] for one in required if one["delivery"] == "线下"]
        theory = [one["code"] for one in required if one["delivery"] != "线下"]
        earned, asked, kept = electives(modules, hours, document)
        points = (
            THEORY * share(theory, modules, hours, earned, asked)
            + PRACTICE * share(practice, modules, hours, Fraction(0), Fraction(0))
            + DISCUSSION * Fraction(min(len(posts), FULL_POSTS), FULL_POSTS)
            + OUTCOME * mark(work) / 100
        )
        gates = {
            "modules": all(one["code"] in modules for one in required),
            "electives": kept,
            "posts": len(posts) >= FULL_POSTS,
            "outcome": work.handed_in,
            "reviews": work.done >= work.owed,
            "marked": bool(work.peers) or work.staff is not None,
        }
        cents = floor(points * 100)
        total = f"{cents // 100}.{cents % 100:02}"
        return Expected(modules, posts, gates, total, all(gates.values()) and points >= PASS_MARK)


def in_dates(moment: datetime, document: dict[str, Any]) -> bool:
    """Whether a moment lies within a program, by the calendar of China."""
    day = moment.astimezone(CHINA).date()
    first, last = (date.fromisoformat(document[name]) for name in ("starts_on", "ends_on"))
    return first <= day <= last


def completed(told: Account, document: dict[str, Any]) -> frozenset[str]:
    """The codes of the modules of which an activity was completed within the dates."""
    return frozenset(
        module["code"]
        for module in document["modules"]
        for activity in module["activities"]
        if any(in_dates(moment, document) for moment in told.completed.get(activity, ()))
    )


def counting(told: Account, document: dict[str, Any]) -> frozenset[str]:
    """Posts that stand: within the dates, long enough, neither deleted nor said before."""
    courses = {activity for module in document["modules"] for activity in module["activities"]}
    said: set[str] = set()
    found = set()
    for post in sorted(told.posts):
        if (
            post.course in courses
            and in_dates(post.at, document)
            and post.id not in told.deleted
            and len(post.text) >= LEAST_CHARACTERS
            and post.text not in said
        ):
            said.add(post.text)
            found.add(post.id)
    return frozenset(found)


def electives(
    modules: frozenset[str], hours: dict[str, Fraction], document: dict[str, Any]
) -> tuple[Fraction, Fraction, bool]:
    """Hours earned in elective groups, hours they ask for, and whether their rules are kept."""
    earned, asked, kept = Fraction(0), Fraction(0), True
    for group in document["electives"]:
        codes = [one["code"] for one in document["modules"] if one.get("group") == group["code"]]
        mine = [code for code in codes if code in modules]
        had = sum((hours[code] for code in mine), Fraction(0))
        limits = [sum(sorted(hours[code] for code in codes)[: group["modules"]], Fraction(0))]
        if "hours" in group:
            limits.append(Fraction(str(group["hours"])))
        earned += min(had, *limits)
        asked += min(limits)
        either = len(mine) >= group["modules"] or ("hours" in group and had >= limits[-1])
        kept = kept and either
    return earned, asked, kept


def share(
    codes: Iterable[str],
    modules: frozenset[str],
    hours: dict[str, Fraction],
    earned: Fraction,
    asked: Fraction,
) -> Fraction:
    """Hours done of hours asked for; electives come as what they earned and ask for."""
    wanted = list(codes)
    done = sum((hours[code] for code in wanted if code in modules), earned)
    return done / sum((hours[code] for code in wanted), asked)


def mark(work: Work) -> Fraction:
    """The mark of an outcome, 0–100: peers' median, own and staff's mark by their shares."""
    if not work.handed_in or (not work.peers and work.staff is None):
        return Fraction(0)
    own = SELF * (work.own or 0)
    if work.staff is None:
        return own + (PEERS + STAFF) * median(work.peers.values())
    if not work.peers:
        return own + (PEERS + STAFF) * work.staff
    return own + PEERS * median(work.peers.values()) + STAFF * work.staff
