"""Facts about quizzes and tables → domain values, and back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.assessment.domain.quizzes.attempt import Attempt, End, Mark, Save, Start, Told, stand
from services.assessment.domain.quizzes.grading import Grade
from services.assessment.domain.quizzes.paper import read_paper
from services.assessment.domain.quizzes.question import Question, read_answer, read_question
from services.assessment.domain.quizzes.quiz import Quiz, moment, read_quiz
from services.contracts.assessment import (
    ANSWER_MARKED,
    QUESTION_PUBLISHED,
    QUIZ_ANSWERED,
    QUIZ_EXPIRED,
    QUIZ_GRADED,
    QUIZ_PUBLISHED,
    QUIZ_STARTED,
    QUIZ_SUBMITTED,
)
from services.contracts.enrollment import PROGRAM_PUBLISHED
from services.contracts.envelope import Event, instant
from services.messaging import ledger

OF_ATTEMPTS = (QUIZ_STARTED, QUIZ_ANSWERED, QUIZ_SUBMITTED, QUIZ_EXPIRED, ANSWER_MARKED)
OF_ENROLLMENTS = (*OF_ATTEMPTS, QUIZ_GRADED)
FIRST = "00000000-0000-0000-0000-000000000000"
# Any number, the same for all: banks and quizzes are published one at a time.
PUBLISHING_LOCK = 7_266_316

ALONE = text("SELECT pg_advisory_xact_lock(:lock)")
SITTING = text("""
    SELECT DISTINCT CAST(enrollment_id AS text) FROM attempts
    WHERE quiz_id = ANY (CAST(:quizzes AS uuid[]))
""")
SAVE = text("""
    INSERT INTO attempts (
        enrollment_id, quiz_id, attempt, attempt_id, started_at, closes_at, ended_at, waiting,
        points, most, percent, passed
    )
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS rows (
        enrollment_id uuid, quiz_id uuid, attempt integer, attempt_id uuid,
        started_at timestamptz, closes_at timestamptz, ended_at timestamptz, waiting integer,
        points numeric, most numeric, percent numeric, passed boolean
    ) ORDER BY enrollment_id, quiz_id, attempt
    ON CONFLICT (enrollment_id, quiz_id, attempt) DO UPDATE SET
        attempt_id = excluded.attempt_id, started_at = excluded.started_at,
        closes_at = excluded.closes_at, ended_at = excluded.ended_at,
        waiting = excluded.waiting, points = excluded.points, most = excluded.most,
        percent = excluded.percent, passed = excluded.passed
""")
DUE = text("""
    SELECT CAST(enrollment_id AS text) AS enrollment_id, CAST(quiz_id AS text) AS quiz_id, attempt
    FROM attempts WHERE ended_at IS NULL AND closes_at < :now
    ORDER BY enrollment_id, quiz_id, attempt
""")
BANKS = text("""
    SELECT bank_id, min(bank) AS bank, count(*) AS questions FROM (
        SELECT DISTINCT ON (subject) data ->> 'bank_id' AS bank_id, data ->> 'bank' AS bank
        FROM inbox WHERE type = :type
    ) AS questions
    GROUP BY bank_id ORDER BY bank_id
""")
SAT = text("""
    SELECT CAST(attempt_id AS text) AS id, CAST(enrollment_id AS text) AS enrollment_id,
           CAST(member_id AS text) AS member_id, path, attempt, started_at, ended_at, waiting,
           points, most, percent, passed
    FROM attempts JOIN (SELECT enrollment_id, member_id, path FROM scores) AS enrolled
         USING (enrollment_id)
    WHERE quiz_id = CAST(:quiz_id AS uuid) AND attempt_id > CAST(:after AS uuid)
      AND (NOT :waiting OR ended_at IS NOT NULL AND waiting > 0)
      AND EXISTS (SELECT FROM unnest(CAST(:paths AS text[])) AS at WHERE starts_with(path, at))
    ORDER BY attempt_id LIMIT :most
""")
OVER = text("""
    SELECT CAST(enrollment_id AS text), min(attempt) FROM attempts JOIN scores USING (enrollment_id)
    WHERE quiz_id = CAST(:quiz_id AS uuid) AND ended_at IS NOT NULL
      AND EXISTS (SELECT FROM unnest(CAST(:paths AS text[])) AS at WHERE starts_with(path, at))
    GROUP BY enrollment_id
