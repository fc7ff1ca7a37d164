"""The doors of assessment."""

from datetime import UTC, datetime

from nameko.timer import timer

from services.assessment import (
    commands,
    handlers,
    queries,
    quiz_commands,
    quiz_queries,
    quiz_time,
    windows,
)
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

    submit_outcome = command(commands.submit_outcome)
    self_assess = command(commands.self_assess)
    submit_review = command(commands.submit_review)
    mark_outcome = command(commands.mark_outcome)
    open_reviews = command(commands.open_reviews)
    close_reviews = command(commands.close_reviews)

    score = query(queries.score)
    scores = query(queries.scores)
    outcome = query(queries.outcome)
    reviews_to_do = query(queries.reviews_to_do)

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
