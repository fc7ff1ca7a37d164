"""Archives: what is in them is cleaned, and called by numbers."""

from collections.abc import Callable, Mapping
from io import BytesIO

from gateway.anonymous.bounds import Bounds, pack
from gateway.api.uploads import SUFFIXES, TYPES, media_type
from services.contracts.refusal import Invalid

Cleaners = Mapping[str, Callable[[bytes, Bounds], bytes]]


def zipped(content: bytes, bounds: Bounds, cleaners: Cleaners) -> bytes:
    """The cleaned entries of an archive as `1.pdf`, `2.docx`, …, in the order of their names.

    Names may be people's, so none is kept. Reviewers see PDF, DOCX, PNG and
    JPG files whose content is of the kind that the name says. Everything
    else is left out, archives in the archive too. Raises `Unreadable` if one
    of the files that should be seen is broken, so that none goes missing
    without its author knowing; `Invalid` if there is none to be seen.
    """
    seen: dict[str, bytes] = {}
    for name, entry in sorted(bounds.unpack(content)):
        kind = kind_of(name, entry)
        if kind in cleaners:
            seen[f"{len(seen) + 1}{SUFFIXES[kind]}"] = cleaners[kind](entry, bounds)
    if not seen:
        raise Invalid(
            "file_nothing_to_show",
            "压缩包中没有可供评阅的 PDF、DOCX、PNG 或 JPG 文件",
            "the archive holds no PDF, DOCX, PNG or JPG file that could be reviewed",
            field="file",
        )
    return pack(seen)


def kind_of(name: str, entry: bytes) -> str:
    """The media type of an entry, or of an archive where it is none that is taken."""
    try:
        return media_type(name, BytesIO(entry))
    except Invalid:
        return TYPES[".zip"]
