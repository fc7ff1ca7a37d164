"""The steps of a training, each through the public API, as its people would take them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from zhixing.demo.client import Client, eventually
from zhixing.demo.college import CHINA, PARTNER, content, due_at, programs, roster_csv

PARTNER_NAME = "示范在线学习平台"
COURSES = {
    "demo-foundation": "https://lms.example.org/course/101",
    "demo-annual": "http://www.example.org/course/view.php?id=2",
}
# Long enough for whoever plays a program to its end through the API.
AHEAD = timedelta(hours=6)


class Conduct(NamedTuple):
    """What a learner leaves undone."""

    posts: int = 6
    skips: int | None = None
    hands_in: bool = True
    reviews: bool = True


class Seat(NamedTuple):
    """A member in a program version; `place` is also the name of the account at the partner."""

    place: int
    number: str
    member_id: str
    enrollment_id: str
    path: str

    @property
    def account(self) -> str:
        return str(self.place)


class Running(NamedTuple):
    """A published program: its document as it was sent, and how its modules are called."""

    id: str
    document: dict[str, Any]
    modules: dict[str, str]
    rubric: tuple[str, ...]

    @property
    def code(self) -> str:
        code: str = self.document["code"]
        return code


def conduct(place: int) -> Conduct:
    """Most do all that is asked; of each seventeen, four leave one thing undone."""
    return {
        3: Conduct(posts=4),
        7: Conduct(skips=1),
        11: Conduct(hands_in=False),
        14: Conduct(reviews=False),
    }.get(place % 17, Conduct())


def bring_roster(admin: Client, today: date, *, key: str) -> dict[str, Any]:
    """Imports the roster of the college; the report."""
    sheet = {"file": ("roster.csv", roster_csv(today), "text/csv")}
    report: dict[str, Any] = admin.post("/api/v1/roster", key=key, files=sheet)
    return report


def let_partner_in(admin: Client) -> Client:
    """Makes the learning platform a partner; its way to the xAPI door."""
    told = admin.post("/api/v1/partners", {"code": PARTNER, "name": PARTNER_NAME})
    return admin.partner(told["username"], told["password"])


# What of the default scheme would take a whole cohort, or a referee, to reckon.
BY_HAND = {"consensus": "median", "self_tolerance": 100, "referee_spread": 100}


def documents(today: date, now: datetime, *, playing: Iterable[str]) -> list[dict[str, Any]]:
    """The programs; those that are played to their end at once are due ahead of now.

    They are scored by medians, so that the demo's own books can reckon them apart.
    """
    played = set(playing)
    return [
        due_at(document, now + AHEAD) | {"scheme": BY_HAND}
        if document["code"] in played
        else document
        for document in programs(today)
    ]


def publish(admin: Client, document: dict[str, Any], *, key: str) -> Running:
    """Publishes a program, and reads how its modules and criteria are called."""
    told = admin.post("/api/v1/programs", document, key=key)
    row = next(row for row in admin.rows("/api/v1/programs") if row["id"] == told["id"])
    return Running(
        told["id"],
        document,
        {module["code"]: module["id"] for module in row["modules"]},
        tuple(criterion["code"] for criterion in row["scheme"]["rubric"]),
    )


def places(today: date) -> dict[str, int]:
    """Member number → place in the roster, from 1."""
    rows = roster_csv(today).decode("utf-8-sig").splitlines()[1:]
    return {row.split(",")[0]: place for place, row in enumerate(rows, start=1)}


def seats(admin: Client, running: Running, place_of: dict[str, int], asked: int) -> list[Seat]:
    """The enrollments of a program in the order of the roster, once as many as asked are open.

    They are open everywhere: also where outcomes are handed in.
    """

    def scored() -> bool:
        known = sum(1 for _ in admin.rows("/api/v1/scores", program_id=running.id))
        return known >= asked

    eventually(scored, f"{asked} enrollments in {running.code}")
    numbers = {row["id"]: row["number"] for row in admin.rows("/api/v1/members")}
    found = [
        Seat(
            place_of[numbers[row["member_id"]]],
            numbers[row["member_id"]],
            row["member_id"],
            row["id"],
            row["path"],
        )
        for row in admin.rows("/api/v1/enrollments", program_id=running.id)
    ]
    return sorted(found)


def audience(running: Running, today: date) -> int:
    """How many members of the roster a program is for."""
    rows = roster_csv(today).decode("utf-8-sig").splitlines()[1:]
    wanted = set(running.document["audience"]["categories"])
    return sum(1 for row in rows if wanted & set(row.split(",")[6].split("、")))


def make_account(admin: Client, username: str, password: str, **said: Any) -> Client:
    """Makes an account and signs in with it."""
    admin.put(f"/api/v1/accounts/{username}", {"password": password, **said})
    return admin.signed_in(username, password)


def at(day: date, minutes: int) -> datetime:
    """So many minutes after nine in the morning of a day in China."""
    return (datetime.combine(day, time(9), CHINA) + timedelta(minutes=minutes)).astimezone(UTC)


def title_of(seat: Seat) -> str:
    """The title of a member's outcome; within a program each member has another one."""
    titles = content("outcomes")["titles"]
    return f"{titles[seat.place % len(titles)]}（{seat.place:03}）"


def hand_in(learner: Client, seat: Seat, *, key: str) -> dict[str, Any]:
    """A member hands in an outcome."""
    text = "\n\n".join(content("outcomes")["paragraphs"])
    form = {"title": (None, title_of(seat)), "text": (None, text)}
    address = f"/api/v1/enrollments/{seat.enrollment_id}/outcome"
    told: dict[str, Any] = learner.post(address, key=key, files=form)
    return told


def comment(place: int) -> str:
    """What a reviewer writes beside the marks."""
    comments: list[str] = content("outcomes")["reviews"]
    return comments[place % len(comments)]


def alike(running: Running, mark: str) -> dict[str, str]:
    """The same mark for every criterion of the rubric."""
    return dict.fromkeys(running.rubric, mark)
