"""What people ask enrollment to do."""

from base64 import b64decode
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from services.contracts.calendar import local_day
from services.contracts.enrollment import (
    ACCOUNT_LINKED,
    CATEGORY_ENTERED,
    ENROLLMENT_WITHDRAWN,
    MEMBER_DESCRIBED,
    MEMBER_PLACED,
    MEMBER_REGISTERED,
    ORGANIZATION_PLACED,
    PROGRAM_AMENDED,
    PROGRAM_PUBLISHED,
)
from services.contracts.envelope import Event, derived_id
from services.contracts.principal import ADMINISTRATOR, SECRETARY, TRAINER
from services.contracts.refusal import Forbidden
from services.enrollment import errors, handlers, repository
from services.enrollment.domain.amendment import amended, plan_amendment
from services.enrollment.domain.plan import Plan
from services.enrollment.domain.program import plan_program, program_id
from services.enrollment.domain.roster import plan_roster
from services.enrollment.sheets import SheetRefused, read_sheet
from services.messaging import ledger
from services.messaging.doors import Call


def import_roster(session: Session, call: Call) -> dict[str, Any]:
    """Takes a roster, Excel or CSV, or with `dry_run` says what would change; a report per row."""
    if not call.principal.may(ADMINISTRATOR):
        raise Forbidden
    repository.alone(session)
    try:
        rows = read_sheet(b64decode(call.body["content"]), call.body["name"])
    except SheetRefused as refusal:
        raise errors.refused("sheet_refused", [refusal.message]) from None
    day = local_day(call.now).isoformat()
    plan = plan_roster(rows, repository.known(session), derive=derived_id, on=day)
    if plan.refusals:
        raise errors.refused("roster_refused", plan.refusals)
    if not call.body["dry_run"]:
        handlers.tell(session, list(roster_facts(call, plan)))
    return report(plan, dry_run=call.body["dry_run"])


def roster_facts(call: Call, plan: Plan) -> Iterable[Event]:
    """What a plan changes, as facts."""
    changes: tuple[tuple[str, tuple[Any, ...]], ...] = (
        (ORGANIZATION_PLACED, plan.organizations),
        (MEMBER_REGISTERED, plan.registered),
        (MEMBER_DESCRIBED, plan.described),
        (MEMBER_PLACED, plan.placed),
        (CATEGORY_ENTERED, plan.categories),
        (ACCOUNT_LINKED, plan.accounts),
    )
    for type_, commands in changes:
        for command in commands:
            data = command._asdict()
            subject = data.pop("subject")
            fact = call.fact(type_, subject, data)
            # One call may tell two facts of a type about one member.
            yield fact._replace(id=derived_id(fact.id, *sorted(map(str, data.values()))))


def report(plan: Plan, *, dry_run: bool) -> dict[str, Any]:
    """What becomes of each row, and how many of each."""
    counts = {"added": 0, "changed": 0, "unchanged": 0, "refused": 0}
    for row in plan.rows:
        counts[row.status] += 1
    return {
        "dry_run": dry_run,
        "counts": counts,
        "rows": [
            {
                "row": row.row,
                "status": row.status,
                "messages": [message._asdict() for message in row.messages],
            }
            for row in plan.rows
        ],
    }


def publish_program(session: Session, call: Call) -> dict[str, Any]:
    """Publishes a program document as the next version; its audience is enrolled by itself."""
    if not call.principal.may(TRAINER, ADMINISTRATOR):
        raise Forbidden
    repository.alone(session)
    code = str(call.body["document"].get("code"))
    versions = {
        program.data["version"]: program.data
        for program in repository.published(session).values()
        if program.data["code"] == code
    }
    version = max(versions, default=0) + 1
    data, refusals = plan_program(
        call.body["document"],
        version=version,
        organizations=repository.organizations(session),
        derive=derived_id,
    )
    if data is None:
        raise errors.refused("program_refused", refusals)
    if versions and versions[version - 1] == data | {"version": version - 1}:
        raise errors.no_program_changes(code, version - 1)
    id_ = program_id(code, version, derived_id)
    handlers.tell(session, [call.fact(PROGRAM_PUBLISHED, id_, data)])
    return {"id": id_, "code": code, "version": version}


def amend_program(session: Session, call: Call) -> dict[str, Any]:
    """Moves texts and dates of a published version; all else of it is fixed."""
    if not call.principal.may(TRAINER, ADMINISTRATOR):
        raise Forbidden
    repository.alone(session)
    id_ = call.body["program_id"]
    published = repository.published(session).get(id_)
    if published is None:
        raise errors.no_program()
    standing = amended(published.data, repository.amended(session).get(id_, {}))
    data, refusals = plan_amendment(call.body["document"], standing)
    if data is None:
        raise errors.refused("amendment_refused", refusals)
    fact = call.fact(PROGRAM_AMENDED, id_, data)
    handlers.tell(session, [fact])
    return {"id": fact.id}


def withdraw_enrollment(session: Session, call: Call) -> dict[str, Any]:
    """Ends a part in a program, with the reason; withdrawn already, it answers the same."""
    repository.alone(session)
    found = repository.enrollment(session, call.body["enrollment_id"])
    if found is None or not call.principal.reads(found.path):
        raise errors.no_enrollment()
    if not call.principal.may(TRAINER, SECRETARY, ADMINISTRATOR, at=found.path):
        raise Forbidden
    before = ledger.said_of(session, [found.id], (ENROLLMENT_WITHDRAWN,))
    if before:
        return {"id": before[0].id}
    fact = call.fact(ENROLLMENT_WITHDRAWN, found.id, {"reason": call.body["reason"]})
    handlers.tell(session, [fact])
    return {"id": fact.id}
