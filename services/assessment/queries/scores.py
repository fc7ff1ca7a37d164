"""Scores: as they stand, as they were, as they would be."""

from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.assessment import cohort, errors, handlers, repository
from services.assessment.domain.program import read_program
from services.assessment.domain.scheme import read_scheme
from services.assessment.domain.scheme_check import check_scheme
from services.assessment.domain.score import RULES, draw
from services.contracts.assessment import SCORE_DRAWN
from services.contracts.enrollment import PROGRAM_PUBLISHED
from services.contracts.envelope import Event
from services.contracts.principal import ADMINISTRATOR, SECRETARY, TRAINER
from services.contracts.refusal import Forbidden
from services.messaging import ledger
from services.messaging.doors import Call

SCORE = text("""
    SELECT CAST(data AS text) FROM scores JOIN outbox ON outbox.id = score_id
    WHERE enrollment_id = CAST(:id AS uuid)
""")
HISTORY = text("""
    SELECT CAST(outbox.id AS text) AS id, time, data ->> 'total' AS total,
           CAST(data ->> 'passed' AS boolean) AS passed,
           CAST(data ->> 'final' AS boolean) AS final,
           CAST(data ->> 'basis' AS integer) AS basis, data ->> 'rules' AS rules
    FROM outbox WHERE subject = CAST(:id AS uuid) AND type = :type
    ORDER BY CAST(data ->> 'basis' AS integer) DESC, outbox.id DESC LIMIT :most
""")
DRAWN = text("""
    SELECT CAST(outbox.data AS text) AS data, cohort, facts
    FROM drawings JOIN outbox ON outbox.id = score_id
    WHERE score_id = CAST(:score_id AS uuid) AND enrollment_id = CAST(:id AS uuid)
""")
MOST_HISTORY = 200
# The parts of a total that nobody judges.
LEARNED = ("theory", "practice", "discussion")
MOST_TRIED = 2_000


def score(session: Session, call: Call) -> dict[str, Any]:
    """The standing score of an enrollment, to its member and to who reads its organization.

    A score that waits for a second person's check is told to staff only; its
    member is told so.
    """
    enrollment = visible(session, call)
    data = session.execute(SCORE, {"id": enrollment.id}).scalar()
    if data is None:
        raise errors.no_program()
    told = orjson.loads(data)
    held = is_withheld(session, call, enrollment)
    if held:
        told |= {"total": None, "passed": False, "final": False, "gates": []}
        told["parts"] = [part for part in told["parts"] if part["code"] in LEARNED]
    return {"enrollment_id": enrollment.id, "held": held, **told}


def scores(session: Session, call: Call) -> dict[str, Any]:
    """Standing scores by enrollment id: the caller's own, or of the organizations they read."""
    own = call.body.get("mine", False)
    if own and call.principal.member_id is None:
        return {"rows": []}
    rows = repository.scores(
        session,
        after=call.body.get("after"),
        most=call.body["most"],
        program_id=call.body.get("program_id"),
        member_id=call.principal.member_id if own else None,
        paths=None if own else call.principal.paths(),
    )
    return {"rows": [_short(session, call, row, own) for row in rows]}


def score_history(session: Session, call: Call) -> dict[str, Any]:
    """Every score that was drawn for an enrollment, the standing one first. For staff."""
    enrollment = visible(session, call)
    if not call.principal.reads(enrollment.path):
        raise Forbidden
    wanted = {"id": enrollment.id, "type": SCORE_DRAWN, "most": MOST_HISTORY}
    return {"rows": [row._asdict() for row in session.execute(HISTORY, wanted)]}


def replay_score(session: Session, call: Call) -> dict[str, Any]:
    """Draws a past score again from its facts, and says whether it came out the same.

    Raises `Conflict` where it was drawn by other rules than today's.
    """
    enrollment = visible(session, call)
    if not call.principal.reads(enrollment.path):
        raise Forbidden
    wanted = {"score_id": call.body["score_id"], "id": enrollment.id}
    row = session.execute(DRAWN, wanted).one_or_none()
    if row is None:
        raise errors.no_score()
    told = orjson.loads(row.data)
    if told.get("rules") != RULES:
        raise errors.other_rules(told.get("rules") or "1", RULES)
    again = drawn_again(session, enrollment, row)
    return {
        "score_id": call.body["score_id"],
        "same": ledger.content(again) == orjson.dumps(told, option=orjson.OPT_SORT_KEYS),
        "facts": again.data["basis"],
        **again.data,
    }


