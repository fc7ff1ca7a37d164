"""`zhixing bench intake`: statements of a partner stored, beside a server that only reads them.

The baseline is a WSGI application on the same web server, in a process of its
own, that parses the JSON and answers: no credentials, no rules, no database.
"""

import http.client
import json
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import Engine, text

from services.contracts.enrollment import ACCOUNT_LINKED
from services.contracts.envelope import Event, derived_id
from services.messaging.database import engine_for
from zhixing.bench import load
from zhixing.bench.cluster import Cluster, until
from zhixing.bench.pipeline import count, enrollment, program, tell
from zhixing.local.ports import free_port
from zhixing.settings import SERVICES

PARTNER = "bench"
MEMBERS = 200
SECONDS = 5.0
SINGLES, SINGLE_CLIENTS = 12_000, 16
BATCHES, BATCH_CLIENTS, BATCH = 500, 4, 100
WATCHED = 50
POLL_SECONDS = 0.002
# What only consumes facts: stopped while the door alone is measured.
BEHIND = ("learning", "assessment", "archive")
SHOWN = text("""
    SELECT completed, CAST(score_id AS text) FROM archive.records
    JOIN assessment.scores USING (enrollment_id)
    WHERE enrollment_id = CAST(:id AS uuid)
""")


def statement(place: int, activity: str) -> dict[str, Any]:
    """A statement as a learning platform tells it, about 700 bytes."""
    home = "https://lms.example.com"
    return {
        "id": str(uuid4()),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": home, "name": str(place)},
        },
        "verb": {
            "id": "http://adlnet.gov/expapi/verbs/completed",
            "display": {"zh-CN": "完成", "en": "completed"},
        },
        "object": {
            "objectType": "Activity",
            "id": activity,
            "definition": {
                "name": {"zh-CN": "党的基本理论", "en": "Basic theory"},
                "type": "http://adlnet.gov/expapi/activities/lesson",
            },
        },
        "result": {"completion": True, "duration": "PT45M"},
        "context": {
            "platform": "Bench LMS",
            "language": "zh-CN",
            "contextActivities": {"grouping": [{"id": f"{home}/course/view.php?id=7"}]},
        },
        "timestamp": datetime.now(UTC).isoformat(),
    }


def measure() -> dict[str, Any]:
    """Statements per second, singly and by the hundred, and the way of single ones to a record."""
    with (
        tempfile.TemporaryDirectory(prefix="zhixing-bench-") as folder,
        Cluster(Path(folder), SERVICES) as cluster,
    ):
        url = cluster.environment["ZHIXING_DATABASE_URL"]
        enrollments, activities = known_members(url)
        headers = let_in(cluster.gateway)
        watched = watch(cluster.gateway, headers, url, enrollments, activities[:1])
        address = cluster.gateway.removeprefix("http://")
        whole = doors(address, headers, activities)
        for service in BEHIND:
            cluster.stop(service)
        alone = doors(address, headers, activities)
        stored = count_received(url)
        memory = {"gateway": round(cluster.peak_memory_mb("gateway"), 1)}
        cluster.stop("gateway")
        cluster.stop("enrollment")
        with bare() as bare_address:
            bare_single, bare_batch = doors(bare_address, headers, activities)
    single, batch = alone
    sent = sum(seen.answered for seen, _ in (whole, alone))
    sent += sum(seen.answered * BATCH for _, seen in (whole, alone))
    if stored != sent + WATCHED:
        raise RuntimeError(f"{sent + WATCHED} statements were answered for, {stored} are stored")
    return {
        "bench": "intake",
        **single.figures(),
        "baseline": round(bare_single.rate, 1),
        "ratio": round(single.rate / bare_single.rate, 2),
        **batch.figures(each=BATCH, prefix="batch_"),
        "batch_baseline": round(bare_batch.rate * BATCH, 1),
        "batch_ratio": round(batch.rate / bare_batch.rate, 2),
        **whole[0].figures(prefix="whole_"),
        **whole[1].figures(each=BATCH, prefix="whole_batch_"),
        **watched,
        "bytes": len(json.dumps(statement(1, activities[0]), ensure_ascii=False).encode()),
        "stored": stored,
        "peak_rss_mb": memory,
    }


def known_members(url: str) -> tuple[list[Event], list[str]]:
    """Members with accounts at the partner, enrolled in a program; its activities."""
    engines = {service: engine_for(url, service, pool=1) for service in ("enrollment", "archive")}
    published = program(str(uuid4()))
    activities = []
    for number, module in enumerate(published.data["modules"]):
        activities.append(f"https://lms.example.com/mod/lesson/view.php?id={number}")
        module["activities"] = [activities[-1]]
    opened = [enrollment(published.subject) for _ in range(MEMBERS)]
    linked = [account(place, one) for place, one in enumerate(opened)]
    tell(engines["enrollment"], [published, *linked, *opened])
    until(lambda: count(engines["archive"], "records") == MEMBERS, "records are open")
    for engine in engines.values():
        engine.dispose()
    return opened, activities


