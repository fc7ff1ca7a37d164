"""Whole review windows, from the first allocation to the staff who stand in at the deadline."""

import os
from collections import Counter
from random import Random
from typing import NamedTuple

from services.assessment.domain.allocation import Asked, Entrant, allocate, volunteer

from .builders import id_

COHORTS = 10_000
# One day, one round; a review not done by then expires.
DAYS = 12
PATIENCE = 4
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


class Person(NamedTuple):
    """Who enters the pool, for how long, and how they review; days count from the opening."""

    entrant: Entrant
    comes: int
    leaves: int
    idle: bool
    volunteers: bool


class Window:
    """A window of one cohort; `since` is the day on which a pair was asked."""

    def __init__(self, number: int) -> None:
        self.chance = Random(number)
        self.seed = str(number)
        self.k = self.chance.randint(1, 5)
        self.apart = self.chance.random() < 0.3
        self.people = [self.person(one) for one in range(size(self.chance))]
        self.pool: list[Entrant] = []
        self.since: dict[tuple[str, str], int] = {}
        self.asked: dict[tuple[str, str], Asked] = {}

    def person(self, number: int) -> Person:
        late, leaving = self.chance.random() < 0.1, self.chance.random() < 0.05
        return Person(
            Entrant(id_(number + 1), f"/{self.chance.randint(1, 4)}/"),
            self.chance.randint(1, DAYS - 1) if late and number > 1 else 0,
            self.chance.randint(1, DAYS - 1) if leaving else DAYS + 1,
            idle=self.chance.random() < 0.3,
            volunteers=self.chance.random() < 0.2,
        )

    def pass_by(self) -> None:
        for day in range(DAYS):
            self.pool = [one.entrant for one in self.people if one.comes <= day < one.leaves]
            self.expire(day)
            self.ask(day)
            self.review(day)
        self.stand_in()

    def expire(self, day: int) -> None:
        for pair, one in self.asked.items():
            if one.state == "waiting" and day - self.since[pair] >= PATIENCE:
                self.asked[pair] = one._replace(state="expired")

    def ask(self, day: int) -> None:
        before = self.loads()
        new = allocate(self.pool, self.asked.values(), k=self.k, seed=self.seed, apart=self.apart)
        for author, reviewer in sorted(new):
            self.give(Asked(author, reviewer, "waiting"), day)
        self.assert_fair(before)

    def give(self, one: Asked, day: int) -> None:
        pair = (one.author, one.reviewer)
        assert one.author != one.reviewer
        assert pair not in self.asked
        self.asked[pair], self.since[pair] = one, day

    def review(self, day: int) -> None:
        here = {one.id for one in self.pool}
        busy = here - {one.entrant.id for one in self.people if one.idle}
        for pair, one in self.asked.items():
            able = one.state == "waiting" and one.author in here and one.reviewer in busy
            if able and self.chance.random() < 0.4:
                self.asked[pair] = one._replace(state="done")
        for person in self.people:
            if person.volunteers and person.entrant.id in here and self.chance.random() < 0.2:
                reviewer = person.entrant.id
                author = volunteer(self.pool, self.asked.values(), reviewer=reviewer)
                if author is not None:
                    self.give(Asked(author, reviewer, "waiting", voluntary=True), day)

    def stand_in(self) -> None:
        judged = {one.author for one in self.asked.values() if one.state == "done"}
        for one in self.pool:
            if one.id not in judged:
                self.give(Asked(one.id, "staff", "done"), DAYS)

    def loads(self) -> dict[str, int]:
        """Active reviewer → load."""
        here = {one.id for one in self.pool}
        load, balance = Counter[str](), Counter[str]()
        for one in self.asked.values():
            if one.author in here:
                load[one.reviewer] += one.state != "expired" and not one.voluntary
                balance[one.reviewer] += (one.state == "done") - (one.state == "expired")
        return {one: load[one] for one in sorted(here) if balance[one] >= 0}

    def assert_fair(self, before: dict[str, int]) -> None:
        """Loads within one, save those with nothing left; nothing short that could be filled."""
        after = self.loads()
        here = {one.id for one in self.pool}
        pairs = {pair: one for pair, one in self.asked.items() if here.issuperset(pair)}
        given = Counter(reviewer for _, reviewer in pairs)
        full = {one for one in here if given[one] == len(here) - 1}
        high, low = max(after.values(), default=0), min(after.values(), default=0)
        assert high <= max(max(before.values(), default=0), low + 1)
        assert all(load >= high - 1 or one in full for one, load in after.items())
        standing = Counter(one.author for one in pairs.values() if one.state != "expired")
        for author in here:
            if standing[author] < self.k:
                left = {one for one in after if one != author and (author, one) not in pairs}
                assert all(after[one] == high for one in left)
                assert not left or any(after[one] < high for one in full & after.keys())

    def assert_judged(self) -> None:
        judgements = Counter(one.author for one in self.asked.values() if one.state == "done")
        assert all(judgements[one.id] for one in self.pool)


def size(chance: Random) -> int:
    """2 to 500 people, mostly few; in a thorough run one in ten has hundreds."""
    if chance.random() < (0.1 if THOROUGH else 0.0004):
        return chance.randint(100, 500)
    return min(99, 2 + int(chance.expovariate(1 / 20 if THOROUGH else 1 / 2.5)))


def test_no_cohort_is_left_waiting_or_treated_unfairly():
    for number in range(COHORTS):
        window = Window(number)
        window.pass_by()
        window.assert_judged()
