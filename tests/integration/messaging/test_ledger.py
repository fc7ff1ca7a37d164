"""What a service has told and what it knows, on a real database."""

from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.messaging import ledger
from tests.builders import (
    account_id,
    account_linked,
    at,
    enrollment_id,
    enrollment_opened,
    member_id,
    module_completed,
    module_id,
    post_counted,
    program_id,
    program_published,
    score_drawn,
)

PROGRAM = program_id()
ANN, BO = (enrollment_id(number, PROGRAM) for number in ("1", "2"))


@pytest.fixture
def engine(database: Callable[[str], Engine]) -> Engine:
    return database("archive")


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session, session.begin():
        yield session


def told(session: Session) -> list[str]:
    found = session.execute(text("SELECT CAST(id AS text) FROM outbox ORDER BY sequence"))
    return list(found.scalars())


def test_a_fact_remembered_twice_is_fresh_once(session: Session) -> None:
    fact = post_counted(ANN, "p1")
    assert ledger.remember(session, [fact, fact]) == [fact]
    assert ledger.remember(session, [fact]) == []
    assert ledger.known(session, [ANN]) == {ANN: [fact]}


def test_the_position_belongs_to_the_delivery_and_not_to_the_fact(session: Session) -> None:
    fact = post_counted(ANN, "p1")
    ledger.remember(session, [fact._replace(position=1)])
    assert ledger.remember(session, [fact._replace(position=2)]) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"post": "another"}},
        {"subject": BO},
        {"time": at(9)},
        {"type": "learning.post_retracted.v1"},
        {"source": "/elsewhere"},
    ],
)
def test_the_same_id_with_another_content_is_a_conflict(
    session: Session, changes: dict[str, Any]
) -> None:
    fact = post_counted(ANN, "p1")
    ledger.remember(session, [fact])
    with pytest.raises(ledger.Conflict, match=fact.id):
        ledger.remember(session, [fact._replace(**changes)])


def test_a_conflict_within_one_batch_is_one_as_well(session: Session) -> None:
    fact = post_counted(ANN, "p1")
    with pytest.raises(ledger.Conflict, match=fact.id):
        ledger.remember(session, [fact, fact._replace(data={"post": "another"})])


def test_the_order_in_which_data_is_written_says_nothing(session: Session) -> None:
    fact = module_completed(ANN, module_id("t1"))
    ledger.remember(session, [fact])
    turned = fact._replace(data=dict(reversed(fact.data.items())))
    assert ledger.remember(session, [turned]) == []


def test_a_fact_is_found_under_every_subject_it_is_about(session: Session) -> None:
    fact = account_linked("1", "ann")
    ledger.remember(session, [fact])
    assert ledger.known(session, [member_id("1"), account_id("ann")]) == {
        member_id("1"): [fact],
        account_id("ann"): [fact],
    }


def test_of_conclusions_only_the_one_of_the_largest_basis_is_known(session: Session) -> None:
    small, large = (score_drawn(ANN, PROGRAM, basis=basis, total="60") for basis in (2, 10))
    ledger.remember(session, [large])
    ledger.remember(session, [small])
    assert ledger.known(session, [ANN]) == {ANN: [large]}


def test_announced_again_a_fact_is_told_once_and_in_the_order_of_announcement(
    session: Session,
) -> None:
    first, second = post_counted(ANN, "p1"), post_counted(ANN, "p2")
    for facts in ([second], [first, second], []):
        ledger.announce(session, facts)
    assert told(session) == [second.id, first.id]


def test_what_is_within_a_group_is_gathered_with_it(session: Session) -> None:
    ledger.remember(session, [enrollment_opened(number, PROGRAM) for number in "12"])
    assert ledger.gather(session, {PROGRAM}) == {ANN: PROGRAM, BO: PROGRAM}
    assert ledger.gather(session, {ANN}) == {ANN: PROGRAM}


def test_a_subject_whose_group_is_not_known_waits(session: Session) -> None:
    ledger.remember(session, [post_counted(ANN, "p1"), program_published()])
    assert ledger.gather(session, {ANN}) == {}
    ledger.remember(session, [enrollment_opened("1", PROGRAM)])
    assert ledger.gather(session, {ANN}) == {ANN: PROGRAM}


def test_while_a_service_is_rebuilt_nothing_is_fresh_and_subjects_are_stale(
    session: Session,
) -> None:
    session.execute(text("INSERT INTO rebuilding DEFAULT VALUES"))
    assert ledger.remember(session, [enrollment_opened("1", PROGRAM)]) == []
    stale = session.execute(text("SELECT CAST(id AS text) FROM subjects WHERE stale > 0")).scalars()
    assert set(stale) == {ANN, member_id("1"), PROGRAM}


def test_subjects_held_by_one_transaction_are_not_held_by_another(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        ledger.remember(session, [post_counted(subject, "p1") for subject in (ANN, BO)])
    with Session(engine) as first, Session(engine) as second:
        ledger.hold(first, [BO])
        second.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            ledger.hold(second, [ANN, BO])
        second.rollback()
        ledger.hold(second, [ANN])


def test_those_who_only_rely_on_a_subject_share_it(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        ledger.remember(session, [program_published()])
    with Session(engine) as first, Session(engine) as second:
        ledger.rely(first, [PROGRAM])
        ledger.rely(second, [PROGRAM])
        second.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            ledger.hold(second, [PROGRAM])


def test_two_transactions_that_hold_the_same_subjects_never_wait_for_each_other(
    engine: Engine,
) -> None:
    subjects = [enrollment_id(str(number), PROGRAM) for number in range(40)]
    with Session(engine) as session, session.begin():
        ledger.remember(session, [post_counted(subject, "p1") for subject in subjects])
    errors: list[Exception] = []

    def hold_all(ordered: list[str]) -> None:
        try:
            for _ in range(25):
                with Session(engine) as session, session.begin():
                    ledger.hold(session, ordered)
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=hold_all, args=(order,)) for order in (subjects, subjects[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
