"""Three replicas of a service conclude together what one would conclude alone."""

import random
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import kombu
import pytest
from amqp.exceptions import NotFound
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.assessment import repository
from services.assessment.commands import outcomes as authors
from services.assessment.commands import reviews
from services.contracts import refusal
from services.contracts.assessment import REVIEW_ASSIGNED, SCORE_RELEASED
from services.contracts.envelope import Event, derived_id
from services.contracts.principal import ADMINISTRATOR, ROOT, Grant, Principal
from services.learning.domain.statements import ADL, STREAMS, TINCAN
from services.messaging.database import engine_for
from services.messaging.doors import Call
from tests.builders import (
    PARTNER,
    account_linked,
    at,
    enrollment_id,
    enrollment_opened,
    member_described,
    member_id,
    module,
    program_id,
    program_published,
    statement_received,
)
from tests.faults.ledgers import PATIENCE_SECONDS, Ledgers, ledgers_of, standing_in
from zhixing.bench.cluster import Cluster, until
from zhixing.bench.pipeline import tell
from zhixing.platform import ROOMS, migrate_all

REPLICAS = 3
REPLICATED = ("assessment", "archive", "learning")
MEMBERS = [f"{number:05}" for number in range(250)]
PROGRAMS = ("p", "q")
ACTIVITIES = [f"https://learn.example/course/{number}" for number in range(4)]
AUTHORS = MEMBERS[:60]
ADMIN = Principal("admin", None, (Grant(ADMINISTRATOR, ROOT),))
# Few facts to a message, so that every replica has some of each member.
AT_ONCE = 100


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("replicas"), ()) as running:
        yield running


@pytest.fixture(scope="module")
def ledgers(cluster: Cluster) -> Iterator[Ledgers]:
    with ledgers_of(cluster.environment["ZHIXING_DATABASE_URL"]) as opened:
        yield opened


@contextmanager
def replicas(cluster: Cluster) -> Iterator[None]:
    """Processes with a replica of each service, and one that tells what the test commits."""
    with ExitStack() as stack:
        stack.enter_context(process(cluster, "announcers", "enrollment", "gateway"))
        for number in range(REPLICAS):
            stack.enter_context(process(cluster, f"replica{number}", *REPLICATED))
        until(lambda: consumers(cluster) == [REPLICAS] * 3, "all replicas hear", PATIENCE_SECONDS)
        yield


@contextmanager
def process(cluster: Cluster, name: str, *services: str) -> Iterator[None]:
    """A process that runs some services until the context is left."""
    with (cluster.folder / f"{name}.log").open("wb") as log:
        running = subprocess.Popen(
            cluster.command("run", *services),
            env=cluster.environment,
            stdout=log,
            stderr=log,
        )
        try:
            yield
        finally:
            running.terminate()
            running.wait(timeout=30)


def consumers(cluster: Cluster) -> list[int]:
    """How many processes hear from the inbox of each replicated service."""
    with kombu.Connection(cluster.environment["ZHIXING_AMQP_URL"]) as broker:
        try:
            return [
                broker.channel().queue_declare(f"{service}.inbox", passive=True).consumer_count
                for service in REPLICATED
            ]
        except NotFound:
            return []


def history() -> list[tuple[str, Event]]:
    """Announcing service and fact: 500 enrollments, and what their members do, in any order."""
    published = [
        program_published(
            *(module(f"{code}{place}", activity) for place, activity in enumerate(ACTIVITIES)),
            code=code,
            scheme={"posts": 2, "reviewers": 2},
            outcomes_due="2096-05-31T16:00:00Z",
            reviews_due="2096-06-15T16:00:00Z",
        )
        for code in PROGRAMS
    ]
    facts = [("enrollment", fact) for fact in published]
    for number in MEMBERS:
        of_member = [member_described(number), account_linked(number, number)]
        of_member += [enrollment_opened(number, program.subject) for program in published]
        facts += [("enrollment", fact) for fact in of_member]
        facts += [("gateway", fact) for fact in doings(number)]
    random.Random(7).shuffle(facts)
    return facts


def doings(number: str) -> Iterator[Event]:
    """What a member does on the partner's platform; some posts are deleted by somebody else."""
    for place, activity in enumerate(ACTIVITIES[: 1 + int(number) % 4]):
        yield statement_received(f"c{number}-{place}", number, f"{ADL}completed", activity, at(1))
    for place in range(3):
        post = f"https://learn.example/post/{number}/{place}"
        said = {
            "object_key": derived_id("object", PARTNER, post),
            "object_type": f"{TINCAN}activitytype/forum-reply",
        }
        written = {"parents": [ACTIVITIES[0]], "text_length": 40, "text_digest": post}
        id_ = f"p{number}-{place}"
        verb = f"{TINCAN}verb/replied"
        yield statement_received(id_, number, verb, post, at(2), **said | written)
        if (int(number) + place) % 5 == 0:
            other = MEMBERS[(int(number) * 7 + 1) % len(MEMBERS)]
            yield statement_received(f"d{id_}", other, f"{STREAMS}delete", post, at(3), **said)


