"""What every test may ask for: a private PostgreSQL, and an empty schema of each service."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from tests.schemas import Schemas
from zhixing.local.postgres import LocalPostgres

# A shared machine is slow at times and that is no failure; `ci` costs the same on every run.
settings.register_profile(
    "daily",
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
daily = settings.get_profile("daily")
settings.register_profile("ci", daily, derandomize=True, database=None)
settings.register_profile("thorough", daily, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "daily")


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    """A PostgreSQL server of this test session alone.

    Its folder is not one of pytest's, which sessions running at once clear away for each other.
    """
    with tempfile.TemporaryDirectory(prefix="zhixing-tests-") as folder:
        server = LocalPostgres(Path(folder) / "postgres")
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def schemas(postgres: LocalPostgres) -> Iterator[Schemas]:
    """The migrated schemas of all services, in one database."""
    made = Schemas(postgres.create_database("tests"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def database(schemas: Schemas) -> Callable[[str], Engine]:
    """Service → its own schema with empty tables, however often a test asks."""
    return schemas.empty
