"""The doors of assessment."""

from datetime import UTC, datetime

from nameko.timer import timer

from services.assessment import commands, handlers, queries, windows
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
