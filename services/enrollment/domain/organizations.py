"""The tree of organizations: what a sheet says about it and where a named one stands."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from services.enrollment.domain.audience import segments
from services.enrollment.domain.cells import CODE, KIND, NOTHING, PARENT, TITLE, Cells
from services.enrollment.domain.words import ORGANIZATION_WORDS, Message, choices, coded

CODE_PATTERN: Final = re.compile(r"[0-9A-Za-z._-]{1,64}")
LONGEST_PATH: Final = 400


class Organization(NamedTuple):
    """An organization at its place; the last code of `path` is its own."""

    code: str
    name: str
    kind: str
    path: str


class Node(NamedTuple):
    """An organization by its parent's code, None at the top."""

    code: str
    name: str
    kind: str
    parent: str | None


class Ambiguous(ValueError):
    """Several known organizations go by this name at this place."""


class Tree:
    """Organizations by code; grows while a sheet is read."""

    def __init__(self, known: Iterable[Organization]) -> None:
        self.nodes: dict[str, Node] = {}
        self.above: dict[str, str] = {}
        for organization in known:
            *above, code = segments(organization.path)
            self.nodes[code] = Node(*organization[:3], above[-1] if above else None)
            self.above[code] = "".join(f"/{one}" for one in above)
        self.named: dict[tuple[str | None, str], set[str]] = {}

    def index(self) -> None:
        """Makes what stands now findable by name or code; what is added later is derived."""
        self.named.clear()
        for node in self.nodes.values():
            above = {one.code for one in self.line(node.code)[:-1]} | {node.parent}
            if node.kind == "committee":
                above.add(None)
            for parent in above:
                for word in (node.name, node.code):
                    self.named.setdefault((parent, word), set()).add(node.code)

    def line(self, code: str) -> list[Node]:
        """The organizations from the top down to `code`; ends where a parent is unknown."""
        upwards = [self.nodes[code]]
        while (parent := upwards[-1].parent) in self.nodes and len(upwards) <= len(self.nodes):
            assert parent is not None
            upwards.append(self.nodes[parent])
        return upwards[::-1]

    def path(self, code: str) -> str:
        """`/1/12/133/`: the codes from the top down to `code`.

        What is known to stand above an organization counts even where nothing
        else is known of it.
        """
        line = self.line(code)
        above = self.above.get(line[0].code, "") if line[0].parent else ""
        return above + "".join(f"/{node.code}" for node in line) + "/"

    def overlong(self) -> set[str]:
        """The codes of the organizations whose path no fact can carry."""
        lengths: dict[str | None, int] = {None: 1}
        for start in self.nodes:
            code: str | None = start
            climbed: list[Node] = []
            while code not in lengths:
                if code not in self.nodes:
                    lengths[code] = len(self.above.get(climbed[-1].code, "")) + 1
                    break
                climbed.append(self.nodes[code])
                code = climbed[-1].parent
            for node in reversed(climbed):
                lengths[node.code] = lengths[node.parent] + len(node.code) + 1
        return {code for code in self.nodes if lengths[code] > LONGEST_PATH}

    def title(self, code: str) -> str:
        """The names from the top down to `code`, for people."""
        return "/".join(node.name for node in self.line(code))

    def child(self, parent: str | None, kind: str, word: str) -> str | None:
        """The code of the organization called `word` below `parent`, or None.

        One directly below goes before one further down, which is meant where
        a level between is left out. Below None stand the top and every
        committee of the tree. An empty kind is any. Raises `Ambiguous` where
        several go by the name.
        """
        codes = {
            code
            for code in self.named.get((parent, word), ())
            if kind in ("", self.nodes[code].kind)
        }
        codes = {code for code in codes if self.nodes[code].parent == parent} or codes
        if len(codes) > 1:
            raise Ambiguous(word)
        return next(iter(codes), None)

    def find(self, words: Iterable[str]) -> str | None:
        """The code at the end of names or codes from a committee down, or None."""
        parent: str | None = None
        for word in words:
            parent = self.child(parent, "", word)
            if parent is None:
                return None
        return parent

    def place(self, units: Sequence[tuple[str, str]]) -> str:
        """The code at the end of (kind, name or code) units from a committee down.

        What is new is added, with a code derived from the kinds and names above
        it, so that every sheet that names it so means the same organization.
        """
        nodes: list[Node] = []
        parent: str | None = None
        named: list[tuple[str, str]] = []
        for kind, word in units:
            code = self.child(parent, kind, word) or derived_code([*named, (kind, word)])
            node = self.nodes.get(code) or Node(code, word, kind, parent)
            nodes.append(node)
            named.append((node.kind, node.name))
            parent = code
        for node in nodes:
            self.nodes.setdefault(node.code, node)
        return nodes[-1].code


