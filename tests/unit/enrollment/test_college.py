"""The demo college is one the system takes as it is."""

from collections import Counter
from datetime import date

import pytest

from services.contracts.enrollment import CATEGORIES, MODULE_KINDS, PROGRAM_PUBLISHED
from services.contracts.envelope import derived_id
from services.contracts.registry import CONTRACTS
from services.enrollment.domain.audience import belongs, standing
from services.enrollment.domain.program import plan_program
from services.enrollment.sheets import read_sheet
from zhixing.demo.college import programs, roster_csv

from .builders import NOTHING, applied, plan

DAY = date(2026, 5, 1)


@pytest.fixture(scope="module")
def known():
    rows = read_sheet(roster_csv(DAY), "roster.csv")
    whole = plan(*rows, on=DAY.isoformat())
    assert {row.status for row in whole.rows} == {"added"}
    return applied(NOTHING, whole)


@pytest.fixture(scope="module")
def published(known):
    found = []
    for document in programs(DAY):
        data, refusals = plan_program(
            document, version=1, organizations=known.organizations.values(), derive=derived_id
        )
        assert refusals == ()
        assert CONTRACTS[PROGRAM_PUBLISHED].schema.load(data) == data
        found.append(data)
    return found


def test_there_are_120_members_in_three_branches(known):
    kinds = Counter(one.kind for one in known.organizations.values())
    assert len(known.members) == 120
    assert kinds == {"committee": 1, "general_branch": 1, "branch": 3, "group": 2}


def test_every_member_has_a_name_and_an_account_of_their_own(known):
    assert len({one.name for one in known.members.values()}) == 120
    assert len({next(iter(one.accounts)) for one in known.members.values()}) == 120


def test_all_five_categories_are_there(known):
    found = Counter(one for member in known.members.values() for one in member.categories)
    assert set(found) == set(CATEGORIES)
    assert min(found.values()) >= 8


def test_the_same_day_gives_the_same_college():
    assert roster_csv(DAY) == roster_csv(DAY)
    assert programs(DAY) == programs(DAY)


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31)])
def test_one_program_is_finished_and_one_is_under_way(day):
    finished, under_way = programs(day)
    today = day.isoformat()
    assert finished["ends_on"] < today
    assert finished["reviews_due"] < today
    assert under_way["starts_on"] < today < under_way["outcomes_due"]


def test_each_program_has_an_audience(known, published):
    sizes = [
        sum(
            belongs(standing(member.categories), member.path, program["audience"]) is not None
            for member in known.members.values()
        )
        for program in published
    ]
    assert sizes == [44, 120]


def test_each_program_has_modules_of_every_kind(published):
    for program in published:
        assert {module["kind"] for module in program["modules"]} == set(MODULE_KINDS)


def test_the_program_under_way_knows_the_activities_of_the_platform(published):
    activities = {one for module in published[1]["modules"] for one in module["activities"]}
    site = "http://www.example.org"
    assert activities >= {
        f"{site}/course/view.php?id=2",
        f"{site}/mod/book/view.php?id=1",
        f"{site}/mod/lesson/view.php?id=1#lesson",
        f"{site}/mod/scorm/view.php?id=1#sco",
        f"{site}/mod/quiz/attempt.php?attempt=1&cmid=1",
        f"{site}/mod/facetoface/view.php?id=1",
    }
