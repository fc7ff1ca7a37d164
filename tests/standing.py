"""What stands in a service, written so that two whole runs can be compared byte for byte.

Left out is what may differ between two runs that were told the same: ids made
at random, instants, and how many steps led here (bases, rounds, certificates
that were superseded or are questioned). Ids that are derived from natural keys
are written as these keys where the service knows them.
"""

from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contracts.enrollment import ENROLLMENT_OPENED, MEMBER_DESCRIBED, PROGRAM_PUBLISHED

FACTS = text("SELECT CAST(subject AS text), CAST(data AS text) FROM inbox WHERE type = :type")

TABLES = {
    "enrollment": {
        "organizations": "SELECT code, name, kind, path FROM organizations",
        "members": "SELECT number, name, path, categories, accounts FROM members",
        "programs": "SELECT code, version, data FROM programs",
        "enrollments": "SELECT member_id, program_id, category, path FROM enrollments",
    },
    "learning": {
        "progress": "SELECT member_id, program_id, path, data FROM progress",
        "standings": "SELECT partner, statement_id, verdict, zh, en FROM standings",
    },
    "assessment": {
        "scores": """
            SELECT member_id, program_id, path, total, passed, final, data -> 'hours' AS hours,
                   data -> 'parts' AS parts, data -> 'gates' AS gates
            FROM scores LEFT JOIN outbox ON outbox.id = score_id
        """,
        "attempts": """
            SELECT enrollment_id, quiz_id, attempt, ended_at IS NOT NULL AS over, waiting,
                   points, most, percent, passed
            FROM attempts
        """,
        "windows": "SELECT program_id, opened, closed FROM windows",
        "outcomes": """
            SELECT enrollment_id, late, pooled, reviews, spread, staff_marked, refereed, decided,
                   appeal_id IS NOT NULL AS appealed, recommended
            FROM outcomes
        """,
        "reviews": """
            SELECT author_id, reviewer_id, voluntary, expired, done_at IS NOT NULL AS done, value
            FROM reviews
        """,
        "agreements": "SELECT enrollment_id, agreed, given, reviewer FROM agreements",
        "releases": """
            SELECT DISTINCT ON (subject) subject AS enrollment_id, data -> 'total' AS total,
                   data -> 'passed' AS passed, data -> 'hours' AS hours
            FROM inbox JOIN scores ON enrollment_id = subject AND final
            WHERE type = 'assessment.score_released.v1'
            ORDER BY subject, CAST(data ->> 'round' AS integer) DESC
        """,
    },
    "archive": {
        "records": """
            SELECT member_id, program_id, path, completed, modules, passed,
                   ARRAY(SELECT json_object_keys(data -> 'completed')) AS done,
                   data -> 'hours' AS hours, data -> 'posts' AS posts,
                   data -> 'outcome' AS outcome, data -> 'focus' AS focus,
                   data -> 'summary' AS summary, data -> 'total' AS total,
                   data -> 'scored_hours' AS scored_hours,
                   data -> 'result' -> 'total' AS result
            FROM records
        """,
        "certificates": """
            SELECT enrollment_id, data -> 'total' AS total, data -> 'hours' AS hours
            FROM certificates WHERE status = 'valid'
        """,
        "programs": "SELECT code, version, title FROM programs",
        "people": "SELECT number, name FROM people",
        "organizations": "SELECT path, name FROM organizations",
    },
    "gateway": {
        "received": "SELECT partner, id, digest FROM received",
        "known_accounts": "SELECT id FROM known_accounts",
        "known_activities": "SELECT id FROM known_activities",
    },
}


def standing(session: Session, service: str) -> bytes:
    """The canonical JSON of what stands in a service; `session` is on its schema."""
    names = natural_keys(session)
    whole = {}
    for table, query in TABLES[service].items():
        rows = session.execute(text(f"SELECT to_jsonb(one) FROM ({query}) AS one")).scalars()
        whole[table] = sorted((named(row, names) for row in rows), key=written)
    return orjson.dumps(whole, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


def natural_keys(session: Session) -> dict[str, str]:
    """Id → what people call it: program and version, module, member's number, enrollment."""
    names: dict[str, str] = {}
    for subject, said in facts(session, PROGRAM_PUBLISHED):
        names[subject] = f"{said['code']}/{said['version']}"
        names |= {one["id"]: one["code"] for one in said["modules"]}
    for subject, said in facts(session, MEMBER_DESCRIBED):
        names[subject] = said["number"]
    for subject, said in facts(session, ENROLLMENT_OPENED):
        member, program = said["member_id"], said["program_id"]
        names[subject] = f"{names.get(member, member)} in {names.get(program, program)}"
    return names


def facts(session: Session, type_: str) -> list[tuple[str, Any]]:
    """Subject and data of every known fact of a type."""
    found = session.execute(FACTS, {"type": type_})
    return [(subject, orjson.loads(data)) for subject, data in found]


def named(value: Any, names: dict[str, str]) -> Any:
    """A JSON value with ids written as names; lists in which order says nothing are sorted."""
    if isinstance(value, dict):
        return {names.get(key, key): named(part, names) for key, part in value.items()}
    if isinstance(value, list):
        parts = [named(part, names) for part in value]
        return sorted(parts) if all(isinstance(part, str) for part in parts) else parts
    return names.get(value, value) if isinstance(value, str) else value


def written(row: Any) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
