"""Reading back (回读核对): the text taken out of a finished file must say what the composed document says.

Whoever alters one figure in the notice is named here with the sentence, the figure printed and the figure due.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher

from junxian.core.bulletins.document import Cell, Document, Finding, Paragraph, PrintedTable
from junxian.core.bulletins.selfcheck import half_up, unclaimed

ALIKE = 0.6
"""Share of equal text from which two paragraphs are taken for the same one, altered."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was read back from a file: paragraphs in order and tables, whose cells are texts or numbers."""

    file: str
    paragraphs: tuple[str, ...]
    tables: tuple[tuple[tuple[str | float, ...], ...], ...] = ()


def compare(document: Document, extracted: Extracted, *, complete: bool = True) -> tuple[Finding, ...]:
    """Findings where the file differs from the document; `complete` also refuses further numbers in the file."""
    found: list[Finding] = []
    left = list(extracted.paragraphs)
    for paragraph in document.prose:
        found += _compare_paragraph(paragraph, left)
    if complete:
        found += _stray_numbers(left, document)
    for table in document.tables:
        found += compare_table(table, extracted)
    return tuple(found)


def _compare_paragraph(paragraph: Paragraph, left: list[str]) -> list[Finding]:
    due = squeezed(paragraph.text)
    for i, text in enumerate(left):
        if squeezed(text) == due:
            del left[i]
            return []
    ratios = [SequenceMatcher(None, squeezed(text), due).ratio() for text in left]
    best = max(ratios, default=0.0)
    if best < ALIKE:
        facts = {"printed": "", "recomputed": paragraph.text, "sentence": paragraph.text}
        return [Finding("bulletins.sentence_altered", True, facts, paragraph.block)]
    found = left.pop(ratios.index(best))
    return _differences(paragraph, found)


def _differences(paragraph: Paragraph, found: str) -> list[Finding]:
    """The altered figure by name where only figures differ; else the sentence as a whole."""
    match = re.fullmatch(_pattern(paragraph), squeezed(found))
    if match:
        altered = [
            Finding(
                "bulletins.figure_mismatch" if figure.number is not None else "bulletins.name_mismatch", True,
                {"sentence": found, "printed": printed, "recomputed": figure.text}, paragraph.block,
            )
            for figure, printed in zip(paragraph.figures, match.groups(), strict=True)
            if printed != squeezed(figure.text)
        ]  # fmt: skip
        if altered:
            return altered
    facts = {"sentence": found, "printed": found, "recomputed": paragraph.text}
    return [Finding("bulletins.sentence_altered", True, facts, paragraph.block)]


def _pattern(paragraph: Paragraph) -> str:
    """The paragraph with a group for each figure."""
    pattern, end = "", 0
    for figure in paragraph.figures:
        pattern += re.escape(squeezed(paragraph.text[end : figure.start])) + "(.+?)"
        end = figure.end
    return pattern + re.escape(squeezed(paragraph.text[end:]))


def _stray_numbers(left: Sequence[str], document: Document) -> list[Finding]:
    """Numbers in paragraphs nobody composed; the document's own furniture is known."""
    furniture = [document.mark, document.number, document.dated_text, document.remark, *document.copy_to]
    furniture += [document.printed_by, document.issuer, *(t.heading for t in document.tables)]
    furniture += [text for t in document.tables for text in (t.title, t.note)] + [p.title for p in document.pictures]
    texts = sorted({squeezed(text) for text in furniture if text}, key=len, reverse=True)
    found = []
    for paragraph in left:
        rest = squeezed(paragraph)
        for text in texts:
            rest = rest.replace(text, "")
        rest = re.sub(r"^(?:附件|Attachments?)\d*[:：.]?(?:\d+\.)?|^\d+\.", "", rest)
        found += [
            Finding("bulletins.figure_unclaimed", True, {"sentence": paragraph, "printed": number, "recomputed": ""})
            for number in unclaimed(rest, [], document.language)
        ]
    return found


def compare_table(table: PrintedTable, extracted: Extracted) -> list[Finding]:
    """The table among those read back, found by its header, cell by cell."""
    header = [squeezed(column.name) for column in table.columns]
    candidates = [_body(rows, header) for rows in extracted.tables]
    bodies = [body for body in candidates if body is not None]
    facts = {"table": table.heading or table.title, "file": extracted.file, "recomputed": len(table.rows)}
    best: list[Finding] | None = None
    for body in bodies:
        found = _compare_rows(table, body) if len(body) == len(table.rows) else None
        if found is not None and (best is None or len(found) < len(best)):
            best = found
    if best is None:
        printed = min((len(body) for body in bodies), default=0)
        return [Finding("bulletins.table_altered", True, {**facts, "printed": printed})]
    return best


def _body(rows: Sequence[Sequence[str | float]], header: list[str]) -> list[Sequence[str | float]] | None:
    """The rows below the header, None where the table has another one. Blank cells end the table."""
    width = len(header)
    for i, row in enumerate(rows):
        if [squeezed(str(cell)) for cell in row[:width]] == header:
            return [below[:width] for below in rows[i + 1 :] if len(below) >= width and _is_row(below[:width])]
    return None


def _is_row(cells: Sequence[str | float]) -> bool:
    """A row of figures has no blank cell; a note stands in its first cell alone."""
    return all(cell != "" for cell in cells)


def _compare_rows(table: PrintedTable, body: Sequence[Sequence[str | float]]) -> list[Finding]:
    found = []
    for r, (due, printed) in enumerate(zip(table.rows, body, strict=True)):
        for column, cell, shown in zip(table.columns, due, printed, strict=True):
            if not _same(cell, shown):
                facts = {"table": table.heading or table.title, "row": r + 1, "column": column.name}
                facts |= {"printed": shown, "recomputed": cell.text, "sentence": ""}
                found.append(Finding("bulletins.cell_mismatch", True, facts))
    return found


def _same(cell: Cell, shown: str | float) -> bool:
    if isinstance(shown, str):
        return squeezed(shown) == squeezed(cell.text)
    return cell.number is not None and half_up(Decimal(repr(float(shown))), cell.decimals) == half_up(
        Decimal(repr(float(cell.number))), cell.decimals
    )


def squeezed(text: str) -> str:
    """A text without white space: line breaks and grid spaces of a file are no difference."""
    return re.sub(r"\s+", "", text)
