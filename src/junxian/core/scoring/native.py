"""Native running (本机执行) on Polars: expressions turned native once, only the needed ones run, alike nodes together.

Each expression costs Polars a few microseconds whatever the height of the frame, so for a city of nine counties sixty
criteria would cost sixty times one. Nodes whose expressions are the same text up to the names of their columns are
therefore stacked under one another and computed once; a tall frame gains nothing from that and is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import narwhals as nw
import polars as pl

from junxian.core.errors import RuleError

if TYPE_CHECKING:
    from junxian.core.scoring.plan import Plan, Step

Turned = tuple[float, pl.Expr]
Stages = list[list[pl.Expr]]
ROW = ("region_code", "period_index", "group")
SHARED = frozenset({"region_code", "period_index", "group", "month", "parent", "root"})
TALL = 20_000  # rows of a stack beyond which stacking costs more than it saves; measured, two cores
APART = 10_000_000  # moves a stacked node's periods away from those of the others, so that peers stay apart
_COLUMN = re.compile(r'\{"Column":"([^"\\]*)"\}')
_KEPT: WeakKeyDictionary[Plan, Kept] = WeakKeyDictionary()


class Kept:
    """A plan's native expressions, and for each set of wanted columns the order in which to run them."""

    def __init__(self, plan: Plan) -> None:
        self.steps = _turned(plan.steps)
        self.of_node = {k: _turned(steps) for k, steps in plan.of_node.items()}
        self.courses: dict[tuple[str, ...] | None, Course] = {}

    def course(self, wanted: tuple[str, ...] | None) -> Course:
        if wanted not in self.courses:
            self.courses[wanted] = _course(self, wanted)
        return self.courses[wanted]


def _kept(plan: Plan) -> Kept:
    kept = _KEPT.get(plan)
    if kept is None:
        kept = _KEPT[plan] = Kept(plan)
    return kept


@dataclass(frozen=True)
class Family:
    """Nodes that are alike: stages written for the first one, and each member's names for the columns read and made."""

    stages: Stages
    reads: Sequence[Sequence[str]]
    makes: Sequence[Sequence[str]]
    shared: Sequence[str]


@dataclass(frozen=True)
class Course:
    """stages: everything, in order. before, families, after: the same, stacked. last: columns wanted after families."""

    stages: Stages
    before: Stages
    families: Sequence[Family]
    after: Stages
    last: frozenset[str] | None


def run_zeroed(plan: Plan, scored: pl.DataFrame, hit: Mapping[int, pl.Expr]) -> pl.DataFrame:
    """`Plan.zeroed` on an eager Polars frame with every column of the plan."""
    kept = _kept(plan)
    above: set[int] = set()
    for node in hit:
        parent = plan.nodes[node].parent
        while parent is not None:
            above.add(parent)
            parent = plan.nodes[parent].parent
    lost = []
    for node, condition in hit.items():
        name = plan.nodes[node].column("p")
        counted = condition & pl.col(name).is_not_null()
        lost.append(pl.when(counted).then(pl.lit(0, pl.Int64)).otherwise(pl.col(name)).alias(name))
    steps = [step for node in sorted(above) for step in _combining(kept.of_node[node])]
    return _staged(_grouped(steps), scored.with_columns(lost))


def _combining(steps: Sequence[Turned]) -> list[Turned]:
    """A group's steps after its weights."""
    last = max(rank for rank, _ in steps)
    return [step for step in steps if step[0] > last - 8]


def run_native(plan: Plan, panel: pl.DataFrame, keep: Sequence[str] | None, *, tall: int = TALL) -> pl.DataFrame:
    """`Plan.run` on an eager Polars frame; frames of more than `tall` rows are not stacked."""
    course = _kept(plan).course(None if keep is None else tuple(keep))
    try:
        panel = _stacked(course, panel) if panel.height <= tall else _staged(course.stages, panel)
    except pl.exceptions.InvalidOperationError as fault:
        raise RuleError("scoring.too_large", where=plan.scheme.id, scheme=plan.scheme.id, limit="9e9") from fault
    return panel if keep is None else panel.select(*ROW, *keep)


def _staged(stages: Stages, panel: pl.DataFrame) -> pl.DataFrame:
    for stage in stages:
        panel = panel.with_columns(stage)
    return panel


def _in_turn(stages: Stages, panel: pl.DataFrame) -> pl.DataFrame:
    """As `_staged`; on a low frame handing work to another thread takes longer than doing it."""
    for stage in stages:
        panel = panel.with_columns_seq(stage)
    return panel


def _stacked(course: Course, panel: pl.DataFrame) -> pl.DataFrame:
    panel = _in_turn(course.before, panel)
    found = {column.name: column for column in panel.get_columns()}
    for family in course.families:
        found |= _made(family, found, panel.height)
    return _in_turn(course.after, _frame([c for n, c in found.items() if course.last is None or n in course.last]))


