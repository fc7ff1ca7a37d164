"""Refusals as RFC 9457 problem+json. Nothing else leaves the gateway where something is wrong."""

from http import HTTPStatus
from typing import Any

import orjson
import structlog
from apiflask import APIFlask, HTTPError
from flask import Response, request
from werkzeug.exceptions import HTTPException

from gateway.api.words import PHRASES, broken_rules
from services.contracts.refusal import Refusal

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
LOCKED_SECONDS = 15 * 60


def register(app: APIFlask) -> None:
    """Has everything that is raised in an application told as a problem."""
    app.register_error_handler(Refusal, of_refusal)
    app.register_error_handler(HTTPError, of_validation)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(RecursionError, of_depth)
    app.register_error_handler(Exception, of_error)


def problem(
    status: int, errors: list[dict[str, Any]], headers: dict[str, str] | None = None
) -> Response:
    """The answer: the first error is its type and detail, all are listed."""
    first = errors[0]
    zh, en = PHRASES.get(status, ("请求未成功", HTTPStatus(status).phrase))
    body = {
        "type": f"urn:zhixing:problem:{first['code']}",
        "title": f"{zh} {en}",
        "status": status,
        "detail": f"{first['zh']} {first['en']}",
        "errors": errors,
    }
    return Response(orjson.dumps(body), status, headers, content_type=MEDIA_TYPE)


def of_refusal(refusal: Refusal) -> Response:
    """What a service or the gateway itself refuses."""
    told = refusal.to_data()
    headers = {}
    if told["status"] == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    elif told["status"] == HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = str(LOCKED_SECONDS)
    elif told["status"] == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="zhixing"'
    return problem(told["status"], told["errors"], headers)


def of_validation(error: HTTPError) -> Response:
    """A request that is not of its schema: every broken rule with its field."""
    return problem(error.status_code, broken_rules(error.detail))


def of_http(error: HTTPException) -> Response:
    """What the framework refuses: unknown addresses, methods, broken or large bodies."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return Response(status=status, headers=dict(error.get_headers()))
    zh, en = PHRASES.get(status, ("请求未成功", HTTPStatus(status).phrase))
    code = HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")
    headers = {
        name: value
        for name, value in error.get_headers()
        if name in ("Allow", "Retry-After", "WWW-Authenticate", "Content-Range")
    }
    return problem(status, [{"code": code, "field": None, "zh": zh, "en": en}], headers)


def of_depth(_: RecursionError) -> Response:
    """A body nested deeper than anything we read."""
    zh, en = "内容嵌套过深", "the body is nested too deeply"
    return problem(400, [{"code": "too_deep", "field": None, "zh": zh, "en": en}])


def of_error(error: Exception) -> Response:
    """A fault of ours: logged by its kind, told without it."""
    log.exception("request failed", method=request.method, endpoint=request.endpoint)
    zh, en = PHRASES[500]
    return problem(500, [{"code": "internal_error", "field": None, "zh": zh, "en": en}])
