"""The paper (版面): a notice as plain values a page prints, each figure tied to its row of the check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from junxian.core.bulletins import Document, RunFacts
from junxian.core.bulletins.document import Figure, Paragraph, PrintedTable
from junxian.web.archive.models import Blob

Paper = dict[str, Any]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Opened:
    """A run reopened from its archive, with the document its bulletin makes of it."""

    facts: RunFacts
    document: Document
    words: dict[str, str]
    original: bytes
    dated_fixed: bool


@lru_cache(maxsize=2)
def opened(archive: str) -> Opened | None:
    """The run behind an archive's hash; None where its rulebook has no bulletin for the scheme."""
    from junxian.core.bulletins import compose
    from junxian.files.documents.words import bulletin_words
    from junxian.files.runs.reopen import reopen
    from junxian.files.runs.stored import member_of

    content = bytes(Blob.objects.get(pk=archive).content)
    run = reopen(content)
    if run.bulletin is None:
        return None
    words = bulletin_words(run.bulletin.language or run.facts.language)
    document = compose(run.facts, run.bulletin, words)
    return Opened(run.facts, document, words, member_of(content, "通报.docx"), bool(run.bulletin.dated))


def composed_paper(run: Opened) -> tuple[Paper, Rows]:
    """The notice as composed and its check."""
    checker = _Checks(run)
    document = run.document
    title = _printed(document.title.text, "title", 0, document.title.figures, checker)
    body = [_printed(p.text, p.role, p.level, p.figures, checker) for p in document.paragraphs]
    return _paper(run, title, document.recipients.text if document.recipients else "", body, {}), checker.rows


def edited_paper(run: Opened, passages: Iterable[Any]) -> tuple[Paper, Rows]:
    """The notice as edited: its own paragraphs, the composed tables (which were compared cell by cell)."""
    checker = _Checks(run)
    title, recipients, body = _printed("", "title", 0, (), checker), "", []
    replaced: dict[str, str] = {}
    for passage in passages:
        composed: Paragraph | None = passage.composed
        if passage.furniture:
            replaced.setdefault(_tight(passage.was), passage.text)
            continue
        role, level = (composed.role, composed.level) if composed else ("text", 0)
        if role == "recipients":
            recipients = passage.text
            continue
        typed = passage.kept != "same"
        printed = _printed(passage.text, role, level, passage.figures, checker, typed=typed) | {"kept": passage.kept}
        if role == "title":
            title = printed
        else:
            body.append(printed)
    return _paper(run, title, recipients, body, replaced), checker.rows


def _paper(run: Opened, title: dict[str, Any], recipients: str, body: Rows, replaced: Mapping[str, str]) -> Paper:
    document = run.document

    def now(text: str) -> str:
        return replaced.get(_tight(text), text) if text else ""

    return {
        "language": document.language, "mark": now(document.mark), "number": document.number,
        "issuer": now(document.issuer), "dated": now(document.dated_text), "remark": now(document.remark),
        "copy_to": list(document.copy_to), "printed_by": document.printed_by, "draft": document.draft,
        "title": title, "recipients": recipients, "body": body, "dated_fixed": run.dated_fixed,
        "tables": [_table(table) for table in document.tables], "pictures": _pictures(document),
        "words": _words(run), "attachments": list(dict.fromkeys(t.heading or t.title for t in document.tables)),
    }  # fmt: skip


def _words(run: Opened) -> dict[str, str]:
    """What the paper itself says around its parts, in its own language."""
    names = ("attachment", "colon", "copy_to", "list_separator", "stop", "printed_on", "draft")
    return {name: run.words[f"bulletins.word.{name}"] for name in names}


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _printed(
    text: str, role: str, level: int, figures: Sequence[Figure], checker: _Checks, *, typed: bool = False
) -> dict[str, Any]:
    """A paragraph in pieces; a piece with a number is a figure and stands in that row of the check."""
    pieces: list[dict[str, Any]] = []
    end = 0
    for figure in sorted(figures, key=lambda f: f.start):
        if figure.start < end:
            continue
        if figure.start > end:
            pieces.append({"text": text[end : figure.start]})
        pieces.append({"text": text[figure.start : figure.end], "row": checker.add(figure, text, typed)})
        end = figure.end
    if end < len(text):
        pieces.append({"text": text[end:]})
    return {"role": role, "level": level, "pieces": pieces}


def _table(table: PrintedTable) -> dict[str, Any]:
    return {
        "heading": table.heading or table.title, "title": table.title, "category": table.category, "note": table.note,
        "columns": [{"name": column.name, "kind": column.kind} for column in table.columns],
        "rows": [[cell.text for cell in row] for row in table.rows], "keys": list(table.keys),
    }  # fmt: skip


def _pictures(document: Document) -> Rows:
    from junxian.files.documents.drawing import draw, inline

    return [{"title": picture.title, "svg": inline(draw(picture))} for picture in document.pictures]


class _Checks:
    """Rows of 数字自查: each figure with its sentence, what the run says anew, and where that stands."""

    def __init__(self, run: Opened) -> None:
        from junxian.core.bulletins.recount import Recount
        from junxian.files.documents.sources import Sources

        self._recount = Recount(run.facts, run.words, run.document.language)
        self._sources = Sources(run.facts)
        self.rows: Rows = []

    def add(self, figure: Figure, paragraph: str, typed: bool) -> int:
        """The number of the row made for a figure. typed: the office wrote the words around it, direction and all."""
        from junxian.core.bulletins.selfcheck import check_figure

        sentence = _sentence_around(paragraph, figure.start, figure.end)
        printed = paragraph[figure.start : figure.end]
        again = self._again(figure)
        holds = not check_figure(figure, paragraph, self._recount)
        if typed and not holds:
            # 第二位 and 下降5.4%: the number was found by its words; only that it is this number is left to say.
            holds = figure.number is not None and self._is_number(figure)
        self.rows.append({
            "row": len(self.rows) + 1, "sentence": sentence, "printed": printed, "recomputed": again,
            "holds": holds,
            "sources": [asdict(source) for source in self._sources.of(figure.path)],
        })  # fmt: skip
        return len(self.rows)

    def _is_number(self, figure: Figure) -> bool:
        fact = self._recount.follow(figure.path)
        return isinstance(fact, Decimal) and abs(float(fact) - float(figure.number or 0)) <= 0.5 * 10**-figure.decimals

    def _again(self, figure: Figure) -> str:
        from junxian.core.bulletins.selfcheck import half_up

        fact = self._recount.follow(figure.path)
        return str(half_up(fact, figure.decimals)) if isinstance(fact, Decimal) else str(fact or "")


def _sentence_around(text: str, start: int, end: int) -> str:
    first = max((text.rfind(stop, 0, start) + 1 for stop in "。；"), default=0)
    ends = [place for stop in "。；" if (place := text.find(stop, end)) >= 0]
    return text[first : min(ends, default=len(text) - 1) + 1]
