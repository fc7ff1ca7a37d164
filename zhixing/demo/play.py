"""Plays a whole training through the public API, and checks that nothing is lost or doubled."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import structlog

from zhixing.demo import audit, ratings, training
from zhixing.demo.audit import Found
from zhixing.demo.books import Books, Post
from zhixing.demo.client import Client, eventually
from zhixing.demo.college import CHINA, content
from zhixing.demo.statements import COMPLETING, POST, Moodle
from zhixing.demo.training import COURSES, Running, Seat
from zhixing.local.ports import free_port

log = structlog.get_logger()

DATA = Path(__file__).parents[3] / "shared" / "data"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
AT_ONCE = 6
BATCH = 100
# Every so many a request or a batch is sent a second time.
AGAIN = 5
# How many reviews each outcome is given, by the default scheme.
REVIEWERS = 3
# The first post of a member; the numbers below are those of Moodle's own statements.
FIRST_POST = 1000
POSTS_EACH = 20
SHORT, REPEATED, TAKEN_BACK = 15, 16, 17

# Who hands in outcomes, by the beginning of the member number.
COHORTS = {"demo-foundation": "", "demo-annual": "XS1"}

T = TypeVar("T")
U = TypeVar("U")


def play(data: Path = DATA) -> dict[str, Any]:
    """Plays on a platform of its own; the figures."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zhixing-demo-") as folder:
        password = secrets.token_urlsafe(12)
        with platform(Path(folder), password) as base_url:
            figures = play_at(base_url, password, data)
    return figures | {"seconds": round(time.monotonic() - began, 1)}


@contextmanager
def platform(home: Path, password: str) -> Iterator[str]:
    """The embedded platform in a process of its own; its address."""
    base_url = f"http://127.0.0.1:{free_port()}"
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("ZHIXING_")},
        "ZHIXING_HOME": str(home),
        "ZHIXING_ADMIN_PASSWORD": password,
        "ZHIXING_BIND": base_url.removeprefix("http://"),
        "ZHIXING_LOG_LEVEL": "warning",
    }
    words = [sys.executable, "-W", "ignore", "-m", "zhixing", "up"]
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    try:
        with Client(base_url) as client:

            def serves() -> bool:
                if process.poll() is not None:
                    raise RuntimeError(f"the platform ended with exit code {process.returncode}")
                return client.is_ready()

            eventually(serves, "the platform is ready", START_SECONDS)
        yield base_url
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def play_at(base_url: str, password: str, data: Path = DATA) -> dict[str, Any]:
    """Plays on an empty platform at an address; the figures."""
    began = time.monotonic()
    with Client(base_url) as client:
        training_ = Training(client.signed_in("admin", password), data)
        for step in (
            training_.enroll,
            training_.learn,
            training_.hand_in,
            training_.review,
            training_.close,
        ):
            step()
            log.info("played", step=step.__name__, seconds=round(time.monotonic() - began, 1))
        found = training_.check()
    return found.figures() | {"seconds": round(time.monotonic() - began, 1)}


def today() -> date:
    """The day in China."""
    return datetime.now(CHINA).date()


