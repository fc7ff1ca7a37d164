"""Facts a service could not take: listed, replayed, dropped."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from services.archive import handlers
from services.contracts import registry
from services.contracts.enrollment import Fact
from services.contracts.envelope import to_json
from services.contracts.fields import Text
from services.messaging import ledger, parked
from services.messaging.catchup import CatchUp
from tests.builders import enrollment_id, post_counted, program_id

ANN = enrollment_id("1", program_id())
FACT = post_counted(ANN, "p1")._replace(position=3)
LATER = "learning.post_counted.v2"


@pytest.fixture
def engine(database: Callable[[str], Engine]) -> Engine:
    return database("archive")


def park(engine: Engine, envelope: Any, reason: str = "why") -> None:
    with engine.begin() as connection:
        parked.park(connection, envelope, reason)


def listed(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [(row.id, row.reason, row.status) for row in parked.listed(connection)]


def numbers(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return [row.number for row in parked.listed(connection)]


def mark(engine: Engine, status: str, number: int | None = None) -> int:
    with engine.begin() as connection:
        return parked.mark(connection, status, number)


def replay(engine: Engine) -> None:
    """What the service does some moments after somebody asked for a replay."""
    catchup = CatchUp(handlers.HEARS, handlers.learn, handlers.conclude)
    catchup.engine = engine
    catchup.retry_parked()


def known(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return [fact.id for fact in ledger.known(session, [ANN])[ANN]]


def test_the_same_fact_is_parked_once_with_the_newest_reason(engine: Engine) -> None:
    park(engine, to_json(FACT), "first")
    park(engine, to_json(FACT), "second")
    assert listed(engine) == [(FACT.id, "second", "parked")]


@pytest.mark.parametrize("envelope", [None, 7, "text", [], {}, {"id": 7, "type": None}])
def test_whatever_is_json_can_be_parked(engine: Engine, envelope: Any) -> None:
    park(engine, envelope)
    assert listed(engine) == [(None, "why", "parked")]


def test_a_parked_fact_is_shown_with_its_body(engine: Engine) -> None:
    park(engine, to_json(FACT))
    with engine.connect() as connection:
        row = parked.shown(connection, numbers(engine)[0])
        assert row is not None
        assert FACT.data["post"] in row.envelope
        assert parked.shown(connection, 0) is None


def test_a_replayed_fact_is_learned_and_no_longer_parked(engine: Engine) -> None:
    park(engine, to_json(FACT))
    assert mark(engine, "retry") == 1
    replay(engine)
    assert listed(engine) == []
    assert known(engine) == [FACT.id]


def test_only_the_fact_that_was_asked_for_is_replayed(engine: Engine) -> None:
    other = post_counted(ANN, "p2")
    for fact in (FACT, other):
        park(engine, to_json(fact))
    assert mark(engine, "retry", numbers(engine)[1]) == 1
    replay(engine)
    assert listed(engine) == [(FACT.id, "why", "parked")]
    assert known(engine) == [other.id]


def test_a_fact_that_fails_again_is_parked_again_with_its_reason(engine: Engine) -> None:
    park(engine, to_json(FACT) | {"subject": "nobody"})
    mark(engine, "retry")
    replay(engine)
    [(_, reason, status)] = listed(engine)
    assert status == "parked"
    assert "subject" in reason


def test_a_dropped_fact_stays_dropped_when_it_is_told_again(engine: Engine) -> None:
    park(engine, to_json(FACT))
    mark(engine, "dropped")
    park(engine, to_json(FACT), "again")
    assert mark(engine, "retry") == 0
    replay(engine)
    assert listed(engine) == [(FACT.id, "why", "dropped")]


def test_a_version_unknown_when_it_came_is_learned_once_it_is_known(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    envelope = to_json(FACT) | {"type": LATER}
    with pytest.raises(registry.Invalid, match="no contract"):
        registry.read(envelope)
    park(engine, envelope)
    later = dict(registry.CONTRACTS)
    monkeypatch.setattr(registry, "CONTRACTS", later)
    monkeypatch.setattr(ledger, "CONTRACTS", later)

    @registry.event(LATER)
    class PostCountedV2(Fact):
        post = Text(2000, required=True)

    mark(engine, "retry")
    replay(engine)
    assert listed(engine) == []
    assert known(engine) == [FACT.id]
