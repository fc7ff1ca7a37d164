"""The published language: the envelope, and one module of event schemas per announcing service."""

from services.contracts import archive, assessment, enrollment, intake, learning
from services.contracts.envelope import Event

__all__ = ["Event", "archive", "assessment", "enrollment", "intake", "learning"]
