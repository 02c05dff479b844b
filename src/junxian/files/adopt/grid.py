"""Sheets as grids (表格底稿): values, formulas and printed decimals of every cell, once the guard has let it in."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from junxian.core.errors import DataError
from junxian.files.sheets.guard import Opened, column_letters, open_workbook_bytes

_DECIMALS = re.compile(r"\.(0+)")
MOST_PLACES = 6
MOST_CELLS = 300_000
"""No score sheet has more; a larger workbook is something else and is not adopted."""


class Spot(NamedTuple):
    """A cell of the workbook as it was sent in; rows and columns count from 0."""

    sheet: str
    row: int
    column: int

    @property
    def cell(self) -> str:
        return f"{column_letters(self.column)}{self.row + 1}"

    def __str__(self) -> str:
        return f"{self.sheet} {self.cell}"


@dataclass(frozen=True)
class Grid:
    """One sheet. `turned` says that rows and columns have changed places since the file was read."""

    sheet: str
    rows: Sequence[Sequence[Any]]
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()
    hidden: bool = False
    turned: bool = False

    def spot(self, row: int, column: int) -> Spot:
        """Where a cell of this grid stands in the file."""
        return Spot(self.sheet, column, row) if self.turned else Spot(self.sheet, row, column)

    def across(self) -> Grid:
        """The same sheet with rows and columns exchanged."""
        rows = [list(column) for column in zip(*self.rows, strict=True)]
        merged = [((b, a), (d, c)) for (a, b), (c, d) in self.merged]
        return replace(self, rows=rows, merged=merged, turned=not self.turned)


@dataclass
class Book:
    """A workbook: its grids, its formulas as written, and how many decimals each cell prints."""

    file: str
    grids: list[Grid]
    formulas: dict[Spot, str] = field(default_factory=dict)
    formats: dict[Spot, str] = field(default_factory=dict)

    def value(self, spot: Spot) -> Any:
        """What the file stores for a cell; blank beyond the sheet."""
        grid = self._by_name.get(spot.sheet)
        if grid is None or not (0 <= spot.row < len(grid.rows) and 0 <= spot.column < len(grid.rows[spot.row])):
            return ""
        return grid.rows[spot.row][spot.column]

    @cached_property
    def _by_name(self) -> Mapping[str, Grid]:
        return {grid.sheet: grid for grid in self.grids}

    def places(self, spot: Spot) -> int | None:
        """Decimals the cell prints, None where its format leaves it to the value."""
        written = self.formats.get(spot, "").split(";")[0]
        if "0" not in written:
            return None
        found = _DECIMALS.search(written)
        return min(len(found[1]), MOST_PLACES) if found else 0

    def is_percent(self, spot: Spot) -> bool:
        return "%" in self.formats.get(spot, "").split(";")[0]


def open_book(path: Path) -> Book:
    """Read a workbook; DataError `sheets.*` where the guard or the reader refuses it."""
    if not path.is_file():
        raise DataError("sheets.no_file", where=path.name)
    try:
        opened = open_workbook_bytes(path)
        book = Book(path.name, _grids(opened))
    except DataError as refusal:
        raise DataError(refusal.code, where=path.name, **refusal.facts) from refusal
    if opened.packed:
        _read_formulas(opened, book)
    return book


def _grids(opened: Opened) -> list[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(opened.content))
        found = []
        for meta in workbook.sheets_metadata:
            if meta.typ is SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_name(meta.name)
                if sheet.total_height * sheet.total_width > MOST_CELLS:
                    raise DataError("sheets.far_cells", rows=sheet.total_height, columns=sheet.total_width)
                rows = sheet.to_python(skip_empty_area=False)
                hidden = meta.visible is not SheetVisibleEnum.Visible
                found.append(Grid(meta.name, rows, tuple(sheet.merged_cell_ranges or ()), hidden))
    except PasswordError as refusal:
        raise DataError("sheets.password") from refusal
    except (CalamineError, OSError, ValueError) as fault:
        raise DataError("sheets.truncated" if opened.packed else "sheets.save_as_xlsx") from fault
    return found


def _read_formulas(opened: Opened, book: Book) -> None:
    """Formulas and number formats; calamine gives neither."""
    import openpyxl

    workbook = openpyxl.load_workbook(io.BytesIO(opened.content))
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None:
                    continue
                spot = Spot(sheet.title, cell.row - 1, cell.column - 1)
                if cell.number_format != "General":
                    book.formats[spot] = cell.number_format
                if cell.data_type == "f":
                    book.formulas[spot] = str(getattr(cell.value, "text", cell.value))
    workbook.close()


def shown(value: object) -> str:
    """A cell as text on one line."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return re.sub(r"\s+", " ", text).strip()
