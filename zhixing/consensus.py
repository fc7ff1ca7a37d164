"""`zhixing consensus`: what a file of marks agrees on, as CSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from services.assessment.domain.consensus import Cohort, Method, Rating, agree
from zhixing.settings import CannotStart

MARKS = ("reviewer", "outcome", "mark")
STAFF = ("outcome", "mark")
OUTCOMES = ("outcome", "mark", "low", "high", "reviews", "spread")
REVIEWERS = ("reviewer", "bias", "reliability", "weight", "reviews")
NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
MARK_PLACES = 4


@dataclass(frozen=True, slots=True)
class Scale:
    """The least and the largest mark that may be given."""

    least: Decimal
    most: Decimal


def scale_of(text: str) -> Scale:
    """The scale written LEAST:MOST. Raises `CannotStart` where it is none."""
    least, colon, most = text.partition(":")
    if not colon or not NUMBER.fullmatch(least) or not NUMBER.fullmatch(most):
        raise CannotStart(
            f"--scale {text!r}：应为 最低:最高，如 0:100 must be LEAST:MOST, as 0:100"
        )
    found = Scale(Decimal(least), Decimal(most))
    if found.least >= found.most:
        raise CannotStart(f"--scale {text!r}：最低分须小于最高分 the least must be below the most")
    return found


def tables(
    marks: Path, staff: Path | None, method: Method, scale_text: str, reviewers: Path | None
) -> str:
    """The consensus on every outcome as CSV; that on the reviewers goes into a file if named.

    Raises `CannotStart`, in one line that names file, line and rule, where
    something given cannot be read, and where the file cannot be written.
    """
    scale = scale_of(scale_text)
    ratings = list(read_ratings(marks, scale))
    if not ratings:
        raise CannotStart(f"{marks}：文件中没有评分 there is no mark in the file")
    anchors = dict(read_staff(staff, scale)) if staff else {}
    cohort = agree(ratings, method=method, anchors=anchors, least=scale.least, most=scale.most)
    if reviewers:
        try:
            reviewers.write_text(reviewers_table(cohort), "utf-8", newline="")
        except OSError as error:
            raise CannotStart(
                f"{reviewers}：无法写入 cannot be written: {error.strerror}"
            ) from None
    return outcomes_table(cohort)


def outcomes_table(cohort: Cohort) -> str:
    return table(
        OUTCOMES,
        (
            (
                agreed.outcome,
                plain(agreed.mark),
                f"{agreed.low:f}",
                f"{agreed.high:f}",
                str(len(agreed.reviews)),
                f"{agreed.spread:f}",
            )
            for agreed in cohort.outcomes.values()
        ),
    )


def reviewers_table(cohort: Cohort) -> str:
    return table(
        REVIEWERS,
        (
            (
                one.reviewer,
                f"{one.bias:f}",
                f"{one.reliability:f}",
                f"{one.weight:f}",
                str(one.reviews),
            )
            for one in cohort.reviewers.values()
        ),
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return written.getvalue()


def plain(mark: Fraction) -> str:
    """Four decimals, no exponent; of equal neighbours the even one."""
    return f"{Decimal(round(mark * 10**MARK_PLACES)).scaleb(-MARK_PLACES):f}"


def read_ratings(file: Path, scale: Scale) -> Iterator[Rating]:
    seen: dict[tuple[str, str], int] = {}
    for line, (reviewer, outcome, mark) in rows(file, MARKS):
        first = seen.setdefault((reviewer, outcome), line)
        if first != line:
            raise refused(
                file,
                line,
                f"{reviewer!r} 已在第 {first} 行评过 {outcome!r}",
                f"{reviewer!r} has rated {outcome!r} in line {first}",
            )
        yield Rating(reviewer, outcome, mark_of(file, line, mark, scale))


def read_staff(file: Path, scale: Scale) -> Iterator[tuple[str, Decimal]]:
    seen: dict[str, int] = {}
    for line, (outcome, mark) in rows(file, STAFF):
        first = seen.setdefault(outcome, line)
        if first != line:
            raise refused(
                file,
                line,
                f"{outcome!r} 已在第 {first} 行评过",
                f"{outcome!r} has been marked in line {first}",
            )
        yield outcome, mark_of(file, line, mark, scale)


def rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Number of the line, and the values of these columns, none of them empty.

    UTF-8 with or without a byte order mark, lines of either ending; other
    columns and empty lines are passed over.
    """
    reader = csv.reader(io.StringIO(text_of(file), newline=""), strict=True)
    places: list[int] = []
    width = 0
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if not places:
                places, width = places_of(file, reader.line_num, cells, columns), len(cells)
                continue
            if len(cells) != width:
                raise refused(
                    file,
                    reader.line_num,
                    f"有 {len(cells)} 列，表头有 {width} 列",
                    f"{len(cells)} columns, {width} in the header",
                )
            for name, place in zip(columns, places, strict=True):
                if not cells[place]:
                    raise refused(file, reader.line_num, f"{name} 为空", f"{name} is empty")
            yield reader.line_num, [cells[place] for place in places]
    except csv.Error as error:
        raise refused(file, reader.line_num, "不是 CSV", f"no CSV: {error}") from None
    if not places:
        raise refused(file, 1, "文件为空", "the file is empty")


def places_of(file: Path, line: int, header: Sequence[str], columns: Sequence[str]) -> list[int]:
    for name in columns:
        if header.count(name) != 1:
            raise refused(
                file,
                line,
                f"须有且只有一列 {name}",
                f"one column {name} is needed",
            )
    return [header.index(name) for name in columns]


def text_of(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CannotStart(f"{file}：无法读取 cannot be read: {error.strerror}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refused(file, line, "不是 UTF-8 编码", "not in UTF-8") from None


def mark_of(file: Path, line: int, text: str, scale: Scale) -> Decimal:
    if not NUMBER.fullmatch(text):
        raise refused(file, line, f"分数 {text!r} 不是数字", f"mark {text!r} is not a number")
    mark = Decimal(text)
    if not scale.least <= mark <= scale.most:
        raise refused(
            file,
            line,
            f"分数 {text} 超出 {scale.least}–{scale.most}",
            f"mark {text} is outside of {scale.least}–{scale.most}",
        )
    return mark


def refused(file: Path, line: int, zh: str, en: str) -> CannotStart:
    return CannotStart(f"{file}：第 {line} 行 line {line}：{zh} {en}")
