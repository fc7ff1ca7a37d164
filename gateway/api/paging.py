"""Lists: `{"rows", "next"}`, `limit` and `cursor`."""

from typing import Any

from apiflask import Schema
from marshmallow import fields, validate

from gateway.api.context import ask

MOST_ROWS = 200


class Page(Schema):
    """Which rows: `cursor` is the `next` of the page before."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST_ROWS))
    cursor = fields.UUID(load_default=None)


class OfPrograms(Page):
    """Which rows: one's own or those one reads, of one program version or of all."""

    mine = fields.Boolean(load_default=False)
    program_id = fields.UUID(load_default=None)


def asked_rows(owner: str, query: str, wanted: dict[str, Any], *, id_: str) -> dict[str, Any]:
    """A page of a service's rows, which are in the order of `id_`."""
    most = wanted["limit"]
    body = {
        name: str(value) if name == "program_id" and value else value
        for name, value in wanted.items()
        if name not in ("limit", "cursor")
    }
    cursor = str(wanted["cursor"]) if wanted["cursor"] else None
    # One more than asked for tells whether there is a next page.
    rows = ask(owner, query, body | {"after": cursor, "most": most + 1})["rows"]
    return cut(rows, most, id_)


def all_rows(
    owner: str,
    query: str,
    wanted: dict[str, Any],
    *,
    id_: str = "id",
    asked: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A page of rows that a service tells all at once, in an order of its own."""
    rows = ask(owner, query, asked or {})["rows"]
    if wanted["cursor"]:
        ids = [row[id_] for row in rows]
        cursor = str(wanted["cursor"])
        rows = rows[ids.index(cursor) + 1 :] if cursor in ids else []
    return cut(rows, wanted["limit"], id_)


def cut(rows: list[dict[str, Any]], most: int, id_: str) -> dict[str, Any]:
    """The first rows, and the last one's id where more follow."""
    return {"rows": rows[:most], "next": rows[most - 1][id_] if len(rows) > most else None}
