"""An older version of a type is read as the newest."""

from typing import Any

import pytest

from services.contracts import registry
from services.contracts.enrollment import Fact
from services.contracts.envelope import Event
from services.contracts.fields import Text, Whole
from tests.builders import enrollment_id, program_id

OLD, NEW = "learning.mood_noted.v1", "learning.mood_noted.v2"


class MoodNotedV2(Fact):
    """How a member feels, in words and from 1 to 5."""

    word = Text(20, required=True)
    level = Whole(1, required=True)


def level_from_word(envelope: dict[str, Any]) -> dict[str, Any]:
    level = 5 if envelope["data"]["word"] == "好" else 1
    return envelope | {"type": NEW, "data": envelope["data"] | {"level": level}}


@pytest.fixture(autouse=True)
def mood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "CONTRACTS", dict(registry.CONTRACTS))
    monkeypatch.setattr(registry, "UPCASTS", dict(registry.UPCASTS))
    registry.event(NEW)(MoodNotedV2)
    registry.upcast(OLD, level_from_word)


def told(type_: str, **data: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": program_id(),
        "type": type_,
        "source": "/zhixing/learning",
        "subject": enrollment_id("2023001", program_id()),
        "time": "2026-06-11T08:30:00Z",
        "position": 7,
        "data": data,
    }


def read(type_: str, **data: Any) -> Event:
    return registry.read(told(type_, **data))


def test_the_first_version_is_read_as_the_second() -> None:
    assert read(OLD, word="好") == read(NEW, word="好", level=5)


def test_what_an_upcast_makes_must_keep_the_newer_contract() -> None:
    with pytest.raises(registry.Invalid, match="word"):
        read(OLD, word="x" * 21)


def test_an_older_envelope_is_checked_before_it_is_converted() -> None:
    envelope = told(OLD, word="好")
    del envelope["subject"]
    with pytest.raises(registry.Invalid, match="subject"):
        registry.read(envelope)
