"""Programs, and writes that are sent twice."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from tests.integration.gateway.college import NAMES, College, done, problem, program
from tests.platform import eventually


def publish(college: College, told: dict[str, Any], key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return college["administrator"].post("/api/v1/programs", json=told, headers=headers)


def test_yaml_and_json_say_the_same(college: College):
    told = program(audience={"categories": ["正式党员"], "organizations": ["网关党委"]})
    first = done(publish(college, told))
    content = yaml.safe_dump(told, allow_unicode=True).encode()
    answer = college["administrator"].post(
        "/api/v1/programs", content=content, headers={"Content-Type": "application/yaml"}
    )
    assert first["version"] == 1
    assert problem(answer, 409) == {("program_unchanged", None)}


def test_yaml_dates_need_no_quotes(college: College):
    told = program(audience={"categories": ["正式党员"], "organizations": ["网关党委"]})
    content = yaml.safe_dump(told, allow_unicode=True).replace("'", "").encode()
    answer = college["administrator"].post(
        "/api/v1/programs", content=content, headers={"Content-Type": "application/yaml"}
    )
    assert done(answer)["code"] == told["code"]


def test_a_changed_program_is_the_next_version(college: College):
    told = program(audience={"categories": ["正式党员"], "organizations": ["网关党委"]})
    first, second = done(publish(college, told)), done(publish(college, told | {"title": "新名"}))
    assert (first["version"], second["version"]) == (1, 2)
    rows = done(college["g-1"].get("/api/v1/programs", params={"limit": 200}))["rows"]
    titles = {row["id"]: row["title"] for row in rows}
    assert (titles[first["id"]], titles[second["id"]]) == ("示范培训", "新名")


def test_the_audience_is_enrolled_by_itself(college: College):
    _, enrollments = college.publish()
    assert enrollments.keys() == NAMES.keys()


def test_the_same_key_and_content_is_done_once(college: College):
    told, key = program(), str(uuid4())
    first, second = publish(college, told, key), publish(college, told, key)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()


def test_the_same_key_with_other_content_is_a_conflict(college: College):
    key = str(uuid4())
    done(publish(college, program(), key))
    answer = publish(college, program(), key)
    assert problem(answer, 409) == {("idempotency_key_reused", "Idempotency-Key")}


def test_a_key_is_the_callers_own(college: College):
    key = {"Idempotency-Key": str(uuid4())}
    _, enrollments = college.publish()
    sent = {"data": {"title": "题", "text": "文"}, "headers": key}
    ids = {
        done(college[who].post(f"/api/v1/enrollments/{enrollments[who]}/outcome", **sent))["id"]
        for who in ("g-1", "g-2")
        for _ in range(2)
    }
    assert len(ids) == 2


@pytest.mark.parametrize("key", ["", "é", "x" * 201])
def test_a_key_is_short_and_plain(college: College, key: str):
    headers = {"Idempotency-Key": key.encode()}
    answer = college["administrator"].post("/api/v1/programs", json=program(), headers=headers)
    assert problem(answer, 422) == {("idempotency_key_unusable", "Idempotency-Key")}


def test_dates_move_and_weights_do_not(college: College):
    id_, _ = college.publish()
    address = f"/api/v1/programs/{id_}/amendments"
    later = "2099-12-05T12:00:00+08:00"
    done(college["administrator"].post(address, json={"outcomes_due": later, "brief": "写一篇"}))
    rows = done(college["administrator"].get("/api/v1/programs", params={"limit": 200}))["rows"]
    (read,) = (row for row in rows if row["id"] == id_)
    assert (read["outcomes_due"], read["brief"]) == (later, "写一篇")
    fixed = college["administrator"].post(address, json={"scheme": {"theory": 100}})
    assert problem(fixed, 422) == {("amendment_refused", "scheme")}
    refused = college["secretary"].post(address, json={"brief": "别的"})
    assert problem(refused, 403) == {("forbidden", None)}


def test_who_has_withdrawn_hands_in_nothing_and_stays_listed(college: College):
    id_, enrollments = college.publish()
    address = f"/api/v1/enrollments/{enrollments['g-3']}/withdrawal"
    sibling = college["elsewhere"].post(address, json={"reason": "转出"})
    assert problem(sibling, 404) == {("enrollment_unknown", None)}
    for who in ("secretary", "administrator"):
        done(college[who].post(address, json={"reason": "转出"}))
    rows = done(college["secretary"].get("/api/v1/enrollments", params={"program_id": id_}))["rows"]
    gone = {row["id"] for row in rows if row["withdrawn"]}
    assert gone == {enrollments["g-3"]}

    def refused() -> bool:
        answer = college["g-3"].post(
            f"/api/v1/enrollments/{enrollments['g-3']}/outcome", data={"title": "题", "text": "文"}
        )
        return answer.status_code == 409 and "enrollment_withdrawn" in answer.text

    eventually(refused)
