"""The doors of the gateway."""

from gateway.calls import Services
from gateway.intake import handlers
from gateway.web import Site, web
from services.messaging.batch import facts
from services.messaging.catchup import CatchUp
from services.messaging.database import Database
from services.messaging.doors import Context
from services.messaging.health import Health
from services.messaging.relay import Relay


class GatewayService:
    """The one door."""

    name = "gateway"

    database = Database()
    context = Context()
    relay = Relay()
    health = Health()
    services = Services()
    site = Site()
    catchup = CatchUp(handlers.HEARS, handlers.learn, handlers.conclude)

    @web
    def serve(self, environ, start_response):
        return self.site(environ | {"zhixing.service": self}, start_response)

    @facts(*handlers.HEARS)
    def learn(self, batch):
        with self.database.begin() as session:
            handlers.learn(session, batch)
