"""Exchanges of reviewers that leave all loads and all numbers of reviews as they are."""

from collections.abc import Mapping, Set

Pair = tuple[str, str]


def unwanted(author: str, reviewer: str, standing: Set[Pair], of: Mapping[str, str]) -> int:
    """How little a pair is wanted; 0 if nothing speaks against it.

    That the two review each other weighs more than that two pairs are within
    a branch. `of` names the branch of each.
    """
    return 3 * ((reviewer, author) in standing) + (of[author] == of[reviewer])


def exchange(
    pairs: Set[Pair],
    *,
    asked: Set[Pair],
    standing: Set[Pair],
    load: Mapping[str, int],
    of: Mapping[str, str],
) -> frozenset[Pair]:
    """As many pairs, of which fewer are unwanted.

    For each unwanted pair it looks for a reviewer whose load is one less, or
    another pair to exchange reviewers with. `asked` and `standing` hold the
    pairs themselves and what there was before; `load` is that of all who may
    be asked, after the pairs.
    """
    held, loads = sorted(pairs), dict(load)
    taken, stands = set(asked), set(standing)

    def free(author: str, reviewer: str) -> bool:
        return author != reviewer and (author, reviewer) not in taken

    def put(at: int, reviewer: str) -> None:
        old, new = held[at], (held[at][0], reviewer)
        held[at] = new
        for known in (taken, stands):
            known.discard(old)
            known.add(new)

    def moved(at: int, price: int) -> bool:
        author, reviewer = held[at]
        for other, has in loads.items():
            if (
                has == loads[reviewer] - 1
                and free(author, other)
                and unwanted(author, other, stands, of) < price
            ):
                put(at, other)
                loads[reviewer], loads[other] = has, has + 1
                return True
        return False

    def swapped(at: int, price: int) -> bool:
        author, reviewer = held[at]
        for there, (author2, reviewer2) in enumerate(held):
            # Of two that gain together, one gains; it has its own turn.
            after = unwanted(author, reviewer2, stands, of)
            if after < price and free(author, reviewer2) and free(author2, reviewer):
                before = price + unwanted(author2, reviewer2, stands, of)
                if after + unwanted(author2, reviewer, stands, of) < before:
                    put(at, reviewer2)
                    put(there, reviewer)
                    return True
        return False

    for at, pair in enumerate(held):
        price = unwanted(*pair, stands, of)
        if price and not moved(at, price):
            swapped(at, price)
    return frozenset(held)
