"""Layout (表式): where in a sheet the header ends, which columns label the rows and which hold figures.

Worked out once for each header and remembered: the next sheet with the same header rows costs one comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from junxian.core.indicators.form import Form
from junxian.core.indicators.match import Names, split_calibre
from junxian.files.sheets.dates import read_date
from junxian.files.sheets.header import UNIT_LABELS, Cell, HeaderReader

Rows = Sequence[Sequence[Any]]
Merged = Callable[[], Sequence[tuple[tuple[int, int], tuple[int, int]]]]
LOOK = 400
"""Rows and columns looked at to find the table; figures below are read all the same."""


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of figures: its header cells from top to bottom and the region above it, if regions run across."""

    index: int
    path: tuple[Cell, ...]
    region: str = ""
    calibre: str = ""
    head: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions count from the top-left cell A1 = (0, 0); `top` is the first row of figures."""

    kind: str
    lead: int
    top: int
    region_column: int | None
    label_columns: tuple[int, ...]
    unit_column: int | None
    values: tuple[ValueColumn, ...]
    unread: tuple[tuple[int, int, str], ...] = ()


class Surveyor:
    """Finds the layout of a sheet for one form."""

    def __init__(self, form: Form, regions: Names, reader: HeaderReader, labels: Callable[[str], bool]) -> None:
        self.form, self.regions, self.reader, self.is_label = form, regions, reader, labels

    def survey(self, rows: Rows, merged: Merged) -> Layout | None:
        """The layout, or None where no table is recognised."""
        if not rows or not rows[0]:
            return None
        grid = filled(rows, merged())
        down, across = self._count_regions(rows)
        column = max(down, key=lambda c: (down[c], -c), default=None)
        row = max(across, key=lambda r: (across[r], -r), default=None)
        kind = self._kind(rows, down, across)
        if kind == "regions_down" and column is not None:
            return self._regions_down(grid, rows, column)
        if kind == "regions_across" and row is not None:
            return self._regions_across(grid, rows, row)
        return self._one_region(grid, rows)

    def _kind(self, rows: Rows, down: dict[int, int], across: dict[int, int]) -> str:
        """Which way the regions run: where more of them stand; a single one is placed by the indicators around it."""
        if self.form.layout in ("regions_down", "regions_across", "one_region"):
            return self.form.layout
        most_down, most_across = max(down.values(), default=0), max(across.values(), default=0)
        if max(most_down, most_across) < 1:
            return "one_region"
        if most_down > 1 or most_across > 1:
            return "regions_down" if most_down >= most_across else "regions_across"
        return self._kind_of_single(rows, max(across, key=lambda r: across[r]), max(down, key=lambda c: down[c]))

    def _kind_of_single(self, rows: Rows, r: int, c: int) -> str:
        def labels(block: Rows, columns: slice) -> bool:
            return any(type(cell) is str and cell and self.is_label(cell) for row in block for cell in row[columns])

        if labels(rows[max(r - 4, 0) : r], slice(c + 1, None)):
            return "regions_down"
        if labels(rows[r + 1 : LOOK], slice(0, c)) and not any(
            "：" in str(cell) or ":" in str(cell) for cell in rows[r]
        ):
            return "regions_across"
        return "one_region"

    def _count_regions(self, rows: Rows) -> tuple[dict[int, int], dict[int, int]]:
        down: dict[int, int] = {}
        across: dict[int, int] = {}
        for r, row in enumerate(rows[:LOOK]):
            if sum(cell != "" for cell in row) < 2:
                continue
            for c, cell in enumerate(row[:LOOK]):
                if (type(cell) is str and cell and self._is_region(cell)) or (
                    type(cell) is not str and self._is_code(cell)
                ):
                    weight = 4 if type(cell) is str and not cell.strip().isdigit() else 3
                    down[c] = down.get(c, 0) + weight
                    across[r] = across.get(r, 0) + weight
        return {c: (n + 1) // 4 for c, n in down.items()}, {r: (n + 1) // 4 for r, n in across.items()}

    def _is_region(self, cell: str) -> bool:
        return 0 < len(cell) <= 40 and self.regions.known(split_calibre(cell)[0]).sure

    def _is_code(self, cell: object) -> bool:
        number = isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell >= 100_000 and cell == int(cell)
        return number and self.regions.known(f"{cell:.0f}").how == "code"

    def _regions_down(self, grid: list[list[Any]], rows: Rows, column: int) -> Layout | None:
        first = next((r for r, row in enumerate(rows) if self._names_region(row, column) and has_text(row, 2)), None)
        if first is None:
            return None
        while first and (self._is_figures(rows[first - 1], column) or self._names_region(rows[first - 1], column)):
            first -= 1
        lead = self._lead(rows, first)
        labels, unit_column = self._row_labels(grid, rows, first, column)
        skip = {column, unit_column, *labels}
        values = self._values(grid, rows, range(lead, first), [c for c in range(len(rows[0])) if c not in skip])
        values = [v for v in values if not self._repeats_region(rows, first, v)]
        return Layout("regions_down", lead, first, column, labels, unit_column, tuple(values))

    def _names_region(self, row: Sequence[Any], column: int) -> bool:
        cell = row[column]
        return self._is_region(cell) if isinstance(cell, str) else self._is_code(cell)

    def _repeats_region(self, rows: Rows, first: int, value: ValueColumn) -> bool:
        """A column of region codes beside the names is a second name, not a figure."""
        cells = [row[value.index] for row in rows[first : first + 5] if row[value.index] != ""]
        return bool(cells) and all(self._is_code(c) or (type(c) is str and self._is_region(c)) for c in cells)

    def _is_figures(self, row: Sequence[Any], column: int) -> bool:
        """A row of figures under an unknown name: text before it and numbers that are no years or column numbers."""
        others = [cell for c, cell in enumerate(row) if c != column and cell != ""]
        numbers = [cell for cell in others if type(cell) in (int, float)]
        if type(row[column]) is not str or not row[column] or not numbers or len(numbers) * 2 < len(others):
            return False
        counting = all(float(n).is_integer() and 0 < n <= 60 for n in numbers) and sorted(numbers) == numbers
        return not counting and not all(float(n).is_integer() and 1949 <= n <= 2100 for n in numbers)

    def _lead(self, rows: Rows, first: int) -> int:
        """The first header row: below the title lines, which hold one text or only remarks about the table."""
        lead = first
        for r in range(first - 1, -1, -1):
            if all(cell == "" for cell in rows[r]):
                continue
            if self._is_lead(rows[r]):
                break
            lead = r
        return lead

    def _is_lead(self, row: Sequence[Any]) -> bool:
        texts = [cell for cell in row if cell != ""]
        if len(texts) <= 1:
            return not texts or type(texts[0]) is not str or not self.is_label(texts[0])
        return any(type(text) is str and ("：" in text or ":" in text) for text in texts) and all(
            map(self._is_remark, texts)
        )

    def _is_remark(self, text: object) -> bool:
        if type(text) is not str:
            return read_date(text) is not None
        return any(mark in text for mark in "：:") or read_date(text) is not None

    def _row_labels(
        self, grid: list[list[Any]], rows: Rows, first: int, column: int
    ) -> tuple[tuple[int, ...], int | None]:
        """Columns of indicator names (and of units) beside a column of regions."""
        unit_column = self._unit_column(rows, first)
        labels = []
        for c in range(len(rows[0])):
            texts = [row[c] for row in rows[first : first + LOOK] if type(row[c]) is str and row[c]]
            if c not in (column, unit_column) and len(texts) > 1 and sum(map(self.is_label, texts)) * 2 >= len(texts):
                labels.append(c)
        return tuple(labels), unit_column

    def _unit_column(self, rows: Rows, first: int) -> int | None:
        for row in rows[:first]:
            for c, cell in enumerate(row):
                below = [r[c] for r in rows[first : first + 12] if r[c] != ""]
                said = type(cell) is str and cell.replace(" ", "").replace("\u3000", "").lower() in UNIT_LABELS
                if said and below and all(type(u) is str for u in below) and any(self.reader.unit_of(u) for u in below):
                    return c
        return None

    def _values(self, grid: list[list[Any]], rows: Rows, header: range, columns: Sequence[int]) -> list[ValueColumn]:
        values = []
        for c in columns:
            texts = [(r, grid[r][c]) for r in header if grid[r][c] != ""]
            if texts:
                path = tuple(self.reader.read(text) for _, text in texts)
                values.append(ValueColumn(c, path, head=texts[-1][0]))
            elif any(type(row[c]) in (int, float) for row in rows[header.stop :]):
                values.append(ValueColumn(c, (), head=header.stop))
        return values

    def _regions_across(self, grid: list[list[Any]], rows: Rows, row: int) -> Layout | None:
        columns = {c: self.regions.match(split_calibre(str(cell))[0]) for c, cell in enumerate(grid[row]) if cell != ""}
        found = {c: match for c, match in columns.items() if match.sure}
        left = min(found)
        top = row + 1
        while top < len(rows) and not self._starts_figures(rows[top], left):
            top += 1
        unit_column = self._unit_column(rows, top)
        labels = [c for c in range(left) if c != unit_column and not self._ignored_label(grid, row, top, c)]
        values, unread = [], []
        for c in range(left, len(rows[0])):
            texts = [grid[r][c] for r in range(row + 1, top) if grid[r][c] not in ("", grid[row][c])]
            path = tuple(self.reader.read(text) for text in texts)
            if c in found:
                calibre = split_calibre(str(grid[row][c]))[1]
                values.append(ValueColumn(c, path, found[c].code, calibre, head=row))
            elif grid[row][c] != "" and not self.reader.read(grid[row][c]).ignored and c != unit_column:
                unread.append((row, c, str(grid[row][c])))
        return Layout(
            "regions_across", self._lead(rows, row), top, None, tuple(labels), unit_column, tuple(values), tuple(unread)
        )

    def _starts_figures(self, row: Sequence[Any], left: int) -> bool:
        """Below the regions: a row with a label before it and something under the regions that is no header word."""
        label = any(type(cell) is str and cell and self.is_label(cell) for cell in row[:left])
        number = any(type(cell) is float or (type(cell) is int and not 0 < cell <= 60) for cell in row[left:])
        return (label or number) and any(cell != "" for cell in row[left:])

    def _ignored_label(self, grid: list[list[Any]], row: int, top: int, column: int) -> bool:
        heads = [grid[r][column] for r in range(max(row - 1, 0), top) if grid[r][column] != ""]
        return bool(heads) and self.reader.read(heads[-1]).ignored

    def _one_region(self, grid: list[list[Any]], rows: Rows) -> Layout | None:
        """Indicators down, one unit for the whole sheet: 本月, 累计, 增速 … run across."""
        counts: dict[int, int] = {}
        for row in rows[:LOOK]:
            for c, cell in enumerate(row[:LOOK]):
                if (
                    type(cell) is str
                    and cell
                    and len(cell) <= 40
                    and any(x != "" for x in row[c + 1 :])
                    and self.is_label(cell)
                ):
                    counts[c] = counts.get(c, 0) + 1
        if not counts:
            return None
        column = max(counts, key=lambda c: (counts[c], -c))
        first = next(
            (
                r
                for r, row in enumerate(rows)
                if type(row[column]) is str and self.is_label(row[column]) and has_number(row)
            ),
            None,
        )
        if first is None:
            return None
        while first and self._is_figures(rows[first - 1], column):
            first -= 1
        lead = self._lead(rows, first)
        unit_column = self._unit_column(rows, first)
        labels = [
            c for c in range(column + 1) if c != unit_column and not self._ignored_label(grid, first - 1, first, c)
        ]
        labels = [c for c in labels if any(type(row[c]) is str and row[c] for row in rows[first:])]
        rest = [c for c in range(column + 1, len(rows[0])) if c != unit_column]
        values = self._values(grid, rows, range(lead, first), rest)
        return Layout("one_region", lead, first, None, tuple(labels), unit_column, tuple(values))


def has_text(row: Sequence[Any], least: int) -> bool:
    """Whether so many cells of a row hold anything."""
    return len([cell for cell in row if cell != ""]) >= least


def has_number(row: Sequence[Any]) -> bool:
    """Whether a row holds a figure, also one stored as text."""
    from junxian.files.sheets.numbers import read_number

    return any(type(cell) in (int, float) or (type(cell) is str and read_number(cell) is not None) for cell in row)


def filled(rows: Rows, merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> list[list[Any]]:
    """The rows with merged cells holding their text everywhere, and group headers carried right over blanks."""
    grid = [list(row) for row in rows[:LOOK]]
    height, width = len(grid), len(grid[0])
    for (top, left), (bottom, right) in merged:
        if top >= height or left >= width or bottom - top > LOOK:
            continue
        for r in range(top, min(bottom, height - 1) + 1):
            for c in range(left, min(right, width - 1) + 1):
                grid[r][c] = grid[top][left]
    for r in range(min(height - 1, 12)):
        _carry_right(grid, r)
    return grid


def _carry_right(grid: list[list[Any]], r: int) -> None:
    """`财政收入 | (blank)` over `累计 | 增速`: the group header speaks for both, where both have a text below."""
    row = grid[r]
    below = next((line for line in grid[r + 1 : r + 4] if any(cell != "" for cell in line)), row)
    if below is row or sum(cell != "" for cell in row) < 2:
        return
    group, under = "", ""
    for c, cell in enumerate(row):
        text = below[c] if type(below[c]) is str else ""
        if cell != "":
            group, under = cell, text
        elif text and group and under and text != group:
            row[c] = group
        elif text:
            group = ""
