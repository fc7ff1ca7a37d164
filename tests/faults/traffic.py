"""A small training as its people and a partner hold it over HTTP: each time the same writes.

Every write has a fixed Idempotency-Key, or is one by nature; statements have
fixed ids and times. So two runs that lose and double nothing end alike.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from zlib import crc32

import httpx

from services.contracts.envelope import derived_id
from tests.builders import enrollment_id, program_id

PATIENCE_SECONDS = 180.0
LOOK_SECONDS = 0.1
PARTNER = "faults-partner"
LEARNER = "of-a-learner-in-faults"
NUMBERS = [f"F-{number:02}" for number in range(30)]
AUTHORS = NUMBERS[:8]
XAPI = {"X-Experience-API-Version": "1.0.3"}
HOME = "https://learn.example"
ACTIVITIES = [f"{HOME}/course/{number}" for number in range(3)]
VERBS = "http://adlnet.gov/expapi/verbs/"
REPLIED = "http://id.tincanapi.com/verb/replied"
REPLY = "http://id.tincanapi.com/activitytype/forum-reply"
HEADER = "编号,姓名,党委,党总支,党支部,党小组,对象类别,类别起始日期,合作平台账号"
PROGRAM: dict[str, Any] = {
    "code": "faults",
    "title": "专题培训",
    "starts_on": "2026-01-01",
    "ends_on": "2099-12-31",
    "outcomes_due": "2099-12-01T12:00:00+08:00",
    "reviews_due": "2099-12-20T12:00:00+08:00",
    "audience": {"categories": ["发展对象"], "organizations": ["示范党委"]},
    "modules": [
        {
            "code": f"m{place}",
            "title": f"模块{place}",
            "kind": "theory",
            "delivery": "online",
            "hours": 2,
            "activities": [activity],
        }
        for place, activity in enumerate(ACTIVITIES)
    ],
    "scheme": {
        "theory": 50,
        "practice": 0,
        "discussion": 10,
        "outcome": 40,
        "posts": 2,
        "reviewers": 2,
        "rubric": [{"code": "all", "title": "总评", "weight": 100}],
    },
}
PROGRAM_ID = program_id(PROGRAM["code"])


class Traffic:
    """Writes are sent again, under the same key, until they are answered 2xx.

    `between` is called before each write. `told` are the ids of the facts that
    answers named, and of the statements that were taken.
    """

    def __init__(self, base_url: str, password: str, between: Callable[[], None]) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=20)
        self.between = between
        self.told: list[str] = []
        self.statements: list[str] = []
        self.admin = self.token("admin", password)
        self.partner = self.let_partner_in()

    def __enter__(self) -> "Traffic":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """The first answer that is neither weather nor missing; the test fails where none comes."""
        until, said = time.monotonic() + PATIENCE_SECONDS, ""
        while time.monotonic() < until:
            with suppress(httpx.TransportError):
                answer = self.http.request(method, path, **sent)
                if answer.status_code < 500:
                    return answer
                said = answer.text
            time.sleep(LOOK_SECONDS)
        raise TimeoutError(f"{method} {path}: no answer, {said[:500]}")

    def write(self, method: str, path: str, token: str, key: str, **sent: Any) -> Any:
        """What a write is answered, once it is answered 2xx."""
        self.between()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        answer = self.ask(method, path, headers=headers, **sent)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        told = answer.json()
        if "id" in told and method == "PUT":
            self.told.append(told["id"])
        return told

    def token(self, username: str, password: str) -> str:
        said = {"username": username, "password": password}
        answer = self.ask("POST", "/api/v1/tokens", json=said)
        assert answer.is_success, answer.text
        token: str = answer.json()["token"]
        return token

    def let_partner_in(self) -> tuple[str, str]:
        """Its user name and password."""
        said = {"code": PARTNER, "name": "合作平台"}
        told = self.write("POST", "/api/v1/partners", self.admin, "partner", json=said)
        return told["username"], told["password"]

    def hold(self, quiet: Callable[[], None]) -> None:
        """Holds the training to its end; `quiet` waits until what was told has taken effect."""
        self.enroll()
        quiet()
        for statements in self.doings():
            self.send(statements)
        self.learners = {number: self.learner(number) for number in AUTHORS}
        for number in AUTHORS:
            self.hand_in(number)
        quiet()
        self.move("open")
        for number in AUTHORS:
            self.review(number)
        for number in AUTHORS[::2]:
            self.mark(number)
        # A completion that comes later than the end would rightly change a released score.
        quiet()
        self.move("close")
        for number in AUTHORS:
            self.summarize(number)

    def enroll(self) -> None:
        """The roster and a program for all of it."""
        lines = [
            f"{number},安{number[-1]}然,示范党委,,第{place % 3 + 1}党支部,,发展对象,2026-01-01,"
            f"{PARTNER}:{number}"
            for place, number in enumerate(NUMBERS)
        ]
        sheet = {"file": ("roster.csv", "\n".join([HEADER, *lines]).encode())}
        self.write("POST", "/api/v1/roster", self.admin, "roster", files=sheet)
        self.write("POST", "/api/v1/programs", self.admin, "program", json=PROGRAM)

    def learner(self, number: str) -> str:
        """The token of a member's account."""
        said = {"password": LEARNER, "member_number": number}
        self.write("PUT", f"/api/v1/accounts/{number}", self.admin, number, json=said)
        return self.token(number, LEARNER)

    def doings(self) -> Iterator[list[dict[str, Any]]]:
        """What members did on the partner's platform, in little batches."""
        for place, number in enumerate(NUMBERS):
            yield [
                statement(number, f"{VERBS}completed", activity)
                for activity in ACTIVITIES[: 1 + place % 3 if place > 12 else 3]
            ]
            yield [post(number, count) for count in range(3)]

    def send(self, statements: list[dict[str, Any]]) -> None:
        self.between()
        answer = self.ask(
            "POST", "/xapi/statements", json=statements, auth=self.partner, headers=XAPI
        )
        assert answer.is_success, answer.text
        self.statements.extend(answer.json())

    def hand_in(self, number: str) -> None:
        """An outcome, and the author's own mark of it."""
        mine, token = f"/api/v1/enrollments/{enrollment(number)}", self.learners[number]
        form = {"title": (None, f"知行合一 {number}"), "text": (None, "学思用贯通")}
        self.write("POST", f"{mine}/outcome", token, "outcome", files=form)
        marks = {"marks": {"all": "85"}}
        self.write("PUT", f"{mine}/self-assessment", token, "own", json=marks)

    def move(self, way: str) -> None:
        self.write("POST", f"/api/v1/programs/{PROGRAM_ID}/reviews/{way}", self.admin, way)

    def review(self, number: str) -> None:
        """A member does the reviews that are asked for."""
        token = self.learners[number]
        answer = self.ask("GET", "/api/v1/reviews", headers={"Authorization": f"Bearer {token}"})
        for row in answer.json()["rows"]:
            id_ = row["assignment_id"]
            mark = 60 + crc32(f"{number} on {row['title']}".encode()) % 40
            said = {"marks": {"all": str(mark)}, "comment": "言之有物"}
            self.write("PUT", f"/api/v1/reviews/{id_}", token, f"review-{id_}", json=said)

    def mark(self, number: str) -> None:
        path = f"/api/v1/enrollments/{enrollment(number)}/staff-mark"
        marks = {"marks": {"all": str(70 + int(number[-2:]))}}
        self.write("PUT", path, self.admin, f"staff-{number}", json=marks)

    def summarize(self, number: str) -> None:
        path = f"/api/v1/enrollments/{enrollment(number)}/summary"
        said = {"focus": "理论学习", "summary": f"小结 {number}"}
        self.write("PUT", path, self.learners[number], "summary", json=said)


def enrollment(number: str) -> str:
    return enrollment_id(number, PROGRAM_ID)


def statement(number: str, verb: str, object_id: str, **said: Any) -> dict[str, Any]:
    """The one statement of an account with this verb and object."""
    return {
        "id": derived_id("faults", number, verb, object_id),
        "actor": {"account": {"homePage": HOME, "name": number}},
        "verb": {"id": verb},
        "object": {"id": object_id, **said.pop("object", {})},
        "timestamp": "2026-03-01T01:00:00Z",
        **said,
    }


def post(number: str, count: int) -> dict[str, Any]:
    """A post of some length in the discussion of the first activity."""
    text = f"第{count}次发言：学习要联系实际，联系{number}的工作实际，做到知行合一。"
    definition = {"type": REPLY, "description": {"zh": text}}
    return statement(
        number,
        REPLIED,
        f"{HOME}/post/{number}/{count}",
        object={"definition": definition},
        context={"contextActivities": {"parent": [{"id": ACTIVITIES[0]}]}},
    )
