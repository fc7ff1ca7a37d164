"""Reads a sheet a secretary would have: an .xlsx workbook or CSV, told apart by content.

The name of a file is for messages only. Of a workbook the first visible sheet
is read. A cell that holds a formula is read as the text of the formula, so
that whoever judges the row sees it; its cached value is nobody's statement.
"""

import csv
import posixpath
import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import zip_longest
from typing import Any, Final
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from services.enrollment.domain.cells import (
    ALIASES,
    NUMBER,
    ORGANIZATION_COLUMNS,
    ROSTER_COLUMNS,
    ROSTER_OPTIONAL,
    ROW,
)
from services.enrollment.domain.words import Message

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_UNPACKED: Final = 100 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 64
# A title and a remark may stand above the header.
HEADER_WITHIN: Final = 5
# Beyond this a spreadsheet's number has lost digits.
EXACT: Final = 10**15

KNOWN: Final = frozenset({*ROSTER_COLUMNS, *ROSTER_OPTIONAL, *ORGANIZATION_COLUMNS})
ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NOT_TEXT: Final = (b"%PDF", b"<", b"{\\rtf")
REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")

Line = tuple[int, list[str]]


class SheetRefused(ValueError):
    """A file that cannot be read as a sheet; `message` says why, in both languages."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.message = Message(field, zh, en)


def read_sheet(content: bytes, name: str) -> list[dict[str, str]]:
    """The rows of a sheet by Chinese header; `行号` is a row's number in the sheet.

    Every cell is text: whole numbers without a decimal point, days in ISO 8601.
    Blank rows are left out. Raises `SheetRefused`.
    """
    if not content.strip():
        raise SheetRefused("文件", f"文件“{name}”是空的", f"{name} is empty")
    if len(content) > MOST_BYTES:
        raise SheetRefused("文件", "文件超过 10 MB", "the file is larger than 10 MB")
    packed = content.startswith(ZIP)
    lines = workbook(content, name) if packed else separated(content, name)
    headers, rows = headed([line for line in lines if any(line[1])], name)
    if len(rows) > MOST_ROWS:
        raise too_many_rows()
    if not packed:
        check_width(rows, len(headers))
    return [
        {
            **{one: cell for one, cell in zip_longest(headers, cells, fillvalue="") if one},
            ROW: str(number),
        }
        for number, cells in rows
    ]


def too_many_rows() -> SheetRefused:
    return SheetRefused("文件", f"超过 {MOST_ROWS} 行", f"there are more than {MOST_ROWS} rows")


def not_a_sheet(name: str) -> SheetRefused:
    return SheetRefused(
        "文件",
        f"“{name}”不是表格，请上传 .xlsx 或 CSV 文件",
        f"{name} is not a sheet; send an .xlsx or a CSV file",
    )


def header(cell: str) -> str:
    """A header as it is known: wide signs, spaces and a required-mark do not matter."""
    plain = re.sub(r"[\s*]|\((必填|选填)\)", "", unicodedata.normalize("NFKC", cell))
    return ALIASES.get(plain, plain)


def headed(lines: list[Line], name: str) -> tuple[list[str], list[Line]]:
    """The headers, "" for those that mean nothing here, and the rows below them.

    The header is the line, of the first few, with the most known columns.
    """
    if not lines:
        raise SheetRefused("文件", f"文件“{name}”是空的", f"{name} is empty")
    candidates = [[header(cell) for cell in cells] for _, cells in lines[:HEADER_WITHIN]]
    known = [len(KNOWN & set(headers)) for headers in candidates]
    place = known.index(max(known))
    headers, rows = candidates[place], lines[place + 1 :]
    for one, times in Counter(filter(None, headers)).items():
        if times > 1:
            raise SheetRefused(one, f"“{one}”列重复", f"the column {one} is there twice")
    needed: tuple[str, ...] = ROSTER_COLUMNS
    if NUMBER not in headers:
        kinds: tuple[tuple[str, ...], ...] = (ROSTER_COLUMNS, ORGANIZATION_COLUMNS)
        needed = max(kinds, key=lambda columns: len(set(columns) & set(headers)))
    if missing := [column for column in needed if column not in headers]:
        listed = "、".join(missing)
        raise SheetRefused(
            missing[0], f"缺少列：{listed}", f"missing columns: {', '.join(missing)}"
        )
    if not rows:
        raise SheetRefused(
            "文件", f"“{name}”只有表头，没有数据", f"{name} has a header and no rows"
        )
    # A formula in a column nobody reads, such as a running number, harms nobody.
    wanted = KNOWN if NUMBER in headers else frozenset(ORGANIZATION_COLUMNS)
    return [one if one in wanted else "" for one in headers], rows


def separated(content: bytes, name: str) -> Iterator[Line]:
    """The lines of CSV, separated by comma, semicolon or tab, in UTF-8 or GB18030."""
    if content.startswith(OLE):
        raise SheetRefused(
            "文件",
            "这是旧版 .xls 或加密的工作簿，请另存为未加密的 .xlsx",
            "an old .xls or an encrypted workbook; save it as an .xlsx without a password",
        )
    if b"\0" in content or content.lstrip().startswith(NOT_TEXT):
        raise not_a_sheet(name)
    written = decoded(content, name)
    top = "\n".join(written.split("\n", HEADER_WITHIN)[:HEADER_WITHIN])
    separator = max(",;\t", key=top.count)
    reader = csv.reader(StringIO(written, newline=""), delimiter=separator, strict=True)
    before = 0
    try:
        for cells in reader:
            # A row is found by the line it begins on.
            number, before = before + 1, reader.line_num
            stripped = [cell.strip(" \t\r\n\u3000") for cell in cells]
            while stripped and not stripped[-1]:
                stripped.pop()
            yield number, stripped
    except csv.Error as reason:
        raise SheetRefused(
            "文件",
            f"第 {before + 1} 行不是有效的 CSV",
            f"row {before + 1} is not valid CSV: {reason}",
        ) from None


def check_width(rows: list[Line], width: int) -> None:
    """Refuses text that an unquoted comma has pushed out of its columns."""
    for number, cells in rows:
        if len(cells) > width:
            raise SheetRefused(
                "文件",
                f"第 {number} 行的单元格多于表头，内容中的逗号须加引号",
                f"row {number} has more cells than the header; quote a text with commas",
            )


def decoded(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise not_a_sheet(name)


def workbook(content: bytes, name: str) -> Iterator[Line]:
    """The lines of the first visible sheet of an .xlsx."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            check_archive(archive, name)
            formulas = Formulas()
            parse(archive, first_sheet(archive, name), formulas)
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            visible = next(
                one.name
                for one in book.sheets_metadata
                if one.visible == SheetVisibleEnum.Visible and one.typ == SheetTypeEnum.WorkSheet
            )
            rows = book.get_sheet_by_name(visible).to_python(skip_empty_area=False)
    except SheetRefused:
        raise
    except (
        CalamineError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        expat.ExpatError,
        LookupError,
        StopIteration,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ):
        raise not_a_sheet(name) from None
    for number, row in enumerate(rows, 1):
        cells = [
            formulas.found.get((number, column)) or plain(cell)
            for column, cell in enumerate(row, 1)
        ]
        yield number, cells


