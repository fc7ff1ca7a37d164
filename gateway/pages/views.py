"""The web pages: every one is made on the server and works without JavaScript."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import structlog
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response as Answer

from gateway.pages import documents, figures, forms, look, organizations, visitors
from gateway.pages.words import LANGUAGES
from services.contracts.principal import Principal
from services.contracts.refusal import Refusal

log = structlog.get_logger()

# All of them are printed at start; a card shows one of each role and a learner or two.
MOST_DEMO_ACCOUNTS = 6
PAGE_ROWS = 50
MOST_OWN = 50
SERIAL_MOST = 64
SERIAL = re.compile(rf"[A-Z0-9-]{{1,{SERIAL_MOST}}}")
NOT_FOUND = 404
FOR_MACHINES = ("/api/", "/xapi/", "/partner/", "/.well-known/")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
}
YEAR_SECONDS = 365 * 24 * 3600


def blueprint() -> Blueprint:
    """The pages, to be registered at the root."""
    pages = Blueprint(
        "pages",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/assets",
    )
    pages.add_url_rule("/", "home", home)
    pages.add_url_rule("/sign-in", "sign_in", sign_in)
    pages.add_url_rule("/sign-in", "enter", enter, methods=["POST"])
    pages.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])
    pages.add_url_rule("/records/<uuid:enrollment_id>", "record", record)
    pages.add_url_rule("/verify", "find_certificate", find_certificate)
    pages.add_url_rule("/verify/<serial>", "verify", verify)
    pages.context_processor(look.words)
    pages.register_error_handler(Refusal, refused)
    pages.register_error_handler(HTTPException, failed)
    pages.register_error_handler(Exception, broken)
    pages.before_app_request(missing)
    pages.after_request(finish)
    return pages


def home() -> str:
    """The start page; the overview of who reads an organization; else one's own learning."""
    by = visitors.visitor()
    if by is None:
        told = visitors.calls().call("archive", "public_overview", {}, by=visitors.NOBODY)
        return render_template("start.html", programs=told["programs"], demo=demo_accounts())
    if by.paths() and "mine" not in request.args:
        return overview(by)
    return learning(by)


def overview(by: Principal) -> str:
    """Programs and members of the organizations one reads."""
    calls = visitors.calls()
    programs = calls.call("archive", "overview", {}, by=by)["programs"]
    chosen = request.args.get("program")
    if chosen not in {program["program_id"] for program in programs}:
        chosen = None
    wanted = {"program_id": chosen, "after": visitors.cursor(), "most": PAGE_ROWS + 1}
    rows = calls.call("archive", "records", wanted, by=by)["rows"]
    return render_template(
        "overview.html",
        programs=programs,
        chosen=chosen,
        rows=rows[:PAGE_ROWS],
        names=organizations.names(calls, by, {row["path"] for row in rows}),
        next=rows[PAGE_ROWS - 1]["enrollment_id"] if len(rows) > PAGE_ROWS else None,
    )


def learning(by: Principal) -> str:
    """One's own programs, and the whole score of the one under way."""
    calls = visitors.calls()
    rows = calls.call("archive", "records", {"mine": True, "most": MOST_OWN}, by=by)["rows"]
    known = documents.documents(calls, by, {row["program_id"] for row in rows})
    # While enrollment is rebuilt, archive knows programs that it does not yet.
    rows = [row for row in rows if row["program_id"] in known]
    rows.sort(key=lambda row: known[row["program_id"]]["ends_on"], reverse=True)
    current = next((row for row in rows if row["passed"] is None), rows[0] if rows else None)
    shown = None
    if current:
        wanted = {"enrollment_id": current["enrollment_id"]}
        shown = figures.page_of(
            calls.call("archive", "record", wanted, by=by), known[current["program_id"]]
        )
    return render_template(
        "learning.html",
        current=shown,
        others=[
            (row, known[row["program_id"]]) for row in rows if current is None or row != current
        ],
    )


def record(enrollment_id: Any) -> str | Answer:
    """The training record of one enrollment, to its member and to who reads its organization."""
    by = visitors.visitor()
    if by is None:
        return redirect(visitors.sign_in_address(), 303)
    told = visitors.calls().call("archive", "record", {"enrollment_id": str(enrollment_id)}, by=by)
    return render_template("record.html", shown=figures.page_of(told, None))


