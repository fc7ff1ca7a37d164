"""Everything in one process, or named services of it: containers, servers, start and stop."""

import gc
import os
import signal
import socket
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import eventlet
import structlog
from amqp.exceptions import AMQPError
from kombu import pools
from nameko.runners import ServiceRunner
from sqlalchemy.exc import OperationalError

from services.messaging import embedded
from services.messaging.broker import connect
from services.messaging.database import engine_for, is_migrated, migrate
from services.messaging.thread import Thread
from zhixing.local.postgres import LocalPostgres
from zhixing.settings import SERVICES, CannotStart, Settings

log = structlog.get_logger()

RPC_CONNECTIONS = 64
GARBAGE_THRESHOLDS = (50_000, 20, 100)
ROOT = Path(__file__).parent.parent


class Room(NamedTuple):
    """Where a service lives; `facts` is the package of its handlers and repository."""

    package: str
    service: str
    facts: str

    @property
    def migrations(self) -> Path:
        return ROOT / self.package.replace(".", "/") / "migrations"

    def module(self, name: str) -> ModuleType:
        """The module of this name in which the service's facts are handled."""
        return import_module(f"{self.facts}.{name}")

    def service_class(self) -> Any:
        return getattr(import_module(f"{self.package}.service"), self.service)


ROOMS = {
    "enrollment": Room("services.enrollment", "EnrollmentService", "services.enrollment"),
    "learning": Room("services.learning", "LearningService", "services.learning"),
    "assessment": Room("services.assessment", "AssessmentService", "services.assessment"),
    "archive": Room("services.archive", "ArchiveService", "services.archive"),
    "gateway": Room("gateway", "GatewayService", "gateway.intake"),
}


class Databases:
    """The databases of all services: PostgreSQL from settings, or our own below the home."""

    def __init__(self, settings: Settings) -> None:
        self.local = (
            LocalPostgres(settings.home / "postgres") if settings.embedded_database else None
        )
        self.urls = dict(settings.database_urls)

    def __enter__(self) -> dict[str, str]:
        if self.local:
            self.local.start()
            url = self.local.create_database("zhixing")
            self.urls = dict.fromkeys(SERVICES, url)
        return self.urls

    def __exit__(self, *_: object) -> None:
        if self.local:
            self.local.stop()


def migrate_all(urls: dict[str, str], services: Iterable[str] = SERVICES) -> None:
    """Brings the schemas of services up to date."""
    for service in services:
        engine = engine_for(urls[service], service, pool=2)
        try:
            migrate(engine, service, ROOMS[service].migrations)
        except OperationalError as error:
            raise CannotStart(
                f"the database of {service} does not answer: {cause(error)}"
            ) from None
        finally:
            engine.dispose()


def require_migrated(urls: dict[str, str], services: Iterable[str]) -> None:
    """Refuses to start on a schema that is absent or old."""
    for service in services:
        engine = engine_for(urls[service], service, pool=2)
        try:
            if not is_migrated(engine, service, ROOMS[service].migrations):
                raise CannotStart(
                    f"the database of {service} is not up to date: run zhixing migrate"
                )
        except OperationalError as error:
            raise CannotStart(
                f"the database of {service} does not answer: {cause(error)}"
            ) from None
        finally:
            engine.dispose()


def cause(error: OperationalError) -> str:
    """The first line of what the driver said."""
    return str(error.orig).strip().splitlines()[0]


def require_port(bind: str) -> None:
    """Refuses to start on an address that is taken; two could bind it silently later."""
    address, _, port = bind.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address or "0.0.0.0", int(port)))
        except OSError as error:
            raise CannotStart(f"cannot listen on {bind}: {error.strerror}") from None
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((address or "127.0.0.1", int(port))) == 0:
            raise CannotStart(f"cannot listen on {bind}: another program answers there")


def require_broker(url: str, patience: float) -> None:
    """Waits some seconds for a broker that is merely late; refuses when none comes."""
    waited, wait = 0.0, 0.2
    while True:
        try:
            with connect(url) as connection:
                connection.connect()
                return
        except AMQPError as error:
            raise CannotStart(f"the broker refuses: {error}") from None
        except OSError as error:
            if waited >= patience:
                raise CannotStart(f"the broker does not answer: {error}") from None
            log.warning("waiting for the broker", seconds=wait)
        eventlet.sleep(wait)
        waited += wait
        wait = min(wait * 2, 5.0)


def run(
    settings: Settings,
    urls: dict[str, str],
    services: Iterable[str],
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Runs services in this process until SIGTERM or SIGINT."""
    named = list(services)
    if settings.embedded_broker:
        embedded.install()
    else:
        require_broker(settings.amqp_url, settings.broker_patience)
    if "gateway" in named:
        require_port(settings.bind)
    if settings.metrics_bind:
        require_port(settings.metrics_bind)
    os.environ["ZHIXING_ZONE"] = settings.zone
    pools.set_limit(RPC_CONNECTIONS)
    # A batch makes tens of thousands of small objects, none of them in a cycle.
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    runner = ServiceRunner(settings.nameko(urls))
    for name in named:
        runner.add_service(ROOMS[name].service_class())
    stop = eventlet.event.Event()

    def ask_to_stop(*_: object) -> None:
        if not stop.ready():
            stop.send()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(ask_to_stop))
    runner.start()
    log.info("started", services=named)
    eventlet.spawn_n(wait_for_death, runner, ask_to_stop)
    ready()
    while not stop.ready():
        # An idle hub is not woken by a signal; a short timer looks.
        eventlet.sleep(0.2)
    log.info("stopping", services=named)
    # All at once: nameko would end them kind by kind, each wait after the other.
    for container in runner.containers:
        for extension in container.extensions:
            if isinstance(extension, Thread):
                extension.ask_to_stop()
    runner.stop()
    log.info("stopped", services=named)
    # The interpreter would look through all objects several times before it ends.
    gc.freeze()


def wait_for_death(runner: ServiceRunner, ask_to_stop: Callable[[], None]) -> None:
    """A service that dies of an error takes the process with it, for a supervisor to see."""
    try:
        runner.wait()
    except Exception:
        log.exception("a service died")
        os._exit(1)
    ask_to_stop()
