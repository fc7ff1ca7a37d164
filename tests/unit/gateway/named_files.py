"""Files with a name in every place that shows it to nobody who only looks."""

import zipfile
import zlib
from contextlib import suppress
from io import BytesIO
from struct import pack

NAME, LATIN = "欧阳无名", "NOBODY-IN-PARTICULAR"
BOTH = f"{NAME} {LATIN}"
TEXT = "学而时习之"


def named(content: bytes) -> list[str]:
    """The encodings in which one of the names is somewhere in a content."""
    ways = ("utf-8", "utf-16-be", "utf-16-le", "gb18030")
    found = {(name, way) for name in (NAME, LATIN) for way in ways if name.encode(way) in content}
    spelled = (NAME.encode("utf-16-be").hex(), NAME.encode().hex(), LATIN.encode().hex())
    found |= {(spelling, "hex") for spelling in spelled if spelling.encode() in content.lower()}
    return sorted(way for _, way in found)


def inflated(content: bytes) -> list[bytes]:
    """A content, and all that any zlib stream or archive in it unpacks to."""
    found, at = [content], 0
    while (at := content.find(b"\x78", at)) >= 0:
        with suppress(zlib.error):
            found.append(zlib.decompressobj().decompress(content[at:]))
        at += 1
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for entry in archive.infolist():
                found.extend(inflated(archive.read(entry)))
    return found


def assert_nameless(content: bytes) -> None:
    for one in inflated(content):
        assert not named(one)


# Pictures.


def chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