def call(body: dict[str, object], by: Principal = ADMIN) -> Call:
    return Call("assessment", body, by, datetime.now(UTC), None)


def run(ledgers: Ledgers, command: object, body: dict[str, object], by: Principal = ADMIN) -> None:
    """Carries a command out as a further replica would, once what it needs is known."""

    def done() -> bool:
        try:
            with Session(ledgers.engines["assessment"]) as session, session.begin():
                command(session, call(body, by))  # type: ignore[operator]
        except refusal.NotFound:
            return False
        return True

    until(done, "the command is carried out", PATIENCE_SECONDS)


def hand_in(ledgers: Ledgers, number: str) -> None:
    """A member hands in an outcome and assesses it."""
    by = Principal(number, member_id(number), ())
    mine = {"enrollment_id": enrollment_id(number, program_id("p"))}
    said = {"title": "知行合一", "text": "0" * 64}
    run(ledgers, authors.submit_outcome, mine | said, by)
    run(ledgers, authors.self_assess, mine | {"marks": {"all": "80"}}, by)


def review(ledgers: Ledgers, assigned: Event) -> None:
    """A reviewer does what was asked."""
    reviewer = assigned.data["reviewer_id"]
    with Session(ledgers.engines["assessment"]) as session:
        found = repository.enrollment(session, reviewer)
    assert found is not None
    mark = str(50 + int(assigned.id[:4], 16) % 50)
    said = {"assignment_id": assigned.id, "marks": {"all": mark}}
    run(ledgers, reviews.submit_review, said, Principal(reviewer, found.member_id, ()))


def train(ledgers: Ledgers) -> None:
    """Outcomes, reviews and their end, by several at once, while facts come in."""
    program = {"program_id": program_id("p")}
    with ThreadPoolExecutor(3) as crowd:
        list(crowd.map(lambda number: hand_in(ledgers, number), AUTHORS))
        run(ledgers, reviews.open_reviews, program)
        told = ledgers.told("assessment")
        assigned = [fact for fact in told if fact.type == REVIEW_ASSIGNED]
        list(crowd.map(lambda fact: review(ledgers, fact), assigned))
    run(ledgers, reviews.close_reviews, program)


def tell_all(ledgers: Ledgers) -> None:
    """Commits the history into the outboxes, some facts at a time."""
    facts = history()
    for start in range(0, len(facts), AT_ONCE):
        chunk = facts[start : start + AT_ONCE]
        for service in ("enrollment", "gateway"):
            tell(ledgers.engines[service], [fact for of, fact in chunk if of == service])


def alone(ledgers: Ledgers, service: str, url: str) -> bytes:
    """What stands where one process hears all facts at once, in one transaction."""
    handlers = ROOMS[service].module("handlers")
    # What a service concludes from what it hears it concludes anew.
    concluded = {"assessment": {SCORE_RELEASED}, "learning": set(handlers.OWN)}
    wanted = {*handlers.HEARS, *handlers.OWN} - concluded.get(service, set())
    facts = [fact for of in ledgers.engines for fact in ledgers.told(of) if fact.type in wanted]
    engine = engine_for(url, service, pool=1)
    with Session(engine) as session, session.begin():
        handlers.learn(session, facts)
    stands = standing_in(engine, service)
    engine.dispose()
    return stands


def test_three_replicas_conclude_what_one_concludes_and_never_deadlock(
    cluster: Cluster, ledgers: Ledgers
) -> None:
    with replicas(cluster):
        with ThreadPoolExecutor(2) as both:
            for work in [both.submit(tell_all, ledgers), both.submit(train, ledgers)]:
                work.result()
        ledgers.wait_for_quiet()
    url = cluster.postgres.create_database("alone")
    migrate_all(dict.fromkeys(REPLICATED, url), REPLICATED)
    for service in REPLICATED:
        together = standing_in(ledgers.engines[service], service)
        assert together == alone(ledgers, service, url), service
    with ledgers.engines["archive"].connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM records")).scalar() == 500
    assert ledgers.parked() == []
    assert ledgers.deadlocks() == 0
