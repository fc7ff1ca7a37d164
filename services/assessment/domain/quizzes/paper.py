"""Papers: which questions an attempt has, in which order.

A paper is a pure function of the quiz, the questions and a seed. Chance is the
order of SHA-256 digests of the seed with an id, so that the same seed gives
the same paper in every version of Python, and by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from services.assessment.domain.quizzes.question import MULTIPLE, SINGLE, Question
from services.assessment.domain.quizzes.quiz import Draw, Quiz


class Entry(NamedTuple):
    """A question of a paper: which version, and its options' codes in their order."""

    question_id: str
    version: int
    options: tuple[str, ...]


def seed(quiz_id: str, enrollment_id: str, attempt: int) -> str:
    """The seed of an attempt's paper."""
    return f"{quiz_id}\n{enrollment_id}\n{attempt}"


def paper(quiz: Quiz, questions: Iterable[Question], seed: str) -> tuple[Entry, ...] | None:
    """The paper of this seed, or None where the questions do not suffice.

    Fixed questions come first and drawn ones after them, in the order the quiz
    names them, unless questions are shuffled. No question comes twice.
    """
    latest = newest(questions)
    if not latest.keys() >= set(quiz.questions):
        return None
    drawn = drawn_questions(quiz, latest, seed)
    if drawn is None:
        return None
    chosen = [*quiz.questions, *drawn]
    if quiz.shuffle_questions:
        chosen.sort(key=lambda id_: chance(seed, "order", id_))
    return tuple(
        Entry(id_, latest[id_].version, options(latest[id_], seed, shuffle=quiz.shuffle_options))
        for id_ in chosen
    )


def newest(questions: Iterable[Question]) -> dict[str, Question]:
    """The highest version of each question, by id."""
    return {one.id: one for one in sorted(questions, key=lambda one: one.version)}


def options(question: Question, seed: str, *, shuffle: bool) -> tuple[str, ...]:
    """The codes of a question's options; true and false keep their order."""
    codes = tuple(question.options)
    if not shuffle or question.kind not in (SINGLE, MULTIPLE):
        return codes
    return tuple(sorted(codes, key=lambda code: chance(seed, "option", question.id, code)))


def drawn_questions(quiz: Quiz, latest: Mapping[str, Question], seed: str) -> list[str] | None:
    """A different question for each place of each draw, or None where there are too few.

    One draw may want what another one needs: places are filled by augmenting
    paths (Kuhn 1955), which fills all of them wherever that is possible.
    """
    fixed = set(quiz.questions)
    free = [one for id_, one in latest.items() if id_ not in fixed]
    places = [(number, draw) for number, draw in enumerate(quiz.draws) for _ in range(draw.count)]
    wanted: dict[int, list[str]] = {
        number: sorted(
            (one.id for one in free if fits(one, draw)),
            key=lambda id_: chance(seed, f"draw {number}", id_),
        )
        for number, draw in enumerate(quiz.draws)
    }
    held: dict[str, int] = {}
    for place in range(len(places)):
        if not seat(place, [wanted[number] for number, _ in places], held):
            return None
    seated = {place: id_ for id_, place in held.items()}
    return [seated[place] for place in range(len(places))]


def seat(place: int, wanted: Sequence[Sequence[str]], held: dict[str, int]) -> bool:
    """Gives a place a question, moving others where needed; whether that was possible."""
    # Breadth first, for a chain of moves may be as long as the paper.
    came: dict[str, int] = {}
    waiting = [place]
    for one in waiting:
        for id_ in wanted[one]:
            if id_ in came:
                continue
            came[id_] = one
            if id_ in held:
                waiting.append(held[id_])
                continue
            move(id_, place, came, held)
            return True
    return False


def move(free: str, place: int, came: Mapping[str, int], held: dict[str, int]) -> None:
    """Has each place on the way to a free question take the question it came to."""
    before = {seated: id_ for id_, seated in held.items()}
    question = free
    while True:
        one = came[question]
        held[question] = one
        if one == place:
            return
        question = before[one]


def fits(question: Question, draw: Draw) -> bool:
    """Whether a draw may take a question."""
    return (draw.tag is None or draw.tag in question.tags) and (
        draw.difficulty is None or draw.difficulty == question.difficulty
    )


def chance(*parts: str) -> bytes:
    """What decides an order: as good as random, and always the same."""
    return sha256("\n".join(parts).encode()).digest()


def read_paper(data: Iterable[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """The paper in `data` of `assessment.quiz_started.v1`."""
    return tuple(Entry(one["question_id"], one["version"], tuple(one["options"])) for one in data)


def paper_data(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """A paper as `assessment.quiz_started.v1` tells it."""
    return [one._asdict() | {"options": list(one.options)} for one in entries]
