"""Composing (成文): a bulletin's blocks and a run's facts become one document, first praise, then the last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from junxian.core.bulletins.alert_table import alerts_table
from junxian.core.bulletins.context import Absent, Context
from junxian.core.bulletins.document import Document, Figure, Finding, Paragraph, Picture, PrintedTable
from junxian.core.bulletins.facts import RunFacts
from junxian.core.bulletins.ledger import Ledger
from junxian.core.bulletins.lint import lint
from junxian.core.bulletins.model import Attachment, Block, Bulletin
from junxian.core.bulletins.numbering import Numbering
from junxian.core.bulletins.pictures import score_bars, tile_map
from junxian.core.bulletins.speak import speak
from junxian.core.bulletins.tables import (
    completeness_table,
    points_table,
    ranking_table,
    values_table,
    watch_table,
)
from junxian.core.bulletins.wording import Wording
from junxian.core.text import spoken


def compose(facts: RunFacts, bulletin: Bulletin, words: Mapping[str, str]) -> Document:
    """Write the document. `words` is the catalogue of the bulletin's language, keys `bulletins.…`.

    A sentence whose fact does not exist is left out, or its `otherwise` stands, and a finding says so.
    Errors: RuleError where a template names a unit, indicator, criterion or category that the rulebook does not have.
    """
    context = context_of(facts, bulletin, words)
    w, language = context.wording, context.wording.language
    title = _paragraph(0, "title", spoken(bulletin.title, language), context)
    recipients = _recipients(bulletin, context)
    paragraphs, findings = _body(bulletin, context)
    dated = bulletin.dated or facts.today
    issuer = spoken(bulletin.issuer, language)
    return Document(
        kind=bulletin.kind, language=language, title=title, recipients=recipients, paragraphs=tuple(paragraphs),
        tables=tuple(_tables(bulletin, context)), pictures=tuple(_pictures(bulletin, context)),
        findings=(*findings, *lint([title, *paragraphs], bulletin, language, signs=facts.style.negative == "sign")),
        issuer=issuer,
        mark=spoken(bulletin.mark, language) or (w.word("word.document_mark", issuer=issuer) if issuer else ""),
        number=speak(bulletin.number, context)[0],
        copy_to=tuple(spoken(name, language) for name in bulletin.copy_to),
        printed_by=spoken(bulletin.printed_by, language) or issuer,
        dated=dated, dated_text=w.date(dated),
        remark=w.word("word.remark", text=spoken(bulletin.remark, language)) if bulletin.remark else "",
        draft=bulletin.draft, sealed=bulletin.sealed, paper=bulletin.paper,
    )  # fmt: skip


def context_of(facts: RunFacts, bulletin: Bulletin | None, words: Mapping[str, str]) -> Context:
    """The surroundings in which every sentence and table of this run is written."""
    language = (bulletin.language if bulletin else "") or facts.language
    issuer = spoken(bulletin.issuer, language) if bulletin else ""
    return Context(Ledger(facts), Wording(language, words, facts.style, facts.terms), issuer=issuer)


def _paragraph(block: int, role: str, template: str, context: Context, level: int = 0) -> Paragraph:
    text, figures = speak(template, context)
    placed = tuple(replace(figure, block=block) for figure in figures)
    return Paragraph(block, role, text, placed, level)  # type: ignore[arg-type]


def _recipients(bulletin: Bulletin, context: Context) -> Paragraph | None:
    if not bulletin.recipients:
        return None
    w = context.wording
    names = [spoken(name, w.language) for name in bulletin.recipients]
    text = "".join(a + b for a, b in zip(w.joined(names), names, strict=True)) + w.word("word.to")
    return _paragraph(1, "recipients", text, context)


def _body(bulletin: Bulletin, context: Context) -> tuple[list[Paragraph], list[Finding]]:
    """Blocks in order; a heading below which nothing stands is left out, and numbers count those that stand."""
    spoken_blocks: list[tuple[int, str, tuple[Figure, ...]]] = []
    findings: list[Finding] = []
    for block in bulletin.body:
        if not holds(block, context):
            continue
        sentences = []
        for around in repeats(block, context):
            text, figures, left_out = _sentence(block, around)
            findings += left_out
            sentences += [(text, figures)] if text else []
        if block.joined and sentences:
            sentences = [_run_on(sentences, context)]
        spoken_blocks += [(block.level, text, figures) for text, figures in sentences]
    numbering = Numbering(context.wording)
    standing = [item for i, item in enumerate(spoken_blocks) if not item[0] or _has_text(spoken_blocks[i:])]
    return [_numbered(2 + i, item, numbering) for i, item in enumerate(standing)], findings


def _has_text(blocks: Sequence[tuple[int, str, tuple[Figure, ...]]]) -> bool:
    """Whether running text follows the first block, a heading, before one of its own level or higher."""
    own = blocks[0][0]
    for level, _, _ in blocks[1:]:
        if level == 0:
            return True
        if level <= own:
            return False
    return False


def _numbered(block: int, item: tuple[int, str, tuple[Figure, ...]], numbering: Numbering) -> Paragraph:
    level, text, figures = item
    prefix = numbering.next(level) if level else ""
    moved = [replace(f, start=f.start + len(prefix), end=f.end + len(prefix), block=block) for f in figures]
    return Paragraph(block, "heading" if level else "text", prefix + text, tuple(moved), level)


def _sentence(block: Block, context: Context) -> tuple[str, tuple[Figure, ...], list[Finding]]:
    language = context.wording.language
    template = spoken(block.text, language)
    try:
        text, figures = speak(template, context)
    except Absent as fault:
        finding = Finding("bulletins.sentence_left_out", False, {"template": template, **fault.facts})
        other = spoken(block.otherwise, language)
        if not other:
            return "", (), [finding]
        return _otherwise(other, context, finding)
    return text, figures, []


def _otherwise(template: str, context: Context, finding: Finding) -> tuple[str, tuple[Figure, ...], list[Finding]]:
    """The second sentence, or nothing where its facts do not exist either."""
    try:
        text, figures = speak(template, context)
    except Absent:
        return "", (), [finding]
    return text, figures, []


def _run_on(sentences: list[tuple[str, tuple[Figure, ...]]], context: Context) -> tuple[str, tuple[Figure, ...]]:
    """Several sentences as one paragraph."""
    separator = context.wording.word("word.sentence_separator")
    text, figures = "", []
    for sentence, claims in sentences:
        text += separator if text else ""
        figures += [replace(claim, start=claim.start + len(text), end=claim.end + len(text)) for claim in claims]
        text += sentence
    return text, tuple(figures)


def holds(block: Block, context: Context) -> bool:
    """Whether the fact a block waits for is there."""
    ledger = context.ledger
    alerts = bool(ledger.warnings)
    conditions = {
        "": True,
        "previous": ledger.has_previous,
        "no_previous": not ledger.has_previous,
        "unreported": bool(ledger.facts.unreported),
        "all_reported": not ledger.facts.unreported,
        "alerts": alerts,
        "no_alerts": not alerts,
        "gate_failed": any(row["gate"] in {"fail", "veto"} for row in ledger.scores.values()),
        "watch": bool(ledger.facts.watch),
    }
    return conditions[block.when]


def repeats(block: Block, context: Context) -> Iterator[Context]:
    """The surroundings of each repetition of a block, one where it does not repeat."""
    ledger = context.ledger
    if block.each == "alert":
        wanted = block.alert_levels
        rows = [(i, row) for i, row in ledger.warnings if not wanted or row["level"] in wanted]
        yield from (replace(context, alert=i, unit=str(row["region_code"])) for i, row in rows)
    elif block.each == "unreported":
        yield from (replace(context, unit=code) for code in ledger.facts.unreported)
    elif block.each == "criterion":
        yield from (replace(context, criterion=key) for key in ledger.top_level())
    elif block.each:
        yield from _by_category(block, context)
    else:
        yield replace(context, category=block.category)


def _by_category(block: Block, context: Context) -> Iterator[Context]:
    """Categories, or the units of each that are meant."""
    for category in [block.category] if block.category else context.ledger.categories:
        inside = replace(context, category=category)
        if block.each == "category":
            yield inside
        else:
            yield from (replace(inside, unit=code) for code in _meant(block, inside))


def _meant(block: Block, context: Context) -> list[str]:
    ledger, category = context.ledger, context.category
    if block.each == "top":
        return ledger.top(category, block.places)
    return ledger.bottom(category, block.places) if block.each == "bottom" else ledger.by_rank(category)


def _tables(bulletin: Bulletin, context: Context) -> Iterator[PrintedTable]:
    for attachment in bulletin.attachments:
        heading = speak(spoken(attachment.title, context.wording.language), context)[0]
        for table in _of_attachment(attachment, context):
            yield replace(table, heading=heading)


def _of_attachment(attachment: Attachment, context: Context) -> Iterator[PrintedTable]:
    if attachment.of == "alerts":
        yield alerts_table(context)
        return
    if attachment.of == "watch":
        names = [attachment.watch] if attachment.watch else [t.id or t.title for t in context.ledger.facts.watch]
        yield from (watch_table(context, context.ledger.watch(name)) for name in names)
        return
    order = attachment.order or ("rank" if attachment.of == "ranking" else "official")
    for category in [attachment.category] if attachment.category else list(context.ledger.categories):
        if attachment.of == "ranking":
            yield ranking_table(context, category, order=order)
        elif attachment.of == "points":
            yield points_table(context, category, criteria=attachment.criteria, order=order)
        elif attachment.of == "values":
            yield values_table(context, attachment.indicators, category, order=order)
        else:
            yield completeness_table(context, category)


def _pictures(bulletin: Bulletin, context: Context) -> Iterator[Picture]:
    for request in bulletin.pictures:
        title = speak(spoken(request.title, context.wording.language), context)[0]
        drawn = tile_map(context, title) if request.of == "tile_map" else score_bars(context, title, request.category)
        if drawn is not None:
            yield drawn
