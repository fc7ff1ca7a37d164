"""Outbox → broker: what was committed is told, in order, at least once.

One relay is active per service, by advisory lock; replicas stand by. The
outbox is the service's event log: rows stay. A row gets its `position`,
contiguous per type, when the relay takes it up; `heads` says how far each type
was numbered and how far the broker has confirmed. What lies between is told
again after a crash.
"""

from collections.abc import Sequence
from time import monotonic
from typing import Any

import orjson
from nameko.extensions import DependencyProvider
from sqlalchemy import Connection, Row, text

from services.messaging import metrics
from services.messaging.broker import Packet, Publisher, connect
from services.messaging.database import engine_for
from services.messaging.packing import COLUMNS, pack
from services.messaging.thread import Thread
from services.messaging.topology import DEAD_LETTERS, FACTS, HEADS

MOST = 2_000
STAND_BY_SECONDS = 1.0
POLL_SECONDS = 0.5
HEADS_SECONDS = 2.0

TAKE_LOCK = text("SELECT pg_try_advisory_lock(hashtext('relay of ' || current_schema()))")
# One statement, so that a row is numbered exactly if its type's head is raised.
NUMBER = text(f"""
    WITH waiting AS (
        SELECT id, type, sequence FROM outbox
        WHERE position IS NULL ORDER BY sequence LIMIT {MOST}
    ), numbered AS (
        SELECT waiting.id, type,
               coalesce(heads.position, 0)
               + row_number() OVER (PARTITION BY type ORDER BY sequence) AS position
        FROM waiting LEFT JOIN heads USING (type)
    ), raised AS (
        INSERT INTO heads (type, position, published)
        SELECT type, max(position), 0 FROM numbered GROUP BY type
        ON CONFLICT (type) DO UPDATE SET position = excluded.position
    ), taken AS (
        UPDATE outbox SET position = numbered.position
        FROM numbered WHERE outbox.id = numbered.id
        RETURNING outbox.*
    )
    SELECT {COLUMNS} FROM taken ORDER BY type, position
""")
UNCONFIRMED = text(f"""
    SELECT {COLUMNS} FROM (
        SELECT outbox.* FROM heads JOIN outbox USING (type)
        WHERE outbox.position > heads.published
        ORDER BY type, outbox.position LIMIT {MOST}
    ) AS outbox ORDER BY type, position
""")
CONFIRM = text("""
    UPDATE heads SET published = told.position
    FROM json_to_recordset(CAST(:told AS json)) AS told (type text, position bigint)
    WHERE heads.type = told.type
""")
HEAD = text("SELECT type, published FROM heads WHERE published > 0")
WAITING = text("SELECT count(*) FROM outbox WHERE position IS NULL")


class Relay(Thread, DependencyProvider):
    """Tells what this service has committed."""

    def setup(self) -> None:
        urls = self.container.config["DATABASE_URLS"]
        engine = engine_for(urls[self.service], self.service, pool=1)
        self.engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.told_heads_at = float("-inf")

    def work(self) -> None:
        with self.engine.connect() as database:
            if not database.execute(TAKE_LOCK).scalar():
                self.pause(STAND_BY_SECONDS)
                return
            database.exec_driver_sql(f"LISTEN outbox_{self.service}")
            try:
                with connect(self.container.config["AMQP_URI"]) as broker:
                    self.relay(database, broker)
            finally:
                # The lock belongs to the session, which the pool would keep.
                database.invalidate()

    def relay(self, database: Connection, broker: Any) -> None:
        publisher = Publisher(broker)
        for entity in (FACTS, HEADS, DEAD_LETTERS):
            entity(publisher.channel).declare()
        while rows := database.execute(UNCONFIRMED).all():
            self.tell(database, publisher, rows)
        while not self.stopping:
            if rows := database.execute(NUMBER).all():
                self.tell(database, publisher, rows)
            self.tell_heads(database, publisher)
            if not rows:
                self.listen(database)
            broker.heartbeat_check()

    def tell(self, database: Connection, publisher: Publisher, rows: Sequence[Row[Any]]) -> None:
        publisher.publish(pack(f"/zhixing/{self.service}", rows, exchange=FACTS))
        last: dict[str, int] = {}
        for row in rows:
            last[row.type] = row.position
            metrics.ANNOUNCED.labels(self.service, row.type).inc()
        told = [{"type": type_, "position": position} for type_, position in last.items()]
        database.execute(CONFIRM, {"told": orjson.dumps(told).decode()})

    def tell_heads(self, database: Connection, publisher: Publisher) -> None:
        """Says now and then how far it is, so that who missed something can ask."""
        if monotonic() - self.told_heads_at < HEADS_SECONDS:
            return
        heads: dict[str, int] = dict(database.execute(HEAD).all())
        body = orjson.dumps({"heads": heads, "service": self.service})
        publisher.publish([Packet(body, self.service, HEADS)])
        metrics.RELAY_LAG.labels(self.service).set(database.execute(WAITING).scalar() or 0)
        self.told_heads_at = monotonic()

    def listen(self, database: Connection) -> None:
        """Until a transaction announces something, or for half a second."""
        driver: Any = database.connection.driver_connection
        for _ in driver.notifies(timeout=POLL_SECONDS, stop_after=1):
            pass

    def get_dependency(self, worker_ctx: object) -> "Relay":
        return self
