"""One service with its database, told facts as the batch entrypoint and the commands tell them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.contracts.envelope import Event
from services.messaging import ledger
from services.messaging.catchup import REBUILT, CatchUp
from services.messaging.rebuild import rebuild
from tests.standing import standing
from zhixing.platform import ROOMS

TOLD = text("SELECT to_jsonb(outbox) - 'sequence' FROM outbox ORDER BY sequence")


class Service:
    """A service that knows nothing yet."""

    def __init__(self, name: str, database: Callable[[str], Engine]) -> None:
        self.name = name
        self.engine = database(name)
        self.handlers = ROOMS[name].module("handlers")
        self.tables: tuple[str, ...] = ROOMS[name].module("repository").TABLES

    def hear(self, batches: Iterable[Sequence[Event]]) -> "Service":
        """Takes batches, each in its own transaction; its own facts as a command tells them."""
        for batch in batches:
            with Session(self.engine) as session, session.begin():
                own = [fact for fact in batch if fact.type in self.handlers.OWN]
                ledger.announce(session, own)
                self.handlers.learn(session, batch)
        return self

    def rebuild(self, batches: Iterable[Sequence[Event]]) -> "Service":
        """Empties the service and has it hear others' facts again, its own from its outbox."""
        own = self.handlers.OWN
        rebuild(self.engine, self.name, own, self.tables)
        for batch in batches:
            with Session(self.engine) as session, session.begin():
                self.handlers.learn(session, [fact for fact in batch if fact.type not in own])
        with self.engine.begin() as connection:
            connection.execute(REBUILT)
        catchup = CatchUp(self.handlers.HEARS, self.handlers.learn, self.handlers.conclude)
        catchup.engine = self.engine
        catchup.conclude_stale()
        return self

    def standing(self) -> bytes:
        """What stands, comparable between runs."""
        with Session(self.engine) as session:
            return standing(session, self.name)

    def concluded(self) -> dict[str, list[Any]]:
        """Every row of every table of conclusions, as it is."""
        with self.engine.connect() as connection:
            return {
                table: sorted(
                    connection.execute(text(f"SELECT to_jsonb(one) FROM {table} AS one")).scalars(),
                    key=str,
                )
                for table in self.tables
            }

    def told(self) -> list[dict[str, Any]]:
        """All that it has announced, in order."""
        with self.engine.connect() as connection:
            return list(connection.execute(TOLD).scalars())
