"""Writing the recomputation workbook (复算簿落盘): sheets of units, parameters, lists, and the page that explains them.

Text is always written as text; only our own formulas are formulas, and none of them points outside the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from junxian.files.recompute.book import FIRST_SETTING, Book, UnitSheet
from junxian.files.recompute.figures import FIRST_PART, Part
from junxian.files.recompute.matters import FIRST_MATTER
from junxian.files.recompute.model import Column, Number, Value
from junxian.files.recompute.spell import FIRST_ROW, ROW, Speller, letters
from junxian.files.recompute.tally import Matter

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
FILLS = {"input": "#DDEBF7", "formula": "", "given": "#F8CBAD", "setting": "#FFF2CC"}
"""Colours by kind: inputs blue, parameters yellow, pasted values orange, live formulas white."""
HEADING_ROWS = FIRST_ROW - 2
WIDTH = 13
A4, A3 = 9, 8
READ, LATIN = 96, 0x2E7F
"""Width of the explaining column, and the last letter that takes one column."""
PRINTABLE = 28
"""Columns that can still be read on one sheet of paper."""


@dataclass(frozen=True)
class Content:
    """Everything the file holds. pages: key and text of the explaining page, in order."""

    book: Book
    pages: Sequence[tuple[str, str]]
    not_expressed: Sequence[tuple[str, str, str]]
    parts: Sequence[Part]
    matters: Sequence[Matter]
    created: datetime


class Styles:
    """Formats of one workbook, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[Any, ...], Any] = {}

    def get(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            font = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", **properties}
            self._made[key] = self._workbook.add_format(font)
        return self._made[key]

    def cell(self, kind: str, *, text: bool = False, whole: bool = False) -> Any:
        """The format of a unit's cell; whole: the column holds whole numbers, such as places."""
        look: dict[str, Any] = {"border": 1, "border_color": "#BFBFBF"}
        if FILLS[kind]:
            look["bg_color"] = FILLS[kind]
        if text:
            return self.get(**look, align="center")
        return self.get(**look, num_format="General" if whole else "0.00####")


def write_workbook(path: Path, content: Content) -> None:
    """Write the file; the same content gives the same bytes."""
    import xlsxwriter

    sheet_class = _plain_sheet()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(str(path), options)
    workbook.set_properties({"title": content.book.say("title.workbook"), "created": content.created})
    workbook.set_calc_mode("auto")
    styles, book = Styles(workbook), content.book
    _explain(workbook.add_worksheet(book.say("sheet.notes")), content, styles)
    places = {
        sheet.name: workbook.add_worksheet(sheet.name, worksheet_class=sheet_class) for sheet in _in_reading_order(book)
    }
    for sheet in book.sheets:
        _units(places[sheet.name], sheet, book, styles)
    _settings(workbook.add_worksheet(book.settings_sheet), book, styles)
    if content.parts:
        heads = [book.say(f"list.{name}") for name in ("what", "region", "calibre", "period", "value")]
        rows = [(p.what, p.region, p.calibre, p.period, p.value) for p in content.parts]
        _list(
            workbook.add_worksheet(book.say("sheet.parts")), (book.say("title.parts"), heads, rows, FIRST_PART), styles
        )
    if content.matters or _reads_matters(book):
        heads = [book.say(f"list.{name}") for name in ("region", "matter", "rule", "source", "points")]
        listed = [(m.region, m.matter, m.adjustment, m.source, m.points) for m in content.matters]
        page = (book.say("title.matters"), heads, listed, FIRST_MATTER)
        _list(workbook.add_worksheet(book.say("sheet.matters")), page, styles)
    workbook.close()


def _plain_sheet() -> type[Any]:
    """Worksheets that do not look through every formula for new functions: ours use none, and there are many."""
    from xlsxwriter.worksheet import Worksheet

    class PlainSheet(Worksheet):  # type: ignore[misc, unused-ignore]
        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
            return formula.removeprefix("=")

    return PlainSheet


def _reads_matters(book: Book) -> bool:
    name = book.say("sheet.matters")
    return any(name in text for sheet in book.sheets for column in sheet.columns for text in column.texts[:1])


def _in_reading_order(book: Book) -> list[UnitSheet]:
    """The result first, then what leads to it."""
    scores = book.say("sheet.scores")
    return sorted(book.sheets, key=lambda sheet: sheet.name != scores)


def _units(place: Any, sheet: UnitSheet, book: Book, styles: Styles) -> None:
    write_text(place, 0, 0, sheet.title, styles.get(bold=True, font_size=14, font_name="黑体"), styles)
    head = styles.get(bold=True, font_size=9, font_color="#404040")
    for heading in sheet.headings:
        for line, text in enumerate(heading.lines[: HEADING_ROWS - 1]):
            write_text(place, 1 + line, heading.place, text, head, styles)
    _titles(place, sheet, book, styles)
    for row, unit in enumerate(book.units):
        for at, text in enumerate((unit.code, unit.name, unit.category)):
            write_text(place, FIRST_ROW - 1 + row, at, text, styles.cell("formula", text=True), styles)
    for column in sheet.columns:
        _column(place, column, book, styles)
    place.set_column(0, 0, 10)
    place.set_column(1, 2, 12)
    place.set_column(3, max(sheet.next_place - 1, 3), WIDTH)
    place.freeze_panes(FIRST_ROW - 1, 3)
    place.set_landscape()
    place.set_paper(A3)
    if sheet.next_place <= PRINTABLE:
        place.fit_to_pages(1, 0)


def _titles(place: Any, sheet: UnitSheet, book: Book, styles: Styles) -> None:
    starts = {heading.place for heading in sheet.headings}
    titles = [book.say(f"column.{name}") for name in ("code", "name", "category")]
    shades, shade = ("#E7EDF3", "#F3EDE7"), 0
    for at, title in enumerate([*titles, *(column.title for column in sheet.columns)]):
        shade = 1 - shade if at in starts else shade
        look = styles.get(bold=True, border=1, align="center", text_wrap=True, bg_color=shades[shade])
        write_text(place, FIRST_ROW - 2, at, title, look, styles)
    place.set_row(FIRST_ROW - 2, 30)


def _column(place: Any, column: Column, book: Book, styles: Styles) -> None:
    speller = Speller(column.sheet, book.settings_sheet)
    whole = all(isinstance(value, str) or value == int(value) for value in column.values)
    for span in book.spans:
        text = "" if column.expr is None else speller.text(column.expr, span)
        for row in range(span.start, span.end):
            at = (FIRST_ROW - 1 + row, column.place)
            value = column.values[row]
            style = styles.cell(column.kind, text=isinstance(value, str), whole=whole)
            if column.texts:
                place.write_formula(*at, column.texts[row], style, value)
            elif column.expr is None:
                _plain(place, at, value, style, styles)
            elif isinstance(column.expr, Number):
                place.write_number(*at, column.expr.value, style)
            elif column.alike and row > span.start:
                place.write_formula(*at, f"={letters(column.place)}${FIRST_ROW + span.start}", style, value)
            else:
                place.write_formula(*at, text.replace(ROW, str(FIRST_ROW + row)), style, value)


def _plain(place: Any, at: tuple[int, int], value: Value, style: Any, styles: Styles) -> None:
    if isinstance(value, str):
        write_text(place, *at, value, style, styles)
    else:
        place.write_number(*at, float(value), style)


def _settings(place: Any, book: Book, styles: Styles) -> None:
    write_text(place, 0, 0, book.say("title.settings"), styles.get(bold=True, font_size=14, font_name="黑体"), styles)
    heads = [book.say(f"list.{name}") for name in ("node", "clause", "setting", "category", "value")]
    _heads(place, FIRST_SETTING - 2, heads, styles)
    for row, setting in enumerate(book.settings):
        at = FIRST_SETTING - 1 + row
        plain = styles.get(border=1, border_color="#BFBFBF", text_wrap=True)
        for column, text in enumerate((setting.node, setting.clause, setting.name, setting.category)):
            write_text(place, at, column, text, plain, styles)
        if isinstance(setting.value, str):
            write_text(place, at, 4, setting.value, plain, styles)
        else:
            place.write_number(at, 4, setting.value, styles.get(border=1, bg_color=FILLS["setting"]))
    place.set_column(0, 3, 24)
    place.set_column(4, 4, 30)
    place.freeze_panes(FIRST_SETTING - 1, 0)


def _heads(place: Any, row: int, heads: Sequence[str], styles: Styles) -> None:
    look = styles.get(bold=True, border=1, align="center", bg_color="#E7EDF3")
    for column, text in enumerate(heads):
        write_text(place, row, column, text, look, styles)


def _list(place: Any, page: tuple[str, Sequence[str], Sequence[tuple[Any, ...]], int], styles: Styles) -> None:
    """A list whose last column is a figure; the title stands above its heads."""
    title, heads, rows, first = page
    write_text(place, 0, 0, title, styles.get(bold=True, font_size=12, font_name="黑体"), styles)
    _heads(place, first - 2, heads, styles)
    for row, (*texts, value) in enumerate(rows):
        for column, text in enumerate(texts):
            write_text(place, first - 1 + row, column, str(text), styles.cell("input", text=True), styles)
        place.write_number(first - 1 + row, len(texts), float(value), styles.cell("input"))
    place.set_column(0, len(heads) - 1, 20)
    place.freeze_panes(first - 1, 0)


def _explain(place: Any, content: Content, styles: Styles) -> None:
    """What this file is, how to recalculate it, what the colours mean, and what is pasted."""
    book = content.book
    write_text(place, 0, 0, book.say("title.workbook"), styles.get(bold=True, font_size=16, font_name="黑体"), styles)
    wrap = styles.get(border=1, text_wrap=True, valign="top", border_color="#BFBFBF")
    bold = styles.get(border=1, bold=True, valign="top", border_color="#BFBFBF")
    for row, (key, text) in enumerate(content.pages, start=2):
        write_text(place, row, 0, key, bold, styles)
        write_text(place, row, 1, text, wrap, styles)
        place.set_row(row, 15 * (1 + _width(text) // READ))
    row = 3 + len(content.pages)
    for place_of, kind in enumerate(("input", "setting", "formula", "given")):
        look = {"border": 1} | ({"bg_color": FILLS[kind]} if FILLS[kind] else {})
        write_text(place, row + place_of, 0, book.say(f"kind.{kind}"), styles.get(**look), styles)
        write_text(place, row + place_of, 1, book.say(f"kind.{kind}_text"), wrap, styles)
    row += 5
    _heads(place, row, [book.say(f"list.{name}") for name in ("pasted", "why", "column")], styles)
    listed = content.not_expressed or [(book.say("none"), "", "")]
    for line, (what, why, column) in enumerate(listed, start=row + 1):
        for at, text in enumerate((what, why, column)):
            write_text(place, line, at, text, wrap, styles)
    place.set_column(0, 0, 26)
    place.set_column(1, 1, READ)
    place.set_column(2, 2, 24)
    place.set_landscape()
    place.set_paper(A4)
    place.fit_to_pages(1, 0)


def _width(text: str) -> int:
    """Columns a text takes; a Chinese character takes two."""
    return sum(2 if ord(letter) > LATIN else 1 for letter in text)


def write_text(place: Any, row: int, column: int, text: str, style: Any, styles: Styles) -> None:  # noqa: PLR0917  # noqa: PLR0917 - as the writer's own
    """Text that can never become a formula, not even after the sheet has been saved as CSV."""
    if not text:
        place.write_blank(row, column, None, style)
        return
    if text.startswith(DANGEROUS):
        style = styles.get(border=1, quote_prefix=True)
    place.write_string(row, column, text, style)
