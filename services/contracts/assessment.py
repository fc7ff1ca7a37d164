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


# Quizzes: questions, papers, answers, marks and what they come to.

QUESTION_PUBLISHED = "assessment.question_published.v1"
QUIZ_PUBLISHED = "assessment.quiz_published.v1"
QUIZ_STARTED = "assessment.quiz_started.v1"
QUIZ_ANSWERED = "assessment.quiz_answered.v1"
QUIZ_SUBMITTED = "assessment.quiz_submitted.v1"
QUIZ_EXPIRED = "assessment.quiz_expired.v1"
ANSWER_MARKED = "assessment.answer_marked.v1"
QUIZ_GRADED = "assessment.quiz_graded.v1"

QUESTION_KINDS = ("single_choice", "multiple_choice", "true_false", "fill_in", "short_answer")
DIFFICULTIES = ("easy", "medium", "hard")


class Option(Fact):
    """Something to choose."""

    code = Text(16, required=True)
    text = Text(1000, required=True)


@event(QUESTION_PUBLISHED, about=("bank_id",))
class QuestionPublished(Fact):
    """A version of a question, whole and immutable. Subject: the question.

    HOLDS THE ANSWER: `correct` are codes of options, or the accepted answers
    of a fill-in; a short answer has none. Nobody but assessment hears it.
    """

    bank = Text(64, required=True)
    bank_id = Id(required=True)
    code = Text(64, required=True)
    version = Whole(1, required=True)
    kind = OneOf(*QUESTION_KINDS, required=True)
    text = Text(4000, required=True)
    options = fields.List(fields.Nested(Option), required=True)
    correct = fields.List(Text(200), required=True)
    rule = OneOf("all_or_nothing", "partial", required=True)
    points = Amount(required=True)
    tags = fields.List(Text(64), required=True)
    difficulty = OneOf(*DIFFICULTIES, allow_none=True)
    explanation = Text(4000, allow_none=True)


class Draw(Fact):
    """So many questions at random, of a tag and a difficulty where they are named."""

    count = Whole(1, required=True)
    tag = Text(64, allow_none=True)
    difficulty = OneOf(*DIFFICULTIES, allow_none=True)


@event(QUIZ_PUBLISHED, about=("bank_id",))
class QuizPublished(Fact):
    """A version of a quiz, whole and immutable. Subject: the quiz version.

    `questions` are ids of questions that every paper has. `grace_seconds`
    after an attempt is due what still comes in counts. `module_ids` are the
    modules of programs that passing completes.
    """

    code = Text(64, required=True)
    version = Whole(1, required=True)
    title = Text(200, required=True)
    bank = Text(64, required=True)
    bank_id = Id(required=True)
    questions = fields.List(Id(), required=True)
    draws = fields.List(fields.Nested(Draw), required=True)
    minutes = Whole(1, allow_none=True)
    grace_seconds = Whole(required=True)
    attempts = Whole(1, required=True)
    pass_mark = Amount(required=True)
    counting = OneOf("best", "last", required=True)
    shuffle_questions = Flag(required=True)
    shuffle_options = Flag(required=True)
    show_answers = OneOf("never", "after_attempt", "after_last_attempt", required=True)
    opens_at = Instant(allow_none=True)
    closes_at = Instant(allow_none=True)
    module_ids = fields.List(Id(), required=True)


class PaperQuestion(Fact):
    """A question of a paper: which version, and the codes of its options in their order."""

    question_id = Id(required=True)
    version = Whole(1, required=True)
    options = fields.List(Text(16), required=True)


@event(QUIZ_STARTED)
class QuizStarted(Fact):
    """A member has begun an attempt, numbered from 1, at a paper. Subject: the enrollment.

    `due` is when the attempt ends by itself; an attempt without it has no end
    but its submission.
    """

    quiz_id = Id(required=True)
    attempt = Whole(1, required=True)
    paper = fields.List(fields.Nested(PaperQuestion), required=True)
    due = Instant(allow_none=True)


class Answer(Fact):
    """What a member answers: options, a text to fill in, or prose.

    `prose` is the SHA-256 digest, in hex, of a text in the file store.
    """

    question_id = Id(required=True)
    options = fields.List(Text(16), required=True)
    text = Text(200, allow_none=True)
    prose = Text(64, allow_none=True)


@event(QUIZ_ANSWERED)
class QuizAnswered(Fact):
    """Answers to some questions of an attempt were saved. Subject: the enrollment.

    Of each question the latest answer counts.
    """

    quiz_id = Id(required=True)
    attempt = Whole(1, required=True)
    answers = fields.List(fields.Nested(Answer), required=True)


@event(QUIZ_SUBMITTED)
class QuizSubmitted(Fact):
    """A member has handed in an attempt. Subject: the enrollment."""

    quiz_id = Id(required=True)
    attempt = Whole(1, required=True)


@event(QUIZ_EXPIRED)
class QuizExpired(Fact):
    """Nobody handed an attempt in; the event's time is when it was due. Subject: the enrollment."""

    quiz_id = Id(required=True)
    attempt = Whole(1, required=True)


@event(ANSWER_MARKED)
class AnswerMarked(Fact):
    """Staff gives a short answer a share of its points, 0–100 %. Subject: the enrollment.

    A later one replaces an earlier one.
    """

    quiz_id = Id(required=True)
    attempt = Whole(1, required=True)
    question_id = Id(required=True)
    staff_id = Id(required=True)
    share = Amount(required=True)
    reason = Text(2000, required=True, empty=True)


@event(QUIZ_GRADED)
class QuizGraded(Fact):
    """An attempt is over and fully marked. Subject: the enrollment.

    `round` counts what was told of one attempt from 1; a later round replaces
    the earlier ones. `percent` of the paper's points are reached.
    """

    quiz_id = Id(required=True)
    attempt = Whole(1, required=True)
    round = Whole(1, required=True)
    module_ids = fields.List(Id(), required=True)
    percent = Amount(required=True)
    passed = Flag(required=True)
