"""A version of a program as assessment reads it: curriculum, scheme, and what both ask for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from services.assessment.domain.amounts import billionths
from services.assessment.domain.scheme import Scheme, read_scheme

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Module:
    """A unit of the curriculum, worth `hours`; `group` is the code of an elective group."""

    id: str
    code: str
    title: str
    kind: str
    delivery: str
    hours: Decimal
    required: bool
    group: str | None


@dataclass(frozen=True, slots=True)
class ElectiveGroup:
    """At least `modules` modules or `hours` hours of the group; with both, either will do."""

    code: str
    title: str
    modules: int | None
    hours: Decimal | None


@dataclass(frozen=True, slots=True)
class Elective:
    """An elective group with its modules.

    `hours`: billionths of an hour by module id; `needed`: the hours of the
    group's rule in billionths, None without such a rule; `asked`: the hours
    for which the group counts.
    """

    group: ElectiveGroup
    ids: frozenset[str]
    hours: Mapping[str, int]
    needed: int | None
    asked: int


@dataclass(frozen=True, slots=True)
class Side:
    """What a part of the score asks for: `weight` points for `asked` billionths of an hour.

    `required`: billionths of an hour by id of a required module, `ids` these
    ids, `required_hours` their sum; `offline` tells practice from theory.
    """

    offline: bool
    weight: Decimal
    ids: frozenset[str]
    required: Mapping[str, int]
    required_hours: int
    electives: tuple[Elective, ...]
    asked: int


@dataclass(frozen=True, slots=True)
class Program:
    """A program version, and what depends on nothing else.

    `hours`: billionths of an hour by id of a module, `ids` these ids.
    """

    code: str
    version: int
    title: str
    outcomes_due: datetime
    reviews_due: datetime
    modules: tuple[Module, ...]
    electives: tuple[ElectiveGroup, ...]
    scheme: Scheme
    ids: frozenset[str]
    hours: Mapping[str, int]
    theory: Side
    practice: Side


def read_program(data: Mapping[str, Any]) -> Program:
    """The program in the `data` of a valid `enrollment.program_published.v1`.

    Required modules count towards the side of their delivery: offline ones
    towards practice, online and live ones towards theory. A module that is
    not required counts through its elective group. An elective group counts
    towards practice if all its modules are offline, else towards theory, for
    as many hours as it asks for; one that asks for a number of modules, for
    the hours of that many of its shortest modules; one that asks for either,
    for the lesser of both. A side that asks for no hours hands its weight to
    the other one.
    """
    modules = tuple(_module(row) for row in data["modules"])
    groups = tuple(_group(row) for row in data["electives"])
    scheme = read_scheme(data["scheme"])
    theory, practice = _weighed(
        _side(modules, groups, scheme.theory, offline=False),
        _side(modules, groups, scheme.practice, offline=True),
    )
    hours = {module.id: billionths(module.hours) for module in modules}
    return Program(
        code=data["code"],
        version=data["version"],
        title=data["title"],
        outcomes_due=datetime.fromisoformat(data["outcomes_due"]).astimezone(UTC),
        reviews_due=datetime.fromisoformat(data["reviews_due"]).astimezone(UTC),
        modules=modules,
        electives=groups,
        scheme=scheme,
        ids=frozenset(hours),
        hours=hours,
        theory=theory,
        practice=practice,
    )


def _module(row: Mapping[str, Any]) -> Module:
    return Module(
        id=row["id"],
        code=row["code"],
        title=row["title"],
        kind=row["kind"],
        delivery=row["delivery"],
        hours=Decimal(row["hours"]),
        required=row["required"],
        group=row.get("group"),
    )


def _group(row: Mapping[str, Any]) -> ElectiveGroup:
    hours = row.get("hours")
    return ElectiveGroup(
        code=row["code"],
        title=row["title"],
        modules=row.get("modules"),
        hours=None if hours is None else Decimal(hours),
    )


def _chosen_from(group: ElectiveGroup, modules: Iterable[Module]) -> list[Module]:
    return [module for module in modules if module.group == group.code and not module.required]


def _is_offline(group: ElectiveGroup, modules: Iterable[Module]) -> bool:
    deliveries = {module.delivery for module in _chosen_from(group, modules)}
    return deliveries == {"offline"}


def _elective(group: ElectiveGroup, modules: Sequence[Module]) -> Elective:
    hours = {module.id: billionths(module.hours) for module in _chosen_from(group, modules)}
    needed = None if group.hours is None else billionths(group.hours)
    rules = [] if needed is None else [needed]
    if group.modules is not None:
        rules.append(sum(sorted(hours.values())[: group.modules]))
    return Elective(group, frozenset(hours), hours, needed, min(rules, default=0))


def _side(
    modules: Sequence[Module], groups: Iterable[ElectiveGroup], weight: Decimal, *, offline: bool
) -> Side:
    required = {
        module.id: billionths(module.hours)
        for module in modules
        if module.required and (module.delivery == "offline") is offline
    }
    electives = tuple(
        _elective(group, modules) for group in groups if _is_offline(group, modules) is offline
    )
    hours = sum(required.values())
    return Side(
        offline=offline,
        weight=weight,
        ids=frozenset(required),
        required=required,
        required_hours=hours,
        electives=electives,
        asked=hours + sum(elective.asked for elective in electives),
    )


def _weighed(theory: Side, practice: Side) -> tuple[Side, Side]:
    both = theory.weight + practice.weight
    if theory.asked and not practice.asked:
        return replace(theory, weight=both), replace(practice, weight=NOTHING)
    if practice.asked and not theory.asked:
        return replace(theory, weight=NOTHING), replace(practice, weight=both)
    return theory, practice