def account(place: int, opened: Event) -> Event:
    """The account of an enrollment's member at the partner: its name is the place."""
    account_id = derived_id("account", PARTNER, str(place))
    data = {"partner": PARTNER, "account_id": account_id}
    return Event(
        str(uuid4()), ACCOUNT_LINKED, "", opened.data["member_id"], datetime.now(UTC), data
    )


def let_in(gateway: str) -> dict[str, str]:
    """The headers of a partner that may send."""
    with httpx.Client(base_url=f"{gateway}/api/v1", timeout=30) as client:
        signed_in = client.post("/tokens", json={"username": "admin", "password": "admin"})
        bearer = {"Authorization": f"Bearer {signed_in.json()['token']}"}
        made = client.post("/partners", json={"code": PARTNER, "name": PARTNER}, headers=bearer)
        made.raise_for_status()
    secret = b64encode(f"{PARTNER}:{made.json()['password']}".encode()).decode()
    return {
        "Authorization": f"Basic {secret}",
        "Content-Type": "application/json",
        "X-Experience-API-Version": "1.0.3",
    }


def doors(
    address: str, headers: dict[str, str], activities: list[str]
) -> tuple[load.Load, load.Load]:
    """Statements sent singly and by the hundred, each another one."""
    singles = (
        post(headers, statement(number % MEMBERS, activities[number % len(activities)]))
        for number in range(SINGLES)
    )
    single = load.run(address, singles, clients=SINGLE_CLIENTS, seconds=SECONDS)
    batches = (
        post(
            headers,
            [
                statement(number % MEMBERS, activities[number % len(activities)])
                for number in range(BATCH)
            ],
        )
        for _ in range(BATCHES)
    )
    return single, load.run(address, batches, clients=BATCH_CLIENTS, seconds=SECONDS)


def post(headers: dict[str, str], said: object) -> bytes:
    body = json.dumps(said, ensure_ascii=False).encode()
    return load.request("POST", "/xapi/statements", headers, body)


def watch(
    gateway: str,
    headers: dict[str, str],
    url: str,
    enrollments: list[Event],
    activities: list[str],
) -> dict[str, Any]:
    """From the answer to a single statement until its score is drawn and its record shows it.

    One statement at a time, each of another member. The database is asked
    every 2 ms: that is the resolution.
    """
    engine = engine_for(url, "archive", pool=1)
    door = http.client.HTTPConnection(gateway.removeprefix("http://"))
    scores, records = [], []
    for place, opened in enumerate(enrollments[:WATCHED]):
        until(lambda opened=opened: shown(engine, opened.subject), "its score is drawn")  # type: ignore[misc]
        _, score_before = shown(engine, opened.subject)
        body = json.dumps(statement(place, activities[0]), ensure_ascii=False).encode()
        door.request("POST", "/xapi/statements", body, headers)
        answer = door.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"the door answered {answer.status}")
        answered, scored, recorded = time.perf_counter(), None, None
        while scored is None or recorded is None:
            completed, score = shown(engine, opened.subject)
            now = (time.perf_counter() - answered) * 1000
            scored = now if scored is None and score != score_before else scored
            recorded = now if recorded is None and completed else recorded
            if now > load.PATIENCE_SECONDS * 1000:
                raise TimeoutError("a statement's effect does not show")
            time.sleep(POLL_SECONDS)
        scores.append(scored)
        records.append(recorded)
    door.close()
    engine.dispose()
    return {
        f"{what}_p{percent}_ms": load.percentile(sorted(seen), percent)
        for what, seen in (("record", records), ("score", scores))
        for percent in (50, 99)
    }


def shown(engine: Engine, enrollment_id: str) -> Any:
    """(completed modules in the record, id of the drawn score); None while there are none."""
    with engine.connect() as connection:
        return connection.execute(SHOWN, {"id": enrollment_id}).one_or_none()


def count_received(url: str) -> int:
    engine = engine_for(url, "gateway", pool=1)
    try:
        return count(engine, "received")
    finally:
        engine.dispose()


@contextmanager
def bare() -> Iterator[str]:
    """The baseline in a process of its own; its address."""
    port = free_port()
    # The hub must be patched before anything else is imported.
    code = (
        "import warnings; warnings.filterwarnings('ignore', '\\nEventlet is deprecated')\n"
        "import eventlet; eventlet.monkey_patch()\n"
        f"from zhixing.bench.intake import serve; serve({port})"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("基线服务未能启动 / the baseline did not start")
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def serve(port: int) -> None:
    """Serves the baseline until the process is killed; says ``ready`` once it listens."""
    import eventlet
    from eventlet import wsgi

    listening = eventlet.listen(("127.0.0.1", port))
    print("ready", flush=True)
    wsgi.server(listening, parse, log_output=False)


def parse(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Parses the JSON and answers; nothing else."""
    length = int(environ["CONTENT_LENGTH"])
    json.loads(environ["wsgi.input"].read(length))
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"[]"]
