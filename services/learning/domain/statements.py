"""What a statement of a partner means here.

The verbs are those of xAPI profiles as Moodle's logstore plugin and Open edX's
event router use them; signed events are told in the same words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

ADL = "http://adlnet.gov/expapi/verbs/"
STREAMS = "http://activitystrea.ms/"
TINCAN = "http://id.tincanapi.com/"
ACROSSX = "https://w3id.org/xapi/acrossx/"
TLA = "https://w3id.org/xapi/tla/verbs/"
DOD = "https://w3id.org/xapi/dod-isd/verbs/"
EDLM = "https://xapi.edlm/profiles/edlm-lms/concepts/"
VOIDED = f"{ADL}voided"

COMPLETING = frozenset(
    {f"{ADL}completed", f"{ADL}passed", f"{ADL}attended", f"{STREAMS}attend", f"{STREAMS}complete"}
)
DELETING = frozenset({f"{STREAMS}delete", f"{STREAMS}schema/1.0/delete", f"{DOD}deleted"})
OPENING = frozenset({f"{STREAMS}create", f"{STREAMS}schema/1.0/create", f"{ACROSSX}verbs/posted"})
ANSWERING = frozenset({f"{TINCAN}verb/replied", f"{ADL}commented"})
DISCUSSION = f"{TINCAN}activitytype/discussion"
POSTS = frozenset({DISCUSSION, f"{TINCAN}activitytype/forum-reply", f"{STREAMS}comment"})
SITTINGS = frozenset(
    {
        "http://adlnet.gov/expapi/activities/attempt",
        f"{EDLM}activity-types/lesson-session",
    }
)


class Kind(StrEnum):
    """`ignored` is understood and counts for nothing; `unknown` is not understood."""

    COMPLETES = "completes"
    POSTS = "posts"
    RETRACTS = "retracts"
    IGNORED = "ignored"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Statement:
    """What was told of a statement: `intake.statement_received.v1`, as far as it matters here.

    `text_length` is in characters, white space folded; `text_digest` is the
    same for the same text.
    """

    partner: str
    statement_id: str
    verb: str
    object_id: str
    object_type: str | None = None
    parents: tuple[str, ...] = ()
    completion: bool | None = None
    success: bool | None = None
    text_length: int | None = None
    text_digest: str | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Statement":
        """The statement in the data of a fact that keeps its contract."""
        return cls(
            data["partner"],
            data["statement_id"],
            data["verb"],
            data["object_id"],
            data.get("object_type"),
            tuple(data["parents"]),
            data.get("completion"),
            data.get("success"),
            data.get("text_length"),
            data.get("text_digest"),
        )


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a statement means, and in both languages why."""

    kind: Kind
    zh: str
    en: str


COMPLETES = Meaning(Kind.COMPLETES, "完成活动", "an activity is completed")
A_POST = Meaning(Kind.POSTS, "研讨发言", "a post")
A_DELETION = Meaning(Kind.RETRACTS, "删除发言", "a post is deleted")
A_VOIDING = Meaning(Kind.RETRACTS, "作废语句", "a statement is voided")
NOT_UNDERSTOOD = Meaning(Kind.UNKNOWN, "动词未知", "the verb is not known here")


def ignored(zh: str, en: str) -> Meaning:
    return Meaning(Kind.IGNORED, zh, en)


NOT_DONE = ignored("未完成或未通过", "not completed, or not passed")
A_SITTING = ignored("一次作答，不等于活动完成", "one sitting is not the activity completed")
NOT_A_POST = ignored("对象不是研讨发言", "the object is not a post")
EDITED = ignored("修改发言，原计数不变", "an edited post stays as it was counted")
UNCOMPLETED = ignored("已完成的不撤回", "what is completed stays completed")
LOOKED = ignored("浏览", "something was looked at")
BEGAN = ignored("开始、暂停或继续", "something was begun, left or resumed")
ANSWERED = ignored("作答或提交，完成另行通知", "an answer; completion is told by itself")
MARKED = ignored("评分，不等于完成", "a mark is not a completion")
JOINED = ignored("报名、加入或退出", "somebody joined or left")
AWARDED = ignored("徽章或证书", "a badge or certificate")
ARRANGED = ignored("平台管理", "administration of the platform")
SENT = ignored("私信", "a private message")

