"""The envelope every fact travels in: CloudEvents 1.0, JSON format.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

SPECVERSION = "1.0"
BATCH_CONTENT_TYPE = "application/cloudevents-batch+json"
NAMESPACE = uuid5(NAMESPACE_URL, "https://zhixing.example/facts")


class Event(NamedTuple):
    """A fact: it happened, it is told once, it never changes.

    Ids are UUIDs as lower-case strings. `position` is the fact's place among
    the facts of its type, from 1, given by the relay of the announcing
    service; it belongs to the delivery and not to the fact.
    """

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    data: dict[str, Any]
    causationid: str | None = None
    traceparent: str | None = None
    position: int | None = None


class Unreadable(ValueError):
    """These bytes are not a CloudEvent."""


def derived_id(*parts: str) -> str:
    """The id of what follows from `parts`: the same parts give the same id (UUIDv5)."""
    return str(uuid5(NAMESPACE, "\n".join(parts)))


def to_json(event: Event) -> dict[str, Any]:
    """The CloudEvents JSON object of a fact; attributes that are None are left out."""
    envelope: dict[str, Any] = {
        "specversion": SPECVERSION,
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "time": instant(event.time),
        "datacontenttype": "application/json",
        "data": event.data,
    }
    for name in ("causationid", "traceparent", "position"):
        value = getattr(event, name)
        if value is not None:
            envelope[name] = value
    return envelope


def from_json(envelope: dict[str, Any]) -> Event:
    """The fact in a CloudEvents JSON object whose attributes were checked."""
    return Event(
        envelope["id"],
        envelope["type"],
        envelope["source"],
        envelope["subject"],
        datetime.fromisoformat(envelope["time"]).astimezone(UTC),
        envelope["data"],
        envelope.get("causationid"),
        envelope.get("traceparent"),
        envelope.get("position"),
    )


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, so that equal instants are equal texts."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
