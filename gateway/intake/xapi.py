"""The xAPI door: statements of partners, 1.0.3 and 2.0 (IEEE 9274.1.1).

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md
"""

import re
import time
from datetime import UTC, datetime
from typing import Any

import orjson
from apiflask import APIBlueprint
from flask import Response, current_app, request
from sqlalchemy import Row

from gateway.api.context import database
from gateway.intake import Received, Refused, errors, inside, repository
from gateway.intake.body import MOST_STATEMENTS, read_body, read_json
from gateway.intake.credentials import Directory
from gateway.intake.repository import Unusable
from gateway.intake.statements import read_statement
from gateway.intake.store import Request, Store, Verdict
from services.contracts.envelope import instant
from services.contracts.refusal import NotFound
from services.messaging import trace

VERSION = "X-Experience-API-Version"
CONSISTENT = "X-Experience-API-Consistent-Through"
VERSIONS = ("1.0.3", "2.0.0")
TAKEN = re.compile(r"1\.0(\.[0-9]+)?|2\.0(\.[0-9]+)?")
DOOR = "xapi"
JSON = "application/json"
# Statements checked before other requests have their turn.
AT_ONCE = 100


def blueprint(directory: Directory, store: Store) -> APIBlueprint:
    """The statements resource and the about resource."""
    door = APIBlueprint("xapi", __name__, url_prefix="/xapi", tag="xAPI")

    @door.after_request
    def say_version(response: Response) -> Response:
        response.headers[VERSION] = answering_version()
        if response.status_code == 401:
            response.headers["WWW-Authenticate"] = 'Basic realm="xAPI", charset="UTF-8"'
        return response

    @door.get("/about")
    @door.doc(summary="支持的 xAPI 版本 · The xAPI versions taken here", security=[])
    def about() -> Response:
        return answer({"version": list(VERSIONS), "extensions": {}})

    @door.post("/statements")
    @door.doc(summary="提交一条或一批语句 · Store one statement or several, all or none")
    def post_statements() -> Response:
        partner = sender(directory)
        parameters()
        body = read_body()
        return answer(keep(store, partner, body, None))

    @door.put("/statements")
    @door.doc(summary="按标识提交语句 · Store a statement under its id")
    def put_statement() -> Response:
        partner = sender(directory)
        statement_id = parameters("statementId")["statementId"]
        body = read_body()
        keep(store, partner, body, statement_id)
        return Response(status=204)

    @door.get("/statements")
    @door.doc(summary="按标识取语句 · The statement with an id")
    def get_statement() -> Response:
        partner = sender(directory)
        statement_id = parameters("statementId", "format", "attachments")["statementId"].lower()
        with database().begin() as session:
            found = repository.statement(session, partner, statement_id)
        if found is None:
            raise NotFound("no_statement", "没有这条语句", "there is no such statement")
        return answer(stored_form(partner, statement_id, found))

    return door


def sender(directory: Directory) -> str:
    """The partner who asks, in a version of xAPI that is taken here."""
    partner = directory.by_authorization(database(), request.headers.get("Authorization"))
    if not TAKEN.fullmatch(request.headers.get(VERSION, "")):
        raise errors.BadRequest(
            "version",
            "须以此标头说明 xAPI 版本：1.0.x 或 2.0.x",
            "this header must name the version of xAPI: 1.0.x or 2.0.x",
            field=VERSION,
        )
    return partner


def answering_version() -> str:
    """The version of an answer: the newest patch of the one asked for."""
    return VERSIONS[request.headers.get(VERSION, "").startswith("2.")]


def parameters(*names: str) -> dict[str, str]:
    """The query's parameters; the first name must be given, others than these must not."""
    given: dict[str, str] = request.args.to_dict()
    for name in given:
        if name not in names:
            raise errors.BadRequest(
                "parameter", "此处没有这个参数", "there is no such parameter here", field=name
            )
    for name in names[:1]:
        if not given.get(name):
            raise errors.BadRequest("missing", "缺少此参数", "this is missing", field=name)
    return given


