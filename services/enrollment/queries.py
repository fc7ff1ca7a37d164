"""What people ask enrollment about."""

from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contracts.principal import ADMINISTRATOR
from services.contracts.refusal import Forbidden
from services.enrollment import errors, repository
from services.enrollment.domain.amendment import amended
from services.messaging.doors import Call

FIRST = "00000000-0000-0000-0000-000000000000"
BELOW = """
    (CAST(:paths AS text[]) IS NULL
     OR EXISTS (SELECT FROM unnest(CAST(:paths AS text[])) AS at WHERE starts_with(path, at)))
"""
ORGANIZATIONS = text(f"""
    SELECT CAST(id AS text) AS id, code, name, kind, path FROM organizations
    WHERE {BELOW} ORDER BY path
""")
MEMBERS = text(f"""
    SELECT CAST(id AS text) AS id, number, name, path, CAST(categories AS text) AS categories
    FROM members WHERE id > CAST(:after AS uuid) AND {BELOW} ORDER BY id LIMIT :most
""")
MEMBER = text("""
    SELECT CAST(id AS text) AS id, number, name, path, CAST(categories AS text) AS categories
    FROM members WHERE number = :number
""")
PROGRAMS = text("""
    SELECT CAST(programs.id AS text) AS id, CAST(data AS text) AS data,
           count(enrollments.id) AS enrollments
    FROM programs LEFT JOIN enrollments ON program_id = programs.id
    GROUP BY programs.id, CAST(data AS text), code, version ORDER BY code, version
""")
ENROLLMENTS = text(f"""
    SELECT CAST(enrollments.id AS text) AS id, CAST(program_id AS text) AS program_id,
           CAST(member_id AS text) AS member_id, category, enrollments.path,
           EXISTS (
               SELECT FROM inbox WHERE subject = enrollments.id
               AND type = 'enrollment.enrollment_withdrawn.v1'
           ) AS withdrawn
    FROM enrollments
    WHERE id > CAST(:after AS uuid) AND {BELOW}
      AND (CAST(:program_id AS uuid) IS NULL OR program_id = CAST(:program_id AS uuid))
      AND (CAST(:member_id AS uuid) IS NULL OR member_id = CAST(:member_id AS uuid))
    ORDER BY id LIMIT :most
""")


def organizations(session: Session, call: Call) -> dict[str, Any]:
    """The organizations the caller reads."""
    rows = session.execute(ORGANIZATIONS, {"paths": call.principal.paths()})
    return {"rows": [row._asdict() for row in rows]}


def members(session: Session, call: Call) -> dict[str, Any]:
    """Members of the organizations the caller reads, by id."""
    wanted = {
        "after": call.body.get("after") or FIRST,
        "most": call.body["most"],
        "paths": call.principal.paths(),
    }
    return {"rows": [member_of(row) for row in session.execute(MEMBERS, wanted)]}


def member_by_number(session: Session, call: Call) -> dict[str, Any]:
    """One member, for who makes accounts."""
    if not call.principal.may(ADMINISTRATOR):
        raise Forbidden
    row = session.execute(MEMBER, {"number": call.body["number"]}).one_or_none()
    if row is None:
        raise errors.no_member()
    return member_of(row)


def programs(session: Session, call: Call) -> dict[str, Any]:
    """All published program versions as they stand, and how many are enrolled in each."""
    moved = repository.amended(session)
    return {
        "rows": [
            {
                "id": row.id,
                "enrollments": row.enrollments,
                **amended(orjson.loads(row.data), moved.get(row.id, {})),
            }
            for row in session.execute(PROGRAMS)
        ]
    }


def enrollments(session: Session, call: Call) -> dict[str, Any]:
    """Enrollments by id: the caller's own, or of the organizations they read."""
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
    return {"rows": [row._asdict() for row in session.execute(ENROLLMENTS, wanted)]}


def member_of(row: Any) -> dict[str, Any]:
    member: dict[str, Any] = row._asdict() | {"categories": orjson.loads(row.categories)}
    return member | {"categories": repository.categories_of(member)}
