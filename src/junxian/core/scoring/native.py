"""Native running (本机执行) on Polars: expressions turned native once, only the needed ones run, absences asked where met.

Turning a thousand Narwhals expressions takes longer than running them on nine counties, so a plan's turned stages are
kept; and where no unit lacks a mark, a criterion's absence rules need not be asked at all.
"""

from __future__ import annotations

from collections.abc import Sequence
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
LAST_MARK = 16.0  # ranks below are needed for every mark; results come after
_KEPT: WeakKeyDictionary[Plan, Kept] = WeakKeyDictionary()


class Kept:
    """A plan's native expressions and the stages already put together for a set of wanted columns and absences."""

    def __init__(self, plan: Plan) -> None:
        self.steps = _turned(plan.steps)
        self.absent = {k: _turned(steps) for k, steps in plan.absent.items()}
        self.complete = {k: _turned(steps) for k, steps in plan.complete.items()}
        self.marks = {node.index: f"c{node.index}f" for node in plan.nodes if not node.children}
        self.children = {node.index: node.children for node in plan.nodes}
        self.stages: dict[tuple[object, ...], Stages] = {}


def run_native(plan: Plan, panel: pl.DataFrame, keep: Sequence[str] | None) -> pl.DataFrame:
    """`Plan.run` on an eager Polars frame."""
    kept = _KEPT.get(plan)
    if kept is None:
        kept = _KEPT[plan] = Kept(plan)
    try:
        return _run(kept, panel, None if keep is None else tuple(keep))
    except pl.exceptions.InvalidOperationError as fault:
        raise RuleError("scoring.too_large", where=plan.scheme.id, limit="9e9") from fault


def _run(kept: Kept, panel: pl.DataFrame, wanted: tuple[str, ...] | None) -> pl.DataFrame:
    for stage in _stages(kept, "marks", wanted, None):
        panel = panel.with_columns(stage)
    asked = None if wanted is None else _with_absences(kept, panel)
    for stage in _stages(kept, "results", wanted, asked):
        panel = panel.with_columns(stage)
    return panel if wanted is None else panel.select(*ROW, *wanted)


def _with_absences(kept: Kept, panel: pl.DataFrame) -> frozenset[int]:
    """Nodes for which some unit lacks a mark, or whose rules must be asked anyway."""
    counts = panel.select(pl.col(list(kept.marks.values())).null_count()).row(0)
    asked = {k for k, nulls in zip(kept.marks, counts, strict=True) if nulls}
    asked |= {k for k in kept.absent if k not in kept.complete}
    for k, children in kept.children.items():  # children come before their group
        if asked & set(children):
            asked.add(k)
    return frozenset(asked)


def _stages(kept: Kept, part: str, wanted: tuple[str, ...] | None, asked: frozenset[int] | None) -> Stages:
    key = (part, wanted, asked)
    if key not in kept.stages:
        results = _results(kept, asked)
        later = [step for step in kept.steps if step[0] >= LAST_MARK] + results
        first = [step for step in kept.steps if step[0] < LAST_MARK]
        if wanted is not None:
            every = [step for steps in (*kept.absent.values(), *kept.complete.values()) for step in steps]
            later, needed = pruned(later, set(wanted))
            pool = needed if part == "results" else _roots([*later, *every]) | set(kept.marks.values())
            first = pruned(first, pool)[0]
        kept.stages[key] = _grouped(first if part == "marks" else later)
    return kept.stages[key]


def _results(kept: Kept, asked: frozenset[int] | None) -> list[Turned]:
    if asked is None:
        return [step for steps in kept.absent.values() for step in steps]
    return [step for k in kept.absent for step in (kept.absent if k in asked else kept.complete)[k]]


def _roots(steps: Sequence[Turned]) -> set[str]:
    return {name for _, expression in steps for name in expression.meta.root_names()}


def pruned(steps: Sequence[Turned], wanted: set[str]) -> tuple[list[Turned], set[str]]:
    """The steps that wanted columns rest on, and every column they read."""
    needed, kept = set(wanted), []
    for rank, expression in sorted(steps, key=lambda step: -step[0]):
        if expression.meta.output_name() in needed:
            needed.update(expression.meta.root_names())
            kept.append((rank, expression))
    return kept[::-1], needed


def _grouped(steps: Sequence[Turned]) -> Stages:
    stages: dict[float, list[pl.Expr]] = {}
    for rank, expression in steps:
        stages.setdefault(rank, []).append(expression)
    return [stages[rank] for rank in sorted(stages)]


def _turned(steps: Sequence[Step]) -> list[Turned]:
    # Narwhals has no public way to ask for the native expression; its version is pinned and a test compares both paths.
    space: Any = nw.from_native(pl.DataFrame({"region_code": [""]}))._compliant_frame.__narwhals_namespace__()
    return [(rank, expression._to_compliant_expr(space).native) for rank, expression in steps]

