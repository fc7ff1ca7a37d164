"""What assessment announces: outcomes, reviews, scores."""

from marshmallow import fields

from services.contracts.enrollment import Fact
from services.contracts.fields import Amount, Flag, Id, Instant, OneOf, Text, Whole
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
