"""The figures (数据): a column for every figure the formulas read, with its state beside it; the only inputs there are.

A figure that is gathered out of several (all calibres of a matter, the months of a year) is summed up live from a list
of its parts where the observations are at hand; otherwise the gathered figure itself is the input, and is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from junxian.core.formulas.model import Leaf
from junxian.core.indicators.known import latest, with_index
from junxian.core.rulebook.judge import Compiled
from junxian.core.text import spoken
from junxian.files.recompute.book import Block, Book
from junxian.files.recompute.engine import Facts, differing
from junxian.files.recompute.model import Column, Reason
from junxian.files.recompute.spell import number_text, sheet_name

SLACK = 1e-9
FIRST_PART = 3
"""The worksheet row of the first part on the list of parts."""


@dataclass(frozen=True)
class Part:
    """One observation that a gathered figure is made of."""

    what: str
    region: str
    calibre: str
    period: str
    value: float


@dataclass(frozen=True)
class Figures:
    """readings: the column of each leaf. states: the column of its state. parts: the list of parts, in order."""

    readings: Mapping[Leaf, Column]
    states: Mapping[Leaf, Column]
    parts: tuple[Part, ...]


@dataclass
class Source:
    """Where figures come from while the sheet is being filled; parts are collected as they are met."""

    book: Book
    compiled: Compiled
    facts: Facts
    seen: pl.DataFrame | None
    parts: list[Part] = field(default_factory=list)


def enter_figures(book: Book, compiled: Compiled, facts: Facts, observations: pl.DataFrame | None) -> Figures:
    """The sheet of figures. observations: canonical rows, any revisions, to list the parts of gathered figures."""
    sheet = book.sheet(book.say("sheet.figures"), book.say("title.figures"))
    source = Source(book, compiled, facts, None if observations is None else with_index(latest(observations)))
    readings: dict[Leaf, Column] = {}
    states: dict[Leaf, Column] = {}
    for leaf in compiled.plan.leaves:
        block = Block(book, sheet, _name(compiled, leaf))
        block.head(*_heading(book, compiled, leaf))
        values, words = facts.leaf(leaf)
        title = book.say("column.figure")
        readings[leaf] = _gathered(block, source, leaf) if leaf.gather else block.enter(title, values)
        states[leaf] = block.enter(book.say("column.state"), [book.say(f"state.{word}") for word in words])
    return Figures(readings, states, tuple(source.parts))


def _name(compiled: Compiled, leaf: Leaf) -> str:
    card = compiled.words.cards.get(leaf.indicator)
    name = getattr(card, "name", "") or leaf.indicator
    return spoken(name, compiled.rulebook.jurisdiction.language)


def _heading(book: Book, compiled: Compiled, leaf: Leaf) -> tuple[str, ...]:
    card = compiled.words.cards.get(leaf.indicator)
    series = " · ".join(part for part in (leaf.indicator, leaf.kind, leaf.calibre) if part)
    place = book.say("place.own") if not leaf.place else book.say("place.other", place=_place(compiled, leaf.place))
    how = book.say(f"gather.{leaf.gather.split(':')[1]}") if leaf.gather else ""
    unit = (card.unit if card is not None else "") or ""
    when = period_text(leaf.index_at(compiled.period.index), leaf.kind)
    return _name(compiled, leaf), series, when, " · ".join(part for part in (place, how) if part), unit


def _place(compiled: Compiled, place: str) -> str:
    root = compiled.rulebook.root
    known = compiled.names
    return {"root": known.get(root, root), "parent": "↑"}.get(place, known.get(place, place))


def period_text(index: int, kind: str) -> str:
    """A period index as the period it ends."""
    year, month = index // 12, index % 12 + 1
    if kind == "Y":
        return str(year)
    return f"{year}Q{month // 3}" if kind in {"Q", "YTDQ"} and month % 3 == 0 else f"{year}-{month:02d}"


def _gathered(block: Block, source: Source, leaf: Leaf) -> Column:
    """A gathered figure as a live formula over its parts, or the figure itself where its parts are not at hand."""
    title, values = block.book.say("column.figure"), source.facts.leaf(leaf)[0]
    if source.seen is None:
        return block.paste(title, values, Reason("recompute.gathered"))
    own = _parts(source.compiled, leaf, source.seen)
    texts, found = [], []
    for code in source.facts.codes:
        region = _region(source.compiled, leaf.place, code)
        mine = [row for row in own if row["region_code"] == region]
        first = FIRST_PART + len(source.parts)
        source.parts.extend(Part(block.what, region, row["calibre"], row["period"], row["value"]) for row in mine)
        texts.append(_text(block.book, leaf.gather, first, len(mine)))
        found.append(_value(leaf.gather, [row["value"] for row in mine]))
    rows = differing(found, values, SLACK)
    column = block.told(title, texts, found)
    if not rows:
        return column
    return block.replace(column, values, Reason("recompute.differs", {"unit": block.book.units[rows[0]].name}))


def _region(compiled: Compiled, place: str, code: str) -> str:
    own = {"": code, "parent": compiled.parents.get(code, ""), "root": compiled.rulebook.root}
    return own.get(place, place)


def _parts(compiled: Compiled, leaf: Leaf, seen: pl.DataFrame) -> list[dict[str, Any]]:
    """The observations of a gathered leaf: all calibres of its period, or the months of its year up to the period."""
    index = leaf.index_at(compiled.period.index)
    own = seen.filter(
        (pl.col("indicator") == leaf.indicator) & (pl.col("kind") == leaf.kind) & pl.col("value").is_not_null()
    )
    if leaf.gather.startswith("calibres:"):
        own = own.filter(pl.col("period_index") == index)
    else:
        own = own.filter(
            (pl.col("calibre") == leaf.calibre) & pl.col("period_index").is_between(index - index % 12, index)
        )
    return own.sort("period_index", "calibre").select("region_code", "calibre", "period", "value").to_dicts()


_WORKSHEET = {"sum": "SUM", "count": "COUNT", "mean": "AVERAGE", "max": "MAX", "min": "MIN"}


def _text(book: Book, gather: str, first: int, count: int) -> str:
    _, how, *least = gather.split(":")
    if not count:
        return '=""'
    cells = f"{sheet_name(book.say('sheet.parts'))}!$E${first}:$E${first + count - 1}"
    if how != "trimmed_mean":
        return f"={_WORKSHEET[how]}({cells})"
    trimmed = f"(SUM({cells})-MAX({cells})-MIN({cells}))/(COUNT({cells})-2)"
    return f"=IF(COUNT({cells})>={number_text(max(float(least[0]), 3.0))},{trimmed},AVERAGE({cells}))"


def _value(gather: str, values: Sequence[float]) -> float | str:
    _, how, *least = gather.split(":")
    n, total = len(values), sum(values)
    if not n:
        return ""
    if how == "trimmed_mean":
        return (total - max(values) - min(values)) / (n - 2) if n >= max(int(least[0]), 3) else total / n
    return {"sum": total, "count": float(n), "mean": total / n, "max": max(values), "min": min(values)}[how]
