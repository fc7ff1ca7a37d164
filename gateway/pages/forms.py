"""Forms that only our own pages can send: a signed token in the form, the same in a cookie.

The cookie is HttpOnly and SameSite; another site can neither read it to copy
the token into a form of its own nor sign one itself.
"""

import secrets
from hmac import compare_digest

from flask import Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "zhixing_form"
FIELD = "form_token"
LASTS_SECONDS = 12 * 3600


def token() -> str:
    """The token for the forms of the page being made."""
    made: str = signer().dumps(nonce())
    return made


def is_ours() -> bool:
    """Whether the form of this request carries a token made for this browser."""
    kept = request.cookies.get(COOKIE)
    try:
        sent = signer().loads(request.form.get(FIELD, ""), max_age=LASTS_SECONDS)
    except BadSignature:
        return False
    return bool(kept) and compare_digest(str(sent), str(kept))


def nonce() -> str:
    """What the browser keeps; made at the first form it is shown."""
    if "form_nonce" not in g:
        g.form_nonce = request.cookies.get(COOKIE) or secrets.token_urlsafe(24)
    kept: str = g.form_nonce
    return kept


def keep(response: Response) -> Response:
    """Gives a browser that was shown its first form the cookie that belongs to it."""
    if "form_nonce" in g and request.cookies.get(COOKIE) != g.form_nonce:
        response.set_cookie(COOKIE, g.form_nonce, httponly=True, samesite="Lax", secure=secure())
    return response


def secure() -> bool:
    """Whether cookies are for HTTPS only: wherever the public address is HTTPS."""
    address: str = current_app.config["PUBLIC_URL"]
    return address.startswith("https://")


def signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="pages.forms")
