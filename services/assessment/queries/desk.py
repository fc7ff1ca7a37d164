"""The assessment desk of staff, and what a reviewer learns of the own reviews."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.assessment import errors, repository
from services.assessment.commands.checks import own
from services.assessment.domain.amounts import shown
from services.assessment.domain.marks import Given
from services.assessment.domain.reviewing import quality
from services.contracts.assessment import REVIEW_WINDOW_CLOSED
from services.contracts.refusal import Forbidden
from services.messaging.doors import Call

BELOW = "EXISTS (SELECT FROM unnest(CAST(:paths AS text[])) AS at WHERE starts_with(path, at))"
STEP = 10
TASKS = text(f"""
    SELECT CAST(enrollment_id AS text) AS enrollment_id, reviews, spread, staff_marked, refereed,
           decided, CAST(appeal_id AS text) AS appeal_id, appealed_at
    FROM outcomes JOIN scores USING (enrollment_id)
    WHERE outcomes.program_id = CAST(:program_id AS uuid) AND NOT withdrawn AND {BELOW}
    ORDER BY enrollment_id
""")
WORKLOAD = text(f"""
    SELECT CAST(reviewer_id AS text) AS enrollment_id,
           count(*) FILTER (WHERE NOT voluntary) AS asked,
           count(*) FILTER (WHERE voluntary) AS volunteered,
           count(*) FILTER (WHERE done_at IS NOT NULL) AS done,
           count(*) FILTER (WHERE done_at IS NULL AND (expired OR due_at <= :now)) AS overdue
    FROM reviews JOIN scores ON scores.enrollment_id = reviewer_id
    WHERE reviews.program_id = CAST(:program_id AS uuid) AND {BELOW}
    GROUP BY reviewer_id ORDER BY reviewer_id
""")
FINDINGS = text(f"""
    SELECT CAST(agreements.enrollment_id AS text) AS enrollment_id,
           CAST(agreed AS text) AS agreed, CAST(reviewer AS text) AS reviewer
    FROM agreements JOIN scores USING (enrollment_id)
    WHERE agreements.program_id = CAST(:program_id AS uuid) AND {BELOW}
    ORDER BY agreements.enrollment_id
""")
TOTALS = text(f"""
    SELECT total, passed, final FROM scores
    WHERE program_id = CAST(:program_id AS uuid) AND NOT withdrawn AND {BELOW}
""")
COHORT = text("SELECT reliability FROM cohorts WHERE program_id = CAST(:program_id AS uuid)")
OWN = text("""
    SELECT CAST(given AS text) AS given, CAST(reviewer AS text) AS reviewer
    FROM agreements WHERE enrollment_id = CAST(:id AS uuid)
""")
ASKED = text("""
    SELECT count(*) FROM reviews
    WHERE reviewer_id = CAST(:id AS uuid) AND assignment_id IS NOT NULL AND NOT voluntary
