"""What enrollment announces: organizations, members, programs, enrollments."""

from marshmallow import EXCLUDE, Schema, fields

from services.contracts.fields import Amount, Day, Flag, Id, Instant, OneOf, Text, Whole
from services.contracts.registry import event

ORGANIZATION_PLACED = "enrollment.organization_placed.v1"
MEMBER_REGISTERED = "enrollment.member_registered.v1"
MEMBER_DESCRIBED = "enrollment.member_described.v1"
MEMBER_PLACED = "enrollment.member_placed.v1"
CATEGORY_ENTERED = "enrollment.category_entered.v1"
ACCOUNT_LINKED = "enrollment.account_linked.v1"
PROGRAM_PUBLISHED = "enrollment.program_published.v1"
PROGRAM_AMENDED = "enrollment.program_amended.v1"
ENROLLMENT_OPENED = "enrollment.enrollment_opened.v1"
ENROLLMENT_WITHDRAWN = "enrollment.enrollment_withdrawn.v1"

CATEGORIES = (
    "activist",
    "development_target",
    "probationary_member",
    "full_member",
    "affairs_worker",
)
ORGANIZATION_KINDS = ("committee", "general_branch", "branch", "group")
MODULE_KINDS = ("theory", "history", "spirit", "practice", "emergency", "professional")
DELIVERIES = ("online", "live", "offline")
GATES = ("modules", "electives", "posts", "outcome", "reviews")


class Fact(Schema):
    """Fields that a later minor version added are passed over."""

    class Meta:
        unknown = EXCLUDE


@event(ORGANIZATION_PLACED)
class OrganizationPlaced(Fact):
    """An organization stands at a place of the tree. Subject: the organization."""

    code = Text(64, required=True)
    name = Text(120, required=True)
    kind = OneOf(*ORGANIZATION_KINDS, required=True)
    path = Text(400, required=True)


@event(MEMBER_REGISTERED)
class MemberRegistered(Fact):
    """A member is known to the system. Subject: the member. Says nothing personal."""

    registered_on = Day(required=True)


@event(MEMBER_DESCRIBED)
class MemberDescribed(Fact):
    """PERSONAL DATA of a member and nothing else, so that it can be erased. Subject: the member."""

    number = Text(64, required=True)
    name = Text(120, required=True)


@event(MEMBER_PLACED)
class MemberPlaced(Fact):
    """A member belongs to an organization from a day on. Subject: the member."""

    organization_id = Id(required=True)
    path = Text(400, required=True)
    since = Day(required=True)


@event(CATEGORY_ENTERED)
class CategoryEntered(Fact):
    """A member is of a category from a day on. Subject: the member."""

    category = OneOf(*CATEGORIES, required=True)
    since = Day(required=True)


@event(ACCOUNT_LINKED, about=("account_id",))
class AccountLinked(Fact):
    """An account at a partner is this member's. Subject: the member.

    `account_id` is derived from partner and account name; the name stays out.
    """

    partner = Text(64, required=True)
    account_id = Id(required=True)


class Module(Fact):
    """A unit of a curriculum. `activities` are the ids partners use for it."""

    id = Id(required=True)
    code = Text(64, required=True)
    title = Text(200, required=True)
    kind = OneOf(*MODULE_KINDS, required=True)
    delivery = OneOf(*DELIVERIES, required=True)
    hours = Amount(required=True)
    required = Flag(required=True)
    group = Text(64, allow_none=True)
    activities = fields.List(Text(2000), required=True)


class ElectiveGroup(Fact):
    """At least `modules` modules or `hours` hours of a group; either may be absent."""

    code = Text(64, required=True)
    title = Text(200, required=True)
    modules = Whole(allow_none=True)
    hours = Amount(allow_none=True)


class Audience(Fact):
    """Whom a program is for: these categories, in these organizations and below."""

    categories = fields.List(OneOf(*CATEGORIES), required=True)
    paths = fields.List(Text(400), required=True)


class Level(Fact):
    """What a criterion's mark means from `mark` points up."""

    mark = Amount(required=True)
    title = Text(80, required=True)
    description = Text(1000, empty=True)


