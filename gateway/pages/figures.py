"""What a record says, arranged for reading."""

from decimal import Decimal
from typing import Any


def page_of(record: dict[str, Any], program: dict[str, Any] | None) -> dict[str, Any]:
    """A record with what pages count from it, and its program version where it is at hand.

    `gates` has the unmet ones first; `certificate` is the last one issued.
    """
    modules, score = record["modules"], record["score"]
    gates = score["gates"] if score else []
    return record | {
        "document": program,
        "completed": sum(1 for module in modules if module["completed_at"]),
        "hours_offered": format(sum(Decimal(module["hours"]) for module in modules), "f"),
        "gates": sorted(gates, key=lambda gate: bool(gate["met"])),
        "gates_met": sum(1 for gate in gates if gate["met"]),
        "certificate": record["certificates"][-1] if record["certificates"] else None,
        "timeline": timeline(record),
    }


def timeline(record: dict[str, Any]) -> list[dict[str, str]]:
    """What happened when, oldest first; `what` is opened, completed or issued."""
    happened = [{"at": record["opened_at"], "what": "opened", "title": record["program"]["title"]}]
    happened += [
        {"at": module["completed_at"], "what": "completed", "title": module["title"]}
        for module in record["modules"]
        if module["completed_at"]
    ]
    happened.sort(key=lambda one: one["at"])
    return happened + [
        {"at": one["issued_on"], "what": "issued", "title": one["serial"]}
        for one in record["certificates"]
    ]
