"""What the API tells those who judge, and those who were judged, as schemas."""

from apiflask import Schema
from marshmallow import fields

from gateway.api.answers import UNKNOWN, Told, instant
from gateway.api.results import Attachment, Standing


class Received(Schema):
    """A review as its author reads it: by nobody, at no time."""

    marks = fields.Dict(keys=Told(), values=Told(), required=True)
    comment = Told(required=True)


class ComparedReview(Schema):
    """One's own review beside what was agreed on."""

    mark = Told(required=True)
    agreed = Told(required=True)
    difference = Told(required=True)


class OwnReviewing(Schema):
    """How one's own reviews compare; `quality` 0–100, `reliability` 0–1."""

    asked = fields.Integer(required=True)
    written = fields.Integer(required=True)
    quality = Told(required=True, **UNKNOWN)
    bias = Told(required=True, **UNKNOWN)
    reliability = Told(required=True, **UNKNOWN)
    reviews = fields.List(fields.Nested(ComparedReview), required=True)


class ReadableOutcome(Schema):
    """An outcome of the reading room; its author is not named."""

    outcome_id = fields.UUID(required=True)
    program_id = fields.UUID(required=True)
    recommended = fields.Boolean(required=True)
    own = fields.Boolean(required=True)
    title = Told(required=True)


class ReadComment(Schema):
    """A comment of a reader who is not named."""

    comment_id = fields.UUID(required=True)
    said_at = instant(required=True)
    text = Told(required=True)
    own = fields.Boolean(required=True)


class Reading(Schema):
    """An outcome of the reading room with what readers said."""

    outcome_id = fields.UUID(required=True)
    title = Told(required=True)
    attachments = fields.List(fields.Nested(Attachment), required=True)
    comments = fields.List(fields.Nested(ReadComment), required=True)


class Task(Schema):
    """What waits for staff: `stand_in`, `referee` or `appeal`."""

    kind = Told(required=True)
    enrollment_id = fields.UUID(required=True)
    appeal_id = fields.UUID(required=True, **UNKNOWN)
    reviews = fields.Integer(required=True)
    spread = Told(required=True)
    due = instant(required=True)


class Load(Schema):
    """What a reviewer was asked for and has done."""

    enrollment_id = fields.UUID(required=True)
    asked = fields.Integer(required=True)
    volunteered = fields.Integer(required=True)
    done = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class AgreedOutcome(Schema):
    """What the peers agree on: a mark, an interval of about 90 %, and the spread."""

    enrollment_id = fields.UUID(required=True)
    mark = Told(required=True)
    low = Told(required=True)
    high = Told(required=True)
    spread = Told(required=True)
    reviews = fields.Integer(required=True)


class Reviewer(Schema):
    """What the cohort says of a reviewer; a suspicion is a reason to look and no proof."""

    enrollment_id = fields.UUID(required=True)
    bias = Told(required=True)
    reliability = Told(required=True)
    weight = Told(required=True)
    reviews = fields.Integer(required=True)
    suspicions = fields.List(Told(), required=True)


class Findings(Schema):
    """What a cohort's consensus says; `reliability` of its marks 0–1, null where it is unknown."""

    outcomes = fields.List(fields.Nested(AgreedOutcome), required=True)
    reviewers = fields.List(fields.Nested(Reviewer), required=True)
    reliability = Told(required=True, **UNKNOWN)


class Step(Schema):
    """How many scores lie in ten points from `from` up."""

    from_ = fields.Integer(required=True, data_key="from", attribute="from")
    scores = fields.Integer(required=True)


class Distribution(Schema):
    """How the totals of a program are distributed."""

    scores = fields.Integer(required=True)
    final = fields.Integer(required=True)
    passed = fields.Integer(required=True)
    median = Told(required=True, **UNKNOWN)
    steps = fields.List(fields.Nested(Step), required=True)


class PastScore(Schema):
    """A score that was drawn, in short."""

    id = fields.UUID(required=True)
    time = instant(required=True)
    total = Told(required=True)
    passed = fields.Boolean(required=True)
    final = fields.Boolean(required=True)
    basis = fields.Integer(required=True)
    rules = Told(required=True, **UNKNOWN)


class Replayed(Standing):
    """A past score drawn again from its facts; `same`: byte for byte what it was."""

    score_id = fields.UUID(required=True)
    same = fields.Boolean(required=True)
    facts = fields.Integer(required=True)


class TriedScore(Schema):
    """A score beside what it would be."""

    enrollment_id = fields.UUID(required=True)
    total = Told(required=True)
    passed = fields.Boolean(required=True)
    tried_total = Told(required=True)
    tried_passed = fields.Boolean(required=True)


class Tried(Schema):
    """What another scheme would make of a program's scores; nothing is saved."""

    rows = fields.List(fields.Nested(TriedScore), required=True)
    passed = fields.Integer(required=True)
    tried_passed = fields.Integer(required=True)
