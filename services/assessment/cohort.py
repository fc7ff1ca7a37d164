"""The consensus of a whole cohort, once its reviews are closed.

It is drawn from every review in the cohort and from the staff marks that came
before the end: those that come later are about one outcome and move no other.
"""

from collections.abc import Collection, Iterable
from decimal import Decimal
from fractions import Fraction
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.assessment import repository
from services.assessment.domain.consensus import Agreed, Cohort, Counted, Rating, Reviewer, agree
from services.assessment.domain.marks import (
    Given,
    Review,
    standing_marking,
    standing_reviews,
    value,
)
from services.assessment.domain.program import Program
from services.contracts.assessment import REVIEW_SUBMITTED, REVIEW_WINDOW_CLOSED, STAFF_MARKED
from services.contracts.enrollment import ENROLLMENT_OPENED
from services.contracts.envelope import Event
from services.messaging import ledger
from services.messaging.busy import beside

# Fewer reviews than this take less time than to hand them to another thread.
MANY = 2_000
CHANGED_BY = (ENROLLMENT_OPENED, REVIEW_SUBMITTED, STAFF_MARKED)

COHORTS = text("""
    SELECT CAST(program_id AS text), digest, basis FROM cohorts
    WHERE program_id = ANY (CAST(:ids AS uuid[]))
""")
SAVE_COHORT = text("""
    INSERT INTO cohorts (program_id, digest, basis, reliability)
    VALUES (CAST(:program_id AS uuid), :digest, :basis, :reliability)
    ON CONFLICT (program_id) DO UPDATE SET
        digest = excluded.digest, basis = excluded.basis, reliability = excluded.reliability
""")
SAVE_BASIS = text("""
    INSERT INTO bases (digest, facts) VALUES (:digest, :facts) ON CONFLICT DO NOTHING
""")
BASIS = text("SELECT facts FROM bases WHERE digest = :digest")
FORGET = text("DELETE FROM cohorts WHERE program_id = ANY (CAST(:ids AS uuid[]))")
AGREEMENTS = text("""
    SELECT CAST(enrollment_id AS text), CAST(agreed AS text), CAST(given AS text)
    FROM agreements WHERE enrollment_id = ANY (CAST(:ids AS uuid[]))
""")
SAVE_AGREEMENTS = text("""
    INSERT INTO agreements (enrollment_id, program_id, agreed, given, reviewer)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        enrollment_id uuid, program_id uuid, agreed json, given json, reviewer json
    ) ORDER BY enrollment_id
    ON CONFLICT (enrollment_id) DO UPDATE SET
        agreed = excluded.agreed, given = excluded.given, reviewer = excluded.reviewer
""")


class Basis(NamedTuple):
    """What a cohort's consensus was drawn from: a digest of the ids, and how many there are."""

    digest: str
    size: int


class Agreement(NamedTuple):
    """What a consensus says of one enrollment: as author, and as reviewer."""

    agreed: Agreed | None
    given: list[Given]


NOTHING = Agreement(None, [])


def reopened(session: Session, fresh: Iterable[Event]) -> set[str]:
    """The closed programs whose consensus these facts change: facts that were heard late."""
    about = [fact for fact in fresh if fact.type in CHANGED_BY]
    parents = ledger.parents(session, {fact.subject for fact in about})
    closed = {
        fact.subject: fact.time
        for fact in ledger.said_of(session, set(parents.values()), (REVIEW_WINDOW_CLOSED,))
    }
    found = set()
    for fact in about:
        end = closed.get(parents.get(fact.subject, ""))
        if end is not None and (fact.type != STAFF_MARKED or fact.time <= end):
            found.add(parents[fact.subject])
    return found


def agreed(
    session: Session, programs: dict[str, list[Event]], anew: Collection[str]
) -> dict[str, Basis]:
    """Closed program → what its consensus was drawn from; drawn where it is missing or `anew`."""
    closed = {id_ for id_, facts in programs.items() if repository.has(facts, REVIEW_WINDOW_CLOSED)}
    if not closed:
        return {}
    session.execute(FORGET, {"ids": ledger.array(closed.intersection(anew))})
    rows = session.execute(COHORTS, {"ids": ledger.array(closed)}).all()
    found = {program_id: Basis(digest, size) for program_id, digest, size in rows}
    for program_id in sorted(closed - found.keys()):
        program = repository.program_in(programs[program_id])
        end = repository.of_type(programs[program_id], REVIEW_WINDOW_CLOSED)
        if program is not None and end is not None:
            found[program_id] = draw(session, program_id, program, end)
    return found


def draw(session: Session, program_id: str, program: Program, end: Event) -> Basis:
    """Draws the consensus of a cohort and keeps it."""
    members = set(ledger.members(session, [program_id]))
    told = ledger.said_of(session, members, (REVIEW_SUBMITTED, STAFF_MARKED))
    facts = [fact for fact in told if fact.type == REVIEW_SUBMITTED or fact.time <= end.time]
    reviews = standing(facts)
    work = beside if len(reviews) >= MANY else _here
    whole = work(drawn, program, facts, reviews)
    ids = sorted(fact.id for fact in (*facts, end))
    basis = Basis(blake2b("\n".join(ids).encode(), digest_size=16).hexdigest(), len(ids))
    keep(session, basis.digest, ids)
    saved = {
        "program_id": program_id,
        "digest": basis.digest,
        "basis": basis.size,
        "reliability": whole.reliability,
    }
    session.execute(SAVE_COHORT, saved)
    repository.save(
        session, SAVE_AGREEMENTS, list(_rows(program_id, program, members, whole, reviews))
    )
    return basis


