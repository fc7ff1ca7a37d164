"""Partners, for administrators and trainers: who may send, and what became of what was sent."""

from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from apiflask import APIBlueprint
from sqlalchemy import Row

from gateway.api.answers import rows
from gateway.api.context import ask, auth, database, principal, refuse_unusable
from gateway.api.paging import cut
from gateway.intake import credentials, errors, repository, schemas
from gateway.intake.credentials import OVERLAP, Directory, Secrets
from services.contracts.envelope import instant
from services.contracts.principal import ADMINISTRATOR, TRAINER
from services.contracts.refusal import Forbidden

log = structlog.get_logger()

# Characters of an unusable body that are shown.
SHOWN = 4_000


def blueprint(directory: Directory) -> APIBlueprint:
    """The partners resource."""
    door = APIBlueprint("partners", __name__, url_prefix="/api/v1/partners", tag="partners")

    @door.get("")
    @door.auth_required(auth)
    @door.output(rows(schemas.Partner))
    @door.doc(summary="合作平台 · Partners, and how much they sent", responses=[403])
    def listed() -> dict[str, Any]:
        require(ADMINISTRATOR, TRAINER)
        with database().begin() as session:
            partners = [
                shown(row) | repository.counts(session, row.code)
                for row in repository.partners(session)
            ]
        return {"rows": partners, "next": None}

    @door.post("")
    @door.auth_required(auth)
    @door.input(schemas.NewPartner)
    @door.output(schemas.Credentials, 201)
    @door.doc(
        summary="接入合作平台，凭据只显示一次 · Let a partner in; its secrets are shown once",
        responses=[403, 409, 422],
    )
    def let_in(json_data: dict[str, str]) -> dict[str, str]:
        """The same request again is a conflict: secrets are not told twice, but rotated."""
        require(ADMINISTRATOR)
        refuse_unusable(json_data)
        made, code, now = credentials.new_secrets(), json_data["code"], datetime.now(UTC)
        with database().begin() as session:
            if not repository.add_partner(session, code, json_data["name"], made.kept(), now):
                raise errors.partner_exists()
        log.info("partner let in", partner=code, by=principal().account)
        return told_once(code, made)

    @door.post("/<code>/rotate")
    @door.auth_required(auth)
    @door.output(schemas.Rotated)
    @door.doc(
        summary="更换凭据，旧的七天内仍有效 · New secrets; the last ones stay valid for seven days",
        responses=[403, 404],
    )
    def rotate(code: str) -> dict[str, str]:
        """Rotating again ends the secrets before the last ones at once."""
        require(ADMINISTRATOR)
        made, now = credentials.new_secrets(), datetime.now(UTC)
        with database().begin() as session:
            if not repository.rotate(session, code, made.kept(), now):
                raise errors.no_partner()
        directory.forget()
        log.info("partner's secrets rotated", partner=code, by=principal().account)
        return told_once(code, made) | {"previous_valid_until": instant(now + OVERLAP)}

    @door.get("/<code>/statements")
    @door.auth_required(auth)
    @door.input(schemas.OfStatements, location="query")
    @door.output(schemas.Statements)
    @door.doc(summary="语句及其结果 · What became of each statement", responses=[403])
    def statements(code: str, query_data: dict[str, Any]) -> dict[str, Any]:
        require(ADMINISTRATOR, TRAINER)
        most, cursor = query_data["limit"], query_data["cursor"]
        wanted = {
            "partner": code,
            "verdict": query_data["verdict"],
            "after": str(cursor) if cursor else None,
            "most": most + 1,
        }
        answer = ask("learning", "standings", wanted)
        page = cut(answer["rows"], most, "id")
        with database().begin() as session:
            sent = repository.sent(session, code, [row["statement_id"] for row in page["rows"]])
        log.info("statements read", partner=code, by=principal().account, rows=len(sent))
        stood = [row | as_sent(sent.get(row["statement_id"])) for row in page["rows"]]
        return page | {"rows": stood, "counts": answer["counts"]}

    @door.get("/<code>/unusable")
    @door.auth_required(auth)
    @door.input(schemas.Numbered, location="query")
    @door.output(rows(schemas.Unusable))
    @door.doc(summary="未能采用的内容及原因 · What could not be used, and why", responses=[403])
    def unusable(code: str, query_data: dict[str, Any]) -> dict[str, Any]:
        require(ADMINISTRATOR, TRAINER)
        most, after = query_data["limit"], query_data["cursor"]
        with database().begin() as session:
            found = repository.unusable(session, code, after=after, most=most + 1)
        log.info("unusable bodies read", partner=code, by=principal().account, rows=len(found))
        return cut([unusable_row(row) for row in found], most, "number")

    return door


def require(*roles: str) -> None:
    if not principal().may(*roles):
        raise Forbidden


def shown(row: Row[Any]) -> dict[str, Any]:
    """A partner without its secrets."""
    return {
        "code": row.code,
        "name": row.name,
        "username": row.code,
        "since": instant(row.since),
        "created_at": instant(row.created_at),
    }


def told_once(code: str, made: Secrets) -> dict[str, str]:
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
