"""What operators ask of one service's database: parked facts, rebuilding."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import Engine

from services.messaging import parked
from services.messaging.database import engine_for
from services.messaging.rebuild import rebuild
from zhixing.platform import ROOMS, Databases, require_migrated
from zhixing.settings import CannotStart, Settings


@contextmanager
def database(settings: Settings, service: str) -> Iterator[Engine]:
    """The database of a service, whether it runs or not."""
    with Databases(settings) as urls:
        require_migrated(urls, [service])
        engine = engine_for(urls[service], service, pool=1)
        try:
            yield engine
        finally:
            engine.dispose()


def list_parked(settings: Settings, service: str) -> list[dict[str, Any]]:
    """Every parked fact without its body."""
    with database(settings, service) as engine, engine.connect() as connection:
        return [row._asdict() for row in parked.listed(connection)]


def show_parked(settings: Settings, service: str, number: int) -> dict[str, Any]:
    """One parked fact with its body and reason."""
    with database(settings, service) as engine, engine.connect() as connection:
        row = parked.shown(connection, number)
        if row is None:
            raise CannotStart(f"{service} has no parked fact {number}")
        return {
            "number": row.number,
            "status": row.status,
            "reason": row.reason,
            "envelope": orjson.loads(row.envelope),
        }


def mark_parked(settings: Settings, service: str, status: str, number: int | None) -> int:
    """Has parked facts replayed ('retry') or given up ('dropped'); returns how many."""
    with database(settings, service) as engine, engine.begin() as connection:
        return parked.mark(connection, status, number)


def rebuild_service(settings: Settings, service: str) -> int:
    """Empties a service; returns how many own facts it heard again. The rest comes by catch-up."""
    handlers = handlers_of(service)
    tables = ROOMS[service].module("repository").TABLES
    with database(settings, service) as engine:
        return rebuild(engine, service, handlers.OWN, tables)


def handlers_of(service: str) -> Any:
    """The module that says what a service hears and tells."""
    return ROOMS[service].module("handlers")