def drawn(program: Program, facts: Iterable[Event], reviews: Collection[Review]) -> Cohort:
    """The consensus that follows from reviews and the staff marks among the facts."""
    rubric = program.scheme.rubric
    marked: dict[str, list[Event]] = {}
    for fact in facts:
        if fact.type == STAFF_MARKED:
            marked.setdefault(fact.subject, []).append(fact)
    anchors: dict[str, Decimal] = {}
    for author, markings in marked.items():
        latest = standing_marking(map(repository.marking, markings))
        assert latest is not None
        anchors[author] = value(latest.marks, rubric)
    ratings = [
        Rating(review.reviewer_id, review.author_id, value(review.marks, rubric))
        for review in reviews
    ]
    return agree(ratings, method=program.scheme.consensus, anchors=anchors, anchors_count=False)


def standing(facts: Iterable[Event]) -> list[Review]:
    """The standing reviews among facts, by outcome and reviewer."""
    told = [repository.review(fact) for fact in facts if fact.type == REVIEW_SUBMITTED]
    return sorted(standing_reviews(told), key=lambda one: (one.author_id, one.reviewer_id))


def of(whole: Cohort, program: Program, reviews: Iterable[Review]) -> dict[str, Agreement]:
    """Enrollment → what a consensus says of it, as author and as reviewer."""
    given: dict[str, list[Given]] = {}
    for review in reviews:
        own = given.setdefault(review.reviewer_id, [])
        agreed = whole.outcomes[review.author_id].mark
        own.append(Given(value(review.marks, program.scheme.rubric), agreed))
    return {
        id_: Agreement(whole.outcomes.get(id_), sorted(given.get(id_, [])))
        for id_ in whole.outcomes.keys() | given.keys()
    }


def agreements(session: Session, enrollments: Collection[str]) -> dict[str, Agreement]:
    """Enrollment → what its cohort's consensus says of it, where there is one."""
    rows = session.execute(AGREEMENTS, {"ids": ledger.array(enrollments)})
    return {
        id_: Agreement(
            read_agreed(id_, orjson.loads(said)) if said else None,
            [Given(Decimal(mark), Fraction(other)) for mark, other in orjson.loads(given)],
        )
        for id_, said, given in rows
    }


def keep(session: Session, digest: str, ids: Iterable[str]) -> None:
    """Keeps the ids of the facts a consensus was drawn from, so that it can be drawn again."""
    session.execute(SAVE_BASIS, {"digest": digest, "facts": packed(ids)})


def kept(session: Session, digest: str) -> list[str]:
    """The ids that were kept under a digest."""
    return unpacked(session.execute(BASIS, {"digest": digest}).scalar_one())


def packed(ids: Iterable[str]) -> bytes:
    """Ids as 16 bytes each."""
    return b"".join(bytes.fromhex(id_.replace("-", "")) for id_ in ids)


def unpacked(content: bytes) -> list[str]:
    """The ids in what `packed` made."""
    written = bytes(content).hex()
    return [
        "-".join((one[:8], one[8:12], one[12:16], one[16:20], one[20:]))
        for one in (written[start : start + 32] for start in range(0, len(written), 32))
    ]


def written_agreed(agreed: Agreed) -> dict[str, Any]:
    """A consensus as JSON values; `read_agreed` reads it back exactly."""
    return {
        "mark": str(agreed.mark),
        "low": str(agreed.low),
        "high": str(agreed.high),
        "spread": str(agreed.spread),
        "reviews": [[one.reviewer, str(one.mark), str(one.bias), str(one.weight)]
                    for one in agreed.reviews],
        "centre": str(agreed.centre),
        "centre_weight": str(agreed.centre_weight),
    }  # fmt: skip


def read_agreed(outcome: str, said: dict[str, Any]) -> Agreed:
    return Agreed(
        outcome=outcome,
        mark=Fraction(said["mark"]),
        low=Decimal(said["low"]),
        high=Decimal(said["high"]),
        spread=Decimal(said["spread"]),
        reviews=tuple(
            Counted(reviewer, Decimal(mark), Decimal(bias), Decimal(weight))
            for reviewer, mark, bias, weight in said["reviews"]
        ),
        centre=Decimal(said["centre"]),
        centre_weight=Decimal(said["centre_weight"]),
        anchor=None,
        anchor_weight=Decimal(0),
    )


def _rows(
    program_id: str,
    program: Program,
    members: Collection[str],
    whole: Cohort,
    reviews: Iterable[Review],
) -> Iterable[dict[str, Any]]:
    for id_, found in sorted(of(whole, program, reviews).items()):
        if id_ in members:
            reviewer = whole.reviewers.get(id_)
            yield {
                "enrollment_id": id_,
                "program_id": program_id,
                "agreed": written_agreed(found.agreed) if found.agreed else None,
                "given": [[str(one.value), str(one.agreed)] for one in found.given],
                "reviewer": written_reviewer(reviewer) if reviewer else None,
            }


def written_reviewer(reviewer: Reviewer) -> dict[str, Any]:
    """A reviewer's figures as JSON values."""
    return {
        "bias": str(reviewer.bias),
        "reliability": str(reviewer.reliability),
        "weight": str(reviewer.weight),
        "reviews": reviewer.reviews,
        "suspicions": list(reviewer.suspicions),
    }


def _here(work: Any, *args: Any) -> Any:
    return work(*args)
