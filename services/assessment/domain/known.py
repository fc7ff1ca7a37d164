"""What is known of one enrollment when its score is drawn."""

from collections.abc import Collection
from dataclasses import dataclass

from services.assessment.domain.consensus import Agreed
from services.assessment.domain.marks import Decision, Given, Marking, Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The facts about one enrollment, in any order.

    `completed`: module ids; `posts`: ids of the posts that still count;
    `late`: the outcome came after its deadline and grace; `reviews`: all
    reviews of the own outcome; `agreed`: the cohort's consensus on it, once
    the window is closed; `given`: the own reviews beside what was agreed on
    the outcomes they were about; `owed` and `done`: how many reviews of
    others' outcomes are asked of the author and written; `opened` and
    `closed`: the review window; `basis`: how many facts this is drawn from.
    """

    program_id: str
    basis: int
    completed: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    outcome: bool = False
    late: bool = False
    self_marks: Collection[Marking] = ()
    reviews: Collection[Review] = ()
    agreed: Agreed | None = None
    staff_marks: Collection[Marking] = ()
    referee_marks: Collection[Marking] = ()
    decisions: Collection[Decision] = ()
    given: Collection[Given] = ()
    owed: int = 0
    done: int = 0
    opened: bool = False
    closed: bool = False
    withdrawn: bool = False
