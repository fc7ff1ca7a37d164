"""Commands and queries: the RPC doors of a service.

A door runs its handler in one transaction, with the caller's principal from the
call's context. A refusal crosses as data. A command that carries an idempotency
key is carried out once: the same key and content answers the same.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

import eventlet
import orjson
import structlog
from nameko.extensions import DependencyProvider
from nameko.rpc import rpc
from sqlalchemy import text
from sqlalchemy.orm import Session
from uuid_utils import uuid7

from services.contracts import principal as principals
from services.contracts.envelope import Event, derived_id
from services.contracts.principal import Principal
from services.contracts.refusal import Conflict, Refusal, Unavailable
from services.messaging import ledger, metrics, trace
from services.messaging.weather import back_off, is_weather

log = structlog.get_logger()

PATIENCE_SECONDS = 5.0

ENTER = text("""
    INSERT INTO commands (caller, key, digest) VALUES (:caller, :key, :digest)
    ON CONFLICT DO NOTHING
""")
ANSWERED = text("""
    SELECT digest, CAST(answer AS text) FROM commands WHERE caller = :caller AND key = :key
""")
ANSWER = text("""
    UPDATE commands SET answer = CAST(:answer AS json) WHERE caller = :caller AND key = :key
""")


class Call(NamedTuple):
    """One command or query: what is asked, by whom, when."""

    service: str
    body: dict[str, Any]
    principal: Principal
    now: datetime
    key: str | None

    def fact(
        self, type_: str, subject: str, data: dict[str, Any], *, time: datetime | None = None
    ) -> Event:
        """A new fact that follows from this call; the same keyed call tells the same fact."""
        id_ = (
            derived_id(self.service, self.principal.account, self.key, type_, subject)
            if self.key
            else str(uuid7())
        )
        source = f"/zhixing/{self.service}"
        return Event(id_, type_, source, subject, time or self.now, data, None, trace.current.get())


class Context(DependencyProvider):
    """Hands a service the context of the call: principal, idempotency key, trace."""

    def get_dependency(self, worker_ctx: Any) -> dict[str, Any]:
        data: dict[str, Any] = worker_ctx.data
        return data


Handler = Callable[[Session, Call], Any]


def query(handler: Handler) -> Any:
    """A door that only reads."""
    return _door(handler, _run)


def command(handler: Handler) -> Any:
    """A door that changes something; a keyed call is carried out once."""
    return _door(handler, _run_once)


def _door(handler: Handler, run: Callable[[Handler, Session, Call], Any]) -> Any:
    def door(self: Any, body: dict[str, Any]) -> dict[str, Any]:
        trace.begin(self.context.get("traceparent"))
        call = Call(
            self.name,
            body,
            principals.from_data(orjson.loads(self.context["principal"])),
            datetime.now(UTC),
            self.context.get("key"),
        )
        with metrics.RPC.labels(self.name, handler.__name__).time():
            try:
                return {"answer": _patiently(lambda: _in_transaction(self, handler, run, call))}
            except Refusal as refusal:
                return {"refusal": refusal.to_data()}

    door.__name__ = handler.__name__
    door.__doc__ = handler.__doc__
    return rpc(door)


def _in_transaction(
    service: Any, handler: Handler, run: Callable[[Handler, Session, Call], Any], call: Call
) -> Any:
    with service.database.begin() as session:
        return run(handler, session, call)


def _run(handler: Handler, session: Session, call: Call) -> Any:
    return handler(session, call)


def _run_once(handler: Handler, session: Session, call: Call) -> Any:
    if session.execute(ledger.REBUILDING).scalar():
        raise Unavailable("rebuilding", "服务正在重建，请稍后再试", "being rebuilt, try later")
    if call.key is None:
        return handler(session, call)
    body = orjson.dumps([handler.__name__, call.body], option=orjson.OPT_SORT_KEYS)
    digest = blake2b(body, digest_size=16).hexdigest()
    mine = {"caller": call.principal.account, "key": call.key}
    # A second call with this key waits here until the first is committed.
    if not session.execute(ENTER, mine | {"digest": digest}).rowcount:  # type: ignore[attr-defined]
        said, answer = session.execute(ANSWERED, mine).one()
        if said != digest:
            raise Conflict(
                "idempotency_key_reused",
                "此 Idempotency-Key 已用于另一请求",
                "this Idempotency-Key was used for another request",
                field="Idempotency-Key",
            )
        return orjson.loads(answer)
    answer = orjson.dumps(handler(session, call)).decode()
    session.execute(ANSWER, mine | {"answer": answer})
    return orjson.loads(answer)


def _patiently(attempt: Callable[[], Any]) -> Any:
    """Tries again through short weather; a transaction that failed has left nothing."""
    waited = 0.0
    for wait in back_off():
        try:
            return attempt()
        except Exception as error:
            if not is_weather(error):
                raise
            if waited > PATIENCE_SECONDS:
                raise Unavailable(
                    "database_away", "数据库暂不可用，请稍后再试", "the database is away, try later"
                ) from error
            log.warning("waiting", seconds=wait, error=type(error).__name__)
            eventlet.sleep(wait)
            waited += wait
    raise AssertionError("weather lasts for ever")
