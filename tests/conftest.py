"""What every test may ask for: a private PostgreSQL, and an empty schema of each service."""

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings, Phase
from sqlalchemy import Engine

from tests.schemas import Schemas
from zhixing.local.postgres import LocalPostgres

# A shared machine is slow at times and that is no failure; `ci` costs the same on every run.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile(
    "ci", settings.get_profile("default"), max_examples=60, derandomize=True, database=None
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2_000)
settings.register_profile("noshrink", settings.get_profile("ci"), phases=[Phase.generate])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "default")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPostgres]:
    """A PostgreSQL server of this test session alone."""
    server = LocalPostgres(tmp_path_factory.mktemp("postgres") / "server")
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
