"""What people ask assessment about quizzes."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.assessment import errors, quiz_errors, quiz_repository, repository
from services.assessment.domain.quizzes.attempt import Attempt
from services.assessment.domain.quizzes.quiz import Quiz, read_quiz
from services.assessment.domain.quizzes.statistics import Sat, statistics
from services.assessment.queries import quiz_views
from services.assessment.quiz_handlers import graded
from services.assessment.quiz_repository import Key
from services.contracts.assessment import QUIZ_PUBLISHED
from services.contracts.envelope import Event, instant
from services.contracts.principal import ADMINISTRATOR, READERS, TRAINER
from services.contracts.refusal import Forbidden
from services.messaging import ledger
from services.messaging.doors import Call


def banks(session: Session, call: Call) -> dict[str, Any]:
    """All banks, to who writes questions."""
    require_author(call)
    rows = quiz_repository.banks(session)
    return {
        "rows": [{"id": row.bank_id, "bank": row.bank, "questions": row.questions} for row in rows]
    }


def questions(session: Session, call: Call) -> dict[str, Any]:
    """The latest version of each question of a bank, with its answer, to who writes questions."""
    require_author(call)
    latest = {fact.subject: fact for fact in quiz_repository.of_bank(session, call.body["bank_id"])}
    if not latest:
        raise quiz_errors.no_bank()
    return {"rows": [quiz_views.question_row(fact) for fact in latest.values()]}


def quizzes(session: Session, call: Call) -> dict[str, Any]:
    """All published quiz versions, to staff."""
    require_staff(call)
    facts = ledger.of_type(session, QUIZ_PUBLISHED)
    facts.sort(key=lambda fact: (fact.data["code"], fact.data["version"]))
    return {"rows": [quiz_views.quiz_row(fact) for fact in facts]}


def own_quizzes(session: Session, call: Call) -> dict[str, Any]:
    """The quizzes of an enrollment: for all or for its modules, the latest and those begun."""
    enrollment = readable(session, call)
    modules = quiz_repository.module_ids(session, enrollment.program_id)
    facts = ledger.of_type(session, QUIZ_PUBLISHED)
    newest = newest_versions(facts)
    rows = []
    for fact in sorted(facts, key=lambda fact: (fact.data["code"], fact.data["version"])):
        quiz = read_quiz(fact.subject, fact.data)
        attempts = quiz_repository.attempts_of(session, [enrollment.id], quiz)
        fits = not quiz.module_ids or modules & set(quiz.module_ids)
        if attempts or (fits and quiz.version == newest[quiz.code]):
            known = quiz_repository.questions_of(session, attempts.values())
            grades = {key: graded(attempt, quiz, known) for key, attempt in attempts.items()}
            rows.append(quiz_views.own_quiz_row(fact, quiz, attempts, grades))
    return {"rows": rows}


def newest_versions(facts: list[Event]) -> dict[str, int]:
    """Quiz code → its highest version."""
    newest: dict[str, int] = {}
    for fact in facts:
        code, version = fact.data["code"], fact.data["version"]
        newest[code] = max(version, newest.get(code, 0))
    return newest


def attempt_paper(session: Session, call: Call) -> dict[str, Any]:
    """A paper and what was answered, never what is right: one's own, or where one reads."""
    key, quiz, attempts = asked_attempt(session, readable(session, call), call)
    known = quiz_repository.questions_of(session, [attempts[key]])
    return quiz_views.paper_view(key, attempts[key], quiz, known)


def attempt_result(session: Session, call: Call) -> dict[str, Any]:
    """What an attempt that is over came to; its member sees what is right as the quiz says."""
    enrollment = readable(session, call)
    key, quiz, attempts = asked_attempt(session, enrollment, call)
    known = quiz_repository.questions_of(session, [attempts[key]])
    grade = graded(attempts[key], quiz, known)
    if grade is None:
        raise quiz_errors.attempt_running()
    shown = sees_answers(session, call, quiz)
    return quiz_views.result_view(key, attempts[key], quiz, grade, known, answers=shown)


