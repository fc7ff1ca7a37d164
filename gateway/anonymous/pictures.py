"""Pictures without what is written beside them."""

from struct import error as WrongLength
from struct import pack, unpack_from
from zlib import crc32

from gateway.anonymous.bounds import Unreadable

PNG = b"\x89PNG\r\n\x1a\n"
# What a picture needs to look as it does. Colour profiles stay; all else may say who made it.
PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD hIST pHYs acTL fcTL fdAT".split()
)

JPEG = b"\xff\xd8"
START, END = 0xDA, 0xD9
# Markers that stand alone: TEM and the restarts.
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
APP0, APP1, APP2, APP14, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
APPLICATIONS = range(0xE0, 0xF0)
JFIF, EXIF, ICC, ADOBE = b"JFIF\0", b"Exif\0\0", b"ICC_PROFILE\0", b"Adobe"
ORIENTATION, SHORT = 0x0112, 3


def png(content: bytes) -> bytes:
    """A PNG of nothing but the chunks that make the picture, as they were."""
    if not content.startswith(PNG):
        raise Unreadable("no PNG")
    kept, at = [PNG], len(PNG)
    while True:
        head = content[at : at + 8]
        if len(head) < 8:
            raise Unreadable("a PNG without an end")
        length, kind = int.from_bytes(head[:4]), head[4:]
        chunk = content[at : at + 12 + length]
        if len(chunk) < 12 + length or int.from_bytes(chunk[-4:]) != crc32(chunk[4:-4]):
            raise Unreadable("a broken chunk")
        if kind in PNG_KEPT:
            kept.append(chunk)
        if kind == b"IEND":
            return b"".join(kept)
        at += len(chunk)


def jpeg(content: bytes) -> bytes:
    """A JPEG without EXIF, XMP, IPTC, comments and what follows its end.

    Of EXIF the orientation stays, of JFIF the density. A scan that breaks off
    is shown as far as it goes.
    """
    if not content.startswith(JPEG):
        raise Unreadable("no JPEG")
    kept, at = [JPEG], len(JPEG)
    while at < len(content):
        if content[at] != 0xFF:
            raise Unreadable("no marker where one should be")
        while content[at : at + 1] == b"\xff":
            at += 1
        if at == len(content):
            break
        marker = content[at]
        at += 1
        if marker == END:
            break
        if marker in ALONE:
            kept.append(bytes([0xFF, marker]))
            continue
        length = int.from_bytes(content[at : at + 2])
        data = content[at + 2 : at + length]
        if length < 2 or len(data) < length - 2:
            raise Unreadable("a broken segment")
        at += length
        kept.append(_segment(marker, data))
        if marker == START:
            end = _scan_end(content, at)
            kept.append(content[at:end])
            at = end
    return b"".join([*kept, bytes([0xFF, END])])


def _segment(marker: int, data: bytes) -> bytes:
    """A segment as it is kept; nothing if it is not."""
    if marker == APP0 and data.startswith(JFIF):
        data = data[:12].ljust(12, b"\0") + b"\0\0"
    elif marker == APP1 and data.startswith(EXIF):
        turned = _orientation(data[len(EXIF) :])
        if not turned:
            return b""
        entry = pack(">HHIHH", ORIENTATION, SHORT, 1, turned, 0)
        data = EXIF + b"MM\0*" + pack(">IH", 8, 1) + entry + bytes(4)
    elif marker == APP14 and data.startswith(ADOBE):
        data = data[:12]
    elif marker == COMMENT or (
        marker in APPLICATIONS and not (marker == APP2 and data.startswith(ICC))
    ):
        return b""
    return bytes([0xFF, marker]) + pack(">H", len(data) + 2) + data


def _scan_end(content: bytes, at: int) -> int:
    """Where the first marker after a scan is; a byte 0xFF of the scan is followed by 0."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] == 0 or 0xD0 <= content[at + 1] < 0xD8:
            at += 2
        elif content[at + 1] == 0xFF:
            at += 1
        else:
            return at
    return len(content)


def _orientation(tiff: bytes) -> int:
    """The orientation that EXIF tells, 2 to 8; 0 if upright or not told."""
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (first,) = unpack_from(order + "I", tiff, 4)
        (count,) = unpack_from(order + "H", tiff, first)
        for entry in range(first + 2, first + 2 + 12 * count, 12):
            tag, kind, _, value = unpack_from(order + "HHIH", tiff, entry)
            if tag == ORIENTATION and kind == SHORT and 2 <= value <= 8:
                return int(value)
    except WrongLength:
        pass
    return 0
