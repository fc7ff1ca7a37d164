"""Relay, batch entrypoint and catch-up between processes, on a private RabbitMQ."""

import signal
import time
from collections.abc import Iterator, Sequence

import kombu
import orjson
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.contracts.envelope import BATCH_CONTENT_TYPE, Event, to_json
from services.messaging import ledger, parked
from services.messaging.database import engine_for
from services.messaging.topology import DEAD_LETTERS, inbox
from tests.builders import enrollment_id, member_described, post_counted, program_id
from zhixing.bench.cluster import Cluster, until

SERVICES = ("enrollment", "archive")
STOP_SECONDS = 5.0
ANN = enrollment_id("1", program_id())


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("cluster"), SERVICES) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def enrollment(cluster: Cluster) -> Iterator[Engine]:
    yield from engine(cluster, "enrollment")


@pytest.fixture(scope="module")
def archive(cluster: Cluster) -> Iterator[Engine]:
    yield from engine(cluster, "archive")


def engine(cluster: Cluster, service: str) -> Iterator[Engine]:
    engine = engine_for(cluster.environment["ZHIXING_DATABASE_URL"], service, pool=2)
    yield engine
    engine.dispose()


def members(prefix: str, count: int = 5) -> list[Event]:
    return [member_described(f"{prefix}{number}") for number in range(count)]


def tell(engine: Engine, facts: Sequence[Event]) -> None:
    """Commits facts as a command of the service does."""
    with Session(engine) as session, session.begin():
        ledger.announce(session, facts)


def publish(cluster: Cluster, body: bytes, queue: str = "archive.inbox") -> None:
    """Puts a message straight into a queue."""
    with kombu.Connection(cluster.rabbit.url) as broker, broker.Producer() as producer:
        producer.publish(
            body,
            routing_key=queue,
            content_type=BATCH_CONTENT_TYPE,
            content_encoding="binary",
            delivery_mode=2,
        )


def ask(engine: Engine, question: str, **values: object) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(question), values)]


def heard(archive: Engine, facts: Sequence[Event]) -> bool:
    ids = ledger.array(fact.id for fact in facts)
    [(count,)] = ask(
        archive, "SELECT count(*) FROM inbox WHERE id = ANY (CAST(:ids AS uuid[]))", ids=ids
    )
    return count == len(facts)


def parked_for(archive: Engine, id_: str) -> list[str]:
    rows = ask(archive, "SELECT reason FROM parked WHERE id = :id AND status = 'parked'", id=id_)
    return [str(reason) for (reason,) in rows]


def test_what_is_committed_is_heard(cluster: Cluster, enrollment: Engine, archive: Engine) -> None:
    facts = members("first")
    tell(enrollment, facts)
    until(lambda: heard(archive, facts), "the facts are heard")


def test_positions_are_contiguous_for_each_type(enrollment: Engine, archive: Engine) -> None:
    facts = [fact for count in range(6) for fact in members(f"burst{count}-", 150)]
    for start in range(0, len(facts), 90):
        tell(enrollment, facts[start : start + 90])
    until(lambda: heard(archive, facts), "the facts are heard")
    for engine_, table in ((enrollment, "outbox"), (archive, "inbox")):
        rows = ask(
            engine_,
            "SELECT type, count(*), min(position), max(position), count(DISTINCT position)"
            f" FROM {table} GROUP BY type",
        )
        for type_, count, first, last, different in rows:
            assert (first, last, different) == (1, count, count), type_


def test_poison_is_parked_and_the_rest_of_its_batch_goes_on(
    cluster: Cluster, archive: Engine
) -> None:
    good = [post_counted(ANN, f"good{number}") for number in range(6)]
    contradicting = good[0]._replace(data={"post": "something else"})
    invalid = to_json(post_counted(ANN, "invalid")) | {"time": "yesterday"}
    batch = [*map(to_json, [good[0], contradicting, *good[1:]]), invalid]
    publish(cluster, orjson.dumps(batch))
    until(lambda: heard(archive, good), "the good facts are heard")
    until(lambda: parked_for(archive, good[0].id), "the contradiction is parked")
    assert "Conflict" in parked_for(archive, good[0].id)[0]
    assert "time" in parked_for(archive, str(invalid["id"]))[0]


