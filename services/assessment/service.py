"""The doors of assessment."""

from datetime import UTC, datetime

from nameko.timer import timer

from services.assessment import handlers, quiz_time, windows
from services.assessment.commands import outcomes as authors
from services.assessment.commands import quizzes as quiz_commands
from services.assessment.commands import reviews, staff
from services.assessment.queries import desk, outcomes
from services.assessment.queries import quizzes as quiz_queries
from services.assessment.queries import scores as told
from services.messaging.batch import facts
from services.messaging.catchup import CatchUp
from services.messaging.database import Database
from services.messaging.doors import Context, command, query
from services.messaging.health import Health
from services.messaging.relay import Relay


class AssessmentService:
    """Outcomes, reviews and scores."""

    name = "assessment"

    database = Database()
    context = Context()
    relay = Relay()
    health = Health()
    catchup = CatchUp(handlers.HEARS, handlers.learn, handlers.conclude)

    @facts(*handlers.HEARS)
    def learn(self, batch):
        with self.database.begin() as session:
            handlers.learn(session, batch)

    @timer(interval=5)
    def keep_time(self):
        now = datetime.now(UTC)
        with self.database.begin() as session:
            programs = windows.due(session, now)
        for program_id in programs:
            with self.database.begin() as session:
                windows.keep_time(session, program_id, now)

    @timer(interval=5)
    def keep_quiz_time(self):
        now = datetime.now(UTC)
        with self.database.begin() as session:
            attempts = quiz_time.due(session, now)
        for attempt in attempts:
            with self.database.begin() as session:
                quiz_time.keep_time(session, attempt, now)

    save_draft = command(authors.save_draft)
    submit_outcome = command(authors.submit_outcome)
    self_assess = command(authors.self_assess)
    recommend_outcome = command(authors.recommend_outcome)
    comment_outcome = command(authors.comment_outcome)
    withdraw_comment = command(authors.withdraw_comment)
    submit_review = command(reviews.submit_review)
    volunteer_review = command(reviews.volunteer_review)
    open_reviews = command(reviews.open_reviews)
    close_reviews = command(reviews.close_reviews)
    mark_outcome = command(staff.mark_outcome)
    override_mark = command(staff.override_mark)
    lodge_appeal = command(staff.lodge_appeal)
    decide_appeal = command(staff.decide_appeal)
    propose_release = command(staff.propose_release)
    approve_release = command(staff.approve_release)

    draft = query(outcomes.draft)
    outcome = query(outcomes.outcome)
    reviews_to_do = query(outcomes.reviews_to_do)
    reviews_received = query(outcomes.reviews_received)
    reading_room = query(outcomes.reading_room)
    reading = query(outcomes.reading)
    score = query(told.score)
    scores = query(told.scores)
    score_history = query(told.score_history)
    replay_score = query(told.replay_score)
    try_scheme = query(told.try_scheme)
    own_reviewing = query(desk.own_reviewing)
    tasks = query(desk.tasks)
    workload = query(desk.workload)
    findings = query(desk.findings)
    distribution = query(desk.distribution)

    publish_bank = command(quiz_commands.publish_bank)
    publish_quiz = command(quiz_commands.publish_quiz)
    start_quiz = command(quiz_commands.start_quiz)
    answer_quiz = command(quiz_commands.answer_quiz)
    submit_quiz = command(quiz_commands.submit_quiz)
    mark_answer = command(quiz_commands.mark_answer)

    banks = query(quiz_queries.banks)
    questions = query(quiz_queries.questions)
    quizzes = query(quiz_queries.quizzes)
    own_quizzes = query(quiz_queries.own_quizzes)
    attempt_paper = query(quiz_queries.attempt_paper)
    attempt_result = query(quiz_queries.attempt_result)
    quiz_attempts = query(quiz_queries.quiz_attempts)
    quiz_statistics = query(quiz_queries.quiz_statistics)
