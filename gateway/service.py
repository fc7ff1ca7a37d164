"""The doors of the gateway."""

from services.messaging.database import Database
from services.messaging.relay import Relay


class GatewayService:
    """The one door."""

    name = "gateway"

    database = Database()
    relay = Relay()
