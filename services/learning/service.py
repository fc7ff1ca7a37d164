"""The doors of learning."""

from services.learning import handlers, queries
from services.messaging.batch import facts
from services.messaging.catchup import CatchUp
from services.messaging.database import Database
from services.messaging.doors import Context, query
from services.messaging.health import Health
from services.messaging.relay import Relay


class LearningService:
    """Progress, posts, and what partners' statements mean."""

    name = "learning"

    database = Database()
    context = Context()
    relay = Relay()
    health = Health()
    catchup = CatchUp(handlers.HEARS, handlers.learn, handlers.conclude)

    @facts(*handlers.HEARS)
    def learn(self, batch):
        with self.database.begin() as session:
            handlers.learn(session, batch)

    progress = query(queries.progress)
    standings = query(queries.standings)
