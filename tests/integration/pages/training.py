"""A small training, held over the public addresses from the roster to the certificate."""

from datetime import date
from typing import Any, NamedTuple

import httpx

from tests.integration.pages.reading import form_of
from tests.platform import Platform, eventually

PASSWORD = "of-a-learner-in-tests"
TITLE = "示范<script>alert('x')</script>培训"
ACTIVITY = "https://learn.example/course/1"
ROSTER = """编号,姓名,党委,党总支,党支部,党小组,对象类别,类别起始日期,合作平台账号
T-1,安然,示范党委,,第一党支部,,发展对象,2026-01-01,pages-partner:t-1
T-2,白桦,示范党委,,第一党支部,,发展对象,2026-01-01,pages-partner:t-2
"""
MANY = 55
CROWD = "".join(
    f"C-{place},丁{place:03},示范党委,,第二党支部,,正式党员,2026-01-01,\n" for place in range(MANY)
)
PROGRAM: dict[str, Any] = {
    "code": "pages",
    "title": TITLE,
    "starts_on": "2026-01-01",
    "ends_on": "2099-12-31",
    "outcomes_due": "2099-12-01T12:00:00+08:00",
    "reviews_due": "2099-12-20T12:00:00+08:00",
    "audience": {"categories": ["发展对象"], "organizations": ["示范党委"]},
    "modules": [
        {
            "code": "m",
            "title": "导学",
            "kind": "theory",
            "delivery": "online",
            "hours": 2,
            "activities": [ACTIVITY],
        }
    ],
    "scheme": {"theory": 100, "practice": 0, "discussion": 0, "outcome": 0, "posts": 0},
}
CROWDED = PROGRAM | {
    "code": "crowd",
    "title": "全员培训",
    "audience": {"categories": ["正式党员"], "organizations": ["示范党委"]},
    "modules": [PROGRAM["modules"][0] | {"activities": []}],
}


class Training(NamedTuple):
    """Enrollments of who passed and of who did nothing, and the certificate of the first.

    Accounts: `passed` and `idle` are the learners, `secretary` reads the first
    branch and `elsewhere` the second; `nobody` has no role and is no member,
    `both` is who did nothing and inspects the first branch.
    """

    passed: str
    idle: str
    serial: str

    def enter(self, browser: httpx.Client, username: str, **changes: str) -> httpx.Response:
        """The answer to the form filled in with an account."""
        form = form_of(browser.get("/sign-in").text, "/sign-in")
        filled = form | {"username": username, "password": PASSWORD} | changes
        return browser.post("/sign-in", data=filled)


def held(platform: Platform) -> Training:
    """Roster, program, accounts, a completed module, closed reviews, a certificate."""
    sheet = (ROSTER + CROWD).encode()
    with platform.sign_in() as client:
        answered(client.post("/api/v1/roster", files={"file": ("roster.csv", sheet)}))
        program = answered(client.post("/api/v1/programs", json=PROGRAM))["id"]
        crowded = answered(client.post("/api/v1/programs", json=CROWDED))["id"]
        organizations = answered(client.get("/api/v1/organizations"))["rows"]
        paths = {one["name"]: one["path"] for one in organizations}
        account(client, "passed", member_number="T-1")
        account(client, "idle", member_number="T-2")
        account(client, "nobody")
        for username, branch in (("secretary", "第一党支部"), ("elsewhere", "第二党支部")):
            account(client, username, grants=[{"role": "secretary", "path": paths[branch]}])
        reader = [{"role": "inspector", "path": paths["第一党支部"]}]
        account(client, "both", member_number="T-2", grants=reader)
        eventually(lambda: len(records(client, program)) == 2)
        eventually(lambda: len(records(client, crowded)) == MANY)
        complete(platform, client, "t-1")
        eventually(lambda: any(record["completed"] for record in records(client, program)))
        answered(client.post(f"/api/v1/programs/{program}/reviews/open"))
        answered(client.post(f"/api/v1/programs/{program}/reviews/close"))
        eventually(lambda: all(record["passed"] is not None for record in records(client, program)))
        found = {record["number"]: record for record in records(client, program)}
    return Training(
        found["T-1"]["enrollment_id"], found["T-2"]["enrollment_id"], found["T-1"]["serial"]
    )


def complete(platform: Platform, administrator: httpx.Client, name: str) -> None:
    """A partner tells that an account has completed the module."""
    told = answered(
        administrator.post("/api/v1/partners", json={"code": "pages-partner", "name": "平台"})
    )
    statement = {
        "actor": {"account": {"homePage": "https://learn.example", "name": name}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": ACTIVITY},
        "timestamp": f"{date.today()}T00:00:00Z",
    }
    with platform.client() as client:
        answered(
            client.post(
                "/xapi/statements",
                json=statement,
                auth=(told["username"], told["password"]),
                headers={"X-Experience-API-Version": "1.0.3"},
            )
        )


def records(client: httpx.Client, program: str) -> list[dict[str, Any]]:
    wanted: dict[str, Any] = {"program_id": program, "limit": 200}
    rows: list[dict[str, Any]] = answered(client.get("/api/v1/records", params=wanted))["rows"]
    return rows


def account(client: httpx.Client, username: str, **told: Any) -> None:
    answered(client.put(f"/api/v1/accounts/{username}", json={"password": PASSWORD} | told))


def answered(answer: httpx.Response) -> Any:
    """What was answered; the test stops where it was refused."""
    assert answer.is_success, f"{answer.request.url} {answer.text}"
    return answer.json()
