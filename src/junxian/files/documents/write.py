"""Writing (出文): the notice, the ranking workbook and the page of one run, released only after the self-check passed.

The self-check runs twice: on the composed document before anything is written, and on the text read back from the
finished files. Files are written beside their place and moved into it only when both passed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from junxian.core.bulletins import Bulletin, Document, Finding, RunFacts, compare, compose, refuse, selfcheck
from junxian.core.bulletins.compare import compare_table
from junxian.core.bulletins.compose import context_of
from junxian.core.bulletins.context import Context
from junxian.core.bulletins.document import PrintedTable
from junxian.core.bulletins.recount import Recount
from junxian.core.bulletins.selfcheck import check_table
from junxian.core.errors import DataError
from junxian.files.documents.drawing import drawn
from junxian.files.documents.extract import extract
from junxian.files.documents.notice_docx import notice_docx
from junxian.files.documents.page_html import page_html, page_tables
from junxian.files.documents.plain_docx import plain_docx
from junxian.files.documents.ranking_xlsx import ranking_tables, write_ranking
from junxian.files.documents.words import bulletin_words

NOTICE, RANKING, PAGE = "通报.docx", "排名表.xlsx", "index.html"


def write_outputs(facts: RunFacts, bulletin: Bulletin, out_dir: Path, *, template: Path | None = None) -> list[Path]:
    """Write 通报.docx, 排名表.xlsx and index.html into `out_dir`; all of them or none.

    `template` is the office's own Word template, filled instead of our layout. Errors: RuleError
    `bulletins.figure_mismatch` and its kin when a figure cannot be recomputed from the run.
    """
    words = bulletin_words(bulletin.language or facts.language)
    document = compose(facts, bulletin, words)
    refuse(selfcheck(document, facts, words))
    context = context_of(facts, bulletin, words)
    sheets = ranking_tables(context)
    extra = [*(table for _, table in sheets), *page_tables(context)]
    recount = Recount(facts, words, document.language)
    refuse(finding for table in extra for finding in check_table(table, recount))
    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out_dir, prefix=".writing-") as made:
        folder = Path(made)
        _write_word(folder / NOTICE, document, words, template)
        write_ranking(folder / RANKING, context, sheets)
        (folder / PAGE).write_text(page_html(document, context), encoding="utf-8")
        refuse(check_files(folder, document, context))
        return [_move(folder / name, out_dir / name) for name in (NOTICE, RANKING, PAGE)]


def _move(made: Path, place: Path) -> Path:
    return made.replace(place)


def findings_of(facts: RunFacts, bulletin: Bulletin) -> tuple[Finding, ...]:
    """What a person should read before release: sentences left out, length, phrases that demand paper."""
    words = bulletin_words(bulletin.language or facts.language)
    return compose(facts, bulletin, words).findings


def _write_word(path: Path, document: Document, words: dict[str, str], template: Path | None) -> None:
    if template is not None:
        fill_template(path, document, template)
        return
    pictures, _ = drawn(document.pictures)
    layouts: dict[str, Callable[..., object]] = {"notice": notice_docx, "plain": plain_docx}
    made = layouts[document.kind](document, words, pictures)
    made.save(str(path))  # type: ignore[attr-defined]


def fill_template(path: Path, document: Document, template: Path) -> None:
    """The office's own .docx with {{ title }}, {{ number }}, {%p for p in paragraphs %}, {%tr for row in … %}."""
    if not template.is_file():
        raise DataError("bulletins.template_missing", template=template.name)
    from docxtpl import DocxTemplate

    filled = DocxTemplate(str(template))
    filled.render(
        {
            "title": document.title.text, "number": document.number, "issuer": document.issuer,
            "date": document.dated_text, "recipients": document.recipients.text if document.recipients else "",
            "paragraphs": [{"text": p.text, "level": p.level} for p in document.paragraphs],
            "tables": [
                {"title": t.heading or t.title, "columns": [c.name for c in t.columns],
                 "rows": [[cell.text for cell in row] for row in t.rows]}
                for t in document.tables
            ],
        },
        autoescape=True,
    )  # fmt: skip
    filled.save(str(path))


def check_files(folder: Path, document: Document, context: Context) -> list[Finding]:
    """The self-check on the text read back from the finished files of a folder."""
    found = list(compare(document, extract(folder / NOTICE)))
    found += compare(document, extract(folder / PAGE), complete=False)
    found += _check_tables(folder / PAGE, page_tables(context))
    found += _check_tables(folder / RANKING, [table for _, table in ranking_tables(context)])
    return found


def _check_tables(path: Path, tables: Sequence[PrintedTable]) -> list[Finding]:
    extracted = extract(path)
    return [finding for table in tables for finding in compare_table(table, extracted)]


def verify_outputs(facts: RunFacts, bulletin: Bulletin, folder: Path) -> tuple[Finding, ...]:
    """Check published files against the run: an altered figure comes back with its sentence and the right one."""
    words = bulletin_words(bulletin.language or facts.language)
    document = compose(facts, bulletin, words)
    found = [*selfcheck(document, facts, words)]
    found += check_files(folder, document, context_of(facts, bulletin, words))
    return tuple(found)
