"""Facts and tables → domain values, and back."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.assessment.domain.known import Known
from services.assessment.domain.marks import Marking, Review
from services.assessment.domain.program import Program, read_program
from services.contracts.assessment import (
    OUTCOME_SUBMITTED,
    REVIEW_ASSIGNED,
    REVIEW_SUBMITTED,
    REVIEW_WINDOW_CLOSED,
    REVIEW_WINDOW_OPENED,
    SCORE_RELEASED,
    SELF_ASSESSED,
    STAFF_MARKED,
)
from services.contracts.enrollment import PROGRAM_PUBLISHED
from services.contracts.envelope import Event
from services.contracts.learning import MODULE_COMPLETED, POST_COUNTED, POST_RETRACTED
from services.messaging import ledger

# All that is concluded here; what is known is in the ledger.
TABLES = ("scores", "windows", "attempts")

FIRST = "00000000-0000-0000-0000-000000000000"
# Published versions never change, so reading one again would read the same.
PROGRAMS: dict[str, Program] = {}
MOST_PROGRAMS = 256
PROGRAM_FACTS = (PROGRAM_PUBLISHED, REVIEW_WINDOW_OPENED, REVIEW_WINDOW_CLOSED)

SAVE_SCORES = text("""
    INSERT INTO scores (
        enrollment_id, program_id, member_id, path, score_id, total, passed, final
    )
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        enrollment_id uuid, program_id uuid, member_id uuid, path text, score_id uuid,
        total numeric, passed boolean, final boolean
    )
    ON CONFLICT (enrollment_id) DO UPDATE SET
        score_id = excluded.score_id, total = excluded.total, passed = excluded.passed,
        final = excluded.final
""")
SAVE_WINDOWS = text("""
    INSERT INTO windows (program_id, outcomes_due, reviews_due, opened, closed)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        program_id uuid, outcomes_due timestamptz, reviews_due timestamptz, opened boolean,
        closed boolean
    )
    ON CONFLICT (program_id) DO UPDATE SET opened = excluded.opened, closed = excluded.closed
""")
DUE = text("""
    SELECT CAST(program_id AS text) AS program_id FROM windows
    WHERE NOT closed AND (reviews_due <= :now OR NOT opened AND outcomes_due <= :now)
    ORDER BY program_id
""")
WINDOW = text("SELECT outcomes_due, reviews_due FROM windows WHERE program_id = CAST(:id AS uuid)")
ENROLLMENT = text("""
    SELECT CAST(enrollment_id AS text) AS id, CAST(program_id AS text) AS program_id,
           CAST(member_id AS text) AS member_id, path
    FROM scores WHERE enrollment_id = CAST(:id AS uuid)
""")
OF_MEMBER = text("""
    SELECT CAST(enrollment_id AS text), CAST(program_id AS text) FROM scores
    WHERE member_id = CAST(:member_id AS uuid) ORDER BY enrollment_id
""")
SCORE = text("""
    SELECT CAST(data AS text) FROM scores JOIN outbox ON outbox.id = score_id
    WHERE enrollment_id = CAST(:id AS uuid)
""")
SCORES = text("""
    SELECT CAST(enrollment_id AS text) AS enrollment_id, CAST(program_id AS text) AS program_id,
           CAST(member_id AS text) AS member_id, path, total, passed, final
    FROM scores
    WHERE enrollment_id > CAST(:after AS uuid)
      AND (CAST(:program_id AS uuid) IS NULL OR program_id = CAST(:program_id AS uuid))
      AND (CAST(:member_id AS uuid) IS NULL OR member_id = CAST(:member_id AS uuid))
      AND (CAST(:paths AS text[]) IS NULL
           OR EXISTS (SELECT FROM unnest(CAST(:paths AS text[])) AS at WHERE starts_with(path, at)))
    ORDER BY enrollment_id LIMIT :most
