"""A quiz document: what a trainer writes, and the quiz that follows from it.

code: history-quiz
title: 党史测验
bank: party-history
questions: [q1, q5]                          # on every paper; may be absent where there are draws
draws: [{count: 3, tag: history, difficulty: 易}]
minutes: 30                                  # all below is optional
attempts: 2                                  # 1
pass_mark: 60                                # per cent
counting: best                               # or last
shuffle_questions: true
shuffle_options: true
show_answers: after_last_attempt             # never, after_attempt
opens_at: 2026-03-01T08:00:00+08:00
closes_at: 2026-06-30T20:00:00+08:00
grace_seconds: 5
module_ids: [4ec8be49-…]
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from services.assessment.domain.amounts import plain
from services.assessment.domain.quizzes.bank_document import DIFFICULTY_WORDS
from services.assessment.domain.quizzes.document import Message, Section
from services.assessment.domain.quizzes.paper import newest, paper
from services.assessment.domain.quizzes.question import Question
from services.assessment.domain.quizzes.quiz import read_quiz

Derive = Callable[..., str]

COUNTING_WORDS: Final = {"最高": "best", "最近": "last"}
SHOW_WORDS: Final = {
    "不公布": "never",
    "每次之后": "after_attempt",
    "最后一次之后": "after_last_attempt",
}
FIELDS: Final = (
    *("code", "title", "bank", "questions", "draws", "minutes", "attempts", "pass_mark"),
    *("counting", "shuffle_questions", "shuffle_options", "show_answers"),
    *("opens_at", "closes_at", "grace_seconds", "module_ids"),
)
GRACE_SECONDS: Final = 5
PASS_MARK: Final = Decimal(60)
HUNDRED: Final = Decimal(100)
MOST_QUESTIONS: Final = 200
MOST_MINUTES: Final = 7 * 24 * 60
MOST_ATTEMPTS: Final = 100
MOST_GRACE: Final = 120
MOST_MODULES: Final = 50


def plan_quiz(
    document: Mapping[str, Any],
    *,
    version: int,
    questions: Iterable[Question],
    modules: Collection[str],
    derive: Derive,
) -> tuple[dict[str, Any] | None, tuple[Message, ...]]:
    """The data of `assessment.quiz_published.v1`, or None and all that refuses it.

    `questions` are those of the bank it names, `modules` the ids of all known.
    """
    refusals: list[Message] = []
    whole = Section(document, "", refusals)
    whole.only(FIELDS)
    known = newest(questions)
    ids = {question.code: question.id for question in known.values()}
    code, bank = whole.text("code", 64), whole.text("bank", 64)
    if bank is not None and not ids:
        whole.refuse("bank", f"没有题库“{bank}”", f"there is no bank {bank!r}")
    pass_mark = whole.amount("pass_mark", HUNDRED) if whole.given("pass_mark") else PASS_MARK
    data: dict[str, Any] = {
        "code": code,
        "version": version,
        "title": whole.text("title", 200),
        "bank": bank,
        "bank_id": derive("bank", str(bank)),
        "questions": read_fixed(whole, ids),
        "draws": read_draws(whole),
        "minutes": whole.whole("minutes", 1, MOST_MINUTES) if whole.given("minutes") else None,
        "grace_seconds": optional_whole(whole, "grace_seconds", 0, MOST_GRACE, GRACE_SECONDS),
        "attempts": optional_whole(whole, "attempts", 1, MOST_ATTEMPTS, 1),
        "pass_mark": plain(PASS_MARK if pass_mark is None else pass_mark),
        "counting": optional_word(whole, "counting", COUNTING_WORDS, "best"),
        "shuffle_questions": whole.flag("shuffle_questions", unless=False),
        "shuffle_options": whole.flag("shuffle_options", unless=False),
        "show_answers": optional_word(whole, "show_answers", SHOW_WORDS, "after_last_attempt"),
        "opens_at": whole.instant("opens_at") if whole.given("opens_at") else None,
        "closes_at": whole.instant("closes_at") if whole.given("closes_at") else None,
        "module_ids": read_modules(whole, modules),
    }
    check(whole, data)
    if not refusals and paper(read_quiz("", data), known.values(), "") is None:
        whole.refuse(
            "draws", "题库中符合条件的题不够", "the bank has too few questions for these draws"
        )
    return (None, tuple(dict.fromkeys(refusals))) if refusals else (data, ())


def read_fixed(whole: Section, ids: Mapping[str, str]) -> list[str]:
    """The ids of the questions that every paper has, by their codes."""
    codes = whole.texts("questions", 64)
    for place, code in enumerate(codes):
        if ids and code not in ids:
            whole.refuse(
                f"questions[{place}]",
                f"题库中没有题“{code}”",
                f"there is no question {code!r} in the bank",
            )
    return [ids[code] for code in codes if code in ids]


def read_draws(whole: Section) -> list[dict[str, Any]]:
    draws = []
    for section in whole.sections("draws"):
        section.only(("count", "tag", "difficulty"))
        draws.append(
            {
                "count": section.whole("count", 1, MOST_QUESTIONS),
                "tag": section.text("tag", 64) if section.given("tag") else None,
                "difficulty": (
                    section.word("difficulty", DIFFICULTY_WORDS)
                    if section.given("difficulty")
                    else None
                ),
            }
        )
    return draws


def read_modules(whole: Section, modules: Collection[str]) -> list[str]:
    found = whole.texts("module_ids", 36)
    for place, id_ in enumerate(found):
        if id_ not in modules:
            whole.refuse(
                f"module_ids[{place}]", f"没有模块 {id_}", f"there is no module {id_} in a program"
            )
    if len(found) > MOST_MODULES:
        whole.refuse(
            "module_ids", f"最多 {MOST_MODULES} 个模块", f"must be at most {MOST_MODULES} modules"
        )
    return found


def check(whole: Section, data: Mapping[str, Any]) -> None:
    """Refuses a paper of no or too many questions, and an end before its beginning."""
    count = len(data["questions"]) + sum(draw["count"] or 0 for draw in data["draws"])
    if not whole.listed("questions") and not data["draws"]:
        whole.refuse(
            "questions", "应写明题目或抽题规则", "must name questions, or draws of questions"
        )
    if count > MOST_QUESTIONS:
        whole.refuse(
            "draws",
            f"一份试卷最多 {MOST_QUESTIONS} 道题",
            f"a paper has at most {MOST_QUESTIONS} questions",
        )
    opens_at, closes_at = data["opens_at"], data["closes_at"]
    if opens_at and closes_at and before(closes_at, opens_at):
        whole.refuse("closes_at", "结束时间早于开始时间", "closes before it opens")


def before(one: str, other: str) -> bool:
    return datetime.fromisoformat(one) < datetime.fromisoformat(other)


def optional_whole(whole: Section, field: str, least: int, most: int, unless: int) -> int:
    """A whole number, or `unless` where it is not given, or refused."""
    found = whole.whole(field, least, most) if whole.given(field) else None
    return unless if found is None else found


def optional_word(whole: Section, field: str, words: Mapping[str, str], unless: str) -> str:
    """A word, or `unless` where it is not given, or refused."""
    return (whole.word(field, words) if whole.given(field) else None) or unless
