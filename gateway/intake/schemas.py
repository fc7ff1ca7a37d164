"""What the API is asked and tells about partners."""

from apiflask import Schema
from marshmallow import fields, validate

from gateway.api.answers import instant
from gateway.api.paging import MOST_ROWS, Page
from services.contracts.fields import Matches, OneOf, Text

CODE = r"^[a-z0-9](-?[a-z0-9])*$"
VERDICTS = ("counted", "ignored", "unknown", "quarantined")


class NewPartner(Schema):
    """A partner to be let in. The code is part of every account id: it never changes."""

    code = fields.String(required=True, validate=[Matches(CODE), validate.Length(1, 64)])
    name = Text(200, required=True)


class OfStatements(Page):
    """Which statements of a partner."""

    verdict = OneOf(*VERDICTS, load_default=None)


class Numbered(Schema):
    """Which rows of a list in the order of their numbers; `cursor` as in other lists."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST_ROWS))
    cursor = fields.Integer(load_default=0, validate=validate.Range(0))


class Credentials(Schema):
    """What a partner is told once: Basic credentials for xAPI, and the secret that signs events."""

    code = fields.String(required=True)
    username = fields.String(required=True)
    password = fields.String(required=True)
    webhook_secret = fields.String(required=True)


class Rotated(Credentials):
    """New credentials, and until when the last ones are taken."""

    previous_valid_until = instant(required=True)


class Partner(Schema):
    """A partner, how many of its statements are stored and how many bodies could not be used."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    username = fields.String(required=True)
    since = instant(required=True)
    created_at = instant(required=True)
    received = fields.Integer(required=True)
    unusable = fields.Integer(required=True)


class Statement(Schema):
    """What became of a statement and why, and the statement as it was sent."""

    id = fields.UUID(required=True)
    partner = fields.String(required=True)
    statement_id = fields.String(required=True)
    verdict = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    received_at = instant(required=True, allow_none=True)
    statement = fields.Raw(required=True, metadata={"type": ["object", "null"]})


class Count(Schema):
    """How many statements have one verdict for one reason."""

    verdict = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    statements = fields.Integer(required=True)


class Statements(Schema):
    """A page of statements, and the counts of all."""

    rows = fields.List(fields.Nested(Statement), required=True)
    next = fields.String(required=True, allow_none=True)
    counts = fields.List(fields.Nested(Count), required=True)


class Unusable(Schema):
    """What could not be used and why; `body` is its beginning, `bytes` its whole length."""

    number = fields.Integer(required=True)
    door = fields.String(required=True)
    id = fields.String(required=True, allow_none=True)
    content_type = fields.String(required=True)
    body = fields.String(required=True)
    bytes = fields.Integer(required=True)
    field = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    times = fields.Integer(required=True)
    received_at = instant(required=True)
