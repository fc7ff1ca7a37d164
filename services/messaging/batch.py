"""The entrypoint that hands a service batches of facts.

A batch is one transaction; messages are acknowledged after it is committed.
Poison (a fact that breaks its contract, conflicts with what is known or makes
the handler fail) is parked with its reason and the rest goes on. Weather is
waited out. Bytes that are no facts at all go to the dead letters.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

import orjson
import structlog
from eventlet.event import Event as Signal
from kombu import Consumer
from nameko.extensions import Entrypoint

from services.contracts import registry
from services.contracts.envelope import Event
from services.messaging import metrics, parked, topology, trace
from services.messaging.broker import connect
from services.messaging.database import engine_for
from services.messaging.thread import Thread
from services.messaging.weather import back_off, is_weather

log = structlog.get_logger()

MOST_FACTS = 5_000
# Facts come in bursts: a batch ends when none came for this long, or at the latest after that.
GATHER_SECONDS = 0.010
LONGEST_SECONDS = 0.200
# Messages, each of up to 100 facts: enough for the next batch to be here
# already, few enough that no process is flooded.
PREFETCH = 128
IDLE_SECONDS = 0.5


class Facts(Thread, Entrypoint):
    """Facts of some types, gathered until there are enough or no more come."""

    def __init__(self, *types: str, **options: Any) -> None:
        Entrypoint.__init__(self, **options)
        Thread.__init__(self)
        self.types = types

    def setup(self) -> None:
        urls = self.container.config["DATABASE_URLS"]
        self.engine = engine_for(urls[self.service], self.service, pool=1)
        self.gathered: list[tuple[Any, list[Event]]] = []

    def work(self) -> None:
        self.gathered = []
        with connect(self.container.config["AMQP_URI"]) as self.broker:
            channel = self.broker.channel()
            topology.declare(channel, self.service, self.types)
            channel.basic_qos(0, PREFETCH, False)
            inbox = topology.inbox(self.service)
            Consumer(channel, [inbox], on_message=self.gather, auto_declare=False).consume()
            while not self.stopping:
                self.wait_for_facts()
                if self.gathered:
                    self.deliver([fact for _, facts in self.gathered for fact in facts])
                    for message, _ in self.gathered:
                        message.ack()
                    self.gathered = []

    def wait_for_facts(self) -> None:
        """Until something has come, and then on as long as more of it keeps coming."""
        self.drain(IDLE_SECONDS)
        until = monotonic() + LONGEST_SECONDS
        while self.gathered and self.wants_more() and monotonic() < until:
            before = len(self.gathered)
            self.drain(GATHER_SECONDS)
            if len(self.gathered) == before:
                return

    def wants_more(self) -> bool:
        """Whether the batch is not yet full."""
        return (
            sum(len(facts) for _, facts in self.gathered) < MOST_FACTS
            and len(self.gathered) < PREFETCH
        )

    def drain(self, seconds: float) -> None:
        try:
            self.broker.drain_events(timeout=seconds)
        except TimeoutError:
            self.broker.heartbeat_check()

    def gather(self, message: Any) -> None:
        try:
            envelopes = orjson.loads(message.body)
            if not isinstance(envelopes, list):
                raise registry.Invalid("a batch is a JSON array")
        except ValueError as error:
            log.error("unreadable message", service=self.service, error=type(error).__name__)
            message.reject()
            return
        facts = []
        for envelope in envelopes:
            try:
                facts.append(registry.read(envelope))
            except (registry.Invalid, AttributeError) as refusal:
                self.park(envelope, str(refusal))
        self.gathered.append((message, facts))

    def deliver(self, facts: Sequence[Event]) -> None:
        """Has the handler take all facts; returns when each is committed or parked."""
        if not facts:
            return
        error = self.patiently(lambda: self.call(facts))
        if error is None:
            return
        if len(facts) == 1:
            self.park(parked.envelope(facts[0]), f"{type(error).__name__}: {error}")
            return
        middle = len(facts) // 2
        self.deliver(facts[:middle])
        self.deliver(facts[middle:])

    def patiently(self, attempt: Callable[[], BaseException | None]) -> BaseException | None:
        """The outcome of an attempt that was not hindered by weather."""
        for wait in back_off():
            error = attempt()
            if error is None or not is_weather(error):
                return error
            log.warning("waiting", service=self.service, seconds=wait, error=type(error).__name__)
            self.pause(wait)
            self.broker.heartbeat_check()
            if self.stopping:
                raise ConnectionError("stopped while waiting")
        raise AssertionError("weather lasts for ever")

    def call(self, facts: Sequence[Event]) -> BaseException | None:
        """Runs the handler in a worker; returns what it raised."""
        done = Signal()

        def finish(_: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send(exc_info[1] if exc_info else None)
            return result, exc_info

        trace.begin(facts[-1].traceparent)
        with metrics.HANDLER.labels(self.service).time():
            self.container.spawn_worker(self, (facts,), {}, handle_result=finish)
            error: BaseException | None = done.wait()
        if error is None:
            for type_, number in Counter(fact.type for fact in facts).items():
                metrics.HEARD.labels(self.service, type_).inc(number)
            traces = {trace.trace_id(fact.traceparent) for fact in facts[:20]} - {None}
            log.info("heard", service=self.service, facts=len(facts), traces=sorted(traces))  # type: ignore[type-var]
        return error

    def park(self, envelope: Any, reason: str) -> None:
        def attempt() -> BaseException | None:
            try:
                with self.engine.begin() as connection:
                    parked.park(connection, envelope, reason)
            except Exception as error:
                return error
            return None

        error = self.patiently(attempt)
        if error is not None:
            raise error
        metrics.PARKED.labels(self.service).inc()
        log.error("parked", service=self.service, **parked.names(envelope))


facts = Facts.decorator
