"""`zhixing bench pipeline`: module_completed → score → record, beside plain nameko."""

import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.assessment.domain.scheme import DEFAULT_SCHEME
from services.contracts.enrollment import ENROLLMENT_OPENED, PROGRAM_PUBLISHED
from services.contracts.envelope import Event
from services.contracts.learning import MODULE_COMPLETED
from services.messaging import ledger
from services.messaging.database import engine_for
from zhixing.bench import plain
from zhixing.bench.cluster import Cluster, until
from zhixing.bench.load import percentile

SERVICES = ("enrollment", "learning", "assessment", "archive")
MODULES = 40
COMMAND = 500
HALF_LOAD_ENROLLMENTS = 250
HALF_LOAD_SECONDS = 5.0
COMMIT_SECONDS = 0.01
POLL_SECONDS = 0.05


def program(program_id: str) -> Event:
    """A program of 40 required modules of one hour."""
    modules: list[dict[str, Any]] = [
        {
            "id": str(uuid4()),
            "code": f"m{number}",
            "title": f"模块 {number}",
            "kind": "theory",
            "delivery": "online",
            "hours": "1",
            "required": True,
            "group": None,
            "activities": [],
        }
        for number in range(MODULES)
    ]
    due = "2027-01-01T00:00:00+00:00"
    data = {
        "code": "bench",
        "version": 1,
        "title": "基准项目",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "outcomes_due": due,
        "reviews_due": due,
        "audience": {"categories": ["full_member"], "paths": ["/"]},
        "modules": modules,
        "electives": [],
        "scheme": DEFAULT_SCHEME,
    }
    return Event(str(uuid4()), PROGRAM_PUBLISHED, "", program_id, datetime.now(UTC), data)


def enrollment(program_id: str) -> Event:
    """A member enrolled in the program."""
    data = {
        "member_id": str(uuid4()),
        "program_id": program_id,
        "category": "full_member",
        "path": "/1/",
    }
    return Event(str(uuid4()), ENROLLMENT_OPENED, "", str(uuid4()), datetime.now(UTC), data)


def completions(facts: int, enrollments: list[Event], published: Event) -> Iterator[Event]:
    """Completed modules, each once, of all enrollments mixed."""
    modules = [module["id"] for module in published.data["modules"]]
    pairs = [(opened.subject, module) for opened in enrollments for module in modules]
    random.Random(1).shuffle(pairs)
    for subject, module in pairs[:facts]:
        data = {"module_id": module, "hours": "1", "evidence": str(uuid4())}
        yield Event(str(uuid4()), MODULE_COMPLETED, "", subject, datetime.now(UTC), data)


def tell(engine: Engine, facts: list[Event]) -> None:
    """Commits facts as a service's command would, some hundred at a time."""
    for start in range(0, len(facts), COMMAND):
        with Session(engine) as session, session.begin():
            ledger.announce(session, facts[start : start + COMMAND])


def measure(
    facts: int = 20_000, enrollments: int = 500, plain_facts: int = 1_500
) -> dict[str, Any]:
    """Facts per second of ours and of plain nameko, in one run on the same servers."""
    with (
        tempfile.TemporaryDirectory(prefix="zhixing-bench-") as folder,
        Cluster(Path(folder), SERVICES) as cluster,
    ):
        url = cluster.environment["ZHIXING_DATABASE_URL"]
        engines = {service: engine_for(url, service, pool=2) for service in SERVICES}
        published = program(str(uuid4()))
        opened = [enrollment(published.subject) for _ in range(enrollments)]
        tell(engines["enrollment"], [published, *opened])
        until(lambda: count(engines["archive"], "records") == enrollments, "records are open")
        until(lambda: count(engines["assessment"], "scores") == enrollments, "scores are drawn")
        told = list(completions(facts, opened, published))
        began = time.monotonic()
        tell(engines["learning"], told)
        committed = time.monotonic() - began
        until(
            lambda: (
                standing(engines["archive"]) == facts
                and recorded(engines["archive"], published) == facts
            ),
            "every module is in its record",
            600,
        )
        seconds = time.monotonic() - began
        latency = half_load(engines, facts / seconds / 2)
        memory = {service: round(cluster.peak_memory_mb(service), 1) for service in SERVICES}
        for engine in engines.values():
            engine.dispose()
        for service in SERVICES:
            cluster.stop(service)
        baseline = plain.measure(
            cluster.environment["ZHIXING_AMQP_URL"],
            cluster.postgres.create_database("plain"),
            facts=plain_facts,
            enrollments=-(-plain_facts // MODULES),
        )
    ours = facts / seconds
    return {
        "bench": "pipeline",
        "facts": facts,
        "enrollments": enrollments,
        "ours": round(ours, 1),
        "baseline": round(baseline["facts_per_second"], 1),
        "ratio": round(ours / baseline["facts_per_second"], 1),
        "seconds": round(seconds, 3),
        "committed_seconds": round(committed, 3),
        **latency,
        "peak_rss_mb": memory,
    }


def half_load(engines: dict[str, Engine], rate: float) -> dict[str, Any]:
    """Milliseconds from a fact's commit until its record stands with the score that knows it.

    Facts are committed a few at a time, a hundred times a second, at a steady
    rate; the records are read every 50 ms, which is the resolution.
    """
    published = program(str(uuid4()))
    opened = [enrollment(published.subject) for _ in range(HALF_LOAD_ENROLLMENTS)]
    before = count(engines["archive"], "records")
    tell(engines["enrollment"], [published, *opened])
    until(
        lambda: (
            count(engines["archive"], "records") == before + len(opened)
            and count(engines["assessment"], "scores") == before + len(opened)
        ),
        "further records are open",
    )
    facts = list(completions(int(rate * HALF_LOAD_SECONDS), opened, published))
    committed: list[float] = []

    began = time.monotonic()

    def commit_steadily() -> None:
        while len(committed) < len(facts):
            due = int(rate * (time.monotonic() - began))
            if some := facts[len(committed) : due]:
                tell(engines["learning"], some)
                committed.extend([time.monotonic()] * len(some))
            time.sleep(COMMIT_SECONDS)

    thread = Thread(target=commit_steadily)
    thread.start()
    waits: list[float] = []
    while len(waits) < len(facts):
        stand = recorded(engines["archive"], published)
        now = time.monotonic()
        # Facts are heard in the order they were told, so the first of them stand first.
        waits.extend((now - at) * 1000 for at in committed[len(waits) : stand])
        time.sleep(POLL_SECONDS)
    waits.sort()
    return {
        "p50_ms": percentile(waits, 50),
        "p99_ms": percentile(waits, 99),
        "half_load": round(len(committed) / (committed[-1] - began), 1),
        "resolution_ms": POLL_SECONDS * 1000,
    }


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() or 0


def standing(engine: Engine) -> int:
    """Completed modules in all records; cheap enough to be asked often."""
    with engine.connect() as connection:
        return int(
            connection.execute(text("SELECT coalesce(sum(completed), 0) FROM records")).scalar()
            or 0
        )


def recorded(engine: Engine, published: Event) -> int:
    """Completed modules in a program's records whose score knows of them all."""
    with engine.connect() as connection:
        found = connection.execute(
            text("""
                SELECT coalesce(sum(completed), 0) FROM records
                WHERE program_id = CAST(:id AS uuid)
                  AND CAST(data ->> 'scored_hours' AS numeric) = completed
            """),
            {"id": published.subject},
        )
        return int(found.scalar() or 0)
