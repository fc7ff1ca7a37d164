"""What a roster would change: pure, so that a dry run and the import are one computation.

Nobody is removed for being absent from a sheet, no duty ends by being left
out, and no account is taken away: a roster adds and corrects.
"""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, Final, TypeVar

from services.enrollment.domain.audience import segments
from services.enrollment.domain.cells import (
    ACCOUNTS,
    CATEGORY,
    KIND,
    NAME,
    NUMBER,
    PARENT,
    TITLE,
    Cells,
)
from services.enrollment.domain.entries import Derive, Entry, read_entries, refuse_stage
from services.enrollment.domain.organizations import (
    Ambiguous,
    Node,
    Organization,
    Tree,
    grow,
    too_deep,
)
from services.enrollment.domain.plan import (
    DescribeMember,
    EnterCategory,
    Known,
    LinkAccount,
    Member,
    PlaceMember,
    PlaceOrganization,
    Plan,
    RegisterMember,
    RowReport,
)
from services.enrollment.domain.words import CATEGORY_WORDS, Message, written

Command = TypeVar("Command", bound=tuple[Any, ...])

PLACE: Final = "党组织"
NOBODY: Final = Member("", "", "", {}, frozenset())


def plan_roster(
    rows: Iterable[Mapping[str, str]], known: Known, *, derive: Derive, on: str
) -> Plan:
    """What rows of members, of organizations, or of both would change on the ISO day `on`.

    A row is a member's where it has the column 编号, else an organization's;
    行号 is its number in the sheet. `on` stands where a row gives no day.
    """
    cells = sorted((Cells(row) for row in rows), key=attrgetter("number"))
    units = [one for one in cells if NUMBER not in one.row]
    people = [one for one in cells if NUMBER in one.row]
    tree = Tree(known.organizations.values())
    nodes, refusals = grow(tree, units)
    if refusals := refusals or too_deep(tree):
        return refused(cells, refusals)
    tree.index()
    entries = read_entries(people, known.members, derive)
    places = find_places(tree, entries, known, on)
    organizations = placements(tree, known, derive)
    if refusals := too_deep(tree):
        return refused(cells, refusals)
    reports = [unit_report(one, nodes.get(one.number), known, tree) for one in units]
    reports += [member_report(one, known, tree, places.get(one.number), on) for one in entries]
    accepted = [entry for entry in entries if not entry.cells.refusals]
    return Plan(
        rows=tuple(sorted(reports)),
        organizations=organizations,
        registered=ordered(
            RegisterMember(derive("member", entry.number), on)
            for entry in accepted
            if entry.number not in known.members
        ),
        described=ordered(
            DescribeMember(derive("member", entry.number), entry.number, entry.name)
            for entry in accepted
            if member(known, entry).name != entry.name
        ),
        placed=ordered(
            PlaceMember(derive("member", number), derive("organization", code), tree.path(code), on)
            for number, code in (standing_places(tree, known) | places).items()
            if known.members.get(number, NOBODY).path != tree.path(code)
        ),
        categories=ordered(
            EnterCategory(derive("member", entry.number), category, since)
            for entry in accepted
            for category, since in entry.entered(member(known, entry).categories, on).items()
        ),
        accounts=ordered(
            LinkAccount(derive("member", entry.number), partner, account_id)
            for entry in accepted
            for account_id, partner in entry.linked(member(known, entry).accounts).items()
        ),
    )


def member(known: Known, entry: Entry) -> Member:
    """The member of an entry as known; of a new one nothing is."""
    return known.members.get(entry.number, NOBODY)


def ordered(commands: Iterable[Command]) -> tuple[Command, ...]:
    """Without repetition and in one order, whatever the order of the rows."""
    return tuple(sorted(set(commands)))


def refused(cells: Iterable[Cells], refusals: Iterable[Message]) -> Plan:
    """The plan of a sheet refused as a whole."""
    rows = tuple(RowReport(one.number, "refused", tuple(one.refusals)) for one in cells)
    return Plan(rows, tuple(refusals))


def find_places(tree: Tree, entries: Iterable[Entry], known: Known, on: str) -> dict[str, str]:
    """The organization code of each accepted entry by number; refuses what stands nowhere."""
    places: dict[str, str] = {}
    for entry in entries:
        if not entry.cells.refusals:
            refuse_stage(entry, member(known, entry).categories, on)
        if entry.cells.refusals:
            continue
        try:
            places[entry.number] = tree.place(entry.units)
        except Ambiguous as word:
            entry.cells.refuse(
                PLACE,
                f"有多个党组织名为“{word}”，请改填其代码",
                f"several organizations are called {word}; write the code instead",
            )
    return places


def placements(tree: Tree, known: Known, derive: Derive) -> tuple[PlaceOrganization, ...]:
    """The organizations that are new, renamed or moved, those above first."""
    standing = (Organization(*node[:3], tree.path(node.code)) for node in tree.nodes.values())
    fresh = [one for one in standing if known.organizations.get(one.code) != one]
    fresh.sort(key=lambda one: (len(segments(one.path)), one.path))
    # By code and not by path: an organization that moves stays itself.
    return tuple(PlaceOrganization(derive("organization", one.code), *one) for one in fresh)


def standing_places(tree: Tree, known: Known) -> dict[str, str]:
    """Where known members stand: they move along when their organization does."""
    last = {number: segments(one.path)[-1:] for number, one in known.members.items()}
    return {number: code for number, (*_, code) in last.items() if code in tree.nodes}


def title(known: Known, path: str) -> str:
    """The names along a path as known; a code where no name is."""
    named = known.organizations
    return "/".join(named[code].name if code in named else code for code in segments(path))


def change(field: str, old: str, new: str) -> Message:
    return Message(field, f"由“{old}”改为“{new}”", f"{field} changes from {old!r} to {new!r}")


def unit_report(cells: Cells, node: Node | None, known: Known, tree: Tree) -> RowReport:
    """What becomes of an organization's row."""
    if cells.refusals or node is None:
        return RowReport(cells.number, "refused", tuple(cells.refusals))
    before = known.organizations.get(node.code)
    if before is None:
        return RowReport(cells.number, "added", ())
    old = (before.name, before.kind, before.path)
    new = (node.name, node.kind, tree.path(node.code))
    changes = tuple(
        change(field, was, becomes)
        for field, was, becomes in zip((TITLE, KIND, PARENT), old, new, strict=True)
        if was != becomes
    )
    return RowReport(cells.number, "changed" if changes else "unchanged", changes)


def member_report(entry: Entry, known: Known, tree: Tree, code: str | None, on: str) -> RowReport:
    """What becomes of a member's row."""
    row = entry.cells.number
    if entry.cells.refusals or code is None:
        return RowReport(row, "refused", tuple(entry.cells.refusals))
    if entry.number not in known.members:
        return RowReport(row, "added", ())
    before = member(known, entry)
    changes = []
    if before.name != entry.name:
        changes.append(change(NAME, before.name, entry.name))
    if before.path != tree.path(code):
        changes.append(change(PLACE, title(known, before.path), tree.title(code)))
    for category, since in entry.entered(before.categories, on).items():
        zh = written(category, CATEGORY_WORDS)
        changes.append(Message(CATEGORY, f"自 {since} 起为{zh}", f"{category} since {since}"))
    for partner in entry.linked(before.accounts).values():
        changes.append(Message(ACCOUNTS, f"关联 {partner} 账号", f"an account at {partner}"))
    return RowReport(row, "changed" if changes else "unchanged", tuple(changes))
