"""Requests that are stored together, each by its own rules."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text

from gateway.intake import Received
from gateway.intake.statements import read_statement
from gateway.intake.store import Request, Store, Verdict
from services.messaging.database import Database
from tests.integration.intake.partner import statement

ACCEPTED, REPEATED, CONFLICT = Verdict.ACCEPTED, Verdict.REPEATED, Verdict.CONFLICT
STORED = text("SELECT id FROM received ORDER BY id")
TOLD = text("SELECT data ->> 'statement_id' AS id FROM outbox ORDER BY id")


@pytest.fixture
def gateway(database: Callable[[str], Engine]) -> Database:
    """The gateway's database, empty."""
    made = Database()
    made.engine = database("gateway")
    return made


def read(**changes: Any) -> Received:
    return read_statement(statement(**changes), partner="school", now=datetime.now(UTC))


def request(*statements: Received, whole: bool = True) -> Request:
    return Request("school", "xapi", statements, whole, None)


def together(gateway: Database, *group: Request) -> list[list[Verdict] | None]:
    """What becomes of requests that are stored in one transaction."""
    Store().store(gateway, list(group))
    return [one.verdicts for one in group]


def stored(gateway: Database) -> list[str]:
    """The ids that are stored; whatever is stored is told."""
    with gateway.begin() as session:
        ids = list(session.execute(STORED).scalars())
        assert ids == list(session.execute(TOLD).scalars())
    return ids


def test_of_two_contents_under_one_id_the_first_is_stored(gateway: Database) -> None:
    first = read()
    other = read(id=first.statement_id, object={"id": "https://learn.example/other"})
    found = together(gateway, request(first), request(other), request(first))
    assert found == [[ACCEPTED], [CONFLICT], [REPEATED]]
    assert stored(gateway) == [first.statement_id]


def test_of_a_batch_with_a_conflict_nothing_is_stored_and_its_neighbour_is_new(
    gateway: Database,
) -> None:
    known, shared = read(), read()
    together(gateway, request(known))
    other = read(id=known.statement_id, object={"id": "https://learn.example/other"})
    found = together(gateway, request(shared, other), request(shared))
    assert found == [[ACCEPTED, CONFLICT], [ACCEPTED]]
    assert stored(gateway) == sorted([known.statement_id, shared.statement_id])


def test_of_events_each_is_stored_by_itself(gateway: Database) -> None:
    known, fresh = read(), read()
    other = read(id=known.statement_id, object={"id": "https://learn.example/other"})
    assert together(gateway, request(known, other, fresh, known, whole=False)) == [
        [ACCEPTED, CONFLICT, ACCEPTED, REPEATED]
    ]
    assert stored(gateway) == sorted([known.statement_id, fresh.statement_id])


def test_what_the_database_cannot_take_fails_alone(gateway: Database) -> None:
    good = request(read())
    broken = Request("school", "no door", [read()], True, None)
    assert together(gateway, good, broken) == [[ACCEPTED], None]
    assert broken.error is not None
    assert len(stored(gateway)) == 1


def test_several_processes_store_the_same_once(gateway: Database) -> None:
    statements = [read() for _ in range(50)]
    orders = [statements, statements[::-1], statements[25:] + statements[:25]] * 4

    def keep(order: list[Received]) -> list[Verdict]:
        return Store().keep(gateway, request(*order))

    with ThreadPoolExecutor(6) as processes:
        verdicts = [one for found in processes.map(keep, orders) for one in found]
    assert verdicts.count(ACCEPTED) == 50
    assert verdicts.count(REPEATED) == 50 * 11
    assert len(stored(gateway)) == 50
