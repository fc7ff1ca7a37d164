"""Signed events of partners: CloudEvents 1.0 over HTTP, read into the words of xAPI.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.http import HTTPMessage, from_binary
from cloudevents.core.exceptions import BaseCloudEventException, CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks.webhooks import Webhook

from gateway.intake import (
    Check,
    Received,
    Refused,
    account_id,
    digest_of,
    inside,
    matches,
    measured,
    nonempty,
    object_key,
    plausible,
    record,
    refuse,
    scaled,
    scaled_text,
    storable,
    text,
)

# Events read before other requests have their turn.
AT_ONCE = 100
TOLERANCE = timedelta(minutes=5)
STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
FORUM_REPLY = "http://id.tincanapi.com/activitytype/forum-reply"


class Meaning(NamedTuple):
    """How a partner's event is said in xAPI, and which of its data must be there."""

    verb: str
    required: tuple[str, ...] = ("account", "activity")


MEANINGS = {
    "partner.activity_completed.v1": Meaning("http://adlnet.gov/expapi/verbs/completed"),
    "partner.activity_passed.v1": Meaning("http://adlnet.gov/expapi/verbs/passed"),
    "partner.activity_attended.v1": Meaning("http://adlnet.gov/expapi/verbs/attended"),
    "partner.post_created.v1": Meaning(
        "http://id.tincanapi.com/verb/replied", ("account", "activity", "post", "text")
    ),
    "partner.post_deleted.v1": Meaning(
        "http://activitystrea.ms/delete", ("account", "activity", "post")
    ),
}
ATTRIBUTES: dict[str, Check] = {
    "specversion": nonempty,
    "id": matches(r"(?s:.{1,200})", "应为 1 至 200 个字符。", "1 to 200 characters are needed."),
    "source": nonempty,
    "type": nonempty,
    "time": text,
    "data_base64": matches(r"(?!)", "数据应为 JSON。", "The data must be JSON."),
}
NEEDED = ("specversion", "id", "source", "type")
DATA: dict[str, Check] = {
    "account": nonempty,
    "activity": nonempty,
    "post": nonempty,
    "text": text,
    "score": scaled,
}
JSON = JSONFormat()


