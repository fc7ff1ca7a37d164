"""Facts and tables → domain values, and back."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.archive.domain.certificates import Due, Release, certificates, status
from services.archive.domain.record import Completion, Known, Score, Words, standing
from services.contracts.archive import CERTIFICATE_ISSUED, SUMMARY_WRITTEN
from services.contracts.assessment import OUTCOME_SUBMITTED, SCORE_DRAWN, SCORE_RELEASED
from services.contracts.calendar import local_day
from services.contracts.enrollment import (
    ENROLLMENT_OPENED,
    MEMBER_DESCRIBED,
    ORGANIZATION_PLACED,
    PROGRAM_PUBLISHED,
)
from services.contracts.envelope import Event
from services.contracts.learning import MODULE_COMPLETED, POST_COUNTED, POST_RETRACTED
from services.messaging import ledger

# All that is concluded here; what is known is in the ledger.
TABLES = ("records", "certificates", "programs", "people", "organizations")

SAVE_RECORDS = text("""
    INSERT INTO records (
        enrollment_id, program_id, member_id, path, completed, modules, passed, data
    )
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        enrollment_id uuid, program_id uuid, member_id uuid, path text, completed integer,
        modules integer, passed boolean, data json
    )
    ON CONFLICT (enrollment_id) DO UPDATE SET
        completed = excluded.completed, modules = excluded.modules, passed = excluded.passed,
        data = excluded.data
""")
SAVE_CERTIFICATES = text("""
    INSERT INTO certificates (serial, enrollment_id, issued_on, status, data)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        serial text, enrollment_id uuid, issued_on date, status text, data json
    )
    ON CONFLICT (serial) DO UPDATE SET status = excluded.status
""")
SAVE_PROGRAMS = text("""
    INSERT INTO programs (id, code, version, title, data)
    SELECT subject, data ->> 'code', CAST(data ->> 'version' AS integer), data ->> 'title', data
    FROM inbox WHERE subject = ANY (CAST(:ids AS uuid[])) AND type = :type
    ORDER BY subject
    ON CONFLICT (id) DO NOTHING
""")
SAVE_PEOPLE = text("""
    INSERT INTO people (member_id, number, name)
    SELECT DISTINCT ON (subject) subject, data ->> 'number', data ->> 'name'
    FROM inbox WHERE subject = ANY (CAST(:ids AS uuid[])) AND type = :type
    ORDER BY subject, time DESC, id DESC
    ON CONFLICT (member_id) DO UPDATE SET number = excluded.number, name = excluded.name
""")
SAVE_ORGANIZATIONS = text("""
    INSERT INTO organizations (path, name)
    SELECT DISTINCT ON (data ->> 'path') data ->> 'path', data ->> 'name'
    FROM inbox WHERE subject = ANY (CAST(:ids AS uuid[])) AND type = :type
    ORDER BY data ->> 'path', time DESC, id DESC
    ON CONFLICT (path) DO UPDATE SET name = excluded.name
""")


def programs(session: Session, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Published program versions by id."""
    found = ledger.said_of(session, ids, (PROGRAM_PUBLISHED,))
    return {fact.subject: fact.data for fact in found}


def known(facts: Iterable[Event]) -> Known | None:
    """All facts about an enrollment as one value, or None while its opening is not known."""
    opened = None
    completions, posts, retracted, scores, words = [], {}, set(), [], []
    outcomes, told, issued = [], [], []
    for fact in facts:
        type_, data = fact.type, fact.data
        if type_ == MODULE_COMPLETED:
            completions.append(Completion(data["module_id"], Decimal(data["hours"]), fact.time))
        elif type_ == SCORE_DRAWN:
            scores.append(Score(fact.id, data["basis"], data))
        elif type_ == POST_COUNTED:
            posts[fact.id] = data["post"]
        elif type_ == POST_RETRACTED:
            retracted.add(data["counted_id"])
        elif type_ == OUTCOME_SUBMITTED:
            outcomes.append(fact)
        elif type_ == SCORE_RELEASED:
            told.append(data)
        elif type_ == SUMMARY_WRITTEN:
            words.append(Words(fact.id, fact.time, data["focus"], data["summary"]))
        elif type_ == CERTIFICATE_ISSUED:
            issued.append(data)
        elif type_ == ENROLLMENT_OPENED:
            opened = fact
    if opened is None:
        return None
    outcome = max(outcomes, key=lambda fact: (fact.time, fact.id), default=None)
    return Known(
        member_id=opened.data["member_id"],
        program_id=opened.data["program_id"],
        category=opened.data["category"],
        path=opened.data["path"],
        opened_at=opened.time,
        completions=completions,
        posts=frozenset(post for id_, post in posts.items() if id_ not in retracted),
        outcome=outcome.data["title"] if outcome else None,
        scores=scores,
        words=words,
        releases=told,
        certificates=issued,
    )


def releases(facts: Iterable[Event]) -> list[Release]:
    """The releases among an enrollment's facts."""
    return [
        Release(
            fact.id,
            fact.data["round"],
            fact.data["total"],
            fact.data["hours"],
            fact.data["passed"],
            local_day(fact.time),
        )
        for fact in facts
        if fact.type == SCORE_RELEASED
    ]


def save_records(session: Session, rows: Iterable[tuple[str, Known, Mapping[str, Any]]]) -> None:
    """Makes records stand: enrollment, what is known, its program."""
    saved = []
    for enrollment_id, known, program in rows:
        data = standing(known)
        saved.append(
            {
                "enrollment_id": enrollment_id,
                "program_id": known.program_id,
                "member_id": known.member_id,
                "path": known.path,
                "completed": len(data["completed"]),
                "modules": len(program["modules"]),
                "passed": data["result"]["passed"] if data["result"] else None,
                "data": data,
            }
        )
    if saved:
        session.execute(SAVE_RECORDS, {"rows": orjson.dumps(saved).decode()})


def save_certificates(session: Session, enrollments: Mapping[str, list[Release]]) -> None:
    """Notes every certificate with its status."""
    rows = [
        {
            "serial": one.serial,
            "enrollment_id": enrollment_id,
            "issued_on": one.release.on,
            "status": status(one, due, told),
            "data": printed(one),
        }
        for enrollment_id, told in enrollments.items()
        for due in [certificates(told)]
        for one in due
    ]
    if rows:
        session.execute(SAVE_CERTIFICATES, {"rows": orjson.dumps(rows).decode()})


def printed(certificate: Due) -> dict[str, Any]:
    """What a certificate says, less the name."""
    return {
        "serial": certificate.serial,
        "release_id": certificate.release.id,
        "issued_on": certificate.release.on.isoformat(),
        "total": certificate.release.total,
        "hours": certificate.release.hours,
        "supersedes": certificate.supersedes,
    }


def save_names(session: Session, subjects: Collection[str]) -> None:
    """Notes programs and the names of members and organizations among the subjects."""
    ids = ledger.array(subjects)
    session.execute(SAVE_PROGRAMS, {"ids": ids, "type": PROGRAM_PUBLISHED})
    session.execute(SAVE_PEOPLE, {"ids": ids, "type": MEMBER_DESCRIBED})
    session.execute(SAVE_ORGANIZATIONS, {"ids": ids, "type": ORGANIZATION_PLACED})
