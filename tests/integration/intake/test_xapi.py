"""The xAPI door of a running platform."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from tests.integration.intake.partner import Partner, statement
from tests.platform import Platform

MOODLE = Path(__file__).parents[4] / "shared/data/partner-statements/moodle.jsonl"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()


def stored(administrator: httpx.Client, partner: Partner) -> int:
    """How many statements of a partner are stored."""
    return counted(administrator, partner)["received"]


def counted(administrator: httpx.Client, partner: Partner) -> dict[str, int]:
    rows = administrator.get("/api/v1/partners").json()["rows"]
    return next(row for row in rows if row["code"] == partner.code)


def unusable(administrator: httpx.Client, partner: Partner) -> list[dict[str, Any]]:
    answer = administrator.get(f"/api/v1/partners/{partner.code}/unusable")
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


def test_every_statement_of_moodle_is_stored_and_none_is_an_error(
    partner: Partner, administrator: httpx.Client
) -> None:
    lines = MOODLE.read_bytes().splitlines()
    statements = [orjson.loads(line)["statement"] for line in lines]
    answers = [partner.post(one) for one in statements]
    assert {answer.status_code for answer in answers} == {200}
    ids = {answer.json()[0] for answer in answers}
    assert stored(administrator, partner) == len(ids)
    assert partner.post(statements).json() == [answer.json()[0] for answer in answers]
    assert stored(administrator, partner) == len(ids)


def test_the_same_statement_posted_twenty_times_at_once_is_stored_once(
    partner: Partner, administrator: httpx.Client
) -> None:
    one = statement()
    with ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(lambda _: partner.post(one), range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert {answer.json()[0] for answer in answers} == {one["id"]}
    assert stored(administrator, partner) == 1


def test_batches_that_overlap_are_stored_once_without_waiting_for_each_other(
    partner: Partner, administrator: httpx.Client
) -> None:
    statements = [statement() for _ in range(200)]
    batches = [statements[start : start + 120] for start in (0, 40, 80)] * 2
    batches += [list(reversed(batch)) for batch in batches]
    with ThreadPoolExecutor(12) as clients:
        answers = list(clients.map(partner.post, batches))
    assert [answer.status_code for answer in answers] == [200] * 12
    assert stored(administrator, partner) == 200


def test_a_statement_is_answered_as_sent_with_what_the_store_adds(partner: Partner) -> None:
    one = statement(result={"score": {"scaled": 0.5}}, timestamp="2026-03-01T16:00:00+08:00")
    partner.post(one)
    with partner.xapi(headers={"X-Experience-API-Version": "2.0.0"}) as client:
        answer = client.get("/statements", params={"statementId": one["id"].upper()})
    assert answer.status_code == 200
    assert answer.headers["X-Experience-API-Version"] == "2.0.0"
    told = answer.json()
    assert {name: told[name] for name in one} == one
    assert told["authority"]["account"]["name"] == partner.code
    assert datetime.fromisoformat(told["stored"]) <= datetime.now(UTC)
    assert told["version"] == "1.0.0"


def test_of_a_statement_without_a_time_the_time_of_arrival_is_told(partner: Partner) -> None:
    before = datetime.now(UTC)
    [given] = partner.post(statement(id=..., timestamp=...)).json()
    with partner.xapi() as client:
        told = client.get("/statements", params={"statementId": given}).json()
    assert before <= datetime.fromisoformat(told["timestamp"]) <= datetime.now(UTC)


def test_a_partner_sees_its_own_statements_only(
    platform: Platform, administrator: httpx.Client, partner: Partner
) -> None:
    one = statement()
    partner.post(one)
    with Partner.let_in(platform, administrator).xapi() as client:
        answer = client.get("/statements", params={"statementId": one["id"]})
    assert answer.status_code == 404


def test_a_put_stores_under_the_id_of_the_address(partner: Partner) -> None:
    one = statement()
    named = {"statementId": one["id"]}
    body = {name: one[name] for name in one if name != "id"}
    with partner.xapi() as client:
        answers = [client.put("/statements", params=named, json=body) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [204, 204]
        assert client.get("/statements", params=named).json()["id"] == one["id"]
        other = body | {"verb": {"id": "http://adlnet.gov/expapi/verbs/passed"}}
        assert client.put("/statements", params=named, json=other).status_code == 409
        assert client.put("/statements", params=named, json=statement()).status_code == 400
        assert client.put("/statements", json=body).status_code == 400


def test_another_content_under_a_known_id_is_a_conflict_and_is_kept(
    partner: Partner, administrator: httpx.Client
) -> None:
    known = statement()
    partner.post(known)
    fresh = statement()
    other = known | {"object": {"id": "https://learn.example/course/2"}}
    answer = partner.post([fresh, other])
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["field"] == "[1].id"
    assert stored(administrator, partner) == 1
    [kept] = unusable(administrator, partner)
    assert orjson.loads(kept["body"]) == [fresh, other]
    assert kept["zh"]
    assert kept["en"]


def test_a_batch_with_one_bad_statement_is_refused_whole_and_kept(
    partner: Partner, administrator: httpx.Client
) -> None:
    batch = [statement(), statement(result={"score": {"scaled": 60}}), statement()]
    for _ in range(2):
        answer = partner.post(batch)
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        [error] = answer.json()["errors"]
        assert error["field"] == "[1].result.score.scaled"
        assert error["zh"]
        assert error["en"]
    assert stored(administrator, partner) == 0
    [kept] = unusable(administrator, partner)
    assert (orjson.loads(kept["body"]), kept["times"]) == (batch, 2)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"{", "body"),
        (b"", "body"),
        (b"\xff", "body"),
        (b"[" * 100_000, "body"),
        (b"null", None),
        (b"17", None),
        (b"[null]", "[0]"),
        (statement(timestamp=TOMORROW), "timestamp"),
        (statement(timestamp="1999-12-31T23:59:59Z"), "timestamp"),
        (statement(actor=None), "actor"),
        (statement(object={"id": "https://learn.example/\x00"}), "object.id"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_its_field_and_kept(
    partner: Partner, administrator: httpx.Client, content: Any, field: str | None
) -> None:
    answer = partner.post(content)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert counted(administrator, partner) | {"received": 0, "unusable": 1} == counted(
        administrator, partner
    )


def test_ten_thousand_statements_are_stored_and_more_are_refused(
    partner: Partner, administrator: httpx.Client
) -> None:
    statements = [statement() for _ in range(10_000)]
    assert partner.post(statements).json() == [one["id"] for one in statements]
    assert stored(administrator, partner) == 10_000
    assert partner.post([*statements, statement()]).status_code == 413


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_above_ten_megabytes_is_refused(partner: Partner, chunked: bool) -> None:
    body = orjson.dumps(statement(result={"response": "长" * (4 << 20)}))
    parts = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
    with partner.xapi() as client:
        answer = client.post(
            "/statements",
            content=parts if chunked else body,
            headers={"Content-Type": "application/json"},
        )
    assert answer.status_code == 413


def test_attachments_in_the_body_are_refused(partner: Partner) -> None:
    answer = partner.post(b"--x--", **{"Content-Type": "multipart/mixed; boundary=x"})
    assert answer.status_code == 415


def test_the_version_must_be_named_and_is_answered(platform: Platform, partner: Partner) -> None:
    with platform.client() as client:
        about = client.get("/xapi/about")
    assert about.json()["version"] == ["1.0.3", "2.0.0"]
    assert about.headers["X-Experience-API-Version"] == "1.0.3"
    for version, status in (("0.95", 400), ("1.0", 200), ("2.0.0", 200), (None, 400)):
        headers = {"X-Experience-API-Version": version} if version else {}
        with partner.xapi(headers=headers) as client:
            assert client.post("/statements", json=statement()).status_code == status


def test_credentials_are_basic_or_bearer_and_old_ones_hold_during_a_rotation(
    partner: Partner, administrator: httpx.Client
) -> None:
    first = partner.password
    told = administrator.post(f"/api/v1/partners/{partner.code}/rotate").json()
    second = told["password"]
    for auth in ((partner.code, first), (partner.code, second)):
        with partner.xapi(auth=auth) as client:
            assert client.post("/statements", json=statement()).status_code == 200
    version = {"X-Experience-API-Version": "1.0.3"}
    with partner.xapi(auth=None, headers=version | {"Authorization": f"Bearer {second}"}) as client:
        assert client.post("/statements", json=statement()).status_code == 200
    for auth in ((partner.code, "wrong"), ("other", second), None):
        with partner.xapi(auth=auth) as client:
            answer = client.post("/statements", json=statement())
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert stored(administrator, partner) == 3
