"""What the learning platform tells: Moodle's real statements, and copies for other accounts."""

import json
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from services.contracts.envelope import derived_id, instant
from zhixing.demo.college import PARTNER, content

COURSE = "core/course_completed/completing_existing_course"
COMPLETED = "core/course_module_completion_update/completing_existing_module"
ATTENDED = "mod_facetoface/take_attendance/existing_attendance_taken"
SCORM = "mod_scorm/status_submitted/existing_status_submitted"
SCORM_SCORE = "mod_scorm/scoreraw_submitted/existing_scoreraw_submitted"
REPLIED = "mod_forum/post_created"
DELETED = "mod_forum/post_deleted"
# Moodle's events by which an activity is completed.
COMPLETING = (COURSE, COMPLETED, ATTENDED, SCORM, SCORM_SCORE)
# Activities that Moodle tells of by an event of their own.
OWN_EVENTS = {
    "http://www.example.org/course/view.php?id=2": COURSE,
    "http://www.example.org/mod/facetoface/view.php?id=1": ATTENDED,
    "http://www.example.org/mod/scorm/view.php?id=1#sco": SCORM,
}
POST = "http://www.example.org/mod/forum/discuss.php?d=1#p{number}"


class Told(NamedTuple):
    """A statement beside the name of the event of Moodle it is about."""

    event: str
    statement: dict[str, Any]

    @property
    def account(self) -> str:
        name: str = self.statement["actor"]["account"]["name"]
        return name

    @property
    def object_id(self) -> str:
        id_: str = self.statement["object"]["id"]
        return id_


class Moodle:
    """Statements as Moodle tells them, real ones where the folder of shared data has them."""

    def __init__(self, data: Path | None = None) -> None:
        file = data / "partner-statements" / "moodle.jsonl" if data else None
        if file and file.exists():
            rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        else:
            rows = content("statements")
        self.told = [Told(row["event"], row["statement"]) for row in rows]
        self.of_event = {one.event: one.statement for one in self.told}

    def completion(self, account: str, activity: str, at: datetime) -> dict[str, Any]:
        """An account has completed an activity."""
        event = OWN_EVENTS.get(activity, COMPLETED)
        return self.copy(event, account, activity, at)

    def post(
        self, account: str, number: int, text: str, at: datetime, *, under: str
    ) -> dict[str, Any]:
        """An account has written the post of this number in the forum of a course."""
        copy = self.copy(REPLIED, account, POST.format(number=number), at)
        copy["object"]["definition"]["description"] = {"zh": text}
        copy["context"]["contextActivities"]["parent"] = [{"id": under, "objectType": "Activity"}]
        return copy

    def deletion(self, account: str, number: int, at: datetime) -> dict[str, Any]:
        """An account has deleted the post of this number."""
        return self.copy(DELETED, account, POST.format(number=number), at)

    def copy(self, event: str, account: str, object_id: str, at: datetime) -> dict[str, Any]:
        """The statement of an event, said of another account and object at another time."""
        statement = deepcopy(self.of_event[event])
        statement["actor"]["account"]["name"] = account
        statement["object"]["id"] = object_id
        statement["timestamp"] = instant(at)
        statement["id"] = derived_id("demo", PARTNER, event, account, object_id)
        return statement
