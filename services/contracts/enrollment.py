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
ENROLLMENT_OPENED = "enrollment.enrollment_opened.v1"

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


class Criterion(Fact):
    """A line of the rubric, marked 0–100; `weight` is its share in per cent."""

    code = Text(64, required=True)
    title = Text(200, required=True)
    weight = Amount(required=True)


class Scheme(Fact):
    """How a program is scored. Weights are points of 100; shares are per cent of the outcome."""

    theory = Amount(required=True)
    practice = Amount(required=True)
    discussion = Amount(required=True)
    outcome = Amount(required=True)
    peer_share = Amount(required=True)
    self_share = Amount(required=True)
    staff_share = Amount(required=True)
    posts = Whole(required=True)
    pass_mark = Amount(required=True)
    reviewers = Whole(1, required=True)
    consensus = OneOf("mean", "median", required=True)
    release = OneOf("automatic", required=True)
    rubric = fields.List(fields.Nested(Criterion), required=True)


@event(PROGRAM_PUBLISHED, group=True)
class ProgramPublished(Fact):
    """A version of a program, whole and immutable. Subject: the program version."""

    code = Text(64, required=True)
    version = Whole(1, required=True)
    title = Text(200, required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    outcomes_due = Instant(required=True)
    reviews_due = Instant(required=True)
    audience = fields.Nested(Audience, required=True)
    modules = fields.List(fields.Nested(Module), required=True)
    electives = fields.List(fields.Nested(ElectiveGroup), required=True)
    scheme = fields.Nested(Scheme, required=True)


@event(ENROLLMENT_OPENED, about=("member_id",), within="program_id")
class EnrollmentOpened(Fact):
    """A member takes part in a program version. Subject: the enrollment."""

    member_id = Id(required=True)
    program_id = Id(required=True)
    category = OneOf(*CATEGORIES, required=True)
    path = Text(400, required=True)
