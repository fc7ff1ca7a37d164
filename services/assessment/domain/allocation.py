"""Who reviews whose outcome."""

from collections.abc import Iterable
from hashlib import sha256


def allocate(authors: Iterable[str], *, k: int, seed: str) -> frozenset[tuple[str, str]]:
    """Pairs (author, reviewer): k reviewers for each outcome, n - 1 where n authors are too few.

    The authors are shuffled into a circle by the hash of seed and id, and
    each is reviewed by the k that follow. So the same authors and seed give
    the same pairs in whatever order they come, everyone reviews as many
    outcomes as the own one has reviewers, nobody reviews the own one, and
    with n > 2k nobody reviews a reviewer of the own one: the way back
    around the circle is longer than k. With n ≤ 2k that cannot be had, for
    there are more reviews than pairs of authors.
    """
    circle = sorted(set(authors), key=lambda author: (_place(seed, author), author))
    n = len(circle)
    return frozenset(
        (author, circle[(place + step) % n])
        for place, author in enumerate(circle)
        for step in range(1, min(k, n - 1) + 1)
    )


def _place(seed: str, author: str) -> bytes:
    return sha256(f"{seed}\n{author}".encode()).digest()
