"""The ranking workbook (排名表): rank order and official order per category, ready to print, without a single formula.

Text is written as text whatever it begins with; a text that begins with = + - @, tab or return also carries the quote
mark Excel knows, so that it stays text when the sheet is saved as CSV and opened again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from junxian.core.bulletins.alert_table import alerts_table
from junxian.core.bulletins.context import Context
from junxian.core.bulletins.document import Cell, Column, PrintedTable
from junxian.core.bulletins.tables import measures_table, points_table, ranking_table, watch_table
from junxian.files.documents.title_lines import shown_width

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
A4, A3 = 9, 8
A3_FROM = 10
"""Columns from which a sheet is printed on A3 across."""
TITLE_ROOM, MAX_WIDTH, MAX_HEADER = 78.0, 40.0, 11.0
LINE_HEIGHT, PAGE_COLUMNS = 16, 20
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def ranking_tables(context: Context) -> list[tuple[str, PrintedTable]]:
    """Sheet names and tables of the workbook, in order."""
    w, facts = context.wording, context.ledger.facts
    found: list[tuple[str, PrintedTable]] = []
    for category in context.ledger.categories:
        words = {
            "period": facts.period_title,
            "scheme": facts.scheme_title,
            "category": facts.terms.get(category, category),
        }
        for name, key, table in (
            ("rank", "ranking_title", ranking_table(context, category)),
            ("official", "official_title", points_table(context, category, order="official")),
            ("values", "values_title", measures_table(context, category)),
        ):
            found.append((w.word(f"sheet.{name}", **words), _titled(table, w.word(f"sheet.{key}", **words))))
    found.append((w.word("sheet.alerts"), alerts_table(context)))
    for i, watched in enumerate(facts.watch):
        found.append((w.word("sheet.watch", number=i + 1), watch_table(context, watched)))
    return found


def _titled(table: PrintedTable, title: str) -> PrintedTable:
    from dataclasses import replace

    return replace(table, heading=title)


def write_ranking(path: Path, context: Context, tables: Sequence[tuple[str, PrintedTable]]) -> None:
    """Write the workbook; the date inside is the run's own, so that the same run gives the same bytes."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), options)
    facts = context.ledger.facts
    book.set_properties({"title": facts.scheme_title, "created": datetime.fromisoformat(facts.today)})
    styles = _Styles(book)
    taken: set[str] = set()
    for name, table in tables:
        _sheet(book.add_worksheet(_name(name, taken)), table, styles, context)
    _notes(book.add_worksheet(_name(context.wording.word("sheet.notes"), taken)), styles, context)
    book.close()


def _name(wanted: str, taken: set[str]) -> str:
    """A sheet name Excel accepts: 31 characters, no brackets or slashes, no name twice."""
    name = _FORBIDDEN.sub("·", wanted).strip() or "·"
    candidate, i = name[:31], 2
    while candidate.casefold() in taken:
        candidate, i = f"{name[: 31 - len(str(i)) - 1]} {i}", i + 1
    taken.add(candidate.casefold())
    return candidate


