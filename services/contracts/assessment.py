"""What assessment announces: outcomes, reviews, scores."""

from marshmallow import fields

from services.contracts.enrollment import Fact
from services.contracts.fields import Amount, Flag, Id, Instant, Text, Whole
from services.contracts.registry import event

OUTCOME_SUBMITTED = "assessment.outcome_submitted.v1"
SELF_ASSESSED = "assessment.self_assessed.v1"
REVIEW_WINDOW_OPENED = "assessment.review_window_opened.v1"
REVIEW_ASSIGNED = "assessment.review_assigned.v1"
REVIEW_SUBMITTED = "assessment.review_submitted.v1"
STAFF_MARKED = "assessment.staff_marked.v1"
REVIEW_WINDOW_CLOSED = "assessment.review_window_closed.v1"
SCORE_DRAWN = "assessment.score_drawn.v1"
SCORE_RELEASED = "assessment.score_released.v1"


def marks() -> fields.Dict:
    """Criterion code → mark, 0–100."""
    return fields.Dict(keys=fields.String(), values=Amount(), required=True)


@event(OUTCOME_SUBMITTED)
class OutcomeSubmitted(Fact):
    """A member has handed in the outcome. Subject: the author's enrollment.

    Text and file are in the file store under their SHA-256 digests, in hex;
    `file_type` is the file's media type. A later one replaces an earlier one.
    """

    title = Text(200, required=True)
    text = Text(64, required=True)
    file = Text(64, allow_none=True)
    file_type = Text(120, allow_none=True)


@event(SELF_ASSESSED)
class SelfAssessed(Fact):
    """The author has assessed the own outcome. Subject: the author's enrollment."""

    marks = marks()


@event(REVIEW_WINDOW_OPENED, group=True)
class ReviewWindowOpened(Fact):
    """Outcomes are in, reviews begin. Subject: the program version."""

    opened_at = Instant(required=True)


@event(REVIEW_ASSIGNED, about=("reviewer_id",))
class ReviewAssigned(Fact):
    """A reviewer is asked to review an outcome. Subject: the author's enrollment.

    `reviewer_id` is the reviewer's enrollment.
    """

    reviewer_id = Id(required=True)


@event(REVIEW_SUBMITTED, about=("reviewer_id",))
class ReviewSubmitted(Fact):
    """A reviewer has assessed an outcome. Subject: the author's enrollment."""

    reviewer_id = Id(required=True)
    marks = marks()
    comment = Text(10_000, required=True, empty=True)


@event(STAFF_MARKED)
class StaffMarked(Fact):
    """Staff has marked an outcome. Subject: the author's enrollment."""

    staff_id = Id(required=True)
    marks = marks()


@event(REVIEW_WINDOW_CLOSED, group=True)
class ReviewWindowClosed(Fact):
    """Reviews are over; the event's time is the deadline. Subject: the program version."""

    closed_at = Instant(required=True)


class Part(Fact):
    """A part of the total: `points` of at most `most`, and why."""

    code = Text(64, required=True)
    points = Amount(required=True)
    most = Amount(required=True)
    zh = Text(2000, required=True)
    en = Text(2000, required=True)


class Gate(Fact):
    """A condition of passing, whether it is met, and why."""

    code = Text(64, required=True)
    met = Flag(required=True)
    zh = Text(2000, required=True)
    en = Text(2000, required=True)


class Score(Fact):
    """A total with its parts and gates; `basis`: how many facts it was drawn from."""

    program_id = Id(required=True)
    hours = Amount(required=True)
    total = Amount(required=True)
    passed = Flag(required=True)
    final = Flag(required=True)
    basis = Whole(1, required=True)
    parts = fields.List(fields.Nested(Part), required=True)
    gates = fields.List(fields.Nested(Gate), required=True)


@event(SCORE_DRAWN, conclusion=True)
class ScoreDrawn(Score):
    """A score follows from what is known, and its id from that. Subject: the enrollment."""


@event(SCORE_RELEASED)
class ScoreReleased(Fact):
    """A score is told to its member. Subject: the enrollment.

    `round` counts the releases of one enrollment from 1; a later round
    replaces the earlier ones. `hours`: of the completed modules.
    """

    program_id = Id(required=True)
    round = Whole(1, required=True)
    total = Amount(required=True)
    passed = Flag(required=True)
    hours = Amount(required=True)
