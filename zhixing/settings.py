"""Settings: environment variables `ZHIXING_*`, read once, checked at start.

`TABLE` is the one list of them; the table in the documents is written from it.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

SERVICES = ("enrollment", "learning", "assessment", "archive", "gateway")
EMBEDDED_BROKER = "embedded://"


class Setting(NamedTuple):
    """One variable: what it means, and what holds where it is not set."""

    name: str
    default: str | None
    meaning: str


TABLE = (
    Setting("ZHIXING_HOME", "var", "Folder of files, secrets and the embedded database"),
    Setting("ZHIXING_AMQP_URL", None, "RabbitMQ; without it everything runs in one process"),
    Setting("ZHIXING_DATABASE_URL", None, "PostgreSQL of all services, one schema each"),
    *(
        Setting(f"ZHIXING_DATABASE_URL_{service.upper()}", None, f"PostgreSQL of {service} alone")
        for service in SERVICES
    ),
    Setting("ZHIXING_SECRET_KEY", None, "At least 32 characters; made at first start if embedded"),
    Setting(
        "ZHIXING_ADMIN_PASSWORD", None, "Of the account admin; made at first start if embedded"
    ),
    Setting("ZHIXING_BIND", "127.0.0.1:8000", "Address and port of the gateway"),
    Setting(
        "ZHIXING_PUBLIC_URL", None, "What links and QR codes begin with; default from the bind"
    ),
    Setting("ZHIXING_METRICS_BIND", None, "Address and port of health and metrics, for machines"),
    Setting("ZHIXING_BROKER_PATIENCE", "60", "Seconds to wait at start for a broker that is late"),
    Setting("ZHIXING_ZONE", "Asia/Shanghai", "Whose calendar years and days count"),
    Setting("ZHIXING_LOG_LEVEL", "info", "debug, info, warning or error"),
)


class SettingError(ValueError):
    """A setting is missing or wrong; the message names it."""


class CannotStart(RuntimeError):
    """Something outside is missing; the message says what, in one line."""


class Settings(NamedTuple):
    """All settings, checked."""

    home: Path
    amqp_url: str
    database_urls: dict[str, str]
    secret_key: str
    admin_password: str
    bind: str
    public_url: str
    metrics_bind: str | None
    broker_patience: float
    zone: str
    log_level: str

    @property
    def embedded_broker(self) -> bool:
        return self.amqp_url == EMBEDDED_BROKER

    @property
    def embedded_database(self) -> bool:
        return not self.database_urls

    def nameko(self, database_urls: Mapping[str, str]) -> dict[str, Any]:
        """The configuration nameko hands to every extension."""
        from services.messaging import codec

        return {
            "AMQP_URI": self.amqp_url,
            "DATABASE_URLS": dict(database_urls),
            "SERIALIZERS": codec.SERIALIZERS,
            "serializer": codec.NAME,
            "accept": [codec.NAME],
            "max_workers": 32,
            "rpc_exchange": "training.rpc",
            "HOME": str(self.home),
            "SECRET_KEY": self.secret_key,
            "ADMIN_PASSWORD": self.admin_password,
            "WEB_SERVER_ADDRESS": self.bind,
            "PUBLIC_URL": self.public_url,
            "METRICS_BIND": self.metrics_bind,
            "ZONE": self.zone,
        }


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in an environment; raises `SettingError` naming the variable and the rule."""
    known = {setting.name for setting in TABLE}
    for name in environment:
        if name.startswith("ZHIXING_") and name not in known:
            raise SettingError(f"{name} is not a setting; see docs/settings.md")

    def value(name: str) -> str | None:
        default = next(setting.default for setting in TABLE if setting.name == name)
        return environment.get(name) or default

    home = Path(value("ZHIXING_HOME") or "").resolve()
    amqp_url = value("ZHIXING_AMQP_URL") or EMBEDDED_BROKER
    urls = _database_urls(value)
    alone = amqp_url == EMBEDDED_BROKER and not urls
    secret, password = value("ZHIXING_SECRET_KEY"), value("ZHIXING_ADMIN_PASSWORD")
    if alone and not (secret and password):
        made = _made_secrets(home)
        secret, password = secret or made["secret_key"], password or made["admin_password"]
    if secret is None or len(secret) < 32:
        raise SettingError("ZHIXING_SECRET_KEY must be set, with at least 32 characters")
    if not password:
        raise SettingError("ZHIXING_ADMIN_PASSWORD must be set")
    if amqp_url != EMBEDDED_BROKER and urlsplit(amqp_url).scheme not in ("amqp", "amqps"):
        raise SettingError("ZHIXING_AMQP_URL must begin with amqp:// or amqps://")
    bind = value("ZHIXING_BIND") or ""
    metrics_bind = value("ZHIXING_METRICS_BIND")
    for name, address in (("ZHIXING_BIND", bind), ("ZHIXING_METRICS_BIND", metrics_bind)):
        if address and not address.rpartition(":")[2].isdigit():
            raise SettingError(f"{name} must be address:port")
    patience = value("ZHIXING_BROKER_PATIENCE") or ""
    if not (patience.isascii() and patience.isdigit()):
        raise SettingError("ZHIXING_BROKER_PATIENCE must be a whole number of seconds")
    zone = value("ZHIXING_ZONE") or ""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingError(f"ZHIXING_ZONE: there is no time zone {zone!r}") from None
    level = value("ZHIXING_LOG_LEVEL") or ""
    if level not in ("debug", "info", "warning", "error"):
        raise SettingError("ZHIXING_LOG_LEVEL must be debug, info, warning or error")
    public = (value("ZHIXING_PUBLIC_URL") or f"http://{bind}").rstrip("/")
    return Settings(
        home,
        amqp_url,
        urls,
        secret,
        password,
        bind,
        public,
        metrics_bind,
        float(patience),
        zone,
        level,
    )


def _database_urls(value: Any) -> dict[str, str]:
    """Service → URL; empty where PostgreSQL is embedded."""
    shared = value("ZHIXING_DATABASE_URL")
    urls = {
        service: url
        for service in SERVICES
        if (url := value(f"ZHIXING_DATABASE_URL_{service.upper()}") or shared)
    }
    if urls and len(urls) < len(SERVICES):
        missing = next(service for service in SERVICES if service not in urls)
        raise SettingError(f"ZHIXING_DATABASE_URL_{missing.upper()} must be set")
    for service, url in urls.items():
        if not url.startswith(("postgresql://", "postgresql+psycopg://")):
            raise SettingError(f"ZHIXING_DATABASE_URL of {service} must begin with postgresql://")
        urls[service] = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return urls


def _made_secrets(home: Path) -> dict[str, str]:
    """Secrets of an embedded platform, made once and kept in its home."""
    file = home / "secrets.json"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        made = {
            "secret_key": secrets.token_urlsafe(48),
            "admin_password": secrets.token_urlsafe(9),
        }
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(orjson.dumps(made))
    found: dict[str, str] = orjson.loads(file.read_bytes())
    return found