class _Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Any] = {}

    def get(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            font = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", **properties}
            self._made[key] = self._book.add_format(font)
        return self._made[key]


def _sheet(sheet: Any, table: PrintedTable, styles: _Styles, context: Context) -> None:
    last = len(table.columns) - 1
    title = styles.get(bold=True, font_size=16, align="center", font_name="黑体")
    write_text(sheet, (0, 0), table.heading or table.title, title, styles, merge_to=last)
    write_text(sheet, (1, 0), table.note, styles.get(font_size=9, align="left", text_wrap=True), styles, merge_to=last)
    head = styles.get(bold=True, border=1, align="center", text_wrap=True, bg_color="#E7EDF3", font_name="黑体")
    widths = _widths(table)
    for c, column in enumerate(table.columns):
        write_text(sheet, (2, c), column.name, head, styles)
        sheet.set_column(c, c, widths[c])
    root = context.ledger.facts.root
    for r, row in enumerate(table.rows):
        bold = r < len(table.keys) and table.keys[r] == root
        for c, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            write_cell(sheet, (3 + r, c), column, cell, styles, bold=bold)
        sheet.set_row(3 + r, 4 + LINE_HEIGHT * _lines([cell.text for cell in row], widths))
    sheet.set_row(0, 30)
    sheet.set_row(1, 28)
    sheet.set_row(2, 8 + LINE_HEIGHT * _lines([column.name for column in table.columns], widths))
    first_text = next((c for c, column in enumerate(table.columns) if column.key == "unit"), 0)
    sheet.freeze_panes(3, first_text + 1)
    _print_set_up(sheet, table, context)


def _print_set_up(sheet: Any, table: PrintedTable, context: Context) -> None:
    wide = len(table.columns) >= A3_FROM
    sheet.set_paper(A3 if wide else A4)
    if wide or len(table.columns) > 7:
        sheet.set_landscape()
    sheet.repeat_rows(0, 2)
    sheet.fit_to_pages(-(-len(table.columns) // PAGE_COLUMNS), 0)
    sheet.repeat_columns(0, next((c for c, column in enumerate(table.columns) if column.key == "unit"), 0))
    sheet.center_horizontally()
    sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
    sheet.print_area(0, 0, 2 + max(len(table.rows), 1), len(table.columns) - 1)
    sheet.set_footer(f"&C{context.wording.word('sheet.footer')}")


def _widths(table: PrintedTable) -> list[float]:
    """Column widths that hold the cells, and together at least the title in its larger type."""
    widths = [_width(column, [row[c] for row in table.rows]) for c, column in enumerate(table.columns)]
    wanted = max(TITLE_ROOM, 3.2 * shown_width(table.heading or table.title))
    return [width * max(1.0, wanted / sum(widths)) for width in widths]


def _lines(texts: Sequence[str], widths: Sequence[float]) -> int:
    """Lines the tallest of the texts takes in its column."""
    return max(-(-int(2 * shown_width(text) + 1) // int(width)) for text, width in zip(texts, widths, strict=True))


def _width(column: Column, cells: Sequence[Cell]) -> float:
    longest = max((shown_width(cell.text) for cell in cells), default=0)
    return min(MAX_WIDTH, max(8.0, 2 * longest + 2, min(2 * shown_width(column.name) + 2, MAX_HEADER)))


def write_cell(sheet: Any, at: tuple[int, int], column: Column, cell: Cell, styles: _Styles, *, bold: bool) -> None:
    """A number as a number in its format, everything else as text."""
    if cell.number is None:
        align = "center" if column.kind == "number" or shown_width(cell.text) <= 8 else "left"
        write_text(sheet, at, cell.text, styles.get(border=1, align=align, bold=bold, text_wrap=True), styles)
        return
    places = f"0.{'0' * cell.decimals}" if cell.decimals else "0"
    align = "center" if column.key == "rank" else "right"
    sheet.write_number(*at, cell.number, styles.get(border=1, align=align, bold=bold, num_format=places))


def write_text(
    sheet: Any, at: tuple[int, int], text: str, style: Any, styles: _Styles, *, merge_to: int = 0
) -> None:  # fmt: skip
    """Text that can never become a formula."""
    if text.startswith(DANGEROUS):
        style = styles.get(border=1, quote_prefix=True)
    if merge_to > at[1]:
        sheet.merge_range(*at, at[0], merge_to, "", style)
    sheet.write_string(*at, text, style)


def _notes(sheet: Any, styles: _Styles, context: Context) -> None:
    """说明: which run, which rulebook, how to read."""
    w, facts = context.wording, context.ledger.facts
    counts = {key: facts.completeness.get(key, 0) for key in ("reported", "late", "not_reported", "not_applicable")}
    names = w.word("word.list_separator").join(context.ledger.name(code) for code in facts.unreported)
    rows = {
        "period": facts.period_title, "scheme": facts.scheme_title, "version": facts.scheme_version,
        "rulebook": facts.rulebook_title, "today": w.date(facts.today),
        "counts": w.word("notes.counts_text", **counts), "unreported": names or w.word("notes.none"),
        "reading": w.word("notes.reading_text"), "run": facts.run, "rulebook_hash": facts.rulebook_hash,
        "snapshot_hash": facts.snapshot_hash, "engine": facts.engine,
    }  # fmt: skip
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 80)
    for r, (key, text) in enumerate(rows.items()):
        write_text(sheet, (r, 0), w.word(f"notes.{key}"), styles.get(bold=True, border=1), styles)
        write_text(sheet, (r, 1), text, styles.get(border=1, text_wrap=True), styles)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
