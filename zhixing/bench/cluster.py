"""A private PostgreSQL, a private RabbitMQ node, and one process per service."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

import httpx
import psutil

from zhixing.local.ports import free_port
from zhixing.local.postgres import LocalPostgres
from zhixing.local.rabbitmq import LocalRabbit
from zhixing.settings import SERVICES

PATIENCE_SECONDS = 120.0


class Cluster:
    """Real servers and real processes below a folder; `with Cluster(folder) as cluster:`."""

    def __init__(self, folder: Path, services: Iterable[str] = SERVICES) -> None:
        self.folder = folder
        self.services = tuple(services)
        self.postgres = LocalPostgres(folder / "postgres")
        self.rabbit = LocalRabbit(folder / "rabbitmq")
        self.processes: dict[str, list[subprocess.Popen[bytes]]] = {}
        self.environment: dict[str, str] = {}
        self.gateway = ""

    def __enter__(self) -> "Cluster":
        try:
            self._begin()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _begin(self) -> None:
        self.postgres.start()
        url = self.postgres.create_database("zhixing")
        self.gateway = f"http://127.0.0.1:{free_port()}"
        self.environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith("ZHIXING_")},
            "ZHIXING_HOME": str(self.folder / "home"),
            "ZHIXING_AMQP_URL": self.rabbit.start(),
            "ZHIXING_DATABASE_URL": url,
            "ZHIXING_SECRET_KEY": "a secret for private servers only",
            "ZHIXING_ADMIN_PASSWORD": "admin",
            "ZHIXING_BIND": self.gateway.removeprefix("http://"),
        }
        self.run("migrate", *self.services)
        for service in self.services:
            self.start(service)
        if "gateway" in self.services:
            until(self.answers, "the gateway answers")

    def _end(self) -> None:
        for service in self.services:
            self.stop(service)
        self.rabbit.stop()
        self.postgres.stop()

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-W", "ignore", "-m", "zhixing", *words]

    def run(self, *words: str) -> str:
        """Runs a command to its end; returns what it printed."""
        done = subprocess.run(
            self.command(*words), env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def start(self, service: str) -> subprocess.Popen[bytes]:
        """Starts one more process of a service."""
        logs = self.folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / f"{service}.log").open("ab") as log:
            process = subprocess.Popen(
                self.command("run", service), env=self.environment, stdout=log, stderr=log
            )
        self.processes.setdefault(service, []).append(process)
        return process

    def stop(self, service: str, number: int = signal.SIGTERM) -> None:
        """Ends every process of a service by a signal."""
        for process in self.processes.pop(service, []):
            process.send_signal(number)
            process.wait(timeout=15)

    def answers(self) -> bool:
        """Whether the gateway is ready to serve."""
        try:
            return httpx.get(f"{self.gateway}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def peak_memory_mb(self, service: str) -> float:
        """The largest resident set any process of a service has had."""
        peaks = []
        for process in self.processes[service]:
            status = Path(f"/proc/{process.pid}/status")
            if status.exists():
                line = next(row for row in status.read_text().splitlines() if "VmHWM" in row)
                peaks.append(int(line.split()[1]) / 1024)
            else:
                peaks.append(psutil.Process(process.pid).memory_info().rss / 2**20)
        return max(peaks)


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Waits for a condition; raises `TimeoutError` saying what did not happen."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(0.02)
