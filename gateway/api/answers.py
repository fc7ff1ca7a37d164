"""What the API tells, as schemas. Amounts are decimal texts, instants RFC 3339."""

from typing import Any

from apiflask import Schema
from marshmallow import fields

UNKNOWN: dict[str, Any] = {"allow_none": True}
Told = fields.String


def instant(**options: Any) -> fields.String:
    return fields.String(metadata={"format": "date-time"}, **options)


def day(**options: Any) -> fields.String:
    return fields.String(metadata={"format": "date"}, **options)


def rows(schema: type[Schema]) -> type[Schema]:
    """The schema of a list."""
    listed = {
        "rows": fields.List(fields.Nested(schema), required=True),
        "next": fields.String(
            required=True, allow_none=True, metadata={"description": "Cursor of the next page."}
        ),
    }
    return Schema.from_dict(listed, name=f"{schema.__name__}List")  # type: ignore[return-value]


class Done(Schema):
    """The id of the fact that was told."""

    id = fields.UUID(required=True)


class Organization(Schema):
    """An organization at its place of the tree."""

    id = fields.UUID(required=True)
    code = Told(required=True)
    name = Told(required=True)
    kind = Told(required=True)
    path = Told(required=True)


class Member(Schema):
    """A member as it stands."""

    id = fields.UUID(required=True)
    number = Told(required=True)
    name = Told(required=True)
    path = Told(required=True)
    categories = fields.List(Told(), required=True)


class Message(Schema):
    """Something about a field, in both languages."""

    field = Told(required=True, **UNKNOWN)
    zh = Told(required=True)
    en = Told(required=True)


class RosterRow(Schema):
    """What becomes of a row of a sheet: added, changed, unchanged or refused."""

    row = fields.Integer(required=True)
    status = Told(required=True)
    messages = fields.List(fields.Nested(Message), required=True)


class RosterCounts(Schema):
    """How many rows of each status."""

    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    refused = fields.Integer(required=True)


class RosterReport(Schema):
    """What an import did, or would do."""

    dry_run = fields.Boolean(required=True)
    counts = fields.Nested(RosterCounts, required=True)
    rows = fields.List(fields.Nested(RosterRow), required=True)


class Published(Schema):
    """A program version."""

    id = fields.UUID(required=True)
    code = Told(required=True)
    version = fields.Integer(required=True)


class Module(Schema):
    """A unit of a curriculum."""

    id = fields.UUID(required=True)
    code = Told(required=True)
    title = Told(required=True)
    kind = Told(required=True)
    delivery = Told(required=True)
    hours = Told(required=True)
    required = fields.Boolean(required=True)
    group = Told(required=True, **UNKNOWN)
    activities = fields.List(Told(), required=True)


class ElectiveGroup(Schema):
    """At least so many modules or hours of a group."""

    code = Told(required=True)
    title = Told(required=True)
    modules = fields.Integer(required=True, **UNKNOWN)
    hours = Told(required=True, **UNKNOWN)


class Audience(Schema):
    """Whom a program is for."""

    categories = fields.List(Told(), required=True)
    paths = fields.List(Told(), required=True)


class Level(Schema):
    """What a criterion's mark means from `mark` points up."""

    mark = Told(required=True)
    title = Told(required=True)
    description = Told()


class Criterion(Schema):
    """A line of the rubric, marked 0–100."""

    code = Told(required=True)
    title = Told(required=True)
    weight = Told(required=True)
    description = Told()
    levels = fields.List(fields.Nested(Level))


class Scheme(Schema):
    """How a program is scored; each field is explained where programs are published."""

    theory = Told(required=True)
    practice = Told(required=True)
    discussion = Told(required=True)
    outcome = Told(required=True)
    reviewing = Told()
    peer_share = Told(required=True)
    self_share = Told(required=True)
    staff_share = Told(required=True)
    posts = fields.Integer(required=True)
    pass_mark = Told(required=True)
    gates = fields.List(Told())
    reviewers = fields.Integer(required=True)
    quorum = fields.Integer()
    apart = fields.Boolean()
    consensus = Told(required=True)
    self_tolerance = Told()
    referee_spread = Told()
    review_days = fields.Integer()
    stand_in_days = fields.Integer()
    grace_minutes = fields.Integer()
    late = Told()
    late_deduction = Told()
    appeal_days = fields.Integer()
    files = fields.Integer()
    file_megabytes = fields.Integer()
    file_types = fields.List(Told())
    release = Told(required=True)
    rubric = fields.List(fields.Nested(Criterion), required=True)


class Program(Published):
    """A published program version, and how many are enrolled in it."""

    title = Told(required=True)
    brief = Told()
    starts_on = day(required=True)
    ends_on = day(required=True)
    outcomes_due = instant(required=True)
    reviews_due = instant(required=True)
    audience = fields.Nested(Audience, required=True)
    modules = fields.List(fields.Nested(Module), required=True)
    electives = fields.List(fields.Nested(ElectiveGroup), required=True)
    scheme = fields.Nested(Scheme, required=True)
    enrollments = fields.Integer(required=True)


class Enrollment(Schema):
    """A member in a program version."""

    id = fields.UUID(required=True)
    program_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    category = Told(required=True)
    path = Told(required=True)
    withdrawn = fields.Boolean(required=True)


class Progress(Schema):
    """What an enrollment has done: ids of completed modules, counted posts."""

    enrollment_id = fields.UUID(required=True)
    program_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    path = Told(required=True)
    completed = fields.List(fields.UUID(), required=True)
    posts = fields.List(Told(), required=True)


class OverviewRow(Schema):
    """One program version in the organizations one reads."""

    program_id = fields.UUID(required=True)
    title = Told(required=True)
    code = Told(required=True)
    version = fields.Integer(required=True)
    enrollments = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    modules = fields.Integer(required=True)
    passed = fields.Integer(required=True)
    released = fields.Integer(required=True)
