"""The baseline of ``zhixing bench pipeline``: the same training, written as nameko's manual says.

Three services in a process each. One event per fact, one transaction per event, one dispatch per
event, each confirmed by the broker; a handler that raises gives its event back to the queue. No
inbox, no outbox, no history, no catch-up: what it lacks costs it nothing here. Where our pipeline
pays for a thing the baseline does not need, the baseline goes without:

- learning only dispatches; it does not store the completion first;
- queues are classic ones, as nameko declares them, not replicated ones.

It is right all the same: rows are keyed so that a redelivery changes nothing, and a score's row is
locked while it is recomputed.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psutil
from kombu import Connection
from nameko.events import EventDispatcher, event_handler
from nameko.extensions import DependencyProvider
from nameko.runners import ServiceRunner
from nameko.standalone.events import event_dispatcher
from sqlalchemy import DateTime, Engine, MetaData, Numeric, create_engine, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

MODULES = 40  # of each enrollment's curriculum
THEORY_POINTS = Decimal(30)
DATABASE_URL = "DATABASE_URL"
PATIENCE = 60.0  # seconds without a new record before the run counts as stuck


class Base(DeclarativeBase):
    """Tables of the baseline, in a schema of their own. Times are aware of their zone."""

    metadata = MetaData(schema="plain")
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012


class Completion(Base):
    """assessment: one completed module."""

    __tablename__ = "completions"

    enrollment_id: Mapped[str] = mapped_column(primary_key=True)
    module_id: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    occurred_at: Mapped[datetime]


class Score(Base):
    """assessment: the theory points of one enrollment, and of how many completions."""

    __tablename__ = "scores"

    enrollment_id: Mapped[str] = mapped_column(primary_key=True)
    theory: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    basis: Mapped[int]


class Record(Base):
    """archive: the entry of one enrollment; no points until a score is heard."""

    __tablename__ = "records"

    enrollment_id: Mapped[str] = mapped_column(primary_key=True)
    theory: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    basis: Mapped[int] = mapped_column(default=0)
    heard_at: Mapped[datetime]


class Content(Base):
    """archive: one module that a record tells of."""

    __tablename__ = "contents"

    enrollment_id: Mapped[str] = mapped_column(primary_key=True)
    module_id: Mapped[str] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime]


class Database(DependencyProvider):
    """A SQLAlchemy session for each worker, closed when the worker ends."""

    def setup(self) -> None:
        workers = self.container.max_workers
        self.engine = create_engine(self.container.config[DATABASE_URL], pool_size=workers)
        self.sessions = sessionmaker(self.engine)
        self.open: dict[Any, Session] = {}

    def stop(self) -> None:
        self.engine.dispose()

    def get_dependency(self, worker_ctx: Any) -> Session:
        self.open[worker_ctx] = self.sessions()
        return self.open[worker_ctx]

    def worker_teardown(self, worker_ctx: Any) -> None:
        self.open.pop(worker_ctx).close()


class LearningService:
    """Members complete their modules, one enrollment after the other."""

    name = "learning"

    dispatch = EventDispatcher()

    @event_handler("bench", "training_begun", requeue_on_error=True)
    def play(self, size: dict[str, int]) -> None:
        for number in range(size["facts"]):
            module, enrollment = divmod(number, size["enrollments"])
            completion = {
                "enrollment_id": f"enrollment-{enrollment:06}",
                "module_id": f"module-{module:03}",
                "mark": str(60 + number % 41),
                "occurred_at": datetime.now(UTC).isoformat(),
            }
            self.dispatch("module_completed", completion)


class AssessmentService:
    """Draws the theory points of an enrollment again with each module it completes."""

    name = "assessment"

    session = Database()
    dispatch = EventDispatcher()

    @event_handler("learning", "module_completed", requeue_on_error=True)
    def assess(self, event: dict[str, Any]) -> None:
        enrollment_id = event["enrollment_id"]
        with self.session.begin():
            score = self.session.get(Score, enrollment_id, with_for_update=True)
            self.session.execute(
                insert(Completion)
                .values(
                    enrollment_id=enrollment_id,
                    module_id=event["module_id"],
                    mark=Decimal(event["mark"]),
                    occurred_at=datetime.fromisoformat(event["occurred_at"]),
                )
                .on_conflict_do_nothing()
            )
            marks = self.session.scalars(
                select(Completion.mark).where(Completion.enrollment_id == enrollment_id)
            ).all()
            theory = (THEORY_POINTS * sum(marks) / MODULES / 100).quantize(Decimal("0.01"))
            if score is None:
                # Two first completions at once: the second is refused and comes again.
                score = Score(enrollment_id=enrollment_id)
                self.session.add(score)
            score.theory, score.basis = theory, len(marks)
        drawn = {"enrollment_id": enrollment_id, "theory": str(theory), "basis": len(marks)}
        self.dispatch("score_drawn", drawn)


class ArchiveService:
    """Keeps a record of each enrollment: its modules, and the score of the largest basis."""

    name = "archive"

    session = Database()

    @event_handler("learning", "module_completed", requeue_on_error=True)
    def keep_content(self, event: dict[str, Any]) -> None:
        now = func.clock_timestamp()
        heard = insert(Record).values(enrollment_id=event["enrollment_id"], heard_at=now)
        content = insert(Content).values(
            enrollment_id=event["enrollment_id"],
            module_id=event["module_id"],
            occurred_at=datetime.fromisoformat(event["occurred_at"]),
        )
        with self.session.begin():
            self.session.execute(
                heard.on_conflict_do_update(
                    index_elements=["enrollment_id"], set_={"heard_at": now}
                )
            )
            self.session.execute(content.on_conflict_do_nothing())

    @event_handler("assessment", "score_drawn", requeue_on_error=True)
    def keep_score(self, event: dict[str, Any]) -> None:
        now = func.clock_timestamp()
        heard = insert(Record).values(**event | {"theory": Decimal(event["theory"])}, heard_at=now)
        with self.session.begin():
            self.session.execute(
                heard.on_conflict_do_update(
                    index_elements=["enrollment_id"],
                    set_={
                        "theory": heard.excluded.theory,
                        "basis": heard.excluded.basis,
                        "heard_at": now,
                    },
                    where=Record.basis < heard.excluded.basis,
                )
            )


SERVICES = {
    service.name: service for service in (LearningService, AssessmentService, ArchiveService)
}
QUEUES = (
    "evt-bench-training_begun--learning.play",
    "evt-learning-module_completed--assessment.assess",
    "evt-learning-module_completed--archive.keep_content",
    "evt-assessment-score_drawn--archive.keep_score",
)


def measure(
    amqp_url: str, database_url: str, facts: int = 1_500, enrollments: int = 500
) -> dict[str, Any]:
    """Facts per second from the first dispatch to the last record complete.

    The rate does not depend on the number of facts once it is beyond a thousand. Starts and ends
    its own processes, and leaves neither queues in the broker nor tables in the database.
    Raises RuntimeError when a service dies or no record changes for a minute.
    """
    if facts > enrollments * MODULES:
        raise ValueError(f"{enrollments} enrollments have only {enrollments * MODULES} modules")
    engine = create_engine(database_url)
    try:
        with _clean(amqp_url, engine), ExitStack() as running:
            processes = {
                name: running.enter_context(_serving(name, amqp_url, database_url))
                for name in SERVICES
            }
            begin = event_dispatcher({"AMQP_URI": amqp_url})
            begin("bench", "training_begun", {"facts": facts, "enrollments": enrollments})
            peaks = _watch(engine, processes, facts)
            seconds = _duration(engine)
    finally:
        engine.dispose()
    return {
        "facts": facts,
        "enrollments": enrollments,
        "seconds": round(seconds, 3),
        "facts_per_second": round(facts / seconds, 1),
        "peak_rss_mb": {name: round(peak / 2**20, 1) for name, peak in peaks.items()},
    }


@contextmanager
def _clean(amqp_url: str, engine: Engine) -> Iterator[None]:
    """Empty tables and no queues before; neither afterwards."""

    def clear() -> None:
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA IF EXISTS plain CASCADE"))
        with Connection(amqp_url) as broker, broker.channel() as channel:
            for queue in QUEUES:
                channel.queue_delete(queue)
            for source in ("bench", *SERVICES):
                channel.exchange_delete(f"{source}.events")

    clear()
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA plain"))
        Base.metadata.create_all(connection)
    yield
    clear()


@contextmanager
def _serving(name: str, amqp_url: str, database_url: str) -> Iterator[psutil.Popen]:
    """One service in its own process, its queues declared; ended on leaving."""
    # The hub must be patched before anything else is imported, and psycopg told to wait on it.
    program = (
        "import warnings; warnings.filterwarnings('ignore', '\\nEventlet is deprecated')\n"
        "import eventlet; eventlet.monkey_patch()\n"
        f"from zhixing.bench.plain import serve; serve({name!r})"
    )
    settings = {"AMQP_URI": amqp_url, DATABASE_URL: database_url}
    environment = os.environ | settings | {"PSYCOPG_WAIT_FUNC": "wait_select"}
    process = psutil.Popen(
        [sys.executable, "-c", program],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError(f"基线服务未能启动 / the baseline's {name} service did not start")
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def serve(name: str) -> None:
    """Run one service until the process is killed; says ``ready`` once it hears its queues."""
    runner = ServiceRunner({key: os.environ[key] for key in ("AMQP_URI", DATABASE_URL)})
    runner.add_service(SERVICES[name])
    runner.start()
    print("ready", flush=True)
    runner.wait()


def _watch(engine: Engine, processes: dict[str, psutil.Popen], facts: int) -> dict[str, int]:
    """Wait until every record is complete. Returns the peak resident bytes of each process."""
    contents = select(func.count()).select_from(Content).scalar_subquery()
    scored = select(func.coalesce(func.sum(Record.basis), 0)).scalar_subquery()
    peaks = dict.fromkeys(processes, 0)
    known, deadline, pause = (0, 0), time.monotonic() + PATIENCE, threading.Event()
    while known != (facts, facts):
        pause.wait(0.25)
        for name, process in processes.items():
            if process.poll() is not None:
                raise RuntimeError(f"基线服务已退出 / the baseline's {name} service has ended")
            peaks[name] = max(peaks[name], process.memory_info().rss)
        with engine.connect() as connection:
            now = tuple(connection.execute(select(contents, scored)).one())
        if now != known:
            known, deadline = now, time.monotonic() + PATIENCE
        elif time.monotonic() > deadline:
            raise RuntimeError(f"基线停滞 / the baseline is stuck at {known} of {facts} facts")
    return peaks


def _duration(engine: Engine) -> float:
    """Seconds from the first dispatch to the last change of a record, on this machine's clock."""
    first, last = select(func.min(Content.occurred_at)), select(func.max(Record.heard_at))
    with Session(engine) as session:
        return (session.scalars(last).one() - session.scalars(first).one()).total_seconds()
