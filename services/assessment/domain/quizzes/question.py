"""A published question, and what an answer to it may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

SINGLE: Final = "single_choice"
MULTIPLE: Final = "multiple_choice"
TRUE_FALSE: Final = "true_false"
FILL_IN: Final = "fill_in"
SHORT: Final = "short_answer"
KINDS: Final = (SINGLE, MULTIPLE, TRUE_FALSE, FILL_IN, SHORT)
CHOICES: Final = (SINGLE, MULTIPLE, TRUE_FALSE)
ONE_OPTION: Final = (SINGLE, TRUE_FALSE)

ALL_OR_NOTHING: Final = "all_or_nothing"
PARTIAL: Final = "partial"


@dataclass(frozen=True, slots=True)
class Question:
    """A version of a question; `correct` are codes of options, or accepted answers."""

    id: str
    version: int
    code: str
    kind: str
    text: str
    options: Mapping[str, str]
    correct: tuple[str, ...]
    rule: str
    points: Decimal
    tags: frozenset[str]
    difficulty: str | None
    explanation: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a member answers; `prose` is the digest of a text."""

    options: frozenset[str] = frozenset()
    text: str | None = None
    prose: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is answered; a text of white space is nothing."""
        return not self.options and not (self.text or "").strip() and self.prose is None


NOTHING: Final = Answer()


def read_question(id_: str, data: Mapping[str, Any]) -> Question:
    """The question in `data` of `assessment.question_published.v1`."""
    return Question(
        id=id_,
        version=data["version"],
        code=data["code"],
        kind=data["kind"],
        text=data["text"],
        options={option["code"]: option["text"] for option in data["options"]},
        correct=tuple(data["correct"]),
        rule=data["rule"],
        points=Decimal(data["points"]),
        tags=frozenset(data["tags"]),
        difficulty=data.get("difficulty"),
        explanation=data.get("explanation"),
    )


def read_answer(data: Mapping[str, Any]) -> Answer:
    """One answer of `assessment.quiz_answered.v1`."""
    return Answer(frozenset(data["options"]), data.get("text"), data.get("prose"))
