"""Banks of questions, quizzes, attempts, marks and statistics."""

from io import BytesIO
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint

from gateway.api import answers
from gateway.api import quiz_schemas as schemas
from gateway.api.bodies import MOST_FIELDS, document
from gateway.api.context import ask, auth, refuse_unusable, tell
from gateway.api.outcomes import files, stored
from gateway.api.paging import Page, all_rows, cut

quizzes = APIBlueprint("quizzes", __name__, url_prefix="/api/v1", tag="quizzes")

OF_ENROLLMENT = "/enrollments/<uuid:enrollment_id>/quizzes"
ATTEMPTS = f"{OF_ENROLLMENT}/<uuid:quiz_id>/attempts"
ATTEMPT = f"{ATTEMPTS}/<int:attempt>"


@quizzes.get("/banks")
@quizzes.auth_required(auth)
@quizzes.input(Page, location="query")
@quizzes.output(answers.rows(schemas.Bank))
@quizzes.doc(summary="题库 · Banks of questions")
def banks(query_data: dict[str, Any]) -> dict[str, Any]:
    return all_rows("assessment", "banks", query_data)


@quizzes.post("/banks")
@quizzes.auth_required(auth)
@quizzes.output(schemas.BankPublished, 201)
@quizzes.doc(summary="发布题库 · Publish a bank's questions, each as its next version")
def publish_bank() -> Any:
    """What has not changed is not published again. The document is YAML or JSON."""
    return tell("assessment", "publish_bank", {"document": document()})


@quizzes.get("/banks/<uuid:bank_id>/questions")
@quizzes.auth_required(auth)
@quizzes.input(Page, location="query")
@quizzes.output(answers.rows(schemas.BankQuestion))
@quizzes.doc(summary="题库中的题 · The questions of a bank, with their answers")
def questions(bank_id: UUID, query_data: dict[str, Any]) -> dict[str, Any]:
    """For who writes questions."""
    return all_rows("assessment", "questions", query_data, asked={"bank_id": str(bank_id)})


@quizzes.get("/quizzes")
@quizzes.auth_required(auth)
@quizzes.input(Page, location="query")
@quizzes.output(answers.rows(schemas.Quiz))
@quizzes.doc(summary="已发布的测验 · All published quiz versions")
def listed(query_data: dict[str, Any]) -> dict[str, Any]:
    return all_rows("assessment", "quizzes", query_data)


@quizzes.post("/quizzes")
@quizzes.auth_required(auth)
@quizzes.output(schemas.QuizPublished, 201)
@quizzes.doc(summary="发布测验 · Publish a quiz as its next version")
def publish() -> Any:
    """The document is YAML or JSON."""
    return tell("assessment", "publish_quiz", {"document": document()})


@quizzes.get("/quizzes/<uuid:quiz_id>/attempts")
@quizzes.auth_required(auth)
@quizzes.input(schemas.AttemptsWanted, location="query")
@quizzes.output(answers.rows(schemas.AttemptRow))
@quizzes.doc(summary="作答一览 · Attempts at a quiz, in the organizations one reads")
def attempts(quiz_id: UUID, query_data: dict[str, Any]) -> dict[str, Any]:
    most = query_data["limit"]
    body = {
        "quiz_id": str(quiz_id),
        "waiting": query_data["waiting"],
        "after": str(query_data["cursor"]) if query_data["cursor"] else None,
        # One more than asked for tells whether there is a next page.
        "most": most + 1,
    }
    return cut(ask("assessment", "quiz_attempts", body)["rows"], most, "id")


@quizzes.get("/quizzes/<uuid:quiz_id>/statistics")
@quizzes.auth_required(auth)
@quizzes.input(schemas.StatisticsWanted, location="query")
@quizzes.output(schemas.Statistics)
@quizzes.doc(summary="试题分析 · Item statistics, in the organizations one reads")
def statistics(quiz_id: UUID, query_data: dict[str, Any]) -> Any:
    """Of attempts that are over. What too few attempts would say is null."""
    body = {"quiz_id": str(quiz_id), "all": query_data["attempts"] == "all"}
    return ask("assessment", "quiz_statistics", body)