def _made(family: Family, found: Mapping[str, pl.Series], height: int) -> dict[str, pl.Series]:
    """Every member's new columns."""
    members = len(family.makes)
    stack = [_under(name, [found[name]] * members) for name in family.shared]
    if members > 1:
        apart = pl.int_range(members * height, eager=True) // height * APART
        stack = [column + apart if column.name == "period_index" else column for column in stack]
    stack += [_under(names[0], [found[name] for name in names]) for names in zip(*family.reads, strict=True)]
    done = _in_turn(family.stages, _frame(stack))
    columns = [done.get_column(name) for name in family.makes[0]]
    return {
        name: column.slice(place * height, height).alias(name)
        for place, names in enumerate(family.makes)
        for name, column in zip(names, columns, strict=True)
    }


def _under(name: str, columns: list[pl.Series]) -> pl.Series:
    return (columns[0] if len(columns) == 1 else pl.concat(columns)).alias(name)


def _frame(columns: list[pl.Series]) -> pl.DataFrame:
    return columns[0].to_frame().hstack(columns[1:])


def _course(kept: Kept, wanted: tuple[str, ...] | None) -> Course:
    every = [*kept.steps, *(step for steps in kept.of_node.values() for step in steps)]
    needed = None if wanted is None else _needed(every, set(wanted))
    first = min((step[0] for steps in kept.of_node.values() for step in steps), default=0.0)
    own = [steps for steps in (_kept_of(steps, needed) for steps in kept.of_node.values()) if steps]
    mine = _kept_of(kept.steps, needed)
    after = [step for step in mine if step[0] >= first]
    last = None if wanted is None else frozenset({*ROW, *wanted}.union(*(set(e.meta.root_names()) for _, e in after)))
    return Course(
        _grouped(_kept_of(every, needed)),
        _grouped([step for step in mine if step[0] < first]),
        _families(own, last),
        _grouped(after),
        last,
    )


def _needed(steps: Sequence[Turned], wanted: set[str]) -> set[str]:
    """Every column that the wanted ones rest on."""
    needed = set(wanted)
    for _, expression in sorted(steps, key=lambda step: -step[0]):
        if expression.meta.output_name() in needed:
            needed.update(expression.meta.root_names())
    return needed


def _kept_of(steps: Sequence[Turned], needed: set[str] | None) -> list[Turned]:
    return [step for step in steps if needed is None or step[1].meta.output_name() in needed]


def _families(nodes: Sequence[Sequence[Turned]], last: frozenset[str] | None) -> list[Family]:
    """Nodes by what they compute, those that others rest on first; `last`: columns wanted in the end, None for all."""
    alike: dict[str, list[tuple[list[str], Sequence[Turned]]]] = {}
    for steps in sorted(nodes, key=lambda steps: min(step[0] for step in steps)):
        text, names = _written(steps)
        alike.setdefault(text, []).append((names, steps))
    shown = None if last is None else last.union(*(_read_elsewhere(steps) for steps in nodes))
    return [_family([names for names, _ in members], members[0][1], shown) for members in alike.values()]


def _read_elsewhere(steps: Sequence[Turned]) -> set[str]:
    """What a node reads of others."""
    made = {expression.meta.output_name() for _, expression in steps}
    return {name for _, expression in steps for name in expression.meta.root_names()} - made


def _written(steps: Sequence[Turned]) -> tuple[str, list[str]]:
    """The steps as text with their columns numbered in the order they are met, and those columns."""
    numbers: dict[str, int] = {}

    def number(name: str) -> str:
        return name if name in SHARED else f"#{numbers.setdefault(name, len(numbers))}"

    said = []
    for rank, expression in sorted(steps, key=lambda step: step[0]):
        text = expression.meta.undo_aliases().meta.serialize(format="json")
        text = _COLUMN.sub(lambda found: f"⟨{number(found[1])}⟩", text)
        said.append(f"{rank} {number(expression.meta.output_name())} {text}")
    return "\n".join(said), list(numbers)


def _family(names: Sequence[list[str]], steps: Sequence[Turned], shown: set[str] | frozenset[str] | None) -> Family:
    made = {expression.meta.output_name() for _, expression in steps}
    read = {name for _, expression in steps for name in expression.meta.root_names()}
    reading = [i for i, name in enumerate(names[0]) if name not in made]
    making = [i for i, name in enumerate(names[0]) if name in made]
    making = [i for i in making if shown is None or any(own[i] in shown for own in names)]
    reads, makes = ([[own[i] for i in places] for own in names] for places in (reading, making))
    return Family(_grouped(steps), reads, makes, sorted((read & SHARED) | {"period_index"}))


def _grouped(steps: Sequence[Turned]) -> Stages:
    stages: dict[float, list[pl.Expr]] = {}
    for rank, expression in steps:
        stages.setdefault(rank, []).append(expression)
    return [stages[rank] for rank in sorted(stages)]


def _turned(steps: Sequence[Step]) -> list[Turned]:
    # Narwhals has no public way to ask for the native expression; its version is pinned and a test compares both paths.
    frame: Any = nw.from_native(pl.DataFrame({"region_code": [""]}))
    space = frame._compliant_frame.__narwhals_namespace__()
    compliant: list[tuple[float, Any]] = [(rank, expression._to_compliant_expr(space)) for rank, expression in steps]
    return [(rank, expression.native) for rank, expression in compliant]
