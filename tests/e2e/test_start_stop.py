"""Starting and stopping: clear refusals, quick ends, and nothing forgotten in between."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.faults.traffic import NUMBERS, Traffic
from zhixing.bench.cluster import Cluster, until
from zhixing.local.ports import free_port

START_SECONDS = 120.0
STOP_SECONDS = 5.0
SECRET = "a secret for private servers only"

Environment = dict[str, str]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A database, migrated, and a broker; no process yet."""
    with Cluster(tmp_path_factory.mktemp("servers"), ()) as servers:
        yield servers


@pytest.fixture
def configured(cluster: Cluster) -> Environment:
    """Settings of a named service, and a port that is free."""
    return cluster.environment | {"ZHIXING_BIND": f"127.0.0.1:{free_port()}"}


def embedded(home: Path) -> Environment:
    """Settings of a platform that brings its own database and broker."""
    others = {name: text for name, text in os.environ.items() if not name.startswith("ZHIXING_")}
    return others | {
        "ZHIXING_HOME": str(home),
        "ZHIXING_ADMIN_PASSWORD": "admin",
        "ZHIXING_SECRET_KEY": SECRET,
        "ZHIXING_BIND": f"127.0.0.1:{free_port()}",
    }


@contextmanager
def started(
    environment: Environment, *words: str, log: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a process of its own, killed when the context is left."""
    with (log or Path(os.devnull)).open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "zhixing", *words],
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def refusal(environment: Environment, *words: str) -> str:
    """The one line a command says on standard error when it ends with exit code 2."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "zhixing", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
    )
    assert done.returncode == 2, done.stderr
    (line,) = (line for line in done.stderr.splitlines() if not line.startswith("{"))
    assert line.startswith("zhixing: ")
    return line


def address(environment: Environment) -> str:
    return f"http://{environment['ZHIXING_BIND']}"


def serves(environment: Environment, process: subprocess.Popen[bytes]) -> bool:
    """Whether every service of the process is ready."""
    assert process.poll() is None, "the process has ended"
    try:
        return httpx.get(f"{address(environment)}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def await_service(environment: Environment, process: subprocess.Popen[bytes]) -> None:
    until(lambda: serves(environment, process), "it serves", START_SECONDS)


def records(environment: Environment, token: str) -> int:
    """How many records who signed in with this token reads."""
    answer = httpx.get(
        f"{address(environment)}/api/v1/records", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200, answer.text
    return len(answer.json()["rows"])


@contextmanager
def taken_port() -> Iterator[str]:
    """An address on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        yield f"127.0.0.1:{stranger.getsockname()[1]}"


def test_a_taken_port_is_refused_embedded(tmp_path: Path) -> None:
    with taken_port() as bind:
        line = refusal(embedded(tmp_path) | {"ZHIXING_BIND": bind}, "up")
    assert f"cannot listen on {bind}" in line


def test_a_taken_port_is_refused_to_the_gateway(configured: Environment) -> None:
    with taken_port() as bind:
        assert f"cannot listen on {bind}" in refusal(
            configured | {"ZHIXING_BIND": bind}, "run", "gateway"
        )
        assert f"cannot listen on {bind}" in refusal(
            configured | {"ZHIXING_METRICS_BIND": bind}, "run", "archive"
        )


@pytest.mark.parametrize("words", [("up",), ("run", "archive"), ("migrate",)])
def test_an_absent_database_is_named(configured: Environment, words: tuple[str, ...]) -> None:
    absent = "postgresql://nobody@127.0.0.1:1/nowhere"
    environment = configured | {f"ZHIXING_DATABASE_URL_{'ARCHIVE'}": absent}
    assert "the database of archive does not answer" in refusal(environment, *words)


def test_a_database_that_is_not_migrated_is_refused(
    configured: Environment, cluster: Cluster
) -> None:
    empty = cluster.postgres.create_database("empty")
    line = refusal(configured | {"ZHIXING_DATABASE_URL": empty}, "run", "archive")
    assert "run zhixing migrate" in line


def test_an_absent_broker_is_refused_after_some_patience(configured: Environment) -> None:
    environment = configured | {
        "ZHIXING_AMQP_URL": f"amqp://guest:guest@127.0.0.1:{free_port()}//",
        "ZHIXING_BROKER_PATIENCE": "1",
    }
    assert "the broker does not answer" in refusal(environment, "run", "archive")


def test_a_broker_that_does_not_know_us_is_refused_at_once(configured: Environment) -> None:
    url = configured["ZHIXING_AMQP_URL"].replace("guest:guest", "guest:stranger")
    assert "the broker refuses" in refusal(configured | {"ZHIXING_AMQP_URL": url}, "run", "archive")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("ZHIXING_SECRET_KEY", ("run", "archive")),
        ("ZHIXING_ADMIN_PASSWORD", ("run", "gateway")),
        ("ZHIXING_AMQP_URL", ("run", "archive")),
        ("ZHIXING_DATABASE_URL", ("run", "archive")),
    ],
)
def test_a_missing_setting_is_named(
    configured: Environment, setting: str, words: tuple[str, ...]
) -> None:
    del configured[setting]
    assert setting in refusal(configured, *words)


@pytest.mark.parametrize("words", [("up",), ("run", "archive")])
def test_an_unknown_setting_is_named(configured: Environment, words: tuple[str, ...]) -> None:
    assert "ZHIXING_PROT" in refusal(configured | {"ZHIXING_PROT": "8000"}, *words)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("words", [("up",), ("run", "gateway"), ("run", "archive")])
def test_a_signal_stops_within_five_seconds(
    configured: Environment, tmp_path: Path, words: tuple[str, ...], number: int
) -> None:
    metrics = {"ZHIXING_METRICS_BIND": configured["ZHIXING_BIND"]}
    own_port = {"ZHIXING_BIND": f"127.0.0.1:{free_port()}"}
    environment = embedded(tmp_path) if words == ("up",) else configured
    # A service without pages is asked for its health where machines ask.
    more = metrics | own_port if words == ("run", "archive") else {}
    with (
        started(environment | more, *words, log=tmp_path / "log") as process,
        httpx.Client(base_url=address(environment)) as visitor,
    ):
        await_service(environment, process)
        # Its connection stays open.
        assert visitor.get("/healthz").status_code == 200
        began = time.monotonic()
        process.send_signal(number)
        assert process.wait(START_SECONDS) == 0, (tmp_path / "log").read_text()[-4000:]
        assert time.monotonic() - began < STOP_SECONDS


def test_a_service_starts_when_a_late_broker_comes(
    configured: Environment, cluster: Cluster, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    cluster.rabbit.stop()
    with started(configured, "run", "gateway", log=log) as process:
        until(lambda: "waiting for the broker" in log.read_text(), "it waits", START_SECONDS)
        cluster.rabbit.start()
        await_service(configured, process)


def test_what_was_answered_before_a_power_cut_has_its_effect_after_the_next_start(
    tmp_path: Path,
) -> None:
    environment = embedded(tmp_path)
    with started(environment, "up") as process:
        await_service(environment, process)
        with Traffic(address(environment), "admin", lambda: None) as traffic:
            traffic.enroll()
            token = traffic.admin
    with started(environment, "up") as process:
        await_service(environment, process)
        # The sign-in holds as well.
        until(
            lambda: records(environment, token) == len(NUMBERS),
            "the records are opened",
            START_SECONDS,
        )
        process.terminate()
        assert process.wait(START_SECONDS) == 0
