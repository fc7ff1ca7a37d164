"""The names of organizations by their paths: they change rarely and are kept for a minute."""

from collections.abc import Iterable
from time import monotonic
from typing import Any

from gateway.calls import Calls
from services.contracts.principal import Principal

LASTS_SECONDS = 60
BRANCH = "branch"
KEPT: dict[str, tuple[float, dict[str, Any]]] = {}


def names(calls: Calls, by: Principal, paths: Iterable[str]) -> dict[str, list[str]]:
    """Path → the names of its branch and of what is below, or of the organization itself.

    Empty for a path that is not known yet. One call where a name is not kept.
    """
    wanted, now = set(paths), monotonic()
    if any(path not in KEPT or KEPT[path][0] <= now for path in wanted):
        rows = calls.call("enrollment", "organizations", {}, by=by)["rows"]
        KEPT.update({row["path"]: (now + LASTS_SECONDS, row) for row in rows})
    return {path: named(path) for path in wanted}


def named(path: str) -> list[str]:
    steps = path.strip("/").split("/")
    above = ["/" + "/".join(steps[: place + 1]) + "/" for place in range(len(steps))]
    line = [KEPT[step][1] for step in above if step in KEPT]
    branch = next((place for place, one in enumerate(line) if one["kind"] == BRANCH), len(line) - 1)
    return [one["name"] for one in line[max(branch, 0) :]]
