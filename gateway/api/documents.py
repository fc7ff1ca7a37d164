"""/api/docs: the OpenAPI document as a page, with nothing fetched from anywhere else."""

from typing import Any

from apiflask import APIBlueprint
from flask import current_app, make_response, render_template
from werkzeug.wrappers import Response

documents = APIBlueprint("documents", __name__, template_folder="templates", enable_openapi=False)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
REFERENCE = "#/components/schemas/"


@documents.get("/api/docs")
def docs() -> Response:
    spec: dict[str, Any] = current_app.spec  # type: ignore[attr-defined]
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                told = {"method": method.upper(), "path": path} | operation
                groups.setdefault(operation.get("tags", ["other"])[0], []).append(told)
    page = render_template("api_docs.html", spec=spec, groups=groups, schema_name=schema_name)
    response = make_response(page)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def schema_name(content: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Media type → the name of its schema, where it has one."""
    return [
        (media, told.get("schema", {}).get("$ref", "").removeprefix(REFERENCE) or None)
        for media, told in content.items()
    ]