""")


class Key(NamedTuple):
    """Which attempt."""

    enrollment_id: str
    quiz_id: str
    attempt: int


def alone(session: Session) -> None:
    """Publishes alone until the transaction ends, so that no version is given twice."""
    session.execute(ALONE, {"lock": PUBLISHING_LOCK})


def told(facts: Iterable[Event]) -> dict[Key, Told]:
    """All that facts about enrollments say, by attempt."""
    gathered: dict[Key, Told] = defaultdict(lambda: Told([], [], [], [], []))
    for fact in facts:
        if fact.type not in OF_ATTEMPTS:
            continue
        data = fact.data
        one: Any = gathered[Key(fact.subject, data["quiz_id"], data["attempt"])]
        if fact.type == QUIZ_STARTED:
            paper = read_paper(data["paper"])
            one.starts.append(Start(fact.id, fact.time, moment(data.get("due")), paper))
        elif fact.type == QUIZ_ANSWERED:
            answers = {each["question_id"]: read_answer(each) for each in data["answers"]}
            one.saves.append(Save(fact.id, fact.time, answers))
        elif fact.type == QUIZ_SUBMITTED:
            one.submissions.append(End(fact.id, fact.time))
        elif fact.type == QUIZ_EXPIRED:
            one.expirations.append(End(fact.id, fact.time))
        else:
            share, reason = Decimal(data["share"]), data["reason"]
            one.marks.append(
                Mark(fact.id, fact.time, data["question_id"], data["staff_id"], share, reason)
            )
    return dict(gathered)


def attempts_of(session: Session, enrollments: Collection[str], quiz: Quiz) -> dict[Key, Attempt]:
    """The attempts of enrollments at a quiz, as they stand."""
    found = told(ledger.said_of(session, enrollments, OF_ATTEMPTS))
    standing = {
        key: stand(said, quiz.grace) for key, said in sorted(found.items()) if key[1] == quiz.id
    }
    return {key: attempt for key, attempt in standing.items() if attempt is not None}


def quizzes(session: Session, ids: Collection[str]) -> dict[str, Quiz]:
    """Published quiz versions by id."""
    found = ledger.said_of(session, ids, (QUIZ_PUBLISHED,))
    return {fact.subject: read_quiz(fact.subject, fact.data) for fact in found}


def questions(session: Session, ids: Collection[str]) -> dict[tuple[str, int], Question]:
    """All versions of these questions."""
    found = ledger.said_of(session, ids, (QUESTION_PUBLISHED,))
    return {
        (fact.subject, fact.data["version"]): read_question(fact.subject, fact.data)
        for fact in found
    }


def questions_of(session: Session, attempts: Iterable[Attempt]) -> dict[tuple[str, int], Question]:
    """The questions of these attempts' papers."""
    return questions(
        session, {entry.question_id for attempt in attempts for entry in attempt.paper}
    )


def of_bank(session: Session, bank_id: str) -> list[Event]:
    """All published versions of a bank's questions, by code and version."""
    facts = ledger.known(session, [bank_id])[bank_id]
    return sorted(
        (fact for fact in facts if fact.type == QUESTION_PUBLISHED),
        key=lambda fact: (fact.data["code"], fact.data["version"]),
    )


def in_bank(session: Session, bank_id: str) -> list[Question]:
    """All versions of a bank's questions."""
    return [read_question(fact.subject, fact.data) for fact in of_bank(session, bank_id)]


def touched_quizzes(session: Session, subjects: Collection[str]) -> set[str]:
    """The quizzes on which something new is known, or on the questions of their banks."""
    said = ledger.said_of(session, subjects, (QUESTION_PUBLISHED, QUIZ_PUBLISHED))
    found = {fact.subject for fact in said if fact.type == QUIZ_PUBLISHED}
    banks = {fact.data["bank_id"] for fact in said if fact.type == QUESTION_PUBLISHED}
    for facts in ledger.known(session, banks).values():
        found |= {fact.subject for fact in facts if fact.type == QUIZ_PUBLISHED}
    return found


def sitting(session: Session, quizzes: Collection[str]) -> set[str]:
    """The enrollments that have begun an attempt at one of these quizzes."""
    if not quizzes:
        return set()
    return set(session.execute(SITTING, {"quizzes": ledger.array(quizzes)}).scalars())


def module_ids(session: Session, program_id: str | None = None) -> set[str]:
    """The ids of the modules of a program version, or of all that are known."""
    facts = (
        ledger.said_of(session, [program_id], (PROGRAM_PUBLISHED,))
        if program_id
        else ledger.of_type(session, PROGRAM_PUBLISHED)
    )
    return {module["id"] for fact in facts for module in fact.data["modules"]}


def last_graded(facts: Iterable[Event]) -> dict[Key, Event]:
    """Of each attempt what was told of it in the highest round."""
    graded = [fact for fact in facts if fact.type == QUIZ_GRADED]
    return {
        Key(fact.subject, fact.data["quiz_id"], fact.data["attempt"]): fact
        for fact in sorted(graded, key=lambda fact: fact.data["round"])
    }


def save_attempts(session: Session, rows: Iterable[tuple[Key, Attempt, Grade | None]]) -> None:
    """Makes attempts stand, with their grades where they are over."""
    written = [row(*one) for one in rows]
    if written:
        session.execute(SAVE, {"rows": orjson.dumps(written).decode()})


def row(key: Key, attempt: Attempt, grade: Grade | None) -> dict[str, Any]:
    return {
        **key._asdict(),
        "attempt_id": attempt.id,
        "started_at": instant(attempt.started_at),
        "closes_at": None if attempt.closes_at is None else instant(attempt.closes_at),
        "ended_at": None if attempt.ended_at is None else instant(attempt.ended_at),
        "waiting": grade and grade.waiting,
        "points": grade and str(grade.points),
        "most": grade and str(grade.most),
        "percent": grade and str(grade.percent),
        "passed": grade.passed if grade and not grade.waiting else None,
    }


def due(session: Session, now: datetime) -> list[Key]:
    """The attempts that still run and whose time, with its grace, is up."""
    return [Key(*found) for found in session.execute(DUE, {"now": now}).all()]


def banks(session: Session) -> Sequence[Row[Any]]:
    """Every bank, with the number of its questions."""
    return session.execute(BANKS, {"type": QUESTION_PUBLISHED}).all()


def sat(
    session: Session, quiz_id: str, *, after: str | None, most: int, waiting: bool, paths: list[str]
) -> Sequence[Row[Any]]:
    """Attempts at a quiz at or below these organizations, by id, after a cursor."""
    wanted = {
        "quiz_id": quiz_id,
        "after": after or FIRST,
        "most": most,
        "waiting": waiting,
        "paths": paths,
    }
    return session.execute(SAT, wanted).all()


def over(session: Session, quiz_id: str, paths: list[str]) -> dict[str, int]:
    """Enrollments with attempts that are over, at or below these organizations → the first."""
    found = session.execute(OVER, {"quiz_id": quiz_id, "paths": paths})
    return dict(found.all())
