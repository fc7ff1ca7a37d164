"""The request at hand: who asks, and the way to the services."""

from typing import Any

from apiflask import HTTPTokenAuth
from flask import current_app, request

from gateway.accounts import errors, tokens
from services.contracts.principal import Principal
from services.contracts.refusal import Invalid
from services.messaging.database import Database

MOST_KEY = 200
PUBLIC = Principal("public", None, ())

auth = HTTPTokenAuth(description="From POST /api/v1/tokens.")


@auth.verify_token
def verify(token: str) -> Principal | None:
    """Who asks, if the bearer token holds."""
    return tokens.principal_of(database(), token) if token else None


@auth.error_processor
def refuse(_: Any) -> Any:
    raise errors.no_token()


def database() -> Database:
    """The gateway's own database."""
    found: Database = current_app.extensions["database"]
    return found


def service() -> Any:
    """The service instance of this request: `.services`, `.database`, `.context`."""
    return request.environ["zhixing.service"]


def principal() -> Principal:
    """Who asks; for addresses that ask for a token."""
    found: Principal = auth.current_user
    return found


def ask(owner: str, query: str, body: dict[str, Any], *, by: Principal | None = None) -> Any:
    """The answer of a service's query."""
    refuse_unusable(body)
    return service().services.call(owner, query, body, by=by or principal())


def tell(owner: str, command: str, body: dict[str, Any]) -> Any:
    """The answer of a service's command, carried out once per Idempotency-Key."""
    refuse_unusable(body)
    return service().services.call(owner, command, body, by=principal(), key=key())


def key() -> str | None:
    """The request's Idempotency-Key."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    if not 0 < len(given) <= MOST_KEY or not (given.isascii() and given.isprintable()):
        raise Invalid(
            "idempotency_key_unusable",
            f"Idempotency-Key 应为 1 至 {MOST_KEY} 个可见 ASCII 字符",
            f"Idempotency-Key must be 1 to {MOST_KEY} visible ASCII characters",
            field="Idempotency-Key",
        )
    return given


def refuse_unusable(value: Any, field: str = "") -> None:
    """Raises `Invalid` where a text holds what no database can keep: NUL or half a character."""
    if isinstance(value, str):
        if "\0" in value or not is_unicode(value):
            raise Invalid(
                "text_unusable",
                "文字含有不可用的字符",
                "the text holds characters that cannot be kept",
                field=field or None,
            )
    elif isinstance(value, dict):
        for name, one in value.items():
            refuse_unusable(name, field)
            refuse_unusable(one, f"{field}.{name}".lstrip(".") if isinstance(name, str) else field)
    elif isinstance(value, list | tuple):
        for one in value:
            refuse_unusable(one, field)


def is_unicode(value: str) -> bool:
    """Whether no surrogate stands alone in a text."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
