"""What stands of an attempt, whatever the order its facts came in."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from services.assessment.domain.quizzes.paper import Entry
from services.assessment.domain.quizzes.question import Answer


class Start(NamedTuple):
    """The beginning of an attempt; `id` is the fact's."""

    id: str
    time: datetime
    due: datetime | None
    paper: tuple[Entry, ...]


class Save(NamedTuple):
    """Answers by question id, as they were saved."""

    id: str
    time: datetime
    answers: Mapping[str, Answer]


class End(NamedTuple):
    """An attempt was handed in, or its time was up."""

    id: str
    time: datetime


class Mark(NamedTuple):
    """Staff gives a short answer `share` per cent of its points."""

    id: str
    time: datetime
    question_id: str
    staff_id: str
    share: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """All that was told of one attempt, in any order."""

    starts: Collection[Start] = ()
    saves: Collection[Save] = ()
    submissions: Collection[End] = ()
    expirations: Collection[End] = ()
    marks: Collection[Mark] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What stands: answers and marks by question id; `basis`: ids of the facts it is drawn from.

    `closes_at`: what comes later does not count; None where it has no end.
    `saved_at`: when the last answers that count were saved.
    `ended_at` is None while the attempt runs.
    """

    id: str
    started_at: datetime
    due: datetime | None
    closes_at: datetime | None
    saved_at: datetime | None
    ended_at: datetime | None
    submitted: bool
    paper: tuple[Entry, ...]
    answers: Mapping[str, Answer]
    marks: Mapping[str, Mark]
    basis: tuple[str, ...]

    @property
    def told_at(self) -> datetime:
        """When the last of what it is drawn from happened."""
        return max([self.ended_at or self.started_at, *(mark.time for mark in self.marks.values())])


def stand(told: Told, grace: timedelta) -> Attempt | None:
    """The attempt as it stands, or None while its beginning is not known.

    The first start is the start. What comes in until `due` and `grace` counts:
    saved answers, of each question the latest, until the first submission; an
    attempt that was not handed in until then ends at `due`, once that is told.
    Of marks of one answer the latest counts. Equal times go by the ids of the
    facts. Answers and marks of questions that are not in the paper are nothing.
    """
    start = min(told.starts, key=when, default=None)
    if start is None:
        return None
    closes_at = None if start.due is None else start.due + grace
    in_time = [end for end in told.submissions if closes_at is None or end.time <= closes_at]
    submitted = min(in_time, key=when, default=None)
    expired = min(told.expirations, key=when, default=None)
    end = submitted or (expired if start.due is not None else None)
    last = submitted.time if submitted else closes_at
    counting = [save for save in told.saves if last is None or save.time <= last]
    asked = {entry.question_id for entry in start.paper}
    answers = {
        question_id: answer
        for save in sorted(counting, key=when)
        for question_id, answer in save.answers.items()
        if question_id in asked
    }
    marks = {mark.question_id: mark for mark in in_order(told.marks) if mark.question_id in asked}
    return Attempt(
        id=start.id,
        started_at=start.time,
        due=start.due,
        closes_at=closes_at,
        saved_at=max((save.time for save in counting), default=None),
        ended_at=(submitted.time if submitted else start.due) if end else None,
        submitted=submitted is not None,
        paper=start.paper,
        answers=answers,
        marks=marks,
        basis=tuple(
            sorted(
                {
                    start.id,
                    *(save.id for save in counting),
                    *([end.id] if end else []),
                    *(mark.id for mark in told.marks),
                }
            )
        ),
    )


def in_order(marks: Iterable[Mark]) -> list[Mark]:
    return sorted(marks, key=when)


def when(fact: Start | Save | End | Mark) -> tuple[datetime, str]:
    """The order of facts: by time, equal times by id."""
    return fact.time, fact.id
