"""The whole platform, embedded in a process of its own, and clients that speak HTTP to it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx

PASSWORD = "platform-of-tests"
SECRET = "a-secret-of-the-tests-that-is-long-enough"
START_SECONDS = 90.0
STOP_SECONDS = 30.0
T = TypeVar("T")


class Platform:
    """A running platform: `base_url`, and clients that are signed in."""

    def __init__(self, base_url: str, log: Path) -> None:
        self.base_url = base_url
        self.log = log

    def client(self, token: str | None = None) -> httpx.Client:
        """A client of the HTTP addresses; with a token, in its account's name."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Nothing here is encrypted; reading certificates would cost more than most requests.
        return httpx.Client(base_url=self.base_url, headers=headers, timeout=60, verify=False)

    def sign_in(self, username: str = "admin", password: str = PASSWORD) -> httpx.Client:
        """A client in the name of an account; the administrator unless another is named."""
        with self.client() as client:
            answer = client.post(
                "/api/v1/tokens", json={"username": username, "password": password}
            )
        assert answer.status_code == 201, answer.text
        return self.client(answer.json()["token"])


@contextmanager
def running(home: Path) -> Iterator[Platform]:
    """`zhixing up` in a home folder, on a free port, until the context is left."""
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("ZHIXING_")
    } | {
        "ZHIXING_HOME": str(home / "home"),
        "ZHIXING_ADMIN_PASSWORD": PASSWORD,
        "ZHIXING_SECRET_KEY": SECRET,
        "ZHIXING_BIND": f"127.0.0.1:{port}",
    }
    log = home / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "zhixing", "up"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    platform = Platform(f"http://127.0.0.1:{port}", log)
    try:
        wait_until_ready(platform, process)
        yield platform
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_ready(platform: Platform, process: subprocess.Popen[bytes]) -> None:
    """Until every service of the platform is ready; tells its log where it ends before."""

    def ready() -> bool:
        assert process.poll() is None, platform.log.read_text()[-4000:]
        try:
            return httpx.get(f"{platform.base_url}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    eventually(ready, within=START_SECONDS)


def eventually(what: Callable[[], T], *, within: float = 30.0) -> T:
    """What is asked for, as soon as it is there; asked again until then."""
    until = time.monotonic() + within
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < until, f"not within {within} s, but {found!r}"
        time.sleep(0.05)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
