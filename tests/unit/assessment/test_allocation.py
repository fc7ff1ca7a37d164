"""Who reviews whose outcome."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.domain.allocation import allocate

from .builders import id_

KS = st.integers(1, 5)
SEEDS = st.text(max_size=8)


def people(n: int) -> list[str]:
    return [id_(number) for number in range(1, n + 1)]


def assert_fair(n: int, k: int, seed: str) -> None:
    authors = people(n)
    pairs = allocate(authors, k=k, seed=seed)
    reviewers = Counter(author for author, _ in pairs)
    load = Counter(reviewer for _, reviewer in pairs)
    asked = max(0, min(k, n - 1))
    assert all(reviewers[author] == asked for author in authors)
    assert (
        max((load[author] for author in authors), default=0)
        - min((load[author] for author in authors), default=0)
        <= 1
    )
    assert all(author != reviewer for author, reviewer in pairs)
    if n > 2 * k:
        assert not any((reviewer, author) in pairs for author, reviewer in pairs)


@given(n=st.integers(0, 60), k=KS, seed=SEEDS)
def test_an_allocation_is_fair(n: int, k: int, seed: str):
    assert_fair(n, k, seed)


@pytest.mark.parametrize("k", range(1, 6))
def test_an_allocation_is_fair_at_the_bounds_of_what_is_possible(k: int):
    for n in (k, k + 1, 2 * k, 2 * k + 1, 500):
        assert_fair(n, k, "seed")


@given(n=st.integers(0, 60), k=KS, seed=SEEDS, data=st.data())
def test_the_order_and_repetition_of_authors_change_nothing(
    n: int, k: int, seed: str, data: st.DataObject
):
    authors = people(n)
    shuffled = data.draw(st.permutations(authors + authors[:3]))
    assert allocate(iter(shuffled), k=k, seed=seed) == allocate(authors, k=k, seed=seed)


def test_another_seed_gives_other_pairs():
    assert allocate(people(30), k=3, seed="a") != allocate(people(30), k=3, seed="b")


def test_the_same_seed_gives_these_pairs_for_ever():
    assert allocate(["a", "b", "c"], k=1, seed="s") == {("a", "c"), ("c", "b"), ("b", "a")}


def test_two_authors_review_each_other():
    assert allocate(["a", "b"], k=3, seed="s") == {("a", "b"), ("b", "a")}


def test_a_lone_author_is_reviewed_by_nobody():
    assert allocate(["a"], k=3, seed="s") == frozenset()
