"""Outcomes and the reviews of them, in tables that staff looks at and deadlines are kept by."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.assessment import repository
from services.assessment.domain.allocation import Asked, Entrant
from services.assessment.domain.marks import Review, standing_reviews, value
from services.assessment.domain.program import Program
from services.contracts.assessment import (
    APPEAL_DECIDED,
    APPEAL_LODGED,
    MARK_OVERRIDDEN,
    OUTCOME_POOLED,
    OUTCOME_RECOMMENDED,
    OUTCOME_SUBMITTED,
    REVIEW_ASSIGNED,
    REVIEW_EXPIRED,
    REVIEW_SUBMITTED,
    STAFF_MARKED,
)
from services.contracts.enrollment import ORGANIZATION_PLACED
from services.contracts.envelope import Event
from services.messaging import ledger

SAVE_OUTCOMES = text("""
    INSERT INTO outcomes (
        enrollment_id, program_id, outcome_id, submitted_at, late, pooled, reviews, spread,
        staff_marked, refereed, decided, appeal_id, appealed_at, recommended
    )
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        enrollment_id uuid, program_id uuid, outcome_id uuid, submitted_at timestamptz,
        late boolean, pooled boolean, reviews integer, spread numeric, staff_marked boolean,
        refereed boolean, decided boolean, appeal_id uuid, appealed_at timestamptz,
        recommended boolean
    ) ORDER BY enrollment_id
    ON CONFLICT (enrollment_id) DO UPDATE SET
        outcome_id = excluded.outcome_id, submitted_at = excluded.submitted_at,
        late = excluded.late, pooled = excluded.pooled, reviews = excluded.reviews,
        spread = excluded.spread, staff_marked = excluded.staff_marked,
        refereed = excluded.refereed, decided = excluded.decided,
        appeal_id = excluded.appeal_id, appealed_at = excluded.appealed_at,
        recommended = excluded.recommended
""")
SAVE_REVIEWS = text("""
    INSERT INTO reviews (
        author_id, reviewer_id, program_id, assignment_id, assigned_at, due_at, voluntary,
        expired, done_at, value
    )
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        author_id uuid, reviewer_id uuid, program_id uuid, assignment_id uuid,
        assigned_at timestamptz, due_at timestamptz, voluntary boolean, expired boolean,
        done_at timestamptz, value numeric
    ) ORDER BY author_id, reviewer_id
    ON CONFLICT (author_id, reviewer_id) DO UPDATE SET
        assignment_id = excluded.assignment_id, assigned_at = excluded.assigned_at,
        due_at = excluded.due_at, voluntary = excluded.voluntary, expired = excluded.expired,
        done_at = excluded.done_at, value = excluded.value
""")
OUTCOMES = text("""
    SELECT CAST(enrollment_id AS text) AS id, CAST(outcome_id AS text) AS outcome_id,
           submitted_at, pooled, path
    FROM outcomes JOIN scores USING (enrollment_id)
    WHERE outcomes.program_id = CAST(:program_id AS uuid) AND NOT withdrawn
    ORDER BY enrollment_id
""")
REVIEWS = text("""
    SELECT CAST(author_id AS text) AS author_id, CAST(reviewer_id AS text) AS reviewer_id,
           CAST(assignment_id AS text) AS assignment_id, due_at, expired, voluntary, done_at,
           coalesce(scores.withdrawn, false) AS withdrawn
    FROM reviews LEFT JOIN scores ON scores.enrollment_id = reviewer_id
    WHERE reviews.program_id = CAST(:program_id AS uuid) AND assignment_id IS NOT NULL
    ORDER BY author_id, reviewer_id
