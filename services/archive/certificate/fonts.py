"""The fonts of certificates, and which characters they can print.

A character that no font has would be printed as an empty box; it is refused
instead. Formats: OpenType 1.9, table `cmap`, subtable format 12.
"""

import struct
import unicodedata
from functools import cache
from pathlib import Path
from typing import BinaryIO

import typst

# In the order in which they are tried; the second adds variants, such as 𠮷, that the
# first lacks.
FAMILIES = ("Noto Serif SC", "Noto Serif JP")
WEIGHTS = (400, 700)

FORMAT_12 = 12
GROUP = struct.Struct(">LLL")  # first code point, last code point, first glyph


def missing_characters(text: str, fonts: Path) -> list[str]:
    """The characters of `text` that cannot be printed, each once, in order.

    Control and format characters, line ends and unassigned code points are
    among them whatever a font says: they print as nothing or move the rest.
    """
    known = _characters(fonts)
    return [
        character
        for character in dict.fromkeys(text)
        if ord(character) not in known or _moves_or_hides(character)
    ]


@cache
def loaded(fonts: Path) -> typst.Fonts:
    """The fonts in a folder for typst, none of the machine's, none of typst's own.

    Raises FileNotFoundError if a weight of one of FAMILIES is absent or unreadable:
    typst would print nothing in its place, and say nothing.
    """
    found = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]
    )
    present = {(font.family, font.weight) for font in found.fonts()}
    for family in FAMILIES:
        for weight in WEIGHTS:
            if (family, weight) not in present:
                raise FileNotFoundError(
                    f"{fonts} 中缺少证书字体 {family} {weight}："
                    "请运行 npm ci 和 python -m zhixing.assets。 "
                    f"The certificate font {family} {weight} is not in {fonts}: "
                    "run npm ci and python -m zhixing.assets."
                )
    return found


@cache
def _characters(fonts: Path) -> frozenset[int]:
    """The code points that at least one family has in each weight."""
    files = {
        (font.family, font.weight): Path(font.path)
        for font in loaded(fonts).fonts()
        if font.path is not None
    }
    return frozenset().union(
        *(
            frozenset.intersection(*(_code_points(files[family, weight]) for weight in WEIGHTS))
            for family in FAMILIES
        )
    )


def _code_points(font: Path) -> frozenset[int]:
    """The code points that a font file maps to a glyph."""
    with font.open("rb") as file:
        cmap = _table(file, b"cmap")
    (subtables,) = struct.unpack_from(">H", cmap, 2)
    for index in range(subtables):
        (start,) = struct.unpack_from(">L", cmap, 4 + 8 * index + 4)
        (kind,) = struct.unpack_from(">H", cmap, start)
        if kind == FORMAT_12:
            (length,) = struct.unpack_from(">L", cmap, start + 4)
            groups = GROUP.iter_unpack(cmap[start + 16 : start + length])
            return frozenset(point for first, last, _ in groups for point in range(first, last + 1))
    raise ValueError(f"{font.name} has no cmap subtable of format 12")


def _table(file: BinaryIO, wanted: bytes) -> bytes:
    """The bytes of one table of an OpenType file."""
    _, count = struct.unpack(">LH", file.read(6))
    file.seek(12)
    for tag, _, start, length in struct.iter_unpack(">4sLLL", file.read(16 * count)):
        if tag == wanted:
            file.seek(start)
            return file.read(length)
    raise ValueError(f"the font has no table {wanted.decode()}")


def _moves_or_hides(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("C") or category in {"Zl", "Zp"}
