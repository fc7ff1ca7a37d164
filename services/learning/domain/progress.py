"""What follows for one member from the statements of partners.

Nothing here depends on the order of arrival: statements are put in order by
(time, id of the fact). The caller tells what is concluded, by these rules:

* A completion is told once for an (enrollment, module), its id derived from
  these two alone, and is never taken back. An earlier statement that arrives
  later changes `evidence` and `time` of the conclusion, but a completion told
  already stays as it was told.
* A post that counts and is not told as counting is told; a post told as
  counting that no longer counts (deleted, voided, or found to be a copy of an
  earlier one) is taken back. It may come to count again, when the earlier
  copy is deleted: then it is told anew, under a new id.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import StrEnum

from services.learning.domain.statements import VOIDED, Kind, Statement, classify, post_of

LEAST_CHARACTERS = 20
CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Heard:
    """A statement as it was heard: `id` is the fact's, `time` when it happened."""

    id: str
    account_id: str
    time: datetime
    statement: Statement


@dataclass(frozen=True, slots=True)
class Module:
    """A module of a curriculum; `activities` are the ids partners use for it."""

    id: str
    hours: Decimal
    activities: frozenset[str]


@dataclass(frozen=True, slots=True)
class Enrollment:
    """What an enrollment's program asks.

    `starts_on` and `ends_on` are days in `zone`, both included; None sets no bound.
    """

    id: str
    modules: tuple[Module, ...]
    starts_on: date | None = None
    ends_on: date | None = None
    zone: tzinfo = CHINA


@dataclass(frozen=True, slots=True)
class Completed:
    """A module is completed; `evidence` is the id of the earliest statement that shows it."""

    enrollment_id: str
    module_id: str
    hours: Decimal
    evidence: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """A post counts; `statement` is the id of the fact that told of it."""

    enrollment_id: str
    partner: str
    post: str
    statement: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Retracted:
    """A post of the enrollment that does not count: too short, deleted, voided, or a copy."""

    enrollment_id: str
    partner: str
    post: str


class Verdict(StrEnum):
    """`quarantined` waits: the member, the module or the post is not known yet."""

    COUNTED = "counted"
    IGNORED = "ignored"
    UNKNOWN = "unknown"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a statement, and in both languages why."""

    verdict: Verdict
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Conclusion:
    """All that follows; `standings` has one entry per statement, by the fact's id."""

    completed: frozenset[Completed]
    counted: frozenset[Counted]
    retracted: frozenset[Retracted]
    standings: Mapping[str, Standing]


COMPLETED = Standing(Verdict.COUNTED, "计入：模块完成", "counts: module completed")
COUNTED = Standing(Verdict.COUNTED, "计入：研讨发言", "counts: post")
TAKEN_BACK = Standing(Verdict.COUNTED, "计入：撤回发言", "counts: post taken back")
NO_MEMBER = Standing(Verdict.QUARANTINED, "账号尚未关联学员", "no member has this account yet")
NO_MODULE = Standing(
    Verdict.QUARANTINED, "没有课程模块使用此活动", "no module uses this activity yet"
)
NO_POST = Standing(Verdict.QUARANTINED, "尚不知道这条发言", "this post is not known yet")
OUT_OF_DATES = Standing(Verdict.IGNORED, "不在培训日期内", "outside the program's dates")
TOO_SHORT = Standing(Verdict.IGNORED, "发言过短或没有正文", "the post is too short, or has no text")
A_COPY = Standing(Verdict.IGNORED, "与先前的发言相同", "a copy of an earlier post")
DELETED = Standing(Verdict.IGNORED, "发言已删除", "the post was deleted")
STAYS = Standing(Verdict.IGNORED, "已完成的不撤回", "what is completed stays so")
TOLD_BEFORE = Standing(Verdict.IGNORED, "这条发言已计入", "this post was told before")


