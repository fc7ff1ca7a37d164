"""What the gateway's intake announces: what partners sent."""

from marshmallow import fields

from services.contracts.enrollment import Fact
from services.contracts.fields import Amount, Flag, Id, Text, Whole
from services.contracts.registry import event

STATEMENT_RECEIVED = "intake.statement_received.v1"


@event(STATEMENT_RECEIVED, about=("object_key",))
class StatementReceived(Fact):
    """A partner says that an account did something. Subject: the account.

    Nothing personal: the statement as it was sent stays in the intake. Of a
    text the length in characters (white space folded) and a digest are told.
    `object_type` and `verb` are the partner's own words (IRIs for xAPI).
    `object_key` is derived from partner and `object_id` where a post is made
    or deleted, so that the deletion by one account finds the post of another.
    """

    partner = Text(64, required=True)
    statement_id = Text(200, required=True)
    verb = Text(2000, required=True)
    object_id = Text(2000, required=True)
    object_key = Id(allow_none=True)
    object_type = Text(2000, allow_none=True)
    parents = fields.List(Text(2000), required=True)
    completion = Flag(allow_none=True)
    success = Flag(allow_none=True)
    scaled = Amount(allow_none=True)
    text_length = Whole(allow_none=True)
    text_digest = Text(64, allow_none=True)
