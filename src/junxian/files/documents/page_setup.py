"""Page (版面): A4 to the millimetre of GB/T 9704-2012 with 22 lines of 28 characters, and page numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from junxian.files.documents.oxml import SONGTI, add_text_box, element, mm, page_field, set_paragraph, spacing

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.section import Section
    from docx.text.paragraph import Paragraph

A4 = (11906, 16838)
TOP, RIGHT, BOTTOM, LEFT = 2098, 1474, 1984, 1587
"""天头 37, right 26, bottom 35, 订口 28 mm in twips."""
LINE_PITCH, CHAR_SPACE = 580, -848
"""28.99 pt a line and 15.79 pt a character: 22 lines and 28 characters in 156 × 225 mm."""
TYPE_AREA = A4[0] - LEFT - RIGHT
FOOTER = 1447
"""The dashes of the page number lie 7 mm below the type area, in the middle of a line of 14 pt."""
NUMBER_SIZE = 14
LETTER = (12240, 15840)


def set_official_page(section: Section, *, landscape: bool = False) -> None:
    """A page of a 公文. A landscape page is the same sheet turned: its head lies at the binding edge."""
    width, height = A4
    margins = {"top": TOP, "right": RIGHT, "bottom": BOTTOM, "left": LEFT}
    size = element("w:pgSz", w=width, h=height)
    if landscape:
        size = element("w:pgSz", w=height, h=width, orient="landscape")
        margins = {"top": LEFT, "right": TOP, "bottom": RIGHT, "left": BOTTOM}
    margin = element("w:pgMar", **margins, header=851, footer=RIGHT // 2 if landscape else FOOTER, gutter=0)
    grid = element("w:docGrid", type="linesAndChars", linePitch=LINE_PITCH, charSpace=CHAR_SPACE)
    _set(section, size, margin, grid)


def set_plain_page(section: Section, *, paper: str, landscape: bool = False) -> None:
    """A page of a plain report: one inch all round, no grid."""
    width, height = LETTER if paper == "letter" else A4
    size = element("w:pgSz", w=width, h=height)
    if landscape:
        size = element("w:pgSz", w=height, h=width, orient="landscape")
    inch = 1440
    margin = element("w:pgMar", top=inch, right=inch, bottom=inch, left=inch, header=720, footer=720, gutter=0)
    _set(section, size, margin, element("w:docGrid", linePitch=360))


def _set(section: Section, *children: Any) -> None:
    """Page properties in the schema's order."""
    properties = section._sectPr
    order = ["headerReference", "footerReference", "type", "pgSz", "pgMar", "titlePg", "docGrid"]
    for child in children:
        for old in properties.findall(child.tag):
            properties.remove(old)
        properties.append(child)
    properties[:] = sorted(properties, key=lambda e: order.index(name) if (name := _local(e)) in order else 4.5)


def _local(child: Any) -> str:
    return str(child.tag).rpartition("}")[2]


def number_pages(document: WordDocument, *, sides: bool, section: Section | None = None) -> None:
    """— 1 — in 宋体 4号: odd pages right and even pages left, one character in; centred on plain papers."""
    section = section or document.sections[0]
    document.settings.odd_and_even_pages_header_footer = sides
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        indent = {f"{side}Chars": 100, side: NUMBER_SIZE * 20} if sides else {}
        _number(paragraph, side if sides else "center", indent)


def _number(paragraph: Paragraph, align: str, indent: dict[str, int]) -> None:
    set_paragraph(
        paragraph, element("w:snapToGrid", val=0), spacing(line=NUMBER_SIZE * 20), element("w:ind", **indent),
        element("w:jc", val=align),
    )  # fmt: skip
    page_field(paragraph, before="— ", after=" —", font=SONGTI, size=NUMBER_SIZE)


def number_turned_pages(section: Section) -> None:
    """On a turned sheet the number stays where it is on the others: upright once the sheet is bound."""
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        set_paragraph(paragraph, spacing(line=20), element("w:snapToGrid", val=0))
        _turned_frame(paragraph, align)


def _turned_frame(paragraph: Paragraph, align: str) -> None:
    """A text box along the left edge, as long as the type area is wide, its text turned by a quarter."""
    inner = add_text_box(paragraph, place=(TURNED_X, LEFT), size=(TURNED_WIDTH, TYPE_AREA), lines=1, turned=True)
    _number(inner[0], align, {f"{align}Chars": 100, align: NUMBER_SIZE * 20})


TURNED_WIDTH = NUMBER_SIZE * 20 + 40
TURNED_X = mm(28) - TURNED_WIDTH // 2
