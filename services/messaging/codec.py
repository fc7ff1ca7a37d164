"""JSON as it is, for RPC: kombu's own codec tags UUIDs and dates."""

from typing import Any

import orjson

NAME = "orjson"
SERIALIZERS = {
    NAME: {
        "encoder": f"{__name__}.encode",
        "decoder": f"{__name__}.decode",
        "content_type": "application/vnd.zhixing+json",
        "content_encoding": "utf-8",
    }
}


def encode(value: Any) -> str:
    return orjson.dumps(value).decode()


def decode(body: str | bytes) -> Any:
    return orjson.loads(body)
