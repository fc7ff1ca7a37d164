"""What a published program asks for on each side."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.assessment.domain.program import read_program
from services.contracts.enrollment import ProgramPublished

from .builders import elective, group, id_, module, program, published

HOUR = 10**9


def test_the_programs_of_these_tests_keep_the_contract():
    data = published(module(2), elective(3), electives=(group(modules=1),))
    assert ProgramPublished().validate(data) == {}


def test_deadlines_are_read_in_utc():
    assert read_program(published()).reviews_due == datetime(2024, 6, 15, 15, 59, 59, tzinfo=UTC)


def test_online_and_live_modules_are_theory_and_offline_ones_practice():
    read = program(
        module(2), module(3, delivery="live", hours="0.5"), module(4, delivery="offline")
    )
    assert (read.theory.asked, read.practice.asked) == (HOUR * 3 // 2, HOUR)
    assert read.practice.ids == {id_(4)}


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        ({"modules": 2}, 3),
        ({"hours": "7"}, 7),
        ({"modules": 2, "hours": "7"}, 3),
        ({"modules": 2, "hours": "2.5"}, Decimal("2.5")),
        ({"modules": None, "hours": None}, 0),
        ({}, 0),
    ],
)
def test_a_group_asks_for_its_shortest_modules_or_its_hours(rules: dict, asked: Decimal):
    modules = (elective(2, hours="4"), elective(3, hours="1"), elective(4, hours="2"))
    assert program(*modules, electives=(group(**rules),)).theory.asked == asked * HOUR


def test_a_group_is_practice_only_if_all_its_modules_are_offline():
    mixed = (elective(2), elective(3, delivery="offline"))
    offline = (elective(4, "B", delivery="offline"),)
    read = program(*mixed, *offline, electives=(group("A", modules=1), group("B", modules=1)))
    assert [each.group.code for each in read.theory.electives] == ["A"]
    assert [each.group.code for each in read.practice.electives] == ["B"]


def test_a_required_module_is_no_elective_even_in_a_group():
    read = program(module(2, group="A"), elective(3), electives=(group(modules=1),))
    assert read.theory.electives[0].ids == {id_(3)}


@pytest.mark.parametrize(
    ("modules", "weights"),
    [
        ((module(2), module(3, delivery="offline")), ("30", "20")),
        ((module(2),), ("50", "0")),
        ((module(2, delivery="offline"),), ("0", "50")),
        ((), ("30", "20")),
    ],
)
def test_a_side_that_asks_for_nothing_hands_its_weight_to_the_other(modules: tuple, weights: tuple):
    read = program(*modules)
    assert (read.theory.weight, read.practice.weight) == tuple(map(Decimal, weights))
