"""A small college: its roster, its programs and its people, each signed in."""

from itertools import count
from typing import Any

import httpx

from tests.platform import Platform, eventually

PASSWORD = "of-a-member-in-tests"
ACTIVITY = "https://learn.example/course/1"
HEADER = "编号,姓名,党委,党总支,党支部,党小组,对象类别,类别起始日期,合作平台账号"
NAMES = {"g-1": "安然", "g-2": "白桦", "g-3": "陈述", "g-4": "邓林"}
RUBRIC = ("direction", "practice", "argument", "expression")
CODES = (f"program-{number}" for number in count(1))


def roster(*rows: str) -> str:
    """A sheet of these rows below the header."""
    return "\n".join((HEADER, *rows, ""))


def member(number: str, name: str = "无名", branch: str = "第一党支部") -> str:
    """A row of a development target with an account at the partner."""
    return f"{number},{name},网关党委,,{branch},,发展对象,2026-01-01,gateway-partner:{number}"


def program(**changes: Any) -> dict[str, Any]:
    """A program nobody has published: one module and an outcome, reviewed by two."""
    return {
        "code": next(CODES),
        "title": "示范培训",
        "starts_on": "2026-01-01",
        "ends_on": "2099-12-31",
        "outcomes_due": "2099-12-01T12:00:00+08:00",
        "reviews_due": "2099-12-20T12:00:00+08:00",
        "audience": {"categories": ["发展对象"], "organizations": ["网关党委/第一党支部"]},
        "modules": [
            {
                "code": "m",
                "title": "导学",
                "kind": "theory",
                "delivery": "online",
                "hours": "2.5",
                "activities": [ACTIVITY],
            }
        ],
        "scheme": {
            "theory": 40,
            "practice": 0,
            "discussion": 0,
            "outcome": 60,
            "posts": 0,
            "reviewers": 2,
        },
    } | changes


def marks(value: Any) -> dict[str, Any]:
    """The same mark for every criterion of the default rubric."""
    return {"marks": dict.fromkeys(RUBRIC, value)}


class College:
    """People of a college by user name; `administrator` is among them."""

    def __init__(self, platform: Platform, administrator: httpx.Client) -> None:
        self.platform = platform
        self.people = {"administrator": administrator}

    @classmethod
    def founded(cls, platform: Platform, administrator: httpx.Client) -> "College":
        college = cls(platform, administrator)
        rows = [member(number, name) for number, name in NAMES.items()]
        elsewhere = member("g-9", "何处", "第二党支部").replace("发展对象", "正式党员")
        sheet = roster(*rows, elsewhere).encode()
        done(administrator.post("/api/v1/roster", files={"file": ("roster.csv", sheet)}))
        for number in NAMES:
            college.invite(number, member_number=number)
        organizations = done(administrator.get("/api/v1/organizations"))["rows"]
        paths = {one["name"]: one["path"] for one in organizations}
        for username, branch in (("secretary", "第一党支部"), ("elsewhere", "第二党支部")):
            college.invite(username, grants=[{"role": "secretary", "path": paths[branch]}])
        return college

    def __getitem__(self, username: str) -> httpx.Client:
        return self.people[username]

    def invite(self, username: str, **told: Any) -> None:
        """Makes an account and signs it in."""
        address = f"/api/v1/accounts/{username}"
        done(self["administrator"].put(address, json={"password": PASSWORD} | told))
        self.people[username] = self.platform.sign_in(username, PASSWORD)

    def publish(self, **changes: Any) -> tuple[str, dict[str, str]]:
        """A new program version, and number → enrollment in it, once all know of it."""
        client = self["administrator"]
        id_ = done(client.post("/api/v1/programs", json=program(**changes)))["id"]
        wanted = {"program_id": id_}

        def enrolled() -> dict[str, str]:
            scores = done(client.get("/api/v1/scores", params=wanted))["rows"]
            records = done(client.get("/api/v1/records", params=wanted))["rows"]
            found = {row["number"]: row["enrollment_id"] for row in records}
            return found if len(scores) == len(records) == len(NAMES) else {}

        return id_, eventually(enrolled)


def done(answer: httpx.Response) -> Any:
    """What was answered; the test stops where it was refused."""
    assert answer.is_success, f"{answer.status_code} {answer.request.url} {answer.text}"
    return answer.json()


def problem(answer: httpx.Response, status: int) -> set[tuple[str, str | None]]:
    """Code and field of each error of a problem of this status, told in both languages."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["type"] == f"urn:zhixing:problem:{told['errors'][0]['code']}"
    assert all(error["zh"] and error["en"] for error in told["errors"])
    return {(error["code"], error["field"]) for error in told["errors"]}
