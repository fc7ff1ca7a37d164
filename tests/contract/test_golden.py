"""What was once published is read for ever: the golden files."""

import pytest

from services.contracts.envelope import to_json
from services.contracts.registry import CONTRACTS, Invalid, read
from tests.contract.golden_files import FOLDER, KINDS, golden

every_file = pytest.mark.parametrize(
    ("type_", "kind"), [(type_, kind) for type_ in CONTRACTS for kind in KINDS]
)


def test_each_version_of_each_type_has_its_two_files_and_no_other_is_there() -> None:
    expected = {f"{type_}.{kind}.json" for type_ in CONTRACTS for kind in KINDS}
    assert {file.name for file in FOLDER.iterdir()} == expected


@every_file
def test_a_golden_fact_is_read_and_written_as_it_was(type_: str, kind: str) -> None:
    envelope = golden(type_, kind)
    assert to_json(read(envelope)) == {"datacontenttype": "application/json"} | envelope


@pytest.mark.parametrize("type_", CONTRACTS)
def test_the_full_file_has_every_field_and_the_minimal_one_only_the_required(type_: str) -> None:
    fields = CONTRACTS[type_].schema.fields
    assert golden(type_, "full")["data"].keys() == fields.keys()
    required = {name for name, field in fields.items() if field.required}
    assert golden(type_, "minimal")["data"].keys() == required


@every_file
def test_a_field_that_a_later_minor_version_added_is_accepted_and_kept(
    type_: str, kind: str
) -> None:
    envelope = golden(type_, kind)
    envelope["data"]["mood"] = {"of": ["a later version"]}
    assert read(envelope).data["mood"] == {"of": ["a later version"]}


@every_file
def test_a_fact_without_a_required_field_is_refused_by_name(type_: str, kind: str) -> None:
    for name in golden(type_, "minimal")["data"]:
        envelope = golden(type_, kind)
        del envelope["data"][name]
        with pytest.raises(Invalid, match=name):
            read(envelope)


@pytest.mark.parametrize("name", ["specversion", "id", "type", "source", "subject", "time", "data"])
def test_an_envelope_without_a_required_attribute_is_refused(name: str) -> None:
    envelope = golden("learning.module_completed.v1", "full")
    del envelope[name]
    with pytest.raises(Invalid):
        read(envelope)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("specversion", "0.3"),
        ("id", "7"),
        ("id", "778242C1-DD0E-5207-BE29-AA350FDA138B"),
        ("type", "learning.module_forgotten.v1"),
        ("source", ""),
        ("subject", "2023001"),
        ("time", "2026-06-11"),
        ("time", "2026-06-31T08:30:00Z"),
        ("time", "2026-06-11T08:30:00"),
        ("data", []),
        ("position", 0),
    ],
)
def test_an_attribute_that_breaks_its_rule_is_refused(name: str, value: object) -> None:
    with pytest.raises(Invalid):
        read(golden("learning.module_completed.v1", "full") | {name: value})
