"""Province watch (全省位次): of every watched indicator our first, our last, who is among the last places."""

from __future__ import annotations

from dataclasses import dataclass

from junxian.web.benchmarks.queries import open_periods, table_at
from junxian.web.benchmarks.standing import Block, Place
from junxian.web.people.actor import Actor
from junxian.web.people.tags import spoken_language


@dataclass(frozen=True)
class Row:
    """One watched indicator; `among_last` names ours in the places that a bottom line watches."""

    table: str
    name: str
    n: int
    first: Place | None
    final: Place | None
    among_last: tuple[str, ...]


def watch(actor: Actor) -> tuple[str, list[Row]]:
    """The newest period whose keepers have signed, and a row for every indicator of the rulebook's rank tables."""
    periods = open_periods(actor)
    if not periods:
        return "", []
    tables = table_at(periods[0], spoken_language()).values()
    return periods[0], [_row(table.title, block) for table in tables for block in table.blocks]


def _row(title: str, block: Block) -> Row:
    placed = sorted((place for place in block.shown if place.rank), key=lambda place: place.rank or 0)
    last = tuple(place.name for place in placed if place.last)
    return Row(title, block.name, block.n, placed[0] if placed else None, placed[-1] if placed else None, last)