def drawn_again(session: Session, enrollment: Row[Any], row: Row[Any]) -> Event:
    """The score that follows from the facts a past one was drawn from."""
    facts = repository.facts_of(session, cohort.unpacked(row.facts))
    about_program = [fact for fact in facts if fact.subject == enrollment.program_id]
    program = repository.program_in(about_program)
    assert program is not None
    basis, found = None, cohort.NOTHING
    if row.cohort is not None:
        ids = cohort.kept(session, row.cohort)
        told = repository.facts_of(session, ids)
        reviews = cohort.standing(told)
        whole = cohort.of(cohort.drawn(program, told, reviews), program, reviews)
        basis, found = cohort.Basis(row.cohort, len(ids)), whole.get(enrollment.id, cohort.NOTHING)
    size = len(facts) + (basis.size if basis else 0)
    known = repository.known(
        enrollment.id,
        enrollment.program_id,
        facts,
        about_program,
        basis=size,
        agreed=found.agreed,
        given=found.given,
    )
    ordered = repository.basis(facts)
    return handlers.score(enrollment.id, program, known, ordered, basis, None)


def try_scheme(session: Session, call: Call) -> dict[str, Any]:
    """What scores would be by another scheme: nothing is saved. For trainers and administrators.

    `scheme` holds the fields that differ. Consensus methods need the whole
    cohort and are not tried here.
    """
    if not call.principal.holds(TRAINER, SECRETARY, ADMINISTRATOR):
        raise Forbidden
    program_id = call.body["program_id"]
    facts = repository.program_facts(session, [program_id]).get(program_id, [])
    published = repository.of_type(facts, PROGRAM_PUBLISHED)
    if published is None:
        raise errors.no_program()
    data = published.data | {"scheme": published.data["scheme"] | call.body["scheme"]}
    refusals = check_scheme(read_scheme(data["scheme"]))
    if refusals:
        raise errors.refused_scheme(refusals)
    tried = read_program(data)
    rows = repository.scores(
        session,
        after=None,
        most=MOST_TRIED,
        program_id=program_id,
        member_id=None,
        paths=call.principal.paths(),
    )
    ids = [row.enrollment_id for row in rows]
    known = ledger.known(session, ids)
    agreements = cohort.agreements(session, ids)
    compared = []
    for row in rows:
        found = agreements.get(row.enrollment_id, cohort.NOTHING)
        score = draw(
            tried,
            repository.known(
                row.enrollment_id,
                program_id,
                known[row.enrollment_id],
                facts,
                basis=1,
                agreed=found.agreed,
                given=found.given,
            ),
        )
        compared.append(
            {
                "enrollment_id": row.enrollment_id,
                "total": text_of(row.total),
                "passed": row.passed,
                "tried_total": format(score.total, "f"),
                "tried_passed": score.passed,
            }
        )
    return {
        "rows": compared,
        "passed": sum(row["passed"] for row in compared),
        "tried_passed": sum(row["tried_passed"] for row in compared),
    }


def visible(session: Session, call: Call) -> Row[Any]:
    """An enrollment the caller may read: the own, or where they read."""
    enrollment = repository.enrollment(session, call.body["enrollment_id"])
    if enrollment is None or not may_read(call, enrollment.member_id, enrollment.path):
        raise errors.no_enrollment()
    return enrollment


def may_read(call: Call, member_id: str, path: str) -> bool:
    """A member's own, or what lies where the caller reads."""
    return member_id == call.principal.member_id or call.principal.reads(path)


def is_withheld(session: Session, call: Call, row: Row[Any]) -> bool:
    """Whether what was judged is not yet for this reader: an own enrollment before its release."""
    if row.released or row.member_id != call.principal.member_id:
        return False
    facts = repository.program_facts(session, [row.program_id]).get(row.program_id, [])
    return repository.is_held(facts)


def text_of(total: Any) -> str | None:
    return None if total is None else format(total, "f")


def _short(session: Session, call: Call, row: Row[Any], own: bool) -> dict[str, Any]:
    told = row._asdict() | {"total": text_of(row.total)}
    if own and is_withheld(session, call, row):
        told |= {"total": None, "passed": None, "final": False}
    return told
