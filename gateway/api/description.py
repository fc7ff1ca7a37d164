"""What the OpenAPI document says beyond what is read off the addresses."""

from typing import Any

from apiflask import APIFlask

from gateway.api.words import PHRASES

ABOUT = (
    "党员教育培训系统的接口。令牌来自 POST /api/v1/tokens；列表以 limit 和 cursor 翻页；"
    "写操作接受 Idempotency-Key；错误为 RFC 9457 problem+json。\n\n"
    "Bearer tokens come from POST /api/v1/tokens; lists are paged by limit and cursor; "
    "writes take Idempotency-Key; errors are RFC 9457 problem+json."
)
WRITES = ("post", "put", "patch", "delete")
# Said of every address, of those with a token, of those with a body or path.
ALWAYS, WITH_TOKEN, WRITING = (500, 503), (401, 403, 404), (400, 409, 413, 415, 422)

ERROR = {
    "type": "object",
    "required": ["code", "field", "zh", "en"],
    "properties": {
        "code": {"type": "string", "description": "The rule, for programs."},
        "field": {"type": ["string", "null"], "description": "The part of the request."},
        "zh": {"type": "string"},
        "en": {"type": "string"},
    },
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457.",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
    },
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and content is carried out once and answered the same.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
BINARY = {"schema": {"type": "string", "format": "binary"}}
DOCUMENT = {"schema": {"type": "object", "description": "A program, a bank or a quiz."}}
# Operation → what it reads or tells that no schema of ours says.
READS = {
    (f"/api/v1/{what}", "post"): {"application/json": DOCUMENT, "application/yaml": DOCUMENT}
    for what in ("programs", "banks", "quizzes")
}
TELLS = {
    "/api/v1/enrollments/{enrollment_id}/outcome/text": {"text/plain": BINARY},
    "/api/v1/enrollments/{enrollment_id}/outcome/file": {"application/octet-stream": BINARY},
    "/api/v1/reviews/{assignment_id}/text": {"text/plain": BINARY},
    "/api/v1/reviews/{assignment_id}/file": {"application/octet-stream": BINARY},
    "/api/v1/certificates/{serial}.pdf": {"application/pdf": BINARY},
    "/metrics": {"text/plain": {"schema": {"type": "string"}}},
    "/healthz": {"application/json": {"schema": {"type": "object"}}},
    "/readyz": {"application/json": {"schema": {"type": "object"}}},
}
MACHINES = ("/healthz", "/readyz", "/metrics")


def register(app: APIFlask) -> None:
    """Completes the document of an application."""
    app.description = ABOUT
    app.config.update(
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        AUTO_OPERATION_ID=True,
        SERVERS=[{"url": app.config["PUBLIC_URL"]}],
    )
    app.spec_processor(complete)


def complete(spec: dict[str, Any]) -> dict[str, Any]:
    """Adds problems, Idempotency-Key, documents and files."""
    components = spec.setdefault("components", {})
    components.setdefault("schemas", {}).update(Problem=PROBLEM, ProblemError=ERROR)
    components["responses"] = {f"Problem{status}": response(status) for status in PHRASES}
    components["parameters"] = {"IdempotencyKey": KEY}
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                complete_operation(path, method, operation)
    return spec


def complete_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if path in TELLS and method == "get":
        responses["200"] = {"description": "", "content": TELLS[path]}
    if (path, method) in READS:
        operation["requestBody"] = {"required": True, "content": READS[path, method]}
    if path in MACHINES:
        return
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    if method in WRITES and path.startswith("/api/v1/") and operation.get("security"):
        operation.setdefault("parameters", []).append(
            {"$ref": "#/components/parameters/IdempotencyKey"}
        )
    for status in problems_of(path, method, operation):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}


def problems_of(path: str, method: str, operation: dict[str, Any]) -> set[int]:
    """The statuses of problems an operation may answer with."""
    told = set(ALWAYS)
    told |= {int(status) for status in operation["responses"] if int(status) >= 400}
    if operation.get("security"):
        told.update(WITH_TOKEN)
    if "{" in path:
        told.add(404)
    if method in WRITES:
        told.update(WRITING)
    if operation.get("parameters"):
        told.add(422)
    return told & PHRASES.keys()


def response(status: int) -> dict[str, Any]:
    """The description of a problem's response."""
    zh, en = PHRASES[status]
    said: dict[str, Any] = {
        "description": f"{zh} {en}",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    if status in (429, 503):
        said["headers"] = {
            "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}
        }
    return said
