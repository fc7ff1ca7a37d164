"""Facts and tables → domain values, and back."""

from collections.abc import Collection, Iterable
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contracts.enrollment import (
    ACCOUNT_LINKED,
    CATEGORY_ENTERED,
    ENROLLMENT_OPENED,
    MEMBER_DESCRIBED,
    MEMBER_PLACED,
    ORGANIZATION_PLACED,
    PROGRAM_AMENDED,
    PROGRAM_PUBLISHED,
)
from services.contracts.envelope import Event
from services.enrollment.domain.audience import standing
from services.enrollment.domain.eligibility import Since, spans
from services.enrollment.domain.organizations import Organization
from services.enrollment.domain.plan import Known, Member
from services.messaging import ledger

# All that is concluded here; what is known is in the ledger.
TABLES = ("organizations", "members", "programs", "enrollments")

# Members and programs meet in every enrollment, so who changes either goes alone.
ALONE = text("SELECT pg_advisory_xact_lock(hashtext('roster of ' || current_schema()))")
ORGANIZATIONS = text("SELECT CAST(id AS text) AS id, code, name, kind, path FROM organizations")
MEMBERS = text("""
    SELECT number, name, path, CAST(categories AS text), CAST(accounts AS text) FROM members
""")
ALL_MEMBERS = text("SELECT CAST(id AS text) FROM members")
SAVE_ORGANIZATIONS = text("""
    INSERT INTO organizations (id, code, name, kind, path)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        id uuid, code text, name text, kind text, path text
    ) ORDER BY id
    ON CONFLICT (id) DO UPDATE SET
        name = excluded.name, kind = excluded.kind, path = excluded.path
""")
SAVE_MEMBERS = text("""
    INSERT INTO members (id, number, name, path, categories, accounts)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        id uuid, number text, name text, path text, categories json, accounts json
    ) ORDER BY id
    ON CONFLICT (id) DO UPDATE SET
        number = excluded.number, name = excluded.name, path = excluded.path,
        categories = excluded.categories, accounts = excluded.accounts
""")
SAVE_PROGRAMS = text("""
    INSERT INTO programs (id, code, version, data)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        id uuid, code text, version integer, data json
    ) ORDER BY id
    ON CONFLICT (id) DO NOTHING
""")
SAVE_ENROLLMENTS = text("""
    INSERT INTO enrollments (id, member_id, program_id, category, path)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        id uuid, member_id uuid, program_id uuid, category text, path text
    ) ORDER BY id
    ON CONFLICT (id) DO NOTHING
""")


ENROLLMENT = text("""
    SELECT CAST(id AS text) AS id, path FROM enrollments WHERE id = CAST(:id AS uuid)
""")


def alone(session: Session) -> None:
    """Waits until nobody else changes members or programs, until the transaction ends."""
    session.execute(ALONE)


def organizations(session: Session) -> list[Organization]:
    """All organizations."""
    rows = session.execute(ORGANIZATIONS)
    return [Organization(row.code, row.name, row.kind, row.path) for row in rows]


def known(session: Session) -> Known:
    """What a roster is compared with."""
    members = {}
    for number, name, path, categories, accounts in session.execute(MEMBERS):
        linked = frozenset(orjson.loads(accounts))
        members[number] = Member(number, name, path, orjson.loads(categories), linked)
    placed = {organization.code: organization for organization in organizations(session)}
    return Known(organizations=placed, members=members)


def all_members(session: Session) -> list[str]:
    """Every member's id."""
    return list(session.execute(ALL_MEMBERS).scalars())


def published(session: Session) -> dict[str, Event]:
    """Every published program version by id."""
    return {fact.subject: fact for fact in ledger.of_type(session, PROGRAM_PUBLISHED)}


def amended(session: Session) -> dict[str, dict[str, Any]]:
    """Program version → what of it moved after publication, field by field as last told."""
    moved: dict[str, dict[str, Any]] = {}
    for fact in ledger.of_type(session, PROGRAM_AMENDED):
        moved.setdefault(fact.subject, {}).update(fact.data)
    return moved


def entered(facts: Iterable[Event]) -> list[Since]:
    """The categories a member has entered; of several days told for one, the last told."""
    told = {
        fact.data["category"]: fact.data["since"]
        for fact in in_order(facts)
        if fact.type == CATEGORY_ENTERED
    }
    return [Since(day, category) for category, day in told.items()]


def placed(facts: Iterable[Event]) -> list[Since]:
    """The organizations a member was placed in; of several told for one day, the last told."""
    told = {
        fact.data["since"]: fact.data["path"]
        for fact in in_order(facts)
        if fact.type == MEMBER_PLACED
    }
    return [Since(day, path) for day, path in told.items()]


def in_order(facts: Iterable[Event]) -> list[Event]:
    """As they were told; equal times go by id."""
    return sorted(facts, key=lambda fact: (fact.time, fact.id))


def member_row(member_id: str, facts: Iterable[Event]) -> dict[str, Any] | None:
    """A member as it stands, or None while nobody has said who it is."""
    known = in_order(facts)
    described = [fact for fact in known if fact.type == MEMBER_DESCRIBED]
    if not described:
        return None
    categories = {since.what: since.day for since in entered(known)}
    places = spans(placed(known))
    return {
        "id": member_id,
        **described[-1].data,
        "path": places[-1].what if places else "/",
        "categories": {category: categories[category] for category in sorted(categories)},
        "accounts": {
            fact.data["account_id"]: fact.data["partner"]
            for fact in known
            if fact.type == ACCOUNT_LINKED
        },
    }


def save(session: Session, statement: Any, rows: Collection[dict[str, Any]]) -> None:
    """Makes rows stand."""
    if rows:
        session.execute(statement, {"rows": orjson.dumps(rows).decode()})


def save_told(session: Session, facts: Iterable[Event]) -> None:
    """Notes organizations, programs and enrollments, which are as they were told."""
    by_type: dict[str, list[dict[str, Any]]] = {
        ORGANIZATION_PLACED: [],
        PROGRAM_PUBLISHED: [],
        ENROLLMENT_OPENED: [],
    }
    for fact in in_order(facts):
        if fact.type == PROGRAM_PUBLISHED:
            row = {name: fact.data[name] for name in ("code", "version")} | {"data": fact.data}
        else:
            row = dict(fact.data)
        if fact.type in by_type:
            by_type[fact.type].append({"id": fact.subject, **row})
    latest = {row["id"]: row for row in by_type[ORGANIZATION_PLACED]}
    save(session, SAVE_ORGANIZATIONS, list(latest.values()))
    save(session, SAVE_PROGRAMS, by_type[PROGRAM_PUBLISHED])
    save(session, SAVE_ENROLLMENTS, by_type[ENROLLMENT_OPENED])


def categories_of(row: dict[str, Any]) -> list[str]:
    """The categories a member is of now."""
    return sorted(standing(row["categories"]))


def enrollment(session: Session, enrollment_id: str) -> Any:
    """One enrollment with its organization path, or None."""
    return session.execute(ENROLLMENT, {"id": enrollment_id}).one_or_none()