""")


def save(session: Session, known: Iterable[tuple[str, str, list[Event], list[Event]]]) -> None:
    """Writes outcomes and reviews: enrollment, program, facts about either."""
    outcomes: list[dict[str, Any]] = []
    reviews: list[dict[str, Any]] = []
    for enrollment_id, program_id, mine, about_program in known:
        program = repository.program_in(about_program)
        if program is None:
            continue
        own = [fact for fact in mine if fact.subject == enrollment_id]
        rows = list(review_rows(program_id, program, own))
        reviews.extend(rows)
        row = outcome_row(program_id, own, about_program, rows)
        if row is not None:
            outcomes.append(row)
    repository.save(session, SAVE_OUTCOMES, outcomes)
    repository.save(session, SAVE_REVIEWS, reviews)


def outcome_row(
    program_id: str, own: list[Event], about_program: list[Event], reviews: Sequence[dict[str, Any]]
) -> dict[str, Any] | None:
    """An outcome as it stands, or None while none was handed in."""
    standing = repository.latest(fact for fact in own if fact.type == OUTCOME_SUBMITTED)
    if standing is None:
        return None
    given = [Decimal(row["value"]) for row in reviews if row["value"] is not None]
    decided = {fact.data["appeal_id"] for fact in own if fact.type == APPEAL_DECIDED}
    appeals = repository.every(own, APPEAL_LODGED)
    waiting = next((fact for fact in appeals if fact.id not in decided), None)
    recommended = repository.latest(fact for fact in own if fact.type == OUTCOME_RECOMMENDED)
    marked = [fact for fact in own if fact.type == STAFF_MARKED]
    return {
        "enrollment_id": standing.subject,
        "program_id": program_id,
        "outcome_id": standing.id,
        "submitted_at": standing.time,
        "late": repository.is_late(standing, about_program),
        "pooled": repository.has(own, OUTCOME_POOLED),
        "reviews": len(given),
        "spread": max(given) - min(given) if given else Decimal(0),
        "staff_marked": any(not repository.is_referee(fact) for fact in marked),
        "refereed": any(repository.is_referee(fact) for fact in marked),
        "decided": repository.has(own, MARK_OVERRIDDEN)
        or any(fact.data.get("mark") for fact in own if fact.type == APPEAL_DECIDED),
        "appeal_id": waiting.id if waiting else None,
        "appealed_at": waiting.time if waiting else None,
        "recommended": recommended is not None and recommended.data["recommended"],
    }


def review_rows(program_id: str, program: Program, own: list[Event]) -> Iterable[dict[str, Any]]:
    """Every review asked for or written about one outcome."""
    asked: dict[str, Event] = {}
    for fact in repository.every(own, REVIEW_ASSIGNED):
        asked.setdefault(fact.data["reviewer_id"], fact)
    expired = {fact.data["reviewer_id"] for fact in own if fact.type == REVIEW_EXPIRED}
    told = [repository.review(fact) for fact in own if fact.type == REVIEW_SUBMITTED]
    done: dict[str, Review] = {one.reviewer_id: one for one in standing_reviews(told)}
    for reviewer in sorted(asked.keys() | done.keys()):
        assigned, review = asked.get(reviewer), done.get(reviewer)
        yield {
            "author_id": (assigned.subject if assigned else review.author_id),  # type: ignore[union-attr]
            "reviewer_id": reviewer,
            "program_id": program_id,
            "assignment_id": assigned.id if assigned else None,
            "assigned_at": assigned.time if assigned else None,
            "due_at": assigned.data.get("due") if assigned else None,
            "voluntary": bool(assigned and assigned.data.get("voluntary")),
            "expired": reviewer in expired,
            "done_at": review.submitted_at if review else None,
            "value": value(review.marks, program.scheme.rubric) if review else None,
        }


def outcomes(session: Session, program_id: str) -> Sequence[Row[Any]]:
    """The outcomes of a program's cohort, without those of who has withdrawn."""
    return session.execute(OUTCOMES, {"program_id": program_id}).all()


def reviews(session: Session, program_id: str) -> Sequence[Row[Any]]:
    """The reviews that were asked for in a program's cohort."""
    return session.execute(REVIEWS, {"program_id": program_id}).all()


def is_missed(row: Row[Any], now: datetime) -> bool:
    """Whether a review is to be asked of another: its time is over or its reviewer gone."""
    if row.done_at is not None or row.expired:
        return False
    return bool(row.withdrawn or (row.due_at is not None and row.due_at <= now))


def asked(row: Row[Any], now: datetime) -> Asked:
    """A review as allocation sees it."""
    state = "expired" if row.expired or is_missed(row, now) else "waiting"
    if row.done_at is not None:
        state = "done"
    return Asked(row.author_id, row.reviewer_id, state, row.voluntary)  # type: ignore[arg-type]


def entrants(session: Session, rows: Iterable[Row[Any]]) -> list[Entrant]:
    """Outcomes as allocation sees them, each with its author's branch."""
    kinds = {
        fact.data["path"]: fact.data["kind"]
        for fact in ledger.of_type(session, ORGANIZATION_PLACED)
    }
    return [Entrant(row.id, branch(row.path, kinds)) for row in rows]


def branch(path: str, kinds: dict[str, str]) -> str:
    """The branch a path leads to or through; the path itself where none is known."""
    steps = path.strip("/").split("/")
    for end in range(len(steps), 0, -1):
        above = f"/{'/'.join(steps[:end])}/"
        if kinds.get(above) == "branch":
            return above
    return path
