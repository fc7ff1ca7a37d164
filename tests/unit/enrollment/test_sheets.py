"""What is read from a file, and which files are refused."""

import zipfile
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrollment import sheets
from services.enrollment.sheets import SheetRefused, read_sheet

from .builders import csv_of, person, refusals, xlsx_of

HEADER = ["编号", "姓名", "党委", "党支部", "对象类别"]
ROW = ["2023001", "𠮷岫衡", "示范学院党委", "第一党支部", "预备党员"]
UNITS = ["代码", "名称", "类别", "上级代码"]


def names(content: bytes) -> list[str]:
    return [row["姓名"] for row in read_sheet(content, "名册")]


def refusal(content: bytes, name: str = "名册.xlsx") -> tuple[str, str, str]:
    with pytest.raises(SheetRefused) as refused:
        read_sheet(content, name)
    return refused.value.message


def repacked(content: bytes, **parts: bytes) -> bytes:
    """A workbook with some parts replaced; `__` stands for / and `_` for . in their names."""
    replaced = {name.replace("__", "/").replace("_", "."): part for name, part in parts.items()}
    output = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(output, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, replaced.get(entry.filename, old.read(entry)))
    return output.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_people_save_it_in(encoding):
    assert names(csv_of([HEADER, ROW], encoding)) == ["𠮷岫衡"]


def test_a_workbook_and_its_csv_are_the_same_rows():
    assert read_sheet(xlsx_of([HEADER, ROW]), "a.xlsx") == read_sheet(csv_of([HEADER, ROW]), "b")


def test_a_row_knows_its_number_in_the_sheet():
    rows = [["示范学院党员名册"], [], HEADER, ROW, ["", ""], ROW]
    for content in (csv_of(rows), xlsx_of(rows)):
        assert [row["行号"] for row in read_sheet(content, "名册")] == ["4", "6"]


def test_a_cell_of_two_lines_does_not_shift_the_row_numbers():
    rows = [HEADER, ["1", "甲\n乙", "", "", ""], ROW]
    assert [row["行号"] for row in read_sheet(csv_of(rows), "名册")] == ["2", "4"]


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_other_separators_are_found_out(separator):
    content = csv_of([HEADER, ROW]).replace(b",", separator.encode())
    assert names(content) == ["𠮷岫衡"]


def test_headers_are_known_however_they_are_written():
    header = [" 学号 ", "姓 名*", "党委（必填）", "党支部", "对象类别\n"]
    row = read_sheet(xlsx_of([header, ROW]), "名册")[0]
    assert row == dict(zip(HEADER, ROW, strict=True)) | {"行号": "2"}


def test_numbers_lose_their_decimal_point():
    row = read_sheet(xlsx_of([HEADER, [2023001.0, *ROW[1:]]]), "名册")[0]
    assert row["编号"] == "2023001"


def test_leading_zeros_of_a_text_stay():
    assert read_sheet(xlsx_of([HEADER, ["007", *ROW[1:]]]), "名册")[0]["编号"] == "007"


def test_a_number_a_spreadsheet_has_rounded_is_refused_in_its_row():
    row = read_sheet(xlsx_of([HEADER, [202300100012345678, *ROW[1:]]]), "名册")[0]
    assert refusals(row) == ["编号"]


def test_days_become_iso_days():
    for cell in (date(2024, 7, 1), datetime(2024, 7, 1, 8, 30)):
        row = read_sheet(xlsx_of([[*HEADER, "类别起始日期"], [*ROW, cell]]), "名册")[0]
        assert row["类别起始日期"] == "2024-07-01"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)"])
def test_a_text_that_looks_like_a_formula_stays_and_its_row_is_refused(text):
    row = read_sheet(csv_of([HEADER, ["1", text, *ROW[2:]]]), "名册")[0]
    assert row["姓名"] == text
    assert refusals(row) == ["姓名"]


def test_a_formula_of_a_workbook_is_read_instead_of_its_value():
    content = xlsx_of([HEADER, ["1", '=HYPERLINK("x")', *ROW[2:]]])
    assert names(content) == ['=HYPERLINK("x")']


def test_a_formula_in_a_column_nobody_reads_harms_nobody():
    row = read_sheet(xlsx_of([["序号", *HEADER], ["=ROW()-1", *ROW]]), "名册")[0]
    assert "序号" not in row
    assert refusals(person() | row) == []


def test_the_first_visible_sheet_is_read():
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for title, hidden, rows in (
            ("旧", True, [["=1+1"] * 5]),
            ("新", False, [HEADER, ROW]),
            ("备注", False, [["无关"]]),
        ):
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if hidden:
                sheet.hide()
            elif title == "新":
                sheet.activate()
                sheet.set_first_sheet()
    assert names(content.getvalue()) == ["𠮷岫衡"]


def test_organizations_are_a_sheet_of_their_own():
    (row,) = read_sheet(csv_of([UNITS, ["1", "示范学院党委", "党委", ""]]), "组织")
    assert row == {"代码": "1", "名称": "示范学院党委", "类别": "党委", "上级代码": "", "行号": "2"}


