"""Fills an empty platform with the demo college, through the public API only."""

import json
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from zhixing.demo import training
from zhixing.demo.client import Client, eventually
from zhixing.demo.college import content
from zhixing.demo.statements import Moodle
from zhixing.demo.training import COURSES, Running, Seat

FINISHED, UNDER_WAY = "demo-foundation", "demo-annual"
ACCOUNTS = "demo.json"
BRANCH = "学生第一党支部"
COMMITTEE = "committee"
AFFAIRS_WORKER = "affairs_worker"
BATCH = 500
# Of the learners of the finished program, every so many is shown on the start page.
SHOWN = 4
STAFF = 6
HANDED_IN_EARLY = 5
FOCUS = "理论联系实际，重点学习党史与基层工作方法。"
SUMMARY = "通过培训，我系统梳理了所学理论，并在实践调研中检验了自己的想法，今后将继续改进。"


def load(admin: Client, home: Path, today: date) -> list[dict[str, str]]:
    """Loads the college unless there are members; the demo accounts as `home` keeps them."""
    if not is_empty(admin):
        return kept(home)
    training.bring_roster(admin, today, key="demo-roster")
    partner = training.let_partner_in(admin)
    now = datetime.now(UTC)
    finished, under_way = (
        training.publish(admin, document, key=f"demo-{document['code']}")
        for document in training.documents(today, now, playing=[FINISHED])
    )
    place_of = training.places(today)
    seats = {
        running.code: training.seats(admin, running, place_of, training.audience(running, today))
        for running in (finished, under_way)
    }
    moodle = Moodle()
    statements = [
        *(one for seat in seats[FINISHED] for one in all_done(moodle, finished, seat)),
        *(one for seat in seats[UNDER_WAY] for one in begun(moodle, under_way, seat, today)),
    ]
    for first in range(0, len(statements), BATCH):
        partner.statements(statements[first : first + BATCH])
    learners, shown = make_learners(admin, seats[FINISHED])
    finish(admin, finished, seats[FINISHED], learners)
    for seat in seats[UNDER_WAY]:
        if seat.number in learners and not seat.place % HANDED_IN_EARLY:
            training.hand_in(learners[seat.number], seat, key="demo-early-outcome")
    accounts = [*make_staff(admin), *shown]
    keep(home / ACCOUNTS, accounts)
    return accounts


def is_empty(admin: Client) -> bool:
    """Whether a platform has no members yet."""
    return next(admin.rows("/api/v1/members"), None) is None


def kept(home: Path) -> list[dict[str, str]]:
    """The demo accounts that a home keeps."""
    file = home / ACCOUNTS
    accounts: list[dict[str, str]] = json.loads(file.read_bytes()) if file.exists() else []
    return accounts


def all_done(moodle: Moodle, running: Running, seat: Seat) -> Iterator[dict[str, Any]]:
    """What a member did in the finished program."""
    conduct = training.conduct(seat.place)
    day = date.fromisoformat(running.document["starts_on"]) + timedelta(days=5)
    for number, module in enumerate(running.document["modules"]):
        if number != conduct.skips:
            moment = training.at(day + timedelta(days=7 * number), seat.place)
            yield moodle.completion(seat.account, module["activities"][-1], moment)
    yield from posts(moodle, running, seat, conduct.posts, day + timedelta(days=50))


def begun(moodle: Moodle, running: Running, seat: Seat, today: date) -> Iterator[dict[str, Any]]:
    """What a member did so far in the program under way: some nothing, some all."""
    modules = [one for one in running.document["modules"] if one["activities"]]
    day = today - timedelta(days=19)
    for number, module in enumerate(modules[: seat.place * 5 % (len(modules) + 1)]):
        moment = training.at(day + timedelta(days=2 * number), seat.place)
        yield moodle.completion(seat.account, module["activities"][-1], moment)
    yield from posts(moodle, running, seat, seat.place * 3 % 7, day + timedelta(days=12))


def posts(
    moodle: Moodle, running: Running, seat: Seat, times: int, day: date
) -> Iterator[dict[str, Any]]:
    """So many posts of a member, a day apart at most."""
    texts, course = content("posts")["long"], COURSES[running.code]
    kind = list(COURSES).index(running.code)
    for number in range(times):
        moment = training.at(day + timedelta(days=number % 5), seat.place + number)
        text = texts[(seat.place + number) % len(texts)]
        id_ = 1000 * seat.place + 100 * kind + number
        yield moodle.post(seat.account, id_, text, moment, under=course)


