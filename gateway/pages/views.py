"""The web pages: every one is made on the server and works without JavaScript."""

from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, abort, current_app, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from gateway.pages import documents, forms, look, figures, visitors
from services.contracts.principal import Principal
from services.contracts.refusal import Refusal

PAGE_ROWS = 50
MOST_OWN = 50
SERIAL_MOST = 64
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
        by=by,
        programs=programs,
        chosen=chosen,
        rows=rows[:PAGE_ROWS],
        next=rows[PAGE_ROWS - 1]["enrollment_id"] if len(rows) > PAGE_ROWS else None,
    )


def learning(by: Principal) -> str:
    """One's own programs, and the whole score of the one under way."""
    calls = visitors.calls()
    rows = calls.call("archive", "records", {"mine": True, "most": MOST_OWN}, by=by)["rows"]
    known = documents.documents(calls, by, {row["program_id"] for row in rows})
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
        by=by,
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
    told = visitors.calls().call(
        "archive", "record", {"enrollment_id": str(enrollment_id)}, by=by
    )
    return render_template("record.html", by=by, shown=figures.page_of(told, None))


def sign_in() -> str:
    """The form to sign in."""
    return sign_in_page()


def sign_in_page(wrong: str | None = None) -> str:
    return render_template(
        "sign_in.html",
        wrong=wrong,
        first="next" in request.args,
        username=request.form.get("username", ""),
        next=visitors.next_address(),
        demo=demo_accounts(),
    )


def enter() -> Answer | tuple[str, int]:
    """Signs in with user name and password and goes where the visitor wanted to."""
    if not forms.is_ours():
        return sign_in_page("sign_in.stale"), 400
    username, password = request.form.get("username", ""), request.form.get("password", "")
    token = visitors.enter(username, password)
    if token is None:
        return sign_in_page("sign_in.wrong"), 401
    response = redirect(visitors.next_address(), 303)
    visitors.remember(response, token)
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
        return render_template("find.html", by=visitors.visitor())
    return redirect(f"/verify/{serial[:SERIAL_MOST]}", 303)


def verify(serial: str) -> str | tuple[str, int]:
    """Everything printed on a certificate and its status, to anyone who knows the serial."""
    by = visitors.visitor()
    try:
        told = visitors.calls().call(
            "archive", "certificate", {"serial": serial}, by=visitors.NOBODY
        )
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return render_template("unknown_certificate.html", by=by, serial=serial), 404
    return render_template("verify.html", by=by, told=told)


def refused(refusal: Refusal) -> tuple[str, int]:
    """A service said no."""
    return error_page(refusal.status, zh=refusal.zh, en=refusal.en)


def failed(error: HTTPException) -> tuple[str, int] | HTTPException:
    """The request did not lead to a page."""
    if error.code is None or error.code < 400:
        return error
    return error_page(error.code)


def error_page(status: int, **told: str) -> tuple[str, int]:
    """A page that says what went wrong, in the look of all others."""
    return render_template("error.html", status=status, told=told), status


def finish(response: Response) -> Response:
    """The headers every page has, and what the browser is to keep."""
    response.headers.update(HEADERS)
    if request.endpoint == "pages.static":
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
        return response
    response.headers["Cache-Control"] = "no-store" if visitors.is_known() else "no-cache"
    if request.args.get("lang") in look.LANGUAGES:
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
    return orjson.loads(file.read_bytes()) if file.exists() else []
