"""The body of a partner's request, within bounds."""

from typing import Any

import orjson
from flask import request

from gateway.intake import Refused, errors

MOST_BYTES = 10 << 20
MOST_STATEMENTS = 10_000


def read_body() -> bytes:
    """The body, whether or not its length was announced; raises `TooLarge` above 10 MB."""
    if (request.content_length or 0) > MOST_BYTES:
        raise errors.too_large(MOST_BYTES)
    # Not request.get_data(): it takes a chunked body for an empty one.
    body: bytes = request.environ["wsgi.input"].read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise errors.too_large(MOST_BYTES)
    return body


def read_json(body: bytes) -> Any:
    """The JSON value of a body; raises `Refused` where it is none."""
    try:
        return orjson.loads(body)
    except ValueError:
        raise Refused("body", "不是 JSON。", "This is not JSON.") from None
