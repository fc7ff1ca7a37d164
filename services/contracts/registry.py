"""All event types, and how a fact is checked against its type.

A contract is a marshmallow schema. On the hot path the same schema, written as
JSON Schema by apispec, is compiled by fastjsonschema; a property test proves
that both agree.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeVar

import fastjsonschema
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from services.contracts.envelope import SPECVERSION, Event, from_json
from services.contracts.fields import FORMATS, INSTANT, UUID

S = TypeVar("S", bound=type[Schema])

ENVELOPE: dict[str, Any] = {
    "type": "object",
    "required": ["specversion", "id", "type", "source", "subject", "time", "data"],
    "properties": {
        "specversion": {"enum": [SPECVERSION]},
        "id": {"type": "string", "pattern": UUID},
        "type": {"type": "string", "minLength": 1},
        "source": {"type": "string", "minLength": 1},
        "subject": {"type": "string", "pattern": UUID},
        "time": {"type": "string", "pattern": INSTANT},
        "data": {"type": "object"},
        "causationid": {"type": "string", "pattern": UUID},
        "traceparent": {"type": "string"},
        "position": {"type": "integer", "minimum": 1},
    },
}


class Contract(NamedTuple):
    """What is published about one version of one event type.

    `about` names the fields of `data` that hold the ids of further subjects,
    those about which this fact lets something be concluded. `within` names the
    field that holds the group its subject belongs to, for good. `group`: its
    subject is such a group. `conclusion`: it is drawn again whenever more is
    known, and of all about a subject the one with the largest `basis` in its
    data stands; equal ones go to the larger id.
    """

    type: str
    schema: Schema
    about: tuple[str, ...]
    within: str | None
    group: bool
    conclusion: bool


class Invalid(ValueError):
    """A fact that does not keep its contract; the message names the field and the rule."""


CONTRACTS: dict[str, Contract] = {}
UPCASTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def event(
    type_: str,
    *,
    about: tuple[str, ...] = (),
    within: str | None = None,
    group: bool = False,
    conclusion: bool = False,
) -> Callable[[S], S]:
    """Publishes the decorated schema as the contract of `type_`."""

    def publish(schema: S) -> S:
        CONTRACTS[type_] = Contract(type_, schema(), about, within, group, conclusion)
        return schema

    return publish


def json_schema(schema: Schema) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12, as OpenAPI 3.1 has it) of a marshmallow schema."""
    plugin = MarshmallowPlugin(schema_name_resolver=lambda _: None)
    APISpec("zhixing", "1", "3.1.0", plugins=[plugin])
    assert plugin.converter is not None
    written: dict[str, Any] = plugin.converter.schema2jsonschema(schema)
    return written


def announcer(type_: str) -> str:
    """The service that announces an event type; the intake is a room of the gateway."""
    service = type_.split(".", 1)[0]
    return "gateway" if service == "intake" else service


def upcast(type_: str, convert: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Envelopes of `type_`, an older version, are read as what `convert` makes of them."""
    UPCASTS[type_] = convert


@cache
def compiled(type_: str) -> Callable[[dict[str, Any]], Any]:
    """The checker of one event type's envelope and data."""
    data = json_schema(CONTRACTS[type_].schema)
    whole = {**ENVELOPE, "properties": {**ENVELOPE["properties"], "data": data}}
    checker: Callable[[dict[str, Any]], Any] = fastjsonschema.compile(
        {**DRAFT, **whole}, formats=FORMATS, use_default=False
    )
    return checker


# In the drafts after this one 1.0 is an integer.
DRAFT = {"$schema": "http://json-schema.org/draft-04/schema#"}
bare = fastjsonschema.compile({**DRAFT, **ENVELOPE}, use_default=False)


def read(envelope: dict[str, Any]) -> Event:
    """The fact in an envelope; raises `Invalid` where a contract is not kept."""
    type_ = envelope.get("type")
    try:
        if not isinstance(type_, str):
            raise Invalid("type: must be a text")
        while type_ in UPCASTS:
            bare(envelope)
            envelope = UPCASTS[type_](envelope)
            type_ = envelope["type"]
        if type_ not in CONTRACTS:
            bare(envelope)
            raise Invalid(f"type: no contract is known for {type_!r}")
        compiled(type_)(envelope)
        return from_json(envelope)
    except fastjsonschema.JsonSchemaValueException as refusal:
        raise Invalid(refusal.message) from None
    except ValueError as refusal:
        raise refusal if isinstance(refusal, Invalid) else Invalid(f"time: {refusal}") from None
