"""What holds of every score, whatever is known."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.assessment.domain.known import Known
from services.assessment.domain.program import Program
from services.assessment.domain.scheme_check import check_scheme
from services.assessment.domain.score import as_data, draw
from services.contracts.assessment import ScoreDrawn

from .builders import elective, group, id_, known, marking, module, program, review

CONTRACT = ScoreDrawn()
NUMBERS = range(2, 12)
HOURS = st.decimals("0.25", 12, places=2).map(str)
MARKS = st.decimals(0, 100, places=2)


@st.composite
def splits(draw_: Any, parts: int) -> list[str]:
    """So many decimals of two places that sum to 100."""
    cuts = sorted(draw_(st.lists(st.integers(0, 10_000), min_size=parts - 1, max_size=parts - 1)))
    bounds = zip([0, *cuts], [*cuts, 10_000], strict=True)
    return [str(Decimal(end - start) / 100) for start, end in bounds]


@st.composite
def modules(draw_: Any) -> list[dict[str, Any]]:
    return [
        draw_(st.sampled_from([module, elective]))(
            number,
            hours=draw_(HOURS),
            delivery=draw_(st.sampled_from(["online", "live", "offline"])),
            group=draw_(st.sampled_from(["A", "B", None])),
        )
        for number in draw_(st.lists(st.sampled_from(NUMBERS), unique=True))
    ]


@st.composite
def programs(draw_: Any) -> Program:
    theory, practice, discussion, outcome = draw_(splits(4))
    peers, own, staff = draw_(splits(3).filter(lambda shares: Decimal(shares[1]) < 100))
    rules = {"modules": st.none() | st.integers(0, 4), "hours": st.none() | HOURS}
    return program(
        *draw_(modules()),
        electives=tuple(group(code) | draw_(st.fixed_dictionaries(rules)) for code in "AB"),
        theory=theory,
        practice=practice,
        discussion=discussion,
        outcome=outcome,
        peer_share=peers,
        self_share=own,
        staff_share=staff,
        posts=draw_(st.integers(1, 8)),
        pass_mark=str(draw_(MARKS)),
        consensus=draw_(st.sampled_from(["mean", "median"])),
    )


MARKINGS = st.lists(
    st.builds(marking, MARKS, day=st.integers(0, 1), number=st.integers(1, 99)),
    max_size=3,
    unique_by=lambda each: each.id,
)
REVIEWS = st.lists(
    st.builds(review, st.integers(1, 4), MARKS, day=st.integers(0, 2)),
    max_size=6,
    unique_by=lambda each: each.id,
)
ANYTHING = st.builds(
    known,
    basis=st.integers(1, 99),
    completed=st.frozensets(st.sampled_from(NUMBERS).map(id_)),
    posts=st.frozensets(st.integers(100, 110).map(id_)),
    outcome=st.booleans(),
    self_marks=MARKINGS,
    reviews=REVIEWS,
    staff_marks=MARKINGS,
    owed=st.integers(0, 3),
    done=st.integers(0, 3),
    opened=st.booleans(),
    closed=st.booleans(),
)
NEARLY_ALL = st.builds(
    known,
    completed=st.frozensets(st.sampled_from(NUMBERS).map(id_), min_size=len(NUMBERS) - 1),
    posts=st.frozensets(st.integers(100, 110).map(id_), min_size=7),
    outcome=st.just(True),
    self_marks=st.just([marking(100)]),
    reviews=st.lists(st.builds(review, st.just(1), st.sampled_from([60, 100])), max_size=1),
    staff_marks=st.lists(st.builds(marking, st.sampled_from([60, 100])), max_size=1),
    owed=st.just(1),
    done=st.integers(0, 2),
    closed=st.booleans(),
)
KNOWN = ANYTHING | NEARLY_ALL


@given(programs())
def test_the_schemes_of_these_laws_can_be_published(read: Program):
    refused = {refusal.field for refusal in check_scheme(read.scheme)}
    assert refused == set()


@given(programs(), KNOWN)
def test_a_total_lies_within_0_and_100(read: Program, facts: Known):
    assert 0 <= draw(read, facts).total <= 100


@given(programs(), KNOWN)
def test_the_shown_parts_add_up_to_the_shown_total(read: Program, facts: Known):
    score = draw(read, facts)
    assert sum(part.points for part in score.parts) == score.total
    assert sum(part.most for part in score.parts) == 100


@given(programs(), KNOWN)
def test_no_part_gives_more_than_its_most(read: Program, facts: Known):
    assert all(0 <= part.points <= part.most for part in draw(read, facts).parts)


@given(programs(), KNOWN, st.sampled_from(NUMBERS))
def test_a_total_never_falls_when_a_module_is_completed(read: Program, facts: Known, number: int):
    more = replace(facts, completed=facts.completed | {id_(number)})
    assert draw(read, more).total >= draw(read, facts).total


@given(programs(), KNOWN, st.integers(100, 120))
def test_a_total_never_falls_when_a_post_counts(read: Program, facts: Known, number: int):
    more = replace(facts, posts=facts.posts | {id_(number)})
    assert draw(read, more).total >= draw(read, facts).total


@given(programs(), KNOWN, st.data())
def test_the_order_of_facts_changes_no_score(read: Program, facts: Known, data: st.DataObject):
    shuffled = replace(
        facts,
        self_marks=data.draw(st.permutations(facts.self_marks)),
        reviews=data.draw(st.permutations(facts.reviews)),
        staff_marks=data.draw(st.permutations(facts.staff_marks)),
    )
    assert draw(read, shuffled) == draw(read, facts)


@given(programs(), KNOWN)
def test_passed_says_final_and_every_gate_and_the_pass_mark(read: Program, facts: Known):
    score = draw(read, facts)
    gates = all(gate.met for gate in score.gates)
    assert score.passed is (score.final and gates and score.total >= read.scheme.pass_mark)
    assert facts.closed or not score.final


@given(programs(), KNOWN)
def test_a_score_keeps_its_contract(read: Program, facts: Known):
    assert CONTRACT.validate(as_data(draw(read, facts))) == {}
