"""What reviewers see names nobody: copies of uploaded files without who made them.

What authors wrote themselves stays: a name in the text, in the text of a
comment, or to be seen in a picture.
"""

from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO

from gateway.anonymous.archives import zipped
from gateway.anonymous.bounds import Bounds, Unreadable, unreadable
from gateway.anonymous.office import document
from gateway.anonymous.pdf import pdf
from gateway.anonymous.pictures import jpeg, png
from gateway.api.uploads import TYPES

Cleaner = Callable[[bytes, Bounds], bytes]

SINGLE: dict[str, Cleaner] = {
    TYPES[".pdf"]: lambda content, _: pdf(content),
    TYPES[".docx"]: document,
    TYPES[".png"]: lambda content, _: png(content),
    TYPES[".jpg"]: lambda content, _: jpeg(content),
}


def anonymous(content: BinaryIO, media_type: str) -> BinaryIO:
    """A copy, at its beginning, of a file of one of `TYPES`; equal contents have equal copies.

    - PDF: no document information, XMP, embedded files, digital signatures,
      XFA forms, names of annotators or data of the programs that made it.
    - DOCX: no properties, names of commentators and editors, revision ids,
      thumbnail, custom XML, or addresses of files; see `office`.
    - PNG, JPEG: no text, EXIF, XMP or IPTC; colors and orientation stay.
    - ZIP: see `archives`.

    The copy may be longer than the content. Raises `Invalid` (`file_unreadable`)
    for what is broken, encrypted or unpacks to too much: a file that could not
    be cleaned is not shown; `file_nothing_to_show` for an archive without one.
    """
    content.seek(0)
    given, bounds = content.read(), Bounds()
    try:
        if media_type == TYPES[".zip"]:
            return BytesIO(zipped(given, bounds, SINGLE))
        return BytesIO(SINGLE[media_type](given, bounds))
    except Unreadable as why:
        raise unreadable() from why
