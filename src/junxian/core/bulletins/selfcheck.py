"""Self-check of figures (数字自查): before release every figure, place, sum and rise or fall is counted again.

Every number in the prose must be claimed by a figure whose path leads to the run, or be an allowed literal (year, date,
document number, attachment number, heading number). The same holds for every cell of every table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from junxian.core.bulletins.document import Cell, Document, Figure, Finding, Paragraph, PrintedTable
from junxian.core.bulletins.facts import NumberStyle, RunFacts
from junxian.core.bulletins.recount import Recount
from junxian.core.bulletins.standings import Result
from junxian.core.errors import RuleError

UP = {
    "zh": ("增长", "上升", "提高", "增加", "扩大", "高于", "高", "前移", "回升"),
    "en": ("rose", "up", "grew", "above", "increased", "higher"),
}
DOWN = {
    "zh": ("下降", "回落", "降低", "减少", "收窄", "低于", "低", "后移", "负增长"),
    "en": ("fell", "down", "declined", "below", "decreased", "lower"),
}
FLAT = {"zh": ("持平", "—"), "en": ("unchanged", "level with", "—")}

_NUMBER = re.compile(r"[0-9０-９](?:[0-9０-９]|[.,．，](?=[0-9０-９]))*")
_LITERALS = {
    "zh": re.compile(
        r"\d{4}年(?:度|上半年|下半年|第[一二三四]季度)?(?:\d{1,2}(?:[—\-至]\d{1,2})?月)?(?:\d{1,2}日)?"
        r"|(?<!\d)\d{1,2}(?:[—\-至]\d{1,2})?月(?:\d{1,2}日)?|〔\d{4}〕\d*号?|附件\d+|第\d+条|^（\d+）|^\d+\."
    ),
    "en": re.compile(
        r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
        r"(?: \d{1,2},)?(?: \d{4})?|\b(?:19|20|21)\d\d\b|Attachment \d+|No\. \d+|Q[1-4]|^[\d.]+ "
    ),
}
MARK_STATES = {"/": ("not_reported", "late"), "×": ("not_applicable",)}


def selfcheck(document: Document, facts: RunFacts, words: Mapping[str, str]) -> tuple[Finding, ...]:
    """Recount everything a document claims; an empty result means that it may be released."""
    recount = Recount(facts, words, document.language)
    found = [f for f in document.findings if f.stops]
    for paragraph in document.prose:
        found += _check_paragraph(paragraph, document, recount)
    for table in document.tables:
        found += check_table(table, recount)
    return tuple(found)


def refuse(findings: Iterable[Finding]) -> None:
    """Stop the release at the first finding that stops it. RuleError carries its code and facts."""
    stopping = [finding for finding in findings if finding.stops]
    if stopping:
        first = stopping[0]
        facts: dict[str, Any] = {**first.facts, "findings": len(stopping)}
        raise RuleError(first.code, **facts)


def _check_paragraph(paragraph: Paragraph, document: Document, recount: Recount) -> list[Finding]:
    if paragraph.role == "recipients":
        return []
    found: list[Finding] = []
    for figure in paragraph.figures:
        found += check_figure(figure, paragraph.text, recount)
        found += _wrong_word(figure, paragraph, document.language)
    claimed = [(figure.start, figure.end) for figure in paragraph.figures]
    for number in unclaimed(paragraph.text, claimed, document.language):
        facts = {"sentence": paragraph.text, "printed": number, "recomputed": ""}
        found.append(Finding("bulletins.figure_unclaimed", True, facts))
    return [replace(finding, block=paragraph.block) for finding in found]


def unclaimed(text: str, claimed: Sequence[tuple[int, int]], language: str) -> list[str]:
    """Numbers that stand in no claimed place and are no allowed literal."""
    allowed = [match.span() for match in _LITERALS[language].finditer(text)]
    return [
        match.group()
        for match in _NUMBER.finditer(text)
        if not any(start <= match.start() and match.end() <= end for start, end in (*claimed, *allowed))
    ]


def check_figure(figure: Figure, sentence: str, recount: Recount) -> list[Finding]:
    """The claim against the run, and the place where it says it stands against the sentence."""
    printed = sentence[figure.start : figure.end]
    fact = recount.follow(figure.path)
    shown = _shown(fact, figure.decimals)
    if figure.number is None:
        wrong = printed != shown
        code = "bulletins.name_mismatch"
    else:
        number = printed_number(printed, recount.language, recount.facts.style, directed=figure.directed)
        wrong = not isinstance(fact, Decimal) or number != half_up(fact, figure.decimals)
        opposite = isinstance(fact, Decimal) and number == -half_up(fact, figure.decimals) and wrong
        code = "bulletins.direction_mismatch" if opposite else "bulletins.figure_mismatch"
    return [Finding(code, True, {"sentence": sentence, "printed": printed, "recomputed": shown})] if wrong else []


def half_up(value: Decimal, decimals: int) -> Decimal:
    """四舍五入."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _shown(fact: Result, decimals: int) -> str:
    return str(half_up(fact, decimals)) if isinstance(fact, Decimal) else (fact or "—")


