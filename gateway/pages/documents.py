"""Published program versions never change: each is asked for once and kept."""

from collections.abc import Iterable
from typing import Any

from gateway.calls import Calls
from services.contracts.principal import Principal

KEPT: dict[str, dict[str, Any]] = {}


def documents(calls: Calls, by: Principal, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Program version id → its document; one call when an id is met for the first time."""
    wanted = set(ids)
    if not wanted <= KEPT.keys():
        found = calls.call("enrollment", "programs", {}, by=by)["rows"]
        KEPT.update({row["id"]: row for row in found})
    return {id_: KEPT[id_] for id_ in wanted & KEPT.keys()}
