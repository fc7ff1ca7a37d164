"""What people ask assessment to do about quizzes."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.assessment import (
    errors,
    handlers,
    quiz_errors,
    quiz_repository,
    quiz_time,
    repository,
)
from services.assessment.commands import checks
from services.assessment.domain.quizzes.attempt import Attempt
from services.assessment.domain.quizzes.bank_document import plan_bank
from services.assessment.domain.quizzes.paper import paper, paper_data, seed
from services.assessment.domain.quizzes.question import (
    CHOICES,
    FILL_IN,
    NOTHING,
    ONE_OPTION,
    SHORT,
    Question,
)
from services.assessment.domain.quizzes.quiz import Quiz
from services.assessment.domain.quizzes.quiz_document import plan_quiz
from services.assessment.quiz_repository import Key
from services.contracts.assessment import (
    ANSWER_MARKED,
    QUESTION_PUBLISHED,
    QUIZ_ANSWERED,
    QUIZ_PUBLISHED,
    QUIZ_STARTED,
    QUIZ_SUBMITTED,
)
from services.contracts.envelope import derived_id, instant
from services.contracts.principal import ADMINISTRATOR, SECRETARY, TRAINER
from services.contracts.refusal import Forbidden
from services.messaging import ledger
from services.messaging.doors import Call


def publish_bank(session: Session, call: Call) -> dict[str, Any]:
    """Publishes what is new or changed of a bank document, each question as its next version.

    Questions that are not in the document stay as they are.
    """
    if not call.principal.may(TRAINER, ADMINISTRATOR):
        raise Forbidden
    quiz_repository.alone(session)
    planned, refusals = plan_bank(call.body["document"], derived_id)
    if refusals:
        raise quiz_errors.refused("bank_refused", refusals)
    bank_id = next(iter(planned.values()))["bank_id"]
    standing = {fact.subject: fact.data for fact in quiz_repository.of_bank(session, bank_id)}
    facts = []
    for id_, question in planned.items():
        version = standing[id_]["version"] if id_ in standing else 0
        if standing.get(id_) == question | {"version": version}:
            continue
        fact = call.fact(QUESTION_PUBLISHED, id_, question | {"version": version + 1})
        facts.append(fact)
    if not facts:
        raise quiz_errors.bank_unchanged()
    handlers.tell(session, facts)
    return {
        "id": bank_id,
        "bank": call.body["document"]["bank"],
        "published": len(facts),
        "unchanged": len(planned) - len(facts),
    }


def publish_quiz(session: Session, call: Call) -> dict[str, Any]:
    """Publishes a quiz document as the next version."""
    if not call.principal.may(TRAINER, ADMINISTRATOR):
        raise Forbidden
    quiz_repository.alone(session)
    document = call.body["document"]
    versions = versions_of(session, str(document.get("code")).strip())
    version = max(versions, default=0) + 1
    bank_id = derived_id("bank", str(document.get("bank")).strip())
    data, refusals = plan_quiz(
        document,
        version=version,
        questions=quiz_repository.in_bank(session, bank_id),
        modules=quiz_repository.module_ids(session),
        derive=derived_id,
    )
    if data is None:
        raise quiz_errors.refused("quiz_refused", refusals)
    if versions and versions[version - 1] == data | {"version": version - 1}:
        raise quiz_errors.quiz_unchanged(version - 1)
    id_ = derived_id("quiz", data["code"], str(version))
    handlers.tell(session, [call.fact(QUIZ_PUBLISHED, id_, data)])
    return {"id": id_, "code": data["code"], "version": version}


def versions_of(session: Session, code: str) -> dict[int, dict[str, Any]]:
    """The published versions of a quiz."""
    facts = ledger.of_type(session, QUIZ_PUBLISHED)
    return {fact.data["version"]: fact.data for fact in facts if fact.data["code"] == code}


def start_quiz(session: Session, call: Call) -> dict[str, Any]:
    """Begins the next attempt; while one runs, it answers that one."""
    enrollment, quiz = own_quiz(session, call)
    attempts = quiz_repository.attempts_of(session, [enrollment.id], quiz)
    for key, attempt in attempts.items():
        if quiz_time.is_up(attempt, call.now):
            handlers.tell(session, [quiz_time.expiring(key, attempt)])
        elif attempt.ended_at is None:
            return begun(key, attempt.id, attempt.due)
    require_open(session, call, quiz)
    if len(attempts) >= quiz.attempts:
        raise quiz_errors.no_attempts_left(quiz.attempts)
    key = Key(enrollment.id, quiz.id, max((one.attempt for one in attempts), default=0) + 1)
    entries = paper(
        quiz,
        quiz_repository.in_bank(session, quiz.bank_id),
        seed(quiz.id, enrollment.id, key.attempt),
    )
    if entries is None:
        raise quiz_errors.not_drawable()
    due = quiz.due(call.now)
    said = {
        "quiz_id": quiz.id,
        "attempt": key.attempt,
        "paper": paper_data(entries),
        "due": due and instant(due),
    }
    fact = call.fact(QUIZ_STARTED, enrollment.id, said)
    fact = fact._replace(id=derived_id(QUIZ_STARTED, *map(str, key)))
    handlers.tell(session, [fact])
    return begun(key, fact.id, due)


def begun(key: Key, id_: str, due: datetime | None) -> dict[str, Any]:
    told = due and instant(due)
    return {"id": id_, "quiz_id": key.quiz_id, "attempt": key.attempt, "due": told}


def require_open(session: Session, call: Call, quiz: Quiz) -> None:
    """Refuses a quiz before and after its window, and one that has a newer version."""
    if quiz.opens_at and call.now < quiz.opens_at:
        raise quiz_errors.not_open()
    if quiz.closes_at and call.now >= quiz.closes_at:
        raise quiz_errors.closed()
    if quiz.version < max(versions_of(session, quiz.code)):
        raise quiz_errors.superseded()


def answer_quiz(session: Session, call: Call) -> dict[str, Any]:
    """Saves answers to some questions; of each the latest counts."""
    key, attempt = running(session, call)
    questions = quiz_repository.questions_of(session, [attempt])
    of_paper = {entry.question_id: questions[entry[:2]] for entry in attempt.paper}
    answers = [
        checked(place, answer, of_paper) for place, answer in enumerate(call.body["answers"])
    ]
    ids = [answer["question_id"] for answer in answers]
    for place, id_ in enumerate(ids):
        if id_ in ids[:place]:
            raise quiz_errors.answered_twice(place)
    said = {"quiz_id": key.quiz_id, "attempt": key.attempt, "answers": answers}
    fact = call.fact(QUIZ_ANSWERED, key.enrollment_id, said)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def checked(
    place: int, answer: Mapping[str, Any], of_paper: Mapping[str, Question]
) -> dict[str, Any]:
    """An answer that its question can have; the kind decides by which of three ways."""
    question = of_paper.get(answer["question_id"])
    if question is None:
        raise quiz_errors.not_in_paper(place)
    options = answer.get("options") or []
    unknown = not set(options) <= question.options.keys() or len(set(options)) < len(options)
    if unknown or (question.kind in ONE_OPTION and len(options) > 1):
        raise quiz_errors.answer_misfit(place, "options")
    said = {
        "options": options if question.kind in CHOICES else [],
        "text": (answer.get("text") or None) if question.kind == FILL_IN else None,
        "prose": answer.get("prose") if question.kind == SHORT else None,
    }
    for name, value in said.items():
        if answer.get(name) and not value:
            raise quiz_errors.answer_misfit(place, name)
    return {"question_id": question.id, **said}


def submit_quiz(session: Session, call: Call) -> dict[str, Any]:
    """Hands an attempt in; handed in already, it is told that it is over."""
    key, attempt = running(session, call)
    said = {"quiz_id": key.quiz_id, "attempt": key.attempt}
    # What was saved while this call waited for its turn is handed in too.
    time = max(call.now, attempt.saved_at or call.now)
    fact = call.fact(QUIZ_SUBMITTED, key.enrollment_id, said, time=time)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def mark_answer(session: Session, call: Call) -> dict[str, Any]:
    """Staff gives a short answer a share of its points; the latest counts."""
    enrollment = repository.enrollment(session, call.body["enrollment_id"])
    if enrollment is None:
        raise errors.no_enrollment()
    if not call.principal.may(TRAINER, SECRETARY, ADMINISTRATOR, at=enrollment.path):
        raise Forbidden
    if enrollment.member_id == call.principal.member_id:
        raise Forbidden
    key, attempt = held_attempt(session, call, enrollment)
    if attempt.ended_at is None:
        raise quiz_errors.attempt_running()
    question_id, share = call.body["question_id"], Decimal(call.body["share"])
    kinds = {one.id: one.kind for one in quiz_repository.questions_of(session, [attempt]).values()}
    if kinds.get(question_id) != SHORT:
        raise quiz_errors.not_markable()
    if attempt.answers.get(question_id, NOTHING).empty:
        raise quiz_errors.nothing_to_mark()
    if not Decimal(0) <= share <= Decimal(100):
        raise quiz_errors.share_out_of_range()
    said = {
        "quiz_id": key.quiz_id,
        "attempt": key.attempt,
        "question_id": question_id,
        "staff_id": checks.staff_id(call),
        "share": format(share, "f"),
        "reason": call.body.get("reason") or "",
    }
    fact = call.fact(ANSWER_MARKED, enrollment.id, said)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def own_quiz(session: Session, call: Call) -> tuple[Row[Any], Quiz]:
    """The caller's enrollment, held, and a quiz for its program."""
    enrollment = checks.own(session, call).enrollment
    ledger.rely(session, [enrollment.program_id])
    ledger.hold(session, [enrollment.id])
    return enrollment, quiz_for(session, call.body["quiz_id"], enrollment.program_id)


