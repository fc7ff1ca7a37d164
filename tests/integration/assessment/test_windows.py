"""A review window from its opening to its end, at given times: nobody is left waiting."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.assessment import handlers, windows
from services.contracts.assessment import REVIEW_ASSIGNED, REVIEW_EXPIRED
from services.contracts.envelope import Event
from services.messaging import ledger
from tests.builders import (
    enrollment_id,
    enrollment_opened,
    enrollment_withdrawn,
    module,
    organization_placed,
    outcome_submitted,
    program_id,
    program_published,
    review_submitted,
    staff_marked,
)

Database = Callable[[str], Engine]
DUE = datetime(2026, 5, 31, 16, tzinfo=UTC)
END = datetime(2026, 6, 15, 16, tzinfo=UTC)
DAY = timedelta(days=1)
SCHEME = {"reviewers": 2, "review_days": 4, "stand_in_days": 2, "grace_minutes": 60, "posts": 0}
SUBMITTED = DUE - DAY
LOADS = text("""
    SELECT CAST(reviewer_id AS text), count(*) FROM reviews
    WHERE assignment_id IS NOT NULL AND NOT voluntary AND NOT expired GROUP BY 1
""")
ROWS = text("""
    SELECT CAST(author_id AS text) AS author, CAST(reviewer_id AS text) AS reviewer, expired,
           done_at IS NOT NULL AS done
    FROM reviews ORDER BY 1, 2