class Training:
    """One training, from the roster to the certificates, and the books of what was sent."""

    def __init__(self, admin: Client, data: Path) -> None:
        self.admin = admin
        self.moodle = Moodle(data)
        self.ratings = ratings.read(data)
        self.now, self.today = datetime.now(UTC), today()
        self.books = Books()
        self.place_of = training.places(self.today)
        self.running: list[Running] = []
        self.seats: dict[str, list[Seat]] = {}
        self.learners: dict[str, Client] = {}
        self.statement_ids: set[str] = set()
        self.differing = 0
        self.unasked: list[str] = []

    def twice(self, ask: Callable[..., T], *said: Any, **more: Any) -> T:
        """Asks for the same thing twice; both answers must be the same."""
        first, second = ask(*said, **more), ask(*said, **more)
        self.differing += first != second
        return first

    def enroll(self) -> None:
        """Roster, programs, partner; and an account for everybody who hands in an outcome."""
        self.twice(training.bring_roster, self.admin, self.today, key="play-roster")
        self.partner = training.let_partner_in(self.admin)
        codes = COURSES.keys()
        for document in training.documents(self.today, self.now, playing=codes):
            key = f"play-{document['code']}"
            self.running.append(self.twice(training.publish, self.admin, document, key=key))
        for running in self.running:
            asked = training.audience(running, self.today)
            self.seats[running.code] = training.seats(self.admin, running, self.place_of, asked)
        numbers = sorted({seat.number for _, seat in self.authors()})
        self.learners = dict(zip(numbers, at_once(self.account, numbers), strict=True))

    def account(self, number: str) -> Client:
        password = secrets.token_urlsafe(12)
        return training.make_account(self.admin, number.lower(), password, member_number=number)

    def every_seat(self) -> Iterator[tuple[Running, Seat]]:
        for running in self.running:
            for seat in self.seats[running.code]:
                yield running, seat

    def authors(self) -> list[tuple[Running, Seat]]:
        """Who hands in an outcome."""
        return [
            (running, seat)
            for running, seat in self.every_seat()
            if training.conduct(seat.place).hands_in
            and seat.number.startswith(COHORTS[running.code])
        ]

    def learn(self) -> None:
        """The partner tells what its accounts did: Moodle's statements, then everybody's."""
        real = [one.statement for one in self.moodle.told]
        for one in self.moodle.told:
            if one.event in COMPLETING:
                self.books.completed(one.account, one.object_id, self.now)
        self.twice(self.send, real)
        copies = [
            statement
            for running, seat in self.every_seat()
            for statement in self.statements(running, seat)
        ]
        batches = [copies[first : first + BATCH] for first in range(0, len(copies), BATCH)]
        for number, batch in enumerate(batches):
            if number % AGAIN:
                self.send(batch)
            else:
                self.twice(self.send, batch)

    def send(self, statements: list[dict[str, Any]]) -> list[str]:
        ids = self.partner.statements(statements)
        self.statement_ids.update(ids)
        return ids

    def statements(self, running: Running, seat: Seat) -> Iterator[dict[str, Any]]:
        """What one member did in one program, most of it."""
        conduct = training.conduct(seat.place)
        day = max(
            date.fromisoformat(running.document["starts_on"]), self.today - timedelta(days=100)
        ) + timedelta(days=1)
        for number, module in enumerate(running.document["modules"]):
            if module["activities"] and number != conduct.skips:
                moment = training.at(day + timedelta(days=number), seat.place)
                activity = module["activities"][-1]
                self.books.completed(seat.account, activity, moment)
                yield self.moodle.completion(seat.account, activity, moment)
        yield from self.discussion(running, seat, day + timedelta(days=9))

    def discussion(self, running: Running, seat: Seat, day: date) -> Iterator[dict[str, Any]]:
        """A member's posts; one is too short, one is said again, one is taken back."""
        texts = content("posts")["long"]
        first = FIRST_POST + POSTS_EACH * (
            seat.place + len(self.place_of) * self.running.index(running)
        )
        wanted = [
            (number, texts[(seat.place + number) % len(texts)])
            for number in range(training.conduct(seat.place).posts)
        ]
        said = [
            *wanted,
            (SHORT, content("posts")["short"]),
            (REPEATED, wanted[0][1]),
            (TAKEN_BACK, texts[(seat.place + len(wanted)) % len(texts)]),
        ]
        account, course = self.books.account(seat.account), COURSES[running.code]
        for number, text in said:
            moment, id_ = training.at(day, number * 10), first + number
            account.posts.add(Post(moment, POST.format(number=id_), course, text))
            yield self.moodle.post(seat.account, id_, text, moment, under=course)
        gone = first + TAKEN_BACK
        account.deleted.add(POST.format(number=gone))
        yield self.moodle.deletion(seat.account, gone, training.at(day, TAKEN_BACK * 10 + 5))

    def hand_in(self) -> None:
        """Members hand in outcomes and assess their own; some requests are sent twice."""

        def submit(author: tuple[Running, Seat]) -> None:
            running, seat = author
            learner, work = self.learners[seat.number], self.books.work(seat.enrollment_id)
            own = str(70 + seat.place % 26)
            key = f"play-{running.code}"

            def say() -> list[Any]:
                address = f"/api/v1/enrollments/{seat.enrollment_id}/self-assessment"
                marks = {"marks": training.alike(running, own)}
                return [
                    training.hand_in(learner, seat, key=f"{key}-outcome"),
                    learner.put(address, marks, key=f"{key}-own"),
                ]

            say() if seat.place % AGAIN else self.twice(say)
            work.handed_in, work.own = True, Fraction(own)

        at_once(submit, self.authors())

    def review(self) -> None:
        """Reviews are written as real peers rated; some outcomes are marked as instructors did."""
        for running in self.running:
            self.twice(self.move, running, "open")
        tasks = at_once(self.to_do, self.learners)
        asked: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for number, rows in zip(self.learners, tasks, strict=True):
            for row in rows:
                outcome = row["program_id"], row["title"]
                asked.setdefault(outcome, []).append((number, row["assignment_id"]))
        reviews = []
        for group, (running, seat) in enumerate(self.authors()):
            enrollment_of = {one.number: one.enrollment_id for one in self.seats[running.code]}
            given = self.ratings[group % len(self.ratings)]
            title = training.title_of(seat)
            pairs = sorted(asked.get((running.id, title), []))
            self.unasked += [f"reviewer of {running.code} {title}"] * (REVIEWERS - len(pairs))
            for place, (number, assignment) in enumerate(pairs):
                reviewer = self.books.work(enrollment_of[number])
                reviewer.owed += 1
                if training.conduct(self.place_of[number]).reviews:
                    mark = given.marks[place % len(given.marks)]
                    self.books.work(seat.enrollment_id).peers[number] = Fraction(mark)
                    reviewer.done += 1
                    reviews.append((running, number, assignment, mark))
            if given.staff and not seat.place % AGAIN:
                self.mark(running, seat, given.staff)
        at_once(self.write_review, reviews)

    def to_do(self, number: str) -> list[dict[str, Any]]:
        return list(self.learners[number].rows("/api/v1/reviews"))

    def write_review(self, review: tuple[Running, str, str, str]) -> None:
        running, number, assignment, mark = review
        said = {
            "marks": training.alike(running, mark),
            "comment": training.comment(self.place_of[number]),
        }
        address, learner = f"/api/v1/reviews/{assignment}", self.learners[number]

        def say() -> Any:
            return learner.put(address, said, key=f"play-{assignment}")

        say() if self.place_of[number] % AGAIN else self.twice(say)

    def mark(self, running: Running, seat: Seat, mark: str) -> None:
        address = f"/api/v1/enrollments/{seat.enrollment_id}/staff-mark"
        marks = {"marks": training.alike(running, mark)}
        key = f"play-staff-{seat.enrollment_id}"
        self.twice(self.admin.put, address, marks, key=key)
        self.books.work(seat.enrollment_id).staff = Fraction(mark)

    def move(self, running: Running, way: str) -> Any:
        address = f"/api/v1/programs/{running.id}/reviews/{way}"
        return self.admin.post(address, key=f"play-{way}-{running.code}")

    def close(self) -> None:
        """Reviews end; scores, releases, certificates follow by themselves."""
        for running in self.running:
            self.twice(self.move, running, "close")

    def check(self) -> Found:
        """What stands, beside what was sent, once all is told and nothing changes any more."""
        expected = {
            seat.enrollment_id: self.books.expected(
                seat.enrollment_id, seat.account, running.document
            )
            for running, seat in self.every_seat()
        }
        codes = {id_: code for one in self.running for code, id_ in one.modules.items()}
        sent = audit.Sent(len(self.place_of), self.statement_ids, expected, codes)
        return audit.settled(self.admin, sent, lost=self.unasked, doubled=self.differing)


def at_once(work: Callable[[T], U], things: Iterable[T]) -> list[U]:
    """What becomes of each thing, several at a time, in their order."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(work, things))
