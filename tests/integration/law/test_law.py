"""The law of delivery: order, repetition and batches of facts change nothing that stands."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from services.contracts import registry
from services.contracts.envelope import to_json
from tests.deliveries import deliveries
from tests.integration.law.histories import HISTORIES, enrollment_histories
from tests.integration.law.service import Service

Database = Callable[[str], Engine]
every_service = pytest.mark.parametrize("name", HISTORIES)


@every_service
@given(data=st.data())
def test_a_history_keeps_the_contracts(name: str, data: st.DataObject) -> None:
    for fact in data.draw(HISTORIES[name]):
        assert registry.read(to_json(fact)) == fact


@every_service
@given(data=st.data())
def test_delivery_changes_nothing(name: str, database: Database, data: st.DataObject) -> None:
    history = data.draw(HISTORIES[name])
    at_once = Service(name, database).hear([history])
    expected, rows = at_once.standing(), at_once.concluded()
    piecemeal = Service(name, database).hear(data.draw(deliveries(history)))
    assert piecemeal.standing() == expected
    assert piecemeal.concluded() == rows


@every_service
@given(data=st.data())
def test_a_rebuilt_service_stands_as_before_and_announces_nothing(
    name: str, database: Database, data: st.DataObject
) -> None:
    history = data.draw(HISTORIES[name])
    service = Service(name, database).hear(data.draw(deliveries(history)))
    expected, rows, told = service.standing(), service.concluded(), service.told()
    service.rebuild(data.draw(deliveries(history)))
    assert service.standing() == expected
    assert service.concluded() == rows
    assert service.told() == told


@given(data=st.data())
def test_whoever_is_of_an_audience_in_the_end_is_enrolled_however_it_became_known(
    database: Database, data: st.DataObject
) -> None:
    """An enrollment, once opened, stays, so who was of it for a while may be enrolled besides."""
    history = data.draw(enrollment_histories())
    at_once = Service("enrollment", database).hear([history]).concluded()
    piecemeal = Service("enrollment", database).hear(data.draw(deliveries(history))).concluded()
    assert ids(at_once.pop("enrollments")) <= ids(piecemeal.pop("enrollments"))
    assert piecemeal == at_once


def ids(rows: list[Any]) -> set[str]:
    return {row["id"] for row in rows}
