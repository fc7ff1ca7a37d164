"""Facts and tables → domain values, and back."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contracts.calendar import ZONE
from services.contracts.enrollment import ACCOUNT_LINKED, ENROLLMENT_OPENED, PROGRAM_PUBLISHED
from services.contracts.envelope import Event
from services.contracts.intake import STATEMENT_RECEIVED
from services.learning.domain.progress import Enrollment, Heard, Module, Standing
from services.learning.domain.quizzes import Passed
from services.learning.domain.statements import Statement
from services.messaging import ledger

# All that is concluded here; what is known is in the ledger.
TABLES = ("progress", "standings")

SAVE_PROGRESS = text("""
    INSERT INTO progress (enrollment_id, program_id, member_id, path, data)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        enrollment_id uuid, program_id uuid, member_id uuid, path text, data json
    )
    ON CONFLICT (enrollment_id) DO UPDATE SET data = excluded.data
""")
SAVE_STANDINGS = text("""
    INSERT INTO standings (id, partner, statement_id, verdict, zh, en)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        id uuid, partner text, statement_id text, verdict text, zh text, en text
    ) ORDER BY id
    ON CONFLICT (id) DO UPDATE SET
        verdict = excluded.verdict, zh = excluded.zh, en = excluded.en
    WHERE standings.zh <> excluded.zh
""")


def members_of(session: Session, subjects: Collection[str]) -> set[str]:
    """The members about whom something may follow from what is known of the subjects.

    A subject may be a member, an enrollment, an account, or the object of a
    statement (then the members meant are those whose accounts spoke of it).
    """
    facts = ledger.known(session, subjects)
    members, accounts = set(), set()
    for of_subject in facts.values():
        for fact in of_subject:
            if fact.type == ENROLLMENT_OPENED:
                members.add(fact.data["member_id"])
            elif fact.type == ACCOUNT_LINKED:
                members.add(fact.subject)
            elif fact.type == STATEMENT_RECEIVED:
                accounts.add(fact.subject)
    others = accounts - set(subjects)
    for of_account in ledger.known(session, others).values() if others else ():
        members.update(fact.subject for fact in of_account if fact.type == ACCOUNT_LINKED)
    return members


def gather(session: Session, subjects: Collection[str]) -> set[str]:
    """Locks all that must be concluded anew, in one order; returns the members meant."""
    members = members_of(session, subjects)
    enrollments = ledger.gather(session, {*subjects, *members})
    while found := members_of(session, {*subjects, *enrollments}) - members:
        # Rare: who was linked while we waited, and everybody in a program just published.
        ledger.hold(session, found)
        members |= found
    return members


def accounts(facts: Iterable[Event]) -> frozenset[str]:
    """The accounts linked to a member, among its facts."""
    return frozenset(fact.data["account_id"] for fact in facts if fact.type == ACCOUNT_LINKED)


def programs(session: Session, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Published program versions by id."""
    found = ledger.said_of(session, ids, (PROGRAM_PUBLISHED,))
    return {fact.subject: fact.data for fact in found}


def enrollment(opened: Event, program: Mapping[str, Any]) -> Enrollment:
    """What an enrollment's program asks."""
    return Enrollment(
        opened.subject,
        tuple(
            Module(module["id"], Decimal(module["hours"]), frozenset(module["activities"]))
            for module in program["modules"]
        ),
        date.fromisoformat(program["starts_on"]),
        date.fromisoformat(program["ends_on"]),
        ZONE,
    )


def heard(facts: Iterable[Event]) -> list[Heard]:
    """The statements among facts."""
    return [
        Heard(fact.id, fact.subject, fact.time, Statement.of(fact.data))
        for fact in facts
        if fact.type == STATEMENT_RECEIVED
    ]


def passed(facts: Iterable[Event]) -> list[Passed]:
    """The passed quizzes among what was told of quizzes."""
    return [
        Passed(fact.id, fact.subject, fact.time, frozenset(fact.data["module_ids"]))
        for fact in facts
        if fact.data["passed"]
    ]


def save_progress(session: Session, rows: list[dict[str, Any]]) -> None:
    """Makes progress stand."""
    if rows:
        session.execute(SAVE_PROGRESS, {"rows": orjson.dumps(rows).decode()})


def save_standings(
    session: Session, statements: Mapping[str, Heard], standings: Mapping[str, Standing]
) -> None:
    """Notes what became of each statement."""
    rows = [
        {
            "id": id_,
            "partner": statements[id_].statement.partner,
            "statement_id": statements[id_].statement.statement_id,
            "verdict": standing.verdict,
            "zh": standing.zh,
            "en": standing.en,
        }
        for id_, standing in standings.items()
    ]
    if rows:
        session.execute(SAVE_STANDINGS, {"rows": orjson.dumps(rows).decode()})
