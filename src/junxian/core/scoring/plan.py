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
from junxian.core.scoring.native import run_native

KEYS = ("period_index", "group")
ROW = ("region_code", "period_index", "group")
Stage = list[nw.Expr]
Step = tuple[float, nw.Expr]
Finish = Callable[[nw.Expr], nw.Expr]


@dataclass(frozen=True)
class NodePlan:
    """One node of the tree with what a receipt must be able to name."""

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

    def column(self, what: str = "") -> str:
        return f"c{self.index}{what}"


@dataclass(frozen=True, eq=False)
class Plan:
    """A compiled scheme: `leaves` to gather, steps to add in the order of their ranks, `nodes` as written, root last.

    steps: up to every mark, and after all results. absent: each node's steps from marks to its result. complete: the
    same for nodes where no unit lacks a mark; a test holds both to one answer.
    """

    scheme: Scheme
    leaves: tuple[Leaf, ...]
    nodes: tuple[NodePlan, ...]
    steps: tuple[Step, ...]
    absent: Mapping[int, Sequence[Step]]
    complete: Mapping[int, Sequence[Step]]

    @property
    def root(self) -> NodePlan:
        return self.nodes[-1]

    def leaf_column(self, leaf: Leaf) -> str:
        return f"x{self.leaves.index(leaf)}"

    def run(self, panel: Any, keep: Sequence[str] | None = None) -> Any:
        """Compute every node on a panel of `gather`; native frame in, native frame out.

        keep: only these columns (and the row's keys) are wanted, so that nothing else need be computed.
        RuleError `scoring.too_large` where a mark does not fit exact points.
        """
        frame = nw.from_native(panel)
        if isinstance(frame, nw.DataFrame):
            return run_native(self, panel, keep)
        for stage in stages_of([*self.steps, *(step for steps in self.absent.values() for step in steps)]):
            frame = frame.with_columns(*stage)
        return (frame if keep is None else frame.select(*ROW, *keep)).to_native()


class Draft:
    """What is known while a scheme is being compiled: columns given to leaves and names, stages by rank."""

    def __init__(self, scheme: Scheme, vocabulary: Vocabulary) -> None:
        self.scheme = scheme
        self.vocabulary = vocabulary
        self.leaves: dict[Leaf, int] = {}
        self.stages: dict[float, Stage] = {}
        self.absent: dict[int, list[Step]] = {}
        self.complete: dict[int, list[Step]] = {}
        self.names: dict[str, str] = {}
        self.derived: dict[str, tuple[Leaf, ...]] = {}

    @contextmanager
    def also(self, names: Mapping[str, str]) -> Iterator[None]:
        """Names that only some formulas may use, such as a group's children: name → column."""
        kept, words = self.names, self.vocabulary
        self.names = kept | dict(names)
        self.vocabulary = replace(words, names=dict(words.names) | dict.fromkeys(names))
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
        self.stages.setdefault(rank, []).extend(expressions)

    @contextmanager
    def collecting(self) -> Iterator[list[Step]]:
        """Gather what is added meanwhile instead of adding it."""
        kept, self.stages = self.stages, {}
        steps: list[Step] = []
        yield steps
        steps.extend((rank, expression) for rank, stage in self.stages.items() for expression in stage)
        self.stages = kept

    def with_absences(self, k: int, *steps: Step) -> None:
        """A node's steps, whatever is missing."""
        self.absent.setdefault(k, []).extend(steps)

    def when_complete(self, k: int, *steps: Step) -> None:
        """The same node's steps where no unit lacks any of its marks."""
        self.complete.setdefault(k, []).extend(steps)

    def leaf(self, leaf: Leaf) -> str:
        return f"x{self.leaves.setdefault(leaf, len(self.leaves))}"

    def understand(self, text: str, where: str) -> Formula:
        try:
            return analyse(text, self.vocabulary)
        except RuleError as fault:
            raise RuleError(fault.code, where=f"{where}{'·' + fault.where if fault.where else ''}", **fault.facts) from fault

    def compile(self, formula: Formula) -> Compiled:
        context = Context(keys=KEYS, month="month", columns_of_name=dict(self.names))
        return compile_formula(formula, self.leaf, context)

    def column(
        self, formula: Formula, name: str, rank: float, factor: float = 1.0, *, last: Finish | None = None
    ) -> Compiled:
        """Give a formula its column at a stage; the steps of nested windows go just before it."""
        compiled = self.compile(formula)
        for level, step in enumerate(compiled.steps):
            self.add(rank - 0.5 + level / 100, *(expression.alias(column) for column, expression in step))
        value = compiled.value * factor if factor != 1.0 else compiled.value
        self.add(rank, (value if last is None else last(value)).alias(name))
        return compiled


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


def keys_of(nodes: Sequence[NodePlan]) -> dict[str, NodePlan]:
    return {plan.node.key: plan for plan in nodes}
