"""Facts a service could not take: kept with their reason, listed, replayed or dropped."""

from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Connection, Row, text

from services.contracts.envelope import Event, to_json

PARK = text("""
    INSERT INTO parked (digest, id, type, subject, position, envelope, reason)
    VALUES (:digest, :id, :type, :subject, :position, CAST(:envelope AS json), :reason)
    ON CONFLICT (digest) DO UPDATE SET reason = excluded.reason, status = 'parked'
    WHERE parked.status <> 'dropped'
""")
LIST = text("""
    SELECT number, id, type, subject, position, reason, status, parked_at
    FROM parked ORDER BY number
""")
SHOW = text(
    "SELECT number, CAST(envelope AS text), reason, status FROM parked WHERE number = :number"
)
MARK = text("""
    UPDATE parked SET status = :status
    WHERE status <> 'dropped'
      AND (CAST(:number AS bigint) IS NULL OR number = CAST(:number AS bigint))
""")
NEXT = text("""
    SELECT number, CAST(envelope AS text) FROM parked
    WHERE status = 'retry' ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
""")
REMOVE = text("DELETE FROM parked WHERE number = :number")


def envelope(fact: Event) -> dict[str, Any]:
    """A fact as it would have come in."""
    return to_json(fact)


def names(envelope: Any) -> dict[str, Any]:
    """What may be logged of a fact: its id, type and subject, never its body."""
    if not isinstance(envelope, dict):
        return {"id": None, "type": None, "subject": None}
    found = {name: envelope.get(name) for name in ("id", "type", "subject")}
    return {name: text_of(value) for name, value in found.items()}


def text_of(value: Any) -> str | None:
    """A text PostgreSQL can hold, or None where it is none."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else None


def park(connection: Connection, envelope: Any, reason: str) -> None:
    """Keeps what could not be taken; the same again is kept once, with the newest reason."""
    body = orjson.dumps(envelope, option=orjson.OPT_SORT_KEYS)
    position = envelope.get("position") if isinstance(envelope, dict) else None
    connection.execute(
        PARK,
        {
            "digest": blake2b(body, digest_size=16).hexdigest(),
            **names(envelope),
            "position": position if isinstance(position, int) and position < 2**63 else None,
            "envelope": body.decode(),
            "reason": text_of(reason[:2000]),
        },
    )


def listed(connection: Connection) -> list[Row[Any]]:
    """All that is parked, oldest first, without bodies."""
    return list(connection.execute(LIST))


def shown(connection: Connection, number: int) -> Row[Any] | None:
    """One parked fact with its body."""
    return connection.execute(SHOW, {"number": number}).one_or_none()


def mark(connection: Connection, status: str, number: int | None) -> int:
    """Asks for a replay ('retry') or gives up ('dropped'); of one, or of all. Returns how many."""
    return connection.execute(MARK, {"status": status, "number": number}).rowcount
