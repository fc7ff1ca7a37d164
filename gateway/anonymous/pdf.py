"""PDF without who made, annotated and signed it, and with what."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from gateway.anonymous.bounds import Unreadable
from gateway.anonymous.pictures import jpeg

# Wherever they are. /EF holds embedded files, /DSS and /Perms signers' certificates,
# /PTEX… what pdfTeX tells of included files, /User and /CreatorInfo those of a layer.
LEFT_OUT = frozenset(
    [
        "/Metadata",
        "/PieceInfo",
        "/EF",
        "/RF",
        "/AF",
        "/EmbeddedFiles",
        "/DSS",
        "/Perms",
        "/Legal",
        "/SpiderInfo",
        "/XFA",
        "/CreatorInfo",
        "/User",
        "/NM",
        "/PTEX.FileName",
        "/PTEX.InfoDict",
        "/PTEX.Fullbanner",
    ]
)
# What programs write where only their own eyes look.
TOLD = frozenset(
    ["/Author", "/Creator", "/Producer", "/Company", "/Manager", "/Keywords", "/SourceModified"]
)
# Their /T is who annotated; that of a form field is its name.
MARKED = frozenset(
    [
        "/Text",
        "/FreeText",
        "/Line",
        "/Square",
        "/Circle",
        "/Polygon",
        "/PolyLine",
        "/Highlight",
        "/Underline",
        "/Squiggly",
        "/StrikeOut",
        "/Stamp",
        "/Caret",
        "/Ink",
        "/Popup",
        "/FileAttachment",
        "/Sound",
        "/Movie",
        "/Screen",
        "/Redact",
        "/Projection",
        "/3D",
        "/RichMedia",
    ]
)
SIGNATURES = ("/Sig", "/DocTimeStamp")
FILES = ("/F", "/UF", "/DOS", "/Mac", "/Unix", "/Desc")
# Actions that name a file or an address of the author's.
LEADING_OUT = ("/GoToR", "/GoToE", "/Launch", "/ImportData", "/SubmitForm")


def pdf(content: bytes) -> bytes:
    """What the pages of a PDF show, without what it tells of people and programs.

    Pages, outlines, links, form fields and annotations with their text stay.
    Older states of the file and whatever no page needs are gone. Visible
    stamps stay, save those of digital signatures. JPEG 2000 pictures stay
    as they were. Raises `Unreadable` for what is encrypted or broken.
    """
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted or not reader.pages:
            raise Unreadable("encrypted, or without pages")
        for key in ("/Info", "/ID"):
            reader.trailer.pop(key, None)
        _scrub(reader.root_object)
        # Copies only what the catalog still leads to.
        writer = PdfWriter(clone_from=reader, keep_initial_header=True)
        written = BytesIO()
        writer.write(written)
    # What a broken file makes the parser raise cannot be told in advance.
    except Exception as error:
        raise Unreadable(str(error)) from error
    return written.getvalue()


def _scrub(root: DictionaryObject) -> None:
    """Takes what names somebody from everything that can be reached."""
    known: dict[int, Any] = {}
    left: list[Any] = [root]
    while left:
        one = left.pop()
        if isinstance(one, IndirectObject):
            one = one.get_object()
        if id(one) in known or not isinstance(one, DictionaryObject | ArrayObject):
            continue
        # Kept, for an id may come again once its object is gone.
        known[id(one)] = one
        if isinstance(one, DictionaryObject):
            _clean(one)
            left.extend(one.values())
        else:
            left.extend(one)


def _clean(one: DictionaryObject) -> None:
    type_, subtype = _get(one, "/Type"), _get(one, "/Subtype")
    leads_out = type_ == "/Filespec" or "/EF" in one or _get(one, "/S") in LEADING_OUT
    for key in [key for key in one if key in LEFT_OUT or (key in TOLD and _is_text(one, key))]:
        del one[key]
    if type_ in SIGNATURES or "/ByteRange" in one:
        for key in [key for key in one if key != "/Type"]:
            del one[key]
    if _get(one, "/FT") == "/Sig":
        for key in ("/V", "/AP", "/MK"):
            one.pop(key, None)
            for kid in _get(one, "/Kids") or []:
                kid.get_object().pop(key, None)
    if subtype in MARKED:
        one.pop("/T", None)
    if leads_out:
        for key in FILES:
            if key in one:
                one[NameObject(key)] = TextStringObject("")
    if "/Threads" in one:
        for thread in _get(one, "/Threads"):
            thread.get_object().pop("/I", None)
    if isinstance(one, StreamObject) and _get(one, "/Filter") in ("/DCTDecode", ["/DCTDecode"]):
        one._data = jpeg(one._data)


def _get(one: DictionaryObject, key: str) -> Any:
    """A value, wherever it is kept; None where there is none."""
    return one.raw_get(key).get_object() if key in one else None


def _is_text(one: DictionaryObject, key: str) -> bool:
    return isinstance(_get(one, key), str) and not isinstance(_get(one, key), NameObject)
