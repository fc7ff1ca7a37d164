"""What is asked and told about accounts."""

from apiflask import Schema
from marshmallow import fields, validate

from services.contracts.fields import Matches, OneOf, Text
from services.contracts.principal import ROLES

USERNAME = r"^[0-9A-Za-z][0-9A-Za-z._@-]{0,63}$"
PATH = r"^/([^/\s]+/)*$"
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 256


class Credentials(Schema):
    """A name and its password."""

    username = Text(64, required=True)
    password = Text(LONGEST_PASSWORD, required=True)


class Token(Schema):
    """A bearer token, told once, and until when it holds (RFC 3339)."""

    token = fields.String(required=True)
    expires_at = fields.String(required=True, metadata={"format": "date-time"})
    username = fields.String(required=True)


class Role(Schema):
    """A role at an organization, named by its path, and everything below it."""

    role = OneOf(*ROLES, required=True)
    path = fields.String(required=True, validate=[Matches(PATH), validate.Length(max=400)])


class Me(Schema):
    """Who asks."""

    username = fields.String(required=True)
    member_id = fields.UUID(required=True, allow_none=True)
    grants = fields.List(fields.Nested(Role), required=True)


class NewAccount(Schema):
    """What an account is to be; a member is named by number."""

    password = fields.String(
        required=True, validate=validate.Length(SHORTEST_PASSWORD, LONGEST_PASSWORD)
    )
    member_number = Text(64)
    grants = fields.List(fields.Nested(Role), load_default=list, validate=validate.Length(max=100))


class Account(Schema):
    """An account as it stands."""

    username = fields.String(required=True)
    member_id = fields.UUID(required=True, allow_none=True)
