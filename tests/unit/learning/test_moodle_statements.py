"""Moodle's real statements: all are taken, and the manual says truly what each counts as."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from gateway.intake.statements import read_statement
from services.contracts.intake import STATEMENT_RECEIVED
from services.contracts.registry import CONTRACTS
from services.learning.domain.statements import Kind, Meaning, Statement, classify

ROOT = Path(__file__).parents[3]
MOODLE = ROOT.parent / "shared/data/partner-statements/moodle.jsonl"
MANUAL = ROOT / "docs/partners.md"
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
HEADINGS = {
    Kind.COMPLETES: "计入 · counts",
    Kind.POSTS: "计入 · counts",
    Kind.RETRACTS: "计入 · counts",
    Kind.IGNORED: "理解，不计入 · understood, does not count",
    Kind.UNKNOWN: "不理解 · not understood",
}


def moodle() -> list[dict[str, Any]]:
    """The data of a fact for each of Moodle's statements."""
    lines = MOODLE.read_bytes().splitlines()
    sent = [orjson.loads(line)["statement"] for line in lines]
    return [read_statement(one, partner="moodle", now=NOW).data for one in sent]


def row(key: tuple[Meaning, str, str | None], count: int) -> str:
    meaning, verb, object_type = key
    why = f"{meaning.zh} · {meaning.en}"
    return f"| {HEADINGS[meaning.kind]} | {why} | `{verb}` | `{object_type or '-'}` | {count} |"


def table() -> list[str]:
    """The rows of the manual: meaning, verb, type of the object, number of statements."""
    statements = [Statement.of(data) for data in moodle()]
    counts = Counter((classify(one), one.verb, one.object_type) for one in statements)
    order = {kind: place for place, kind in enumerate(Kind)}
    keys = sorted(counts, key=lambda key: (order[key[0].kind], key[0].en, key[1], str(key[2])))
    return [row(key, counts[key]) for key in keys]


def test_every_real_statement_is_taken_and_keeps_the_contract() -> None:
    told = moodle()
    assert len(told) == 190
    schema = CONTRACTS[STATEMENT_RECEIVED].schema
    assert [problem for data in told if (problem := schema.validate(data))] == []


def test_the_manual_says_what_each_real_statement_counts_as() -> None:
    written = MANUAL.read_text("utf-8").splitlines()
    assert [line for line in written if line.endswith("|") and "`http" in line] == table()


def test_moodles_completions_posts_and_deletions_are_recognised() -> None:
    kinds = Counter(classify(Statement.of(data)).kind for data in moodle())
    assert kinds == {
        Kind.COMPLETES: 5,
        Kind.POSTS: 4,
        Kind.RETRACTS: 3,
        Kind.IGNORED: 177,
        Kind.UNKNOWN: 1,
    }


def test_of_a_forum_reply_the_text_is_measured() -> None:
    [reply] = [data for data in moodle() if data["verb"].endswith("/replied")]
    assert reply["text_length"] == len("test_response_text")
