"""What the API is asked and tells about quizzes, as schemas."""

from apiflask import Schema
from marshmallow import fields, validate

from gateway.api.answers import UNKNOWN, Told, instant
from gateway.api.paging import Page
from gateway.api.requests import Mark
from services.contracts.fields import Text

MOST_PROSE = 10_000
MOST_ANSWERS = 200


class NewAnswer(Schema):
    """An answer: options chosen, a text to fill in, or prose; the question's kind says which."""

    question_id = fields.UUID(required=True)
    options = fields.List(Text(16), load_default=list)
    text = Text(200, empty=True, load_default=None, allow_none=True)
    prose = Text(MOST_PROSE, empty=True, load_default=None, allow_none=True)


class NewAnswers(Schema):
    """Answers to some or all questions of a paper; of each the latest counts."""

    answers = fields.List(
        fields.Nested(NewAnswer), required=True, validate=validate.Length(1, MOST_ANSWERS)
    )


class NewMark(Schema):
    """A share of the points, 0–100 %, and why."""

    share = Mark(required=True)
    reason = Text(2_000, empty=True, load_default="")


class AttemptsWanted(Page):
    """Which rows: all attempts, or those with answers that wait for staff."""

    waiting = fields.Boolean(load_default=False)


class StatisticsWanted(Schema):
    """Of which attempts: each member's first, or all."""

    attempts = fields.String(load_default="first", validate=validate.OneOf(("first", "all")))


class BankPublished(Schema):
    """How many questions were published as a next version, and how many had not changed."""

    id = fields.UUID(required=True)
    bank = Told(required=True)
    published = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)


class Bank(Schema):
    """A bank of questions."""

    id = fields.UUID(required=True)
    bank = Told(required=True)
    questions = fields.Integer(required=True)


class Option(Schema):
    """Something to choose."""

    code = Told(required=True)
    text = Told(required=True)


class BankQuestion(Schema):
    """The latest version of a question, with its answer."""

    id = fields.UUID(required=True)
    bank_id = fields.UUID(required=True)
    bank = Told(required=True)
    code = Told(required=True)
    version = fields.Integer(required=True)
    kind = Told(required=True)
    text = Told(required=True)
    options = fields.List(fields.Nested(Option), required=True)
    correct = fields.List(Told(), required=True)
    rule = Told(required=True)
    points = Told(required=True)
    tags = fields.List(Told(), required=True)
    difficulty = Told(required=True, **UNKNOWN)
    explanation = Told(required=True, **UNKNOWN)


class QuizPublished(Schema):
    """A quiz version."""

    id = fields.UUID(required=True)
    code = Told(required=True)
    version = fields.Integer(required=True)


class Draw(Schema):
    """So many questions at random, of a tag and a difficulty where they are named."""

    count = fields.Integer(required=True)
    tag = Told(required=True, **UNKNOWN)
    difficulty = Told(required=True, **UNKNOWN)


class Quiz(QuizPublished):
    """A published quiz version."""

    title = Told(required=True)
    bank_id = fields.UUID(required=True)
    bank = Told(required=True)
    questions = fields.List(fields.UUID(), required=True)
    draws = fields.List(fields.Nested(Draw), required=True)
    minutes = fields.Integer(required=True, **UNKNOWN)
    grace_seconds = fields.Integer(required=True)
    attempts = fields.Integer(required=True)
    pass_mark = Told(required=True)
    counting = Told(required=True)
    shuffle_questions = fields.Boolean(required=True)
    shuffle_options = fields.Boolean(required=True)
    show_answers = Told(required=True)
    opens_at = instant(required=True, allow_none=True)
    closes_at = instant(required=True, allow_none=True)
    module_ids = fields.List(fields.UUID(), required=True)


class Grade(Schema):
    """Points of at most `most`; all null while the attempt runs.

    `waiting` answers are yet to be marked: until then the grade is provisional
    and `passed` is null.
    """

    points = Told(required=True, **UNKNOWN)
    most = Told(required=True, **UNKNOWN)
    percent = Told(required=True, **UNKNOWN)
    waiting = fields.Integer(required=True, **UNKNOWN)
    passed = fields.Boolean(required=True, **UNKNOWN)