""")


def tasks(session: Session, call: Call) -> dict[str, Any]:
    """What waits for staff: too few reviews, reviews that differ, appeals.

    A stand-in is asked for while fewer than `quorum` reviews are there,
    urgently so from the day on which staff stands in.
    """
    wanted, facts = wanted_at(session, call)
    program = repository.program_in(facts)
    assert program is not None
    scheme, dates = program.scheme, repository.dates_in(program, facts)
    closed = repository.has(facts, REVIEW_WINDOW_CLOSED)
    rows: list[dict[str, Any]] = []
    for row in session.execute(TASKS, wanted):
        judged = row.staff_marked or row.refereed or row.decided
        if row.reviews < scheme.quorum and not judged and (closed or call.now >= dates.stand_in_at):
            rows.append(_task("stand_in", row, dates.reviews_due))
        if row.spread > scheme.referee_spread and not (row.refereed or row.decided):
            rows.append(_task("referee", row, dates.reviews_due))
        if row.appeal_id is not None:
            rows.append(_task("appeal", row, row.appealed_at))
    return {"rows": rows}


def workload(session: Session, call: Call) -> dict[str, Any]:
    """Per reviewer: asked, volunteered, written, overdue."""
    wanted, _ = wanted_at(session, call)
    rows = session.execute(WORKLOAD, wanted | {"now": call.now})
    return {"rows": [row._asdict() for row in rows]}


def findings(session: Session, call: Call) -> dict[str, Any]:
    """What the consensus says: each outcome's interval and spread, each reviewer's quality.

    Empty until reviews are closed. A suspicion is a reason to look and no proof.
    """
    wanted, _ = wanted_at(session, call)
    outcomes, reviewers = [], []
    for row in session.execute(FINDINGS, wanted):
        if row.agreed:
            said = orjson.loads(row.agreed)
            outcomes.append(
                {
                    "enrollment_id": row.enrollment_id,
                    "mark": shown(Fraction(said["mark"])).lstrip("≈"),
                    "low": said["low"],
                    "high": said["high"],
                    "spread": said["spread"],
                    "reviews": len(said["reviews"]),
                }
            )
        if row.reviewer:
            reviewers.append({"enrollment_id": row.enrollment_id, **orjson.loads(row.reviewer)})
    reliability = session.execute(COHORT, wanted).scalar()
    return {
        "outcomes": outcomes,
        "reviewers": reviewers,
        "reliability": None if reliability is None else format(reliability, "f"),
    }


def distribution(session: Session, call: Call) -> dict[str, Any]:
    """How totals are distributed, in steps of ten from 0; the last step holds 90 to 100."""
    wanted, _ = wanted_at(session, call)
    rows = session.execute(TOTALS, wanted).all()
    steps = Counter(min(int(row.total // STEP), 9) for row in rows)
    totals = sorted(row.total for row in rows)
    middle = len(totals) // 2
    median = None
    if totals:
        median = totals[middle] if len(totals) % 2 else (totals[middle - 1] + totals[middle]) / 2
    return {
        "scores": len(rows),
        "final": sum(row.final for row in rows),
        "passed": sum(row.passed for row in rows),
        "median": None if median is None else format(Decimal(median), "f"),
        "steps": [{"from": step * STEP, "scores": steps[step]} for step in range(10)],
    }


def own_reviewing(session: Session, call: Call) -> dict[str, Any]:
    """How the caller's reviews compare with what was agreed on; whose outcomes, is not told."""
    found = own(session, call)
    if not repository.has(found.facts, REVIEW_WINDOW_CLOSED) or repository.is_held(found.facts):
        raise errors.window_not_closed()
    row = session.execute(OWN, {"id": found.enrollment.id}).one_or_none()
    asked = session.execute(ASKED, {"id": found.enrollment.id}).scalar() or 0
    pairs = orjson.loads(row.given) if row else []
    given = [Given(Decimal(mark), Fraction(agreed)) for mark, agreed in pairs]
    share = quality(given, asked)
    reviewer = orjson.loads(row.reviewer) if row and row.reviewer else {}
    return {
        "asked": asked,
        "written": len(given),
        "quality": None if share is None else shown(share).lstrip("≈"),
        "bias": reviewer.get("bias"),
        "reliability": reviewer.get("reliability"),
        "reviews": [
            {
                "mark": format(one.value, "f"),
                "agreed": shown(one.agreed).lstrip("≈"),
                "difference": shown_difference(Fraction(one.value) - one.agreed),
            }
            for one in sorted(given)
        ],
    }


def shown_difference(amount: Fraction) -> str:
    """A difference with its sign, at two places."""
    written = shown(abs(amount)).lstrip("≈")
    return f"-{written}" if amount < 0 else written


def wanted_at(session: Session, call: Call) -> tuple[dict[str, Any], list[Any]]:
    """A program and the organizations in which the caller is staff or reads; with its facts."""
    paths = call.principal.paths()
    if not paths:
        raise Forbidden
    program_id = call.body["program_id"]
    facts = repository.program_facts(session, [program_id]).get(program_id, [])
    if repository.program_in(facts) is None:
        raise errors.no_program()
    return {"program_id": program_id, "paths": paths}, facts


def _task(kind: str, row: Any, due: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "enrollment_id": row.enrollment_id,
        "appeal_id": row.appeal_id if kind == "appeal" else None,
        "reviews": row.reviews,
        "spread": format(row.spread, "f"),
        "due": due,
    }