def quiz_for(session: Session, quiz_id: str, program_id: str) -> Quiz:
    """A quiz that is for all, or for a module of this program; others are unknown here."""
    quiz = quiz_repository.quizzes(session, [quiz_id]).get(quiz_id)
    if quiz is None:
        raise quiz_errors.no_quiz()
    if quiz.module_ids and not quiz_repository.module_ids(session, program_id) & set(
        quiz.module_ids
    ):
        raise quiz_errors.no_quiz()
    return quiz


def held_attempt(session: Session, call: Call, enrollment: Row[Any]) -> tuple[Key, Attempt]:
    """An attempt, which nothing else changes until the transaction ends."""
    ledger.rely(session, [enrollment.program_id])
    ledger.hold(session, [enrollment.id])
    quiz = quiz_repository.quizzes(session, [call.body["quiz_id"]]).get(call.body["quiz_id"])
    if quiz is None:
        raise quiz_errors.no_quiz()
    key = Key(enrollment.id, quiz.id, call.body["attempt"])
    attempt = quiz_repository.attempts_of(session, [enrollment.id], quiz).get(key)
    if attempt is None:
        raise quiz_errors.no_attempt()
    return key, attempt


def running(session: Session, call: Call) -> tuple[Key, Attempt]:
    """The caller's own attempt, which still runs, by the clock as well."""
    key, attempt = held_attempt(session, call, checks.own(session, call).enrollment)
    if quiz_time.is_up(attempt, call.now):
        raise quiz_errors.time_up()
    if attempt.ended_at is not None:
        raise quiz_errors.attempt_over() if attempt.submitted else quiz_errors.time_up()
    return key, attempt
