"""Later rounds of an allocation: latecomers, withdrawals and expired reviews."""

from collections.abc import Iterable, Mapping, Set

from services.assessment.domain.circle import place
from services.assessment.domain.exchange import Pair, exchange, unwanted


def further(
    branches: Mapping[str, str],
    *,
    asked: Set[Pair],
    standing: Set[Pair],
    load: Mapping[str, int],
    k: int,
    seed: str,
) -> frozenset[Pair]:
    """New pairs (author, reviewer) beside those asked; `load` is that of all who may be asked."""
    if not load:
        return frozenset()
    now = _Round(branches, asked, standing, load, k, seed)
    now.level(max(load.values()))
    return exchange(
        now.pairs, asked=asked | now.pairs, standing=now.standing, load=now.load, of=branches
    )


class _Round:
    """A round while its pairs are found."""

    def __init__(
        self,
        branches: Mapping[str, str],
        asked: Set[Pair],
        standing: Set[Pair],
        load: Mapping[str, int],
        k: int,
        seed: str,
    ) -> None:
        self.branches, self.k = branches, k
        self.authors = sorted(branches, key=lambda one: (place(seed, one), one))
        self.load = {one: load[one] for one in self.authors if one in load}
        self.standing = set(standing)
        self.pairs: set[Pair] = set()
        # Reviewer → authors not to ask them for: themselves and those asked for, now or before.
        self.barred = {one: {one} for one in self.authors}
        # Author → how many reviews stand, and how many → authors.
        self.reviews = dict.fromkeys(self.authors, 0)
        # Author → those asked in this round; a dict, because its order is certain.
        self.reviewers: dict[str, dict[str, None]] = {one: {} for one in self.authors}
        # Reviewers to whom no outcome short of reviews can be given, now or later in the round.
        self.spent: set[str] = set()
        for author, reviewer in asked:
            self.barred[reviewer].add(author)
        for author, _ in standing:
            self.reviews[author] += 1
        self.with_reviews: dict[int, dict[str, None]] = {}
        for author in self.authors:
            self.with_reviews.setdefault(self.reviews[author], {})[author] = None

    def level(self, most: int) -> None:
        """Asks the least loaded first, as long as outcomes are short; `most` is the largest load.

        Behind those who have `most` nobody is left further than one.
        """
        low = min(self.load.values())
        while True:
            unfilled = [one for one, has in self.load.items() if has == low and not self.fill(one)]
            if low < most - 1:
                for one in unfilled:
                    self.add_beyond(one)
            else:
                behind = [one for one, has in self.load.items() if has <= low]
                ahead = [one for one, has in self.load.items() if has == low + 1]
                if any(self.has_all(one) for one in behind) or not any(map(self.fill, ahead)):
                    return
                for one in behind:
                    self.add_beyond(one)
            low += 1

    def fill(self, reviewer: str) -> bool:
        """Whether a reviewer could be asked for one more of the outcomes short of k.

        One who has been asked for all of them takes over a review from another,
        who finds one that is short, or takes over in turn: an augmenting path
        of a bipartite matching. Those without one will not have one later.
        """
        if reviewer in self.spent:
            return False
        handed: dict[str, Pair] = {}
        seekers = [reviewer]
        for seeker in seekers:
            found = self.emptiest(seeker, range(self.k))
            if found is not None:
                self.add(found, seeker)
                while seeker != reviewer:
                    author, taker = handed[seeker]
                    self.remove(author, seeker)
                    self.add(author, taker)
                    seeker = taker
                self.load[reviewer] += 1
                return True
            for author in self.authors:
                if author not in self.barred[seeker]:
                    for other in self.reviewers[author]:
                        if other not in handed and other != reviewer and other not in self.spent:
                            handed[other] = (author, seeker)
                            seekers.append(other)
        self.spent.update(seekers)
        return False

    def add_beyond(self, reviewer: str) -> None:
        """Asks a reviewer for an outcome that needs no more reviews, if one is left."""
        found = self.emptiest(reviewer, sorted(self.with_reviews))
        if found is not None:
            self.add(found, reviewer)
            self.load[reviewer] += 1

    def has_all(self, reviewer: str) -> bool:
        """Whether a reviewer has been asked for every outcome."""
        return len(self.barred[reviewer]) == len(self.authors)

    def emptiest(self, reviewer: str, numbers: Iterable[int]) -> str | None:
        """An outcome for a reviewer, of the first number of reviews of which there is one."""
        barred = self.barred[reviewer]
        for number in numbers:
            best, least = None, 0
            for author in self.with_reviews.get(number, ()):
                if author not in barred:
                    price = unwanted(author, reviewer, self.standing, self.branches)
                    if best is None or price < least:
                        best, least = author, price
                    if not least:
                        break
            if best is not None:
                return best
        return None

    def add(self, author: str, reviewer: str) -> None:
        self.pairs.add((author, reviewer))
        self.standing.add((author, reviewer))
        self.barred[reviewer].add(author)
        self.reviewers[author][reviewer] = None
        self._count(author, 1)

    def remove(self, author: str, reviewer: str) -> None:
        self.pairs.discard((author, reviewer))
        self.standing.discard((author, reviewer))
        self.barred[reviewer].discard(author)
        del self.reviewers[author][reviewer]
        self._count(author, -1)

    def _count(self, author: str, more: int) -> None:
        del self.with_reviews[self.reviews[author]][author]
        self.reviews[author] += more
        self.with_reviews.setdefault(self.reviews[author], {})[author] = None
