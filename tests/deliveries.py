"""How facts may arrive: in any order, more than once, in batches of any size."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st

from services.contracts.envelope import Event

MOST_REPEATS = 4
MOST_CUTS = 8


@st.composite
def deliveries(draw: st.DrawFn, facts: Sequence[Event]) -> list[list[Event]]:
    """All facts, shuffled, some of them repeated, cut into batches; shrinks to all at once."""
    if not facts:
        return []
    repeated = draw(st.lists(st.sampled_from(facts), max_size=MOST_REPEATS))
    arriving = draw(st.permutations([*facts, *repeated]))
    cuts = draw(st.sets(st.integers(1, len(arriving)), max_size=MOST_CUTS))
    return [list(arriving[start:end]) for start, end in pairwise([0, *sorted(cuts), None])]
