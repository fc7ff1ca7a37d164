"""The intake's tables: partners, what was received, what could not be used, what is known."""

from base64 import b64encode
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gateway.intake import Received
from services.contracts.envelope import derived_id, instant
from services.messaging import ledger

Key = tuple[str, str]

# What is concluded from facts, and emptied to be concluded again.
TABLES = ("known_accounts", "known_activities")

KEEP = text("""
    INSERT INTO received (partner, id, digest, account_id, door, time, statement)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        partner text, id text, digest text, account_id uuid, door text, time timestamptz,
        statement json
    )
    ON CONFLICT DO NOTHING
""")
DIGESTS = text("""
    SELECT partner, id, digest FROM received
    JOIN json_to_recordset(CAST(:keys AS json)) AS keys (partner text, id text)
        USING (partner, id)
""")
STATEMENT = text("""
    SELECT time, received_at, CAST(statement AS text) AS statement FROM received
    WHERE partner = :partner AND id = :id AND door = 'xapi'
""")
SENT = text("""
    SELECT id, received_at, CAST(statement AS text) AS statement FROM received
    WHERE partner = :partner AND id IN (SELECT json_array_elements_text(CAST(:ids AS json)))
""")
PUT_ASIDE = text("""
    INSERT INTO unusable (partner, door, digest, id, content_type, headers, body, field, zh, en)
    SELECT partner, door, digest, id, content_type, headers, decode(body, 'base64'), field, zh, en
    FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        partner text, door text, digest text, id text, content_type text, headers json,
        body text, field text, zh text, en text
    )
    ORDER BY digest
    ON CONFLICT (partner, door, digest) DO UPDATE SET
        field = excluded.field, zh = excluded.zh, en = excluded.en,
        times = unusable.times + 1, received_at = now()
""")
UNUSABLE = text("""
    SELECT number, door, id, content_type, body, field, zh, en, times, received_at FROM unusable
    WHERE partner = :partner AND number > :after ORDER BY number LIMIT :most
""")
NOTE_ACCOUNTS = text("""
    INSERT INTO known_accounts
    SELECT CAST(id AS uuid) FROM json_array_elements_text(CAST(:ids AS json)) AS ids (id)
    ON CONFLICT DO NOTHING
""")
NOTE_ACTIVITIES = text("""
    INSERT INTO known_activities
    SELECT CAST(id AS uuid) FROM json_array_elements_text(CAST(:ids AS json)) AS ids (id)
    ON CONFLICT DO NOTHING
""")
KNOWN = text("""
    SELECT CAST(id AS text) FROM known_accounts WHERE id = ANY (CAST(:accounts AS uuid[]))
    UNION ALL
    SELECT CAST(id AS text) FROM known_activities WHERE id = ANY (CAST(:activities AS uuid[]))
""")
PARTNERS = text("""
    SELECT code, name, password_hash, webhook_secret, previous_password_hash,
           previous_webhook_secret, since, created_at
    FROM partners ORDER BY code
""")
ADD_PARTNER = text("""
    INSERT INTO partners (code, name, password_hash, webhook_secret, since, created_at)
    VALUES (:code, :name, :password_hash, :webhook_secret, :now, :now)
    ON CONFLICT DO NOTHING
""")
ROTATE = text("""
    UPDATE partners SET
        previous_password_hash = password_hash, previous_webhook_secret = webhook_secret,
        password_hash = :password_hash, webhook_secret = :webhook_secret, since = :now
    WHERE code = :code
""")
COUNTS = text("""
    SELECT (SELECT count(*) FROM received WHERE partner = :partner) AS received,
           (SELECT count(*) FROM unusable WHERE partner = :partner) AS unusable
""")


class Unusable(NamedTuple):
    """What a partner sent and nobody could use, with the reason; `body` is PERSONAL DATA.

    `body` under `content_type` and `headers` (the `ce-` ones of a binary event)
    can be sent through the same door again.
    """

    partner: str
    door: str
    id: str | None
    content_type: str
    headers: dict[str, str]
    body: bytes
    field: str
    zh: str
    en: str


