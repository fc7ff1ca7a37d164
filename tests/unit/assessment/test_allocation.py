"""Who reviews whose outcome."""

from collections import Counter
from collections.abc import Iterable
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.domain.allocation import Asked, Entrant, allocate, volunteer

from .builders import id_

KS = st.integers(1, 5)
SEEDS = st.text(max_size=8)
STATES = st.sampled_from(["waiting", "done", "expired"])

Pairs = Iterable[tuple[str, str]]


def people(n: int, branches: int = 1) -> list[Entrant]:
    return [Entrant(id_(number), f"/{number % branches}/") for number in range(1, n + 1)]


def some(text: str) -> list[Entrant]:
    return [Entrant(letter, "") for letter in text]


def asked(pairs: Pairs, state: str = "waiting", **kind: bool) -> list[Asked]:
    return [Asked(author, reviewer, state, **kind) for author, reviewer in pairs]  # type: ignore[arg-type]


def couples(pairs: Pairs) -> int:
    """How many review each other."""
    known = frozenset(pairs)
    return sum((reviewer, author) in known for author, reviewer in known) // 2


def within(pool: Iterable[Entrant], pairs: Pairs) -> int:
    """How many pairs are of one branch."""
    branch = {entrant.id: entrant.branch for entrant in pool}
    return sum(branch[author] == branch[reviewer] for author, reviewer in pairs)


def loads(pairs: Pairs, of: Iterable[Entrant]) -> list[int]:
    load = Counter(reviewer for _, reviewer in pairs)
    return [load[entrant.id] for entrant in of]


def spread(numbers: Iterable[int]) -> int:
    known = list(numbers)
    return max(known, default=0) - min(known, default=0)


@st.composite
def pools(draw: st.DrawFn, most: int = 60) -> list[Entrant]:
    return people(draw(st.integers(0, most)), draw(st.integers(1, 4)))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Entrant], list[Asked]]:
    """Any pool and anything asked in it, some of it of people who have left."""
    pool = people(draw(st.integers(1, 9)), draw(st.integers(1, 3)))
    someone = st.sampled_from([entrant.id for entrant in pool] + [id_(99)])
    pairs = draw(st.lists(st.tuples(someone, someone), max_size=30, unique=True))
    return pool, [
        Asked(author, reviewer, draw(STATES), draw(st.booleans()))
        for author, reviewer in pairs
        if author != reviewer
    ]


# The first allocation.


