"""The tally (结算台): the settlement being written, and formulas beside the tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from junxian.core.assessment.model import AssessedScheme
from junxian.core.scoring import Criterion
from junxian.files.recompute.book import Block, Book
from junxian.files.recompute.engine import Facts, differing
from junxian.files.recompute.formula import Given, Term
from junxian.files.recompute.model import Cell, Column, Expr, Reason, when
from junxian.files.recompute.names import Names

NANO = 1e9


@dataclass(frozen=True)
class Matter:
    """One event or alert that moves points: unit, adjustment, matter, points (signed), source."""

    region: str
    adjustment: str
    matter: str
    points: float
    source: str


@dataclass
class Tally:
    """The settlement being written."""

    book: Book
    block: Block
    scheme: AssessedScheme
    facts: Facts
    names: Names
    language: str
    matters: list[Matter] = field(default_factory=list)
    ties: list[Column] = field(default_factory=list)

    def say(self, title: str) -> str:
        return self.book.say(f"column.{title}")

    def checked(self, column: Column, stated: Sequence[float | int | str | None], slack: float = 0.0) -> Column:
        """The column, or the engine's values pasted where the two differ."""
        rows = differing(column.values, stated, slack)
        if not rows:
            return column
        return self.block.replace(column, stated, Reason("recompute.differs", {"unit": self.book.units[rows[0]].name}))

    def points_of(self, name: str) -> list[float | None]:
        """A column of exact points of the settlement."""
        return [None if value is None else value / NANO for value in self.facts.settled_column(name)]

    def setting(self, name: str, value: float) -> Expr:
        return self.block.setting(self.book.setting_name(name), value)


def words_beside(t: Tally) -> dict[str, Given]:
    """Names gates, bonuses and tie-breaks may use: every node's result and value."""
    words: dict[str, Given] = {}
    for plan in t.facts.judgement.compiled.plan.nodes:
        key, cells = plan.node.key, t.book.results[plan.index]
        words |= {f"{key}得分": cells.points, f"{key}_points": cells.points}
        if isinstance(plan.node, Criterion) and cells.value is not None:
            words |= {f"{key}值": cells.value, f"{key}_value": cells.value}
    return words


def formula_beside(t: Tally, title: str, text: str, column: str, finish: Callable[[Expr], Expr]) -> Column:
    """A formula beside the tree, or the engine's value of it; `finish` turns the cell into what is asked."""
    words = words_beside(t)

    def build() -> Column:
        into, formula = t.names.lowering(t.block, words), t.names.understand(text, words)
        term = into.settled(formula)
        if formula.truth:
            term = Term(when(term.expr, 1, 0), term.needs, term.guards)
        return t.block.add(title, term.closed())

    stated = t.facts.scored.get_column(column).to_list()
    raw = t.block.attempt(title, build, stated)
    raw = t.checked(raw, stated, 1e-9)
    return t.block.add(title, finish(Cell(raw)))
