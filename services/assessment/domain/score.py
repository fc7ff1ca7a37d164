"""A score follows from a program and what is known of one enrollment."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.assessment.domain.amounts import decimal, plain
from services.assessment.domain.gates import Gate, gates
from services.assessment.domain.known import Known
from services.assessment.domain.outcome import outcome_part
from services.assessment.domain.parts import Part, add_up, discussion_part, module_part
from services.assessment.domain.peers import awaits_referee, is_judged
from services.assessment.domain.program import Program
from services.assessment.domain.progress import progress
from services.assessment.domain.reviewing import reviewing_part
from services.assessment.domain.scheme import Scheme

# The version of the rules a score is drawn by: raise it whenever `draw` would say something else.
RULES = "2"


@dataclass(frozen=True, slots=True)
class Score:
    """A total of 0–100 with its parts and gates.

    `hours`: of all completed modules of the program, also of those that
    earn no points; `basis`: how many facts it was drawn from.
    """

    program_id: str
    hours: Decimal
    total: Decimal
    passed: bool
    final: bool
    basis: int
    parts: tuple[Part, ...]
    gates: tuple[Gate, ...]


def draw(program: Program, known: Known) -> Score:
    """The score of one enrollment, whatever the order its facts came in.

    Final: the review window is closed, and the outcome, if one was handed in,
    waits neither for its first mark nor for a referee. Passed: the score is
    final, every gate is met and the total, cut to two decimal places, is at
    least the scheme's pass mark.
    """
    scheme = program.scheme
    theory = progress(program.theory, known.completed)
    practice = progress(program.practice, known.completed)
    uncut = [
        module_part("theory", theory),
        module_part("practice", practice),
        discussion_part(scheme, known),
        outcome_part(scheme, known),
    ]
    if scheme.reviewing:
        uncut.append(reviewing_part(scheme, known))
    total, parts = add_up(uncut)
    conditions = gates(scheme, known, theory, practice)
    final = known.closed and is_settled(scheme, known)
    return Score(
        program_id=known.program_id,
        hours=decimal(sum(map(program.hours.__getitem__, program.ids & known.completed))),
        total=total,
        passed=final and total >= scheme.pass_mark and all(gate.met for gate in conditions),
        final=final,
        basis=known.basis,
        parts=parts,
        gates=conditions,
    )


def is_settled(scheme: Scheme, known: Known) -> bool:
    """Whether nobody is still to mark the outcome."""
    if not (scheme.outcome and known.outcome):
        return True
    return is_judged(known) and not awaits_referee(scheme, known)


def as_data(score: Score) -> dict[str, Any]:
    """The score as `data` of `assessment.score_drawn.v1`; decimals are plain texts."""
    return {
        "program_id": score.program_id,
        "hours": plain(score.hours),
        "total": format(score.total, "f"),
        "passed": score.passed,
        "final": score.final,
        "basis": score.basis,
        "rules": RULES,
        "parts": [
            {
                "code": part.code,
                "points": format(part.points, "f"),
                "most": format(part.most, "f"),
                "zh": part.zh,
                "en": part.en,
            }
            for part in score.parts
        ],
        "gates": [
            {"code": gate.code, "met": gate.met, "zh": gate.zh, "en": gate.en}
            for gate in score.gates
        ],
    }