@pytest.mark.parametrize("apart", [False, True])
@given(pool=pools(), k=KS, seed=SEEDS)
def test_the_first_allocation_gives_everyone_as_much_as_it_takes(
    apart: bool, pool: list[Entrant], k: int, seed: str
):
    pairs = allocate(pool, k=k, seed=seed, apart=apart)
    n = len(pool)
    r = max(0, min(k, n - 1))
    assert loads(pairs, pool) == [r] * n
    assert Counter(author for author, _ in pairs) == {one.id: r for one in pool if r}
    assert all(author != reviewer for author, reviewer in pairs)
    assert couples(pairs) == (0 if n > 2 * k else max(0, n * (2 * r - n + 1) // 2))


@pytest.mark.parametrize("k", range(1, 6))
def test_no_two_review_each_other_as_soon_as_that_is_possible(k: int):
    for n in (2 * k + 1, 2 * k + 2, 500):
        assert not couples(allocate(people(n, 2), k=k, seed="seed", apart=True))


@given(k=KS, seed=SEEDS, sizes=st.lists(st.integers(1, 12), min_size=2, max_size=6))
def test_nobody_reviews_the_own_branch_while_none_is_too_large(k: int, seed: str, sizes: list[int]):
    pool = [
        Entrant(f"{branch}-{number}", f"/{branch}/")
        for branch, size in enumerate(sizes)
        for number in range(size)
    ]
    pairs = allocate(pool, k=k, seed=seed, apart=True)
    if len(pool) > 2 * k and max(sizes) <= len(pool) / 2 - k:
        assert within(pool, pairs) == 0


def test_two_branches_of_a_size_hardly_review_themselves():
    for size in range(4, 60):
        pool = people(2 * size, 2)
        assert within(pool, allocate(pool, k=2, seed="s", apart=True)) <= 4


def test_a_branch_that_is_nearly_everyone_reviews_itself_no_more_than_it_must():
    pool = [Entrant(id_(number), "a" if number < 80 else "b") for number in range(100)]
    assert within(pool, allocate(pool, k=3, seed="s", apart=True)) == 3 * (80 - 20)


def test_branches_do_not_matter_unless_asked():
    assert allocate(people(30, 3), k=3, seed="s") == allocate(people(30, 5), k=3, seed="s")


@given(pool=pools(), k=st.integers(1, 5), seed=SEEDS)
def test_reviews_join_all_authors(pool: list[Entrant], k: int, seed: str):
    pairs = allocate(pool, k=k, seed=seed)
    reached = {entrant.id for entrant in pool[:1]}
    while more := {reviewer for author, reviewer in pairs if author in reached} - reached:
        reached |= more
    assert reached == {entrant.id for entrant in pool}


@given(pool=pools(30), k=KS, seed=SEEDS, apart=st.booleans(), data=st.data())
def test_the_order_and_repetition_of_authors_change_nothing(
    pool: list[Entrant], k: int, seed: str, apart: bool, data: st.DataObject
):
    shuffled = data.draw(st.permutations(pool + pool[:3]))
    assert allocate(iter(shuffled), k=k, seed=seed, apart=apart) == allocate(
        pool, k=k, seed=seed, apart=apart
    )


def test_another_seed_gives_other_pairs():
    assert allocate(people(30), k=3, seed="a") != allocate(people(30), k=3, seed="b")


def test_the_same_seed_gives_these_pairs_for_ever():
    assert allocate(some("abcd"), k=1, seed="s") == {
        ("a", "d"),
        ("d", "c"),
        ("c", "b"),
        ("b", "a"),
    }


def test_two_authors_review_each_other():
    assert allocate(some("ab"), k=3, seed="s") == {("a", "b"), ("b", "a")}


def test_a_lone_author_is_reviewed_by_nobody():
    assert allocate(some("a"), k=3, seed="s") == frozenset()


# Later rounds.


@given(history=histories(), k=KS, seed=SEEDS, apart=st.booleans())
def test_a_later_round_keeps_what_it_promises(
    history: tuple[list[Entrant], list[Asked]], k: int, seed: str, apart: bool
):
    assert_kept(*history, k=k, seed=seed, apart=apart)


def assert_kept(pool: list[Entrant], known: list[Asked], *, k: int, seed: str, apart: bool) -> None:
    """What the docstring of `allocate` guarantees of any round, told in another way."""
    new = allocate(pool, known, k=k, seed=seed, apart=apart)
    ids = {entrant.id for entrant in pool}
    before = [one for one in known if one.author in ids and one.reviewer in ids]
    ever = {(one.author, one.reviewer) for one in before}
    assert not new & ever
    assert all(author != reviewer and {author, reviewer} <= ids for author, reviewer in new)

    done = Counter(one.reviewer for one in before if one.state == "done")
    expired = Counter(one.reviewer for one in before if one.state == "expired")
    active = {one for one in ids if expired[one] <= done[one]}
    assert {reviewer for _, reviewer in new} <= active

    had = Counter(one.reviewer for one in before if one.state != "expired" and not one.voluntary)
    has = had + Counter(reviewer for _, reviewer in new)
    given_all = {
        one for one in ids if len([1 for _, by in ever | new if by == one]) == len(ids) - 1
    }
    high = max((has[one] for one in active), default=0)
    low = min((has[one] for one in active), default=0)
    assert high <= max(max((had[one] for one in active), default=0), low + 1)
    assert all(has[one] >= high - 1 or one in given_all for one in active)

    reviews = Counter(one.author for one in before if one.state != "expired")
    reviews += Counter(author for author, _ in new)
    for author in ids:
        if reviews[author] < k:
            left = {one for one in active - {author} if (author, one) not in ever | new}
            assert all(has[one] == high for one in left)
            assert not left or any(has[one] < high and one in given_all for one in active)
    assert not allocate(pool, known + asked(new), k=k, seed=seed, apart=apart)


@given(history=histories(), k=KS, seed=SEEDS, apart=st.booleans(), data=st.data())
def test_the_order_of_what_was_asked_changes_nothing(
    history: tuple[list[Entrant], list[Asked]],
    k: int,
    seed: str,
    apart: bool,
    data: st.DataObject,
):
    pool, known = history
    assert allocate(
        data.draw(st.permutations(pool)),
        data.draw(st.permutations(known + known[:3])),
        k=k,
        seed=seed,
        apart=apart,
    ) == allocate(pool, known, k=k, seed=seed, apart=apart)


@given(pool=pools(), k=KS, seed=SEEDS, apart=st.booleans())
def test_what_is_asked_is_not_asked_again(pool: list[Entrant], k: int, seed: str, apart: bool):
    first = allocate(pool, k=k, seed=seed, apart=apart)
    assert not allocate(pool, asked(first), k=k, seed=seed, apart=apart)
    assert not allocate(pool, asked(first, "done"), k=k, seed=seed, apart=apart)


def test_expired_reviews_go_to_others():
    pool = people(9)
    lost, kept = split(allocate(pool, k=2, seed="s"), by=id_(1))
    new = allocate(pool, [*asked(lost, "expired"), *asked(kept, "done")], k=2, seed="s")
    assert sorted(author for author, _ in new) == sorted(author for author, _ in lost)
    assert id_(1) not in {reviewer for _, reviewer in new}


def test_who_let_one_of_two_expire_is_asked_for_another_outcome():
    pool = people(9)
    (lost, done), kept = split(allocate(pool, k=2, seed="s"), by=id_(1))
    known = [*asked([lost], "expired"), *asked([done, *kept], "done")]
    new = allocate(pool, known, k=2, seed="s")
    assert lost[0] in {author for author, _ in new}
    assert [author for author, reviewer in new if reviewer == id_(1)]


def split(pairs: Pairs, by: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The pairs of a reviewer, and all others."""
    known = sorted(pairs)
    return [pair for pair in known if pair[1] == by], [pair for pair in known if pair[1] != by]


def test_who_let_reviews_expire_is_not_asked_again():
    known = [Asked("a", "b", "expired"), Asked("b", "a", "done"), Asked("c", "a", "done")]
    assert {by for _, by in allocate(some("abc"), known, k=2, seed="s")} == {"c"}


def test_who_has_done_as_many_as_expired_is_asked_again():
    known = [
        Asked("a", "d", "expired"),
        Asked("b", "d", "done"),
        *asked([("c", "a"), ("c", "b"), ("d", "c")]),
    ]
    assert ("c", "d") not in {(one.author, one.reviewer) for one in known}
    new = allocate(some("abcd"), known, k=3, seed="s")
    assert "d" in {reviewer for _, reviewer in new}


def test_a_voluntary_review_brings_back_who_let_one_expire():
    known = [Asked("a", "c", "expired"), Asked("b", "a", "done"), Asked("a", "b", "done")]
    back = Asked("b", "c", "done", voluntary=True)
    pool = some("abcd")
    assert "c" not in {by for _, by in allocate(pool, known, k=2, seed="s")}
    assert "c" in {by for _, by in allocate(pool, [*known, back], k=2, seed="s")}


def test_a_voluntary_review_fills_an_outcome_and_is_no_load():
    pool = people(6)
    (freed,), others = split(allocate(pool, k=1, seed="s"), by=id_(1))
    helper = next(one.id for one in pool if one.id not in freed)
    known = [*asked(others), *asked([freed], "expired"), Asked(freed[0], helper, "done", True)]
    assert not allocate(pool, known, k=1, seed="s")


def test_a_latecomer_is_reviewed_and_reviews_like_the_others():
    pool = people(20)
    first = allocate(pool, k=3, seed="s")
    late = Entrant(id_(21), "/0/")
    new = allocate([*pool, late], asked(first, "done"), k=3, seed="s")
    assert sum(author == late.id for author, _ in new) == 3
    assert sum(reviewer == late.id for _, reviewer in new) in (2, 3)
    assert spread(loads([*first, *new], [*pool, late])) <= 1


def test_extra_reviews_go_to_the_outcomes_with_the_fewest():
    pool = people(20)
    late = people(22)[20:]
    first = asked(allocate(pool, k=3, seed="s"), "done")
    new = allocate([*pool, *late], first, k=3, seed="s")
    reviews = Counter(one.author for one in first) + Counter(author for author, _ in new)
    assert set(reviews.values()) <= {3, 4}


def test_the_outcome_of_one_who_left_needs_nothing():
    pool = people(10)
    first = allocate(pool, k=2, seed="s")
    new = allocate(pool[1:], asked(first), k=2, seed="s")
    assert pool[0].id not in {one for pair in new for one in pair}
    assert spread(loads([pair for pair in {*first, *new} if pool[0].id not in pair], pool[1:])) <= 1


def test_loads_are_fair_before_outcomes_are_full():
    # There is nothing left to ask of a, who reviewed every outcome unasked.
    unasked = asked([("b", "a"), ("c", "a"), ("d", "a")], "done", voluntary=True)
    new = allocate(some("abcd"), unasked, k=3, seed="s")
    assert loads(new, some("abcd")) == [0, 1, 1, 1]


def test_a_review_is_handed_on_where_nobody_else_can_take_it():
    # Only c is left to a, who may come after b has taken it.
    known = [
        *asked([("b", "a"), ("a", "b")], "done"),
        *asked([("d", "a"), ("a", "c"), ("b", "c"), ("a", "d"), ("b", "d")], "expired"),
    ]
    for seed in "opqrstuvw":
        assert allocate(some("abcd"), known, k=1, seed=seed) == {("c", "a"), ("d", "b")}


def test_later_rounds_avoid_those_who_would_review_each_other_and_own_branches():
    pool = people(60, 3)
    first = allocate(pool, k=3, seed="s", apart=True)
    gone = {entrant.id for entrant in pool[::4]}
    known = [Asked(a, r, "expired" if r in gone else "done") for a, r in first]
    new = allocate(pool, known, k=3, seed="s", apart=True)
    standing = {(one.author, one.reviewer) for one in known if one.state == "done"} | new
    assert len(new) == 45
    assert couples(standing) == 0
    assert within(pool, new) == 0


def test_nothing_is_asked_of_nobody():
    known = [Asked("a", "b", "expired"), Asked("b", "a", "expired")]
    assert allocate(some("ab"), known, k=3, seed="s") == frozenset()


def test_a_branch_that_is_nearly_everyone_takes_no_longer():
    pool = [Entrant(id_(number), "a" if number < 400 else "b") for number in range(500)]
    begun = process_time()
    allocate(pool, k=5, seed="s", apart=True)
    assert process_time() - begun < 0.1


def test_five_hundred_authors_take_no_time():
    pool = people(500, 20)
    gone = {entrant.id for entrant in pool[::3]}
    begun = process_time()
    first = allocate(pool, k=5, seed="s", apart=True)
    between = process_time()
    known = [Asked(a, r, "expired" if r in gone else "done") for a, r in first]
    allocate([*pool, *people(520, 20)[500:]], known, k=5, seed="s", apart=True)
    assert between - begun < 0.1
    assert process_time() - between < 1


# Those with time to spare.


def test_a_volunteer_gets_the_outcome_with_the_fewest_reviews():
    known = asked([("a", "b"), ("c", "a"), ("c", "b"), ("d", "a")], "done")
    assert volunteer(some("abcd"), known, reviewer="b") == "d"


def test_an_expired_review_leaves_an_outcome_without():
    known = [*asked([("a", "c"), ("b", "c")], "done"), Asked("d", "b", "expired")]
    assert volunteer(some("abcd"), known, reviewer="c") == "d"


def test_a_volunteer_gets_nothing_while_a_review_waits():
    assert volunteer(some("abc"), asked([("a", "b")]), reviewer="b") is None


def test_a_volunteer_gets_nothing_twice():
    known = [Asked("a", "b", "done"), Asked("c", "b", "expired")]
    assert volunteer(some("abc"), known, reviewer="b") is None


def test_a_volunteer_is_one_of_the_pool():
    assert volunteer(some("abc"), [], reviewer="z") is None


def test_one_who_let_reviews_expire_may_volunteer():
    assert volunteer(some("abc"), [Asked("a", "b", "expired")], reviewer="b") == "c"


@given(history=histories(), data=st.data())
def test_a_volunteer_is_given_the_same_in_any_order(
    history: tuple[list[Entrant], list[Asked]], data: st.DataObject
):
    pool, known = history
    given_ = volunteer(pool, known, reviewer=id_(1))
    assert given_ == volunteer(
        data.draw(st.permutations(pool)), data.draw(st.permutations(known)), reviewer=id_(1)
    )
    assert given_ is None or given_ != id_(1)
