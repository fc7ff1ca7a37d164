"""The training record of one enrollment, formed from facts alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
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


def record(program: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """The record as JSON: what is not known is null, for pages to show as 待补, never 0.

    `modules` lists the whole curriculum in its order; hours are decimal texts
    and instants RFC 3339.
    """
    done: dict[str, Completion] = {}
    for completion in sorted(known.completions, key=lambda one: (one.at, one.module_id)):
        done.setdefault(completion.module_id, completion)
    score, words = standing_score(known.scores), last_words(known.words)
    release = max(known.releases, key=lambda told: told["round"], default=None)
    return {
        "program": {name: program[name] for name in ("code", "version", "title")},
        "category": known.category,
        "opened_at": known.opened_at.isoformat(),
        "modules": [
            {
                **{
                    name: module[name] for name in ("code", "title", "kind", "delivery", "required")
                },
                "hours": module["hours"],
                "completed_at": (
                    done[module["id"]].at.isoformat() if module["id"] in done else None
                ),
            }
            for module in program["modules"]
        ],
        "hours": format(sum((one.hours for one in done.values()), Decimal(0)), "f"),
        "posts": len(known.posts),
        "outcome": known.outcome,
        "focus": words.focus if words else None,
        "summary": words.summary if words else None,
        "score": score.data if score else None,
        "result": (
            {name: release[name] for name in ("total", "passed", "round")} if release else None
        ),
        "certificates": sorted(
            (
                {"serial": one["serial"], "issued_on": one["issued_on"]}
                for one in known.certificates
            ),
            key=lambda one: (one["issued_on"], one["serial"]),
        ),
    }