def printed_number(text: str, language: str, style: NumberStyle, *, directed: bool = False) -> Decimal | None:
    """The number a reader takes from a printed figure, its sign from a word where the figure is directed."""
    match = _NUMBER.search(text)
    if match is None:
        return Decimal(0) if any(word in text for word in FLAT[language]) else None
    digits = match.group()
    if style.group:
        digits = digits.replace(style.group, "")
    number = Decimal(digits.replace(style.decimal, "."))
    before = text[: match.start()]
    falls = directed and any(word in before for word in DOWN[language])
    return -number if falls or before.rstrip("$ ").endswith(("-", "−", "－")) else number


def _wrong_word(figure: Figure, paragraph: Paragraph, language: str) -> list[Finding]:
    """A word of direction typed into the template just before a figure must fit the figure's sign."""
    if figure.number is None or figure.directed:
        return []
    before = paragraph.text[: figure.start].rstrip().removesuffix("了").removesuffix(" by").removesuffix("约")
    rises = before.endswith(UP[language]) and not before.endswith(DOWN[language])
    if (rises and figure.number >= 0) or not before.endswith((*UP[language], *DOWN[language])):
        return []
    if not rises and _is_size(figure):
        return []
    facts = {"sentence": paragraph.text, "printed": before[-2:] + figure.text, "recomputed": figure.number}
    return [Finding("bulletins.direction_mismatch", True, facts)]


def _is_size(figure: Figure) -> bool:
    """A distance without sign may stand behind any word (低0.85分)."""
    return figure.path.startswith('["abs"')


def check_table(table: PrintedTable, recount: Recount) -> list[Finding]:
    """Every cell with a path against the run."""
    found = []
    for r, row in enumerate(table.rows):
        for column, cell in zip(table.columns, row, strict=True):
            if cell.path and not _cell_holds(cell, recount):
                shown = _shown(recount.follow(cell.path), cell.decimals)
                facts = {"table": table.title, "row": r + 1, "column": column.name, "printed": cell.text}
                found.append(Finding("bulletins.cell_mismatch", True, {**facts, "recomputed": shown}))
    return found


def _cell_holds(cell: Cell, recount: Recount) -> bool:
    if cell.text in MARK_STATES and cell.path.startswith(('["points"', '["measure"')):
        code, criterion = re.findall(r'"((?:[^"\\]|\\.)*)"', cell.path)[1:3]
        return recount.state(code, criterion) in MARK_STATES[cell.text]
    fact = recount.follow(cell.path)
    if fact is None or fact == "":
        return cell.number is None and cell.text in {"—", "/"}
    if isinstance(fact, str):
        return cell.text == fact
    number = printed_number(cell.text, recount.language, recount.facts.style)
    if cell.number is None:
        only = len(_NUMBER.findall(cell.text)) == 1
        return only and number is not None and number == half_up(fact, _places(cell.text, recount.facts.style))
    return number == half_up(fact, cell.decimals) and Decimal(str(cell.number)) == number


def _places(text: str, style: NumberStyle) -> int:
    """Decimals that a text with a unit of measure shows."""
    match = _NUMBER.search(text)
    return len(match.group().partition(style.decimal)[2]) if match else 0
