"""The golden envelopes: of each version of each event type a full and a minimal one."""

from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).parent / "golden"
KINDS = ("full", "minimal")


def golden(type_: str, kind: str) -> dict[str, Any]:
    envelope: dict[str, Any] = orjson.loads((FOLDER / f"{type_}.{kind}.json").read_bytes())
    return envelope
