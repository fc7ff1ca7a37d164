"""What templates may say and show: words, icons, amounts, days."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, request, url_for
from markupsafe import Markup

from gateway.pages import forms, visitors
from gateway.pages.words import LANGUAGES, say

STATIC = Path(__file__).with_name("static")
LANGUAGE_COOKIE = "zhixing_language"


def language() -> str:
    """`zh` or `en`: as asked for, as asked for before, or as the browser prefers; else `zh`."""
    for wanted in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    return request.accept_languages.best_match(LANGUAGES) or "zh"


def words() -> dict[str, Any]:
    """Everything the templates of one page use."""
    spoken = language()
    t = partial(say, spoken)
    place: dict[str, Any] = (request.view_args or {}) | request.args.to_dict()
    place["lang"] = "en" if spoken == "zh" else "zh"
    return {
        "by": visitors.visitor(),
        "t": t,
        "language": spoken,
        "other_language": url_for(
            request.endpoint or "pages.home",
            **place,
        ),
        "icon": icon,
        "asset": asset,
        "known": partial(known, t),
        "percent": percent,
        "day": day,
        "verdict": verdict,
        "form_token": forms.token,
        "form_field": forms.FIELD,
    }


@cache
def icon(name: str) -> Markup:
    """An icon of the vendor folder as inline SVG; decoration, hidden from screen readers."""
    drawn = (STATIC / "vendor" / "icons" / f"{name}.svg").read_text("utf-8")
    return Markup(drawn.replace("<svg", '<svg aria-hidden="true"', 1))


@cache
def digest(path: str) -> str:
    return sha256((STATIC / path).read_bytes()).hexdigest()[:12]


def asset(path: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep it."""
    return url_for("pages.static", filename=path, v=digest(path))


def known(t: Callable[..., str], value: Any) -> Any:
    """The value, or the word for what is to be supplied: never 0."""
    if value is None or value == "":
        return Markup('<span class="unknown">{}</span>').format(t("unknown"))
    return value


def percent(some: Any, all_: Any) -> int | None:
    """The share in whole per cent, cut; None where nothing is asked for."""
    if not all_ or some is None:
        return None
    return int(100 * Decimal(str(some)) / Decimal(str(all_)))


def day(instant: str) -> str:
    """The local calendar day of an RFC 3339 instant, or a day as it is."""
    moment = datetime.fromisoformat(instant)
    if moment.tzinfo is None:
        return instant
    return moment.astimezone(ZoneInfo(current_app.config["ZONE"])).date().isoformat()


def verdict(passed: bool | None) -> str:
    """The name of the word for a result."""
    return {True: "passed", False: "failed", None: "pending"}[passed]
