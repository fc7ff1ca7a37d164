"""The doors for partners, and for those who let them in."""

from apiflask import APIBlueprint

from gateway.intake import events, partners, xapi
from gateway.intake.credentials import Directory
from gateway.intake.store import Store


def blueprints() -> list[APIBlueprint]:
    """The blueprints of the intake; what one process knows and has under way is theirs."""
    directory, store = Directory(), Store()
    return [
        xapi.blueprint(directory, store),
        events.blueprint(directory, store),
        partners.blueprint(directory),
    ]
