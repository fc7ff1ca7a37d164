"""A service's own database: engine, transactions, migrations."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# psycopg's own wait function, in C, would block every green thread.
os.environ["PSYCOPG_WAIT_FUNC"] = "wait_select"

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from nameko.extensions import DependencyProvider
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

LEDGER_MIGRATIONS = Path(__file__).parent / "migrations"
# Any number, the same for all: one process migrates a schema at a time.
MIGRATION_LOCK = 7_266_301


def engine_for(url: str, schema: str, *, pool: int = 20) -> Engine:
    """An engine whose tables are those of `schema`.

    Statements are logged and errors told without their parameters, which may
    hold personal data.
    """
    engine = create_engine(
        url,
        pool_size=pool,
        max_overflow=10,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "options": f"-c search_path={schema} -c timezone=UTC",
            "application_name": f"zhixing-{schema}",
            "connect_timeout": 5,
        },
    )
    engine.dialect.use_insertmanyvalues_wo_returning = True
    return engine


def migrations(engine: Engine, schema: str, folder: Path) -> Config:
    """The Alembic configuration of one service: the ledger's branch and its own."""
    config = Config()
    config.set_main_option("script_location", str(LEDGER_MIGRATIONS.parent / "alembic"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{LEDGER_MIGRATIONS}\n{folder}")
    config.attributes["engine"] = engine
    config.attributes["schema"] = schema
    return config


def migrate(engine: Engine, schema: str, folder: Path) -> None:
    """Brings one schema up to date; safe to run twice and at once."""
    with engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
        guard.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
        guard.commit()
        try:
            command.upgrade(migrations(engine, schema, folder), "heads")
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": MIGRATION_LOCK})


def is_migrated(engine: Engine, schema: str, folder: Path) -> bool:
    """Whether every migration of a service has been applied."""
    script = ScriptDirectory.from_config(migrations(engine, schema, folder))
    with engine.connect() as connection:
        exists = connection.execute(
            text("SELECT to_regclass('alembic_version') IS NOT NULL")
        ).scalar()
        if not exists:
            return False
        applied = set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
    return set(script.get_heads()) == applied


class Database(DependencyProvider):
    """Hands a service its database: `with self.database.begin() as session:`."""

    engine: Engine

    def setup(self) -> None:
        service = self.container.service_name
        self.engine = engine_for(self.container.config["DATABASE_URLS"][service], service)

    def stop(self) -> None:
        self.engine.dispose()

    def get_dependency(self, worker_ctx: object) -> "Database":
        return self

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back where anything is raised."""
        with Session(self.engine) as session, session.begin():
            yield session
