"""One way from the web to the services: RPC with the caller's principal and idempotency key."""

from typing import Any
from uuid import uuid4

import eventlet
import orjson
import structlog
from kombu.exceptions import KombuError
from nameko.amqp.publish import Publisher
from nameko.constants import NON_PERSISTENT
from nameko.extensions import DependencyProvider
from nameko.rpc import MethodProxy, ReplyListener

from services.contracts.principal import Principal, to_data
from services.contracts.refusal import Refusal, Unavailable
from services.messaging import trace

log = structlog.get_logger()

PATIENCE_SECONDS = 15


class Refused(Refusal):
    """A refusal that crossed from a service."""

    def __init__(self, told: dict[str, Any]) -> None:
        first = told["errors"][0]
        super().__init__(first["code"], first["zh"], first["en"], field=first.get("field"))
        self.status = told["status"]
        self.errors = told["errors"]

    def to_data(self) -> dict[str, Any]:
        return {"status": self.status, "errors": self.errors}


class TransientPublisher(Publisher):
    """A call that nobody waits for any more need not survive the broker."""

    use_confirms = False
    delivery_mode = NON_PERSISTENT

    def publish(self, payload: Any, **options: Any) -> None:
        # Without confirms nobody would hear that a message was returned.
        super().publish(payload, **options | {"mandatory": False})


class Method(MethodProxy):
    publisher_cls = TransientPublisher


class Services(DependencyProvider):
    """Hands the gateway the services: `self.services.call("archive", "record", body, by=…)`."""

    reply_listener = ReplyListener()

    def get_dependency(self, worker_ctx: Any) -> "Calls":
        return Calls(worker_ctx, self.reply_listener)


class Calls:
    """The services, as seen by one request."""

    def __init__(self, worker_ctx: Any, reply_listener: ReplyListener) -> None:
        self.worker_ctx = worker_ctx
        self.reply_listener = reply_listener

    def call(
        self,
        service: str,
        method: str,
        body: dict[str, Any],
        *,
        by: Principal,
        key: str | None = None,
    ) -> Any:
        """The answer of a command or query.

        Raises `Refused` where the service refuses and `Unavailable` where it
        does not answer in time; the same keyed call may then be tried again.
        """
        self.worker_ctx.data.update(
            principal=orjson.dumps(to_data(by)).decode(),
            key=key or str(uuid4()),
            traceparent=trace.current.get() or trace.begin(),
        )
        proxy = Method(self.worker_ctx, service, method, self.reply_listener)
        try:
            with eventlet.Timeout(PATIENCE_SECONDS, False):
                answer = proxy(body)
                if "refusal" in answer:
                    raise Refused(answer["refusal"])
                return answer["answer"]
        except (OSError, KombuError) as error:
            log.warning("the broker is away", error=type(error).__name__)
        raise Unavailable(
            "service_away", "服务暂不可用，请稍后再试", f"{service} does not answer, try later"
        )
