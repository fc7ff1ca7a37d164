"""Office documents (OOXML packages) without who wrote, edited and commented on them."""

import re
from posixpath import basename, dirname, join, normpath

from gateway.anonymous import pictures
from gateway.anonymous.bounds import Bounds, Unreadable, pack
from gateway.anonymous.markup import Attributes, local, rewritten

CONTENT_TYPES = "[Content_Types].xml"
# Parts that say who made a document, or hold data of the programs that did; none is needed.
LEFT_OUT = re.compile(
    r"(docProps|customXml|_xmlsignatures|docMetadata|package/services/metadata)/.*"
    r"|.*/(people|person|recipientData)\.xml|.*/persons/.*",
    re.IGNORECASE,
)
# The last words of the types of relationships that lead to such parts, wherever these are.
LEFT_OUT_TYPES = frozenset(
    "core-properties extended-properties extendedProperties custom-properties customProperties"
    " thumbnail customXml people person attachedTemplate mailMergeSource mailMergeHeaderSource"
    " recipientData origin signature classificationlabels".lower().split()
)
# Elements that hold names, paths, or ids of the computer on which a revision was made.
ELEMENTS_LEFT_OUT = frozenset(
    {
        "rsids",
        "attachedTemplate",
        "mailMerge",
        "docVars",
        "saveThroughXslt",
        "absPath",
        "fileSharing",
    }
)
# Attributes that must be there, and so are told of somebody.
SOMEBODY = {"author": "Author", "initials": "A"}
ATTRIBUTES_LEFT_OUT = frozenset({"userId", "userName", "providerId"})
# A picture is called by the file it was, path and all.
CALLED = frozenset({"docPr", "cNvPr"})
FILE_LIKE = re.compile(r"[\\/]|\.[A-Za-z]{2,4}$")
# In the code of a field, such as one that shows a picture.
PATH = re.compile(r'(?:file:|(?<![A-Za-z])[A-Za-z]:[\\/]|\\\\)[^"]*', re.IGNORECASE)
MARKUP = frozenset({".xml", ".rels", ".vml"})
SHOWN = frozenset(
    [".gif", ".bmp", ".emf", ".wmf", ".svg", ".tif", ".tiff", ".odttf", ".ttf", ".fntdata"]
)


def document(content: bytes, bounds: Bounds) -> bytes:
    """A package without properties, thumbnail, signatures, custom XML and names of people.

    Text, comments and changes stay, but everybody who commented or changed
    is `Author`. Pictures that are PNG or JPEG and packages within are
    cleaned; other pictures and fonts are as they were. Of everything else
    that is embedded, such as OLE objects, only the picture on the page stays.
    Addresses outside of the package, of which a program would tell the
    owner who reads it, are gone, save links to the web that one has to follow.
    """
    parts = dict(bounds.unpack(content))
    if CONTENT_TYPES not in parts:
        raise Unreadable("no package")
    gone = {name for name in parts if LEFT_OUT.fullmatch(name)}
    for name, part in parts.items():
        if name.endswith(".rels"):
            gone |= _targets(name, part)
    gone |= {_rels_of(name) for name in gone}
    return pack(
        {name: _part(name, part, gone, bounds) for name, part in parts.items() if name not in gone}
    )


def _part(name: str, part: bytes, gone: set[str], bounds: Bounds) -> bytes:
    suffix = "." + name.rpartition(".")[2].lower()
    if name == CONTENT_TYPES:
        return rewritten(
            part, lambda _, given: None if given.get("PartName", "")[1:] in gone else given
        )
    if suffix == ".rels":
        return rewritten(part, lambda _, given: _relationship(name, given, gone))
    if suffix in MARKUP:
        return rewritten(part, _element, _text)
    # Content decides, not the name: programs save a JPEG as image1.png.
    if part.startswith(pictures.PNG):
        return pictures.png(part)
    if part.startswith(pictures.JPEG):
        return pictures.jpeg(part)
    if part.startswith(b"PK\3\4"):
        return document(part, bounds)
    return part if suffix in SHOWN else b""


def _element(name: str, attributes: Attributes) -> Attributes | None:
    """What stays of an element of the document."""
    kind = local(name)
    if kind in ELEMENTS_LEFT_OUT:
        return None
    picture = kind in CALLED
    kept = {}
    for key, value in attributes.items():
        called = local(key)
        if called in SOMEBODY:
            kept[key] = SOMEBODY[called]
        elif picture and (
            called == "name" or (called in ("descr", "title") and FILE_LIKE.search(value))
        ):
            kept[key] = ""
        elif called == "instr":
            kept[key] = PATH.sub("", value)
        elif not (
            called.startswith("rsid")
            or called in ATTRIBUTES_LEFT_OUT
            or (kind == "imagedata" and called == "title")
        ):
            kept[key] = value
    return kept


def _text(name: str, text: str) -> str:
    """What stays of a text: all, save paths in the code of a field."""
    return PATH.sub("", text) if local(name) == "instrText" else text


def _relationship(rels: str, attributes: Attributes, gone: set[str]) -> Attributes | None:
    """What stays of a relationship; one that leads outside leads nowhere."""
    if "Target" not in attributes:
        return attributes
    kind = _type(attributes)
    if kind in LEFT_OUT_TYPES or _target(rels, attributes) in gone:
        return None
    if attributes.get("TargetMode") != "External":
        return attributes
    if kind == "hyperlink" and attributes["Target"].lower().startswith(("http://", "https://")):
        return attributes
    return attributes | {"Target": "about:blank"}


def _targets(rels: str, part: bytes) -> set[str]:
    """The parts to which relationships of the left out types lead."""
    found = set()

    def look(_: str, attributes: Attributes) -> Attributes:
        if _type(attributes) in LEFT_OUT_TYPES and attributes.get("TargetMode") != "External":
            found.add(_target(rels, attributes))
        return attributes

    rewritten(part, look)
    return found


def _type(attributes: Attributes) -> str:
    return attributes.get("Type", "").rpartition("/")[2].lower()


def _target(rels: str, attributes: Attributes) -> str:
    """The name of the part to which a relationship of `a/_rels/b.xml.rels` leads, from `a`."""
    return normpath(join("/", dirname(dirname(rels)), attributes.get("Target", ""))).lstrip("/")


def _rels_of(name: str) -> str:
    return join(dirname(name), "_rels", f"{basename(name)}.rels")
