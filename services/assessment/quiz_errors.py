"""Assessment's refusals about quizzes. None tells what would have been right."""

from collections.abc import Iterable

from services.assessment.domain.quizzes.document import Message
from services.contracts.refusal import Conflict, Invalid, Invalids, NotFound


def no_bank() -> NotFound:
    return NotFound("bank_unknown", "没有这个题库", "there is no such bank")


def no_quiz() -> NotFound:
    return NotFound("quiz_unknown", "没有这个测验", "there is no such quiz")


def no_attempt() -> NotFound:
    return NotFound("attempt_unknown", "没有这次作答", "there is no such attempt")


def refused(code: str, messages: Iterable[Message]) -> Invalids:
    """All that refuses a document."""
    return Invalids(
        [{"code": code, "field": one.field, "zh": one.zh, "en": one.en} for one in messages]
    )


def bank_unchanged() -> Conflict:
    return Conflict("bank_unchanged", "题库内容没有变化", "nothing in the bank has changed")


def quiz_unchanged(version: int) -> Conflict:
    return Conflict(
        "quiz_unchanged",
        f"测验与第 {version} 版相同",
        f"the quiz is the same as its version {version}",
    )


def superseded() -> Conflict:
    return Conflict(
        "quiz_superseded",
        "测验已有新版本",
        "there is a newer version of this quiz",
    )


def not_open() -> Conflict:
    return Conflict("quiz_not_open", "测验尚未开始", "the quiz has not opened yet")


def closed() -> Conflict:
    return Conflict("quiz_closed", "测验已结束", "the quiz is over")


def no_attempts_left(most: int) -> Conflict:
    return Conflict(
        "no_attempts_left", f"最多作答 {most} 次，已用完", f"all {most} attempts are used"
    )


def not_drawable() -> Conflict:
    return Conflict(
        "quiz_not_drawable",
        "题库中符合条件的题已不够组卷",
        "the bank no longer has enough questions for a paper",
    )


def attempt_over() -> Conflict:
    return Conflict("attempt_over", "这次作答已结束", "this attempt is over")


def time_up() -> Conflict:
    return Conflict(
        "attempt_time_up",
        "作答时间已到，此前保存的答案有效",
        "time is up; what was saved before counts",
    )


def attempt_running() -> Conflict:
    return Conflict("attempt_running", "这次作答尚未结束", "this attempt is not over yet")


def not_in_paper(place: int) -> Invalid:
    return Invalid(
        "question_not_in_paper",
        "试卷中没有这道题",
        "there is no such question in the paper",
        field=f"answers.{place}.question_id",
    )


def answered_twice(place: int) -> Invalid:
    return Invalid(
        "question_answered_twice",
        "同一道题只能回答一次",
        "a question is answered once at a time",
        field=f"answers.{place}.question_id",
    )


def answer_misfit(place: int, name: str) -> Invalid:
    return Invalid(
        "answer_not_of_kind",
        "此题型不能这样作答",
        "a question of this kind is not answered so",
        field=f"answers.{place}.{name}",
    )


def not_markable() -> Conflict:
    return Conflict(
        "answer_not_markable",
        "只有试卷中的简答题由工作人员评阅",
        "staff marks the short answers of a paper only",
        field="question_id",
    )


def nothing_to_mark() -> Conflict:
    return Conflict("answer_missing", "该题没有作答", "the question was not answered")


def share_out_of_range() -> Invalid:
    return Invalid(
        "mark_out_of_range",
        "评分须在 0 至 100 之间",
        "the mark must be from 0 to 100",
        field="share",
    )