class AttemptRow(Grade):
    """An attempt in short."""

    id = fields.UUID(required=True)
    enrollment_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    path = Told(required=True)
    attempt = fields.Integer(required=True)
    started_at = instant(required=True)
    ended_at = instant(required=True, allow_none=True)


class Begun(Schema):
    """An attempt that runs; `due` is null where it has no end."""

    id = fields.UUID(required=True)
    quiz_id = fields.UUID(required=True)
    attempt = fields.Integer(required=True)
    due = instant(required=True, allow_none=True)


class Attempt(Begun):
    """An attempt; `saved_at`: when the last answers that count were saved."""

    enrollment_id = fields.UUID(required=True)
    started_at = instant(required=True)
    saved_at = instant(required=True, allow_none=True)
    ended_at = instant(required=True, allow_none=True)
    submitted = fields.Boolean(required=True)


class Taken(Attempt, Grade):
    """An attempt and its grade."""


class Counting(Grade):
    """The grade of the attempt that counts."""

    attempt = fields.Integer(required=True)


class OwnQuiz(Quiz):
    """A quiz of an enrollment, its attempts, and the one that counts."""

    taken = fields.List(fields.Nested(Taken), required=True)
    result = fields.Nested(Counting, required=True, allow_none=True)


class Answered(Schema):
    """What was answered."""

    options = fields.List(Told(), required=True)
    text = Told(required=True, **UNKNOWN)
    prose = Told(required=True, **UNKNOWN)


class Asked(Schema):
    """A question of a paper, and what was answered."""

    question_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    kind = Told(required=True)
    text = Told(required=True)
    options = fields.List(fields.Nested(Option), required=True)
    points = Told(required=True)
    answer = fields.Nested(Answered, required=True)


class Paper(Attempt):
    """The paper of an attempt, and nothing of what is right."""

    title = Told(required=True)
    questions = fields.List(fields.Nested(Asked), required=True)


class StaffMark(Schema):
    """What staff gave a short answer, and why."""

    share = Told(required=True)
    reason = Told(required=True)


class Judged(Asked):
    """A question with the points reached and why; what is right where that is shown."""

    verdict = Told(required=True)
    reached = Told(required=True)
    zh = Told(required=True)
    en = Told(required=True)
    mark = fields.Nested(StaffMark, required=True, allow_none=True)
    correct = fields.List(Told(), required=True, allow_none=True)
    explanation = Told(required=True, **UNKNOWN)


class QuizResult(Taken):
    """What an attempt came to, question by question."""

    title = Told(required=True)
    pass_mark = Told(required=True)
    answers_shown = fields.Boolean(required=True)
    questions = fields.List(fields.Nested(Judged), required=True)


class Seconds(Schema):
    """How long papers took; null where too few did."""

    shortest = fields.Integer(required=True, **UNKNOWN)
    median = fields.Integer(required=True, **UNKNOWN)
    longest = fields.Integer(required=True, **UNKNOWN)


class Chosen(Schema):
    """How often an option was chosen."""

    code = Told(required=True)
    chosen = fields.Integer(required=True)


class Item(Schema):
    """A question's statistics; null is too few, or all the same.

    `difficulty`: the mean share of points reached, 0–1. `discrimination`: its
    correlation with the share reached of the rest of the paper, −1 to 1.
    """

    question_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    code = Told(required=True)
    kind = Told(required=True)
    attempts = fields.Integer(required=True)
    difficulty = fields.Float(required=True, **UNKNOWN)
    discrimination = fields.Float(required=True, **UNKNOWN)
    options = fields.List(fields.Nested(Chosen), required=True, allow_none=True)


class Statistics(Schema):
    """Item statistics of a quiz, where one reads."""

    quiz_id = fields.UUID(required=True)
    attempts = fields.Integer(required=True)
    marked = fields.Integer(required=True)
    mean_percent = Told(required=True, **UNKNOWN)
    seconds = fields.Nested(Seconds, required=True)
    questions = fields.List(fields.Nested(Item), required=True)
