"""What an xAPI statement must be like, and what is told of it."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from json import dumps
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.intake import Refused, account_id, measured
from gateway.intake.statements import read_statement
from services.contracts.envelope import derived_id
from services.contracts.intake import STATEMENT_RECEIVED
from services.contracts.registry import CONTRACTS

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
ID = "0B6C1E5A-3F0B-4C9B-9A52-0E6B2E5F5C11"
DELETED = object()
REPLY = "http://id.tincanapi.com/activitytype/forum-reply"


def statement(**changes: Any) -> dict[str, Any]:
    whole = {
        "actor": {"account": {"homePage": "https://learn.example", "name": "s-17"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"zh": "完成"}},
        "object": {"id": "https://learn.example/course/1"},
    }
    return whole | changes


def changed(path: str, value: Any) -> dict[str, Any]:
    """A statement that has everything, with one property changed or deleted."""
    whole: Any = statement(
        id=ID,
        timestamp="2026-03-01T15:59:00+08:00",
        version="1.0.3",
        result={"score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}, "success": True},
        context={
            "registration": ID,
            "contextActivities": {"parent": [{"id": "https://learn.example/term/1"}]},
        },
    )
    part = whole
    *way, last = path.split(".")
    for name in way:
        part = part.setdefault(name, {})
    if value is DELETED:
        del part[last]
    else:
        part[last] = value
    return whole  # type: ignore[no-any-return]


def read(raw: Any, partner: str = "moodle") -> Any:
    return read_statement(raw, partner=partner, now=NOW)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("actor", DELETED, "actor"),
        ("verb", DELETED, "verb"),
        ("object", DELETED, "object"),
        ("actor", None, "actor"),
        ("result", None, "result"),
        ("nonsense", 1, "nonsense"),
        ("actor.mbox", "mailto:a@b.example", "actor"),
        ("actor.account", DELETED, "actor"),
        ("actor.account.name", "", "actor.account.name"),
        ("actor.account.name", 17, "actor.account.name"),
        ("actor.account.homePage", "learn.example", "actor.account.homePage"),
        ("actor.objectType", "Activity", "actor.objectType"),
        ("actor", {"objectType": "Group"}, "actor"),
        ("actor", {"objectType": "Group", "member": []}, "actor.member"),
        ("actor", {"mbox": "a@b.example"}, "actor.mbox"),
        ("verb.id", "completed", "verb.id"),
        ("verb.display", {"not a tag": "x"}, "verb.display.not a tag"),
        ("verb.display", "done", "verb.display"),
        ("object.id", "course 1", "object.id"),
        ("object.objectType", "Course", "object.objectType"),
        ("object.objectType", ["Activity"], "object.objectType"),
        ("object", {"objectType": "StatementRef", "id": "x"}, "object.id"),
        ("object.definition", {"type": "course"}, "object.definition.type"),
        ("object.definition", {"extensions": {"x": 1}}, "object.definition.extensions.x"),
        ("object.definition", {"choices": []}, "object.definition.choices"),
        ("object.definition", {"interactionType": "x"}, "object.definition.interactionType"),
        ("id", "17", "id"),
        ("id", None, "id"),
        ("timestamp", "2026-03-01", "timestamp"),
        ("timestamp", "2026-03-01T08:00:00", "timestamp"),
        ("timestamp", "2026-03-01T08:00:00-00:00", "timestamp"),
        ("timestamp", "2026-02-30T08:00:00Z", "timestamp"),
        ("timestamp", "0001-01-01T00:00:00+14:00", "timestamp"),
        ("timestamp", "1999-12-31T23:59:59Z", "timestamp"),
        ("timestamp", "2026-03-01T08:05:01Z", "timestamp"),
        ("timestamp", 1772352000, "timestamp"),
        ("version", "3.0", "version"),
        ("result.score.scaled", 1.01, "result.score.scaled"),
        ("result.score.scaled", "0.5", "result.score.scaled"),
        ("result.score.scaled", True, "result.score.scaled"),
        ("result.score.raw", 11, "result.score"),
        ("result.score.raw", 10**400, "result.score.raw"),
        ("result.success", "yes", "result.success"),
        ("result.duration", "1 hour", "result.duration"),
        ("result.duration", "PT", "result.duration"),
        ("context.registration", "r-1", "context.registration"),
        ("context.language", "中文", "context.language"),
        ("context.contextActivities.parent", [{"id": 1}], "context.contextActivities.parent[0].id"),
        ("context.contextActivities.child", [], "context.contextActivities.child"),
        ("attachments", [{}], "attachments[0].usageType"),
        ("verb.id", "http://adlnet.gov/expapi/verbs/voided", "object"),
    ],
)
def test_what_a_record_store_must_refuse_is_refused_by_its_name(
    path: str, value: Any, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        read(changed(path, value))
    assert refusal.value.field == field
    assert refusal.value.zh
    assert refusal.value.en


@pytest.mark.parametrize("raw", [None, [], "x", 1, {}])
def test_what_is_no_statement_is_refused(raw: Any) -> None:
    with pytest.raises(Refused):
        read(raw)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("actor", {"mbox": "mailto:a@b.example"}),
        ("actor", {"openid": "https://a.example/"}),
        ("actor", {"mbox_sha1sum": "0" * 40}),
        ("actor", {"objectType": "Group", "member": [{"mbox": "mailto:a@b.example"}]}),
        ("object", {"objectType": "Agent", "mbox": "mailto:a@b.example"}),
        ("object", {"objectType": "SubStatement"} | statement()),
        ("object", {"objectType": "StatementRef", "id": ID}),
        ("timestamp", "2026-03-01T08:04:59.123456789Z"),
        ("timestamp", "2026-03-01T08:00:00+0800"),
        ("result.duration", "P1DT2H3.5S"),
        ("result.extensions", {"https://a.example/x": {"anything": None}}),
        ("context.contextActivities.parent", {"id": "https://learn.example/term/1"}),
        ("context.team", {"objectType": "Group", "mbox": "mailto:a@b.example"}),
        (
            "context.contextAgents",
            [{"objectType": "contextAgent", "agent": {"openid": "https://a.example/"}}],
        ),
    ],
)
def test_what_a_record_store_must_take_is_taken(path: str, value: Any) -> None:
    assert not CONTRACTS[STATEMENT_RECEIVED].schema.validate(read(changed(path, value)).data)


def test_substatements_do_not_nest() -> None:
    inner = {"objectType": "SubStatement"} | statement()
    outer = {"objectType": "SubStatement"} | statement(object=inner)
    with pytest.raises(Refused, match="nest"):
        read(statement(object=outer))


def test_a_voided_statement_is_named_in_lower_case() -> None:
    void = statement(
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": ID},
    )
    assert read(void).data["object_id"] == ID.lower()


def test_an_id_is_the_same_in_either_case() -> None:
    upper, lower = read(statement(id=ID)), read(statement(id=ID.lower()))
    assert (upper.statement_id, upper.digest) == (lower.statement_id, lower.digest)


def test_a_statement_without_an_id_posted_again_is_the_same_statement() -> None:
    shuffled = dict(reversed(statement().items()))
    assert read(statement()).statement_id == read(shuffled).statement_id
    assert read(statement()).statement_id != read(statement(), partner="other").statement_id
    assert read(statement()).statement_id != read(statement(result={})).statement_id


def test_what_the_store_writes_does_not_change_the_digest() -> None:
    stored = statement(
        stored="2026-03-01T08:00:00Z", version="1.0.0", authority=statement()["actor"]
    )
    assert read(stored).digest == read(statement()).digest
    assert read(statement(result={"success": True})).digest != read(statement()).digest


def test_without_a_timestamp_the_statement_happened_now() -> None:
    assert read(statement()).time == NOW
    told = read(statement(timestamp="2026-03-01T15:00:00+08:00"))
    assert told.time == NOW - timedelta(hours=1)
    assert told.time.tzinfo is UTC


def test_the_account_is_derived_as_rosters_derive_it() -> None:
    assert read(statement()).account_id == account_id("moodle", "s-17")
    assert account_id("moodle", "s-17") == derived_id("account", "moodle", "s-17")
    mailbox = read(statement(actor={"mbox": "mailto:a@b.example"}))
    assert mailbox.account_id == account_id("moodle", "mailto:a@b.example")


def post(verb: str, object_type: str = REPLY, **changes: Any) -> dict[str, Any]:
    made = {"id": "https://learn.example/post/9", "definition": {"type": object_type}}
    return statement(verb={"id": verb}, object=made, **changes)


def test_a_deletion_by_another_account_has_the_key_of_the_post() -> None:
    moderator = {"account": {"homePage": "https://learn.example", "name": "moderator"}}
    made = post("http://id.tincanapi.com/verb/replied")
    deleted = post("http://activitystrea.ms/delete", actor=moderator)
    key = read(made).data["object_key"]
    assert key is not None
    assert key == read(deleted).data["object_key"]
    assert key != read(made, partner="other").data["object_key"]


@pytest.mark.parametrize(
    "shared",
    [
        statement(),
        post("http://id.tincanapi.com/verb/viewed"),
        post(
            "http://adlnet.gov/expapi/verbs/commented",
            "http://id.tincanapi.com/activitytype/discussion",
        ),
    ],
)
def test_what_many_speak_of_has_no_key(shared: dict[str, Any]) -> None:
    assert read(shared).data["object_key"] is None


def test_nothing_personal_is_told() -> None:
    secret = "张三丰"
    raw = statement(
        actor={"account": {"homePage": "https://learn.example", "name": secret}, "name": secret},
        object={"objectType": "Agent", "mbox": f"mailto:{secret}@a.example", "name": secret},
        result={"response": secret},
        context={"instructor": {"mbox": f"mailto:{secret}@b.example"}},
    )
    received = read(raw)
    assert secret not in dumps(received.data, ensure_ascii=False)
    assert secret not in repr(received)
    assert received.sent == raw


def test_of_a_text_its_measure_is_told() -> None:
    assert measured("  学习　强国\u200b\n\u200b ＡＢ ") == measured("学习 强国 AB")
    assert measured("学习 强国 AB")[0] == 8
    assert measured("\u200b \u200b\u200b")[0] == 0
    post = {"id": "https://a.example/p1", "definition": {"type": REPLY}}
    post["definition"]["description"] = {"zh": "学习 强国 AB"}  # type: ignore[index]
    by_description = read(statement(object=post)).data
    by_response = read(statement(result={"response": "学习  强国 AB"})).data
    assert by_description["text_length"] == by_response["text_length"] == 8
    assert by_description["text_digest"] == by_response["text_digest"]


def test_the_description_of_what_is_no_post_is_not_its_text() -> None:
    course = {"id": "https://a.example/c", "definition": {"description": {"zh": "课程简介"}}}
    assert read(statement(object=course)).data["text_length"] is None


@pytest.mark.parametrize(
    ("scaled", "text"), [(0.5, "0.5"), (-1, "-1"), (1, "1"), (-1e-12, "0"), (1 / 3, "0.333333333")]
)
def test_a_scaled_score_is_told_as_a_decimal(scaled: float, text: str) -> None:
    assert read(statement(result={"score": {"scaled": scaled}})).data["scaled"] == text


def test_a_nul_is_refused_and_a_backslash_is_not() -> None:
    with pytest.raises(Refused, match=r"U\+0000"):
        read(statement(result={"response": "a\0"}))
    with pytest.raises(Refused, match=r"U\+0000"):
        read(statement(authority={"mbox": "mailto:a@b.example", "name": "\\\0"}))
    assert read(statement(result={"response": "\\u0000"})).data["text_length"] == 6


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
paths = st.sampled_from(
    [
        "actor",
        "verb",
        "object",
        "id",
        "timestamp",
        "result",
        "context",
        "attachments",
        "actor.account",
        "actor.member",
        "object.definition",
        "object.objectType",
        "result.score",
        "context.contextActivities",
        "context.contextActivities.parent",
        "context.contextAgents",
        "object.definition.choices",
    ]
)


@given(path=paths, value=json)
def test_a_statement_is_told_by_its_contract_or_refused(path: str, value: Any) -> None:
    raw = changed(path, value)
    before = deepcopy(raw)
    try:
        assert not CONTRACTS[STATEMENT_RECEIVED].schema.validate(read(raw).data)
    except Refused as refusal:
        assert refusal.field
    assert repr(raw) == repr(before)
