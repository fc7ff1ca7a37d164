"""What people ask archive about."""

import os
from base64 import b64encode
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.archive import errors
from services.archive.certificate import Certificate, UnprintableName, render
from services.archive.domain.certificates import VALID
from services.archive.domain.record import record as assemble
from services.contracts.principal import ROOT
from services.messaging.busy import beside
from services.messaging.doors import Call

FIRST = "00000000-0000-0000-0000-000000000000"
ROW = text("""
    SELECT CAST(enrollment_id AS text) AS enrollment_id, CAST(program_id AS text) AS program_id,
           CAST(records.member_id AS text) AS member_id, records.path,
           CAST(records.data AS text) AS data, CAST(programs.data AS text) AS program,
           CAST(inbox.data AS text) AS score,
           people.name, people.number, organizations.name AS organization
    FROM records
    JOIN programs ON programs.id = program_id
    LEFT JOIN inbox ON inbox.id = CAST(records.data ->> 'score_id' AS uuid)
    LEFT JOIN people USING (member_id)
    LEFT JOIN organizations ON organizations.path = records.path
    WHERE enrollment_id = CAST(:id AS uuid)
""")
ROWS = text("""
    SELECT CAST(enrollment_id AS text) AS enrollment_id, CAST(program_id AS text) AS program_id,
           CAST(records.member_id AS text) AS member_id, people.number, people.name, records.path,
           completed, modules, passed, title,
           records.data ->> 'hours' AS hours, records.data ->> 'posts' AS posts,
           CASE WHEN CAST(:member_id AS uuid) IS NULL OR passed IS NOT NULL
                     OR programs.data -> 'scheme' ->> 'release' <> 'checked'
                THEN records.data ->> 'total' END AS total,
           records.data -> 'certificates' -> -1 ->> 'serial' AS serial
    FROM records JOIN programs ON programs.id = program_id LEFT JOIN people USING (member_id)
    WHERE enrollment_id > CAST(:after AS uuid)
      AND (CAST(:program_id AS uuid) IS NULL OR program_id = CAST(:program_id AS uuid))
      AND (CAST(:member_id AS uuid) IS NULL OR records.member_id = CAST(:member_id AS uuid))
      AND (CAST(:paths AS text[]) IS NULL
           OR EXISTS (SELECT FROM unnest(CAST(:paths AS text[])) AS at WHERE starts_with(path, at)))
    ORDER BY enrollment_id LIMIT :most
""")
# A certificate names the committee at the top, not the group a member happens to be in.
CERTIFICATE = text("""
    SELECT serial, certificates.status, certificates.issued_on,
           CAST(certificates.data AS text) AS data,
           people.name, programs.title AS program, issuer.name AS organization
    FROM certificates
    JOIN records USING (enrollment_id)
    JOIN programs ON programs.id = program_id
    LEFT JOIN people USING (member_id)
    LEFT JOIN organizations AS issuer
        ON issuer.path = '/' || split_part(records.path, '/', 2) || '/'
    WHERE serial = :serial
""")
OVERVIEW = text("""
    SELECT CAST(program_id AS text) AS program_id, title, code, version,
           count(*) AS enrollments, sum(completed) AS completed, sum(modules) AS modules,
           count(*) FILTER (WHERE passed) AS passed,
           count(*) FILTER (WHERE passed IS NOT NULL) AS released
    FROM records JOIN programs ON programs.id = program_id
    WHERE EXISTS (SELECT FROM unnest(CAST(:paths AS text[])) AS at WHERE starts_with(path, at))
    GROUP BY 1, 2, 3, 4 ORDER BY code, version
""")


def row(session: Session, enrollment_id: str) -> Row[Any] | None:
    """One record with the names that belong to it."""
    return session.execute(ROW, {"id": enrollment_id}).one_or_none()


def record(session: Session, call: Call) -> dict[str, Any]:
    """The record of an enrollment, to its member and to who reads its organization."""
    found = row(session, call.body["enrollment_id"])
    if found is None or not (
        found.member_id == call.principal.member_id or call.principal.reads(found.path)
    ):
        raise errors.no_enrollment()
    program, standing = orjson.loads(found.program), orjson.loads(found.data)
    told = found.score and not (is_held(program, standing) and is_own(call, found))
    whole = assemble(program, standing, orjson.loads(found.score) if told else None)
    return {
        "enrollment_id": found.enrollment_id,
        "member": {"name": found.name, "number": found.number, "organization": found.organization},
        **whole,
    }


def is_held(program: dict[str, Any], standing: dict[str, Any]) -> bool:
    """Whether the score waits for a second person's check."""
    return program["scheme"]["release"] == "checked" and standing["result"] is None


def is_own(call: Call, found: Row[Any]) -> bool:
    """Whether a record is read by its member and not by staff."""
    return found.member_id == call.principal.member_id and not call.principal.reads(found.path)


def records(session: Session, call: Call) -> dict[str, Any]:
    """Records in short, by enrollment id: the caller's own, or of the organizations they read."""
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
    return {"rows": [found._asdict() for found in session.execute(ROWS, wanted)]}


def overview(session: Session, call: Call) -> dict[str, Any]:
    """Per program: enrollments, completed modules and passes, in the organizations one reads."""
    found = session.execute(OVERVIEW, {"paths": call.principal.paths()})
    return {"programs": [row._asdict() for row in found]}


def public_overview(session: Session, call: Call) -> dict[str, Any]:
    """Per program: the same numbers of all organizations together. Public: it names nobody."""
    found = session.execute(OVERVIEW, {"paths": [ROOT]})
    return {"programs": [row._asdict() for row in found]}


def certificate(session: Session, call: Call) -> dict[str, Any]:
    """Everything printed on a certificate, and its status. Public: knowing the serial is enough."""
    found = session.execute(CERTIFICATE, {"serial": call.body["serial"]}).one_or_none()
    if found is None:
        raise errors.no_certificate()
    said = orjson.loads(found.data)
    return {
        "serial": found.serial,
        "status": found.status,
        "issued_on": found.issued_on.isoformat(),
        "name": found.name,
        "organization": found.organization,
        "program": found.program,
        "total": said["total"],
        "hours": said["hours"],
        "supersedes": said["supersedes"],
    }


def certificate_pdf(session: Session, call: Call) -> dict[str, Any]:
    """A valid certificate as PDF, in base64; `verify_url` is printed on it. Public."""
    told = certificate(session, call)
    if told["status"] != VALID:
        raise errors.not_valid()
    if told["name"] is None or told["organization"] is None:
        raise errors.no_names()
    printed = Certificate(
        serial=told["serial"],
        member_name=told["name"],
        program_title=told["program"],
        hours=Decimal(told["hours"]),
        total=Decimal(told["total"]),
        issued_on=date.fromisoformat(told["issued_on"]),
        organization_name=told["organization"],
        verify_url=call.body["verify_url"],
        supersedes=told["supersedes"],
    )
    try:
        content = beside(render, printed, fonts=fonts())
    except UnprintableName as refusal:
        raise errors.unprintable(str(refusal)) from None
    return {"serial": told["serial"], "content": b64encode(content).decode()}


def fonts() -> Path:
    """The folder of certificate fonts: of the home, else the one the assets were copied to."""
    own = Path(os.environ.get("ZHIXING_HOME") or "var") / "fonts"
    return own if own.is_dir() else Path(__file__).parents[2] / "var" / "fonts"
