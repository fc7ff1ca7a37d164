"""The certificate as a file: what is printed, what is refused."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PageObject, PdfReader

from services.archive.certificate import (
    Certificate,
    UnprintableName,
    missing_characters,
    plain,
    render,
)

FONTS = Path(__file__).resolve().parents[3] / "var" / "fonts"

CERTIFICATE = Certificate(
    serial="ZX-2026-000042-7K",
    member_name="林知行",
    program_title="2026年春季发展对象集中培训班",
    hours=Decimal("32.00"),
    total=Decimal("86.50"),
    issued_on=date(2026, 7, 1),
    organization_name="示范大学信息工程学院党委",
    verify_url="https://zhixing.example.edu/verify/ZX-2026-000042-7K",
)

LONG_NAME = "阿卜杜热依木·买买提明·吐尔逊阿依·古丽巴哈尔·斯坎德尔·努尔麦麦提"
LONG_TITLE = (
    "学习贯彻新时代创新理论入党积极分子、发展对象与预备党员"
    "分级分类集中轮训示范班暨实践教学基地现场教学班（第三期）"
)


def read(certificate: Certificate) -> PdfReader:
    return PdfReader(io.BytesIO(render(certificate, fonts=FONTS)))


def page(certificate: Certificate) -> PageObject:
    (only,) = read(certificate).pages
    return only


def printed(certificate: Certificate) -> str:
    """The text of the page without white space, which line breaks and spacing change."""
    return "".join(page(certificate).extract_text().split())


def text_boxes(certificate: Certificate) -> list[tuple[float, float, float]]:
    """Of each run of text on the page: x, y and font size, in points."""
    boxes: list[tuple[float, float, float]] = []

    def visit(text, current, matrix, _font, size):
        if text.strip():
            scale = abs(matrix[0] * current[0])
            x = matrix[4] * current[0] + matrix[5] * current[2] + current[4]
            y = matrix[4] * current[1] + matrix[5] * current[3] + current[5]
            boxes.append((x, y, size * scale))

    page(certificate).extract_text(visitor_text=visit)
    return boxes


def test_every_field_is_printed():
    text = printed(replace(CERTIFICATE, supersedes="ZX-2025-000017-3M"))
    for field in (
        "结业证书",
        "ZX-2026-000042-7K",
        "林知行同志",
        "2026年春季发展对象集中培训班",
        "32学时",
        "86.5分",
        "2026年7月1日",
        "示范大学信息工程学院党委",
        "https://zhixing.example.edu/verify/ZX-2026-000042-7K",
        "ZX-2025-000017-3M",
    ):
        assert field in text


def test_a_first_certificate_does_not_speak_of_another_it_supersedes():
    assert "替代证书" not in printed(CERTIFICATE)


def test_it_is_one_a4_page_on_its_side():
    box = page(CERTIFICATE).mediabox
    millimetres = [round(float(points) / 72 * 25.4) for points in (box.width, box.height)]
    assert millimetres == [297, 210]


def test_the_address_is_a_link_to_the_public_page():
    targets = {note.get_object()["/A"]["/URI"] for note in page(CERTIFICATE)["/Annots"]}
    assert targets == {CERTIFICATE.verify_url}


def test_it_declares_itself_pdf_a_2b():
    xmp = read(CERTIFICATE).trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in xmp


def test_every_font_is_embedded():
    fonts = page(CERTIFICATE)["/Resources"]["/Font"].values()
    descriptors = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for font in fonts
    ]
    assert descriptors
    assert all({"/FontFile2", "/FontFile3"} & set(descriptor) for descriptor in descriptors)


def test_equal_certificates_are_equal_bytes():
    again = replace(CERTIFICATE)
    assert render(CERTIFICATE, fonts=FONTS) == render(again, fonts=FONTS)


def test_the_document_is_dated_on_the_day_of_issue():
    created = read(CERTIFICATE).metadata.creation_date
    assert created.date() == date(2026, 7, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"member_name": LONG_NAME},
        {"program_title": LONG_TITLE},
        {"organization_name": "示范大学信息工程学院与马克思主义学院联合党总支第一教工党支部"},
        {"member_name": "A" * 90},
        {"program_title": "培" * 400},
        {"verify_url": "https://zhixing.example.edu/verify/" + "X" * 150},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_long_text_is_printed_whole_within_the_frame(change):
    certificate = replace(CERTIFICATE, **change)
    (text,) = change.values()
    assert text in printed(certificate)
    width, height = (float(side) for side in page(certificate).mediabox[2:])
    for x, y, _ in text_boxes(certificate):
        assert 31 < x < width - 31
        assert 31 < y < height - 31


def test_a_long_name_is_set_smaller_than_a_short_one():
    def largest_below_heading(certificate: Certificate) -> float:
        return sorted(size for _, _, size in text_boxes(certificate))[-2]

    long = replace(CERTIFICATE, member_name=LONG_NAME)
    assert largest_below_heading(long) < largest_below_heading(CERTIFICATE)


def test_a_long_address_stays_on_one_line_left_of_the_organization():
    certificate = replace(CERTIFICATE, verify_url="https://zhixing.example.edu/" + "X" * 150)
    _, printed_link = page(certificate)["/Annots"]
    _left, bottom, right, top = (float(side) for side in printed_link.get_object()["/Rect"])
    assert right < 520
    assert len({y for x, y, _ in text_boxes(certificate) if x < 520 and bottom - 20 < y < top}) == 1


def test_a_long_organization_stays_between_the_score_and_the_date():
    certificate = replace(CERTIFICATE, organization_name="党" * 200)
    *lines, day = [y for x, y, _ in text_boxes(certificate) if x > 480 and y < 175]
    assert max(lines) < 145
    assert min(lines) > day + 12


def test_a_title_of_two_lines_takes_two_lines():
    def title_lines(title: str) -> set[int]:
        """Heights between the English sentence and the hours, in points."""
        boxes = text_boxes(replace(CERTIFICATE, program_title=title))
        return {round(y) for _, y, _ in boxes if 222 < y < 286}

    assert len(title_lines("集中培训班")) == 1
    assert len(title_lines(LONG_TITLE)) == 2


@pytest.mark.parametrize(
    "text", ["#张$x$*粗*[\\]_`<a>@b", "= 标题", "#panic()", '"', "//", "/* */", "~", "--", "a\\b"]
)
def test_markup_is_printed_as_it_stands(text):
    certificate = replace(CERTIFICATE, member_name=text, program_title=text)
    assert printed(certificate).count("".join(text.split())) >= 2


def test_a_rare_character_is_printed_in_the_second_font():
    certificate = replace(CERTIFICATE, member_name="𠮷知行")
    assert "𠮷知行" in printed(certificate)
    names = [font["/BaseFont"] for font in page(certificate)["/Resources"]["/Font"].values()]
    assert any("NotoSerifJP" in name for name in names)


@pytest.mark.parametrize("character", ["𰻞", "😀", "ئ"])
def test_a_character_no_font_has_is_refused_by_name(character):
    with pytest.raises(UnprintableName) as refused:
        render(replace(CERTIFICATE, member_name=f"林{character}"), fonts=FONTS)
    assert refused.value.field == "member_name"
    assert refused.value.characters == (character,)
    assert f"{character} (U+{ord(character):04X})" in str(refused.value)


def test_a_refusal_does_not_repeat_the_name():
    with pytest.raises(UnprintableName) as refused:
        render(replace(CERTIFICATE, member_name="林𰻞"), fonts=FONTS)
    assert "林" not in str(refused.value)


@pytest.mark.parametrize(
    "character", ["\n", "\t", "\u200b", "\u202e", "\u2028", "\ud800", "\ue000"]
)
def test_a_character_that_hides_or_moves_others_is_refused(character):
    with pytest.raises(UnprintableName, match=f"U\\+{ord(character):04X}"):
        render(replace(CERTIFICATE, organization_name=f"党{character}委"), fonts=FONTS)


def test_missing_characters_come_once_and_in_order():
    assert missing_characters("林😀𰻞😀𠮷", FONTS) == ["😀", "𰻞"]


def test_absent_fonts_are_an_error_and_not_an_empty_page(tmp_path):
    with pytest.raises(FileNotFoundError, match="Noto Serif SC"):
        render(CERTIFICATE, fonts=tmp_path)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("86.50", "86.5"),
        ("60", "60"),
        ("100.00", "100"),
        ("1E+2", "100"),
        ("59.99", "59.99"),
        ("0.00", "0"),
    ],
)
def test_numbers_are_printed_exactly(number, shown):
    assert plain(Decimal(number)) == shown