def verify(secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raises `Refused` unless one of the secrets signed this body within five minutes of `now`.

    `secrets` are as Standard Webhooks writes them (`whsec_` and base64): one,
    or the old and the new during a rotation. Header names may be in any case.
    """
    given = {name.lower(): value for name, value in headers.items()}
    message, signatures = given.get("webhook-id"), given.get("webhook-signature")
    stamp = given.get("webhook-timestamp", "")
    if not message or not signatures:
        refuse("缺少签名头。", "The signature headers are missing.", "webhook-signature")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 11):
        refuse("应为 Unix 秒数。", "Seconds since 1970 are needed.", "webhook-timestamp")
    sent = datetime.fromtimestamp(int(stamp), UTC)
    if abs(now - sent) > TOLERANCE:
        refuse("签名时间已过期。", "Not signed within five minutes.", "webhook-timestamp")
    try:
        content = body.decode()
    except UnicodeDecodeError:
        raise Refused("body", "应为 UTF-8。", "UTF-8 is needed.") from None
    expected = [Webhook(secret).sign(message, sent, content).encode() for secret in secrets]
    offered = [signature.encode() for signature in signatures.split(" ")]
    if not any(hmac.compare_digest(ours, theirs) for ours in expected for theirs in offered):
        refuse("签名不符。", "No signature matches.", "webhook-signature")


def read_events(
    content_type: str, headers: Mapping[str, str], body: bytes, *, partner: str, now: datetime
) -> list[Received | Refused]:
    """What became of each event of a request, in the order sent.

    Raises `Refused` where the request as a whole cannot be read. A `Refused` in
    the list has the event's own `id` and `sent`, so that it can be kept.
    """
    outcomes: list[Received | Refused] = []
    for place, envelope in enumerate(envelopes(content_type, headers, body), start=1):
        if not place % AT_ONCE:
            time.sleep(0)
        try:
            outcomes.append(read_event(envelope, partner=partner, now=now))
        except Refused as refusal:
            refusal.sent = envelope
            given = envelope.get("id") if isinstance(envelope, dict) else None
            refusal.id = given if isinstance(given, str) else None
            outcomes.append(refusal)
    return outcomes


def envelopes(content_type: str, headers: Mapping[str, str], body: bytes) -> list[Any]:
    """The events of a request as JSON values, one for a structured or a binary event."""
    media = content_type.partition(";")[0].strip().lower()
    if media not in (STRUCTURED, BATCHED):
        return [from_headers(headers, body)]
    try:
        content = orjson.loads(body)
    except ValueError:
        raise Refused("body", "不是 JSON。", "This is not JSON.") from None
    if media == STRUCTURED:
        return [content]
    if not isinstance(content, list):
        refuse("应为列表。", "A list is needed.", "body")
    return content


def from_headers(headers: Mapping[str, str], body: bytes) -> Any:
    """The JSON form of an event in binary mode, whose attributes are the `ce-` headers.

    The library invents an id and a time where they are missing: a missing
    attribute is refused here, and an invented time is dropped.
    """
    names = {name.lower() for name in headers}
    for name in NEEDED:
        if f"ce-{name}" not in names:
            refuse("缺少此项。", "This is missing.", f"ce-{name}")
    try:
        event = from_binary(HTTPMessage(dict(headers), body), JSON, CloudEvent)
        envelope = orjson.loads(JSON.write(event))
    except (BaseCloudEventException, ValueError) as reason:
        raise Refused("headers", "不合 CloudEvents 1.0。", str(reason)) from None
    return {name: envelope[name] for name in envelope if name != "time" or "ce-time" in names}


def read_event(envelope: Any, *, partner: str, now: datetime) -> Received:
    """One event in CloudEvents JSON; raises `Refused`, of an unknown type by its name."""
    storable(envelope)
    given = known(envelope, ATTRIBUTES, NEEDED)
    meaning = MEANINGS.get(given["type"])
    if meaning is None:
        name = given["type"]
        refuse(f"未知的事件类型 {name}。", f"There is no event type {name}.", "type")
    event = cloud_event(envelope)
    try:
        data = known(event.get_data(), DATA, meaning.required)
        time = plausible(event.get_time() or now, now, "time") if "time" in given else now
    except Refused as refusal:
        raise refusal if refusal.field == "time" else inside("data", refusal) from None
    return Received(
        given["id"],
        account_id(partner, data["account"]),
        digest_of([given["type"], given["source"], given.get("time"), event.get_data()]),
        time.astimezone(UTC),
        told(given["id"], meaning, data, partner),
        envelope,
    )


def known(value: Any, checks: Mapping[str, Check], required: tuple[str, ...]) -> dict[str, Any]:
    """The properties known here, checked; others may be added by a later version."""
    if not isinstance(value, dict):
        refuse("应为 JSON 对象。", "This must be a JSON object.")
    part = {name: value[name] for name in checks if value.get(name) is not None}
    record(checks, *required)(part)
    return part


def cloud_event(envelope: Mapping[str, Any]) -> BaseCloudEvent:
    """The event in a JSON object; an attribute that is null is absent (JSON format, 2.2)."""
    present = {name: part for name, part in envelope.items() if part is not None}
    try:
        return JSON.read(CloudEvent, orjson.dumps(present))
    except CloudEventValidationError as reason:
        field, rules = next(iter(reason.errors.items()))
        raise Refused(field, "不合 CloudEvents 1.0。", f"{rules[0]}.") from None
    except ValueError:
        raise Refused("time", "应为 RFC 3339 时间。", "An RFC 3339 time is needed.") from None


def told(event_id: str, meaning: Meaning, data: Mapping[str, Any], partner: str) -> dict[str, Any]:
    """The data of `intake.statement_received.v1` for an event's checked data."""
    about_post = "post" in meaning.required
    object_id = data["post"] if about_post else data["activity"]
    length, digest = measured(data["text"]) if "text" in data else (None, None)
    return {
        "partner": partner,
        "statement_id": event_id,
        "verb": meaning.verb,
        "object_id": object_id,
        "object_key": object_key(partner, object_id) if about_post else None,
        "object_type": FORUM_REPLY if about_post else None,
        "parents": [data["activity"]] if about_post else [],
        "completion": None,
        "success": None,
        "scaled": scaled_text(data["score"]) if "score" in data else None,
        "text_length": length,
        "text_digest": digest,
    }
