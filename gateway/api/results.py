"""What the API tells about outcomes, reviews, scores and records, as schemas."""

from apiflask import Schema
from marshmallow import fields

from gateway.api.answers import UNKNOWN, Told, day, instant


class Attachment(Schema):
    """A file of an outcome; the digest is SHA-256 in hex."""

    file = Told(required=True)
    file_type = Told(required=True)


class Submitted(Schema):
    """An outcome was handed in; digests are SHA-256 in hex, `file` that of the first file."""

    id = fields.UUID(required=True)
    text = Told(required=True)
    file = Told(required=True, **UNKNOWN)
    file_type = Told(required=True, **UNKNOWN)
    attachments = fields.List(fields.Nested(Attachment), required=True)


class Outcome(Schema):
    """The standing outcome of an enrollment; digests are SHA-256 in hex."""

    enrollment_id = fields.UUID(required=True)
    submitted_at = instant(required=True)
    title = Told(required=True)
    text = Told(required=True)
    file = Told(required=True, **UNKNOWN)
    file_type = Told(required=True, **UNKNOWN)
    attachments = fields.List(fields.Nested(Attachment), required=True)


class Saved(Schema):
    """A draft was kept."""

    saved_at = instant(required=True)


class Draft(Saved):
    """A draft: `text` as it was written; digests are SHA-256 in hex."""

    title = Told(required=True)
    text = Told(required=True)
    attachments = fields.List(fields.Nested(Attachment), required=True)


class Assignment(Schema):
    """A review one is asked for. Whose outcome it is, is not told."""

    assignment_id = fields.UUID(required=True)
    program_id = fields.UUID(required=True)
    title = Told(required=True)
    file_type = Told(required=True, **UNKNOWN)
    files = fields.Integer(required=True)
    due = instant(required=True, **UNKNOWN)
    voluntary = fields.Boolean(required=True)
    done = fields.Boolean(required=True)


class Opened(Schema):
    """How many reviews are assigned."""

    assigned = fields.Integer(required=True)


class Closed(Schema):
    """Reviews are over."""

    closed = fields.Boolean(required=True)


class Part(Schema):
    """A part of the total: `points` of at most `most`, and why."""

    code = Told(required=True)
    points = Told(required=True)
    most = Told(required=True)
    zh = Told(required=True)
    en = Told(required=True)


class Gate(Schema):
    """A condition of passing, whether it is met, and why."""

    code = Told(required=True)
    met = fields.Boolean(required=True)
    zh = Told(required=True)
    en = Told(required=True)


class Standing(Schema):
    """A score, explained: `basis` is how many facts it was drawn from."""

    program_id = fields.UUID(required=True)
    hours = Told(required=True)
    total = Told(required=True)
    passed = fields.Boolean(required=True)
    final = fields.Boolean(required=True)
    basis = fields.Integer(required=True)
    rules = Told()
    parts = fields.List(fields.Nested(Part), required=True)
    gates = fields.List(fields.Nested(Gate), required=True)


class Score(Standing):
    """The standing score of an enrollment.

    `held`: it waits for a second person's check, and what was judged is not told.
    """

    enrollment_id = fields.UUID(required=True)
    held = fields.Boolean(required=True)
    total = Told(required=True, **UNKNOWN)


class ScoreRow(Schema):
    """A standing score in short; `released`: it was told to its member."""

    enrollment_id = fields.UUID(required=True)
    program_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    path = Told(required=True)
    total = Told(required=True, **UNKNOWN)
    passed = fields.Boolean(required=True, **UNKNOWN)
    final = fields.Boolean(required=True, **UNKNOWN)
    released = fields.Boolean(required=True)


class Person(Schema):
    """Whose record it is; what is not known is null."""

    name = Told(required=True, **UNKNOWN)
    number = Told(required=True, **UNKNOWN)
    organization = Told(required=True, **UNKNOWN)


class RecordProgram(Schema):
    """The program version of a record."""

    code = Told(required=True)
    version = fields.Integer(required=True)
    title = Told(required=True)


class RecordModule(Schema):
    """A module and when it was completed."""

    code = Told(required=True)
    title = Told(required=True)
    kind = Told(required=True)
    delivery = Told(required=True)
    required = fields.Boolean(required=True)
    hours = Told(required=True)
    completed_at = instant(required=True, allow_none=True)


class Result(Schema):
    """What was told to the member."""

    total = Told(required=True)
    passed = fields.Boolean(required=True)
    round = fields.Integer(required=True)


class Issued(Schema):
    """A certificate."""

    serial = Told(required=True)
    issued_on = day(required=True)


class Record(Schema):
    """The archive entry of one enrollment; what is not known is null, never 0."""

    enrollment_id = fields.UUID(required=True)
    member = fields.Nested(Person, required=True)
    program = fields.Nested(RecordProgram, required=True)
    category = Told(required=True)
    opened_at = instant(required=True)
    modules = fields.List(fields.Nested(RecordModule), required=True)
    hours = Told(required=True)
    posts = fields.Integer(required=True)
    outcome = Told(required=True, **UNKNOWN)
    focus = Told(required=True, **UNKNOWN)
    summary = Told(required=True, **UNKNOWN)
    score = fields.Nested(Standing, required=True, allow_none=True)
    result = fields.Nested(Result, required=True, allow_none=True)
    certificates = fields.List(fields.Nested(Issued), required=True)


class RecordRow(Schema):
    """A record in short."""

    enrollment_id = fields.UUID(required=True)
    program_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    number = Told(required=True, **UNKNOWN)
    name = Told(required=True, **UNKNOWN)
    path = Told(required=True)
    title = Told(required=True)
    completed = fields.Integer(required=True)
    modules = fields.Integer(required=True)
    hours = Told(required=True)
    posts = fields.Integer(required=True)
    total = Told(required=True, **UNKNOWN)
    passed = fields.Boolean(required=True, **UNKNOWN)
    serial = Told(required=True, **UNKNOWN)


class Certificate(Schema):
    """Every printed field, and the status: valid, superseded or questioned."""

    serial = Told(required=True)
    status = Told(required=True)
    issued_on = day(required=True)
    name = Told(required=True, **UNKNOWN)
    organization = Told(required=True, **UNKNOWN)
    program = Told(required=True)
    total = Told(required=True)
    hours = Told(required=True)
    supersedes = Told(required=True, **UNKNOWN)
