"""How event types and their fields are named."""

import re
from collections.abc import Iterator

import pytest
from marshmallow import Schema, fields

from services import contracts
from services.contracts.registry import CONTRACTS

NAME = re.compile(r"(?P<service>[a-z]+)\.(?P<subject>[a-z]+(_[a-z]+)*)_(?P<did>[a-z]+)\.v[1-9]\d*")
IRREGULAR_PARTICIPLES = {"drawn", "written", "withdrawn", "overridden"}
# Another word → the word of domain.md, so that a thing has one name everywhere.
OTHER_WORDS = {
    "user": "member",
    "student": "member",
    "learner": "member",
    "person": "member",
    "participant": "member",
    "org": "organization",
    "department": "organization",
    "unit": "organization",
    "course": "program",
    "training": "program",
    "registration": "enrollment",
    "essay": "outcome",
    "work": "outcome",
    "assessor": "reviewer",
    "peer": "reviewer",
    "message": "post",
    "comments": "comment",
    "grade": "score",
    "diploma": "certificate",
    "provider": "partner",
    "platform": "partner",
}
# peer_share is the peers' share of the mark, as domain.md has it.
AS_IN_THE_DOMAIN = {"peer_share"}

every_type = pytest.mark.parametrize("type_", CONTRACTS)


@every_type
def test_a_type_is_service_subject_past_participle_and_version(type_: str) -> None:
    found = NAME.fullmatch(type_)
    assert found, type_
    did = found["did"]
    assert did.endswith("ed") or did in IRREGULAR_PARTICIPLES, did


@every_type
def test_a_contract_is_in_the_module_of_the_service_that_announces_it(type_: str) -> None:
    service = type_.split(".")[0]
    assert type(CONTRACTS[type_].schema).__module__ == f"services.contracts.{service}"


@every_type
def test_a_contract_and_its_constant_are_called_like_the_type(type_: str) -> None:
    service, name, version = type_.split(".")
    camel = name.title().replace("_", "")
    later = "" if version == "v1" else version.upper()
    assert type(CONTRACTS[type_].schema).__name__ == camel + later
    constant = name.upper() + (f"_{later}" if later else "")
    assert getattr(getattr(contracts, service), constant) == type_


@every_type
def test_a_contract_says_what_happened(type_: str) -> None:
    assert CONTRACTS[type_].schema.__doc__


def names_in(schema: Schema) -> Iterator[str]:
    """The names of all fields, however deep."""
    for name, field in schema.fields.items():
        yield name
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from names_in(inner.schema)


@every_type
def test_each_thing_has_one_word(type_: str) -> None:
    for name in {type_.split(".")[1], *names_in(CONTRACTS[type_].schema)} - AS_IN_THE_DOMAIN:
        for word in name.split("_"):
            assert word not in OTHER_WORDS, f"{name}: say {OTHER_WORDS[word]}"


@every_type
def test_no_field_shadows_a_method_of_a_mapping(type_: str) -> None:
    assert not {"items", "keys", "values", "get"} & set(names_in(CONTRACTS[type_].schema))


@every_type
def test_the_fields_a_contract_points_to_are_its_own(type_: str) -> None:
    contract = CONTRACTS[type_]
    pointed = {*contract.about, *filter(None, [contract.within])}
    assert pointed <= contract.schema.fields.keys()
    if contract.conclusion:
        assert contract.schema.fields["basis"].required