REASONS: tuple[tuple[Meaning, tuple[str, ...]], ...] = (
    (UNCOMPLETED, (f"{EDLM}verbs/uncompleted",)),
    (NOT_DONE, (f"{ADL}failed", f"{EDLM}verbs/exceeded")),
    (
        LOOKED,
        (
            *(f"{TINCAN}verb/viewed", f"{ADL}launched", f"{ADL}experienced", f"{ADL}progressed"),
            *(f"{ACROSSX}verbs/searched", f"{TLA}verified", f"{ADL}initialized"),
            *(f"{EDLM}verbs/login", f"{EDLM}verbs/logout", f"{ADL}interacted"),
        ),
    ),
    (
        BEGAN,
        (
            *(f"{STREAMS}start", f"{STREAMS}schema/1.0/start", f"{TLA}resumed", f"{TLA}suspended"),
            *(f"{EDLM}verbs/restarted", f"{ADL}attempted", f"{ADL}terminated", f"{ADL}resumed"),
        ),
    ),
    (ANSWERED, (f"{ADL}answered", f"{STREAMS}submit", f"{STREAMS}schema/1.0/submit")),
    (MARKED, (f"{TLA}scored", f"{DOD}assessed", f"{STREAMS}schema/1.0/receive", f"{ADL}scored")),
    (
        JOINED,
        (
            *(f"{STREAMS}join", f"{STREAMS}schema/1.0/join", f"{STREAMS}leave"),
            *(f"{STREAMS}schema/1.0/leave", f"{STREAMS}schema/1.0/assign", f"{ADL}registered"),
            *(f"{TINCAN}verb/unregistered", f"{EDLM}verbs/enrolled"),
            *(f"{EDLM}verbs/subscribed", f"{EDLM}verbs/unsubscribed"),
        ),
    ),
    (AWARDED, (f"{TLA}achieved", f"{TLA}forfeited", f"{TINCAN}verb/earned")),
    (
        ARRANGED,
        (
            *(f"{STREAMS}update", f"{ADL}imported", f"{DOD}published", f"{TINCAN}verb/live"),
            *(f"{STREAMS}schema/1.0/retract", f"{TINCAN}verb/adjourned", f"{TINCAN}verb/secured"),
            *(f"{TINCAN}verb/unsecured", f"{EDLM}verbs/locked", f"{EDLM}verbs/unlocked"),
        ),
    ),
    (SENT, (f"{STREAMS}send",)),
)
UNDERSTOOD = {verb: meaning for meaning, verbs in REASONS for verb in verbs}


def classify(statement: Statement) -> Meaning:
    """What a statement means by its verb, the type of its object and its result.

    A failed or unfinished completion completes nothing. A quiz attempt or a
    lesson session that is completed is one sitting: the platform tells apart
    that the activity itself is completed.
    """
    verb, of_post = statement.verb, statement.object_type in POSTS
    if verb in COMPLETING:
        if statement.success is False or statement.completion is False:
            return NOT_DONE
        return A_SITTING if statement.object_type in SITTINGS else COMPLETES
    if verb in ANSWERING:
        return A_POST
    if verb in OPENING:
        return A_POST if of_post else ARRANGED
    if verb in DELETING:
        return A_DELETION if of_post else NOT_A_POST
    if verb == VOIDED:
        return A_VOIDING
    if verb == f"{ACROSSX}verbs/edited":
        return EDITED if of_post else ARRANGED
    return UNDERSTOOD.get(verb, NOT_UNDERSTOOD)


def post_of(statement: Statement) -> str:
    """What its platform calls the post a statement tells of.

    A comment whose object is the discussion commented on has no name of its
    own: the statement's id stands for it.
    """
    if statement.verb == f"{ADL}commented" and statement.object_type == DISCUSSION:
        return statement.statement_id
    return statement.object_id
