"""The notice (公文·通报): a red-head document to GB/T 9704-2012 in the millimetre, ready for the office to finish.

Distances are those of RULES §9.1–9.2: letterhead 35 mm below the top of the type area, number two lines below it, red
rule 4 mm below the number, title two lines below the rule, 版记 at the foot of the last page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from junxian.core.bulletins.document import Document, Paragraph, Picture, PrintedTable
from junxian.files.documents.oxml import (
    BIAOSONG,
    FANGSONG,
    HEITI,
    KAITI,
    border,
    element,
    first_line,
    mm,
    name_fallbacks,
    set_paragraph,
    spacing,
    write_run,
)
from junxian.files.documents.page_setup import (
    LEFT,
    LINE_PITCH,
    number_pages,
    number_turned_pages,
    set_official_page,
)
from junxian.files.documents.title_lines import shown_width, title_lines
from junxian.files.documents.word_tables import add_picture, add_table, imprint, is_wide

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph as WordParagraph

BODY, TITLE, SMALL = 16.0, 22.0, 14.0
"""Size 3, size 2 and size 4 in points."""
RED = "E60012"
LETTERHEAD_TOP = mm(35)
FONTS = {0: FANGSONG, 1: HEITI, 2: KAITI, 3: FANGSONG, 4: FANGSONG}
HEAD_WIDTH = 430.0
"""Points the letterhead may take of the 442 of the type area."""


def notice_docx(
    document: Document, words: dict[str, str], pictures: Sequence[tuple[Picture, bytes]] = ()
) -> WordDocument:
    """The document as a 公文. `pictures` holds the drawn ones as PNG; none is not an error."""
    from docx import Document as new_document

    word = new_document()
    word._body.clear_content()
    _default_style(word)
    set_official_page(word.sections[0])
    number_pages(word, sides=True)
    name_fallbacks(word)
    _letterhead(word, document)
    _title(word, document, words)
    for paragraph in document.paragraphs:
        _body(word, paragraph)
    headings = attachment_headings(document, pictures)
    _attachment_note(word, headings, words)
    _signature(word, document)
    turned = _attachments(word, document, headings, words, pictures)
    _imprint(word, document, words, turned)
    word.core_properties.title, word.core_properties.author = document.title.text, document.issuer
    word.core_properties.comments = ""
    return word


def _default_style(word: WordDocument) -> None:
    """Size 3 仿宋 for whatever the office adds, and no spacing that the template brings along."""
    style = word.styles["Normal"]
    style.font.name = FANGSONG
    from docx.shared import Pt

    style.font.size = Pt(BODY)
    properties = style.element.get_or_add_rPr()
    properties.rFonts.set(properties.rFonts.nsmap["w"].join("{}") + "eastAsia", FANGSONG)
    properties.append(element("w:lang", val="en-US", eastAsia="zh-CN"))


def line(word: WordDocument, text: str = "", *, font: str = FANGSONG, size: float = BODY, align: str = "both",
         **run: Any) -> WordParagraph:  # fmt: skip
    """One paragraph on the grid of 22 lines."""
    paragraph = word.add_paragraph()
    set_paragraph(
        paragraph, spacing(line=LINE_PITCH), element("w:jc", val=align), element("w:widowControl", val=0),
        element("w:autoSpaceDE", val=0), element("w:autoSpaceDN", val=0), element("w:snapToGrid", val=0),
    )  # fmt: skip
    if text:
        write_run(paragraph, text, font=font, size=size, **run)
    return paragraph


def _letterhead(word: WordDocument, document: Document) -> None:
    """发文机关标志, 发文字号 and the red rule."""
    width = shown_width(document.mark) or 1
    narrow = width > 9
    size = min(48.0, HEAD_WIDTH / (width * (0.7 if narrow else 1)))
    size = int(size * 2) / 2
    high = round(size * 1.3)
    mark = line(word, document.mark, font=BIAOSONG, size=size, align="center", color=RED, width=70 if narrow else 100)
    above = LETTERHEAD_TOP - round((high - size) / 2 * 20)
    set_paragraph(mark, spacing(line=high * 20, before=above))
    line(word)
    line(word)
    number = line(word, document.number, align="center")
    rule = element("w:pBdr")
    # The line of 29 pt reaches 6.5 pt below its letters; 5 pt more make the 4 mm of the standard.
    rule.append(border("bottom", thickness=10, color=RED, space=5))
    set_paragraph(number, rule)


def _title(word: WordDocument, document: Document, words: dict[str, str]) -> None:
    line(word)
    line(word)
    line(word, "\n".join(title_lines(document.title.text)), font=BIAOSONG, size=TITLE, align="center")
    if document.draft:
        line(word, words["bulletins.word.draft"].strip(), font=KAITI, align="center")
    line(word)
    if document.recipients:
        line(word, document.recipients.text)


def _body(word: WordDocument, paragraph: Paragraph) -> None:
    """正文 and the four levels of headings, each two characters in."""
    written = line(word, paragraph.text, font=FONTS[paragraph.level])
    properties = [first_line(2)]
    if paragraph.level:
        properties.append(element("w:keepNext"))
    set_paragraph(written, *properties)


def attachment_headings(document: Document, pictures: Sequence[tuple[Picture, bytes]]) -> list[str]:
    """The attachments in order: one per heading, pictures after the tables."""
    found = list(dict.fromkeys(table.heading or table.title for table in document.tables))
    return [*found, *(picture.title for picture, _ in pictures)]


def _attachment_note(word: WordDocument, headings: Sequence[str], words: dict[str, str]) -> None:
    """附件说明: one line below the text, two characters in, no punctuation at the end."""
    if not headings:
        return
    line(word)
    label = words["bulletins.word.attachment"] + words["bulletins.word.colon"]
    for i, heading in enumerate(headings):
        number = words["bulletins.word.attachment_item"].format(number=i + 1) if len(headings) > 1 else ""
        paragraph = line(word, (label if i == 0 else "") + number + heading)
        # Names hang below the first name: 附件：1. is four and a half characters wide, the margin two.
        left, hanging = (6.0, 4.0) if i == 0 else (6.0, 1.0)
        indent = element(
            "w:ind", leftChars=round(left * 100), left=round(left * 316), hangingChars=round(hanging * 100),
            hanging=round(hanging * 316),
        )  # fmt: skip
        set_paragraph(paragraph, indent, element("w:keepNext"), element("w:jc", val="left"))


def _signature(word: WordDocument, document: Document) -> None:
    """署名, 成文日期 and 附注. With a seal the name is centred above the date, which ends four characters in."""
    for _ in range(2 if document.sealed else 1):
        set_paragraph(line(word), element("w:keepNext"))
    date_width, name_width = shown_width(document.dated_text), shown_width(document.issuer)
    date_in, name_in = 4.0, 4.0 + (date_width - name_width) / 2
    if not document.sealed:
        name_in = 2.0
        date_in = max(0.0, name_in + name_width - 2 - date_width)
    elif name_in < 0:
        date_in, name_in = date_in - name_in, 0.0
    for text, inside in ((document.issuer, name_in), (document.dated_text, date_in)):
        paragraph = line(word, text, align="right")
        set_paragraph(
            paragraph, element("w:ind", rightChars=round(inside * 100), right=round(inside * 316)),
            *([element("w:keepNext")] if text == document.issuer else []),
        )  # fmt: skip
    if document.remark:
        set_paragraph(line(word, document.remark), first_line(2))


def _attachments(
    word: WordDocument, document: Document, headings: Sequence[str], words: dict[str, str],
    pictures: Sequence[tuple[Picture, bytes]],
) -> bool:  # fmt: skip
    """Each attachment on a new page; whether the last page is a turned one."""
    turned = False
    for i, heading in enumerate(headings):
        tables = [table for table in document.tables if (table.heading or table.title) == heading]
        turned = any(is_wide(table) for table in tables)
        _new_page(word, turned)
        number = str(i + 1) if len(headings) > 1 else ""
        line(word, words["bulletins.word.attachment_numbered"].format(number=number), font=HEITI, align="left")
        line(word)
        lines = title_lines(heading, 28 if turned else 20)
        line(word, "\n".join(lines), font=BIAOSONG, size=TITLE, align="center")
        line(word)
        _content(word, tables, [data for picture, data in pictures if picture.title == heading], turned)
    return turned


def _content(word: WordDocument, tables: Sequence[PrintedTable], pictures: Sequence[bytes], turned: bool) -> None:
    for table in tables:
        if table.category:
            line(word, table.title, font=KAITI, align="left")
        add_table(word, table, turned=turned)
        if table.note:
            note = line(word, table.note, size=12, align="left")
            set_paragraph(note, spacing(line=360))
    for data in pictures:
        add_picture(word, data)


def _new_page(word: WordDocument, turned: bool) -> None:
    """A page of its own; a new section only where the sheet is turned or turned back."""
    from docx.enum.section import WD_SECTION

    margin = word.sections[-1].left_margin
    is_turned = margin is not None and margin.twips != LEFT
    if is_turned == turned:
        last = word.add_paragraph()
        set_paragraph(last, spacing(line=20), element("w:snapToGrid", val=0))
        last.add_run().add_break(_page_break())
        return
    section = word.add_section(WD_SECTION.NEW_PAGE)
    set_official_page(section, landscape=turned)
    if turned:
        number_turned_pages(section)
    else:
        number_pages(word, sides=True, section=section)


def _page_break() -> Any:
    from docx.enum.text import WD_BREAK

    return WD_BREAK.PAGE


def _imprint(word: WordDocument, document: Document, words: dict[str, str], turned: bool) -> None:
    """版记 at the foot of the last page, which is an upright one."""
    if turned:
        _new_page(word, turned=False)
    copies = words["bulletins.word.list_separator"].join(document.copy_to)
    label = words["bulletins.word.copy_to"] + words["bulletins.word.colon"]
    stop = words["bulletins.word.stop"]
    printed = f"{document.dated_text}{words['bulletins.word.printed_on']}"
    imprint(word, f"{label}{copies}{stop}" if copies else "", (document.printed_by, printed))
