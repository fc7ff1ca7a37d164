"""Missed facts: noticed by their positions, asked for, told again.

Relays announce how far each type has come. A service that finds a hole in what
it heard, and finds the same hole again a little later, asks the announcing
service to tell those positions once more, straight into its inbox. So a broker
may lose its disk, a new subscriber learns all history, and a service that was
emptied (`zhixing rebuild`) hears everything again.
"""

from collections.abc import Callable, Iterable
from time import monotonic
from typing import NamedTuple

import orjson
import structlog
from kombu import Consumer
from nameko.extensions import DependencyProvider
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from services.contracts import registry
from services.contracts.envelope import Event
from services.messaging import ledger, metrics, parked, topology
from services.messaging.broker import Packet, Publisher, connect
from services.messaging.database import engine_for
from services.messaging.packing import COLUMNS, pack
from services.messaging.thread import Thread
from services.messaging.weather import is_weather

log = structlog.get_logger()

# A hole this old is no longer a fact that is still under way.
GRACE_SECONDS = 2.0
LOOK_SECONDS = 0.5
ASK_AGAIN_SECONDS = 10.0
MOST_ASKED = 50_000
CHUNK = 2_000
STALE_CHUNK = 500

THROUGH = text("""
    WITH here AS (
        SELECT position FROM inbox WHERE type = :type AND position > :through
        UNION
        SELECT position FROM parked WHERE type = :type AND position > :through
    ), counted AS (
        SELECT position, position - row_number() OVER (ORDER BY position) AS before FROM here
    )
    SELECT coalesce(max(position) FILTER (WHERE before = :through), :through) AS through,
           min(position) FILTER (WHERE before > :through) AS next
    FROM counted
""")
HEARD = text("SELECT type, through FROM heard")
RAISE = text("""
    INSERT INTO heard (type, through) VALUES (:type, :through)
    ON CONFLICT (type) DO UPDATE SET through = greatest(heard.through, excluded.through)
""")
HISTORY = text(f"""
    SELECT {COLUMNS} FROM outbox
    WHERE type = :type AND position BETWEEN :first AND :last
    ORDER BY position
""")
TO_DO = text("""
    SELECT EXISTS (SELECT FROM rebuilding),
           EXISTS (SELECT FROM parked WHERE status = 'retry'),
           EXISTS (SELECT FROM subjects WHERE stale > 0)
""")
REBUILT = text("DELETE FROM rebuilding")
STALE = text(f"""
    SELECT CAST(id AS text) AS id, stale, is_group FROM subjects WHERE stale > 0
    ORDER BY is_group DESC, id LIMIT {STALE_CHUNK}
""")
# Everything within a group that was stale is concluded in its turn.
WITHIN_TOO = text("""
    UPDATE subjects SET stale = stale + 1 WHERE id IN (
        SELECT id FROM subjects JOIN within ON within.subject = subjects.id
        WHERE within.parent = ANY (CAST(:groups AS uuid[]))
        ORDER BY id FOR UPDATE OF subjects
    )
""")
FRESH = text("""
    UPDATE subjects SET stale = 0
    FROM json_to_recordset(CAST(:seen AS json)) AS seen (id uuid, stale integer)
    WHERE subjects.id = seen.id AND subjects.stale = seen.stale
""")


class Hole(NamedTuple):
    """Positions of a type that are announced and not here."""

    type: str
    first: int
    last: int


