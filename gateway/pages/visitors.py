"""Who is looking: the session is a bearer token in a cookie that scripts cannot read."""

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from flask import g, request
from werkzeug.wrappers import Response

from gateway.accounts import tokens
from gateway.api.context import service
from gateway.calls import Calls
from gateway.pages import forms
from services.contracts.principal import Principal

COOKIE = "zhixing_session"
# Asks for what is public; may read nothing else.
NOBODY = Principal("public", None, ())


def calls() -> Calls:
    """The services."""
    found: Calls = service().services
    return found


def visitor() -> Principal | None:
    """Who is signed in; asked of the database once per request."""
    if "visitor" not in g:
        token = request.cookies.get(COOKIE)
        g.visitor = tokens.principal_of(service().database, token) if token else None
    found: Principal | None = g.visitor
    return found


def enter(username: str, password: str) -> tokens.SignedIn:
    """Signs in; raises `Unauthenticated` or `TooMany`."""
    # PostgreSQL has no text with a NUL, so no account has one in its name.
    return tokens.sign_in(service().database, username.replace("\0", ""), password)


def leave() -> None:
    """Ends the session, also for who has copied its token."""
    token = request.cookies.get(COOKIE)
    if token:
        tokens.sign_out(service().database, token)


def remember(response: Response, token: str, expires_at: datetime) -> None:
    """Gives the browser its session."""
    response.set_cookie(
        COOKIE, token, expires=expires_at, httponly=True, samesite="Lax", secure=forms.secure()
    )


def forget(response: Response) -> None:
    """Takes the session from the browser."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=forms.secure())


def sign_in_address() -> str:
    """Where to sign in and come back from to this page."""
    return f"/sign-in?next={quote(request.path)}"


def next_address() -> str:
    """Where the visitor wanted to go: an address of this site, else the start page."""
    wanted = request.values.get("next", "")
    ours = wanted.startswith("/") and not wanted.startswith("//")
    plain = wanted.isprintable() and "\\" not in wanted
    return wanted if ours and plain else "/"


def cursor() -> str | None:
    """The enrollment after which a list goes on."""
    try:
        return str(UUID(request.args["after"]))
    except (KeyError, ValueError):
        return None
