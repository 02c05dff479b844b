"""A table of a page as a workbook (导出 Excel): text stays text, so that no cell can come alive as a formula."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import Any

from junxian.core.errors import DataError

ROWS, COLUMNS, LETTERS = 20_000, 300, 2_000
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,13})(\.\d{1,10})?")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


@dataclass(frozen=True)
class Table:
    """What the page sent: a name, rows of heads, rows of cells, all text."""

    name: str
    head: list[list[str]]
    rows: list[list[str]]


def read_table(text: str) -> Table:
    """The table a page posted as JSON; DataError `web.cockpit.table_unreadable` where it is none or is too large."""
    try:
        given = json.loads(text)
        table = Table(str(given["name"]), _rows(given["head"]), _rows(given["rows"]))
    except (ValueError, KeyError, TypeError) as fault:
        raise DataError("web.cockpit.table_unreadable") from fault
    if len(table.rows) > ROWS or any(len(row) > COLUMNS for row in (*table.head, *table.rows)):
        raise DataError("web.cockpit.table_too_large", rows=ROWS, columns=COLUMNS)
    return table


def _rows(given: Any) -> list[list[str]]:
    if not isinstance(given, list) or not all(isinstance(row, list) for row in given):
        raise TypeError
    return [[str(cell)[:LETTERS] for cell in row] for row in given]


def workbook(table: Table) -> bytes:
    """The table as .xlsx: plain numbers as numbers, everything else as text, head frozen."""
    import xlsxwriter

    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet(sheet_name(table.name))
        bold = book.add_format({"bold": True, "bg_color": "#E9EEF2", "border": 1})
        for place, row in enumerate(table.head):
            for column, text in enumerate(row):
                sheet.write_string(place, column, text, bold)
        for place, row in enumerate(table.rows, start=len(table.head)):
            for column, text in enumerate(row):
                _write(sheet, place, column, text)
        sheet.freeze_panes(len(table.head), 1)
        sheet.autofit()
    return stream.getvalue()


def _write(sheet: Any, place: int, column: int, text: str) -> None:
    if _NUMBER.fullmatch(text):
        sheet.write_number(place, column, float(text))
    elif text:
        sheet.write_string(place, column, text)


def sheet_name(name: str) -> str:
    """A name Excel accepts for a sheet and a file."""
    return _FORBIDDEN.sub(" ", name).strip()[:31] or "Sheet1"
