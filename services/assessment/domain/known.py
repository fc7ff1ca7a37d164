"""What is known of one enrollment when its score is drawn."""

from collections.abc import Collection
from dataclasses import dataclass

from services.assessment.domain.marks import Marking, Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The facts about one enrollment, in any order.

    `completed`: module ids; `posts`: ids of the posts that still count;
    `reviews`: all reviews of the own outcome; `owed` and `done`: how many
    reviews of others' outcomes are asked of the author and written;
    `opened` and `closed`: the review window; `basis`: how many facts this
    is drawn from.
    """

    program_id: str
    basis: int
    completed: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    outcome: bool = False
    self_marks: Collection[Marking] = ()
    reviews: Collection[Review] = ()
    staff_marks: Collection[Marking] = ()
    owed: int = 0
    done: int = 0
    opened: bool = False
    closed: bool = False