def sign_in() -> str:
    """The form to sign in."""
    return sign_in_page()


def sign_in_page(refusal: Refusal | None = None, wrong: str | None = None) -> str:
    """The form, and why it has to be filled in again."""
    return render_template(
        "sign_in.html",
        refusal=refusal,
        wrong=wrong,
        username=request.form.get("username", ""),
        next=visitors.next_address(),
        demo=demo_accounts(),
    )


def enter() -> Answer | tuple[str, int]:
    """Signs in with user name and password and goes where the visitor wanted to."""
    if not forms.is_ours():
        return sign_in_page(wrong="sign_in.stale"), 400
    try:
        signed_in = visitors.enter(
            request.form.get("username", ""), request.form.get("password", "")
        )
    except Refusal as refusal:
        return sign_in_page(refusal), refusal.status
    response = redirect(visitors.next_address(), 303)
    visitors.remember(response, signed_in.token, signed_in.expires_at)
    return response


def sign_out() -> Answer:
    """Ends the session."""
    if not forms.is_ours():
        abort(400)
    visitors.leave()
    response = redirect("/", 303)
    visitors.forget(response)
    return response


def find_certificate() -> str | Answer:
    """From the box to the page of a serial, whatever spaces and small letters were typed."""
    serial = "".join(request.args.get("serial", "").split()).upper()
    if not serial:
        return render_template("find.html")
    return redirect(f"/verify/{quote(serial[:SERIAL_MOST], safe='')}", 303)


def verify(serial: str) -> str | tuple[str, int]:
    """Everything printed on a certificate and its status, to anyone who knows the serial."""
    if not SERIAL.fullmatch(serial):
        return unknown_certificate(serial)
    try:
        told = visitors.calls().call(
            "archive", "certificate", {"serial": serial}, by=visitors.NOBODY
        )
    except Refusal as refusal:
        if refusal.status != NOT_FOUND:
            raise
        return unknown_certificate(serial)
    return render_template("verify.html", told=told)


def unknown_certificate(serial: str) -> tuple[str, int]:
    """The page that says that a serial is not known, and asks for another."""
    return render_template("unknown_certificate.html", serial=serial[:SERIAL_MOST]), NOT_FOUND


def refused(refusal: Refusal) -> tuple[str, int]:
    """A service said no."""
    return error_page(refusal.status, zh=refusal.zh, en=refusal.en)


def failed(error: HTTPException) -> tuple[str, int] | HTTPException:
    """The request did not lead to a page."""
    if error.code is None or error.code < 400:
        return error
    return error_page(error.code)


def broken(_: Exception) -> tuple[str, int]:
    """A fault of ours: logged by its kind, told without it."""
    log.exception("page failed", endpoint=request.endpoint)
    return error_page(500)


def missing() -> Response | None:
    """An address that leads nowhere, asked for by a browser; machines are told elsewhere."""
    nowhere = isinstance(request.routing_exception, NotFound)
    browser = "text/html" in request.accept_mimetypes.values()
    if not nowhere or not browser or request.path.startswith(FOR_MACHINES):
        return None
    return finish(make_response(render_template("error.html", **look.words(), status=404), 404))


def error_page(status: int, **told: str) -> tuple[str, int]:
    """A page that says what went wrong, in the look of all others."""
    return render_template("error.html", status=status, told=told), status


def finish(response: Response) -> Response:
    """The headers every page has, and what the browser is to keep."""
    response.headers.update(HEADERS)
    if request.endpoint == "pages.static":
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
        return response
    response.headers["Cache-Control"] = (
        "no-store" if visitors.COOKIE in request.cookies else "no-cache"
    )
    if request.args.get("lang") in LANGUAGES:
        response.set_cookie(
            look.LANGUAGE_COOKIE,
            request.args["lang"],
            max_age=YEAR_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=forms.secure(),
        )
    return forms.keep(response)


def demo_accounts() -> list[dict[str, str]]:
    """The accounts of the demo college, where it was loaded."""
    file = Path(current_app.config["HOME"]) / "demo.json"
    found: list[dict[str, str]] = orjson.loads(file.read_bytes()) if file.exists() else []
    return found[:MOST_DEMO_ACCOUNTS]
