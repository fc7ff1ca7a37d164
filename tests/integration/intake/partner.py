"""A partner as it behaves outside: its credentials, its statements, its signed events."""

from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import orjson
from standardwebhooks.webhooks import Webhook

from tests.platform import Platform

COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
BATCHED = "application/cloudevents-batch+json"
NUMBERS = count(1)


class Partner:
    """A partner that was let in; `password` and `secret` may be replaced."""

    def __init__(self, platform: Platform, code: str, password: str, secret: str) -> None:
        self.platform = platform
        self.code = code
        self.password = password
        self.secret = secret

    @classmethod
    def let_in(cls, platform: Platform, administrator: httpx.Client) -> "Partner":
        code = f"partner-{next(NUMBERS)}"
        answer = administrator.post("/api/v1/partners", json={"code": code, "name": "学习平台"})
        assert answer.status_code == 201, answer.text
        told = answer.json()
        return cls(platform, code, told["password"], told["webhook_secret"])

    def xapi(self, **changes: Any) -> httpx.Client:
        """A client of the xAPI door."""
        options: dict[str, Any] = {
            "base_url": f"{self.platform.base_url}/xapi",
            "auth": (self.code, self.password),
            "headers": {"X-Experience-API-Version": "1.0.3"},
            "timeout": 60,
            "verify": False,
        }
        return httpx.Client(**(options | changes))

    def post(self, content: Any, **headers: str) -> httpx.Response:
        """The answer to statements, given as JSON or as the bytes of a body."""
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        with self.xapi() as client:
            return client.post(
                "/statements",
                content=body,
                headers={"Content-Type": "application/json"} | headers,
            )

    def send(self, *events: Any, **changes: Any) -> httpx.Response:
        """The answer to signed events, sent as a batch unless `body` and `media` are given."""
        body = changes.get("body", orjson.dumps(events))
        at = changes.get("at", datetime.now(UTC))
        signature = Webhook(changes.get("secret", self.secret)).sign("m-1", at, body.decode())
        headers = {
            "Content-Type": changes.get("media", BATCHED),
            "webhook-id": "m-1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }
        with self.platform.client() as client:
            return client.post(
                "/partner/v1/events", content=body, headers=headers | changes.get("headers", {})
            )

    def results(self, *events: Any) -> list[str]:
        """What became of each event."""
        answer = self.send(*events)
        assert answer.status_code == 202, answer.text
        return [one["result"] for one in answer.json()["results"]]


def statement(**changes: Any) -> dict[str, Any]:
    """A statement that an account completed an activity."""
    whole = {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": "https://learn.example", "name": "s-1"}},
        "verb": {"id": COMPLETED},
        "object": {"id": "https://learn.example/course/1"},
        "timestamp": "2026-03-01T08:00:00Z",
    }
    return {name: value for name, value in (whole | changes).items() if value is not ...}


def event(**changes: Any) -> dict[str, Any]:
    """An event that an account completed an activity."""
    return {
        "specversion": "1.0",
        "id": f"e-{uuid4()}",
        "source": "https://learn.example",
        "type": "partner.activity_completed.v1",
        "time": "2026-03-01T08:00:00Z",
        "data": {"account": "s-1", "activity": "https://learn.example/course/1"},
    } | changes
