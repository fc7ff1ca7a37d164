"""What people ask learning about."""

from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contracts.principal import ADMINISTRATOR, TRAINER
from services.contracts.refusal import Forbidden
from services.messaging.doors import Call

FIRST = "00000000-0000-0000-0000-000000000000"
PROGRESS = text("""
    SELECT CAST(enrollment_id AS text) AS enrollment_id, CAST(program_id AS text) AS program_id,
           CAST(member_id AS text) AS member_id, path, CAST(data AS text) AS data
    FROM progress
    WHERE enrollment_id > CAST(:after AS uuid)
      AND (CAST(:program_id AS uuid) IS NULL OR program_id = CAST(:program_id AS uuid))
      AND (CAST(:member_id AS uuid) IS NULL OR member_id = CAST(:member_id AS uuid))
      AND (CAST(:paths AS text[]) IS NULL
           OR EXISTS (SELECT FROM unnest(CAST(:paths AS text[])) AS at WHERE starts_with(path, at)))
    ORDER BY enrollment_id LIMIT :most
""")
STANDINGS = text("""
    SELECT CAST(id AS text) AS id, partner, statement_id, verdict, zh, en FROM standings
    WHERE partner = :partner AND id > CAST(:after AS uuid)
      AND (CAST(:verdict AS text) IS NULL OR verdict = :verdict)
    ORDER BY id LIMIT :most
""")
COUNTS = text("""
    SELECT verdict, zh, en, count(*) AS statements FROM standings
    WHERE partner = :partner GROUP BY verdict, zh, en ORDER BY statements DESC, zh
""")


def progress(session: Session, call: Call) -> dict[str, Any]:
    """Progress by enrollment id: the caller's own, or of the organizations they read."""
    own = call.body.get("mine", False)
    if own and call.principal.member_id is None:
        return {"rows": []}
    wanted = {
        "after": call.body.get("after") or FIRST,
        "most": call.body["most"],
        "program_id": call.body.get("program_id"),
        "member_id": call.principal.member_id if own else None,
        "paths": None if own else call.principal.paths(),
    }
    rows = session.execute(PROGRESS, wanted)
    return {
        "rows": [
            {name: value for name, value in row._asdict().items() if name != "data"}
            | orjson.loads(row.data)
            for row in rows
        ]
    }


def standings(session: Session, call: Call) -> dict[str, Any]:
    """What became of a partner's statements, one by one and counted."""
    if not call.principal.may(TRAINER, ADMINISTRATOR):
        raise Forbidden
    wanted = {
        "partner": call.body["partner"],
        "verdict": call.body.get("verdict"),
        "after": call.body.get("after") or FIRST,
        "most": call.body["most"],
    }
    rows = [row._asdict() for row in session.execute(STANDINGS, wanted)]
    counts = session.execute(COUNTS, {"partner": call.body["partner"]})
    return {"rows": rows, "counts": [row._asdict() for row in counts]}