def make_learners(
    admin: Client, seats: list[Seat]
) -> tuple[dict[str, Client], list[dict[str, str]]]:
    """An account for each member; and those that are shown, with their passwords."""
    names = {row["number"]: row["name"] for row in admin.rows("/api/v1/members")}
    learners, shown = {}, []
    for number, seat in enumerate(seats):
        username, password = seat.number.lower(), secrets.token_hex(5)
        learners[seat.number] = training.make_account(
            admin, username, password, member_number=seat.number
        )
        if not number % SHOWN:
            name = names[seat.number]
            shown.append(account(username, password, "learner", f"学员 {name}", f"Learner {name}"))
    return learners, shown


def make_staff(admin: Client) -> list[dict[str, str]]:
    """The accounts of who looks after the college."""
    organizations = list(admin.rows("/api/v1/organizations"))
    branch = next(one["path"] for one in organizations if one["name"] == BRANCH)
    top = next(one["path"] for one in organizations if one["kind"] == COMMITTEE)
    secretary = next(
        row["number"]
        for row in admin.rows("/api/v1/members")
        if AFFAIRS_WORKER in row["categories"] and row["path"].startswith(branch)
    )
    staff = [
        ("secretary", branch, "支部书记", "Branch secretary", {"member_number": secretary}),
        ("trainer", "/", "培训管理员", "Trainer", {}),
        ("inspector", top, "档案检查员", "Archive inspector", {}),
        ("supervisor", top, "上级监督", "Supervisor", {}),
    ]
    made = []
    for role, path, zh, en, who in staff:
        password = secrets.token_hex(5)
        grants = [{"role": role, "path": path}]
        said = {"password": password, "grants": grants, **who}
        admin.put(f"/api/v1/accounts/{role}", said)
        made.append(account(role, password, role, zh, en))
    return made


def finish(admin: Client, running: Running, seats: list[Seat], learners: dict[str, Client]) -> None:
    """Outcomes, reviews and release of the finished program."""
    for seat in seats:
        learner, address = learners[seat.number], f"/api/v1/enrollments/{seat.enrollment_id}"
        if training.conduct(seat.place).hands_in:
            training.hand_in(learner, seat, key="demo-outcome")
            own = training.alike(running, str(72 + seat.place * 7 % 24))
            learner.put(f"{address}/self-assessment", {"marks": own})
        if not seat.place % STAFF:
            learner.put(f"{address}/summary", {"focus": FOCUS, "summary": SUMMARY})
    admin.post(f"/api/v1/programs/{running.id}/reviews/open")
    for seat in seats:
        if training.conduct(seat.place).reviews:
            write_reviews(learners[seat.number], running, seat)
    for seat in seats:
        if training.conduct(seat.place).hands_in and not seat.place % STAFF:
            marks = {"marks": training.alike(running, str(75 + seat.place % 20))}
            admin.put(f"/api/v1/enrollments/{seat.enrollment_id}/staff-mark", marks)
    admin.post(f"/api/v1/programs/{running.id}/reviews/close")

    def released() -> bool:
        rows = admin.rows("/api/v1/records", program_id=running.id)
        return all(row["passed"] is not None for row in rows)

    eventually(released, "the results of the finished program")


def write_reviews(learner: Client, running: Running, seat: Seat) -> None:
    """A member writes the reviews asked for, each criterion with a mark of its own."""
    for number, row in enumerate(list(learner.rows("/api/v1/reviews"))):
        marks = {
            code: str(66 + (seat.place * 11 + number * 17 + line * 5) % 32)
            for line, code in enumerate(running.rubric)
        }
        said = {"marks": marks, "comment": training.comment(seat.place + number)}
        learner.put(f"/api/v1/reviews/{row['assignment_id']}", said)


def account(username: str, password: str, role: str, zh: str, en: str) -> dict[str, str]:
    """An account as the start page shows it."""
    return {"username": username, "password": password, "role": role, "zh": zh, "en": en}


def keep(file: Path, accounts: list[dict[str, str]]) -> None:
    """Keeps the demo accounts where only the owner of the platform reads them."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump(accounts, opened, ensure_ascii=False, indent=1)
