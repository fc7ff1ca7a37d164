"""A published quiz: which questions, how long, how often, and what passes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Draw:
    """`count` questions at random, of a tag and a difficulty where they are named."""

    count: int
    tag: str | None = None
    difficulty: str | None = None


@dataclass(frozen=True, slots=True)
class Quiz:
    """A version of a quiz; `questions` are ids that every paper has."""

    id: str
    code: str
    version: int
    title: str
    bank_id: str
    questions: tuple[str, ...]
    draws: tuple[Draw, ...]
    limit: timedelta | None
    grace: timedelta
    attempts: int
    pass_mark: Decimal
    counting: str
    shuffle_questions: bool
    shuffle_options: bool
    show_answers: str
    opens_at: datetime | None
    closes_at: datetime | None
    module_ids: tuple[str, ...]

    def due(self, started_at: datetime) -> datetime | None:
        """When an attempt begun at this moment ends by itself: by its limit or with the quiz."""
        ends = [] if self.limit is None else [started_at + self.limit]
        return min([*ends, self.closes_at] if self.closes_at else ends, default=None)


def read_quiz(id_: str, data: Mapping[str, Any]) -> Quiz:
    """The quiz in `data` of `assessment.quiz_published.v1`."""
    minutes = data.get("minutes")
    return Quiz(
        id=id_,
        code=data["code"],
        version=data["version"],
        title=data["title"],
        bank_id=data["bank_id"],
        questions=tuple(data["questions"]),
        draws=tuple(
            Draw(draw["count"], draw.get("tag"), draw.get("difficulty")) for draw in data["draws"]
        ),
        limit=None if minutes is None else timedelta(minutes=minutes),
        grace=timedelta(seconds=data["grace_seconds"]),
        attempts=data["attempts"],
        pass_mark=Decimal(data["pass_mark"]),
        counting=data["counting"],
        shuffle_questions=data["shuffle_questions"],
        shuffle_options=data["shuffle_options"],
        show_answers=data["show_answers"],
        opens_at=moment(data.get("opens_at")),
        closes_at=moment(data.get("closes_at")),
        module_ids=tuple(data["module_ids"]),
    )


def moment(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
