"""Whether a service lives, is ready, and what it counts: for machines.

`/healthz`: the process answers. `/readyz`: each check of each service in this
process, 503 where one fails. `/metrics`: Prometheus. They are served on
METRICS_BIND where that is set, once per process.
"""

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

import eventlet
import orjson
from eventlet import wsgi
from nameko.extensions import DependencyProvider
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from services.messaging.broker import connect
from services.messaging.database import engine_for, is_migrated

PATIENCE_SECONDS = 3.0
# An answer this young is given again, so that asking often costs nothing.
FRESH_SECONDS = 1.0
# More facts than this committed and not yet told: the relay does not keep up.
MOST_WAITING = 50_000
WAITING = text("SELECT count(*) FROM outbox WHERE position IS NULL")

Answer = tuple[str, str, bytes]


class Health(DependencyProvider):
    """Knows whether its service is ready."""

    # The services of this process by name.
    present: ClassVar[dict[str, "Health"]] = {}

    def setup(self) -> None:
        service = self.container.service_name
        self.engine = engine_for(self.container.config["DATABASE_URLS"][service], service, pool=1)
        module = inspect.getfile(self.container.service_cls)
        self.migrations = Path(module).parent / "migrations"
        self.is_migrated = False
        self.told: dict[str, Any] = {}
        self.told_at = float("-inf")
        first = not self.present
        self.present[service] = self
        self.bind = self.container.config.get("METRICS_BIND") if first else None

    def start(self) -> None:
        if self.bind:
            address, _, port = self.bind.rpartition(":")
            listener = eventlet.listen((address or "0.0.0.0", int(port)))
            self.container.spawn_managed_thread(lambda: serve(listener), identifier="health")

    def stop(self) -> None:
        self.present.pop(self.container.service_name, None)
        self.engine.dispose()

    def get_dependency(self, worker_ctx: object) -> "Health":
        return self

    def checks(self) -> dict[str, dict[str, Any]]:
        """Check → whether it is well, and why not."""
        if monotonic() - self.told_at >= FRESH_SECONDS:
            self.told = {
                "started": {"ok": bool(self.container.started)},
                "broker": check(self.broker),
                "database": check(self.database),
                "migrations": check(self.migrated),
                "relay": check(self.relay),
            }
            self.told_at = monotonic()
        return self.told

    def broker(self) -> dict[str, Any]:
        with connect(self.container.config["AMQP_URI"]) as connection:
            connection.connect()
        return {"ok": True}

    def database(self) -> dict[str, Any]:
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return {"ok": True}

    def migrated(self) -> dict[str, Any]:
        if not self.is_migrated:
            service = self.container.service_name
            self.is_migrated = is_migrated(self.engine, service, self.migrations)
        return {"ok": self.is_migrated}

    def relay(self) -> dict[str, Any]:
        with self.engine.connect() as connection:
            waiting = connection.execute(WAITING).scalar() or 0
        return {"ok": waiting <= MOST_WAITING, "waiting": waiting}


def check(attempt: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What an attempt found, in bounded time; whatever it raises is an answer."""
    try:
        with eventlet.Timeout(PATIENCE_SECONDS, TimeoutError("no answer in time")):
            return attempt()
    except Exception as error:
        return {"ok": False, "error": type(error).__name__}


def readiness() -> tuple[bool, dict[str, Any]]:
    """Whether every service of this process is ready, and each check."""
    services = {name: Health.present[name].checks() for name in sorted(Health.present)}
    ready = all(one["ok"] for checks in services.values() for one in checks.values())
    return ready, {"ready": ready, "services": services}


def alive() -> Answer:
    """The answer of /healthz."""
    return "200 OK", "application/json", b'{"alive":true}'


def ready() -> Answer:
    """The answer of /readyz."""
    well, told = readiness()
    status = "200 OK" if well else "503 Service Unavailable"
    return status, "application/json", orjson.dumps(told)


def counted() -> Answer:
    """The answer of /metrics."""
    return "200 OK", CONTENT_TYPE_LATEST, generate_latest()


ADDRESSES: dict[str, Callable[[], Answer]] = {
    "/healthz": alive,
    "/readyz": ready,
    "/metrics": counted,
}


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The three addresses as a WSGI application."""
    answer = ADDRESSES.get(environ["PATH_INFO"])
    if answer is None:
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"not found\n"]
    status, type_, body = answer()
    start_response(status, [("Content-Type", type_), ("Cache-Control", "no-store")])
    return [body]


def serve(listener: Any) -> None:
    wsgi.server(listener, application, log_output=False, debug=False)
