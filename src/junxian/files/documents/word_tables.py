"""Tables and pictures in Word (表格与插图): repeated headers, unbroken rows, wide ones on a turned sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from junxian.core.bulletins.document import Cell, PrintedTable
from junxian.files.documents.oxml import (
    FANGSONG,
    HEITI,
    add_text_box,
    border,
    element,
    set_paragraph,
    spacing,
    write_run,
)
from junxian.files.documents.title_lines import shown_width

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table as WordTable
    from docx.table import _Cell as WordCell

WIDE = 8
"""A table of more columns, or of columns wider than the sheet, lies across."""
UPRIGHT, ACROSS = 8845, 12756
"""Width of the type area in twips: 156 mm, and 225 mm on a turned sheet."""
CELL_SIZE, ROW_LINE, ROW_GAP = 12.0, 320, 40
LONG, COMPACT_SIZE, COMPACT_LINE, COMPACT_GAP = 40, 10.5, 270, 12
"""A table of more rows than this is set in size 5 with closer lines, so that a province fits in a few pages."""
TEXT_LIMIT, NEVER_BROKEN = 14, 8.0
"""Characters up to which a text column asks for room; a longer text is broken into lines."""


def is_wide(table: PrintedTable) -> bool:
    """Whether the table needs the turned sheet."""
    return len(table.columns) > WIDE or sum(_wish(table)) * CELL_SIZE * 20 > UPRIGHT * 1.25


def _wish(table: PrintedTable) -> list[float]:
    """Characters each column would like to have: its longest figure whole, a long header or text in two lines."""
    wishes = []
    for i, column in enumerate(table.columns):
        longest = max((_room(row[i].text) for row in table.rows), default=0.0)
        head = _room(column.name)
        short = head if head <= 4 else max(4, head / 2 + 0.5)
        wishes.append(max(2.5, min(longest, TEXT_LIMIT), min(short, 9)) + 1.2)
    return wishes


def _fitted(wishes: list[float], room: float) -> list[float]:
    """Where the wishes exceed the room, the wide columns give way first: a figure or short word is never broken."""
    fixed = sum(wish for wish in wishes if wish <= NEVER_BROKEN)
    wide = sum(wishes) - fixed
    if sum(wishes) <= room or not wide or room - fixed < wide / 3:
        return wishes
    return [wish if wish <= NEVER_BROKEN else wish * (room - fixed) / wide for wish in wishes]


def _room(text: str) -> float:
    """Width in characters with digits as wide as in any font a reader may have instead of the official one."""
    return sum(0.66 if ord(character) < 0x2000 else 1.0 for character in text)


@dataclass(frozen=True, slots=True)
class _Look:
    """How the cells of one table are set: font, column widths in twips, which columns are centred, close or not."""

    font: str
    widths: tuple[int, ...]
    centred: tuple[bool, ...]
    compact: bool


def add_table(word: WordDocument, table: PrintedTable, *, turned: bool, font: str = FANGSONG, total: int = 0) -> None:
    """The table over the whole width, its header repeated on every page."""
    made = word.add_table(rows=0, cols=len(table.columns))
    total = total or (ACROSS if turned else UPRIGHT)
    size = COMPACT_SIZE if len(table.rows) > LONG else CELL_SIZE
    wishes = _fitted(_wish(table), total / (size * 20))
    look = _Look(
        font,
        tuple(round(total * wish / sum(wishes)) for wish in wishes),
        tuple(_is_centred(table, i) for i in range(len(table.columns))),
        len(table.rows) > LONG,
    )
    _frame(made, total, look.widths)
    _row(made, [column.name for column in table.columns], look, head=True)
    for row in table.rows or [[Cell("—") for _ in table.columns]]:
        _row(made, [cell.text for cell in row], look)


def _is_centred(table: PrintedTable, column: int) -> bool:
    """Numbers and short texts stand in the middle, longer texts on the left; a column does only one of them."""
    longest = max((shown_width(row[column].text) for row in table.rows), default=0)
    return table.columns[column].kind == "number" or longest <= 8


def _frame(made: WordTable, total: int, widths: Sequence[int]) -> None:
    properties = made._tbl.tblPr
    for tag in ("w:tblStyle", "w:tblW", "w:tblLayout", "w:tblBorders", "w:tblCellMar", "w:tblLook", "w:jc"):
        for old in properties.findall(element(tag).tag):
            properties.remove(old)
    borders = element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(border(side, thickness=6 if side.startswith("inside") else 8))
    margins = element("w:tblCellMar")
    margins.append(element("w:left", w=57, type="dxa"))
    margins.append(element("w:right", w=57, type="dxa"))
    properties.append(element("w:tblW", w=total, type="dxa"))
    properties.append(element("w:jc", val="center"))
    properties.append(borders)
    properties.append(element("w:tblLayout", type="fixed"))
    properties.append(margins)
    for column, width in zip(made._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.set(element("w:gridCol", w=0).keys()[0], str(width))


def _row(made: WordTable, texts: Sequence[str], look: _Look, *, head: bool = False) -> None:
    row = made.add_row()  # type: ignore[no-untyped-call]
    properties = row._tr.get_or_add_trPr()
    properties.append(element("w:cantSplit"))
    if head:
        properties.append(element("w:tblHeader"))
    for cell, text, width, centred in zip(row.cells, texts, look.widths, look.centred, strict=True):
        _fill(cell, text, width, look, head=head, centred=centred or head)


def _fill(target: WordCell, text: str, width: int, look: _Look, *, head: bool, centred: bool) -> None:
    properties = target._tc.get_or_add_tcPr()
    for old in list(properties):
        properties.remove(old)
    properties.append(element("w:tcW", w=width, type="dxa"))
    properties.append(element("w:vAlign", val="center"))
    paragraph = target.paragraphs[0]
    gap = COMPACT_GAP if look.compact else ROW_GAP
    set_paragraph(
        paragraph, spacing(line=COMPACT_LINE if look.compact else ROW_LINE, before=gap, after=gap),
        element("w:snapToGrid", val=0), element("w:jc", val="center" if centred else "left"),
    )  # fmt: skip
    font = HEITI if head and look.font == FANGSONG else look.font
    write_run(paragraph, text, font=font, size=COMPACT_SIZE if look.compact else CELL_SIZE)


def add_picture(word: WordDocument, png: bytes) -> None:
    """A picture as wide as the type area at most, centred."""
    from docx.shared import Mm

    paragraph = word.add_paragraph()
    single = element("w:spacing", before=0, after=0, line=240, lineRule="auto")
    set_paragraph(paragraph, single, element("w:jc", val="center"), element("w:snapToGrid", val=0))
    shape = paragraph.add_run().add_picture(io.BytesIO(png))
    ratio = min(Mm(150) / shape.width, Mm(150) / shape.height)
    shape.width, shape.height = round(shape.width * ratio), round(shape.height * ratio)


IMPRINT_LINE = 480
FOOT = 16838 - 1984
"""Lower edge of the type area, from the top of the sheet in twips."""


def imprint(word: WordDocument, copies: str, printed: tuple[str, str]) -> None:
    """版记: thick first and last rules (0.35 mm), thin between (0.25 mm), size 4, one character in from both sides.

    A box and not a table: LibreOffice does not let a table as wide as the type area float to the foot of a page.
    """
    texts = [f"　{text}" for text in (copies, f"{printed[0]}\t{printed[1]}") if text.strip()]
    lines = len(texts) - 1 + -(-int(shown_width(copies) + 1) // 31) if copies else 1
    # Blank lines as high as the imprint: where they no longer fit, the imprint goes on to a page of its own.
    for _ in range(-(-lines * IMPRINT_LINE // 580)):
        set_paragraph(word.add_paragraph(), spacing(line=580), element("w:snapToGrid", val=0))
    high = lines * IMPRINT_LINE + 60
    tail = word.add_paragraph()
    set_paragraph(tail, spacing(line=20), element("w:snapToGrid", val=0))
    boxed = add_text_box(tail, place=(1587, FOOT - high), size=(UPRIGHT, high), lines=len(texts))
    for i, (paragraph, text) in enumerate(zip(boxed, texts, strict=True)):
        rules = element("w:pBdr")
        rules.append(border("top", thickness=8 if i == 0 else 6))
        if i == len(texts) - 1:
            rules.append(border("bottom", thickness=8))
        tabs = element("w:tabs")
        tabs.append(element("w:tab", val="right", pos=UPRIGHT - 280))
        set_paragraph(paragraph, rules, tabs, spacing(line=IMPRINT_LINE), element("w:snapToGrid", val=0))
        write_run(paragraph, text, font=FANGSONG, size=14)