def test_a_type_nobody_here_knows_is_parked_and_stays_so_when_it_is_replayed_too_early(
    cluster: Cluster, archive: Engine
) -> None:
    fact = post_counted(ANN, "of a later version")
    publish(cluster, orjson.dumps([to_json(fact) | {"type": "learning.post_counted.v9"}]))
    until(lambda: parked_for(archive, fact.id), "the fact is parked")
    with archive.begin() as connection:
        assert parked.mark(connection, "retry", None) >= 1
    until(lambda: parked_for(archive, fact.id), "the fact is parked again")
    assert "no contract" in parked_for(archive, fact.id)[0]


def test_a_parked_fact_is_learned_once_what_it_contradicted_is_gone(
    cluster: Cluster, archive: Engine
) -> None:
    right = post_counted(ANN, "right")
    wrong = right._replace(data={"post": "wrong"})
    for fact in (wrong, right):
        publish(cluster, orjson.dumps([to_json(fact)]))
    until(lambda: parked_for(archive, right.id), "the contradiction is parked")
    with archive.begin() as connection:
        connection.execute(text("DELETE FROM inbox WHERE id = :id"), {"id": right.id})
        parked.mark(connection, "retry", None)
    until(lambda: heard(archive, [right]), "the replayed fact is learned")
    until(lambda: not ask(archive, "SELECT 1 FROM parked WHERE id = :id", id=right.id), "is gone")


@pytest.mark.parametrize("body", [b"\xff\xfe no text", b"{", b'{"not": "a list"}'])
def test_bytes_that_are_no_facts_go_to_the_dead_letters(cluster: Cluster, body: bytes) -> None:
    publish(cluster, body)
    with kombu.Connection(cluster.rabbit.url) as broker:
        queue = DEAD_LETTERS(broker.default_channel)
        found: list[bytes] = []

        def arrived() -> bool:
            message = queue.get(no_ack=True)
            if message is not None:
                found.append(bytes(message.body))
            return bool(found)

        until(arrived, "a dead letter")
    assert found == [body]


def test_a_standby_takes_over_when_the_relay_is_killed(
    cluster: Cluster, enrollment: Engine, archive: Engine
) -> None:
    before = members("before")
    tell(enrollment, before)
    until(lambda: heard(archive, before), "the first process relays")
    [first] = cluster.processes["enrollment"]
    cluster.start("enrollment")
    relays = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%relay of%'"
    until(lambda: ask(enrollment, relays)[0][0], "the second process stands by")
    first.send_signal(signal.SIGKILL)
    first.wait()
    cluster.processes["enrollment"].remove(first)
    after = members("after")
    tell(enrollment, after)
    until(lambda: heard(archive, after), "the second process relays")


def test_a_broker_that_lost_its_disk_loses_no_fact(
    cluster: Cluster, enrollment: Engine, archive: Engine
) -> None:
    cluster.stop("archive")
    lost = members("lost")
    tell(enrollment, lost)
    unconfirmed = "SELECT 1 FROM heads WHERE published < position"
    waiting = "SELECT 1 FROM outbox WHERE position IS NULL"
    until(
        lambda: not ask(enrollment, waiting) and not ask(enrollment, unconfirmed),
        "the broker has confirmed all",
    )
    cluster.rabbit.kill()
    cluster.rabbit.wipe()
    meanwhile = members("meanwhile")
    tell(enrollment, meanwhile)
    cluster.rabbit.start()
    cluster.start("archive")
    until(lambda: heard(archive, [*lost, *meanwhile]), "all facts are heard")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_stops_within_five_seconds_and_leaves_no_message_unacknowledged(
    cluster: Cluster, archive: Engine, service: str
) -> None:
    began = time.monotonic()
    cluster.stop(service)
    assert time.monotonic() - began < STOP_SECONDS
    cluster.start(service)
    fact = post_counted(ANN, f"after {service}")
    publish(cluster, orjson.dumps([to_json(fact)]), inbox("archive").name)
    until(lambda: heard(archive, [fact]), "a fact told afterwards is heard")
