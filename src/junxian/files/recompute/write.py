"""The recomputation workbook (复算.xlsx): live formulas from the figures to points and places.

Issue 2: a third party need not trust our engine. Whatever a worksheet cannot say is pasted, coloured and named.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from junxian.core.rulebook.judge import Compiled, Judgement
from junxian.core.scoring import Criterion, Group
from junxian.core.scoring.plan import NodePlan
from junxian.core.text import spoken
from junxian.files.recompute.book import Block, Book, UnitSheet
from junxian.files.recompute.bundle import Bundle
from junxian.files.recompute.criterion import write_criterion
from junxian.files.recompute.desk import Desk
from junxian.files.recompute.engine import Facts, units_of
from junxian.files.recompute.figures import Figures, enter_figures
from junxian.files.recompute.group import write_group
from junxian.files.recompute.layout import Content, write_workbook
from junxian.files.recompute.model import Recomputed
from junxian.files.recompute.names import Names, names_of
from junxian.files.recompute.settlement import write_settlement
from junxian.files.recompute.tally import Matter, Tally
from junxian.files.rulebooks.speak import say, sentences

PREFIX = "recompute."
LONGEST_NAME = 31


def write_recompute(
    judgement: Judgement,
    path: Path,
    *,
    observations: pl.DataFrame | None = None,
    stamps: Mapping[str, str] | None = None,
    language: str = "",
) -> Recomputed:
    """Write the workbook of one judged period.

    observations: canonical rows of the snapshot, so that gathered figures are summed live from their parts. stamps:
    hashes to print (rulebook_hash, snapshot_hash). language: zh or en, else the jurisdiction's own.
    """
    compiled = judgement.compiled
    language = language or compiled.rulebook.jurisdiction.language
    units, spans = units_of(judgement)
    book = Book(units, spans, {k: v for k, v in sentences(language).items() if k.startswith(PREFIX)})
    facts = Facts.of(judgement, [unit.code for unit in units])
    figures = enter_figures(book, compiled, facts, observations)
    names = names_of(book, compiled, figures.readings)
    _nodes(book, compiled, (facts, figures, names), language)
    matters = _settle(book, judgement, facts, names, language)
    told = _told(book, language)
    pages = _pages(book, judgement, dict(stamps or {}), language)
    write_workbook(path, Content(book, pages, told, figures.parts, matters, _created(compiled)))
    return Recomputed(path, tuple((what, why) for what, why, _ in told))


def _created(compiled: Compiled) -> datetime:
    """The month of the period, so that the same run gives the same bytes."""
    index = compiled.period.index
    return datetime(index // 12, index % 12 + 1, 1)


def _nodes(book: Book, compiled: Compiled, sources: tuple[Facts, Figures, Names], language: str) -> None:
    """Every criterion and group, children before parents, on the sheet of its branch."""
    facts, figures, names = sources
    branches = _branches(compiled)
    sheets: dict[int, UnitSheet] = {}
    for plan in compiled.plan.nodes:
        branch = branches[plan.index]
        if branch not in sheets:
            sheets[branch] = _sheet(book, compiled, branch, len(sheets) + 1, language)
        block = Block(book, sheets[branch], spoken(plan.node.name, language) or plan.node.key, plan.node.clause)
        if isinstance(plan.node, Criterion):
            desk = Desk(book, block, plan, plan.node, compiled.plan.scheme, facts, figures, names)
            book.results[plan.index] = write_criterion(desk)
        elif isinstance(plan.node, Group):
            children = tuple(compiled.plan.nodes[child] for child in plan.children)
            bundle = Bundle(book, block, plan, plan.node, children, compiled.plan.scheme, facts, names, book.results)
            book.results[plan.index] = write_group(bundle)


def _branches(compiled: Compiled) -> dict[int, int]:
    """Node → the top group it belongs to; criteria directly below the root, and the root itself, share one sheet."""
    nodes = compiled.plan.nodes

    def top(plan: NodePlan) -> NodePlan:
        while plan.parent is not None and plan.parent != compiled.plan.root.index:
            plan = nodes[plan.parent]
        return plan

    root = compiled.plan.root.index
    return {plan.index: t.index if (t := top(plan)).children and t.index != root else root for plan in nodes}


def _sheet(book: Book, compiled: Compiled, branch: int, place: int, language: str) -> UnitSheet:
    if branch == compiled.plan.root.index:
        return book.sheet(book.say("sheet.criteria"), book.say("title.criteria"))
    name = spoken(compiled.plan.nodes[branch].node.name, language)
    return book.sheet(sheet_title(f"{place} {name}", {sheet.name for sheet in book.sheets}), name)


def sheet_title(wanted: str, taken: set[str]) -> str:
    """A sheet name Excel accepts, no name twice whatever its case."""
    plain = "".join("·" if letter in "[]:*?/\\'" or letter < " " else letter for letter in wanted).strip() or "·"
    found, number = plain[:LONGEST_NAME], 2
    while found.casefold() in {name.casefold() for name in taken}:
        found, number = f"{plain[: LONGEST_NAME - 4]} {number}", number + 1
    return found


def _settle(book: Book, judgement: Judgement, facts: Facts, names: Names, language: str) -> list[Matter]:
    compiled = judgement.compiled
    sheet = book.sheet(book.say("sheet.scores"), spoken(compiled.scheme.title, language))
    block = Block(book, sheet, book.say("sheet.scores"))
    tally = Tally(book, block, compiled.scheme, facts, names, language)
    write_settlement(tally, book.results[compiled.plan.root.index])
    return tally.matters


def _told(book: Book, language: str) -> list[tuple[str, str, str]]:
    """What is pasted, why, and in which column."""
    return [(note.what, say(note.reason.code, note.reason.facts, language), note.column) for note in book.notes]


def _pages(book: Book, judgement: Judgement, stamps: dict[str, Any], language: str) -> list[tuple[str, str]]:
    compiled = judgement.compiled
    texts = {
        "scheme": spoken(compiled.scheme.title, language),
        "period": compiled.period.text,
        "rulebook": f"{compiled.rulebook.id} · {stamps.get('rulebook_hash', '')}".strip(" ·"),
        "snapshot": stamps.get("snapshot_hash", ""),
        "run": stamps.get("run", ""),
        "how": book.say("page.how_text"),
        "read": book.say("page.read_text"),
        "roles": book.say("page.roles_text"),
        "exact": book.say("page.exact_text"),
        "linked": book.say("page.linked_text"),
    }
    return [(book.say(f"page.{name}"), text) for name, text in texts.items() if text]
