"""Reading back (回读): the text and tables of a finished .docx, .xlsx or .html, taken from the file's bytes alone."""

from __future__ import annotations

import html.parser
import re
from pathlib import Path

from junxian.core.bulletins.compare import Extracted
from junxian.core.errors import DataError

Rows = tuple[tuple[str | float, ...], ...]


def extract(path: Path) -> Extracted:
    """Paragraphs and tables of a file we wrote; DataError `bulletins.sheet_formula` for a formula."""
    readers = {".docx": _docx, ".xlsx": _xlsx, ".html": _html}
    return readers[path.suffix](path)


def _docx(path: Path) -> Extracted:
    from docx import Document
    from docx.oxml.ns import qn

    body = Document(str(path)).element.body
    inside = {p for table in body.iter(qn("w:tbl")) for p in table.iter(qn("w:p"))}
    boxed = {p for box in body.iter(qn("w:txbxContent")) for p in box.iter(qn("w:p"))}

    def text(paragraph: object) -> str:
        found = []
        for node in paragraph.iter(qn("w:t"), qn("w:tab")):  # type: ignore[attr-defined]
            if paragraph in boxed or not any(a.tag == qn("w:txbxContent") for a in node.iterancestors()):
                found.append(node.text or "" if node.tag == qn("w:t") else "\t")
        return "".join(found)

    paragraphs = [text(p) for p in body.iter(qn("w:p")) if p not in inside]
    tables = tuple(
        tuple(
            tuple("".join(text(p) for p in cell.iter(qn("w:p"))) for cell in row.iter(qn("w:tc")))
            for row in table.iter(qn("w:tr"))
        )
        for table in body.iter(qn("w:tbl"))
    )
    return Extracted(path.name, tuple(text for text in paragraphs if text.strip()), tables)


def _xlsx(path: Path) -> Extracted:
    from openpyxl import load_workbook

    book = load_workbook(path)
    tables = []
    for sheet in book.worksheets:
        rows = []
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    raise DataError("bulletins.sheet_formula", file=path.name, cell=f"{sheet.title}!{cell.coordinate}")
            rows.append(tuple(_cell(cell.value) for cell in row))
        tables.append(tuple(rows))
    return Extracted(path.name, (), tuple(tables))


def _cell(value: object) -> str | float:
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    return float(value) if isinstance(value, (int, float)) else str(value).removeprefix("'")


def _html(path: Path) -> Extracted:
    reader = _PageReader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return Extracted(path.name, tuple(reader.paragraphs), tuple(tuple(table) for table in reader.tables))


class _PageReader(html.parser.HTMLParser):
    """Paragraphs marked `data-notice` and tables marked `data-table` of our page; scripts and pictures are skipped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self.tables: list[list[tuple[str, ...]]] = []
        self._row: list[str] | None = None
        self._text: list[str] | None = None
        self._in_table = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "table" and "data-table" in names:
            self._in_table = True
            self.tables.append([])
        elif self._in_table and tag == "tr":
            self._row = []
        elif (self._in_table and tag in {"td", "th"}) or "data-notice" in names:
            self._text = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._in_table = False
        elif self._in_table and tag == "tr" and self._row is not None:
            self.tables[-1].append(tuple(self._row))
        elif self._text is not None and tag in {"td", "th", "p", "h2", "h3", "h4", "h5"}:
            text = re.sub(r"\s+", " ", "".join(self._text)).strip()
            if self._in_table and self._row is not None:
                self._row.append(text)
            elif not self._in_table:
                self.paragraphs.append(text)
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)
