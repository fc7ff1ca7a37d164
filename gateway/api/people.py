"""Organizations, members and the roster they come from."""

from base64 import b64encode
from typing import Any

from apiflask import APIBlueprint

from gateway.api import answers, requests
from gateway.api.context import auth, tell
from gateway.api.paging import Page, all_rows, asked_rows

people = APIBlueprint("people", __name__, url_prefix="/api/v1", tag="people")


@people.get("/organizations")
@people.auth_required(auth)
@people.input(Page, location="query")
@people.output(answers.rows(answers.Organization))
@people.doc(summary="党组织 · The organizations one reads")
def organizations(query_data: dict[str, Any]) -> dict[str, Any]:
    return all_rows("enrollment", "organizations", query_data)


@people.get("/members")
@people.auth_required(auth)
@people.input(Page, location="query")
@people.output(answers.rows(answers.Member))
@people.doc(summary="学员 · The members of the organizations one reads")
def members(query_data: dict[str, Any]) -> dict[str, Any]:
    return asked_rows("enrollment", "members", query_data, id_="id")


@people.post("/roster")
@people.auth_required(auth)
@people.input(requests.DryRun, location="query")
@people.input(requests.RosterFile, location="files")
@people.output(answers.RosterReport)
@people.doc(summary="导入名册 · Import a roster, or say what would change")
def import_roster(query_data: dict[str, Any], files_data: dict[str, Any]) -> Any:
    """Excel, or CSV in UTF-8 or GB18030. Nobody is deleted for being absent from the file."""
    sheet = files_data["file"]
    body = {
        "content": b64encode(sheet.read()).decode(),
        "name": sheet.filename or "",
        "dry_run": query_data["dry_run"],
    }
    return tell("enrollment", "import_roster", body)
