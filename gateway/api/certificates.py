"""Certificates, public by serial."""

from base64 import b64decode
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app

from gateway.api import results
from gateway.api.context import PUBLIC, ask

certificates = APIBlueprint("certificates", __name__, url_prefix="/api/v1", tag="certificates")


@certificates.get("/verify/<serial>")
@certificates.output(results.Certificate)
@certificates.doc(summary="验证证书 · Every printed field of a certificate, and its status")
def verify(serial: str) -> Any:
    return ask("archive", "certificate", {"serial": serial}, by=PUBLIC)


@certificates.get("/certificates/<serial>.pdf")
@certificates.doc(summary="结业证书 · The certificate to print")
def pdf(serial: str) -> Response:
    """One A4 page, PDF/A-2b; the same bytes each time."""
    body = {"serial": serial, "verify_url": f"{current_app.config['PUBLIC_URL']}/verify/{serial}"}
    told = ask("archive", "certificate_pdf", body, by=PUBLIC)
    return Response(
        b64decode(told["content"]),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{told["serial"]}.pdf"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "public, max-age=300",
        },
    )
