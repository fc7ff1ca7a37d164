"""The doors of archive."""

from services.archive import commands, handlers, queries
from services.messaging.batch import facts
from services.messaging.catchup import CatchUp
from services.messaging.database import Database
from services.messaging.doors import Context, command, query
from services.messaging.health import Health
from services.messaging.relay import Relay


class ArchiveService:
    """Records and certificates."""

    name = "archive"

    database = Database()
    context = Context()
    relay = Relay()
    health = Health()
    catchup = CatchUp(handlers.HEARS, handlers.learn, handlers.conclude)

    @facts(*handlers.HEARS)
    def learn(self, batch):
        with self.database.begin() as session:
            handlers.learn(session, batch)

    write_summary = command(commands.write_summary)

    record = query(queries.record)
    records = query(queries.records)
    overview = query(queries.overview)
    public_overview = query(queries.public_overview)
    certificate = query(queries.certificate)
    certificate_pdf = query(queries.certificate_pdf)
