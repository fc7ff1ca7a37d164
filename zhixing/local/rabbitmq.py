"""A private RabbitMQ node for tests and benchmarks, beside whatever broker the machine runs.

It shares nothing with that one: its own node name, cookie, ports, disk, configuration and name
server (epmd). No plugins; it listens on the loopback address alone. Layout of the folder::

    ports.json      the ports, chosen once so that a wiped node comes back under the same URL
    disk/           what the broker stores
    home/           its Erlang cookie
    log/            what it says
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import amqp
import psutil

from zhixing.local.errors import LocalServerError, NotInstalled

# Below the ports the system hands out to callers: a client that keeps calling a port of that range
# while nobody listens can end up connected to itself, and then the node cannot have it back.
PORTS = range(20_000, 32_000)
PATIENCE = 120.0  # seconds to start on a busy machine; a quiet one takes 5
FAREWELL = 20.0  # seconds to stop cleanly before it is killed
MARK = "ZHIXING_LOCAL_RABBIT"  # in the environment of each process of a node, with its folder

PLACES = ("/usr/lib/rabbitmq/bin", "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
HOW_TO_INSTALL = (
    "缺少 RabbitMQ / RabbitMQ is missing: "
    "sudo apt-get install --no-install-recommends rabbitmq-server (macOS: brew install rabbitmq)"
)


class Ports(NamedTuple):
    amqp: int
    distribution: int
    epmd: int


class LocalRabbit:
    """One node with its disk in one folder. Not shared: one process starts it and stops it."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder).resolve()
        self._node: subprocess.Popen[bytes] | None = None
        self._name_server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The AMQP URL, the same for each start of this folder."""
        return f"amqp://guest:guest@127.0.0.1:{self._ports().amqp}//"

    def start(self) -> str:
        """Start the node and wait until it takes connections. Returns the AMQP URL.

        A node that a killed process left running in this folder is killed first.
        """
        server, name_server = find_server(), _find_name_server()
        self.kill()
        for name in ("disk", "home", "log"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "environment.conf").write_text("")
        (self.folder / "plugins").write_text("[].\n")
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self._ports().amqp}\ndisk_free_limit.absolute = 50MB\n"
        )
        # In the foreground and ours to end; the node would leave one behind as a daemon.
        epmd = str(self._ports().epmd)
        self._name_server = self._spawn(name_server, "-address", "127.0.0.1", "-port", epmd)
        self._node = self._spawn(server)
        try:
            self._await_ready(self._node)
        except BaseException:
            self.kill()
            raise
        return self.url

    def stop(self) -> None:
        """End the node cleanly; what is durable is on its disk afterwards."""
        node = self._node
        if node is not None and node.poll() is None:
            # The start script may end before the broker it started, so all are waited for.
            broker = [process for process in self._processes() if not self._is_name_server(process)]
            os.killpg(node.pid, signal.SIGTERM)
            await_end(broker, FAREWELL)
        self.kill()

    def kill(self) -> None:
        """SIGKILL every process of the node, as a power cut would. Does nothing when none runs."""
        while processes := self._processes():
            for process in processes:
                try:
                    process.kill()
                except psutil.NoSuchProcess:
                    continue
            await_end(processes, 5)
        for child in filter(None, (self._node, self._name_server)):
            child.wait()
        self._node = self._name_server = None

    def wipe(self) -> None:
        """Remove everything the stopped node has stored, as the loss of its disk would."""
        if self._processes():
            raise LocalServerError(
                f"RabbitMQ 仍在运行，不能清空 / RabbitMQ still runs, stop it first: {self.folder}"
            )
        shutil.rmtree(self.folder / "disk", ignore_errors=True)

    def process_ids(self) -> list[int]:
        """Every living process of the node; empty when it is down."""
        return [process.pid for process in self._processes()]

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log" / "console.log").open("ab") as log:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                cwd=self.folder, env=self._environment(), start_new_session=True,
            )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        """Ours, with everything by which a node could find the machine's broker replaced."""
        foreign = ("RABBITMQ_", "ERL_", "NOTIFY_SOCKET")
        ports, folder = self._ports(), str(self.folder)
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith(foreign)},
            # Erlang is where Debian puts it, whatever the caller's PATH.
            "PATH": os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin", "/bin"]),
            MARK: folder,
            "HOME": f"{folder}/home",
            "ERL_EPMD_PORT": str(ports.epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP": f"{folder}/log/erl_crash.dump",
            "RABBITMQ_NODENAME": f"zhixing-{ports.amqp}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(ports.amqp),
            "RABBITMQ_DIST_PORT": str(ports.distribution),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ("-kernel inet_dist_use_interface {127,0,0,1}"),
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/environment.conf",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_MNESIA_BASE": f"{folder}/disk",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{folder}/disk/config",
            "RABBITMQ_PID_FILE": f"{folder}/log/node.pid",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
        }

    def _ports(self) -> Ports:
        memory = self.folder / "ports.json"
        if memory.exists():
            return Ports(**json.loads(memory.read_text()))
        self.folder.mkdir(parents=True, exist_ok=True)
        ports = Ports(*_free_ports(len(Ports._fields)))
        memory.write_text(json.dumps(ports._asdict()))
        return ports

    def _processes(self) -> list[psutil.Process]:
        """Every living process of this node, also those that have made sessions of their own."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == str(self.folder):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def _is_name_server(self, process: psutil.Process) -> bool:
        return self._name_server is not None and process.pid == self._name_server.pid

    def _await_ready(self, node: subprocess.Popen[bytes]) -> None:
        """Wait for a whole AMQP handshake: the node opens its port as the last step of its boot."""
        host = f"127.0.0.1:{self._ports().amqp}"
        deadline = time.monotonic() + PATIENCE
        while True:
            with (
                suppress(OSError, amqp.AMQPError),
                amqp.Connection(host, connect_timeout=5, read_timeout=5, write_timeout=5),
            ):
                return
            if node.poll() is not None:
                raise LocalServerError(f"RabbitMQ 无法启动 / does not start: {self._reason()}")
            if time.monotonic() > deadline:
                raise LocalServerError(f"RabbitMQ 启动超时 / is not ready: {self._reason()}")
            time.sleep(0.05)

    def _reason(self) -> str:
        log = self.folder / "log" / "console.log"
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        telling = [line for line in lines if "rror" in line]
        return f"{(telling or lines or ['?'])[-1].strip()} ({log})"


def find_server() -> str:
    """The path of ``rabbitmq-server``. Raises NotInstalled with the way to install it.

    Debian's own directory comes first: what it puts on PATH is a wrapper that changes the user.
    """
    path = os.pathsep.join([PLACES[0], os.environ.get("PATH", ""), *PLACES[1:]])
    found = shutil.which("rabbitmq-server", path=path)
    if found is None:
        raise NotInstalled(HOW_TO_INSTALL)
    return found


def install() -> str:
    """Install RabbitMQ from Debian's packages when it is missing. Returns the server's path.

    The machine's own service is neither started nor changed. Raises NotInstalled, with the way to
    do it by hand, where we are not root or there is no apt.
    """
    try:
        return find_server()
    except NotInstalled:
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    package = ["apt-get", "install", "-y", "--no-install-recommends", "rabbitmq-server"]
    with _services_stay_stopped():
        for command in (["apt-get", "update"], package):
            answer = subprocess.run(
                command, capture_output=True, text=True, env=quiet, stdin=subprocess.DEVNULL
            )
    if answer.returncode:
        last = (answer.stderr.strip().splitlines() or ["?"])[-1]
        raise NotInstalled(f"{HOW_TO_INSTALL} ({last})")
    return find_server()


@contextmanager
def _services_stay_stopped(policy: Path = Path("/usr/sbin/policy-rc.d")) -> Iterator[None]:
    """Forbid packages to start services, by Debian's own means; an existing policy stays."""
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


def _find_name_server() -> str:
    found = shutil.which("epmd")
    if found is None:
        inside = sorted(Path("/usr/lib/erlang").glob("erts-*/bin/epmd"))
        if not inside:
            raise NotInstalled(f"缺少 Erlang 的 epmd / Erlang's epmd is missing; {HOW_TO_INSTALL}")
        found = str(inside[-1])
    return found


def _free_ports(count: int) -> list[int]:
    """Ports nobody listens on, picked at random so that nodes started at once rarely collide."""
    free: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        free.append(port)
        if len(free) == count:
            return free
    raise LocalServerError(f"没有空闲端口 / no free port among {PORTS.start}–{PORTS.stop}")


def await_end(processes: Iterable[psutil.Process], seconds: float) -> None:
    """Waits until processes have ended; psutil's own wait fails where eventlet has patched poll."""
    limit = time.monotonic() + seconds
    while any(is_alive(process) for process in processes) and time.monotonic() < limit:
        time.sleep(0.02)


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


if __name__ == "__main__":
    try:
        install()
    except LocalServerError as refusal:
        raise SystemExit(str(refusal)) from None
