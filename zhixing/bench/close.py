"""`zhixing bench close`: from the end of the reviews to the last certificate.

The baseline averages the same marks, weighed by the rubric, in one SQL
statement: no medians, no gates, no release, no record, no certificate.
"""

import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.assessment import handlers, windows
from services.assessment.domain.dates import dates
from services.assessment.domain.program import read_program
from services.assessment.domain.scheme import DEFAULT_SCHEME
from services.contracts.assessment import OUTCOME_SUBMITTED, REVIEW_ASSIGNED, REVIEW_SUBMITTED
from services.contracts.envelope import Event, instant
from services.contracts.learning import POST_COUNTED
from services.messaging.database import engine_for
from zhixing.bench import crowd, load
from zhixing.bench.cluster import Cluster, until
from zhixing.bench.pipeline import completions, count, enrollment, program, tell

SERVICES = ("enrollment", "learning", "assessment", "archive")
OUTCOMES = 500
REVIEWERS = 4
MODULES = 4
POSTS = 5
AT_ONCE = 250
POLL_SECONDS = 0.02
DIGEST = "0" * 64
READY = text("""
    SELECT count(*) FROM assessment.scores JOIN outbox ON outbox.id = score_id
    WHERE CAST(data ->> 'basis' AS integer) >= :basis
""")
DONE = text("""
    SELECT (SELECT count(*) FROM assessment.scores WHERE final) AS final,
           (SELECT count(*) FROM archive.records WHERE passed) AS passed,
           (SELECT count(*) FROM archive.certificates) AS issued
""")
AVERAGE = text("""
    CREATE TABLE averages AS
    SELECT subject, avg(mark) AS mark FROM (
        SELECT inbox.subject, inbox.id,
               sum(CAST(said.value AS numeric) * CAST(line ->> 'weight' AS numeric)) / 100 AS mark
        FROM inbox
        CROSS JOIN json_each_text(data -> 'marks') AS said
        JOIN json_array_elements(CAST(:rubric AS json)) AS line ON line ->> 'code' = said.key
        WHERE type = :type
        GROUP BY inbox.subject, inbox.id
    ) AS reviews GROUP BY subject
""")


def measure() -> dict[str, Any]:
    """Seconds until every score is final, every record shows it, every certificate is issued."""
    with (
        tempfile.TemporaryDirectory(prefix="zhixing-bench-") as folder,
        Cluster(Path(folder), SERVICES) as cluster,
    ):
        url = cluster.environment["ZHIXING_DATABASE_URL"]
        engines = {service: engine_for(url, service, pool=2) for service in SERVICES}
        published = short_program()
        reviewed(engines, published)
        engine = engines["assessment"]
        began = time.perf_counter()
        with Session(engine) as session, session.begin():
            handlers.tell(session, [windows.closing(published.subject, datetime.now(UTC))])
        drawn = time.perf_counter() - began
        waits = watch(engine, began)
        seconds = time.perf_counter() - began
        averaged = average(engine, published)
        large = crowd.measure(engines)
        memory = {service: round(cluster.peak_memory_mb(service), 1) for service in SERVICES}
        for one in engines.values():
            one.dispose()
    return {
        "bench": "close",
        "outcomes": OUTCOMES,
        "reviews": OUTCOMES * REVIEWERS,
        "ours": round(seconds, 3),
        "baseline": round(averaged, 4),
        "ratio": round(seconds / averaged, 1),
        "drawn_seconds": round(drawn, 3),
        "p50_ms": load.percentile(waits, 50),
        "p99_ms": load.percentile(waits, 99),
        "resolution_ms": POLL_SECONDS * 1000,
        "peak_rss_mb": memory,
        "crowd": large,
    }


def short_program() -> Event:
    """A program of few modules whose deadlines are far, so that no window moves by itself."""
    published = program(str(uuid4()))
    far = instant(datetime.now(UTC) + timedelta(days=365))
    published.data.update(
        modules=published.data["modules"][:MODULES],
        outcomes_due=far,
        reviews_due=far,
        scheme=DEFAULT_SCHEME | {"reviewers": REVIEWERS},
    )
    return published


