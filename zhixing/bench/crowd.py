"""The end of the reviews of a very large cohort, and what other facts wait for it meanwhile."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event as Flag
from threading import Thread
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.assessment import handlers, windows
from services.assessment.domain.scheme import DEFAULT_SCHEME
from services.contracts.assessment import OUTCOME_SUBMITTED, REVIEW_SUBMITTED, REVIEW_WINDOW_OPENED
from services.contracts.envelope import Event, instant
from services.contracts.learning import POST_COUNTED
from zhixing.bench.cluster import until
from zhixing.bench.load import percentile
from zhixing.bench.pipeline import enrollment, program, tell

MEMBERS = 10_000
REVIEWERS = 3
AT_ONCE = 5_000
PATIENCE_SECONDS = 600.0
LOOK_SECONDS = 0.05
DIGEST = "0" * 64
KNOWN = text("SELECT count(*) FROM scores WHERE program_id = CAST(:id AS uuid)")
FINAL = text("SELECT count(*) FROM scores WHERE program_id = CAST(:id AS uuid) AND final")
HEARD = text("SELECT EXISTS (SELECT FROM inbox WHERE id = CAST(:id AS uuid))")


def measure(engines: dict[str, Engine]) -> dict[str, Any]:
    """Seconds until 10,000 scores are final, and how long facts of others take meanwhile."""
    engine = engines["assessment"]
    crowd, other = versions()
    opened = [enrollment(crowd.subject) for _ in range(MEMBERS)]
    bystander = enrollment(other.subject)
    tell(engines["enrollment"], [crowd, other, bystander])
    for start in range(0, MEMBERS, AT_ONCE):
        tell(engines["enrollment"], opened[start : start + AT_ONCE])
    until(lambda: count(engine, KNOWN, crowd) == MEMBERS, "all are enrolled", PATIENCE_SECONDS)
    learn(engine, judged(crowd, [one.subject for one in opened]))
    before = watched(engines, bystander, lambda: time.sleep(2))
    began = time.perf_counter()
    during = watched(engines, bystander, lambda: close(engine, crowd))
    return {
        "members": MEMBERS,
        "reviews": MEMBERS * REVIEWERS,
        "seconds": round(time.perf_counter() - began, 2),
        "lag_before_ms": percentile(before, 99),
        "lag_p50_ms": percentile(during, 50),
        "lag_p99_ms": percentile(during, 99),
        "lag_most_ms": round(max(during), 1),
        "facts_meanwhile": len(during),
    }


def versions() -> list[Event]:
    """The program of the crowd, weighed by reliability, and one of somebody else."""
    both = []
    for code in ("crowd", "other"):
        published = program(str(uuid4()))
        published.data.update(
            code=code,
            modules=published.data["modules"][:2],
            scheme=DEFAULT_SCHEME | {"reviewers": REVIEWERS, "consensus": "reliability"},
        )
        both.append(published)
    return both


def judged(crowd: Event, ids: list[str]) -> list[Event]:
    """Everybody hands in and is reviewed by those who come next."""
    marks, facts = random.Random(1), []
    codes = [line["code"] for line in DEFAULT_SCHEME["rubric"]]
    said = {"title": "研修成果", "text": DIGEST, "file": None, "file_type": None}
    now = datetime.now(UTC)
    facts.append(_fact(REVIEW_WINDOW_OPENED, crowd.subject, {"opened_at": instant(now)}))
    for place, author in enumerate(ids):
        facts.append(_fact(OUTCOME_SUBMITTED, author, said))
        for step in range(1, REVIEWERS + 1):
            review = {
                "reviewer_id": ids[(place + step) % len(ids)],
                "marks": {code: str(marks.randrange(60, 100)) for code in codes},
                "comment": "",
            }
            facts.append(_fact(REVIEW_SUBMITTED, author, review))
    return facts


def learn(engine: Engine, facts: list[Event]) -> None:
    for start in range(0, len(facts), AT_ONCE):
        with Session(engine) as session, session.begin():
            handlers.tell(session, facts[start : start + AT_ONCE])


def close(engine: Engine, crowd: Event) -> None:
    """Ends the reviews and waits for the last score."""
    with Session(engine) as session, session.begin():
        handlers.tell(session, [windows.closing(crowd.subject, datetime.now(UTC))])
    until(lambda: count(engine, FINAL, crowd) == MEMBERS, "all are final", PATIENCE_SECONDS)


def watched(engines: dict[str, Engine], bystander: Event, work: Callable[[], None]) -> list[float]:
    """Milliseconds from commit in learning to assessment of facts told while work goes on."""
    over, waits = Flag(), []

    def watch() -> None:
        while not over.is_set():
            fact = _fact(POST_COUNTED, bystander.subject, {"post": f"bench:{uuid4()}"})
            began = time.perf_counter()
            tell(engines["learning"], [fact])
            with engines["assessment"].connect() as connection:
                while not connection.execute(HEARD, {"id": fact.id}).scalar():
                    connection.commit()
                    time.sleep(LOOK_SECONDS / 10)
            waits.append((time.perf_counter() - began) * 1000)
            over.wait(LOOK_SECONDS)

    thread = Thread(target=watch)
    thread.start()
    try:
        work()
    finally:
        over.set()
        thread.join()
    return sorted(waits)


def count(engine: Engine, query: Any, crowd: Event) -> int:
    with engine.connect() as connection:
        return int(connection.execute(query, {"id": crowd.subject}).scalar() or 0)


def _fact(type_: str, subject: str, data: dict[str, Any]) -> Event:
    return Event(str(uuid4()), type_, handlers.SOURCE, subject, datetime.now(UTC), data)
