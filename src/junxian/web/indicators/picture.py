"""A picture of a sheet (表样): the cells around a finding as they stand in the stored file, escaped and bounded."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import PurePath

from django.utils.translation import gettext as _

from junxian.core.errors import DataError
from junxian.files.sheets.guard import column_letters, column_number
from junxian.web.indicators.models import Finding, Upload

ROWS, COLUMNS = 26, 16
ABOVE, BEFORE = 8, 6
HEADER = 5
"""The top of the sheet is shown too, for a cell without its header says little."""
LONGEST = 40
SIGNS = {"error": "✖", "warning": "▲", "ask": "？"}


@dataclass(frozen=True)
class Box:
    """One cell: its address, what it shows, what was found there."""

    address: str
    text: str
    severity: str = ""
    sign: str = ""
    told: tuple[Finding, ...] = ()


@dataclass
class Picture:
    """Rows of a window of a sheet; a gap in the row numbers shows as a gap."""

    sheet: str
    columns: list[str]
    rows: list[tuple[int, list[Box]]] = field(default_factory=list)


def picture(upload: Upload, sheet: str, cell: str, findings: list[Finding]) -> Picture:
    """The window around a cell. DataError `web.indicators.no_picture` where the file has no such sheet."""
    grid = _grid(upload, sheet)
    row, column = _place(cell)
    width = max((len(line) for line in grid), default=0)
    left = 0 if column < COLUMNS else max(0, min(column - BEFORE, width - COLUMNS))
    across = sorted({0, 1} | set(range(left, min(left + COLUMNS, width))))
    top = max(0, row - ABOVE)
    down = sorted(set(range(min(HEADER, len(grid)))) | set(range(top, min(top + ROWS, len(grid)))))
    told: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.sheet == sheet and finding.cell:
            told.setdefault(finding.cell, []).append(finding)
    shown = Picture(sheet, [column_letters(c) for c in across])
    for r in down:
        shown.rows.append((r + 1, [_box(grid[r], r, c, told) for c in across]))
    return shown


def _box(line: list[object], row: int, column: int, told: dict[str, list[Finding]]) -> Box:
    address = f"{column_letters(column)}{row + 1}"
    value = line[column] if column < len(line) else ""
    found = tuple(told.get(address, ()))
    worst = next((s for s in SIGNS if any(f.severity == s for f in found)), "")
    return Box(address, _text(value), worst, SIGNS.get(worst, ""), found)


def _text(value: object) -> str:
    text = f"{value:.15g}" if isinstance(value, float) else "" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _place(cell: str) -> tuple[int, int]:
    """`D7` → (6, 3)."""
    letters = cell.rstrip("0123456789")
    digits = cell[len(letters) :]
    return (int(digits) - 1 if digits else 0), (
        column_number(letters) - 1 if letters.isalpha() and letters.isascii() else 0
    )


def _grid(upload: Upload, sheet: str) -> list[list[object]]:
    content = bytes(upload.content.content)
    if PurePath(upload.name).suffix.lower() in {".csv", ".txt", ".tsv"}:
        return _lines(content)
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as fault:
        raise DataError("web.indicators.no_picture", sheet=sheet or _("（无）")) from fault


def _lines(content: bytes) -> list[list[object]]:
    import csv

    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [list(line) for line in csv.reader(io.StringIO(text))]
    raise DataError("sheets.csv_encoding")
