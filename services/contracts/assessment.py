"""What assessment announces: outcomes, reviews, scores."""

from marshmallow import fields

from services.contracts.enrollment import Fact
from services.contracts.fields import Amount, Flag, Id, Instant, OneOf, Text, Whole
from services.contracts.registry import event

OUTCOME_SUBMITTED = "assessment.outcome_submitted.v1"
OUTCOME_POOLED = "assessment.outcome_pooled.v1"
OUTCOME_RECOMMENDED = "assessment.outcome_recommended.v1"
OUTCOME_COMMENTED = "assessment.outcome_commented.v1"
COMMENT_WITHDRAWN = "assessment.comment_withdrawn.v1"
SELF_ASSESSED = "assessment.self_assessed.v1"
REVIEW_WINDOW_OPENED = "assessment.review_window_opened.v1"
REVIEW_ASSIGNED = "assessment.review_assigned.v1"
REVIEW_EXPIRED = "assessment.review_expired.v1"
REVIEW_SUBMITTED = "assessment.review_submitted.v1"
STAFF_MARKED = "assessment.staff_marked.v1"
MARK_OVERRIDDEN = "assessment.mark_overridden.v1"
APPEAL_LODGED = "assessment.appeal_lodged.v1"
APPEAL_DECIDED = "assessment.appeal_decided.v1"
RELEASE_PROPOSED = "assessment.release_proposed.v1"
RELEASE_APPROVED = "assessment.release_approved.v1"
REVIEW_WINDOW_CLOSED = "assessment.review_window_closed.v1"
SCORE_DRAWN = "assessment.score_drawn.v1"
SCORE_RELEASED = "assessment.score_released.v1"


def marks() -> fields.Dict:
    """Criterion code → mark, 0–100."""
    return fields.Dict(keys=fields.String(), values=Amount(), required=True)


class Attachment(Fact):
    """A file of an outcome: `file` as its author sees it, `shown` as reviewers do.

    Both are SHA-256 digests in hex, `shown` of a copy without who made it.
    """

    file = Text(64, required=True)
    shown = Text(64, required=True)
    file_type = Text(120, required=True)
    bytes = Whole(1, required=True)


@event(OUTCOME_SUBMITTED)
class OutcomeSubmitted(Fact):
    """A member has handed in the outcome. Subject: the author's enrollment.

    Text and files are in the file store under their SHA-256 digests, in hex.
    `file` and `file_type` are those of the first attachment, for who knows of
    no others. A later outcome replaces an earlier one.
    """

    title = Text(200, required=True)
    text = Text(64, required=True)
    file = Text(64, allow_none=True)
    file_type = Text(120, allow_none=True)
    attachments = fields.List(fields.Nested(Attachment))


@event(OUTCOME_POOLED)
class OutcomePooled(Fact):
    """An outcome is fixed and may be reviewed. Subject: the author's enrollment.

    `outcome_id` is the `outcome_submitted` that stood then.
    """

    outcome_id = Id(required=True)


@event(OUTCOME_RECOMMENDED)
class OutcomeRecommended(Fact):
    """Staff recommends an outcome to readers, or no longer does. Subject: its author's enrollment.

    Of several the latest counts.
    """

    staff_id = Id(required=True)
    recommended = Flag(required=True)
    reason = Text(1000, required=True, empty=True)


@event(OUTCOME_COMMENTED, about=("commenter_id",))
class OutcomeCommented(Fact):
    """A peer comments on an outcome in the reading room. Subject: its author's enrollment.

    `commenter_id` is the peer's enrollment.
    """

    commenter_id = Id(required=True)
    text = Text(2000, required=True)


@event(COMMENT_WITHDRAWN)
class CommentWithdrawn(Fact):
    """A comment is shown no more. Subject: the enrollment whose outcome it was about."""

    comment_id = Id(required=True)
    reason = Text(1000, required=True, empty=True)


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

    `reviewer_id` is the reviewer's enrollment. After `due` another is asked;
    `voluntary`: the reviewer asked for it and owes it to nobody.
    """

    reviewer_id = Id(required=True)
    due = Instant()
    voluntary = Flag()


@event(REVIEW_EXPIRED, about=("reviewer_id",))
class ReviewExpired(Fact):
    """A review did not come in its time, so that another is asked for one.

    Subject: the author's enrollment. The reviewer may still write it until
    reviews are over.
    """

    reviewer_id = Id(required=True)
    assignment_id = Id(required=True)


@event(REVIEW_SUBMITTED, about=("reviewer_id",))
class ReviewSubmitted(Fact):
    """A reviewer has assessed an outcome. Subject: the author's enrollment."""

    reviewer_id = Id(required=True)
    marks = marks()
    comment = Text(10_000, required=True, empty=True)


@event(STAFF_MARKED)
class StaffMarked(Fact):
    """Staff has marked an outcome. Subject: the author's enrollment.

    `role`: as `staff`, which is what it means where it is absent, the mark has
    the staff's share; as `referee` it takes the place of the peers' mark.
    """

    staff_id = Id(required=True)
    marks = marks()
    role = OneOf("staff", "referee")
    reason = Text(2000, empty=True)


@event(MARK_OVERRIDDEN)
class MarkOverridden(Fact):
    """Staff sets an outcome's whole mark, 0–100, and says why. Subject: the author's enrollment."""

    staff_id = Id(required=True)
    mark = Amount(required=True)
    reason = Text(2000, required=True)


@event(APPEAL_LODGED)
class AppealLodged(Fact):
    """A member contests the released score. Subject: the enrollment."""

    reason = Text(4000, required=True)


@event(APPEAL_DECIDED)
class AppealDecided(Fact):
    """Who had no part in the marks has decided an appeal. Subject: the enrollment.

    `mark`: the outcome's whole mark, 0–100, from now on; only where it is upheld.
    """

    appeal_id = Id(required=True)
    staff_id = Id(required=True)
    upheld = Flag(required=True)
    reason = Text(4000, required=True)
    mark = Amount(allow_none=True)


@event(RELEASE_PROPOSED, group=True)
class ReleaseProposed(Fact):
    """Somebody has checked a program's final scores. Subject: the program version."""

    staff_id = Id(required=True)
    note = Text(2000, required=True, empty=True)


@event(RELEASE_APPROVED, group=True)
class ReleaseApproved(Fact):
    """A second person has checked them: final scores are released. Subject: the program version."""

    staff_id = Id(required=True)
    note = Text(2000, required=True, empty=True)


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
    """A total with its parts and gates.

    `basis`: how many facts it was drawn from; `rules`: the version of the
    rules it was drawn by.
    """

    program_id = Id(required=True)
    hours = Amount(required=True)
    total = Amount(required=True)
    passed = Flag(required=True)
    final = Flag(required=True)
    basis = Whole(1, required=True)
    rules = Text(16)
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