def test_a_row_shorter_than_the_header_has_empty_cells():
    (row,) = read_sheet(csv_of([["姓名", "党委", "党支部", "对象类别", "编号"], ["甲"]]), "名册")
    assert row["编号"] == ""


def test_the_name_of_a_file_does_not_matter():
    assert read_sheet(csv_of([HEADER, ROW]), "名册.xlsx")
    assert read_sheet(xlsx_of([HEADER, ROW]), "名册.csv")


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"%PDF-1.7\n1 0 obj",
        b"MZ\x90\0\x03",
        b"<html><table><tr><td>\xe7\xbc\x96\xe5\x8f\xb7</td></tr></table></html>",
        b"PK\x03\x04 not really",
        b"\xff\xff\xff",
        "编号,姓名".encode("utf-16"),
    ],
)
def test_a_disguised_file_is_not_a_sheet(content):
    assert "not a sheet" in refusal(content)[2]


def test_another_office_document_is_not_a_sheet():
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert "不是表格" in refusal(content.getvalue())[1]


def test_an_old_or_encrypted_workbook_is_told_what_to_do():
    assert ".xlsx" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))[1]


@pytest.mark.parametrize("content", [b"", b" \r\n", b"\xef\xbb\xbf", b",,,\n", xlsx_of([])])
def test_an_empty_file_is_refused(content):
    assert "empty" in refusal(content)[2]


@pytest.mark.parametrize("write", [csv_of, xlsx_of])
def test_a_header_alone_is_refused(write):
    assert "没有数据" in refusal(write([HEADER]))[1]


@pytest.mark.parametrize("write", [csv_of, xlsx_of])
@pytest.mark.parametrize("missing", HEADER)
def test_a_missing_column_is_named(write, missing):
    place = HEADER.index(missing)
    rows = [[*row[:place], *row[place + 1 :]] for row in (HEADER, ROW)]
    assert refusal(write(rows)) == (missing, f"缺少列：{missing}", f"missing columns: {missing}")


def test_all_missing_columns_are_named_at_once():
    assert refusal(csv_of([["代码", "名称"], ["1", "甲"]]))[1] == "缺少列：类别、上级代码"
    assert refusal(b"print('hello')\nprint('world')\n")[1].startswith("缺少列：编号、姓名")


@pytest.mark.parametrize("twice", ["姓名", "学号"])
def test_a_column_there_twice_is_named(twice):
    field = {"学号": "编号"}.get(twice, twice)
    assert refusal(csv_of([[*HEADER, twice], [*ROW, "x"]]))[0] == field


def test_a_file_of_more_than_ten_megabytes_is_refused():
    assert "10 MB" in refusal(b"x" * (sheets.MOST_BYTES + 1))[1]


def test_more_rows_than_allowed_are_refused():
    rows = [HEADER, *[ROW] * (sheets.MOST_ROWS + 1)]
    assert "20000" in refusal(csv_of(rows))[1]
    assert len(read_sheet(csv_of(rows[:-1]), "名册")) == sheets.MOST_ROWS


@pytest.mark.parametrize(("row", "column"), [(1_000_000, 0), (0, 16_000), (1_048_575, 16_383)])
def test_a_cell_far_out_is_refused_before_room_is_made_for_all_between(row, column):
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write(row, column, "x")
    assert "超过" in refusal(content.getvalue())[1]


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    content = BytesIO(xlsx_of([HEADER, ROW]))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", bytes(sheets.MOST_UNPACKED))
    assert "unpacked" in refusal(content.getvalue())[2]


def test_a_quote_that_never_ends_is_refused_with_its_row():
    content = csv_of([HEADER, ROW]) + '2,"甲,丙,丁,预备党员\n3,乙,丙,丁,预备党员\n'.encode()
    assert "第 3 行" in refusal(content)[1]


def test_an_unquoted_comma_is_refused_with_its_row():
    content = csv_of([HEADER, ROW]) + "2,甲,示范,学院,支部,预备党员\n".encode()
    assert "第 3 行" in refusal(content)[1]


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"<worksheet>",
        b'<worksheet xmlns="x"><sheetData><row r="x"/></sheetData></worksheet>',
        b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">]><worksheet>&b;</worksheet>',
    ],
)
def test_a_workbook_with_a_broken_part_is_not_a_sheet(part):
    content = repacked(xlsx_of([HEADER, ROW]), xl__worksheets__sheet1_xml=part)
    assert "not a sheet" in refusal(content)[2]


WORKBOOK = xlsx_of([HEADER, ROW])


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255))
def test_a_damaged_workbook_is_read_or_refused(place, byte):
    damaged = WORKBOOK[:place] + bytes([byte]) + WORKBOOK[place + 1 :]
    with suppress(SheetRefused):
        assert read_sheet(damaged, "名册.xlsx")[0].keys() == {*HEADER, "行号"}


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_other_bytes_are_refused(content):
    refusal(content)
