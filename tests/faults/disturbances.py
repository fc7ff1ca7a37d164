"""What goes wrong: killed processes, a killed database, a broker that loses its disk, doubles."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

import kombu
from amqp.exceptions import AMQPError
from amqp.protocol import queue_declare_ok_t
from kombu.exceptions import OperationalError as BrokerError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from services.messaging.topology import FACTS
from tests.faults.ledgers import PATIENCE_SECONDS
from zhixing.bench.cluster import Cluster, until

DOUBLES = "faults.doubles"
# One message in so many is told again: more than a tenth, for broken ones are missed.
EVERY = 5
A_WHILE = 10.0
BACKENDS = text("SELECT pid FROM pg_stat_activity WHERE application_name = :name ORDER BY pid")
HOLDER = text("""
    SELECT pg_stat_activity.pid FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND application_name = :name
""")


class Disturbances:
    """All of them, one after the other; `begin_next` begins one once the last has ended."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        url = cluster.environment["ZHIXING_DATABASE_URL"]
        self.database = create_engine(url, pool_pre_ping=True)
        self.all: list[Callable[[], None]] = [
            lambda: self.kill("learning"),
            self.lose_broker,
            lambda: self.kill("assessment"),
            lambda: self.kill_backend("assessment"),
            lambda: self.kill_holder("learning"),
            lambda: self.kill("gateway"),
            lambda: self.kill("archive"),
            lambda: self.kill("enrollment"),
        ]
        self.begun = 0
        self.running: Thread | None = None
        self.error: BaseException | None = None

    def begin_next(self) -> None:
        """Begins the next disturbance, in rounds, while traffic goes on."""
        self.end()
        disturbance = self.all[self.begun % len(self.all)]
        self.begun += 1

        def disturb() -> None:
            try:
                disturbance()
            except BaseException as error:
                self.error = error

        self.running = Thread(target=disturb)
        self.running.start()

    def end(self) -> None:
        """Waits until the last disturbance is over; raises what made it fail."""
        if self.running:
            self.running.join()
            self.running = None
        if self.error:
            raise self.error

    def kill(self, service: str) -> None:
        """SIGKILL to all processes of a service, and a new one; over when that one hears."""
        self.cluster.stop(service, signal.SIGKILL)
        until(lambda: self.hearers(service) == 0, "the broker noticed", PATIENCE_SECONDS)
        self.cluster.start(service)
        until(lambda: self.hearers(service) == 1, "the new one hears", PATIENCE_SECONDS)

    def kill_holder(self, service: str) -> None:
        """SIGKILL to the process whose relay tells, while a replica stands by."""
        before = until_found(lambda: self.pids(HOLDER, service), "a relay tells")
        (holder,) = self.cluster.processes[service]
        self.cluster.start(service)
        until(lambda: self.hearers(service) == 2, "the replica hears", PATIENCE_SECONDS)
        holder.kill()
        holder.wait()
        self.cluster.processes[service].remove(holder)
        until_found(lambda: self.pids(HOLDER, service) - before, "the replica tells")

    def kill_backend(self, service: str) -> None:
        """SIGKILL to one of a service's connections: PostgreSQL ends all and recovers."""
        victim = min(until_found(lambda: self.pids(BACKENDS, service), "a connection"))
        os.kill(victim, signal.SIGKILL)
        until_found(lambda: self.pids(BACKENDS, service) - {victim}, "the service is back")

    def lose_broker(self) -> None:
        """The broker dies with facts that nobody took yet, loses its disk, and starts empty."""
        self.cluster.stop("archive", signal.SIGKILL)
        # Late in the traffic there may be nothing more for it.
        with suppress(TimeoutError):
            until(lambda: self.waiting("archive"), "facts wait", A_WHILE)
        self.cluster.rabbit.kill()
        self.cluster.rabbit.wipe()
        self.cluster.rabbit.start()
        self.cluster.start("archive")
        for service in self.cluster.services:
            until(lambda: self.hearers(service) == 1, "all hear again", PATIENCE_SECONDS)  # noqa: B023

    def pids(self, query: object, service: str) -> set[int]:
        """Of database connections; none while the database is away."""
        try:
            with self.database.connect() as connection:
                found = connection.execute(query, {"name": f"zhixing-{service}"})  # type: ignore[call-overload]
                return set(found.scalars())
        except DBAPIError:
            return set()

    def hearers(self, service: str) -> int:
        """How many processes of a service hear; -1 while the broker does not say."""
        queue = self.queue(f"{service}.control")
        return queue.consumer_count if queue else -1

    def waiting(self, service: str) -> bool:
        """Whether a message waits to be taken."""
        queue = self.queue(f"{service}.inbox")
        return bool(queue and queue.message_count)

    def queue(self, name: str) -> queue_declare_ok_t | None:
        """What the broker says of a queue; None while it is away or has none of this name."""
        with (
            suppress(BrokerError, AMQPError, OSError),
            kombu.Connection(self.cluster.environment["ZHIXING_AMQP_URL"]) as broker,
        ):
            found: queue_declare_ok_t = broker.channel().queue_declare(name, passive=True)
            return found
        return None

    def close(self) -> None:
        with suppress(BaseException):
            self.end()
        self.database.dispose()


def until_found(find: Callable[[], set[int]], what: str) -> set[int]:
    """What is looked for, as soon as there is some."""
    found: set[int] = set()

    def look() -> bool:
        found.update(find())
        return bool(found)

    until(look, what, PATIENCE_SECONDS)
    return found


class Doubling:
    """Tells every fifth message a second time, to everybody; `with Doubling(url) as doubling:`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen = 0
        self.doubled = 0
        self.stopping = Event()
        self.thread = Thread(target=self.run)

    def __enter__(self) -> "Doubling":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.thread.join()

    def run(self) -> None:
        while not self.stopping.is_set():
            with suppress(BrokerError, AMQPError, OSError):
                self.double()
            self.stopping.wait(0.2)

    def double(self) -> None:
        with kombu.Connection(self.url, connect_timeout=5) as broker:
            channel = broker.channel()
            FACTS(channel).declare()
            doubles = kombu.Queue(DOUBLES, FACTS, routing_key="#", durable=True)
            doubles(channel).declare()
            producer = kombu.Producer(channel, FACTS, auto_declare=False)

            def again(message: kombu.Message) -> None:
                self.seen += 1
                if self.seen % EVERY == 0:
                    key = message.delivery_info["routing_key"]
                    producer.publish(
                        message.body,
                        routing_key=key,
                        content_type=message.content_type,
                        content_encoding="binary",
                    )
                    self.doubled += 1
                message.ack()

            with kombu.Consumer(channel, [doubles], on_message=again, auto_declare=False):
                while not self.stopping.is_set():
                    with suppress(TimeoutError):
                        broker.drain_events(timeout=0.2)