""")


def program_facts(session: Session, programs: Collection[str]) -> dict[str, list[Event]]:
    """What is known about program versions themselves."""
    found: dict[str, list[Event]] = {}
    for fact in ledger.said_of(session, programs, PROGRAM_FACTS):
        found.setdefault(fact.subject, []).append(fact)
    return found


def program_in(facts: Iterable[Event]) -> Program | None:
    """The program version among its facts, or None while it is not known."""
    published = of_type(facts, PROGRAM_PUBLISHED)
    if published is None:
        return None
    if published.id not in PROGRAMS:
        if len(PROGRAMS) >= MOST_PROGRAMS:
            PROGRAMS.clear()
        PROGRAMS[published.id] = read_program(published.data)
    return PROGRAMS[published.id]


def of_type(facts: Iterable[Event], type_: str) -> Event | None:
    """The one fact of a type that is told once, or None while it is not known."""
    return next((fact for fact in facts if fact.type == type_), None)


def has(facts: Iterable[Event], type_: str) -> bool:
    """Whether a fact of this type is among them."""
    return of_type(facts, type_) is not None


def known(
    enrollment_id: str, program_id: str, facts: list[Event], program: list[Event], *, basis: int
) -> Known:
    """All facts about an enrollment and its program version as one value."""
    completed, posts, retracted = set(), {}, set()
    reviews, self_marks, staff_marks = [], [], []
    owed, done = set(), set()
    outcome = False
    for fact in facts:
        type_, data = fact.type, fact.data
        if type_ == MODULE_COMPLETED:
            completed.add(data["module_id"])
        elif type_ == POST_COUNTED:
            posts[fact.id] = data["post"]
        elif type_ == POST_RETRACTED:
            retracted.add(data["counted_id"])
        elif type_ == OUTCOME_SUBMITTED:
            outcome = True
        elif type_ == SELF_ASSESSED:
            self_marks.append(marking(fact))
        elif type_ == STAFF_MARKED:
            staff_marks.append(marking(fact))
        elif type_ == REVIEW_ASSIGNED:
            if data["reviewer_id"] == enrollment_id:
                owed.add(fact.subject)
        elif type_ == REVIEW_SUBMITTED:
            if data["reviewer_id"] == enrollment_id:
                done.add(fact.subject)
            else:
                reviews.append(review(fact))
    return Known(
        program_id=program_id,
        basis=basis,
        completed=frozenset(completed),
        posts=frozenset(post for id_, post in posts.items() if id_ not in retracted),
        outcome=outcome,
        self_marks=self_marks,
        reviews=reviews,
        staff_marks=staff_marks,
        owed=len(owed),
        done=len(owed & done),
        opened=has(program, REVIEW_WINDOW_OPENED),
        closed=has(program, REVIEW_WINDOW_CLOSED),
    )


def basis(facts: Iterable[Event], program: Iterable[Event]) -> list[str]:
    """The ids of everything a score is drawn from; a release follows from a score and is not."""
    ids = [fact.id for fact in facts if fact.type != SCORE_RELEASED]
    ids.extend(fact.id for fact in program)
    ids.sort()
    return ids


def review(fact: Event) -> Review:
    return Review(
        fact.id, fact.subject, fact.data["reviewer_id"], fact.time, marks(fact.data["marks"])
    )


def marking(fact: Event) -> Marking:
    return Marking(fact.id, fact.time, marks(fact.data["marks"]))


def marks(data: dict[str, str]) -> dict[str, Decimal]:
    return {code: Decimal(mark) for code, mark in data.items()}


def last_release(facts: Iterable[Event]) -> Event | None:
    """The release of the highest round."""
    releases = [fact for fact in facts if fact.type == SCORE_RELEASED]
    return max(releases, key=lambda fact: fact.data["round"], default=None)


def save_scores(session: Session, drawn: Iterable[tuple[Event, Event]]) -> None:
    """Makes drawn scores the standing ones; with each the fact that opened its enrollment."""
    rows = [
        {
            "enrollment_id": fact.subject,
            "program_id": fact.data["program_id"],
            "member_id": opened.data["member_id"],
            "path": opened.data["path"],
            "score_id": fact.id,
            "total": fact.data["total"],
            "passed": fact.data["passed"],
            "final": fact.data["final"],
        }
        for fact, opened in drawn
    ]
    if rows:
        session.execute(SAVE_SCORES, {"rows": orjson.dumps(rows).decode()})


def save_windows(session: Session, programs: dict[str, list[Event]]) -> None:
    """Notes the deadlines of program versions and whether their windows are open or closed."""
    rows = [
        {
            "program_id": program_id,
            "outcomes_due": fact.data["outcomes_due"],
            "reviews_due": fact.data["reviews_due"],
            "opened": has(facts, REVIEW_WINDOW_OPENED),
            "closed": has(facts, REVIEW_WINDOW_CLOSED),
        }
        for program_id, facts in sorted(programs.items())
        for fact in facts
        if fact.type == PROGRAM_PUBLISHED
    ]
    if rows:
        session.execute(SAVE_WINDOWS, {"rows": orjson.dumps(rows).decode()})


def scores(
    session: Session,
    *,
    after: str | None,
    most: int,
    program_id: str | None,
    member_id: str | None,
    paths: list[str] | None,
) -> Sequence[Row[Any]]:
    """Enrollments with their standing scores, by id, after a cursor.

    With `paths` only those at or below one of these organizations.
    """
    wanted = {
        "after": after or FIRST,
        "most": most,
        "program_id": program_id,
        "member_id": member_id,
        "paths": paths,
    }
    return session.execute(SCORES, wanted).all()


def own_enrollments(session: Session, member_id: str | None) -> dict[str, str]:
    """A member's enrollments → their program versions."""
    found = session.execute(OF_MEMBER, {"member_id": member_id})
    return dict(found.all())


def enrollment(session: Session, enrollment_id: str) -> Row[Any] | None:
    """One enrollment with its program version, member and organization path."""
    return session.execute(ENROLLMENT, {"id": enrollment_id}).one_or_none()