def keep(session: Session, rows: Iterable[tuple[str, str, Received]]) -> int:
    """Stores statements given as (partner, door, statement); returns how many were new.

    They are written in the order of their keys, so that writers never cross.
    """
    written = [
        {
            "partner": partner,
            "id": one.statement_id,
            "digest": one.digest,
            "account_id": one.account_id,
            "door": door,
            "time": instant(one.time),
            "statement": one.sent,
        }
        for partner, door, one in sorted(rows, key=lambda row: (row[0], row[2].statement_id))
    ]
    stored = session.execute(KEEP, {"rows": orjson.dumps(written).decode()})
    new: int = stored.rowcount  # type: ignore[attr-defined]
    return new


def digests(session: Session, keys: Iterable[Key]) -> dict[Key, str]:
    """The digests of stored statements by (partner, id)."""
    wanted = [{"partner": partner, "id": id_} for partner, id_ in keys]
    found = session.execute(DIGESTS, {"keys": orjson.dumps(wanted).decode()})
    return {(partner, id_): digest for partner, id_, digest in found}


def statement(session: Session, partner: str, id_: str) -> Row[Any] | None:
    """A partner's xAPI statement: `time`, `received_at`, `statement` as sent (JSON text)."""
    return session.execute(STATEMENT, {"partner": partner, "id": id_}).one_or_none()


def sent(session: Session, partner: str, ids: Sequence[str]) -> dict[str, Row[Any]]:
    """What a partner sent, by id: `received_at`, and `statement` as sent (JSON text)."""
    wanted = {"partner": partner, "ids": orjson.dumps(ids).decode()}
    return {row.id: row for row in session.execute(SENT, wanted)}


def put_aside(session: Session, unusable: Iterable[Unusable]) -> None:
    """Keeps what could not be used; the same again is kept once, with the newest reason."""
    rows = {}
    for one in unusable:
        digest = sha256(orjson.dumps([one.content_type, one.headers]) + one.body).hexdigest()
        body = b64encode(one.body).decode()
        rows[one.partner, one.door, digest] = one._asdict() | {"digest": digest, "body": body}
    if rows:
        session.execute(PUT_ASIDE, {"rows": orjson.dumps(list(rows.values())).decode()})


def unusable(session: Session, partner: str, *, after: int, most: int) -> list[Row[Any]]:
    """What of a partner could not be used, oldest first."""
    wanted = {"partner": partner, "after": after, "most": most}
    return list(session.execute(UNUSABLE, wanted))


def note_known(session: Session, accounts: Collection[str], activities: Collection[str]) -> None:
    """Adds account ids, and activities by the ids partners use for them, to what is known."""
    for note, ids in ((NOTE_ACCOUNTS, accounts), (NOTE_ACTIVITIES, map(activity_id, activities))):
        if wanted := sorted(ids):
            session.execute(note, {"ids": orjson.dumps(wanted).decode()})


def unknown(session: Session, statements: Sequence[Received]) -> list[bool]:
    """Of each statement, whether it waits: its account, or every activity it names, is unknown."""
    named = [
        [activity_id(name) for name in (one.data["object_id"], *one.data["parents"])]
        for one in statements
    ]
    wanted = {
        "accounts": ledger.array({one.account_id for one in statements}),
        "activities": ledger.array({id_ for ids in named for id_ in ids}),
    }
    known = set(session.execute(KNOWN, wanted).scalars())
    return [
        one.account_id not in known or known.isdisjoint(ids)
        for one, ids in zip(statements, named, strict=True)
    ]


def activity_id(name: str) -> str:
    """Names of activities are too long for an index; their derived id is not."""
    return derived_id("activity", name)


def partners(session: Session) -> list[Row[Any]]:
    """All partners, by code."""
    return list(session.execute(PARTNERS))


def add_partner(session: Session, code: str, name: str, secrets: Any, now: datetime) -> bool:
    """Whether the partner is new; else nothing was changed."""
    row = {"code": code, "name": name, "now": now, **secrets}
    return bool(session.execute(ADD_PARTNER, row).rowcount)  # type: ignore[attr-defined]


def rotate(session: Session, code: str, secrets: Any, now: datetime) -> bool:
    """Gives a partner new secrets and keeps the last ones; whether there is such a partner."""
    row = {"code": code, "now": now, **secrets}
    return bool(session.execute(ROTATE, row).rowcount)  # type: ignore[attr-defined]


def counts(session: Session, partner: str) -> dict[str, int]:
    """How many statements of a partner are stored, and how many bodies put aside."""
    return session.execute(COUNTS, {"partner": partner}).one()._asdict()
