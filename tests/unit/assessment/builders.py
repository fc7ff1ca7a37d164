"""Programs, reviews and what is known, of which a test names only what it is about."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from services.assessment.domain.consensus import Agreed, Method, Rating, agree
from services.assessment.domain.known import Known
from services.assessment.domain.marks import Decision, Marking, Review, standing_reviews
from services.assessment.domain.program import Program, read_program
from services.assessment.domain.scheme import DEFAULT_SCHEME
from services.assessment.domain.score import Score

PROGRAM_ID = str(UUID(int=1))
ALL = {"code": "all", "title": "总评", "weight": "100"}


def id_(number: int) -> str:
    return str(UUID(int=number))


def module(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": id_(number),
        "code": f"M{number}",
        "title": f"模块 {number}",
        "kind": "theory",
        "delivery": "online",
        "hours": "1",
        "required": True,
        "group": None,
        "activities": [],
    } | changes


def elective(number: int, group: str = "A", **changes: Any) -> dict[str, Any]:
    return module(number, required=False, group=group) | changes


def group(code: str = "A", **rules: Any) -> dict[str, Any]:
    return {"code": code, "title": f"选修 {code}"} | rules


def published(
    *modules: dict[str, Any], electives: tuple[dict[str, Any], ...] = (), **scheme: Any
) -> dict[str, Any]:
    """The data of a published program; its rubric has one criterion unless another is given."""
    return {
        "code": "P",
        "version": 1,
        "title": "专题培训",
        "starts_on": "2024-03-01",
        "ends_on": "2024-06-30",
        "outcomes_due": "2024-05-31T23:59:59+08:00",
        "reviews_due": "2024-06-15T23:59:59+08:00",
        "audience": {"categories": ["activist"], "paths": ["/1/"]},
        "modules": list(modules),
        "electives": list(electives),
        "scheme": DEFAULT_SCHEME | {"rubric": [ALL]} | scheme,
    }


def program(
    *modules: dict[str, Any], electives: tuple[dict[str, Any], ...] = (), **scheme: Any
) -> Program:
    return read_program(published(*modules, electives=electives, **scheme))


def known(method: Method = "median", **facts: Any) -> Known:
    """What is known; once reviews are closed also what they agree on, by this method."""
    if facts.get("closed") and facts.get("reviews") and "agreed" not in facts:
        facts["agreed"] = agreed(facts["reviews"], method)
    return Known(**({"program_id": PROGRAM_ID, "basis": 1} | facts))


def agreed(reviews: Iterable[Review], method: Method = "median") -> Agreed:
    """What the standing reviews of one outcome agree on, with nobody else in the cohort."""
    ratings = [
        Rating(one.reviewer_id, one.author_id, one.marks["all"])
        for one in standing_reviews(reviews)
    ]
    (found,) = agree(ratings, method=method, anchors_count=False).outcomes.values()
    return found


def decision(
    mark: int | str,
    by: Literal["appeal", "override"] = "override",
    *,
    day: int = 0,
    number: int = 1,
) -> Decision:
    at = datetime(2024, 7, 1, tzinfo=UTC) + timedelta(days=day)
    return Decision(id_(number), at, Decimal(mark), by)


def ids(*numbers: int) -> frozenset[str]:
    return frozenset(id_(number) for number in numbers)


def review(by: int, value: int | str | Decimal, *, day: int = 0, number: int = 0) -> Review:
    return Review(
        id=id_(number or 1000 * (by + 1) + day),
        author_id=id_(999),
        reviewer_id=id_(by),
        submitted_at=datetime(2024, 6, 1, tzinfo=UTC) + timedelta(days=day),
        marks={"all": Decimal(value)},
    )


def marking(value: int | str | Decimal, *, day: int = 0, number: int = 1) -> Marking:
    return Marking(
        id=id_(number),
        marked_at=datetime(2024, 6, 1, tzinfo=UTC) + timedelta(days=day),
        marks={"all": Decimal(value)},
    )


def points(score: Score) -> dict[str, Decimal]:
    return {part.code: part.points for part in score.parts}


def met(score: Score) -> dict[str, bool]:
    return {gate.code: gate.met for gate in score.gates}