class Criterion(Fact):
    """A line of the rubric, marked 0–100; `weight` is its share in per cent."""

    code = Text(64, required=True)
    title = Text(200, required=True)
    weight = Amount(required=True)
    description = Text(2000, empty=True)
    levels = fields.List(fields.Nested(Level))


class Scheme(Fact):
    """How a program is scored. Weights are points of 100; shares are per cent of the outcome.

    `reviewing`: points for reviews close to what was agreed on; `gates`:
    which conditions of passing hold, all where it is absent; `quorum`: with
    fewer reviews staff stands in; `apart`: nobody reviews the own branch;
    `self_tolerance`: points by which a self-assessment may differ from the
    peers' mark before it is bounded; `referee_spread`: points between the
    highest and the lowest review above which a referee is asked;
    `review_days`: after which a review is asked of another; `stand_in_days`:
    so long before `reviews_due` staff stands in; `grace_minutes`: between the
    deadline or the handing in, whichever is later, and the pool; `late`:
    whether an outcome is taken after that, at `late_deduction` per cent of its
    mark; `appeal_days`: after a release; `files`, `file_megabytes`,
    `file_types`: what may be attached, none where `files` is 0.
    """

    theory = Amount(required=True)
    practice = Amount(required=True)
    discussion = Amount(required=True)
    outcome = Amount(required=True)
    reviewing = Amount()
    peer_share = Amount(required=True)
    self_share = Amount(required=True)
    staff_share = Amount(required=True)
    posts = Whole(required=True)
    pass_mark = Amount(required=True)
    gates = fields.List(OneOf(*GATES))
    reviewers = Whole(1, required=True)
    quorum = Whole(1)
    apart = Flag()
    consensus = OneOf("mean", "median", "reliability", required=True)
    self_tolerance = Amount()
    referee_spread = Amount()
    review_days = Whole(1)
    stand_in_days = Whole()
    grace_minutes = Whole()
    late = OneOf("refused", "accepted")
    late_deduction = Amount()
    appeal_days = Whole()
    files = Whole()
    file_megabytes = Whole(1)
    file_types = fields.List(Text(16))
    release = OneOf("automatic", "checked", required=True)
    rubric = fields.List(fields.Nested(Criterion), required=True)


@event(PROGRAM_PUBLISHED, group=True)
class ProgramPublished(Fact):
    """A version of a program, whole and immutable. Subject: the program version."""

    code = Text(64, required=True)
    version = Whole(1, required=True)
    title = Text(200, required=True)
    brief = Text(4000, empty=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    outcomes_due = Instant(required=True)
    reviews_due = Instant(required=True)
    audience = fields.Nested(Audience, required=True)
    modules = fields.List(fields.Nested(Module), required=True)
    electives = fields.List(fields.Nested(ElectiveGroup), required=True)
    scheme = fields.Nested(Scheme, required=True)


class Wording(Fact):
    """What a criterion of the rubric is called and what it asks for."""

    code = Text(64, required=True)
    title = Text(200, required=True)
    description = Text(2000, empty=True)


@event(PROGRAM_AMENDED, group=True)
class ProgramAmended(Fact):
    """What may still move after publication: texts and dates. Subject: the program version.

    Of several, the latest counts, field by field. Title, curriculum, weights
    and rubric never move: for these there is a new version.
    """

    brief = Text(4000, empty=True)
    outcomes_due = Instant()
    reviews_due = Instant()
    rubric = fields.List(fields.Nested(Wording))


@event(ENROLLMENT_OPENED, about=("member_id",), within="program_id")
class EnrollmentOpened(Fact):
    """A member takes part in a program version. Subject: the enrollment."""

    member_id = Id(required=True)
    program_id = Id(required=True)
    category = OneOf(*CATEGORIES, required=True)
    path = Text(400, required=True)


@event(ENROLLMENT_WITHDRAWN)
class EnrollmentWithdrawn(Fact):
    """A member no longer takes part. Subject: the enrollment."""

    reason = Text(1000, required=True)
