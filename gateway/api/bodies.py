"""What bodies an address reads, and how large they may be."""

from typing import Any

import orjson
import yaml
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from services.contracts.refusal import Invalid, Refusal

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
MOST_FILE = 20 * MEGABYTE
# No program takes more with one outcome.
MOST_FILES = 5
# Of form fields that are no files: 200,000 characters and what frames them.
MOST_FIELDS = 2 * MEGABYTE
MOST_DOCUMENT = 1 * MEGABYTE
# Levels of a document; a program has six.
DEEPEST = 32

JSON = ("application/json",)
FORM = ("multipart/form-data",)
PLAIN_FORM = ("application/x-www-form-urlencoded",)
YAML = ("application/yaml", "application/x-yaml", "text/yaml")
# Endpoint → the media types it reads, where that is not JSON.
READ = {
    "outcomes.submit": FORM + PLAIN_FORM,
    "outcomes.save_draft": FORM + PLAIN_FORM,
    "people.import_roster": FORM,
    "programs.publish": JSON + YAML,
    "programs.amend": JSON + YAML,
    "quizzes.publish_bank": JSON + YAML,
    "quizzes.publish": JSON + YAML,
}
# Endpoint → the most bytes it reads, where that is not MOST_BYTES.
MOST = {
    "outcomes.submit": MOST_FILES * MOST_FILE + MOST_FIELDS,
    "outcomes.save_draft": MOST_FILES * MOST_FILE + MOST_FIELDS,
    "programs.publish": MOST_DOCUMENT,
    "programs.amend": MOST_DOCUMENT,
    "quizzes.publish_bank": MOST_DOCUMENT,
    "quizzes.publish": MOST_DOCUMENT,
}


class WrongMedia(Refusal):
    """A body of a type that is not read here."""

    status = 415


class Unreadable(Refusal):
    """A body that is not what it says it is."""

    status = 400


def expect() -> None:
    """Before a request is read: refuses what would not be read, and sets its limit."""
    endpoint = request.endpoint or ""
    request.max_content_length = MOST.get(endpoint, MOST_BYTES)
    read = READ.get(endpoint, JSON)
    has_body = request.content_length or request.headers.get("Transfer-Encoding")
    if has_body and request.mimetype not in read:
        raise WrongMedia(
            "media_type",
            f"此地址只接受 {'、'.join(read)}",
            f"this address reads {', '.join(read)}",
            field="Content-Type",
        )
    if has_body and read == JSON:
        content = request.get_data()
        if len(content) >= MOST_BYTES:
            # A body that does not say its length is cut where it becomes too long.
            raise RequestEntityTooLarge
        parsed(content)


def document() -> dict[str, Any]:
    """A document, YAML or JSON, as JSON values."""
    content = request.get_data(cache=False)
    found = parsed(content) if request.mimetype in JSON else parsed_yaml(content)
    if not isinstance(found, dict):
        raise Invalid("type", "应为一组字段", "must be a mapping of fields")
    return found


def parsed(content: bytes) -> Any:
    """JSON values; raises `Unreadable` for what is no JSON, too deep or too large a number."""
    try:
        return orjson.loads(content)
    except ValueError as error:
        raise unreadable("JSON", error) from None


def parsed_yaml(content: bytes) -> Any:
    """The JSON values of YAML: dates become texts, what JSON does not have is `Unreadable`."""
    try:
        refuse_traps(content)
        return orjson.loads(orjson.dumps(yaml.load(content, yaml.CSafeLoader)))
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise unreadable("YAML", error) from None


def refuse_traps(content: bytes) -> None:
    """Raises `YAMLError` where reading YAML would unfold without end or nest without bottom."""
    depth = 0
    for event in yaml.parse(content, yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise yaml.YAMLError("nested too deeply")


def unreadable(form: str, error: Exception) -> Unreadable:
    """The refusal of a body, with the line where it broke, from 1."""
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else getattr(error, "lineno", None)
    zh, en = (f"，第 {line} 行", f", line {line}") if line else ("", "")
    return Unreadable(
        f"broken_{form.lower()}", f"不是可用的 {form}{zh}", f"this is no usable {form}{en}"
    )
