"""Partners, for administrators and trainers: who may send, and what became of what was sent."""

from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from apiflask import APIBlueprint, Schema
from apiflask.fields import Integer, String
from apiflask.validators import Length, OneOf, Range
from sqlalchemy import Row

from gateway.api.context import ask, auth, database, principal, refuse_unusable
from gateway.intake import credentials, errors, repository
from gateway.intake.credentials import OVERLAP, Secrets
from services.contracts.envelope import instant
from services.contracts.fields import Matches
from services.contracts.principal import ADMINISTRATOR, TRAINER
from services.contracts.refusal import Forbidden

log = structlog.get_logger()

CODE = r"^[a-z0-9](-?[a-z0-9])*$"
VERDICTS = ("counted", "ignored", "unknown", "quarantined")
# Characters of an unusable body that are shown.
SHOWN = 4_000


class Partner(Schema):
    """A partner to be let in. The code is part of every account id: it never changes."""

    code = String(required=True, validate=[Matches(CODE), Length(max=64)])
    name = String(required=True, validate=Length(1, 200))


class Page(Schema):
    """Which rows of a list."""

    limit = Integer(load_default=50, validate=Range(1, 200))
    cursor = String(load_default=None)


class Numbered(Schema):
    """Which rows of a list in the order of their numbers."""

    limit = Integer(load_default=50, validate=Range(1, 200))
    cursor = Integer(load_default=0, validate=Range(0))


class Statements(Page):
    """Which statements of a partner."""

    verdict = String(load_default=None, validate=OneOf(VERDICTS))


def blueprint() -> APIBlueprint:
    """The partners resource."""
    door = APIBlueprint("partners", __name__, url_prefix="/api/v1/partners", tag="Partners")

    @door.get("")
    @door.auth_required(auth)
    @door.doc(summary="合作平台 · Partners, and how much they sent")
    def list_partners() -> dict[str, Any]:
        require(ADMINISTRATOR, TRAINER)
        with database().begin() as session:
            rows = [
                partner_of(row) | repository.counts(session, row.code)
                for row in repository.partners(session)
            ]
        return {"rows": rows, "next": None}

    @door.post("")
    @door.auth_required(auth)
    @door.input(Partner)
    @door.doc(
        summary="接入合作平台，凭据只显示一次 · Let a partner in; its secrets are shown once",
    )
    def create_partner(json_data: dict[str, str]) -> tuple[dict[str, Any], int]:
        require(ADMINISTRATOR)
        refuse_unusable(json_data)
        made, code = credentials.new_secrets(), json_data["code"]
        with database().begin() as session:
            if not repository.add_partner(
                session, code, json_data["name"], made.kept(), datetime.now(UTC)
            ):
                raise errors.partner_exists()
        log.info("partner let in", partner=code, by=principal().account)
        return shown_once(code, made) | {"name": json_data["name"]}, 201

    @door.post("/<code>/rotate")
    @door.auth_required(auth)
    @door.doc(
        summary="更换凭据，旧的七天内仍有效 · New secrets; the last ones stay valid for seven days",
    )
    def rotate(code: str) -> dict[str, Any]:
        require(ADMINISTRATOR)
        made, now = credentials.new_secrets(), datetime.now(UTC)
        with database().begin() as session:
            if not repository.rotate(session, code, made.kept(), now):
                raise errors.no_partner()
        log.info("partner's secrets rotated", partner=code, by=principal().account)
        return shown_once(code, made) | {"previous_valid_until": instant(now + OVERLAP)}

    @door.get("/<code>/statements")
    @door.auth_required(auth)
    @door.input(Statements, location="query")
    @door.doc(
        summary="语句及其结果 · What became of each statement, beside the statement as it was sent",
    )
    def statements(code: str, query_data: dict[str, Any]) -> dict[str, Any]:
        require(ADMINISTRATOR, TRAINER)
        most = query_data["limit"]
        wanted = {
            "partner": code,
            "verdict": query_data["verdict"],
            "after": query_data["cursor"],
            "most": most,
        }
        answer = ask("learning", "standings", wanted)
        rows = answer["rows"]
        with database().begin() as session:
            sent = repository.sent(session, code, [row["statement_id"] for row in rows])
        log.info("statements read", partner=code, by=principal().account, rows=len(rows))
        return {
            "rows": [row | as_sent(sent.get(row["statement_id"])) for row in rows],
            "next": rows[-1]["id"] if len(rows) == most else None,
            "counts": answer["counts"],
        }

    @door.get("/<code>/unusable")
    @door.auth_required(auth)
    @door.input(Numbered, location="query")
    @door.doc(summary="未能采用的内容及原因 · What could not be used, and why")
    def unusable(code: str, query_data: dict[str, Any]) -> dict[str, Any]:
        require(ADMINISTRATOR, TRAINER)
        most = query_data["limit"]
        with database().begin() as session:
            rows = repository.unusable(session, code, after=query_data["cursor"], most=most)
        log.info("unusable bodies read", partner=code, by=principal().account, rows=len(rows))
        return {
            "rows": [unusable_row(row) for row in rows],
            "next": str(rows[-1].number) if len(rows) == most else None,
        }

    return door


def require(*roles: str) -> None:
    if not principal().may(*roles):
        raise Forbidden


def partner_of(row: Row[Any]) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "username": row.code,
        "since": instant(row.since),
        "created_at": instant(row.created_at),
    }


def shown_once(code: str, made: Secrets) -> dict[str, Any]:
    return {"code": code, "username": code, **made._asdict()}


def as_sent(row: Row[Any] | None) -> dict[str, Any]:
    """The statement as it was sent, where it still is in the intake's ledger."""
    if row is None:
        return {"received_at": None, "statement": None}
    return {"received_at": instant(row.received_at), "statement": orjson.loads(row.statement)}


def unusable_row(row: Row[Any]) -> dict[str, Any]:
    return row._asdict() | {
        "received_at": instant(row.received_at),
        "body": bytes(row.body).decode(errors="replace")[:SHOWN],
        "bytes": len(row.body),
    }
