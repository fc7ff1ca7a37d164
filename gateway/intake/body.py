"""The body of a partner's request, within bounds."""

from typing import Any

import orjson
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from gateway.intake import Refused

MOST_BYTES = 10 << 20
MOST_STATEMENTS = 10_000


def read_body() -> bytes:
    """The body as it was sent; raises `RequestEntityTooLarge` (413) above 10 MB."""
    # One byte more is let through: a chunked body would be cut off at the limit without a word.
    request.max_content_length = MOST_BYTES + 1
    body: bytes = request.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise RequestEntityTooLarge
    return body


def read_json(body: bytes) -> Any:
    """The JSON value of a body; raises `Refused` where it is none."""
    try:
        return orjson.loads(body)
    except ValueError:
        raise Refused("body", "不是 JSON。", "This is not JSON.") from None