@quizzes.get(OF_ENROLLMENT)
@quizzes.auth_required(auth)
@quizzes.input(Page, location="query")
@quizzes.output(answers.rows(schemas.OwnQuiz))
@quizzes.doc(summary="学籍的测验 · The quizzes of an enrollment, and how they went")
def of_enrollment(enrollment_id: UUID, query_data: dict[str, Any]) -> dict[str, Any]:
    asked = {"enrollment_id": str(enrollment_id)}
    return all_rows("assessment", "own_quizzes", query_data, asked=asked)


@quizzes.post(ATTEMPTS)
@quizzes.auth_required(auth)
@quizzes.output(schemas.Begun, 201)
@quizzes.doc(summary="开始作答 · Begin the next attempt")
def start(enrollment_id: UUID, quiz_id: UUID) -> Any:
    """While an attempt runs, that one is answered."""
    body = {"enrollment_id": str(enrollment_id), "quiz_id": str(quiz_id)}
    return tell("assessment", "start_quiz", body)


@quizzes.get(ATTEMPT)
@quizzes.auth_required(auth)
@quizzes.output(schemas.Paper)
@quizzes.doc(summary="试卷 · The paper of an attempt, and what was answered")
def paper(enrollment_id: UUID, quiz_id: UUID, attempt: int) -> Any:
    body = which(enrollment_id, quiz_id, attempt)
    return with_prose(ask("assessment", "attempt_paper", body))


@quizzes.put(f"{ATTEMPT}/answers")
@quizzes.auth_required(auth)
@quizzes.input(schemas.NewAnswers)
@quizzes.output(answers.Done)
@quizzes.doc(summary="保存答案 · Save answers")
def answer(enrollment_id: UUID, quiz_id: UUID, attempt: int, json_data: dict[str, Any]) -> Any:
    """To some or all questions, again until the attempt is over; the latest counts."""
    refuse_unusable(json_data)
    body = which(enrollment_id, quiz_id, attempt)
    return tell("assessment", "answer_quiz", body | {"answers": kept(json_data["answers"])})


@quizzes.post(f"{ATTEMPT}/submission")
@quizzes.auth_required(auth)
@quizzes.output(answers.Done, 201)
@quizzes.doc(summary="交卷 · Hand an attempt in")
def submit(enrollment_id: UUID, quiz_id: UUID, attempt: int) -> Any:
    return tell("assessment", "submit_quiz", which(enrollment_id, quiz_id, attempt))


@quizzes.get(f"{ATTEMPT}/result")
@quizzes.auth_required(auth)
@quizzes.output(schemas.QuizResult)
@quizzes.doc(summary="测验结果 · What an attempt came to, question by question")
def result(enrollment_id: UUID, quiz_id: UUID, attempt: int) -> Any:
    """Once it is over; what is right is told as the quiz says."""
    body = which(enrollment_id, quiz_id, attempt)
    return with_prose(ask("assessment", "attempt_result", body))


@quizzes.put(f"{ATTEMPT}/marks/<uuid:question_id>")
@quizzes.auth_required(auth)
@quizzes.input(schemas.NewMark)
@quizzes.output(answers.Done)
@quizzes.doc(summary="评阅简答题 · Mark a short answer as staff")
def mark(
    enrollment_id: UUID,
    quiz_id: UUID,
    attempt: int,
    question_id: UUID,
    json_data: dict[str, Any],
) -> Any:
    """Again where needed; the latest counts."""
    body = which(enrollment_id, quiz_id, attempt) | {"question_id": str(question_id)}
    return tell("assessment", "mark_answer", body | json_data)


def which(enrollment_id: UUID, quiz_id: UUID, attempt: int) -> dict[str, Any]:
    return {"enrollment_id": str(enrollment_id), "quiz_id": str(quiz_id), "attempt": attempt}


def kept(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answers with prose put into the file store, and its digest in its place."""
    return [
        one
        | {
            "question_id": str(one["question_id"]),
            "prose": files().store(BytesIO(one["prose"].encode()), most=MOST_FIELDS).digest
            if (one["prose"] or "").strip()
            else None,
        }
        for one in given
    ]


def with_prose(told: dict[str, Any]) -> dict[str, Any]:
    """A paper with the texts in the place of their digests."""
    for question in told["questions"]:
        digest = question["answer"]["prose"]
        if digest is not None:
            question["answer"]["prose"] = stored(digest).read_text()
    return told
