"""The plain report (普通报告): title, text, tables and a centred page number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from junxian.core.bulletins.document import Document, Paragraph, Picture
from junxian.files.documents.oxml import FANGSONG, HEITI, element, name_fallbacks, set_paragraph, write_run
from junxian.files.documents.page_setup import number_pages, set_plain_page
from junxian.files.documents.word_tables import add_picture, add_table, is_wide

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph as WordParagraph

LATIN, LATIN_HEAD = "Georgia", "Arial"
HEADING_SIZES = {1: 15.0, 2: 13.0, 3: 12.0, 4: 11.5}
BODY, TITLE = 11.5, 22.0


def plain_docx(
    document: Document, words: Mapping[str, str], pictures: Sequence[tuple[Picture, bytes]] = ()
) -> WordDocument:
    """The document without red head, on A4 or letter paper."""
    from docx import Document as new_document

    word = new_document()
    word._body.clear_content()
    set_plain_page(word.sections[0], paper=document.paper)
    number_pages(word, sides=False)
    name_fallbacks(word)
    _head(word, document, words)
    for paragraph in document.paragraphs:
        _paragraph(word, paragraph, document.language)
    if document.remark:
        _line(word, document.remark, font=_body_font(document.language), size=10, after=120)
    _tables(word, document, words)
    for picture, data in pictures:
        _line(word, picture.title, font=_head_font(document.language), size=13, after=80, page=True)
        add_picture(word, data)
    word.core_properties.title, word.core_properties.author = document.title.text, document.issuer
    word.core_properties.comments = ""
    return word


def _body_font(language: str) -> str:
    return FANGSONG if language == "zh" else LATIN


def _head_font(language: str) -> str:
    return HEITI if language == "zh" else LATIN_HEAD


def _line(
    word: WordDocument, text: str, *, font: str, size: float, after: int = 120, before: int = 0, color: str = "",
    page: bool = False,
) -> WordParagraph:  # fmt: skip
    paragraph = word.add_paragraph()
    children = [element("w:spacing", before=before, after=after, line=300, lineRule="auto")]
    if page:
        children += [element("w:pageBreakBefore"), element("w:keepNext")]
    set_paragraph(paragraph, *children)
    if text:
        write_run(paragraph, text, font=font, size=size, color=color)
    return paragraph


def _head(word: WordDocument, document: Document, words: Mapping[str, str]) -> None:
    language = document.language
    _line(word, document.issuer, font=_head_font(language), size=10, color="44546A", after=40)
    draft = words["bulletins.word.draft"] if document.draft else ""
    _line(word, document.title.text + draft, font=_head_font(language), size=TITLE, after=80)
    under = " · ".join(part for part in (document.number.strip(), document.dated_text) if part)
    _line(word, under, font=_body_font(language), size=10, color="44546A", after=240)
    if document.recipients:
        _line(word, document.recipients.text, font=_body_font(language), size=BODY)


def _paragraph(word: WordDocument, paragraph: Paragraph, language: str) -> None:
    if not paragraph.level:
        _line(word, paragraph.text, font=_body_font(language), size=BODY)
        return
    size = HEADING_SIZES[paragraph.level]
    written = _line(word, paragraph.text, font=_head_font(language), size=size, before=200, after=80)
    set_paragraph(written, element("w:keepNext"), element("w:outlineLvl", val=paragraph.level - 1))


def _tables(word: WordDocument, document: Document, words: Mapping[str, str]) -> None:
    """Each heading on a new page, its tables below one another; a wide table turns the sheet."""
    from docx.enum.section import WD_SECTION

    last, turned = "", False
    for table in document.tables:
        heading = table.heading or table.title
        if heading != last:
            wide = is_wide(table)
            if wide != turned:
                set_plain_page(word.add_section(WD_SECTION.NEW_PAGE), paper=document.paper, landscape=wide)
            number = len(
                dict.fromkeys(t.heading or t.title for t in document.tables[: document.tables.index(table) + 1])
            )
            label = words["bulletins.word.attachment_numbered"].format(number=number)
            text = f"{label}. {heading}"
            font = _head_font(document.language)
            _line(word, text, font=font, size=15, after=120, page=wide == turned)
            last, turned = heading, wide
        if table.category and table.title != heading:
            _line(word, table.title, font=_head_font(document.language), size=12, before=160, after=60)
        across = 12240 - 2880 if document.paper == "letter" else 11906 - 2880
        add_table(word, table, turned=turned, font=_body_font(document.language), total=0 if turned else across)
        _line(word, table.note, font=_body_font(document.language), size=9, before=60)
