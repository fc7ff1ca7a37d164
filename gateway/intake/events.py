"""The door of signed events: CloudEvents of partners, each answered by itself."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from apiflask import APIBlueprint
from flask import Response, request

from gateway.api.context import service
from gateway.intake import Received, Refused, errors, repository
from gateway.intake.body import MOST_STATEMENTS, read_body
from gateway.intake.credentials import Directory
from gateway.intake.repository import Unusable
from gateway.intake.store import Request, Store, Verdict
from gateway.intake.webhooks import STRUCTURED, read_events
from services.messaging import trace

DOOR = "events"
WAITS = {
    "zh": "已保存；账号或活动尚不知道，一旦知道自动计入。",
    "en": "Stored; the account or the activity is not known yet, and counts once it is.",
}
KNOWN_OTHERWISE = Refused("id", "此标识已有另一内容。", "This id is known with other content.")


def blueprint(directory: Directory, store: Store) -> APIBlueprint:
    """The events resource."""
    door = APIBlueprint("partner_events", __name__, url_prefix="/partner/v1", tag="Partner events")

    @door.post("/events")
    @door.doc(
        summary="提交签名事件 · Send signed CloudEvents: structured, binary or batched", security=[]
    )
    def post_events() -> Response:
        body = read_body()
        now = datetime.now(UTC)
        partner = directory.by_signature(service().database, dict(request.headers), body, now)
        results = take(store, partner, body, now)
        return Response(orjson.dumps({"results": results}), 202, mimetype="application/json")

    return door


def take(store: Store, partner: str, body: bytes, now: datetime) -> list[dict[str, Any]]:
    """What became of each event, in the order sent; what cannot be used is put aside.

    Raises `BadRequest` where the body as a whole cannot be read; it is then put
    aside as it came.
    """
    headers = dict(request.headers)
    try:
        outcomes = read_events(
            request.content_type or "", headers, body, partner=partner, now=now
        )
    except Refused as refusal:
        attributes = {
            name.lower(): text for name, text in headers.items() if name.lower().startswith("ce-")
        }
        put_aside([as_it_came(partner, body, attributes, refusal)])
        raise errors.refused(refusal) from None
    statements = [one for one in outcomes if isinstance(one, Received)]
    traceparent = trace.begin(request.headers.get("traceparent"))
    verdicts = iter(
        store.keep(service().database, Request(partner, DOOR, statements, False, traceparent))
        if statements
        else ()
    )
    waits = iter(waiting(statements))
    results, aside = [], []
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            results.append(refused(outcome.id, "invalid", outcome))
            aside.append(event_aside(partner, outcome.id, outcome.sent, outcome))
            continue
        verdict, waiting_one = next(verdicts), next(waits)
        if verdict is Verdict.CONFLICT:
            results.append(refused(outcome.statement_id, verdict, KNOWN_OTHERWISE))
            aside.append(event_aside(partner, outcome.statement_id, outcome.sent, KNOWN_OTHERWISE))
        elif verdict is Verdict.ACCEPTED and waiting_one:
            results.append({"id": outcome.statement_id, "result": "quarantined", **WAITS})
        else:
            results.append({"id": outcome.statement_id, "result": verdict})
    put_aside(aside)
    return results
