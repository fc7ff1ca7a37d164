"""`zhixing bench rebuild`: an archive emptied and standing again from history.

The baseline is COPY of the rows the archive heard into an identical table.
"""

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Engine, text

from services.contracts.learning import MODULE_COMPLETED
from services.messaging.broker import Packet, Publisher, connect
from services.messaging.database import engine_for
from services.messaging.topology import HEADS
from zhixing.bench import load
from zhixing.bench.cluster import Cluster, until
from zhixing.bench.pipeline import MODULES, completions, enrollment, program, standing, tell

SERVICES = ("enrollment", "learning", "archive")
PATIENCE_SECONDS = 300.0
POLL_SECONDS = 0.1
LAST = text("SELECT max(position) FROM inbox WHERE type = :type")


def measure(enrollments: int = 5_000) -> dict[str, Any]:
    """Facts per second from the command to the last record."""
    facts = enrollments * MODULES
    with (
        tempfile.TemporaryDirectory(prefix="zhixing-bench-") as folder,
        Cluster(Path(folder), SERVICES) as cluster,
    ):
        url = cluster.environment["ZHIXING_DATABASE_URL"]
        engines = {service: engine_for(url, service, pool=2) for service in SERVICES}
        archive = engines["archive"]
        began = time.perf_counter()
        fill(cluster, engines, enrollments)
        filled = time.perf_counter() - began
        began = time.perf_counter()
        subprocess.run(
            cluster.command("rebuild", "archive"),
            env=cluster.environment,
            check=True,
            capture_output=True,
        )
        emptied = time.perf_counter() - began
        waits = watch(archive, began, facts)
        seconds = time.perf_counter() - began
        copied = copy(archive)
        memory = {service: round(cluster.peak_memory_mb(service), 1) for service in SERVICES}
        for engine in engines.values():
            engine.dispose()
    ours, baseline = facts / seconds, facts / copied
    return {
        "bench": "rebuild",
        "facts": facts,
        "records": enrollments,
        "ours": round(ours, 1),
        "baseline": round(baseline, 1),
        "ratio": round(ours / baseline, 3),
        "seconds": round(seconds, 3),
        "command_seconds": round(emptied, 3),
        "filled_seconds": round(filled, 3),
        "p50_ms": load.percentile(waits, 50),
        "p99_ms": load.percentile(waits, 99),
        "resolution_ms": POLL_SECONDS * 1000,
        "peak_rss_mb": memory,
    }


def fill(cluster: Cluster, engines: dict[str, Engine], enrollments: int) -> None:
    """An archive of so many records in which every module is completed.

    It is told all of this while it counts as being rebuilt, so that it draws
    its conclusions once; what is measured afterwards is the same either way.
    """
    archive = engines["archive"]
    published = program(str(uuid4()))
    opened = [enrollment(published.subject) for _ in range(enrollments)]
    cluster.run("rebuild", "archive")
    tell(engines["enrollment"], [published, *opened])
    tell(engines["learning"], list(completions(enrollments * MODULES, opened, published)))
    until(lambda: last(archive) == enrollments * MODULES, "all is told", PATIENCE_SECONDS)
    say_nothing_more(cluster.environment["ZHIXING_AMQP_URL"])
    until(lambda: standing(archive) == enrollments * MODULES, "records stand", PATIENCE_SECONDS)


def last(engine: Engine) -> int | None:
    """The highest position of a completed module that was heard."""
    with engine.connect() as connection:
        found: int | None = connection.execute(LAST, {"type": MODULE_COMPLETED}).scalar()
    return found


def say_nothing_more(amqp_url: str) -> None:
    """Announces the heads of assessment, which is not running here and has told nothing.

    A rebuild ends only when every announcer has said how far it came.
    """
    body = orjson.dumps({"heads": {}, "service": "assessment"})
    with connect(amqp_url) as broker:
        Publisher(broker).publish([Packet(body, "assessment", HEADS)])


def watch(engine: Engine, began: float, facts: int) -> list[float]:
    """Milliseconds from the command until each thousandth of the facts stood in a record."""
    waits: list[float] = []
    while len(waits) < 1000:
        time.sleep(POLL_SECONDS)
        now = time.perf_counter() - began
        stand = standing(engine) * 1000 // facts
        waits.extend([now * 1000] * (stand - len(waits)))
        if now > PATIENCE_SECONDS:
            raise TimeoutError(f"{stand} of 1000 parts stand again")
    return waits


def copy(engine: Engine) -> float:
    """Seconds to COPY the rows of the inbox into a table like it, with its indexes."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE copied (LIKE inbox INCLUDING ALL)"))
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            with cursor.copy("COPY inbox TO STDOUT") as out:
                rows = [bytes(part) for part in out]
            began = time.perf_counter()
            with cursor.copy("COPY copied FROM STDIN") as into:
                for start in range(0, len(rows), 1000):
                    into.write(b"".join(rows[start : start + 1000]))
            driver.commit()
            return time.perf_counter() - began
