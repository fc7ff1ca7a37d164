"""A bank document: what a trainer writes, and the questions that follow from it.

bank: party-history
questions:
  - code: q1
    kind: 单选                                # or single_choice; so for every word
    text: 试点始于哪一年？
    options: [{code: A, text: "1921"}, {code: B, text: "1949"}]
    correct: [A]
    points: 2
    tags: [history]                          # optional, as are the next two
    difficulty: 易
    explanation: 1921 年 7 月召开。
  - {code: q2, kind: 多选, rule: partial, …}   # (right − wrong) ÷ right; else all_or_nothing
  - {code: q3, kind: 判断, text: …, correct: [true], points: 1}
  - {code: q4, kind: 填空, text: …, correct: [知行合一, 知行], points: 1}
  - {code: q5, kind: 简答, text: …, points: 10}
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from services.assessment.domain.amounts import plain
from services.assessment.domain.quizzes.document import Message, Section
from services.assessment.domain.quizzes.normal import normal
from services.assessment.domain.quizzes.question import (
    ALL_OR_NOTHING,
    CHOICES,
    FILL_IN,
    MULTIPLE,
    ONE_OPTION,
    PARTIAL,
    SHORT,
    SINGLE,
    TRUE_FALSE,
)

Derive = Callable[..., str]

KIND_WORDS: Final = {
    "单选": SINGLE,
    "多选": MULTIPLE,
    "判断": TRUE_FALSE,
    "填空": FILL_IN,
    "简答": SHORT,
}
DIFFICULTY_WORDS: Final = {"易": "easy", "中": "medium", "难": "hard"}
RULE_WORDS: Final = {"全对得分": ALL_OR_NOTHING, "部分得分": PARTIAL}
TRUTHS: Final = [
    {"code": "true", "text": "正确 True"},
    {"code": "false", "text": "错误 False"},
]
FIELDS: Final = (
    *("code", "kind", "text", "options", "correct", "rule"),
    *("points", "tags", "difficulty", "explanation"),
)
MOST_QUESTIONS: Final = 1000
MOST_OPTIONS: Final = 20
MOST_POINTS: Final = Decimal(1000)


def plan_bank(
    document: Mapping[str, Any], derive: Derive
) -> tuple[dict[str, dict[str, Any]], tuple[Message, ...]]:
    """Question id → data of `assessment.question_published.v1` less its version.

    Where anything is wrong there are no questions, but all that refuses them.
    """
    refusals: list[Message] = []
    whole = Section(document, "", refusals)
    whole.only(("bank", "questions"))
    bank = whole.text("bank", 64)
    whole.value("questions")
    sections = whole.sections("questions")
    if whole.content.get("questions") == [] or len(sections) > MOST_QUESTIONS:
        whole.refuse(
            "questions",
            f"应为 1 至 {MOST_QUESTIONS} 道题",
            f"must be 1 to {MOST_QUESTIONS} questions",
        )
    questions = [read(section) for section in sections[:MOST_QUESTIONS]]
    whole.refuse_repeated("questions", [question["code"] for question in questions])
    if refusals:
        return {}, tuple(dict.fromkeys(refusals))
    named = {"bank": bank, "bank_id": derive("bank", str(bank))}
    return {
        derive("question", str(bank), question["code"]): named | question for question in questions
    }, ()


def read(section: Section) -> dict[str, Any]:
    """One question."""
    section.only(FIELDS)
    kind = section.word("kind", KIND_WORDS)
    points = section.amount("points", MOST_POINTS)
    if points is not None and points <= 0:
        section.refuse("points", "分值应大于 0", "points must be more than 0")
    options = read_options(section, kind)
    optional = {
        name: section.text(name, 4000) if section.given(name) else None for name in ("explanation",)
    }
    return {
        "code": section.text("code", 64),
        "kind": kind,
        "text": section.text("text", 4000),
        "options": options,
        "correct": read_correct(section, kind, [option["code"] for option in options]),
        "rule": read_rule(section, kind),
        "points": None if points is None else plain(points),
        "tags": sorted(section.texts("tags", 64)),
        "difficulty": (
            section.word("difficulty", DIFFICULTY_WORDS) if section.given("difficulty") else None
        ),
        **optional,
    }


def read_options(section: Section, kind: str | None) -> list[dict[str, Any]]:
    """At least two options to choose from; true and false are given, and others have none."""
    if kind not in (SINGLE, MULTIPLE):
        if kind is not None and section.given("options"):
            section.refuse("options", "此题型没有选项", "this kind has no options")
        return TRUTHS if kind == TRUE_FALSE else []
    options = []
    for each in section.sections("options"):
        each.only(("code", "text"))
        options.append({"code": each.text("code", 16), "text": each.text("text", 1000)})
    if not 2 <= len(options) <= MOST_OPTIONS:
        section.refuse(
            "options", f"应为 2 至 {MOST_OPTIONS} 个选项", f"must be 2 to {MOST_OPTIONS} options"
        )
    section.refuse_repeated("options", [option["code"] for option in options])
    return options


def read_correct(section: Section, kind: str | None, codes: list[str | None]) -> list[str]:
    """Codes of options in their order, or accepted answers; the kind says how many."""
    if kind == SHORT and section.given("correct"):
        section.refuse("correct", "简答题由工作人员评阅", "a short answer is marked by staff")
    if kind is None or kind == SHORT:
        return []
    section.value("correct")
    correct = section.texts("correct", 200)
    if not correct and section.given("correct"):
        section.refuse("correct", "至少填写一项", "must name at least one")
    if kind in ONE_OPTION and len(correct) > 1:
        section.refuse("correct", "只能有一个正确答案", "must name exactly one")
    for place, one in enumerate(correct):
        if kind in CHOICES and one not in codes:
            section.refuse(f"correct[{place}]", "没有这个选项", "there is no such option")
        if kind == FILL_IN and not normal(one):
            section.refuse(f"correct[{place}]", "答案不能为空", "an answer must say something")
    return correct if kind == FILL_IN else [code for code in codes if code and code in correct]


def read_rule(section: Section, kind: str | None) -> str:
    """How a multiple choice is counted; all others are right or wrong, or marked."""
    if not section.given("rule"):
        return ALL_OR_NOTHING
    rule = section.word("rule", RULE_WORDS)
    if kind != MULTIPLE and rule == PARTIAL:
        section.refuse(
            "rule", "只有多选题可以部分得分", "only a multiple choice is counted in part"
        )
    return rule or ALL_OR_NOTHING
