"""The certificate as a file: one A4 page, PDF/A-2b, the same bytes for the same facts."""

from services.archive.certificate.errors import UnprintableName
from services.archive.certificate.fonts import missing_characters
from services.archive.certificate.render import Certificate, plain, render

__all__ = ["Certificate", "UnprintableName", "missing_characters", "plain", "render"]
