"""Whom a program is for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.enrollment import CATEGORIES
from services.contracts.envelope import derived_id
from services.enrollment.domain.audience import belongs, below, enrollment_of, standing

paths = st.lists(st.sampled_from(["1", "12", "2"]), max_size=4).map(
    lambda codes: "/".join(["", *codes, ""])
)


def audience(*categories: str, paths: tuple[str, ...] = ("/1/",)) -> dict[str, list[str]]:
    return {"categories": list(categories), "paths": list(paths)}


def test_a_member_below_the_organization_belongs():
    assert belongs(frozenset({"activist"}), "/1/12/133/", audience("activist")) == "activist"


def test_a_member_of_the_organization_itself_belongs():
    assert belongs(frozenset({"activist"}), "/1/", audience("activist")) == "activist"


def test_a_path_is_compared_by_whole_codes():
    assert belongs(frozenset({"activist"}), "/12/", audience("activist")) is None
    assert not below("/1/123/", "/1/12/")


def test_a_member_above_the_organization_does_not_belong():
    only = audience("activist", paths=("/1/12/",))
    assert belongs(frozenset({"activist"}), "/1/", only) is None


def test_one_organization_of_several_is_enough():
    either = audience("activist", paths=("/2/", "/1/"))
    assert belongs(frozenset({"activist"}), "/1/3/", either) == "activist"


def test_another_category_does_not_belong():
    assert belongs(frozenset({"full_member"}), "/1/", audience("activist")) is None
    assert belongs(frozenset(), "/1/", audience("activist")) is None


def test_of_several_categories_the_first_in_their_order_counts():
    both = frozenset({"affairs_worker", "full_member"})
    assert belongs(both, "/1/", audience("affairs_worker", "full_member")) == "full_member"
    assert belongs(both, "/1/", audience("affairs_worker")) == "affairs_worker"


def test_an_audience_without_organizations_is_nobodys():
    assert belongs(frozenset({"activist"}), "/1/", audience("activist", paths=())) is None


def test_the_root_is_everybodys():
    assert belongs(frozenset({"activist"}), "/7/", audience("activist", paths=("/",)))


@given(st.sets(st.sampled_from(CATEGORIES)), paths, st.sets(st.sampled_from(CATEGORIES)), paths)
def test_who_belongs_is_of_the_audience_in_both_respects(mine, path, wanted, top):
    found = belongs(frozenset(mine), path, audience(*wanted, paths=(top,)))
    assert (found is not None) == bool(mine & wanted and path.startswith(top))
    assert found is None or found in mine & wanted


def test_the_stage_entered_last_stands_and_duties_stand_beside_it():
    entered = {
        "probationary_member": "2024-07-01",
        "full_member": "2025-07-01",
        "affairs_worker": "2020-01-01",
    }
    assert standing(entered) == {"full_member", "affairs_worker"}


@pytest.mark.parametrize("order", [("activist", "full_member"), ("full_member", "activist")])
def test_of_two_stages_of_one_day_the_further_one_stands(order):
    assert standing(dict.fromkeys(order, "2025-07-01")) == {"full_member"}


def test_who_has_entered_nothing_is_nothing():
    assert standing({}) == frozenset()


def test_one_member_in_one_version_is_one_enrollment():
    assert enrollment_of("m", "p", derived_id) == enrollment_of("m", "p", derived_id)
    others = {enrollment_of(*ids, derived_id) for ids in (("m", "p"), ("m", "q"), ("p", "m"))}
    assert len(others) == 3
