"""`zhixing bench pages`: what people look at most, beside one nameko RPC behind one nameko page.

The baseline is two services of nameko as its manual writes them, in a process
each: `@http` that calls an `@rpc` echo. It reads no session, asks no database
and renders nothing.
"""

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy.orm import Session

from gateway.accounts import repository, tokens
from gateway.accounts.models import Account
from services.contracts.enrollment import MEMBER_DESCRIBED, ORGANIZATION_PLACED
from services.contracts.envelope import Event
from services.contracts.principal import LEARNER, ROOT, SECRETARY, Grant
from services.enrollment import handlers
from services.messaging.database import engine_for
from zhixing.bench import load
from zhixing.bench.cluster import Cluster, until
from zhixing.bench.pipeline import completions, count, enrollment, program, standing, tell
from zhixing.local.ports import free_port
from zhixing.settings import SERVICES

MEMBERS = 1_000
BRANCHES = 10
COMPLETED = 10_000
CLIENTS = 16
SECONDS = 5.0
REQUESTS = 10_000


def measure() -> dict[str, Any]:
    """Requests per second of four addresses, 16 clients each."""
    with (
        tempfile.TemporaryDirectory(prefix="zhixing-bench-") as folder,
        Cluster(Path(folder), SERVICES) as cluster,
    ):
        url = cluster.environment["ZHIXING_DATABASE_URL"]
        opened = college(url)
        learners, secretary = accounts(url, opened[:CLIENTS])
        address = cluster.gateway.removeprefix("http://")
        own = list(zip(learners, opened, strict=False))
        asked = {
            "home": [page("/", token) for token, _ in own],
            "record": [page(f"/records/{one.subject}", token) for token, one in own],
            "staff_home": [page("/", secretary)],
            "branch": [
                load.request(
                    "GET", "/api/v1/records?limit=50", {"Authorization": f"Bearer {secretary}"}
                )
            ],
        }
        seen = {name: visit(address, requests) for name, requests in asked.items()}
        memory = {
            service: round(cluster.peak_memory_mb(service), 1) for service in ("gateway", "archive")
        }
        for service in SERVICES:
            cluster.stop(service)
        with plain(cluster.environment["ZHIXING_AMQP_URL"]) as plain_address:
            baseline = visit(plain_address, [load.request("GET", "/echo", {})])
    figures = seen["home"].figures()
    for name in ("record", "staff_home", "branch"):
        figures |= seen[name].figures(prefix=f"{name}_")
        figures[f"{name}_ratio"] = round(seen[name].rate / baseline.rate, 2)
    return {
        "bench": "pages",
        **figures,
        "baseline": round(baseline.rate, 1),
        "baseline_p50_ms": load.percentile(baseline.latencies, 50),
        "ratio": round(seen["home"].rate / baseline.rate, 2),
        "members": MEMBERS,
        "peak_rss_mb": memory,
    }


def college(url: str) -> list[Event]:
    """Members of ten branches, each with a name, enrolled, some modules completed."""
    engines = {
        service: engine_for(url, service, pool=1)
        for service in ("enrollment", "learning", "archive")
    }
    published = program(str(uuid4()))
    branches = [branch(number) for number in range(1, BRANCHES + 1)]
    opened = [enrollment(published.subject) for _ in range(MEMBERS)]
    for number, one in enumerate(opened):
        one.data["path"] = branches[number % BRANCHES].data["path"]
    described = [member(number, one.data["member_id"]) for number, one in enumerate(opened)]
    with Session(engines["enrollment"]) as session, session.begin():
        handlers.tell(session, [published, *branches, *described, *opened])
    until(lambda: count(engines["archive"], "records") == MEMBERS, "records are open")
    tell(engines["learning"], list(completions(COMPLETED, opened, published)))
    until(lambda: standing(engines["archive"]) == COMPLETED, "records show what is completed")
    for engine in engines.values():
        engine.dispose()
    return opened


def branch(number: int) -> Event:
    data = {
        "code": f"b{number}",
        "name": f"第{number}党支部",
        "kind": "branch",
        "path": f"/1/{number}/",
    }
    return Event(str(uuid4()), ORGANIZATION_PLACED, "", str(uuid4()), datetime.now(UTC), data)


def member(number: int, member_id: str) -> Event:
    data = {"number": f"B{number:04}", "name": f"学员{number}"}
    return Event(str(uuid4()), MEMBER_DESCRIBED, "", member_id, datetime.now(UTC), data)


def accounts(url: str, opened: list[Event]) -> tuple[list[str], str]:
    """Tokens of members who have signed in, and of the first branch's secretary."""
    engine = engine_for(url, "gateway", pool=1)
    until_then = datetime.now(UTC) + timedelta(hours=1)

    def signed_in(session: Session, name: str, member_id: str | None, grant: Grant) -> str:
        # Nobody signs in with a password here, so there need not be a usable one.
        repository.save(session, Account(name, "", member_id, (grant,)))
        token = str(uuid4())
        repository.keep_token(session, tokens.digest(token), name, until_then)
        return token

    with Session(engine) as session, session.begin():
        learners = [
            signed_in(session, f"learner{number}", one.data["member_id"], Grant(LEARNER, ROOT))
            for number, one in enumerate(opened)
        ]
        secretary = signed_in(session, "secretary", None, Grant(SECRETARY, "/1/1/"))
    engine.dispose()
    return learners, secretary


def page(path: str, token: str) -> bytes:
    """A browser's request in a session."""
    return load.request("GET", path, {"Cookie": f"zhixing_session={token}", "Accept": "text/html"})


def visit(address: str, requests: list[bytes]) -> load.Load:
    """What 16 clients see who ask the same again and again."""
    random.Random(1).shuffle(requests)
    many = islice(cycle(requests), REQUESTS)
    return load.run(address, many, clients=CLIENTS, seconds=SECONDS)


@contextmanager
def plain(amqp_url: str) -> Iterator[str]:
    """The baseline's two services in a process each; the address of the first."""
    address = f"127.0.0.1:{free_port()}"
    config = {"AMQP_URI": amqp_url, "WEB_SERVER_ADDRESS": address}
    with ExitStack() as running:
        for name in ("EchoService", "PageService"):
            running.enter_context(serving(name, config))
        yield address


@contextmanager
def serving(name: str, config: dict[str, str]) -> Iterator[None]:
    """One service of the baseline in its own process; ended on leaving."""
    # The hub must be patched before anything else is imported.
    code = (
        "import warnings; warnings.filterwarnings('ignore', '\\nEventlet is deprecated')\n"
        "import eventlet; eventlet.monkey_patch()\n"
        f"from zhixing.bench.pages import serve; serve({name!r}, {config!r})"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("基线服务未能启动 / the baseline did not start")
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def serve(name: str, config: dict[str, str]) -> None:
    """Runs a service of the baseline until the process is killed; says ``ready`` once it hears."""
    from nameko.rpc import RpcProxy, rpc
    from nameko.runners import ServiceRunner
    from nameko.web.handlers import http

    class EchoService:
        name = "echo"

        @rpc
        def echo(self, said: dict[str, str]) -> dict[str, str]:
            return said

    class PageService:
        name = "page"
        other = RpcProxy("echo")

        @http("GET", "/echo")
        def page(self, request: Any) -> tuple[int, dict[str, str], str]:
            said = self.other.echo({"said": request.path})
            return 200, {"Content-Type": "application/json"}, orjson.dumps(said).decode()

    runner = ServiceRunner(config)
    runner.add_service({"EchoService": EchoService, "PageService": PageService}[name])
    runner.start()
    print("ready", flush=True)
    runner.wait()
