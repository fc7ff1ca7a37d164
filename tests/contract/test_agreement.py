"""The contract as people read it and the compiled one that checks facts say the same."""

from copy import deepcopy
from typing import Any

import fastjsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.fields import DAY, DECIMAL, INSTANT, UUID
from services.contracts.registry import CONTRACTS, compiled
from tests.contract.golden_files import KINDS, golden

NEAR_MISSES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.0, 2.5, 2.6e-42, [], {}),
    *("", " ", "yes", "1", "-0", "1e3", "٣"),
    *("1.", "0.5\n", "2026-03-01\n", "2026-02-30", "2026-03-01T00:00:00Z\n", "full_member"),
    *("x" * 64, "x" * 65, "x" * 401, "知" * 2_001, "x" * 10_001, [None], [[]], {"a": 1}, ["x", 1]),
)
values = st.one_of(
    # Copied, for what is put in may be changed inside next.
    st.sampled_from(NEAR_MISSES).map(deepcopy),
    *(st.from_regex(pattern) for pattern in (UUID, INSTANT, DAY, DECIMAL)),
    st.text(max_size=5),
    st.integers(-2, 2),
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a JSON value at which something stands."""
    pairs = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return [(value, key) for key, _ in pairs] + [
        place for _, part in pairs for place in places(part)
    ]


@st.composite
def mutated(draw: st.DrawFn, type_: str) -> dict[str, Any]:
    """A golden envelope whose data was changed at up to three places."""
    envelope = golden(type_, draw(st.sampled_from(KINDS)))
    for _ in range(draw(st.integers(0, 3))):
        found = places({"data": envelope["data"]})[1:]
        if not found:
            break
        container, key = draw(st.sampled_from(found))
        if draw(st.booleans()):
            container[key] = draw(values)
        elif isinstance(container, dict) and draw(st.booleans()):
            container[draw(st.sampled_from(["other", key, f"{key}_"]))] = draw(values)
        else:
            del container[key]
    return envelope


@pytest.mark.parametrize("type_", CONTRACTS)
@given(data=st.data())
def test_marshmallow_and_the_compiled_schema_agree(type_: str, data: st.DataObject) -> None:
    envelope = data.draw(mutated(type_))
    refusals = CONTRACTS[type_].schema.validate(envelope["data"])
    try:
        compiled(type_)(envelope)
        refused = None
    except fastjsonschema.JsonSchemaValueException as refusal:
        refused = refusal.message
    assert bool(refused) == bool(refusals), (refused, refusals)
