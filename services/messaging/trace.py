"""The trace a fact belongs to, W3C Trace Context: https://www.w3.org/TR/trace-context/."""

import secrets
from contextvars import ContextVar

current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def begin(traceparent: str | None = None) -> str:
    """Joins the trace of `traceparent`, or starts one; returns the traceparent to hand on."""
    parts = (traceparent or "").split("-")
    known = len(parts) == 4 and len(parts[1]) == 32
    trace = parts[1] if known else secrets.token_hex(16)
    joined = f"00-{trace}-{secrets.token_hex(8)}-01"
    current.set(joined)
    return joined


def trace_id(traceparent: str | None) -> str | None:
    """The 32 hex digits that all facts of one trace share."""
    return traceparent.split("-")[1] if traceparent and traceparent.count("-") == 3 else None