def keep(store: Store, partner: str, body: bytes, statement_id: str | None) -> list[str]:
    """Stores what a body says, all or nothing; the ids of its statements in the order sent.

    `statement_id` is given for the one statement of a PUT. Raises `BadRequest`
    naming the statement, the property and the rule, and `Conflict` where an id
    is known with other content; the body is then put aside for the operator.
    """
    if request.mimetype != JSON:
        raise errors.WrongMedia(
            "media_type",
            "请以 application/json 提交；附件请用 fileUrl",
            "send application/json; attachments by their fileUrl",
            field="Content-Type",
        )
    try:
        content = read_json(body)
        if statement_id is None:
            statements = read_statements(content, partner)
        else:
            statements = [read_named(content, partner, statement_id)]
        traceparent = trace.begin(request.headers.get("traceparent"))
        sent = Request(partner, DOOR, statements, True, traceparent)
        verdicts = store.keep(database(), sent)
        if Verdict.CONFLICT in verdicts:
            place = verdicts.index(Verdict.CONFLICT)
            raise KnownOtherwise(f"[{place}].id" if isinstance(content, list) else "id")
    except Refused as refusal:
        with database().begin() as session:
            repository.put_aside(session, [unusable(partner, body, refusal)])
        if isinstance(refusal, KnownOtherwise):
            raise errors.conflict(refusal) from None
        raise errors.refused(refusal) from None
    return [one.statement_id for one in statements]


class KnownOtherwise(Refused):
    """The id of a statement is known with another content."""

    def __init__(self, field: str) -> None:
        super().__init__(field, "此标识已有另一内容。", "This id is known with other content.")


def read_statements(content: Any, partner: str) -> list[Received]:
    """The statements of a POST; raises `Refused` at the first that breaks a rule."""
    now = datetime.now(UTC)
    if not isinstance(content, list):
        return [read_statement(content, partner=partner, now=now)]
    if len(content) > MOST_STATEMENTS:
        raise errors.too_many(MOST_STATEMENTS)
    received = []
    for place, statement in enumerate(content, start=1):
        if not place % AT_ONCE:
            time.sleep(0)
        try:
            received.append(read_statement(statement, partner=partner, now=now))
        except Refused as refusal:
            raise inside(f"[{place - 1}]", refusal) from None
    return received


def read_named(content: Any, partner: str, statement_id: str) -> Received:
    """The statement of a PUT, which may leave out its id; raises `Refused` where ids differ."""
    if isinstance(content, dict):
        given = content.setdefault("id", statement_id)
        if not isinstance(given, str) or given.lower() != statement_id.lower():
            raise Refused("id", "与 statementId 不符。", "This differs from statementId.")
    return read_statement(content, partner=partner, now=datetime.now(UTC))


def unusable(partner: str, body: bytes, refusal: Refused) -> Unusable:
    return Unusable(partner, DOOR, None, JSON, {}, body, refusal.field, refusal.zh, refusal.en)


def stored_form(partner: str, statement_id: str, found: Row[Any]) -> dict[str, Any]:
    """A statement as it was sent, with what the store adds (xAPI 1.0.3, Data 2.1)."""
    sent: dict[str, Any] = orjson.loads(found.statement)
    store = {"homePage": current_app.config["PUBLIC_URL"], "name": partner}
    return (
        {"timestamp": instant(found.time), "version": "1.0.0"}
        | sent
        | {
            "id": statement_id,
            "stored": instant(found.received_at),
            "authority": {"objectType": "Agent", "account": store},
        }
    )


def answer(content: Any) -> Response:
    """A JSON answer; all that is answered for is committed, so it is consistent through now."""
    response = Response(orjson.dumps(content), mimetype=JSON)
    response.headers[CONSISTENT] = instant(datetime.now(UTC))
    return response