class CatchUp(Thread, DependencyProvider):
    """Asks for what this service missed, and answers others who ask.

    `learn` takes facts and `conclude` draws all conclusions about subjects,
    each in the transaction it is given.
    """

    def __init__(
        self,
        hears: Iterable[str],
        learn: Callable[[Session, Iterable[Event]], None],
        conclude: Callable[[Session, set[str]], None],
    ) -> None:
        super().__init__()
        self.hears = frozenset(hears)
        self.learn = learn
        self.conclude = conclude

    def setup(self) -> None:
        urls = self.container.config["DATABASE_URLS"]
        self.engine = engine_for(urls[self.service], self.service, pool=2)
        self.heads: dict[str, dict[str, int]] = {}
        # Type → first missing position, and since when; and how far was asked for.
        self.noticed: dict[str, tuple[int, float]] = {}
        self.asked_through: dict[str, int] = {}

    def get_dependency(self, worker_ctx: object) -> "CatchUp":
        return self

    def work(self) -> None:
        with connect(self.container.config["AMQP_URI"]) as broker:
            publisher = Publisher(broker)
            channel = broker.channel()
            topology.declare(channel, self.service, self.hears)
            # Only gathered here: what failed inside a callback while the connection
            # is closed would leave it open, and its consumer would swallow requests.
            said: list[bytes] = []
            Consumer(
                channel,
                [topology.control(self.service)],
                on_message=lambda message: said.append(message.body),
                no_ack=True,
                auto_declare=False,
            ).consume()
            looked_at = float("-inf")
            while not self.stopping:
                try:
                    broker.drain_events(timeout=LOOK_SECONDS)
                except TimeoutError:
                    broker.heartbeat_check()
                while said:
                    self.hear(said.pop(0), publisher)
                if monotonic() - looked_at >= LOOK_SECONDS:
                    self.look(publisher)
                    looked_at = monotonic()

    def look(self, publisher: Publisher) -> None:
        """Does what there is to do: holes, parked facts to retry, the end of a rebuild."""
        with self.engine.connect() as connection:
            rebuilding, retry, stale = connection.execute(TO_DO).one()
        # While a service is rebuilt nothing is merely under way.
        self.ask(publisher, grace=0.0 if rebuilding else GRACE_SECONDS)
        if retry:
            self.retry_parked()
        if rebuilding:
            self.finish_rebuilding()
        if rebuilding or stale:
            self.conclude_stale()

    def hear(self, body: bytes, publisher: Publisher) -> None:
        """Takes heads, or answers a request."""
        said = orjson.loads(body)
        if "heads" in said:
            self.heads[said["service"]] = said["heads"]
        else:
            self.tell_again(publisher, Hole(**said["missed"]), said["queue"])

    def tell_again(self, publisher: Publisher, hole: Hole, queue: str) -> None:
        """Publishes a piece of this service's history into one queue."""
        with self.engine.connect() as connection:
            for first in range(hole.first, hole.last + 1, CHUNK):
                last = min(first + CHUNK - 1, hole.last)
                rows = connection.execute(
                    HISTORY, {"type": hole.type, "first": first, "last": last}
                ).all()
                publisher.publish(
                    pack(f"/zhixing/{self.service}", rows, exchange=None, queue=queue)
                )
                metrics.REPLAYED.labels(self.service, hole.type).inc(len(rows))
        log.info("told again", service=self.service, queue=queue, **hole._asdict())

    def ask(self, publisher: Publisher, grace: float) -> None:
        """Asks for every hole that has been open too long."""
        now = monotonic()
        holes = {hole.type: hole for hole in self.holes()}
        for type_, hole in holes.items():
            first, since = self.noticed.get(type_, (0, now))
            if first != hole.first:
                since = now
                self.noticed[type_] = hole.first, since
            # What was asked for is under way as long as the hole grows smaller.
            wait = ASK_AGAIN_SECONDS if hole.first <= self.asked_through.get(type_, 0) else grace
            if now - since < wait:
                continue
            body = {"missed": hole._asdict(), "queue": topology.inbox(self.service).name}
            announcer = topology.control(registry.announcer(type_)).name
            publisher.publish([Packet(orjson.dumps(body), announcer)])
            self.asked_through[type_], self.noticed[type_] = hole.last, (hole.first, now)
            log.info("asked", service=self.service, **hole._asdict())

    def holes(self) -> list[Hole]:
        """The first hole of each type."""
        found = []
        heads = self.expected()
        with self.engine.begin() as connection:
            through: dict[str, int] = dict(connection.execute(HEARD).all())
            # In one order, for replicas raise the same rows.
            for type_, head in sorted(heads.items()):
                before = through.get(type_, 0)
                if before >= head:
                    metrics.LAG.labels(self.service, type_).set(0)
                    continue
                hole = self.hole(connection, type_, before, head)
                metrics.LAG.labels(self.service, type_).set(head - hole.first + 1 if hole else 0)
                if hole:
                    found.append(hole)
        return found

    def expected(self) -> dict[str, int]:
        """How far the types this service hears have come."""
        return {
            type_: head
            for heads in self.heads.values()
            for type_, head in heads.items()
            if type_ in self.hears
        }

    def hole(self, connection: Connection, type_: str, before: int, head: int) -> Hole | None:
        row = connection.execute(THROUGH, {"type": type_, "through": before}).one()
        if row.through > before:
            connection.execute(RAISE, {"type": type_, "through": row.through})
        if row.through >= head:
            return None
        last = min(row.next - 1 if row.next else head, row.through + MOST_ASKED)
        return Hole(type_, row.through + 1, last)

    def retry_parked(self) -> None:
        """Takes parked facts that somebody asked to replay; failure parks them again."""
        while not self.stopping:
            with Session(self.engine) as session:
                row = session.execute(parked.NEXT).one_or_none()
                if row is None:
                    return
                envelope = orjson.loads(row.envelope)
                try:
                    with session.begin_nested():
                        self.learn(session, [registry.read(envelope)])
                    session.execute(parked.REMOVE, {"number": row.number})
                except Exception as error:
                    if is_weather(error):
                        raise
                    reason = f"{type(error).__name__}: {error}"
                    parked.park(session.connection(), envelope, reason)
                session.commit()

    def finish_rebuilding(self) -> None:
        """Ends a rebuild once everything announced so far has been heard."""
        everyone = {registry.announcer(type_) for type_ in self.hears}
        if everyone <= self.heads.keys() and not self.holes():
            with self.engine.begin() as connection:
                connection.execute(REBUILT)
            log.info("rebuilt", service=self.service)

    def conclude_stale(self) -> None:
        """Draws what was put off, some subjects at a time."""
        while not self.stopping:
            with Session(self.engine) as session, session.begin():
                if session.execute(ledger.REBUILDING).scalar():
                    return
                rows = session.execute(STALE).all()
                groups = [row.id for row in rows if row.is_group]
                seen = [row for row in rows if row.is_group or not groups]
                if not seen:
                    return
                session.info[ledger.PIECEMEAL] = True
                self.conclude(session, {row.id for row in seen})
            # Afterwards and alone: marking inside would lock out of order, and
            # concluding twice concludes the same. What was made stale again
            # meanwhile stays so.
            marks = [{"id": row.id, "stale": row.stale} for row in seen]
            with self.engine.begin() as connection:
                connection.execute(WITHIN_TOO, {"groups": ledger.array(groups)})
                connection.execute(FRESH, {"seen": orjson.dumps(marks).decode()})
