"""The desk (编制台): one criterion being written, with everything its columns may need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from junxian.core.formulas.model import Leaf
from junxian.core.scoring import Criterion
from junxian.core.scoring.model import Scheme
from junxian.core.scoring.plan import NodePlan
from junxian.files.recompute.book import Block, Book
from junxian.files.recompute.engine import Facts, differing
from junxian.files.recompute.figures import Figures
from junxian.files.recompute.formula import Lowering
from junxian.files.recompute.model import ByCategory, Column, Expr, Number, Reason
from junxian.files.recompute.names import Names

SLACK = 1.1e-9
"""Points are whole 10⁻⁹; a worksheet's last bits may move one of them by one."""


@dataclass
class Desk:
    """One criterion being written: its block, its rules, what the engine found, and the parameters named so far."""

    book: Book
    block: Block
    plan: NodePlan
    node: Criterion
    scheme: Scheme
    facts: Facts
    figures: Figures
    names: Names
    numbers: dict[str, Expr] = field(default_factory=dict)
    floors: dict[str, Mapping[str, Expr | None]] = field(default_factory=dict)

    def say(self, title: str) -> str:
        return self.book.say(f"column.{title}")

    def number(self, name: str, value: float) -> Expr:
        """A number of the rule as a parameter, once."""
        if name not in self.numbers:
            self.numbers[name] = self.block.setting(self.book.setting_name(name), value)
        return self.numbers[name]

    @property
    def lowering(self) -> Lowering:
        return self.names.lowering(self.block)

    def leaves(self) -> tuple[Leaf, ...]:
        """The figures the value rests on."""
        return self.names.leaves_of(self.plan.formula) if self.plan.formula else ()

    def checked(self, column: Column, what: str, slack: float = SLACK) -> Column:
        """The column, or the engine's values pasted where the two differ."""
        stated = self.facts.node(self.plan, what)
        if what == "state":
            stated = [self.book.say(f"state.{word}") for word in stated]
        rows = differing(column.values, stated, slack)
        if not rows:
            return column
        return self.block.replace(column, stated, Reason("recompute.differs", {"unit": self.book.units[rows[0]].name}))


def by_category(book: Book, build: Callable[[str], Expr]) -> Expr:
    """One formula for all categories where they agree, else one for each."""
    parts = [(category, build(category)) for category in book.categories]
    if parts and all(part == parts[0][1] for _, part in parts):
        return parts[0][1]
    return ByCategory(tuple(parts))


def full_points(desk: Desk, category: str) -> Expr | None:
    """The criterion's full points in a category: a parameter, or the method's scale; None where it has none there."""
    given, concerned = desk.node.points, desk.node.applies_to
    if concerned and category not in concerned:
        return None
    if given is None:
        return Number(desk.node.method.scale)
    if not isinstance(given, Mapping):
        return desk.number("full", given)
    if category not in given:
        return None
    if "full" not in desk.numbers:
        desk.numbers["full"] = desk.block.setting(desk.book.setting_name("full"), given)
    return desk.numbers["full"]
