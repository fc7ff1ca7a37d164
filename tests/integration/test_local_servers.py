"""PostgreSQL and RabbitMQ as this machine runs them for itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import psutil
import psycopg
import pytest
from kombu import Connection, Queue

from zhixing.bench import plain
from zhixing.local import rabbitmq
from zhixing.local.errors import LocalServerError
from zhixing.local.postgres import LocalPostgres
from zhixing.local.rabbitmq import LocalRabbit


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalPostgres]:
    server = LocalPostgres(tmp_path / "postgres")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRabbit]:
    rabbitmq.install()
    node = LocalRabbit(tmp_path_factory.mktemp("rabbit"))
    yield node
    node.kill()


@pytest.fixture
def node(place: LocalRabbit) -> LocalRabbit:
    """A running node, started again only when a test has left it down."""
    if not place.process_ids():
        place.start()
    return place


def ask(url: str, question: str) -> str:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        answer = connection.execute(question)
        return answer.fetchone()[0] if answer.description else ""


def run_python(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; PRELUDE in it makes ``server``, the folder's database."""
    prelude = (
        "from pathlib import Path\nfrom zhixing.local.postgres import LocalPostgres\n"
        f"server = LocalPostgres(Path({str(folder)!r}))\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", program.replace("PRELUDE", prelude)]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_data_are_still_there_when_the_database_starts_again(server: LocalPostgres):
    server.start()
    url = server.create_database("learning")
    ask(url, "CREATE TABLE kept AS SELECT 'here' AS word")
    server.stop()
    assert server.process_id() is None

    server.start()

    assert server.create_database("learning") == url
    assert ask(url, "SELECT word FROM kept") == "here"


def test_a_commit_is_on_the_disk_before_it_is_answered(server: LocalPostgres):
    url = server.start()
    durable = ("fsync", "synchronous_commit", "full_page_writes")
    assert [ask(url, f"SHOW {name}") for name in durable] == ["on", "on", "on"]


def test_ctrl_c_in_the_terminal_does_not_reach_the_database(server: LocalPostgres):
    server.start()
    assert os.getsid(server.process_id()) != os.getsid(0)


def test_a_second_process_joins_and_the_last_to_leave_ends_the_database(server: LocalPostgres):
    url = server.start()
    first = server.process_id()
    joined = run_python("PRELUDE\nprint(server.start()); server.stop()", server.folder)
    assert joined.stdout == f"{url}\n"
    assert server.process_id() == first

    companion = LocalPostgres(server.folder)
    companion.start()
    server.stop()
    assert ask(url, "SELECT 'open'") == "open"

    companion.stop()
    assert companion.process_id() is None


def test_a_database_whose_python_was_killed_is_taken_on(server: LocalPostgres):
    killed = run_python(
        "PRELUDE\nimport os, signal\nserver.start(); os.kill(os.getpid(), signal.SIGKILL)",
        server.folder,
    )
    assert killed.returncode == -signal.SIGKILL
    left_over = server.process_id()
    assert left_over is not None

    server.start()
    assert server.process_id() == left_over
    server.stop()
    assert server.process_id() is None


def test_a_killed_database_recovers_though_its_number_now_belongs_to_another(
    server: LocalPostgres,
):
    url = server.start()
    ask(url, "CREATE TABLE kept AS SELECT 'here' AS word")
    family = psutil.Process(server.process_id())
    family.kill()
    psutil.wait_procs([family], timeout=10)
    lock = server.folder / "data" / "postmaster.pid"
    _, _, rest = lock.read_text().partition("\n")
    lock.write_text(f"{os.getpid()}\n{rest}")

    assert server.start() == url
    assert ask(url, "SELECT word FROM kept") == "here"


def test_a_cluster_whose_making_was_cut_short_is_made_anew(server: LocalPostgres):
    half_made = server.folder / "data.unfinished"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    assert ask(server.start(), "SELECT 'made'") == "made"


def test_a_folder_too_deep_for_a_socket_has_one_elsewhere_and_always_the_same(tmp_path: Path):
    server = LocalPostgres(tmp_path / ("deep" * 20) / ("deeper" * 10))
    try:
        url = server.start()
        assert ask(url, "SELECT 'reached'") == "reached"
        place = Path(ask(url, "SHOW unix_socket_directories"))
        assert place.stat().st_mode & 0o077 == 0
        server.stop()
        assert not place.exists()
        assert server.start() == url
    finally:
        server.stop()


def test_the_database_starts_and_stops_among_green_threads(server: LocalPostgres):
    program = (
        "import eventlet; eventlet.monkey_patch()\nPRELUDE\n"
        "starts = [eventlet.spawn(server.start) for _ in range(2)]\n"
        "print(len({start.wait() for start in starts})); server.stop()"
    )
    answer = run_python(program, server.folder)
    assert answer.stdout == "1\n"
    assert server.process_id() is None


def test_refusals_are_one_line_that_says_why(server: LocalPostgres, tmp_path: Path):
    with pytest.raises(LocalServerError, match=r"not a name for a database: 'a;b'$"):
        server.create_database("a;b")
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalServerError, match=r"^数据库目录不可用 .*file'$"):
        LocalPostgres(tmp_path / "file").start()
    (server.folder / "data").mkdir(parents=True)
    with pytest.raises(LocalServerError, match=r"^数据库无法启动 .*postgres\.log\)$"):
        server.start()


def test_the_node_listens_on_the_loopback_address_alone(node: LocalRabbit):
    listening = [
        ip_address(connection.laddr.ip)
        for process_id in node.process_ids()
        for connection in psutil.Process(process_id).net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert all(address.is_loopback for address in listening)


def test_what_is_durable_outlives_a_clean_stop_but_not_the_loss_of_the_disk(node: LocalRabbit):
    quorum = {"x-queue-type": "quorum"}
    inbox = Queue("inbox", routing_key="inbox", durable=True, queue_arguments=quorum)
    url = node.url
    confirmed = Connection(url, transport_options={"confirm_publish": True})
    with confirmed as broker, broker.SimpleQueue(inbox) as queue:
        queue.put({"word": "kept"}, delivery_mode=2)

    node.stop()
    assert node.process_ids() == []
    assert node.start() == url
    with Connection(url) as broker, broker.SimpleQueue(inbox) as queue:
        assert queue.get(timeout=10).payload == {"word": "kept"}

    node.kill()
    node.wipe()
    assert node.start() == url
    with Connection(url) as broker, broker.SimpleQueue(inbox) as queue:
        assert queue.qsize() == 0


def test_a_running_node_is_not_wiped(node: LocalRabbit):
    with pytest.raises(LocalServerError, match="stop it first"):
        node.wipe()


def test_the_node_of_a_killed_process_gives_way_to_the_next(node: LocalRabbit):
    left_over = node.process_ids()
    successor = LocalRabbit(node.folder)
    try:
        assert successor.start() == node.url
        assert not set(left_over) & set(successor.process_ids())
    finally:
        successor.kill()


def test_the_plain_pipeline_carries_every_fact_into_its_records(
    node: LocalRabbit, server: LocalPostgres
):
    server.start()
    measured = plain.measure(node.url, server.create_database("bench"), facts=60, enrollments=4)
    assert measured["facts"] == 60
    assert measured["facts_per_second"] > 0
    assert set(measured["peak_rss_mb"]) == {"learning", "assessment", "archive"}
