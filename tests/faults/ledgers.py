"""What the ledgers of a running cluster say: whether it is quiet, what it told, what stands."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import orjson
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.contracts import registry
from services.contracts.envelope import Event
from services.messaging.database import engine_for
from tests.standing import standing
from zhixing.bench.cluster import until
from zhixing.platform import ROOMS
from zhixing.settings import SERVICES

# Tests may have to share a machine with much else.
PATIENCE_SECONDS = 180.0
TOLD = text("""
    SELECT CAST(id AS text), type, CAST(subject AS text), time, CAST(data AS text)
    FROM outbox ORDER BY sequence
""")


class Ledgers:
    """The schemas of all services in one database, read from outside."""

    def __init__(self, url: str) -> None:
        self.whole = create_engine(url, isolation_level="REPEATABLE READ", pool_pre_ping=True)
        self.engines = {service: engine_for(url, service, pool=4) for service in SERVICES}

    def close(self) -> None:
        for engine in (self.whole, *self.engines.values()):
            engine.dispose()

    def wait_for_quiet(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Until everything committed is told, heard and concluded; says what is not."""
        try:
            until(lambda: not self.unrest(), "quiet", seconds)
        except TimeoutError as error:
            raise TimeoutError(f"{error}: {self.unrest()}") from None

    def unrest(self) -> list[str]:
        """What is still under way, in one snapshot of all services; empty when nothing is."""
        try:
            with self.whole.connect() as connection:
                return list(unrest(connection))
        except OperationalError as error:
            return [f"the database is away: {error.orig}"]

    def told(self, service: str) -> list[Event]:
        """All that a service has announced, in order."""
        with self.engines[service].connect() as connection:
            return [
                Event(id_, type_, f"/zhixing/{service}", subject, time, orjson.loads(data))
                for id_, type_, subject, time, data in connection.execute(TOLD)
            ]

    def standing(self) -> dict[str, bytes]:
        """What stands in each service, comparable between runs."""
        return {service: standing_in(engine, service) for service, engine in self.engines.items()}

    def parked(self) -> list[tuple[str, str, str]]:
        """Service, type and reason of every parked fact."""
        found = []
        for service, engine in self.engines.items():
            with engine.connect() as connection:
                rows = connection.execute(text("SELECT type, reason FROM parked"))
                found.extend((service, *row) for row in rows)
        return found

    def deadlocks(self) -> int:
        """Deadlocks since the statistics began; exact once the services have ended."""
        with self.whole.connect() as connection:
            found = connection.execute(
                text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            )
            return int(found.scalar_one())


@contextmanager
def ledgers_of(url: str) -> Iterator[Ledgers]:
    """The ledgers in a database, closed in the end."""
    opened = Ledgers(url)
    try:
        yield opened
    finally:
        opened.close()


def standing_in(engine: Engine, service: str) -> bytes:
    with Session(engine) as session:
        return standing(session, service)


def unrest(connection: Connection) -> Iterator[str]:
    """Facts that are not told or not heard, and subjects that wait for their conclusion."""
    heads: dict[str, int] = {}
    for service in SERVICES:
        waiting = connection.execute(
            text(f"SELECT count(*) FROM {service}.outbox WHERE position IS NULL")
        ).scalar_one()
        if waiting:
            yield f"{service} has {waiting} facts to tell"
        rows = connection.execute(text(f"SELECT type, position, published FROM {service}.heads"))
        for type_, position, published in rows:
            heads[type_] = position
            if published < position:
                yield f"{service} told {type_} to {published} of {position}"
    for service in SERVICES:
        yield from unheard(connection, service, heads)


def unheard(connection: Connection, service: str, heads: dict[str, int]) -> Iterator[str]:
    """What a service has not heard, or not concluded from."""
    hears: Iterable[str] = ROOMS[service].module("handlers").HEARS
    rows = connection.execute(
        text(f"SELECT type, count(DISTINCT position) FROM {service}.inbox GROUP BY type")
    )
    heard: dict[str, int] = dict(rows.all())
    for type_ in hears:
        assert registry.announcer(type_) in SERVICES
        if heard.get(type_, 0) != heads.get(type_, 0):
            yield f"{service} heard {heard.get(type_, 0)} of {heads.get(type_, 0)} {type_}"
    stale = connection.execute(
        text(f"SELECT count(*) FROM {service}.subjects WHERE stale > 0")
    ).scalar_one()
    if stale:
        yield f"{service} has {stale} subjects to conclude"
