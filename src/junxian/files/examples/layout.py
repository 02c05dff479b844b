"""Office sheets (报表样式): a grid of cells with merges that remembers where each figure went, as .xlsx or .xls.

A mark is (unit code, indicator code); `title`, `corner` and the name cells (unit code, "") are marked too, so that a
planted fault can say its address after rows were inserted above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from junxian.files.examples.months import Written

Mark = tuple[str, str]
Merge = tuple[int, int, int, int]
TITLE: Mark = ("", "title")
CORNER: Mark = ("", "corner")


@dataclass
class Sheet:
    """One sheet while it is being made: rows of cells, merged ranges (top, left, bottom, right), marks by address."""

    name: str
    rows: list[list[Written]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    marks: dict[Mark, tuple[int, int]] = field(default_factory=dict)
    hidden: bool = False

    def add(self, cells: Sequence[Written], marks: Sequence[Mark | None] = ()) -> None:
        """One more row; `marks` runs beside the cells."""
        for column, mark in enumerate(marks):
            if mark is not None:
                self.marks[mark] = (len(self.rows), column)
        self.rows.append(list(cells))

    def put(self, mark: Mark, written: Written) -> None:
        """Overwrite the cell of a mark."""
        row, column = self.marks[mark]
        self.rows[row][column] = written

    def at(self, mark: Mark) -> Written:
        row, column = self.marks[mark]
        return self.rows[row][column]

    def insert(self, after: int, cells: Sequence[Written]) -> None:
        """A row below row `after` (counted from 0); marks and merges below move down."""
        self.rows.insert(after + 1, list(cells))
        self.marks = {m: (r + (r > after), c) for m, (r, c) in self.marks.items()}
        self.merges = [(t + (t > after), le, b + (b > after), ri) for t, le, b, ri in self.merges]


def address(row: int, column: int) -> str:
    """(0, 0) → A1."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def header(heads: Sequence[tuple[str, ...]], top: int) -> tuple[list[list[Written]], list[Merge]]:
    """Header rows of the columns' words from above to below; equal neighbours merge across, empty words merge down."""
    depth = len(heads[0])
    merges = [merge for level in range(depth) for merge in _across(heads, level)]
    for column, head in enumerate(heads):
        filled = [level for level in range(depth) if head[level]]
        for level, following in zip(filled, [*filled[1:], depth], strict=True):
            if following - level > 1:
                merges.append((level, column, following - 1, column))
    grid: list[list[Written]] = [[head[level] or None for head in heads] for level in range(depth)]
    for first, left, _, right in merges:
        for covered in range(left + 1, right + 1):
            grid[first][covered] = None
    return grid, [(first + top, left, last + top, right) for first, left, last, right in merges]


def _across(heads: Sequence[tuple[str, ...]], level: int) -> Iterator[Merge]:
    """Runs of columns that share their words down to a level."""
    start = 0
    for column in range(1, len(heads) + 1):
        same = column < len(heads) and heads[column][: level + 1] == heads[start][: level + 1]
        if same and heads[start][level]:
            continue
        if column - start > 1:
            yield level, start, level, column - 1
        start = column


def write_xlsx(path: Path, sheets: Sequence[Sheet]) -> None:
    """A workbook as an office saves it; the same bytes for the same sheets."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": datetime(2025, 1, 1), "author": "", "company": ""})
        centred = book.add_format({"align": "center", "valign": "vcenter", "border": 1, "text_wrap": True})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.set_column(0, 0, 16)
            for top, left, bottom, right in sheet.merges:
                page.merge_range(top, left, bottom, right, "", centred)
            for row, cells in enumerate(sheet.rows):
                for column, written in enumerate(cells):
                    if isinstance(written, str):
                        page.write_string(row, column, written)
                    elif written is not None:
                        page.write_number(row, column, written)
            if sheet.hidden:
                page.hide()


def write_xls(path: Path, sheets: Sequence[Sheet]) -> None:
    """The old binary format (BIFF8) some treasuries still send."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    for sheet in sheets:
        page = book.add_sheet(sheet.name)
        covered = {(r, c) for t, le, b, ri in sheet.merges for r in range(t, b + 1) for c in range(le, ri + 1)}
        for top, left, bottom, right in sheet.merges:
            page.write_merge(top, bottom, left, right, sheet.rows[top][left])
        for row, cells in enumerate(sheet.rows):
            for column, written in enumerate(cells):
                if written is not None and (row, column) not in covered:
                    page.write(row, column, written)
    book.save(str(path))
