"""`make docs`: AsyncAPI, OpenAPI and the settings table, written from the code."""

import json
from pathlib import Path
from typing import Any

from services import contracts
from services.contracts.registry import CONTRACTS, ENVELOPE, announcer, json_schema
from zhixing.settings import TABLE, read

DOCS = Path(__file__).parent.parent / "docs"
VERSION = "0.1.0"


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document of all facts: https://www.asyncapi.com/docs/reference/specification/v3.0.0."""
    channels, operations, messages = {}, {}, {}
    for type_, contract in sorted(CONTRACTS.items()):
        messages[type_] = {
            "name": type_,
            "contentType": "application/cloudevents-batch+json",
            "summary": (type(contract.schema).__doc__ or "").strip().splitlines()[0],
            "payload": {"type": "array", "items": envelope(type_)},
        }
        channels[type_] = {
            "address": type_,
            "messages": {"fact": {"$ref": f"#/components/messages/{type_}"}},
            "bindings": {
                "amqp": {
                    "is": "routingKey",
                    "exchange": {"name": "training.facts", "type": "topic", "durable": True},
                }
            },
        }
        operations[f"{announcer(type_)}.announces.{type_}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{type_}"},
        }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Zhixing 知行: facts", "version": VERSION},
        "defaultContentType": "application/cloudevents-batch+json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def envelope(type_: str) -> dict[str, Any]:
    """The JSON Schema of one fact of a type."""
    properties = {**ENVELOPE["properties"], "type": {"const": type_}}
    return {**ENVELOPE, "properties": properties | {"data": json_schema(CONTRACTS[type_].schema)}}


def settings_table() -> str:
    """All settings, in Markdown."""
    rows = [
        f"| `{setting.name}` | {f'`{setting.default}`' if setting.default else '–'} "
        f"| {setting.meaning} |"
        for setting in TABLE
    ]
    head = [
        "# Settings",
        "",
        "Environment variables, checked at start. Written by `make docs`.",
        "",
    ]
    return "\n".join([*head, "| variable | default | meaning |", "|---|---|---|", *rows, ""])


def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the gateway."""
    from zhixing import green  # noqa: F401, I001
    from gateway.api.app import create_app
    from services.messaging.database import Database

    quiet = read({"ZHIXING_SECRET_KEY": "0" * 32, "ZHIXING_ADMIN_PASSWORD": "none"})
    # Nothing is asked of the database before the first request.
    spec: dict[str, Any] = create_app(quiet.nameko({}), Database()).spec
    return spec


def write() -> None:
    """Writes every generated document."""
    assert contracts.__all__
    DOCS.mkdir(exist_ok=True)
    for name, document in (("asyncapi.json", asyncapi()), ("openapi.json", openapi())):
        text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
        (DOCS / name).write_text(text + "\n", encoding="utf-8")
    (DOCS / "settings.md").write_text(settings_table(), encoding="utf-8")


if __name__ == "__main__":
    write()
