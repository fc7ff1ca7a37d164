"""The doors for partners, and for those who let them in."""

from apiflask import APIBlueprint


def blueprints() -> list[APIBlueprint]:
    """The blueprints of the intake."""
    return []