def sees_answers(session: Session, call: Call, quiz: Quiz) -> bool:
    """Whether the caller sees what is right: who writes questions does, and staff.

    Who is to take this quiz, and be it as staff, sees it when the quiz says so.
    """
    if call.principal.may(TRAINER, ADMINISTRATOR):
        return True
    newest = newest_versions(ledger.of_type(session, QUIZ_PUBLISHED))[quiz.code]
    modules = set(quiz.module_ids)
    return all(
        quiz_views.shows_answers(
            quiz,
            list(quiz_repository.attempts_of(session, [enrollment_id], quiz).values()),
            call.now,
            superseded=quiz.version < newest,
        )
        for enrollment_id, program_id in repository.own_enrollments(
            session, call.principal.member_id
        ).items()
        if not modules or modules & quiz_repository.module_ids(session, program_id)
    )


def quiz_attempts(session: Session, call: Call) -> dict[str, Any]:
    """The attempts at a quiz in the organizations the caller reads."""
    require_staff(call)
    quiz = quiz_of(session, call)
    rows = quiz_repository.sat(
        session,
        quiz.id,
        after=call.body.get("after"),
        most=call.body["most"],
        waiting=call.body.get("waiting", False),
        paths=call.principal.paths(),
    )
    return {"rows": [sat_row(row) for row in rows]}


def sat_row(row: Row[Any]) -> dict[str, Any]:
    amounts = ("points", "most", "percent")
    told = row._asdict()
    return told | {
        **{name: None if told[name] is None else format(told[name], "f") for name in amounts},
        "started_at": instant(row.started_at),
        "ended_at": row.ended_at and instant(row.ended_at),
    }


def quiz_statistics(session: Session, call: Call) -> dict[str, Any]:
    """Item statistics of attempts that are over, where the caller reads: first ones, or all."""
    require_staff(call)
    quiz = quiz_of(session, call)
    first = quiz_repository.over(session, quiz.id, call.principal.paths())
    attempts = {
        key: attempt
        for key, attempt in quiz_repository.attempts_of(session, list(first), quiz).items()
        if attempt.ended_at and (call.body["all"] or key.attempt == first[key.enrollment_id])
    }
    known = quiz_repository.questions_of(session, attempts.values())
    sat = [
        Sat(attempt.started_at, attempt.ended_at, attempt.answers, grade)
        for attempt in attempts.values()
        if attempt.ended_at and (grade := graded(attempt, quiz, known))
    ]
    return quiz_views.statistics_view(quiz, statistics(sat, known))


def require_author(call: Call) -> None:
    """Who writes questions may read them with their answers; nobody else."""
    if not call.principal.may(TRAINER, ADMINISTRATOR):
        raise Forbidden


def require_staff(call: Call) -> None:
    if not call.principal.holds(*READERS):
        raise Forbidden


def readable(session: Session, call: Call) -> Row[Any]:
    """An enrollment that is the caller's or where they read; others are unknown."""
    enrollment = repository.enrollment(session, call.body["enrollment_id"])
    if enrollment is None or not (
        enrollment.member_id == call.principal.member_id or call.principal.reads(enrollment.path)
    ):
        raise errors.no_enrollment()
    return enrollment


def quiz_of(session: Session, call: Call) -> Quiz:
    quiz = quiz_repository.quizzes(session, [call.body["quiz_id"]]).get(call.body["quiz_id"])
    if quiz is None:
        raise quiz_errors.no_quiz()
    return quiz


def asked_attempt(
    session: Session, enrollment: Row[Any], call: Call
) -> tuple[Key, Quiz, dict[Key, Attempt]]:
    """Which attempt is asked for, among all of its enrollment at its quiz."""
    quiz = quiz_of(session, call)
    attempts = quiz_repository.attempts_of(session, [enrollment.id], quiz)
    key = Key(enrollment.id, quiz.id, call.body["attempt"])
    if key not in attempts:
        raise quiz_errors.no_attempt()
    return key, quiz, attempts
