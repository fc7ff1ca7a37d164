"""`zhixing consensus` on files."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from zhixing.cli import main

MARKS = "reviewer,outcome,mark\na,x,70\nb,x,80\na,y,90\nb,y,94\n"


def run(tmp_path: Path, content: str | bytes = MARKS, *options: str) -> Result:
    file = tmp_path / "marks.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return CliRunner().invoke(main, ["consensus", str(file), *options])


def test_the_mean_is_written_with_four_decimals(tmp_path: Path):
    result = run(tmp_path, MARKS + "c,x,71\n", "--method", "mean")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "outcome,mark,low,high,reviews,spread"
    assert [line.split(",")[:2] for line in lines[1:]] == [["x", "73.6667"], ["y", "92.0000"]]
    assert lines[1].endswith(",3,10")


def test_reliability_is_the_default_and_row_order_changes_nothing(tmp_path: Path):
    header, *rows = MARKS.splitlines()
    backwards = "\n".join([header, *reversed(rows)])
    result = run(tmp_path, backwards)
    assert result.stdout == run(tmp_path, MARKS, "--method", "reliability").stdout
    assert result.stdout != run(tmp_path, MARKS, "--method", "mean").stdout


def test_a_byte_order_mark_and_lines_of_windows_change_nothing(tmp_path: Path):
    windows = "\ufeff" + MARKS.replace("\n", "\r\n")
    assert run(tmp_path, windows).stdout == run(tmp_path).stdout


def test_other_columns_and_empty_lines_are_passed_over(tmp_path: Path):
    more = "outcome,when,mark,reviewer\nx,1,70,a\n\nx,2,80,b\ny,3,90,a\ny,4,94,b\n"
    assert run(tmp_path, more).stdout == run(tmp_path).stdout


def test_staff_marks_count_and_add_outcomes(tmp_path: Path):
    staff = tmp_path / "staff.csv"
    staff.write_text("outcome,mark\nx,60\nz,81.25\n")
    lines = run(tmp_path, MARKS, "--staff", str(staff)).stdout.splitlines()
    assert lines[3] == "z,81.2500,81.25,81.25,0,0"
    assert float(lines[1].split(",")[1]) < 70


def test_reviewers_are_written_into_the_file_named(tmp_path: Path):
    out = tmp_path / "reviewers.csv"
    assert run(tmp_path, MARKS, "--reviewers", str(out)).exit_code == 0
    header, *rows = out.read_text("utf-8").splitlines()
    assert header == "reviewer,bias,reliability,weight,reviews"
    assert [row.split(",")[0::4] for row in rows] == [["a", "2"], ["b", "2"]]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "line 1：文件为空 the file is empty"),
        ("reviewer,outcome,mark\n", "没有评分 there is no mark"),
        ("reviewer,outcome\na,x\n", "line 1：须有且只有一列 mark one column mark is needed"),
        ("reviewer,outcome,mark\na,x,7\na,y,good\n", "line 3：分数 'good' 不是数字"),
        ("reviewer,outcome,mark\na,x,NaN\n", "line 2：分数 'NaN' 不是数字"),
        ("reviewer,outcome,mark\na,x,100.5\n", "mark 100.5 is outside of 0–100"),
        ("reviewer,outcome,mark\na,x,1\nb,x,2\na,x,3\n", "'a' has rated 'x' in line 2"),
        ("reviewer,outcome,mark\na,,1\n", "line 2：outcome 为空 outcome is empty"),
        ("reviewer,outcome,mark\na,x\n", "line 2：有 2 列，表头有 3 列"),
        ('reviewer,outcome,mark\na,"x,1\n', "line 2：不是 CSV no CSV"),
        ("reviewer,outcome,mark\n甲,x,1\n".encode("gb18030"), "line 2：不是 UTF-8 编码"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(
    tmp_path: Path, content: str | bytes, told: str
):
    result = run(tmp_path, content)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "marks.csv" in result.stderr
    assert told in result.stderr


@pytest.mark.parametrize("scale", ["5", "1:x", "5:1", "nan:5", "0:0"])
def test_a_scale_that_is_none_is_refused(tmp_path: Path, scale: str):
    result = run(tmp_path, MARKS, "--scale", scale)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "--scale" in result.stderr


def test_a_mark_given_twice_by_staff_is_refused(tmp_path: Path):
    staff = tmp_path / "staff.csv"
    staff.write_text("outcome,mark\nx,60\nx,61\n")
    result = run(tmp_path, MARKS, "--staff", str(staff))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "staff.csv：第 3 行 line 3：'x' 已在第 2 行评过" in result.stderr


def test_files_that_are_not_there_are_refused(tmp_path: Path):
    gone = str(tmp_path / "gone.csv")
    result = CliRunner().invoke(main, ["consensus", gone])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "gone.csv：无法读取 cannot be read" in result.stderr
    nowhere = run(tmp_path, MARKS, "--reviewers", str(tmp_path / "no" / "out.csv"))
    assert (nowhere.exit_code, nowhere.stdout) == (2, "")
    assert "无法写入 cannot be written" in nowhere.stderr
