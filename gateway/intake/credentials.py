"""Who a partner is: passwords of the xAPI door and secrets of signed events."""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from time import monotonic
from typing import NamedTuple

from gateway.intake import Refused, errors, repository
from gateway.intake.webhooks import verify
from services.messaging.database import Database

# How long replaced secrets stay valid, and how old a replica's knowledge of partners may be.
OVERLAP = timedelta(days=7)
FRESH_SECONDS = 5.0


class Secrets(NamedTuple):
    """What a partner is told once: 256 random bits each."""

    password: str
    webhook_secret: str

    def kept(self) -> dict[str, str]:
        """The form in which the database keeps them: a signing secret is needed as it is."""
        return {"password_hash": hashed(self.password), "webhook_secret": self.webhook_secret}


class Partner(NamedTuple):
    """A partner with the secrets that are valid now, the newest first."""

    code: str
    password_hashes: tuple[str, ...]
    webhook_secrets: tuple[str, ...]


def new_secrets() -> Secrets:
    signing = b64encode(secrets.token_bytes(32)).decode()
    return Secrets(secrets.token_urlsafe(32), f"whsec_{signing}")


def hashed(password: str) -> str:
    """SHA-256, hexadecimal.

    A slow hash guards passwords that people choose and that can be guessed;
    these are 256 random bits, and one is checked with every request.
    """
    return sha256(password.encode()).hexdigest()


class Directory:
    """The partners as one process knows them; what it does not know it looks up again."""

    def __init__(self) -> None:
        self.partners: tuple[Partner, ...] = ()
        self.read_at = float("-inf")

    def by_authorization(self, database: Database, header: str | None) -> str:
        """The code of the partner whose Basic or bearer credentials these are."""
        code, password = credentials(header)
        digest = hashed(password)
        for partner in self.known(database):
            if code in (None, partner.code) and any(
                compare_digest(digest, known) for known in partner.password_hashes
            ):
                return partner.code
        raise errors.no_credentials()

    def by_signature(
        self, database: Database, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> str:
        """The code of the partner who signed this within five minutes of now."""
        refusal = Refused("webhook-signature", "签名不符。", "No signature matches.")
        for partner in self.known(database):
            try:
                verify(partner.webhook_secrets, headers, body, now)
                return partner.code
            except Refused as found:
                refusal = found
        raise errors.bad_signature(refusal)

    def known(self, database: Database) -> Iterator[Partner]:
        """Every partner, and all once more as they are now, in case one has new secrets."""
        if monotonic() - self.read_at < FRESH_SECONDS:
            yield from self.partners
        self.read(database)
        yield from self.partners

    def forget(self) -> None:
        """Partners changed: what is known is read again before anybody is let in."""
        self.read_at = float("-inf")

    def read(self, database: Database) -> None:
        with database.begin() as session:
            rows = repository.partners(session)
        now = datetime.now(UTC)
        partners = []
        for row in rows:
            hashes, signing = [row.password_hash], [row.webhook_secret]
            if row.previous_password_hash and now - row.since < OVERLAP:
                hashes.append(row.previous_password_hash)
                signing.append(row.previous_webhook_secret)
            partners.append(Partner(row.code, tuple(hashes), tuple(signing)))
        self.partners = tuple(partners)
        self.read_at = monotonic()


def credentials(header: str | None) -> tuple[str | None, str]:
    """User name and password of an Authorization header; bearer tokens have no user name."""
    scheme, _, given = (header or "").partition(" ")
    if scheme.lower() == "bearer" and given:
        return None, given.strip()
    if scheme.lower() != "basic":
        raise errors.no_credentials()
    try:
        name, _, password = b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        raise errors.no_credentials() from None
    return name, password
