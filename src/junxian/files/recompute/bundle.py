"""The bundle (指标组台): one group being written, what its children come to and which of them count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from junxian.core.scoring.model import Group, Scheme
from junxian.core.scoring.plan import NodePlan
from junxian.files.recompute.book import Block, Book, Result
from junxian.files.recompute.engine import Facts, differing
from junxian.files.recompute.model import Cell, Column, Expr, Number, Reason, apply, infix, rounded, total, when
from junxian.files.recompute.names import Names

SLACK = 5e-9
"""Weighted results of several children may each move by one 10⁻⁹."""


@dataclass
class Bundle:
    """One group being written, with its children's cells.

    again: it is combined a second time, after a gate or veto set some result to zero; its weights stay as they were.
    """

    book: Book
    block: Block
    plan: NodePlan
    node: Group
    children: tuple[NodePlan, ...]
    scheme: Scheme
    facts: Facts
    names: Names
    results: Mapping[int, Result]
    weights: Mapping[int, Expr] = field(default_factory=dict)
    again: bool = False
    numbers: dict[str, Expr] = field(default_factory=dict)

    def say(self, title: str) -> str:
        return self.book.say(f"column.{title}")

    def number(self, name: str, value: float) -> Expr:
        """A number of the rule as a parameter, once."""
        if name not in self.numbers:
            self.numbers[name] = self.block.setting(self.book.setting_name(name), value)
        return self.numbers[name]

    def cells(self, child: NodePlan) -> Result:
        return self.results[child.index]

    def amount(self, child: NodePlan, what: str) -> Cell:
        """A child's points (p) or maximum (m)."""
        cells = self.cells(child)
        return Cell(cells.points if what == "p" else cells.maximum)

    def counted(self, child: NodePlan, what: str) -> Expr:
        """Whether a child counts: for results those with role 0, for maxima all but role 2."""
        role = Cell(self.cells(child).role)
        return infix("=", role, 0) if what == "p" else infix("<>", role, 2)

    def term(self, child: NodePlan, what: str) -> Expr:
        """A child's amount times its weight, to 10⁻⁹ before anything is added."""
        amount = self.amount(child, what)
        return rounded(infix("*", amount, self.weights[child.index])) if self.weights else amount

    def sum(self, amount: Callable[[NodePlan], Expr], who: str) -> Expr:
        """The sum over the children that count."""
        return total([when(self.counted(child, who), amount(child), 0) for child in self.children])

    def got(self, what: str) -> Expr:
        """The children's sum; texts (what is missing) add nothing, so that plain points need no questions."""
        if what == "p" and not self.weights:
            return rounded(apply("SUM", *(self.amount(child, "p") for child in self.children)))
        return rounded(self.sum(lambda child: self.term(child, what), what))

    def weight(self, what: str) -> Expr:
        return self.sum(lambda child: self.weights.get(child.index, Number(1.0)), what)

    def concerned(self, category: str) -> bool:
        """Whether a category has this node at all."""
        points, named = self.node.points, self.node.applies_to
        return (not named or category in named) and (not isinstance(points, Mapping) or category in points)

    def checked(self, column: Column, what: str) -> Column:
        """The column, or the engine's values pasted where the two differ."""
        if self.again:
            return column
        stated = self.facts.node(self.plan, what)
        rows = differing(column.values, stated, SLACK)
        if not rows:
            return column
        unit = self.book.units[rows[0]].name
        return self.block.replace(column, stated, Reason("recompute.differs", {"unit": unit}))
