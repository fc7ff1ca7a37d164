"""Facts of a certificate → PDF."""

import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import segno
import typst

from services.archive.certificate.errors import UnprintableName
from services.archive.certificate.fonts import FAMILIES, loaded, missing_characters

TEMPLATE = Path(__file__).with_name("certificate.typ")


@dataclass(frozen=True)
class Certificate:
    """Everything that is printed.

    `hours` in 学时 and `total` of 0–100 are printed exactly, without rounding.
    `supersedes` is the serial of the certificate this one replaces.
    """

    serial: str
    member_name: str
    program_title: str
    hours: Decimal
    total: Decimal
    issued_on: date
    organization_name: str
    verify_url: str
    supersedes: str | None = None


def render(certificate: Certificate, *, fonts: Path) -> bytes:
    """One A4 landscape page as PDF/A-2b: equal certificates, equal bytes.

    `fonts` is a folder with FAMILIES. Keeps a core busy for tens of milliseconds.
    Raises UnprintableName if the fonts lack a character, FileNotFoundError
    if a font itself is absent.
    """
    texts = _texts(certificate)
    for field, text in texts.items():
        if missing := missing_characters(text, fonts):
            raise UnprintableName(field, missing)
    issued_on = certificate.issued_on
    content = texts | {
        "issued_on": [issued_on.year, issued_on.month, issued_on.day],
        "families": list(FAMILIES),
        "qr": _qr(certificate.verify_url),
    }
    # Data, never markup: the template reads it as JSON.
    return typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=loaded(fonts),
        ignore_system_fonts=True,
        sys_inputs={"certificate": json.dumps(content)},
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=datetime(issued_on.year, issued_on.month, issued_on.day, tzinfo=UTC),
    )


def plain(number: Decimal) -> str:
    """The number without an exponent and without trailing zeros: `86.50` → `86.5`."""
    shown = format(number, "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _texts(certificate: Certificate) -> dict[str, str]:
    """Each printed text by the name of its field."""
    return {
        "serial": certificate.serial,
        "member_name": certificate.member_name,
        "program_title": certificate.program_title,
        "hours": plain(certificate.hours),
        "total": plain(certificate.total),
        "organization_name": certificate.organization_name,
        "verify_url": certificate.verify_url,
        "supersedes": certificate.supersedes or "",
    }


def _qr(url: str) -> str:
    """The QR code of a URL as SVG, its quiet zone left to the template."""
    svg = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        svg, kind="svg", xmldecl=False, border=0, omitsize=True, dark="#1f1a17"
    )
    return svg.getvalue().decode()
