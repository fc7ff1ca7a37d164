"""What is said once the platform serves: where to look, and how to sign in."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

import eventlet
import httpx
import structlog

from zhixing.demo.client import Client, Problem, eventually
from zhixing.demo.load import is_empty, load
from zhixing.settings import Settings

log = structlog.get_logger()

READY_SECONDS = 60.0
ANYWHERE = ("", "0.0.0.0")
ADMIN = "admin"
COLUMN = 24


def when_ready(settings: Settings, *, demo: bool) -> Callable[[], None]:
    """What the platform does when its services have started; it does not wait for it."""
    return lambda: eventlet.spawn_n(greet, settings, demo)


def greet(settings: Settings, demo: bool) -> None:
    """Loads the demo college where it is wanted and nothing is there, and says where to look."""
    address, _, port = settings.bind.rpartition(":")
    own = "127.0.0.1" if address in ANYWHERE else address
    accounts: list[dict[str, str]] = []
    try:
        with Client(f"http://{own}:{port}") as client:
            eventually(client.is_ready, "the platform is ready", READY_SECONDS)
            if demo:
                admin = client.signed_in(ADMIN, settings.admin_password)
                today = datetime.now(ZoneInfo(settings.zone)).date()
                if is_empty(admin):
                    say("正在准备示范学院…  Preparing the demo college…")
                accounts = load(admin, settings.home, today)
    except (Problem, TimeoutError, httpx.TransportError) as error:
        log.error("the demo college is not complete", error=str(error))
    say(banner(settings, accounts))


def banner(settings: Settings, accounts: list[dict[str, str]]) -> str:
    """Address, documents, and accounts in both languages."""
    url = settings.public_url
    lines = [
        "",
        "知行 Zhixing 已就绪 is ready",
        "",
        row("网页 Pages", f"{url}/"),
        row("接口 API", f"{url}/api/docs"),
        row("停止 Stop", "Ctrl-C"),
        "",
        row("管理员 Admin", f"{ADMIN}  {where_is_the_password(settings)}"),
    ]
    if accounts:
        lines += ["", "演示账号 Demo accounts"]
        lines += [
            row(f"{one['username']} / {one['password']}", f"{one['zh']} {one['en']}")
            for one in accounts
        ]
    return "\n".join([*lines, ""])


def where_is_the_password(settings: Settings) -> str:
    """Where the administrator's password is to be found; it is not printed."""
    made = settings.home / "secrets.json"
    if made.exists() and settings.admin_password == json.loads(made.read_bytes())["admin_password"]:
        return f"密码见 password in {made} (admin_password)"
    return "密码见环境变量 password in ZHIXING_ADMIN_PASSWORD"


def row(name: str, text: str) -> str:
    """A line of two columns; Chinese characters are two columns wide."""
    width = sum(2 if east_asian_width(one) in "WF" else 1 for one in name)
    return f"  {name}{' ' * max(COLUMN - width, 1)}  {text}"


def say(text: str) -> None:
    print(text, file=sys.stdout, flush=True)
