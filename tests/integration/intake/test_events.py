"""The door of signed events of a running platform."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from tests.integration.intake.partner import BATCHED, Partner, event
from tests.platform import Platform, eventually

STRUCTURED = "application/cloudevents+json"
HEADER = "编号,姓名,党委,党总支,党支部,党小组,对象类别,类别起始日期,合作平台账号"
TODAY = date.today()


def roster(partner: Partner, number: str, account: str) -> bytes:
    """A roster of one member who has an account at a partner."""
    place = "示范学院党委,第一党总支,第一党支部,"
    since = TODAY - timedelta(90)
    row = f"{number},学员甲,{place},发展对象,{since},{partner.code}:{account}"
    return f"{HEADER}\n{row}\n".encode()


def program(code: str, activity: str) -> dict[str, Any]:
    """A program of one module, completed by one activity."""
    return {
        "code": code,
        "title": "发展对象培训",
        "starts_on": f"{TODAY - timedelta(30)}",
        "ends_on": f"{TODAY + timedelta(30)}",
        "outcomes_due": f"{TODAY + timedelta(20)}T23:59:00+08:00",
        "reviews_due": f"{TODAY + timedelta(25)}T23:59:00+08:00",
        "audience": {"categories": ["发展对象"], "organizations": ["示范学院党委"]},
        "modules": [
            {
                "code": "theory",
                "title": "理论",
                "kind": "党的基本理论",
                "delivery": "线上",
                "hours": 4,
                "activities": [activity],
            }
        ],
    }


def import_roster(administrator: httpx.Client, content: bytes) -> None:
    answer = administrator.post(
        "/api/v1/roster?dry_run=false", files={"file": ("roster.csv", content, "text/csv")}
    )
    assert answer.status_code == 200, answer.text


def now(**changes: Any) -> dict[str, Any]:
    return event(time=datetime.now(UTC).isoformat()) | changes


def test_what_waits_for_a_member_and_a_module_counts_once_both_are_known(
    partner: Partner, administrator: httpx.Client
) -> None:
    activity = f"https://learn.example/{partner.code}/1"
    data = {"account": "s-1", "activity": activity}
    first = now(data=data)
    assert partner.results(first) == ["quarantined"]
    import_roster(administrator, roster(partner, f"N-{partner.code}", "s-1"))
    assert partner.results(now(data=data)) == ["quarantined"]
    answer = administrator.post("/api/v1/programs", json=program(f"P-{partner.code}", activity))
    assert answer.status_code == 201, answer.text
    program_id = answer.json()["id"]

    def completed() -> Any:
        found = administrator.get("/api/v1/progress", params={"program_id": program_id})
        return [row for row in found.json()["rows"] if row["completed"]]

    [row] = eventually(completed)
    assert len(row["completed"]) == 1
    eventually(lambda: partner.results(now(data=data)) == ["accepted"])
    assert partner.results(first) == ["repeated"]
    told = eventually(lambda: statements(administrator, partner, "counted"))
    assert {one["statement"]["data"]["account"] for one in told} == {"s-1"}
    assert statements(administrator, partner, "quarantined") == []


def statements(administrator: httpx.Client, partner: Partner, verdict: str) -> list[dict[str, Any]]:
    answer = administrator.get(
        f"/api/v1/partners/{partner.code}/statements", params={"verdict": verdict}
    )
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


def test_each_event_is_answered_by_itself(partner: Partner, administrator: httpx.Client) -> None:
    known = event()
    other = known | {"data": {"account": "s-2", "activity": "c"}}
    unknown = event(type="partner.activity_completed.v2")
    answer = partner.send(known, known, other, unknown, 17)
    assert answer.status_code == 202
    results = answer.json()["results"]
    assert [one["result"] for one in results] == [
        "quarantined",
        "repeated",
        "conflict",
        "invalid",
        "invalid",
    ]
    assert [one["id"] for one in results] == [known["id"]] * 3 + [unknown["id"], None]
    assert all(one["zh"] and one["en"] for one in results if one["result"] != "repeated")
    assert "partner.activity_completed.v2" in results[3]["zh"]
    rows = administrator.get(f"/api/v1/partners/{partner.code}/unusable").json()["rows"]
    kept = [orjson.loads(row["body"]) for row in rows]
    assert sorted(map(repr, kept)) == sorted(map(repr, [other, unknown, 17]))


def test_structured_and_binary_events_are_taken(partner: Partner) -> None:
    one, another = event(), event()
    answer = partner.send(body=orjson.dumps(one), media=STRUCTURED)
    assert [result["result"] for result in answer.json()["results"]] == ["quarantined"]
    headers = {f"ce-{name}": another[name] for name in another if name != "data"}
    body = orjson.dumps(another["data"])
    answer = partner.send(body=body, media="application/json", headers=headers)
    assert [result["result"] for result in answer.json()["results"]] == ["quarantined"]
    assert partner.results(one, another) == ["repeated", "repeated"]


def test_what_is_not_signed_now_by_a_partner_is_refused(
    partner: Partner, administrator: httpx.Client
) -> None:
    answers = [
        partner.send(event(), secret="whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXI="),
        partner.send(event(), at=datetime.now(UTC) - timedelta(minutes=6)),
        partner.send(event(), headers={"webhook-signature": ""}),
    ]
    fields = ["webhook-signature", "webhook-timestamp", "webhook-signature"]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert [answer.json()["errors"][0]["field"] for answer in answers] == fields
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}
    rows = administrator.get("/api/v1/partners").json()["rows"]
    assert next(row for row in rows if row["code"] == partner.code)["received"] == 0


def test_both_secrets_sign_during_a_rotation(partner: Partner, administrator: httpx.Client) -> None:
    told = administrator.post(f"/api/v1/partners/{partner.code}/rotate").json()
    for secret in (partner.secret, told["webhook_secret"]):
        assert partner.send(event(), secret=secret).status_code == 202
    administrator.post(f"/api/v1/partners/{partner.code}/rotate")
    assert partner.send(event()).status_code == 401


@pytest.mark.parametrize(
    ("media", "body"), [(BATCHED, b"{"), (BATCHED, b"{}"), (STRUCTURED, b""), ("text/plain", b"x")]
)
def test_a_request_that_cannot_be_read_is_refused_and_kept(
    partner: Partner, administrator: httpx.Client, media: str, body: bytes
) -> None:
    answer = partner.send(media=media, body=body)
    assert answer.status_code == 400
    rows = administrator.get(f"/api/v1/partners/{partner.code}/unusable").json()["rows"]
    assert [(row["body"].encode(), row["content_type"]) for row in rows] == [(body, media)]


def test_partners_are_let_in_by_administrators_and_shown_to_trainers(
    platform: Platform, partner: Partner, administrator: httpx.Client
) -> None:
    for name, role in (("trainer", "trainer"), ("reader", "supervisor")):
        account = {"password": f"{name}-password", "grants": [{"role": role, "path": "/"}]}
        answer = administrator.put(f"/api/v1/accounts/{partner.code}-{name}", json=account)
        assert answer.status_code == 200, answer.text
    with platform.sign_in(f"{partner.code}-trainer", "trainer-password") as trainer:
        assert trainer.get("/api/v1/partners").status_code == 200
        refused = trainer.post("/api/v1/partners", json={"code": "x", "name": "x"})
        assert refused.status_code == 403
    with platform.sign_in(f"{partner.code}-reader", "reader-password") as reader:
        assert reader.get("/api/v1/partners").status_code == 403
    with platform.client() as nobody:
        assert nobody.get("/api/v1/partners").status_code == 401
    again = administrator.post("/api/v1/partners", json={"code": partner.code, "name": "x"})
    assert again.status_code == 409
    unusable = administrator.post("/api/v1/partners", json={"code": "Ä b", "name": "x"})
    assert unusable.status_code == 422
    assert administrator.post("/api/v1/partners/nobody/rotate").status_code == 404
    secrets = administrator.get("/api/v1/partners").text
    assert partner.password not in secrets
    assert partner.secret not in secrets
