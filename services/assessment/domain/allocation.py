"""Who reviews whose outcome."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal, NamedTuple

from services.assessment.domain.circle import circle, place
from services.assessment.domain.rounds import further

# From the least to the most that is known of a pair.
STATES = ("expired", "waiting", "done")


class Entrant(NamedTuple):
    """An author whose outcome is in the pool; `branch` is the path of an organization."""

    id: str
    branch: str


class Asked(NamedTuple):
    """That a reviewer has an author's outcome to review, and what came of it.

    A `voluntary` review is one the reviewer asked for.
    """

    author: str
    reviewer: str
    state: Literal["waiting", "done", "expired"]
    voluntary: bool = False


def allocate(
    pool: Iterable[Entrant],
    asked: Iterable[Asked] = (),
    *,
    k: int,
    seed: str,
    apart: bool = False,
) -> frozenset[tuple[str, str]]:
    """The new pairs (author, reviewer) to ask now.

    Nobody is asked for their own outcome, nor twice for one. The same pool,
    pairs and seed give the same result in whatever order they come, and
    nothing new once that result has been asked.

    While nothing has been asked, every outcome gets r = min(k, n - 1)
    reviewers and everyone reviews r outcomes. No two authors review each
    other if n > 2k, and else no more than must: n (2r - n + 1) / 2 couples.
    With `apart`, own branches are avoided after that: nobody reviews one of
    theirs if n > 2k and the largest branch has at most n / 2 - k authors,
    and few do else. Without `apart`, chains of reviews join all authors.

    Later, of the pairs within the pool:

    - A pair *stands*, waiting or done, until it expires. A reviewer's load is
      what stands of it, without voluntary reviews; those count for the
      outcome only.
    - A reviewer is *active* whose expired pairs are no more than the done
      ones, voluntary ones included. Nobody else is asked.
    - Active reviewers whose loads are more than one below the largest, such
      as those who came late, are asked until they are not, for outcomes
      short of k and then for those with the fewest reviews. Only one who has
      been asked for every outcome stays behind.
    - Outcomes short of k are filled by the least loaded. As many reviews as
      possible are found without the loads being further apart than one, or
      than they were; if need be others are asked for one more beyond k.
      So with active loads from `low` to `high` after a round, `high` is what
      it was before or at most `low` + 1, and an outcome stays short of k only
      where all who were never asked for it have that load, or none is left.
    - Outcomes with the fewest reviews come first. Two who would review each
      other, and then own branches if `apart`, are avoided by choosing among
      equals and by exchanging reviewers.
    """
    branches = {
        entrant.id: entrant.branch if apart else entrant.id for entrant in sorted(set(pool))
    }
    pairs = _within(branches, asked)
    if not pairs:
        return circle(branches, k=k, seed=seed)
    return further(
        branches,
        asked=pairs.keys(),
        standing={pair for pair, one in pairs.items() if one.state != "expired"},
        load=_loads(branches, pairs.values()),
        k=k,
        seed=seed,
    )


def volunteer(pool: Iterable[Entrant], asked: Iterable[Asked], *, reviewer: str) -> str | None:
    """The author whose outcome a reviewer with time to spare should review next.

    It is the one with the fewest standing reviews of those never given to the
    reviewer, whether these are active or not. None if there is no such, if
    the reviewer is not in the pool, or while a review of theirs is waiting.
    """
    branches = {entrant.id: entrant.branch for entrant in pool}
    pairs = _within(branches, asked)
    given = {author for author, by in pairs if by == reviewer} | {reviewer}
    if reviewer not in branches or any(
        one.state == "waiting" for one in pairs.values() if one.reviewer == reviewer
    ):
        return None
    standing = Counter(one.author for one in pairs.values() if one.state != "expired")
    return min(
        branches.keys() - given,
        key=lambda author: (standing[author], place(reviewer, author), author),
        default=None,
    )


def _within(ids: Iterable[str], asked: Iterable[Asked]) -> dict[tuple[str, str], Asked]:
    """The pairs whose author and reviewer are both in the pool, as the most that is known."""
    known = frozenset(ids)
    by_state = sorted(
        (one for one in asked if one.author in known and one.reviewer in known),
        key=lambda one: (STATES.index(one.state), not one.voluntary),
    )
    return {(one.author, one.reviewer): one for one in by_state}


def _loads(ids: Iterable[str], pairs: Iterable[Asked]) -> dict[str, int]:
    """Active reviewer → load."""
    load, done, expired = Counter[str](), Counter[str](), Counter[str]()
    for one in pairs:
        load[one.reviewer] += one.state != "expired" and not one.voluntary
        done[one.reviewer] += one.state == "done"
        expired[one.reviewer] += one.state == "expired"
    return {id_: load[id_] for id_ in ids if expired[id_] <= done[id_]}
