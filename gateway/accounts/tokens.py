"""Signing in and out, and whose token it is. Tokens are kept as digests only."""

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from gateway.accounts import errors, passwords, repository
from gateway.accounts.models import ADMIN, Account
from services.contracts.principal import ADMINISTRATOR, ROOT, Grant, Principal
from services.messaging.database import Database

TOKEN_BYTES = 32
TOKEN_LASTS = timedelta(hours=12)
MOST_FAILURES = 5
LOCKED_MINUTES = 15


class SignedIn(NamedTuple):
    """A token that was given out, and until when it holds."""

    username: str
    token: str
    expires_at: datetime


def ensure_admin(database: Database, password: str) -> None:
    """The account admin exists with this password and may do everything."""
    with database.begin() as session:
        found = repository.account(session, ADMIN)
        if found is None or not passwords.matches(found.password, password):
            grants = (Grant(ADMINISTRATOR, ROOT),)
            account = Account(ADMIN, passwords.hashed(password), None, grants)
            repository.save(session, account)


def sign_in(database: Database, username: str, password: str) -> SignedIn:
    """A new token for who knows the password.

    After 5 failures in a row the name is locked for 15 minutes; a name that has
    no account is answered the same, in the same time. Guesses made at once
    overshoot the five by one at most. Raises `Unauthenticated`, `TooMany`.
    """
    # Of a name that was mistyped, or is a password typed too early, nothing readable is kept.
    name = digest(username)
    with passwords.AT_ONCE:
        now = datetime.now(UTC)
        since = now - timedelta(minutes=LOCKED_MINUTES)
        with database.begin() as session:
            if repository.failures(session, name, since) >= MOST_FAILURES:
                raise errors.locked(LOCKED_MINUTES)
            found = repository.account(session, username)
        right = passwords.matches(found.password if found else None, password)
        with database.begin() as session:
            if right:
                repository.forget_failures(session, name, since)
                repository.drop_expired(session, now)
                token = secrets.token_urlsafe(TOKEN_BYTES)
                repository.keep_token(session, digest(token), username, now + TOKEN_LASTS)
                return SignedIn(username, token, now + TOKEN_LASTS)
            repository.fail(session, name, now, since)
    raise errors.wrong()


def sign_out(database: Database, token: str) -> None:
    """Ends a token."""
    with database.begin() as session:
        repository.drop_token(session, digest(token))


def principal_of(database: Database, token: str) -> Principal | None:
    """Who signed in with this token, or None where it does not hold."""
    with database.begin() as session:
        found = repository.bearer(session, digest(token), datetime.now(UTC))
    return found.principal() if found else None


def digest(secret: str) -> str:
    """What is kept of a secret of 256 random bits; those need no slow hash."""
    return sha256(secret.encode()).hexdigest()
