"""Accounts, tokens and failed attempts in the gateway's database."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gateway.accounts.models import Account
from services.contracts.principal import Grant

COLUMNS = """
    accounts.username, password, CAST(member_id AS text) AS member_id,
    CAST(grants AS text) AS grants
"""
ACCOUNT = text(f"SELECT {COLUMNS} FROM accounts WHERE username = :username")
SAVE = text("""
    INSERT INTO accounts (username, password, member_id, grants)
    VALUES (:username, :password, CAST(:member_id AS uuid), CAST(:grants AS json))
    ON CONFLICT (username) DO UPDATE SET
        password = excluded.password, member_id = excluded.member_id, grants = excluded.grants
""")
FORGET_TOKENS = text("DELETE FROM tokens WHERE username = :username")
KEEP_TOKEN = text("""
    INSERT INTO tokens (digest, username, expires_at) VALUES (:digest, :username, :expires_at)
""")
DROP_TOKEN = text("DELETE FROM tokens WHERE digest = :digest")
DROP_EXPIRED = text("DELETE FROM tokens WHERE expires_at <= :now")
BEARER = text(f"""
    SELECT {COLUMNS} FROM tokens JOIN accounts USING (username)
    WHERE digest = :digest AND expires_at > :now
""")
FAILED = text("SELECT times, last_at FROM failures WHERE name = :name")
FAIL = text("""
    INSERT INTO failures (name, times, last_at) VALUES (:name, 1, :now)
    ON CONFLICT (name) DO UPDATE SET
        times = CASE WHEN failures.last_at <= :since THEN 1 ELSE failures.times + 1 END,
        last_at = excluded.last_at
""")
FORGET_FAILURES = text("DELETE FROM failures WHERE name = :name OR last_at <= :since")


def account(session: Session, username: str) -> Account | None:
    """The account of this name."""
    return _account(session.execute(ACCOUNT, {"username": username}).one_or_none())


def save(session: Session, account: Account) -> None:
    """Makes an account stand as given; what it signed in with before is forgotten."""
    grants = orjson.dumps([list(grant) for grant in account.grants]).decode()
    session.execute(SAVE, account._asdict() | {"grants": grants})
    session.execute(FORGET_TOKENS, {"username": account.username})


def keep_token(session: Session, digest: str, username: str, expires_at: datetime) -> None:
    """Notes a token by its digest."""
    session.execute(KEEP_TOKEN, {"digest": digest, "username": username, "expires_at": expires_at})


def drop_token(session: Session, digest: str) -> None:
    """Ends one token."""
    session.execute(DROP_TOKEN, {"digest": digest})


def drop_expired(session: Session, now: datetime) -> None:
    """Ends every token whose time is over."""
    session.execute(DROP_EXPIRED, {"now": now})


def bearer(session: Session, digest: str, now: datetime) -> Account | None:
    """Whose token this is, if its time is not over."""
    return _account(session.execute(BEARER, {"digest": digest, "now": now}).one_or_none())


def failures(session: Session, name: str, since: datetime) -> int:
    """How often signing in with this name failed in a row; none if the last was before `since`."""
    row = session.execute(FAILED, {"name": name}).one_or_none()
    return row.times if row is not None and row.last_at > since else 0


def fail(session: Session, name: str, now: datetime, since: datetime) -> None:
    """Counts one more failure."""
    session.execute(FAIL, {"name": name, "now": now, "since": since})


def forget_failures(session: Session, name: str, since: datetime) -> None:
    """Forgets the failures of a name, and everybody's from before `since`."""
    session.execute(FORGET_FAILURES, {"name": name, "since": since})


def _account(row: Row[Any] | None) -> Account | None:
    if row is None:
        return None
    grants = tuple(Grant(role, path) for role, path in orjson.loads(row.grants))
    return Account(row.username, row.password, row.member_id, grants)
