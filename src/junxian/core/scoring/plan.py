"""Plans (计算计划): a scheme compiled once into stages of expressions over the panel's columns.

A node k owns columns: `c{k}` value, `c{k}n` mark (Int64 of 10⁻⁹), `c{k}t` state code, `c{k}o` role, `c{k}p` result and
`c{k}m` maximum (Int64 of 10⁻⁹), `c{k}g` grade label, `c{k}_<name>` each reference the mark read.
Roles: 0 counted, 1 left out with its weight carried by its siblings, 2 left out of the unit's own maximum, 3 no result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals as nw

from junxian.core.errors import RuleError
from junxian.core.formulas import analyse, compile_formula
from junxian.core.formulas.model import Compiled, Context, Formula, Leaf, Vocabulary
from junxian.core.scoring.model import Criterion, Group, Scheme
from junxian.core.scoring.native import run_native, run_zeroed

KEYS = ("period_index", "group")
ROW = ("region_code", "period_index", "group")
CONSTANTS, VALUE, GROUPS, SPACING, BESIDE = -1e6, 10.0, 1000.0, 20.0, 2000.0
"""Ranks: constants, derived names (below 0), criteria from VALUE on, groups (deeper first), what stands beside.

A group at rank r has its weights by r − 8 and combines its children from r − 1 on.
"""
Stage = list[nw.Expr]
Step = tuple[float, nw.Expr]
Finish = Callable[[nw.Expr], nw.Expr]


@dataclass(frozen=True)
class NodePlan:
    """One node of the tree with what a receipt must be able to name.

    marked: the column its mark was read from. roles: every role it may have.
    """

    index: int
    node: Criterion | Group
    parent: int | None
    depth: int
    children: tuple[int, ...]
    leaves: tuple[Leaf, ...] = ()
    formula: Formula | None = None
    amounts: Mapping[str, Formula] = field(default_factory=dict)
    references: Mapping[str, str | float] = field(default_factory=dict)
    labelled: bool = False
    factor: float = 1.0
    marked: str = ""
    roles: frozenset[int] = frozenset({0})

    def column(self, what: str = "") -> str:
        return f"c{self.index}{what}"


@dataclass(frozen=True, eq=False)
class Plan:
    """A compiled scheme: `leaves` to gather, `nodes` as written, root last, and steps to add in order of rank.

    steps: of the scheme (constants and derived names before the nodes, what stands beside after them).
    of_node: of each node, from its value to its result.
    """

    scheme: Scheme
    leaves: tuple[Leaf, ...]
    nodes: tuple[NodePlan, ...]
    steps: tuple[Step, ...]
    of_node: Mapping[int, tuple[Step, ...]]

    @property
    def root(self) -> NodePlan:
        return self.nodes[-1]

    def leaf_column(self, leaf: Leaf) -> str:
        return f"x{self.leaves.index(leaf)}"

    def run(self, panel: Any, keep: Sequence[str] | None = None) -> Any:
        """Compute every node on a panel of `gather`; native frame in, native frame out.

        keep: only these columns (and the row's keys) are wanted, so that nothing else need be computed.
        RuleError `scoring.too_large` where a mark does not fit exact points (on a lazy frame the engine says so later).
        """
        frame = nw.from_native(panel)
        if isinstance(frame, nw.DataFrame):
            return run_native(self, panel, keep)
        for stage in stages_of([*self.steps, *(step for steps in self.of_node.values() for step in steps)]):
            frame = _rested(frame.with_columns(*stage))
        return (frame if keep is None else frame.select(*ROW, *keep)).to_native()

    def zeroed(self, scored: Any, hit: Mapping[int, Any]) -> Any:
        """A scored Polars frame with nodes' results set to zero where hit (node → Boolean), all above combined again.

        Weights stay as they were: what one unit loses changes nothing for the others.
        """
        return run_zeroed(self, scored, hit)


class Draft:
    """What is known while a scheme is being compiled: columns of leaves and names, steps by the node they belong to."""

    def __init__(self, scheme: Scheme, vocabulary: Vocabulary) -> None:
        self.scheme = scheme
        self.vocabulary = vocabulary
        self.leaves: dict[Leaf, int] = {}
        self.steps: dict[int | None, list[Step]] = {None: []}
        self.names: dict[str, str] = {}
        self.derived: dict[str, tuple[Leaf, ...]] = {}
        self._owner: int | None = None

    @contextmanager
    def node(self, k: int) -> Iterator[None]:
        """What is added meanwhile belongs to node k."""
        self._owner, kept = k, self._owner
        self.steps.setdefault(k, [])
        yield
        self._owner = kept

    @contextmanager
    def also(self, names: Mapping[str, str]) -> Iterator[None]:
        """Names that only some formulas may use, such as a group's children: name → column.

        They hide indicators of the same name: a group combines its children, whatever else is called that.
        """
        kept, words = self.names, self.vocabulary
        self.names = kept | dict(names)
        cards = {name: card for name, card in words.cards.items() if name not in names}
        self.vocabulary = replace(words, cards=cards, names=dict(words.names) | dict.fromkeys(names))
        yield
        self.names, self.vocabulary = kept, words

    @contextmanager
    def carrying(self, months: int) -> Iterator[None]:
        """While a criterion says so, the last figure may stand in for that many months (沿用上季)."""
        words = self.vocabulary
        if months:
            self.vocabulary = replace(words, carry={card.code: months for card in words.cards.values()})
        yield
        self.vocabulary = words

    def leaves_of(self, formula: Formula) -> tuple[Leaf, ...]:
        """Every figure a formula rests on, those behind derived names included."""
        behind = tuple(leaf for name in formula.names for leaf in self.derived.get(name, ()))
        return tuple(dict.fromkeys(formula.leaves + behind))

    def add(self, rank: float, *expressions: nw.Expr) -> None:
        self.steps[self._owner].extend((rank, expression) for expression in expressions)

    def given(self, *expressions: nw.Expr) -> None:
        """What the rules give whatever the figures; it belongs to no node, so that nodes differing in it are alike."""
        self.steps[None].extend((CONSTANTS, expression) for expression in expressions)

    def leaf(self, leaf: Leaf) -> str:
        return f"x{self.leaves.setdefault(leaf, len(self.leaves))}"

    def understand(self, text: str, where: str) -> Formula:
        try:
            return analyse(text, self.vocabulary)
        except RuleError as fault:
            place = f"{where}{'·' + fault.where if fault.where else ''}"
            raise RuleError(fault.code, where=place, **fault.facts) from fault

    def column(
        self, formula: Formula, name: str, rank: float, factor: float = 1.0, *, last: Finish | None = None
    ) -> Compiled:
        """Give a formula its column at a rank; the steps of nested windows go just before it.

        The column's own name goes into the context, so that two columns never share the name of an inner window.
        """
        context = Context(keys=KEYS, month="month", columns_of_name={**self.names, "": name})
        compiled = compile_formula(formula, self.leaf, context)
        for level, step in enumerate(compiled.steps):
            self.add(rank - 0.5 + level / 100, *(expression.alias(column) for column, expression in step))
        value = compiled.value * factor if factor != 1.0 else compiled.value
        self.add(rank, (value if last is None else last(value)).alias(name))
        return compiled


def _rested(frame: Any) -> Any:
    """Let Spark compute a stage before the next: left alone, its optimiser writes every stage out into the next one."""
    rest = getattr(frame.to_native(), "localCheckpoint", None)
    return frame if rest is None else nw.from_native(rest())


def by_group(given: float | Mapping[str, float] | None, nothing: float | None = None) -> nw.Expr:
    """A number, or one per group; groups not named get null (or `nothing`)."""
    if not isinstance(given, Mapping):
        return nw.lit(nothing if given is None else float(given), nw.Float64)
    found: nw.Expr = nw.lit(nothing, nw.Float64)
    for group, number in given.items():
        found = nw.when(nw.col("group") == group).then(nw.lit(float(number))).otherwise(found)
    return found


def stages_of(steps: Sequence[Step]) -> list[Stage]:
    """Steps of one rank are added together, lower ranks first."""
    stages: dict[float, Stage] = {}
    for rank, expression in steps:
        stages.setdefault(rank, []).append(expression)
    return [stages[rank] for rank in sorted(stages)]


def over(expression: nw.Expr) -> nw.Expr:
    """Among the peers: same period, same group."""
    return expression.over(*KEYS)
