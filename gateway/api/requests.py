"""What the API is asked, as schemas."""

import re
from decimal import Decimal
from typing import Any

from apiflask import Schema
from apiflask.fields import File
from marshmallow import ValidationError, fields, validate

from services.contracts.fields import DECIMAL, Text, Whole

MARK = re.compile(DECIMAL.replace("$", r"\Z"), re.ASCII)
LONGEST_TEXT = 200_000
LEAST_TOO_LARGE = 10**9


class Mark(fields.Field[str]):
    """A mark as a text or a number of JSON; it goes on as a text such as "85"."""

    def __init__(self, **options: Any) -> None:
        metadata = {"type": ["string", "number"], "pattern": DECIMAL, "examples": ["85", 85]}
        super().__init__(metadata=metadata, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if isinstance(value, float | int) and not isinstance(value, bool):
            # repr of a float is the shortest text that is that number: what was written.
            value = format(Decimal(repr(value)), "f") if abs(value) < LEAST_TOO_LARGE else ""
        if not isinstance(value, str) or not MARK.match(value):
            raise ValidationError("Not a valid mark.")
        return value


class Marks(Schema):
    """Criterion code → mark, 0–100, for exactly the criteria of the rubric."""

    marks = fields.Dict(keys=Text(64), values=Mark(), required=True)


class Review(Marks):
    """A review: marks and a comment to the author."""

    comment = Text(10_000, empty=True, load_default="")


class Summary(Schema):
    """The member's own words."""

    focus = Text(2_000, required=True, empty=True)
    summary = Text(10_000, required=True, empty=True)


class SchemeChanges(Schema):
    """Weights, shares and limits to try instead of those that were published."""

    theory = Mark()
    practice = Mark()
    discussion = Mark()
    outcome = Mark()
    reviewing = Mark()
    peer_share = Mark()
    self_share = Mark()
    staff_share = Mark()
    pass_mark = Mark()
    self_tolerance = Mark()
    referee_spread = Mark()
    late_deduction = Mark()
    posts = Whole()


class RosterFile(Schema):
    """A sheet: Excel, or CSV in UTF-8 or GB18030."""

    file = File(required=True)


class DryRun(Schema):
    """Whether only to say what would change."""

    dry_run = fields.Boolean(load_default=False)


class NewOutcome(Schema):
    """An outcome: title, text, and files of PDF, DOCX, PNG, JPG or ZIP up to 20 MB each.

    `file` may be sent several times, as often as the program takes files.
    """

    title = Text(200, required=True)
    text = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))
    file = fields.List(File(), load_default=())


class Draft(Schema):
    """A draft of an outcome: as much of it as there is."""

    title = Text(200, empty=True, load_default="")
    text = fields.String(load_default="", validate=validate.Length(0, LONGEST_TEXT))
    file = fields.List(File(), load_default=())


class StaffMarks(Marks):
    """A staff mark. As `referee` it takes the place of reviews that differ."""

    role = fields.String(load_default="staff", validate=validate.OneOf(("staff", "referee")))
    reason = Text(2_000, empty=True, load_default="")


class Override(Schema):
    """An outcome's whole mark, 0–100, and why it is set."""

    mark = Mark(required=True)
    reason = Text(2_000, required=True)


class Reason(Schema):
    """Why."""

    reason = Text(1_000, required=True)


class Decision(Schema):
    """What becomes of an appeal; `mark` is the outcome's new whole mark, 0–100."""

    upheld = fields.Boolean(required=True)
    reason = Text(4_000, required=True)
    mark = Mark(load_default=None, allow_none=True)


class Note(Schema):
    """A word about a release."""

    note = Text(2_000, empty=True, load_default="")


class Recommendation(Schema):
    """Whether an outcome is recommended to readers, and why."""

    recommended = fields.Boolean(required=True)
    reason = Text(1_000, empty=True, load_default="")


class Comment(Schema):
    """A reader's comment."""

    text = Text(2_000, required=True)


class Withdrawal(Schema):
    """Why a comment is shown no more."""

    reason = Text(1_000, empty=True, load_default="")


class TriedScheme(Schema):
    """The fields of a scheme that are to be tried."""

    scheme = fields.Nested(SchemeChanges, required=True)
