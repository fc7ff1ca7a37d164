"""The first allocation: authors in a circle, each reviewed by those some steps further."""

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from math import gcd

from services.assessment.domain.exchange import exchange


def circle(branches: Mapping[str, str], *, k: int, seed: str) -> frozenset[tuple[str, str]]:
    """Pairs (author, reviewer) among authors of whom the branch is known.

    Authors stand in a circle, those of a branch together, and each outcome
    goes to the authors min(k, n - 1) pseudo-random shifts further on.
    """
    ring = sorted(
        branches,
        key=lambda one: (place(seed, branches[one]), branches[one], place(seed, one), one),
    )
    n = len(ring)
    r = max(0, min(k, n - 1))
    sizes = Counter(branches.values())
    inside = _inside(sizes.values(), n)
    shifts = _shifts(inside, r, seed)
    pairs = frozenset(
        (author, ring[(at + shift) % n]) for at, author in enumerate(ring) for shift in shifts
    )
    # What a branch reviews beyond the outcomes of all others must be its own.
    unavoidable = r * max(0, 2 * max(sizes.values(), default=0) - n)
    if sum(inside[shift] for shift in shifts) == unavoidable:
        return pairs
    return exchange(pairs, asked=pairs, standing=pairs, load=dict.fromkeys(ring, r), of=branches)


def place(seed: str, id_: str) -> bytes:
    """A place in a pseudo-random order."""
    return sha256(f"{seed}\n{id_}".encode()).digest()


def _shifts(inside: list[int], r: int, seed: str) -> list[int]:
    """r shifts of a circle: as few pairs as may be that review each other, or are of one branch.

    A shift and the way back, n - shift, make as many pairs within branches.
    """
    n = len(inside) - 1
    order = sorted(
        range(1, n),
        key=lambda shift: (inside[shift], gcd(shift, n) > 1, place(seed, str(shift)), shift),
    )
    chosen: dict[int, None] = {}
    for shift in order:
        if len(chosen) < r and n - shift not in chosen and 2 * shift != n:
            chosen[shift] = None
    # Halfway round makes n / 2 couples, the way back of a chosen one n.
    rest = sorted((shift for shift in order if shift not in chosen), key=lambda one: 2 * one != n)
    return [*chosen, *rest[: r - len(chosen)]]


def _inside(sizes: Iterable[int], n: int) -> list[int]:
    """Shift, 0 to n → pairs within a branch that it makes.

    Of b neighbours max(0, b - s) have one of themselves s steps further on,
    and as many n - s steps back.
    """
    of_size = Counter(sizes)
    ahead = [0] * (n + 1)
    larger = 0
    for shift in reversed(range(n)):
        larger += of_size[shift + 1]
        ahead[shift] = ahead[shift + 1] + larger
    return [ahead[shift] + ahead[n - shift] for shift in range(n + 1)]
