"""How much of what a program asks for has been completed."""

from collections.abc import Set
from typing import NamedTuple

from services.assessment.domain.program import Elective, Side

LISTED = 10
"""How many elective groups an explanation lists; a contract's text ends at 2,000 characters."""

TITLE = 40
"""How many characters of a group's title an explanation repeats."""


class Chosen(NamedTuple):
    """What is completed of an elective group; `hours` in billionths."""

    elective: Elective
    modules: int
    hours: int

    @property
    def title(self) -> str:
        """The group's title, short enough for a list."""
        return self.elective.group.title[:TITLE]

    @property
    def counting(self) -> int:
        """The completed hours up to those the group asks for, in billionths."""
        return min(self.hours, self.elective.asked)

    @property
    def met(self) -> bool:
        """Whether the rule is kept; of two rules either will do, without one nothing is asked."""
        elective = self.elective
        modules = elective.group.modules
        if modules is not None and self.modules >= modules:
            return True
        if elective.needed is not None:
            return self.hours >= elective.needed
        return modules is None


class Progress(NamedTuple):
    """What is completed on one side: required modules, their hours, electives.

    `hours` and `earned` in billionths; `earned` is what counts of
    `side.asked`: the hours of completed required modules, and of each
    elective group those up to what it asks for.
    """

    side: Side
    modules: int
    hours: int
    chosen: tuple[Chosen, ...]
    earned: int


def progress(side: Side, completed: Set[str]) -> Progress:
    """What the completed modules are worth on this side; ids unknown to it are passed over."""
    required = side.ids & completed
    hours = sum(map(side.required.__getitem__, required))
    chosen = tuple(_chosen(elective, completed) for elective in side.electives)
    earned = hours + sum(each.counting for each in chosen)
    return Progress(side, len(required), hours, chosen, earned)


def _chosen(elective: Elective, completed: Set[str]) -> Chosen:
    modules = elective.ids & completed
    return Chosen(elective, len(modules), sum(map(elective.hours.__getitem__, modules)))
