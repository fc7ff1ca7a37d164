"""The body of a partner's request, within bounds."""

from typing import Any

import orjson
from flask import request

from gateway.intake import Refused

MOST_BYTES = 10 << 20
MOST_STATEMENTS = 10_000


def read_body() -> bytes:
    """The body as it was sent; raises `RequestEntityTooLarge` (413) above 10 MB."""
    request.max_content_length = MOST_BYTES
    return request.get_data(cache=False)


def read_json(body: bytes) -> Any:
    """The JSON value of a body; raises `Refused` where it is none."""
    try:
        return orjson.loads(body)
    except ValueError:
        raise Refused("body", "不是 JSON。", "This is not JSON.") from None
