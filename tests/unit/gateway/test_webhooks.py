"""Signed events: who sent them, and what they say in the words of xAPI."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from standardwebhooks.webhooks import Webhook

from gateway.intake import Received, Refused, account_id, measured
from gateway.intake.webhooks import BATCHED, STRUCTURED, read_events, verify
from services.contracts.intake import STATEMENT_RECEIVED
from services.contracts.registry import CONTRACTS

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
OLD, NEW = "whsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0", "whsec_bmV3LXNlY3JldC1uZXctc2VjcmV0"
BODY = '{"text": "知行"}'.encode()


def signed(secret: str, at: datetime = NOW, body: bytes = BODY) -> dict[str, str]:
    return {
        "Webhook-Id": "m-1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("m-1", at, body.decode()),
    }


def event(kind: str = "activity_completed", **changes: Any) -> dict[str, Any]:
    data = {"account": "s-17", "activity": "course-1"}
    if kind.startswith("post"):
        data["post"] = "p-9"
    if kind == "post_created":
        data["text"] = "知行合一，贵在力行。"
    whole = {
        "specversion": "1.0",
        "id": "evt 17/3",
        "source": "https://learn.example",
        "type": f"partner.{kind}.v1",
        "time": "2026-03-01T15:00:00+08:00",
        "data": data,
    }
    return {name: value for name, value in (whole | changes).items() if value is not ...}


def read(*events: Any) -> list[Received | Refused]:
    return read_events(BATCHED, {}, orjson.dumps(events), partner="school", now=NOW)


def received(one: Any) -> Received:
    [outcome] = read(one)
    assert isinstance(outcome, Received)
    return outcome


def refused(one: Any) -> Refused:
    [outcome] = read(one)
    assert isinstance(outcome, Refused)
    return outcome


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_both_secrets_sign_during_a_rotation(secret: str) -> None:
    verify([OLD, NEW], signed(secret), BODY, NOW)


def test_one_of_several_signatures_is_enough() -> None:
    headers = signed(NEW)
    headers["Webhook-Signature"] = f"v1a,é v1,? {headers['Webhook-Signature']}"
    verify([NEW], headers, BODY, NOW)


@pytest.mark.parametrize(
    ("headers", "body", "field"),
    [
        (signed(OLD), BODY, "webhook-signature"),
        (signed(NEW), BODY + b" ", "webhook-signature"),
        (signed(NEW) | {"Webhook-Id": "m-2"}, BODY, "webhook-signature"),
        (signed(NEW) | {"Webhook-Signature": "v1,"}, BODY, "webhook-signature"),
        ({}, BODY, "webhook-signature"),
        (signed(NEW, NOW - timedelta(seconds=301)), BODY, "webhook-timestamp"),
        (signed(NEW, NOW + timedelta(seconds=301)), BODY, "webhook-timestamp"),
        (signed(NEW) | {"Webhook-Timestamp": "nan"}, BODY, "webhook-timestamp"),
        (signed(NEW), b"\xff", "body"),
    ],
)
def test_what_is_not_signed_now_with_the_secret_is_refused(
    headers: dict[str, str], body: bytes, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        verify([NEW], headers, body, NOW)
    assert refusal.value.field == field


def test_no_secret_verifies_nothing() -> None:
    with pytest.raises(Refused):
        verify([], signed(NEW), BODY, NOW)


@pytest.mark.parametrize(
    ("kind", "verb", "named"),
    [
        ("activity_completed", "http://adlnet.gov/expapi/verbs/completed", "course-1"),
        ("activity_passed", "http://adlnet.gov/expapi/verbs/passed", "course-1"),
        ("activity_attended", "http://adlnet.gov/expapi/verbs/attended", "course-1"),
        ("post_created", "http://id.tincanapi.com/verb/replied", "p-9"),
        ("post_deleted", "http://activitystrea.ms/delete", "p-9"),
    ],
)
def test_an_event_is_told_in_the_words_of_xapi(kind: str, verb: str, named: str) -> None:
    told = received(event(kind))
    assert (told.data["verb"], told.data["object_id"]) == (verb, named)
    assert told.data["parents"] == (["course-1"] if kind.startswith("post") else [])
    assert told.account_id == account_id("school", "s-17")
    assert told.statement_id == "evt 17/3"
    assert told.time == NOW - timedelta(hours=1)
    assert not CONTRACTS[STATEMENT_RECEIVED].schema.validate(told.data)


def test_of_a_post_the_measure_of_its_text_is_told() -> None:
    told = received(event("post_created")).data
    assert (told["text_length"], told["text_digest"]) == measured("知行合一，贵在力行。")


def test_structured_binary_and_batched_say_the_same() -> None:
    one = event("post_created")
    headers = {f"Ce-{name.title()}": str(one[name]) for name in one if name != "data"}
    ways = [
        read_events(STRUCTURED, {}, orjson.dumps(one), partner="school", now=NOW),
        read_events(
            f"{BATCHED}; charset=utf-8", {}, orjson.dumps([one]), partner="school", now=NOW
        ),
        read_events(
            "application/json",
            headers | {"Content-Type": "application/json"},
            orjson.dumps(one["data"]),
            partner="school",
            now=NOW,
        ),
    ]
    told = [way[0] for way in ways]
    assert len({one.statement_id for one in told if isinstance(one, Received)}) == 1
    assert all(isinstance(one, Received) and one.data == told[0].data for one in told)  # type: ignore[union-attr]


def test_a_binary_event_without_a_time_happened_now_and_is_the_same_when_repeated() -> None:
    headers = {"ce-id": "1", "ce-source": "s", "ce-specversion": "1.0"}
    headers |= {"ce-type": "partner.activity_passed.v1", "content-type": "application/json"}
    body = b'{"account": "s-17", "activity": "course-1"}'
    [first] = read_events("application/json", headers, body, partner="school", now=NOW)
    later = NOW + timedelta(hours=1)
    [again] = read_events("application/json", headers, body, partner="school", now=later)
    assert isinstance(first, Received)
    assert isinstance(again, Received)
    assert first.time == NOW
    assert first.digest == again.digest


def test_the_digest_tells_a_repetition_from_a_conflict() -> None:
    traced = event(traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    assert received(event()).digest == received(traced).digest
    other = event(data={"account": "s-18", "activity": "course-1"})
    assert received(event()).digest != received(other).digest


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        (event("grade_improved"), "type"),
        (event(type="partner.activity_completed.v2"), "type"),
        (event(id=...), "id"),
        (event(id=""), "id"),
        (event(id=17), "id"),
        (event(source=...), "source"),
        (event(specversion="0.3"), "specversion"),
        (event(time="2026-03-01"), "time"),
        (event(time="yesterday"), "time"),
        (event(time="1999-01-01T00:00:00Z"), "time"),
        (event(time="2027-01-01T00:00:00Z"), "time"),
        (event(data=...), "data"),
        (event(data=..., data_base64="e30="), "data_base64"),
        (event(data=[]), "data"),
        (event(data={"account": "s-17"}), "data.activity"),
        (event(data={"account": 17, "activity": "c"}), "data.account"),
        (event(data={"account": "s", "activity": "c", "score": 60}), "data.score"),
        (event("post_created", data={"account": "s", "activity": "c", "post": "p"}), "data.text"),
        (event("post_deleted", data={"account": "s", "activity": "c"}), "data.post"),
    ],
)
def test_an_event_that_breaks_a_rule_is_refused_and_kept(
    broken: dict[str, Any], field: str
) -> None:
    refusal = refused(broken)
    assert refusal.field == field
    assert refusal.sent == broken
    assert refusal.id == (broken["id"] if isinstance(broken.get("id"), str) else None)


def test_the_unknown_type_is_named() -> None:
    refusal = refused(event(type="partner.activity_completed.v2"))
    assert "partner.activity_completed.v2" in refusal.zh
    assert "partner.activity_completed.v2" in refusal.en


def test_a_bad_event_does_not_hold_up_its_neighbours() -> None:
    outcomes = read(event(), 17, event("post_deleted"))
    assert [isinstance(one, Received) for one in outcomes] == [True, False, True]


def test_data_of_a_later_minor_version_are_passed_over() -> None:
    later = event(data={"account": "s-17", "activity": "course-1", "minutes": 45})
    assert received(later).data["object_id"] == "course-1"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [(STRUCTURED, b"{"), (BATCHED, b"{}"), ("application/json", b"{}"), ("", b"")],
)
def test_a_request_that_cannot_be_read_is_refused_whole(content_type: str, body: bytes) -> None:
    with pytest.raises(Refused):
        read_events(content_type, {}, body, partner="school", now=NOW)
