"""Whatever dies while people work: nothing answered is lost, and nothing counts twice.

`ZHIXING_SOAK_ROUNDS` repeats the disturbances; 1 where it is not set.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import text

from tests.faults.disturbances import Disturbances, Doubling
from tests.faults.ledgers import Ledgers, ledgers_of
from tests.faults.traffic import Traffic
from tests.platform import PASSWORD, running
from zhixing.bench.cluster import Cluster
from zhixing.local.postgres import LocalPostgres

ROUNDS = int(os.environ.get("ZHIXING_SOAK_ROUNDS", "1"))
pytestmark = pytest.mark.timeout(300 + 240 * ROUNDS)


class Run(NamedTuple):
    """How a run ended."""

    standing: dict[str, bytes]
    writes: int


class Disturbed(NamedTuple):
    """How the disturbed run ended, and what can still be asked of it."""

    run: Run
    traffic: Traffic
    ledgers: Ledgers
    doubling: Doubling
    logs: Path


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The traffic on the embedded platform, in peace."""
    home = tmp_path_factory.mktemp("undisturbed")
    writes = 0

    def count() -> None:
        nonlocal writes
        writes += 1

    with running(home) as platform:
        server = LocalPostgres(home / "home" / "postgres")
        server.start()
        try:
            with (
                ledgers_of(server.url("zhixing")) as ledgers,
                Traffic(platform.base_url, PASSWORD, count) as traffic,
            ):
                traffic.hold(ledgers.wait_for_quiet)
                ledgers.wait_for_quiet()
                return Run(ledgers.standing(), writes)
        finally:
            server.stop()


@pytest.fixture(scope="module")
def disturbed(undisturbed: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disturbed]:
    """The same traffic on a cluster in which everything dies in turn."""
    folder: Path = tmp_path_factory.mktemp("disturbed")
    with Cluster(folder) as cluster:
        disturbances = Disturbances(cluster)
        planned = ROUNDS * len(disturbances.all)
        writes = 0

        def count() -> None:
            nonlocal writes
            writes += 1
            # Spread evenly, the first and the last with traffic before and after.
            if disturbances.begun < (planned + 1) * writes // (undisturbed.writes + 1):
                disturbances.begin_next()

        with (
            ledgers_of(cluster.environment["ZHIXING_DATABASE_URL"]) as ledgers,
            Doubling(cluster.environment["ZHIXING_AMQP_URL"]) as doubling,
        ):
            try:
                with Traffic(cluster.gateway, "admin", count) as traffic:
                    traffic.hold(ledgers.wait_for_quiet)
                disturbances.end()
                assert disturbances.begun == planned
                ledgers.wait_for_quiet()
                run = Run(ledgers.standing(), writes)
                yield Disturbed(run, traffic, ledgers, doubling, folder / "logs")
            finally:
                disturbances.close()


def test_what_stands_is_the_same_byte_for_byte(undisturbed: Run, disturbed: Disturbed) -> None:
    for service, stands in undisturbed.standing.items():
        assert disturbed.run.standing[service].decode() == stands.decode(), service


def test_every_write_that_was_answered_is_there(disturbed: Disturbed) -> None:
    told = {
        fact.id for service in ("assessment", "archive") for fact in disturbed.ledgers.told(service)
    }
    assert disturbed.traffic.told
    assert set(disturbed.traffic.told) <= told
    with disturbed.ledgers.engines["gateway"].connect() as connection:
        received = set(connection.execute(text("SELECT id FROM received")).scalars())
    assert set(disturbed.traffic.statements) == received


def test_nothing_is_parked(disturbed: Disturbed) -> None:
    assert disturbed.ledgers.parked() == []


def test_many_messages_were_delivered_twice(disturbed: Disturbed) -> None:
    assert disturbed.doubling.doubled * 10 >= disturbed.doubling.seen > 0


def test_what_the_broker_lost_was_told_again(disturbed: Disturbed) -> None:
    assert any('"told again"' in log.read_text() for log in disturbed.logs.iterdir())