def reviewed(engines: dict[str, Engine], published: Event) -> None:
    """A cohort in which everybody did everything: only the end of the reviews is missing."""
    opened = [enrollment(published.subject) for _ in range(OUTCOMES)]
    tell(engines["enrollment"], [published, *opened])
    tell(engines["learning"], list(completions(OUTCOMES * MODULES, opened, published)))
    tell(engines["learning"], [post(one, number) for one in opened for number in range(POSTS)])
    basis = 2 + MODULES + POSTS
    until(lambda: ready(engines["assessment"], basis), "all is learned")
    learn(engines["assessment"], [outcome(one) for one in opened])
    with Session(engines["assessment"]) as session, session.begin():
        version = read_program(published.data)
        now = datetime.now(UTC)
        asked = windows.opening(session, published.subject, version, dates(version, ()), now)
        handlers.tell(session, asked)
    marks = random.Random(1)
    learn(
        engines["assessment"],
        [review(fact, marks) for fact in asked if fact.type == REVIEW_ASSIGNED],
    )
    # Further: outcome, opening, and each review asked and given, both ways.
    basis += 2 + 4 * REVIEWERS
    until(lambda: ready(engines["assessment"], basis), "all reviews are in")
    until(lambda: heard(engines), "the archive has heard all")


def learn(engine: Engine, facts: list[Event]) -> None:
    """Tells facts of assessment as its commands do, some hundred at a time."""
    for start in range(0, len(facts), AT_ONCE):
        with Session(engine) as session, session.begin():
            handlers.tell(session, facts[start : start + AT_ONCE])


def post(opened: Event, number: int) -> Event:
    now = datetime.now(UTC)
    return Event(str(uuid4()), POST_COUNTED, "", opened.subject, now, {"post": f"bench:{number}"})


def outcome(opened: Event) -> Event:
    said = {"title": "研修成果", "text": DIGEST, "file": None, "file_type": None}
    return _fact(OUTCOME_SUBMITTED, opened.subject, said)


def review(assigned: Event, marks: random.Random) -> Event:
    """A review with marks from 70 to 99."""
    codes = [line["code"] for line in DEFAULT_SCHEME["rubric"]]
    said = {
        "reviewer_id": assigned.data["reviewer_id"],
        "marks": {code: str(marks.randrange(70, 100)) for code in codes},
        "comment": "",
    }
    return _fact(REVIEW_SUBMITTED, assigned.subject, said)


def _fact(type_: str, subject: str, data: dict[str, Any]) -> Event:
    return Event(str(uuid4()), type_, handlers.SOURCE, subject, datetime.now(UTC), data)


def ready(engine: Engine, basis: int) -> bool:
    """Whether every score is drawn from at least so many facts."""
    with engine.connect() as connection:
        return connection.execute(READY, {"basis": basis}).scalar() == OUTCOMES


def heard(engines: dict[str, Engine]) -> bool:
    """Whether the archive has heard every score that was drawn."""
    with engines["assessment"].connect() as connection:
        drawn = text("SELECT count(*) FROM outbox WHERE type = 'assessment.score_drawn.v1'")
        told = connection.execute(drawn).scalar()
    with engines["archive"].connect() as connection:
        known = text("SELECT count(*) FROM inbox WHERE type = 'assessment.score_drawn.v1'")
        return told == connection.execute(known).scalar()


def watch(engine: Engine, began: float) -> list[float]:
    """Milliseconds until each certificate was seen, sorted; ends with the last of everything."""
    waits: list[float] = []
    limit = began + 60
    with engine.connect() as connection:
        while True:
            final, passed, issued = connection.execute(DONE).one()
            connection.commit()
            now = time.perf_counter()
            waits.extend([(now - began) * 1000] * (issued - len(waits)))
            if final == passed == issued == OUTCOMES:
                return waits
            if now > limit:
                raise TimeoutError(f"{final} are final, {passed} passed, {issued} certified")
            time.sleep(POLL_SECONDS)


def average(engine: Engine, published: Event) -> float:
    """Seconds of the baseline."""
    rubric = [
        {"code": line["code"], "weight": line["weight"]}
        for line in published.data["scheme"]["rubric"]
    ]
    wanted = {"rubric": orjson.dumps(rubric).decode(), "type": REVIEW_SUBMITTED}
    began = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(AVERAGE, wanted)
    seconds = time.perf_counter() - began
    if count(engine, "averages") != OUTCOMES:
        raise RuntimeError("the baseline did not average every outcome")
    return seconds