""")
FINAL = text("SELECT CAST(enrollment_id AS text), final FROM scores")
POOLED = text("SELECT count(*) FROM outcomes WHERE pooled")


class Window:
    """A program and its cohort in a service of its own; members by number from 1."""

    def __init__(self, database: Database, members: int, **scheme: Any) -> None:
        self.engine = database("assessment")
        self.program = program_id()
        published = program_published(module("t1"), scheme=SCHEME | scheme)
        self.ids = [enrollment_id(str(one), self.program) for one in range(1, members + 1)]
        opened = [
            enrollment_opened(str(one), self.program, path=f"/1/{one % 2 + 1}/")
            for one in range(1, members + 1)
        ]
        branches = [organization_placed(code, f"/1/{code}/") for code in "12"]
        self.hear(published, *opened, *branches)

    def hear(self, *facts: Event) -> None:
        with Session(self.engine) as session, session.begin():
            handlers.learn(session, facts)

    def hand_in(self, *members: int, at: datetime = SUBMITTED) -> None:
        self.hear(*(outcome_submitted(self.ids[one], time=at) for one in members))

    def at(self, now: datetime) -> None:
        """What the timer does at this time."""
        with Session(self.engine) as session, session.begin():
            due = windows.due(session, now)
        for program in due:
            with Session(self.engine) as session, session.begin():
                windows.keep_time(session, program, now)

    def review(self, reviewers: set[int], at: datetime) -> None:
        """These reviewers write all that they are asked for."""
        ids = {self.ids[one] for one in reviewers}
        self.hear(
            *(
                review_submitted(row.author, row.reviewer, "80", at)
                for row in self.rows()
                if row.reviewer in ids and not row.done and not row.expired
            )
        )

    def rows(self) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(ROWS))

    def final(self) -> dict[str, bool]:
        with self.engine.connect() as connection:
            return dict(connection.execute(FINAL).all())

    def loads(self) -> dict[str, int]:
        with self.engine.connect() as connection:
            return dict(connection.execute(LOADS).all())

    def told(self, type_: str) -> list[Event]:
        with Session(self.engine) as session:
            return ledger.said_of(session, self.ids, (type_,))


@pytest.fixture
def window(database: Database) -> Window:
    found = Window(database, 6)
    found.hand_in(*range(5))
    return found


def test_the_window_opens_after_the_grace_and_all_that_is_in_enters_the_pool(window: Window):
    window.at(DUE + timedelta(minutes=59))
    assert window.rows() == []
    window.at(DUE + timedelta(hours=1))
    assert len(window.rows()) == 5 * 2
    assert set(window.loads().values()) == {2}
    with window.engine.connect() as connection:
        assert connection.execute(POOLED).scalar() == 5


def test_what_the_timer_does_twice_is_told_once(window: Window):
    for _ in range(2):
        window.at(DUE + DAY)
    assert len(window.told(REVIEW_ASSIGNED)) == 10


def test_the_id_that_reviewers_see_does_not_follow_from_whose_outcome_it_is(
    window: Window, database: Database
):
    window.at(DUE + DAY)
    first = {(one.subject, one.data["reviewer_id"]): one.id for one in window.told(REVIEW_ASSIGNED)}
    again = Window(database, 6)
    again.hand_in(*range(5))
    again.at(DUE + DAY)
    for one in again.told(REVIEW_ASSIGNED):
        assert first[one.subject, one.data["reviewer_id"]] != one.id


def test_a_review_that_does_not_come_is_asked_of_another_at_its_deadline(window: Window):
    opened = DUE + timedelta(hours=1)
    window.at(opened)
    window.review({0, 1, 2, 3}, at=opened + DAY)
    window.at(opened + 5 * DAY)
    expired = window.told(REVIEW_EXPIRED)
    assert {fact.data["reviewer_id"] for fact in expired} == {window.ids[4]}
    assert {fact.time for fact in expired} == {opened + 4 * DAY}
    again = [fact for fact in window.told(REVIEW_ASSIGNED) if fact.time == opened + 5 * DAY]
    assert {fact.subject for fact in again} == {fact.subject for fact in expired}
    assert window.ids[4] not in {fact.data["reviewer_id"] for fact in again}
    window.review({0, 1, 2, 3}, at=opened + 6 * DAY)
    active = {id_: load for id_, load in window.loads().items() if id_ != window.ids[4]}
    assert max(active.values()) - min(active.values()) <= 1


def test_who_has_withdrawn_is_replaced_at_once_and_needs_no_more_reviews(window: Window):
    window.at(DUE + DAY)
    gone = window.ids[0]
    window.hear(enrollment_withdrawn(gone, DUE + DAY))
    window.at(DUE + DAY + timedelta(seconds=5))
    standing = [row for row in window.rows() if not row.expired]
    assert gone not in {row.reviewer for row in standing}
    for author in window.ids[1:5]:
        assert len([row for row in standing if row.author == author]) == 2


def test_a_latecomer_enters_after_the_grace_and_is_reviewed(window: Window):
    window.at(DUE + DAY)
    late = DUE + 2 * DAY
    window.hand_in(5, at=late)
    window.at(late + timedelta(minutes=59))
    assert window.ids[5] not in {row.author for row in window.rows()}
    window.at(late + timedelta(minutes=61))
    assert len([row for row in window.rows() if row.author == window.ids[5]]) == 2
    loads = window.loads()
    assert max(loads.values()) - min(loads.values()) <= 1


def test_from_the_day_staff_stands_in_no_peer_is_asked_any_more(window: Window):
    window.at(DUE + DAY)
    asked = len(window.told(REVIEW_ASSIGNED))
    window.at(END - DAY)
    assert len(window.told(REVIEW_EXPIRED)) == 10
    assert len(window.told(REVIEW_ASSIGNED)) == asked


def test_after_the_end_only_who_nobody_has_judged_waits_and_only_for_staff(window: Window):
    window.at(DUE + DAY)
    first = window.rows()[0]
    window.hear(review_submitted(first.author, first.reviewer, "80", DUE + 2 * DAY))
    window.at(END)
    unjudged = set(window.ids[:5]) - {first.author}
    assert {id_ for id_, final in window.final().items() if not final} == unjudged
    window.hear(*(staff_marked(id_, "70", END + DAY) for id_ in unjudged))
    assert all(window.final().values())


@given(
    members=st.integers(1, 9),
    staying=st.sets(st.integers(0, 8)),
    days=st.lists(st.floats(0.1, 5), min_size=3, max_size=6),
    reviewers=st.integers(1, 4),
)
def test_any_cohort_ends_with_a_judged_score_for_every_outcome_that_came_in_time(
    database: Database, members: int, staying: set[int], days: list[float], reviewers: int
):
    window = Window(database, members, reviewers=reviewers, apart=True)
    window.hand_in(*range(members))
    now = DUE
    for step in days:
        now = min(now + timedelta(days=step), END - timedelta(seconds=1))
        window.at(now)
        window.review({one for one in staying if one < members}, now)
    rows = window.rows()
    assert all(row.author != row.reviewer for row in rows)
    window.at(END)
    judged = {row.author for row in rows if row.done}
    assert {id_ for id_, final in window.final().items() if final} == judged
    window.hear(*(staff_marked(id_, "70", END) for id_ in set(window.ids) - judged))
    assert all(window.final().values())
