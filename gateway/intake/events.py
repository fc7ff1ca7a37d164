"""The door of signed events: CloudEvents of partners, each answered by itself."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from apiflask import APIBlueprint
from flask import Response, request

from gateway.api.context import database
from gateway.intake import Received, Refused, errors, repository
from gateway.intake.body import MOST_STATEMENTS, read_body
from gateway.intake.credentials import Directory
from gateway.intake.repository import Unusable
from gateway.intake.store import Request, Store, Verdict
from gateway.intake.webhooks import STRUCTURED, read_events
from services.messaging import trace

DOOR = "events"
QUARANTINED = {
    "result": "quarantined",
    "zh": "已保存；账号或活动尚不知道，一旦知道自动计入。",
    "en": "Stored; the account or the activity is not known yet, and counts once it is.",
}
INVALID = {"result": "invalid"}
RESULTS = {verdict: {"result": str(verdict)} for verdict in Verdict}
CONFLICT = RESULTS[Verdict.CONFLICT]
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
        partner = directory.by_signature(database(), dict(request.headers), body, now)
        results = take(store, partner, body, now)
        return Response(orjson.dumps({"results": results}), 202, mimetype="application/json")

    return door


def take(store: Store, partner: str, body: bytes, now: datetime) -> list[dict[str, Any]]:
    """What became of each event, in the order sent; what cannot be used is put aside.

    Raises `BadRequest` where the body as a whole cannot be read; it is then put
    aside as it came.
    """
    media, headers = request.content_type or "", dict(request.headers)
    try:
        outcomes = read_events(media, headers, body, partner=partner, now=now)
    except Refused as refusal:
        attributes = {
            name.lower(): text for name, text in headers.items() if name.lower().startswith("ce-")
        }
        put_aside([unusable(partner, None, media, attributes, body, refusal)])
        raise errors.refused(refusal) from None
    if len(outcomes) > MOST_STATEMENTS:
        raise errors.too_many(MOST_STATEMENTS)
    kept = iter(keep(store, partner, [one for one in outcomes if isinstance(one, Received)]))
    results: list[dict[str, Any]] = []
    aside: list[Unusable] = []
    for outcome in outcomes:
        if isinstance(outcome, Received):
            id_: str | None = outcome.statement_id
            result = next(kept)
            why = KNOWN_OTHERWISE if result is CONFLICT else None
        else:
            id_, result, why = outcome.id, INVALID, outcome
        if why is not None:
            result = result | {"field": why.field, "zh": why.zh, "en": why.en}
            event = orjson.dumps(outcome.sent)
            aside.append(unusable(partner, id_, STRUCTURED, {}, event, why))
        results.append({"id": id_, **result})
    put_aside(aside)
    return results


def keep(store: Store, partner: str, statements: Sequence[Received]) -> list[dict[str, str]]:
    """Stores statements, each by itself; the result of each."""
    if not statements:
        return []
    traceparent = trace.begin(request.headers.get("traceparent"))
    sent = Request(partner, DOOR, statements, False, traceparent)
    verdicts = store.keep(database(), sent)
    with database().begin() as session:
        unknown = repository.unknown(session, statements)
    return [
        QUARANTINED if waits and verdict is Verdict.ACCEPTED else RESULTS[verdict]
        for verdict, waits in zip(verdicts, unknown, strict=True)
    ]


def unusable(
    partner: str,
    id_: str | None,
    media: str,
    headers: dict[str, str],
    body: bytes,
    why: Refused,
) -> Unusable:
    return Unusable(partner, DOOR, id_, media, headers, body, why.field, why.zh, why.en)


def put_aside(aside: Sequence[Unusable]) -> None:
    if aside:
        with database().begin() as session:
            repository.put_aside(session, aside)