def conclude(
    heard: Iterable[Heard],
    *,
    accounts: frozenset[str],
    enrollments: Iterable[Enrollment],
    least_characters: int = LEAST_CHARACTERS,
) -> Conclusion:
    """What follows for the member who has these accounts and enrollments.

    `heard` are the statements of the accounts, and those of anybody that delete
    or void what these accounts said: a moderator's deletion is one.
    """
    in_order = sorted(set(heard), key=lambda one: (one.time, one.id))
    said = [one for one in in_order if one.account_id in accounts]
    withdrawn = withdrawn_by(in_order)
    shares = [
        share(enrollment, said, withdrawn, least_characters)
        for enrollment in sorted(enrollments, key=lambda enrollment: enrollment.id)
    ]
    return Conclusion(
        frozenset(completed for one in shares for completed in one.completed.values()),
        frozenset(counted for one in shares for counted in one.counted.values()),
        frozenset(retracted for one in shares for retracted in one.retracted),
        {one.id: standing(one, said, accounts, shares) for one in in_order},
    )


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Names of deleted posts and ids of voided statements, each beside its partner."""

    posts: frozenset[tuple[str, str]]
    statements: frozenset[tuple[str, str]]

    def has(self, statement: Statement) -> bool:
        """Whether the post a statement tells of, or the statement itself, is withdrawn."""
        partner = statement.partner
        return (partner, post_of(statement)) in self.posts or (
            partner,
            statement.statement_id,
        ) in self.statements


def withdrawn_by(heard: Iterable[Heard]) -> Withdrawn:
    """What statements delete and void, whether or not it is known yet."""
    posts: set[tuple[str, str]] = set()
    statements: set[tuple[str, str]] = set()
    for one in heard:
        if classify(one.statement).kind is Kind.RETRACTS:
            voids = one.statement.verb == VOIDED
            target = one.statement.partner, one.statement.object_id
            (statements if voids else posts).add(target)
    return Withdrawn(frozenset(posts), frozenset(statements))


@dataclass(slots=True)
class Share:
    """What one enrollment takes from the statements, and their standings in it."""

    completed: dict[str, Completed]
    counted: dict[tuple[str, str], Counted]
    retracted: frozenset[Retracted]
    standings: dict[str, Standing]


def share(
    enrollment: Enrollment, said: Iterable[Heard], withdrawn: Withdrawn, least_characters: int
) -> Share:
    """What an enrollment takes from a member's statements, given in order."""
    modules: dict[str, list[Module]] = {}
    for module in enrollment.modules:
        for activity in module.activities:
            modules.setdefault(activity, []).append(module)
    completed: dict[str, Completed] = {}
    standings: dict[str, Standing] = {}
    posts: list[Heard] = []
    for one in said:
        statement, kind = one.statement, classify(one.statement).kind
        if kind is Kind.COMPLETES and statement.object_id in modules:
            standings[one.id] = COMPLETED if in_dates(enrollment, one.time) else OUT_OF_DATES
            if standings[one.id] is COMPLETED:
                for module in modules[statement.object_id]:
                    conclusion = Completed(enrollment.id, module.id, module.hours, one.id, one.time)
                    completed.setdefault(module.id, conclusion)
        elif kind is Kind.POSTS and not modules.keys().isdisjoint(
            (statement.object_id, *statement.parents)
        ):
            standings[one.id] = OUT_OF_DATES
            if in_dates(enrollment, one.time):
                posts.append(one)
    counted = posts_counted(enrollment, posts, withdrawn, least_characters, standings)
    named = {(one.statement.partner, post_of(one.statement)) for one in posts}
    retracted = frozenset(Retracted(enrollment.id, *post) for post in named - counted.keys())
    return Share(completed, counted, retracted, standings)


def posts_counted(
    enrollment: Enrollment,
    posts: Iterable[Heard],
    withdrawn: Withdrawn,
    least_characters: int,
    standings: dict[str, Standing],
) -> dict[tuple[str, str], Counted]:
    """Those of an enrollment's posts, given in order, that count; `standings` are filled in."""
    counted: dict[tuple[str, str], Counted] = {}
    texts: set[str | None] = set()
    for one in posts:
        post = one.statement.partner, post_of(one.statement)
        standings[one.id] = judged(
            one.statement, withdrawn, least_characters, told=post in counted, texts=texts
        )
        if standings[one.id] is COUNTED:
            counted[post] = Counted(enrollment.id, *post, one.id, one.time)
            texts.add(one.statement.text_digest)
    return counted


def judged(
    statement: Statement,
    withdrawn: Withdrawn,
    least_characters: int,
    *,
    told: bool,
    texts: Set[str | None],
) -> Standing:
    """Whether a post counts: long enough, not withdrawn, told once, and no copy of `texts`."""
    if withdrawn.has(statement):
        return DELETED
    if (statement.text_length or 0) < least_characters:
        return TOO_SHORT
    if told:
        return TOLD_BEFORE
    return A_COPY if statement.text_digest in texts else COUNTED


def in_dates(enrollment: Enrollment, time: datetime) -> bool:
    """Whether the day of `time` lies within the enrollment's dates."""
    day = time.astimezone(enrollment.zone).date()
    return (enrollment.starts_on or day) <= day <= (enrollment.ends_on or day)


def standing(
    one: Heard, said: Sequence[Heard], accounts: frozenset[str], shares: Iterable[Share]
) -> Standing:
    """What became of one statement: the best standing it has in any enrollment."""
    meaning = classify(one.statement)
    if meaning.kind in (Kind.IGNORED, Kind.UNKNOWN):
        return Standing(Verdict(meaning.kind), meaning.zh, meaning.en)
    if meaning.kind is Kind.RETRACTS:
        own = withdrawn_by([one])
        kinds = {classify(other.statement).kind for other in said if own.has(other.statement)}
        if Kind.POSTS in kinds:
            return TAKEN_BACK
        return STAYS if Kind.COMPLETES in kinds else NO_POST
    if one.account_id not in accounts:
        return NO_MEMBER
    found = [share.standings[one.id] for share in shares if one.id in share.standings]
    return min(found, key=lambda found: found.verdict is not Verdict.COUNTED, default=NO_MODULE)