def check_archive(archive: zipfile.ZipFile, name: str) -> None:
    """Refuses what is no workbook, and what would unpack to more than a roster can be."""
    if "xl/workbook.xml" not in archive.namelist():
        raise not_a_sheet(name)
    if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
        raise SheetRefused("文件", "工作簿过大", "the workbook is too large when unpacked")
    if archive.testzip() is not None:
        raise not_a_sheet(name)


def parse(archive: zipfile.ZipFile, path: str, handler: "Handler") -> None:
    """Tells a handler of the elements of an XML part; keeps no tree of them."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    with archive.open(path) as part:
        parser.ParseFile(part)


class Handler:
    """Hears of elements by name without a namespace, unless a subclass overrides more."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.begin(tag.rpartition("}")[2], attributes)

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, tag: str) -> None:
        """Nothing is done at the end of an element."""

    def text(self, written: str) -> None:
        """Nothing is done with text."""


class Attributes(Handler):
    """The attributes of all elements of one name, in order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[dict[str, str]] = []

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == self.name:
            self.found.append(attributes)


class Formulas(Handler):
    """The formulas of a sheet as text beginning with =, by row and column from 1.

    Refuses a sheet whose cells lie too far out, before anything makes room for
    all the cells between.
    """

    def __init__(self) -> None:
        self.found: dict[tuple[int, int], str] = {}
        self.row, self.column = 0, 0
        self.inside = False

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
        elif tag == "c":
            self.column += 1
            if place := REFERENCE.fullmatch(attributes.get("r", "")):
                self.row, self.column = int(place[2]), column_number(place[1])
        elif tag in ("v", "is", "f"):
            check_extent(self.row, self.column)
            if tag == "f":
                self.inside = True
                self.found[self.row, self.column] = "="

    def end(self, tag: str) -> None:
        self.inside = False

    def text(self, written: str) -> None:
        if self.inside:
            self.found[self.row, self.column] += written


def first_sheet(archive: zipfile.ZipFile, name: str) -> str:
    """The path of the first visible sheet's XML part."""
    relations, listed = Attributes("Relationship"), Attributes("sheet")
    parse(archive, "xl/_rels/workbook.xml.rels", relations)
    parse(archive, "xl/workbook.xml", listed)
    sheets = {
        one.get("Id"): one.get("Target", "")
        for one in relations.found
        if one.get("Type", "").endswith("/worksheet")
    }
    for sheet in listed.found:
        # The attribute is r:id, whose namespace has two names.
        target = next((sheets.get(sheet[key]) for key in sheet if key.endswith("}id")), None)
        if target and sheet.get("state", "visible") == "visible":
            return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    raise not_a_sheet(name)


def check_extent(row: int, column: int) -> None:
    if row > MOST_ROWS + HEADER_WITHIN + 1:
        raise too_many_rows()
    if column > MOST_COLUMNS:
        raise SheetRefused(
            "文件", f"超过 {MOST_COLUMNS} 列", f"there are more than {MOST_COLUMNS} columns"
        )


def column_number(letters: str) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def plain(cell: Any) -> str:
    """A cell as text."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        exact = float(cell).is_integer() and abs(cell) < EXACT
        return str(int(cell)) if exact else f"{float(cell):e}" if abs(cell) >= EXACT else str(cell)
    return str(cell).strip()
