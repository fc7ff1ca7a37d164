"""The training record of one enrollment, formed from facts alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any


@dataclass(frozen=True, slots=True)
class Completion:
    """A module was completed at a moment, worth hours."""

    module_id: str
    hours: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Score:
    """A score as it was told; of two the one of the larger basis stands."""

    id: str
    basis: int
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """The member's own words, written at a moment."""

    id: str
    at: datetime
    focus: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything heard about one enrollment, in no particular order."""

    member_id: str
    program_id: str
    category: str
    path: str
    opened_at: datetime
    completions: Iterable[Completion] = ()
    posts: frozenset[str] = frozenset()
    outcome: str | None = None
    scores: Iterable[Score] = ()
    words: Iterable[Words] = ()
    releases: Iterable[Mapping[str, Any]] = ()
    certificates: Iterable[Mapping[str, Any]] = ()


def standing_score(scores: Iterable[Score]) -> Score | None:
    """The score of the largest basis; equal ones go to the larger id."""
    return max(scores, key=lambda score: (score.basis, score.id), default=None)


def last_words(words: Iterable[Words]) -> Words | None:
    """What the member wrote last; equal times go to the larger id."""
    return max(words, key=lambda said: (said.at, said.id), default=None)


def standing(known: Known) -> dict[str, Any]:
    """What stands of an enrollment, as JSON: what is not known is null, never 0.

    `completed`: module id → instant. Hours are decimal texts, instants RFC 3339.
    """
    done: dict[str, Completion] = {}
    for completion in sorted(known.completions, key=attrgetter("at", "module_id")):
        done.setdefault(completion.module_id, completion)
    score, words = standing_score(known.scores), last_words(known.words)
    release = max(known.releases, key=itemgetter("round"), default=None)
    return {
        "category": known.category,
        "opened_at": known.opened_at.isoformat(),
        "completed": {one.module_id: one.at.isoformat() for one in done.values()},
        "hours": format(sum((one.hours for one in done.values()), Decimal(0)), "f"),
        "posts": len(known.posts),
        "outcome": known.outcome,
        "focus": words.focus if words else None,
        "summary": words.summary if words else None,
        "score_id": score.id if score else None,
        "total": score.data["total"] if score else None,
        "scored_hours": score.data["hours"] if score else None,
        "result": (
            {name: release[name] for name in ("total", "passed", "round")} if release else None
        ),
        "certificates": sorted(
            ({name: one[name] for name in ("serial", "issued_on")} for one in known.certificates),
            key=itemgetter("issued_on", "serial"),
        ),
    }


def record(
    program: Mapping[str, Any], standing: Mapping[str, Any], score: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The record as people read it: the whole curriculum in its order, and the score explained."""
    completed = standing["completed"]
    kept = ("category", "opened_at", "hours", "posts", "outcome", "focus", "summary", "result")
    of_module = ("code", "title", "kind", "delivery", "required", "hours")
    return {
        "program": {name: program[name] for name in ("code", "version", "title")},
        **{name: standing[name] for name in kept},
        "certificates": standing["certificates"],
        "modules": [
            {
                **{name: module[name] for name in of_module},
                "completed_at": completed.get(module["id"]),
            }
            for module in program["modules"]
        ],
        "score": score,
    }
