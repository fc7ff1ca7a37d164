"""What reviewers see names nobody, wherever a name may hide in a file."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from gateway.anonymous import SINGLE, anonymous
from gateway.anonymous.archives import zipped as archived
from gateway.anonymous.bounds import Bounds, Unreadable
from gateway.api.uploads import TYPES, media_type
from services.contracts.refusal import Invalid
from tests.unit.gateway.named_files import (
    BOTH,
    LATIN,
    NAME,
    NAMED_JPEG,
    NAMED_PNG,
    PARTS,
    PLAIN_JPEG,
    PLAIN_PNG,
    SCANS,
    TABLES,
    TEXT,
    UTF_8,
    W,
    assert_nameless,
    docx,
    exif,
    inflated,
    named,
    parts_of,
    zipped,
)
from tests.unit.gateway.named_pdf import pdf, writer


def cleaned(content: bytes, suffix: str) -> bytes:
    return anonymous(BytesIO(content), TYPES[suffix]).read()


def refused(content: bytes, suffix: str) -> str:
    with pytest.raises(Invalid) as caught:
        cleaned(content, suffix)
    assert caught.value.field == "file"
    return caught.value.code


# Pictures.


def test_a_png_is_nothing_but_its_picture():
    assert cleaned(NAMED_PNG, ".png") == PLAIN_PNG


@pytest.mark.parametrize("keep", [0, 8, 20, len(PLAIN_PNG) - 1])
def test_a_png_that_breaks_off_is_refused(keep: int):
    assert refused(PLAIN_PNG[:keep], ".png") == "file_unreadable"


def test_a_png_with_a_false_checksum_is_refused():
    assert refused(PLAIN_PNG.replace(b"\0\0\0\1\0\0\0\1", b"\0\0\0\1\0\0\0\2"), ".png")


def test_a_jpeg_is_nothing_but_its_picture():
    assert cleaned(NAMED_JPEG, ".jpg") == PLAIN_JPEG


@pytest.mark.parametrize("order", "<>")
def test_a_jpeg_stays_the_right_way_up(order: str):
    copy = cleaned(b"\xff\xd8" + exif(6, order) + TABLES + SCANS + b"\xff\xd9", ".jpg")
    assert_nameless(copy)
    (tag,) = [copy[at : at + 12] for at in range(len(copy)) if copy[at : at + 2] == b"\x01\x12"]
    assert tag == pack(">HHIHH", 0x0112, 3, 1, 6, 0)
    assert cleaned(copy, ".jpg") == copy


def test_a_scan_that_breaks_off_is_shown_as_far_as_it_goes():
    assert cleaned(PLAIN_JPEG[:-6], ".jpg") == PLAIN_JPEG[:-6] + b"\xff\xd9"


@pytest.mark.parametrize("broken", [b"", b"\xff\xd8\0", b"\xff\xd8\xff\xe0\xff\xff"])
def test_a_broken_jpeg_is_refused(broken: bytes):
    assert refused(broken, ".jpg") == "file_unreadable"


@given(junk=st.binary(max_size=60), at=st.integers(0, 200))
def test_any_bytes_are_cleaned_or_refused(junk: bytes, at: int):
    for whole, suffix in ((NAMED_PNG, ".png"), (NAMED_JPEG, ".jpg"), (docx(), ".docx")):
        try:
            cleaned(whole[:at] + junk + whole[at + len(junk) :], suffix)
        except Invalid as refusal:
            assert refusal.code == "file_unreadable"


# Archives and documents.


def test_a_document_names_nobody():
    assert named(b"".join(inflated(docx())))
    copy = cleaned(docx(), ".docx")
    assert_nameless(copy)
    assert b"00AB12CD" not in b"".join(inflated(copy))


def test_a_cleaned_document_is_still_one():
    copy = cleaned(docx(), ".docx")
    assert media_type("a.docx", BytesIO(copy)) == TYPES[".docx"]
    assert cleaned(copy, ".docx") == copy


def test_the_text_of_a_document_stays_as_it_was():
    body = parts_of(cleaned(docx(), ".docx"))["word/document.xml"].decode()
    assert f'<w:t xml:space="preserve"> {TEXT} &lt;&amp;&#13;\u3000</w:t>' in body
    assert "<w:delText>删去</w:delText>" in body
    assert 'descr="一张图"' in body
    assert 'w14:paraId="1A2B3C4D"' in body
    assert 'mc:Ignorable="w14"' in body
    assert 'w:author="Author" w:initials="A"' in body
    assert "\\* MERGEFORMAT" in body


def test_nothing_of_a_document_leads_to_a_part_that_is_gone():
    parts = parts_of(cleaned(docx(), ".docx"))
    assert set(PARTS) - set(parts) == {
        "docProps/core.xml",
        "docProps/app.xml",
        "docProps/custom.xml",
        "docProps/thumbnail.jpeg",
        "odd/picture.png",
        "odd/_rels/picture.png.rels",
        "customXml/item1.xml",
        "word/people.xml",
    }
    told = b"".join(part for name, part in parts.items() if name.endswith((".rels", "].xml")))
    for gone in (b"docProps", b"odd/", b"customXml", b"people", b"attachedTemplate"):
        assert gone not in told
    assert b"attachedTemplate" not in parts["word/settings.xml"]
    assert told.count(b"about:blank") == 3
    assert b'Target="word/document.xml"' in parts["_rels/.rels"]
    assert b'PartName="/word/document.xml"' in parts["[Content_Types].xml"]
    assert b"https://example.org/a" in told


def test_pictures_within_a_document_are_cleaned_by_what_they_are():
    parts = parts_of(cleaned(docx(), ".docx"))
    assert parts["word/media/image1.png"] == PLAIN_PNG
    assert parts["word/media/image2.png"] == PLAIN_JPEG
    assert parts["word/media/image3.emf"] == b"drawing"
    assert parts["word/embeddings/oleObject1.bin"] == b""


def test_an_archive_tells_no_times_and_no_machine():
    with zipfile.ZipFile(BytesIO(cleaned(docx(), ".docx"))) as archive:
        assert archive.comment == b""
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert (entry.extra, entry.comment, entry.create_system) == (b"", b"", 0)


BOMB = (
    '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
    f"<w:document {W}>&c;&c;</w:document>"
)


@pytest.mark.parametrize(
    "body", [BOMB, "<w:document", "<a></b>", "<a>&nbsp;</a>", b"<a>\xff\xfe</a>", ""]
)
def test_a_document_of_broken_xml_is_refused(body: bytes | str):
    assert refused(docx(**{"word/document.xml": body}), ".docx") == "file_unreadable"


def test_a_document_with_a_broken_picture_is_refused():
    assert refused(docx(**{"word/media/image1.png": NAMED_PNG[:60]}), ".docx") == "file_unreadable"


@pytest.mark.parametrize("broken", [b"", b"PK\3\4", docx()[:2_000], zipped({"a": "b"})])
def test_what_is_no_document_is_refused(broken: bytes):
    assert refused(broken, ".docx") == "file_unreadable"


def test_the_files_of_an_archive_are_cleaned_and_called_by_numbers():
    content = zipped(
        {
            f"{NAME}/": b"",
            f"{NAME}/b-{LATIN}.png": NAMED_PNG,
            f"{NAME}/a-{LATIN}.JPEG": NAMED_JPEG,
            f"c-{NAME}.docx": docx(),
            f"d-{NAME}.pdf": pdf(),
            "e.txt": BOTH,
            f"__MACOSX/{NAME}/._b.png": UTF_8,
            "inner.zip": zipped({f"{NAME}.png": NAMED_PNG}),
        },
        comment=UTF_8,
    )
    copy = cleaned(content, ".zip")
    assert_nameless(copy)
    parts = parts_of(copy)
    assert sorted(parts) == ["1.docx", "2.pdf", "3.jpg", "4.png"]
    assert parts["4.png"] == PLAIN_PNG
    assert parts["3.jpg"] == PLAIN_JPEG


def test_an_archive_with_a_broken_file_is_refused_rather_than_shown_in_part():
    content = zipped({"a.png": PLAIN_PNG, "b.png": PLAIN_PNG[:-3]})
    assert refused(content, ".zip") == "file_unreadable"


def test_an_archive_of_nothing_that_can_be_shown_is_refused():
    assert refused(zipped({"a.txt": TEXT}), ".zip") == "file_nothing_to_show"


def test_an_encrypted_archive_is_refused():
    content = bytearray(zipped({"a.png": PLAIN_PNG}))
    content[content.rindex(b"PK\1\2") + 8] |= 1
    assert refused(bytes(content), ".zip") == "file_unreadable"


def test_an_archive_unpacks_to_no_more_than_is_allowed():
    content = zipped({"a": bytes(600), "b": bytes(600)})
    assert len(list(Bounds(size=1_200).unpack(content))) == 2
    with pytest.raises(Unreadable):
        list(Bounds(size=1_199).unpack(content))
    with pytest.raises(Unreadable):
        list(Bounds(entries=1).unpack(content))


def test_what_is_packed_within_an_entry_counts_too():
    inner = docx()
    content = zipped({"a.docx": inner, "b.docx": inner})
    size = sum(map(len, parts_of(inner).values()))
    within = sum(map(len, parts_of(parts_of(inner)["word/embeddings/sheet.xlsx"]).values()))
    needed = 2 * (len(inner) + size + within)
    assert archived(content, Bounds(size=needed), SINGLE)
    with pytest.raises(Unreadable):
        archived(content, Bounds(size=needed - 1), SINGLE)


# PDF.


def told(one: Any) -> Iterator[bytes]:
    """All that an object of a PDF tells, decoded."""
    if isinstance(one, DictionaryObject):
        for key in one:
            yield key.encode()
            yield from told(one.raw_get(key))
        if isinstance(one, StreamObject):
            yield one._data if one.get("/Filter") == "/DCTDecode" else one.get_data()
    elif isinstance(one, ArrayObject):
        for item in one:
            yield from told(item)
    elif isinstance(one, str | bytes):
        yield one.encode() if isinstance(one, str) else bytes(one)


def all_told(content: bytes) -> list[bytes]:
    reader = PdfReader(BytesIO(content))
    objects = [reader.get_object(number) for number in range(1, reader.trailer["/Size"])]
    return [text for one in [*objects, reader.trailer] for text in told(one)]


def test_a_pdf_names_nobody():
    given_ = pdf()
    assert sum(bool(named(text)) for text in all_told(given_)) > 30
    copy = cleaned(given_, ".pdf")
    assert_nameless(copy)
    for text in all_told(copy):
        assert not named(text)
    assert PdfReader(BytesIO(copy)).metadata is None


def test_what_the_pages_of_a_pdf_show_stays():
    reader = PdfReader(BytesIO(cleaned(pdf(), ".pdf")))
    (page,) = reader.pages
    assert page.extract_text() == "Practice makes knowing"
    notes = [one.get_object() for one in page["/Annots"]]
    assert notes[0]["/Contents"] == TEXT
    assert [one.get("/T") for one in notes] == [None, None, None, "Signature1", "class"]
    assert notes[4]["/V"] == TEXT
    assert [one.title for one in reader.outline] == ["第一章"]
    assert page["/Resources"]["/XObject"]["/Im1"]._data == PLAIN_JPEG
    assert not reader.attachments


def test_older_states_of_a_pdf_are_gone():
    older = pdf()
    update = PdfWriter(BytesIO(older), incremental=True)
    update.add_metadata({"/Author": "somebody"})
    copy = cleaned(pdf(update), ".pdf")
    assert copy.count(b"%%EOF") == 1
    assert_nameless(copy)


def test_a_copy_of_a_pdf_is_the_same_each_time():
    given_ = pdf()
    assert cleaned(given_, ".pdf") == cleaned(given_, ".pdf")


def test_an_encrypted_pdf_is_refused():
    made = writer()
    made.encrypt("", "owner", algorithm="RC4-128")
    assert refused(pdf(made), ".pdf") == "file_unreadable"


@pytest.mark.parametrize(
    "broken", [b"", b"%PDF-1.7\n" + b"of nobody\n" * 100, pdf()[:400], pdf(PdfWriter())]
)
def test_a_broken_pdf_is_refused(broken: bytes):
    assert refused(broken, ".pdf") == "file_unreadable"