def too_deep(tree: Tree) -> list[Message]:
    """Refuses the sheet that makes a path no fact can carry, naming where it begins."""
    overlong = tree.overlong()
    return [
        Message(
            CODE,
            f"党组织 {code} 的层级过深",
            f"the path of the organization {code} has more than {LONGEST_PATH} characters",
        )
        for code in sorted(overlong)
        if tree.nodes[code].parent not in overlong
    ]


def derived_code(units: Iterable[tuple[str, str]]) -> str:
    """Twelve hexadecimal digits of the SHA-256 of kinds and names from the top down."""
    written = "\n".join(f"{kind}\t{name}" for kind, name in units)
    return sha256(written.encode()).hexdigest()[:12]


def read_rows(rows: list[Cells]) -> dict[int, Node]:
    """The organizations of a sheet by row number; rows with refusals are left out."""
    nodes: dict[int, Node] = {}
    for cells in rows:
        code = organization_code(cells, CODE)
        name, kind = cells.text(TITLE, 120), cells.text(KIND, 64)
        above = cells.row.get(PARENT, "").strip()
        parent = None if above in NOTHING else organization_code(cells, PARENT)
        if kind and not coded(kind, ORGANIZATION_WORDS):
            zh, en = choices(ORGANIZATION_WORDS)
            cells.refuse(
                KIND,
                f"不认识的组织类别“{kind}”，可填：{zh}",
                f"unknown kind of organization {kind!r}; one of {en}",
            )
        nodes[cells.number] = Node(code, name, coded(kind, ORGANIZATION_WORDS) or "", parent)
    times = Counter(node.code for node in nodes.values())
    for cells in rows:
        if (code := nodes[cells.number].code) and times[code] > 1:
            cells.refuse(CODE, f"代码 {code} 在表中重复", f"code {code} is in the sheet twice")
        if cells.refusals:
            del nodes[cells.number]
    return nodes


def organization_code(cells: Cells, column: str) -> str:
    """A code that can be a segment of a path, or "" with a refusal."""
    code = cells.identifier(column)
    if code and not CODE_PATTERN.fullmatch(code):
        cells.refuse(
            column,
            f"“{column}”只能由字母、数字、点、下划线和连字符组成",
            f"{column} may have letters, digits, dots, underscores and hyphens only",
        )
        return ""
    return code


def grow(tree: Tree, rows: list[Cells]) -> tuple[dict[int, Node], list[Message]]:
    """Places a sheet's organizations in the tree.

    Returns those accepted, by row number, and what refuses the whole sheet.
    """
    nodes = read_rows(rows)
    mentioned = {cells.row.get(CODE, "").strip() for cells in rows} | set(tree.nodes)
    problems = {
        Message(
            PARENT,
            f"第 {number} 行的上级代码 {node.parent} 不存在",
            f"row {number}: no organization has the parent code {node.parent}",
        )
        for number, node in nodes.items()
        if node.parent and node.parent not in mentioned
    }
    drop_orphans(tree, rows, nodes)
    tree.nodes |= {node.code: node for node in nodes.values()}
    problems |= {
        Message(
            PARENT,
            f"党组织的上下级形成循环：{circle}",
            f"these organizations stand below each other: {circle}",
        )
        for circle in cycles(tree.nodes)
    }
    return nodes, sorted(problems)


def drop_orphans(tree: Tree, rows: list[Cells], nodes: dict[int, Node]) -> None:
    """Refuses the rows whose parent is nowhere but in a refused row, and those below them."""
    codes = {node.code for node in nodes.values()} | set(tree.nodes)
    below: dict[str, list[Cells]] = defaultdict(list)
    for cells in rows:
        if (node := nodes.get(cells.number)) and node.parent:
            below[node.parent].append(cells)
    lost = [parent for parent in below if parent not in codes]
    while lost:
        parent = lost.pop()
        for cells in below.pop(parent, ()):
            code = nodes.pop(cells.number).code
            cells.refuse(
                PARENT, f"上级 {parent} 未能登记", f"the parent {parent} could not be placed"
            )
            if code not in tree.nodes:
                lost.append(code)


def cycles(nodes: Mapping[str, Node]) -> list[str]:
    """Each circle of organizations by name and code, written from its smallest code."""
    circles, seen = [], set[str]()
    for start in sorted(nodes):
        trail: list[str] = []
        code: str | None = start
        while code in nodes and code not in seen:
            assert code is not None
            seen.add(code)
            trail.append(code)
            code = nodes[code].parent
        if code in trail:
            circle = trail[trail.index(code) :]
            least = circle.index(min(circle))
            circle = [*circle[least:], *circle[: least + 1]]
            circles.append(" → ".join(f"{nodes[one].name}({one})" for one in circle))
    return circles