IHDR = chunk(b"IHDR", pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
IDAT = chunk(b"IDAT", zlib.compress(b"\0\x80"))
IEND = chunk(b"IEND", b"")
PHYS = chunk(b"pHYs", pack(">IIB", 2835, 2835, 1))
SIGNATURE = b"\x89PNG\r\n\x1a\n"
PLAIN_PNG = SIGNATURE + IHDR + PHYS + IDAT + IEND
UTF_8 = BOTH.encode()
NAMED_PNG = b"".join(
    [
        SIGNATURE,
        IHDR,
        PHYS,
        chunk(b"tEXt", b"Author\0" + UTF_8),
        chunk(b"zTXt", b"Author\0\0" + zlib.compress(UTF_8)),
        chunk(b"iTXt", b"Author\0\0\0\0\0" + UTF_8),
        chunk(b"eXIf", b"MM\0*" + UTF_8),
        chunk(b"tIME", bytes(7)),
        chunk(b"prVt", UTF_8),
        IDAT,
        IEND,
        UTF_8,
    ]
)


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + pack(">H", len(data) + 2) + data


def exif(orientation: int, order: str = ">") -> bytes:
    head = b"MM\0*" if order == ">" else b"II*\0"
    artist = pack(order + "HHII", 0x013B, 2, len(UTF_8), 38)
    turned = pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = head + pack(order + "IH", 8, 2) + turned + artist + bytes(4) + UTF_8
    return segment(0xE1, b"Exif\0\0" + tiff)


JFIF = segment(0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\0\0")
ICC = segment(0xE2, b"ICC_PROFILE\0\1\1profile")
TABLES = segment(0xDB, bytes(65)) + segment(0xC0, bytes(9)) + segment(0xC4, bytes(20))
# A progressive picture: two scans, a table between them, a restart and a stuffed byte within.
SCANS = (
    segment(0xDA, bytes(6)) + b"scan\xff\0one\xff\xd0" + segment(0xC4, bytes(18))
    + segment(0xDA, bytes(6)) + b"scan two"
)  # fmt: skip
PLAIN_JPEG = b"\xff\xd8" + JFIF + ICC + TABLES + SCANS + b"\xff\xd9"
NAMED_JPEG = b"".join(
    [
        b"\xff\xd8",
        segment(0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\x01\x01" + UTF_8[:3]),
        exif(1),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + UTF_8),
        segment(0xE2, b"MPF\0" + UTF_8),
        ICC,
        segment(0xED, b"Photoshop 3.0\0" + UTF_8),
        segment(0xFE, UTF_8),
        TABLES,
        SCANS,
        b"\xff\xd9",
        UTF_8,
    ]
)


# Archives and documents.


def zipped(parts: dict[str, bytes | str], comment: bytes = b"") -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, (2026, 3, 1, 8, 0, 0))
            entry.comment = comment
            entry.extra = pack("<HH", 0x7075, len(comment)) + comment
            archive.writestr(entry, part)
        archive.comment = comment
    return file.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BY = f'w:author="{BOTH}" w:initials="{NAME}" w:date="2026-03-01T00:00:00Z"'


def rels(*lines: str) -> str:
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return (
        f'<?xml version="1.0"?><Relationships xmlns="{namespace}">{"".join(lines)}</Relationships>'
    )


def rel(number: int, kind: str, target: str, external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="rId{number}" Type="{TYPE}/{kind}" Target="{target}"{mode}/>'


DOCUMENT = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!-- by {BOTH} --><w:document {W}><w:body>
<w:p w:rsidR="00AB12CD" w:rsidRDefault="00AB12CD" w14:paraId="1A2B3C4D"><w:pPr><w:rPr>
<w:ins w:id="1" {BY}/><w:rPrChange w:id="2" {BY}><w:rPr/></w:rPrChange></w:rPr></w:pPr>
<w:ins w:id="3" {BY}><w:r w:rsidRPr="00AB12CD">
<w:t xml:space="preserve"> {TEXT} &lt;&amp;&#13;\u3000</w:t>
</w:r></w:ins><w:del w:id="4" {BY}><w:r><w:delText>删去</w:delText></w:r></w:del>
<w:r><w:instrText>
INCLUDEPICTURE "C:\\\\Users\\\\{NAME}\\\\{LATIN}.png" \\* MERGEFORMAT</w:instrText></w:r>
<w:fldSimple w:instr='INCLUDETEXT "file:///home/{LATIN}/a.docx"'/>
<wp:docPr xmlns:wp="wp" id="1" name="{NAME}.png" descr="D:\\{NAME}\\{LATIN}.png"/>
<pic:cNvPr xmlns:pic="pic" id="1" name="{LATIN}" descr="一张图"/>
</w:p></w:body></w:document>"""

PARTS: dict[str, bytes | str] = {
    "[Content_Types].xml": """<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml"
ContentType="main"/><Override PartName="/docProps/core.xml" ContentType="core"/></Types>""",
    "_rels/.rels": rels(
        rel(1, "officeDocument", "word/document.xml"),
        rel(2, "metadata/core-properties", "docProps/core.xml"),
        rel(3, "extended-properties", "/docProps/app.xml"),
        rel(4, "metadata/thumbnail", "odd/picture.png"),
    ),
    "docProps/core.xml": f"<c><creator>{BOTH}</creator><lastModifiedBy>{NAME}</lastModifiedBy></c>",
    "docProps/app.xml": f"<p><Company>{BOTH}</Company><Manager>{NAME}</Manager></p>",
    "docProps/custom.xml": f"<p><lpwstr>{BOTH}</lpwstr></p>",
    "docProps/thumbnail.jpeg": NAMED_JPEG,
    "odd/picture.png": NAMED_PNG,
    "odd/_rels/picture.png.rels": rels(),
    "customXml/item1.xml": f"<Sources><Person>{BOTH}</Person></Sources>",
    "word/document.xml": DOCUMENT,
    "word/_rels/document.xml.rels": rels(
        rel(1, "image", "media/image1.png"),
        rel(2, "comments", "comments.xml"),
        rel(3, "customXml", "../customXml/item1.xml"),
        rel(4, "hyperlink", f"file:///C:/Users/{NAME}/a.docx", external=True),
        rel(5, "hyperlink", "https://example.org/a", external=True),
        rel(6, "image", f"https://example.org/{LATIN}.png", external=True),
        rel(7, "hyperlink", f"mailto:{LATIN}@example.org", external=True),
        rel(8, "package", "embeddings/sheet.xlsx"),
        rel(9, "oleObject", "embeddings/oleObject1.bin"),
    ),
    "word/comments.xml": f"<w:comments {W}><w:comment {BY}><w:p/></w:comment></w:comments>",
    "word/commentsExtended.xml": f"<w:commentsEx {W}/>",
    "word/people.xml": f"<w:people {W}><w:person {BY}/></w:people>",
    "word/footnotes.xml": f"<w:footnotes {W}><w:ins {BY}/></w:footnotes>",
    "word/settings.xml": f"""<w:settings {W}><w:zoom w:percent="100"/>
<w:attachedTemplate r:id="rId1"/><w:rsids><w:rsidRoot w:val="00AB12CD"/></w:rsids>
<w:docVars><w:docVar w:name="a" w:val="{BOTH}"/></w:docVars><w:compat/></w:settings>""",
    "word/_rels/settings.xml.rels": rels(
        rel(1, "attachedTemplate", f"file:///C:/Users/{NAME}/{LATIN}.dotx", external=True)
    ),
    "word/media/image1.png": NAMED_PNG,
    "word/media/image2.png": NAMED_JPEG,
    "word/media/image3.emf": b"drawing",
    "word/embeddings/oleObject1.bin": UTF_8,
    "word/embeddings/sheet.xlsx": zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "docProps/core.xml": f"<creator>{BOTH}</creator>",
            "xl/workbook.xml": f"<workbook><x:absPath xmlns:x='x' url='{NAME}'/>7</workbook>",
        }
    ),
}  # fmt: skip


def docx(**changes: bytes | str) -> bytes:
    return zipped(PARTS | {"word/document.xml": DOCUMENT} | changes, comment=UTF_8)
