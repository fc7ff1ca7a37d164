"""The doors of enrollment."""

from services.enrollment import commands, handlers, queries
from services.messaging.catchup import CatchUp
from services.messaging.database import Database
from services.messaging.doors import Context, command, query
from services.messaging.health import Health
from services.messaging.relay import Relay


class EnrollmentService:
    """Organizations, members, programs and who is enrolled."""

    name = "enrollment"

    database = Database()
    context = Context()
    relay = Relay()
    health = Health()
    catchup = CatchUp(handlers.HEARS, handlers.learn, handlers.conclude)

    import_roster = command(commands.import_roster)
    publish_program = command(commands.publish_program)
    amend_program = command(commands.amend_program)
    withdraw_enrollment = command(commands.withdraw_enrollment)

    organizations = query(queries.organizations)
    members = query(queries.members)
    member_by_number = query(queries.member_by_number)
    programs = query(queries.programs)
    enrollments = query(queries.enrollments)
