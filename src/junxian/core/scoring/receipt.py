"""Receipts (得分凭据): from points back to figures, cells, clauses, reference values, places and the next step.

A receipt lists every parameter the score read, whether the author wrote it or a default said it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from junxian.core.formulas import Leaf
from junxian.core.scoring.exact import NANO
from junxian.core.scoring.methods import Ladder
from junxian.core.scoring.model import Criterion, Scheme
from junxian.core.scoring.panel import series_of
from junxian.core.scoring.plan import NodePlan, Plan
from junxian.core.scoring.references import SPREADS, STATISTIC
from junxian.core.scoring.route import STATE_WORDS
from junxian.core.text import spoken

Row = dict[str, Any]
DERIVED = {"start", "span", "stride"}  # worked out of the goalposts, which are shown
POINTS_COLUMNS = (
    "region_code", "criterion", "value", "state", "normalised", "points", "maximum", "parent", "depth", "name", "label",
)  # fmt: skip


def points_table(scored: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """One row per unit and node, root last: POINTS_COLUMNS; groups have no value, state or mark of their own."""
    parts = [_node_rows(scored, plan, node) for node in plan.nodes]
    return pl.concat(parts).select(POINTS_COLUMNS)


def _node_rows(scored: pl.DataFrame, plan: Plan, node: NodePlan) -> pl.DataFrame:
    leaf = isinstance(node.node, Criterion)
    state = pl.col(node.column("t")).replace_strict(STATE_WORDS, return_dtype=pl.String) if leaf else pl.lit("")
    nothing = pl.lit(None, dtype=pl.Float64)
    return scored.select(
        "region_code",
        pl.lit(node.node.key).alias("criterion"),
        (pl.col(node.column()).cast(pl.Float64) if leaf else nothing).alias("value"),
        state.alias("state"),
        ((pl.col(node.column("n")) / NANO).round(9) if leaf else nothing).alias("normalised"),
        ((pl.col(node.column("p")) / NANO).round(9)).alias("points"),
        ((pl.col(node.column("m")) / NANO).round(9)).alias("maximum"),
        pl.lit("" if node.parent is None else plan.nodes[node.parent].node.key).alias("parent"),
        pl.lit(node.depth).alias("depth"),
        pl.lit(spoken(node.node.name)).alias("name"),
        (pl.col(node.column("g")) if node.labelled else pl.lit(None, dtype=pl.String)).alias("label"),
    )


def parameters(scheme: Scheme, node: NodePlan) -> Row:
    """Every parameter behind a node: its own fields, its method's and the scheme's rules it follows."""
    own = node.node.model_dump(mode="json", by_alias=True, exclude={"of", "method"})
    if isinstance(node.node, Criterion):
        method = node.node.method
        own["method"] = {"kind": method.kind, **method.model_dump(mode="json", by_alias=True)}
        own["missing"] = {
            state: getattr(node.node.missing, state) or getattr(scheme.missing, state)
            for state in type(scheme.missing).model_fields
        }
        own["ties"] = node.node.ties or scheme.ties
    return own


def receipts(scored: pl.DataFrame, plan: Plan, sources: Mapping[Source, Row]) -> dict[str, list[Row]]:
    """For every region the receipt lines of all nodes, in the order written.

    scored: one period's collected `plan.run`. sources: (region_code, series, period_index) → the observation's row.
    """
    standing = {node.index: _standing(scored, node) for node in plan.nodes if isinstance(node.node, Criterion)}
    trace = Trace(plan, scored.to_dicts(), sources, standing)
    return {row["region_code"]: [_line(row, node, trace) for node in plan.nodes] for row in trace.rows}


Source = tuple[str, str, int]


@dataclass(frozen=True)
class Trace:
    """What every line of one period's receipts is told from; standing: node → region_code → its place."""

    plan: Plan
    rows: list[Row]
    sources: Mapping[Source, Row]
    standing: Mapping[int, Mapping[str, Row]]


def _line(row: Row, node: NodePlan, trace: Trace) -> Row:
    nodes = trace.plan.nodes
    line: Row = {
        "criterion": node.node.key,
        "name": spoken(node.node.name),
        "parent": None if node.parent is None else nodes[node.parent].node.key,
        "clause": node.node.clause,
        "points": _number(row[node.column("p")]),
        "maximum": _number(row[node.column("m")]),
        "role": ("counted", "renormalised", "own_maximum", "no_result")[row[node.column("o")]],
        "parameters": parameters(trace.plan.scheme, node),
    }
    if node.labelled:
        line["label"] = row[node.column("g")]
    if isinstance(node.node, Criterion):
        return line | _criterion(row, node, node.node, trace)
    weights = {nodes[child].node.key: _weight(row, node, child) for child in node.children}
    return line | {"children": list(weights), "weights": weights}


def _weight(row: Row, node: NodePlan, child: int) -> float | None:
    """The weight a group gave a child; groups that merely add their children have no weight columns."""
    column = f"{node.column()}_w{child}"
    return _number(row[column]) if column in row else 1.0


def _number(points: int | None) -> float | None:
    return None if points is None else points / NANO


def _criterion(row: Row, node: NodePlan, criterion: Criterion, trace: Trace) -> Row:
    place = trace.standing[node.index].get(row["region_code"], {})
    shown = [name for name in node.references if name not in DERIVED]
    return {
        "formula": node.formula.text if node.formula else "",
        "unit": criterion.unit or (node.formula.unit if node.formula else None) or "",
        "inputs": [_input(row, leaf, trace) for leaf in node.leaves],
        "value": row[node.column()],
        **({} if node.marked == node.column() else {"marked_value": row[node.marked]}),
        "state": STATE_WORDS[row[node.column("t")]],
        "references": {name: _reference(row, node, name, trace.rows) for name in shown},
        "normalised": _number(row[node.column("n")]),
        **place,
        "next_step": next_step(row, node, criterion, place),
    }


def _input(row: Row, leaf: Leaf, trace: Trace) -> Row:
    column = trace.plan.leaf_column(leaf)
    region = {"": row["region_code"], "parent": row.get("parent"), "root": row.get("root")}.get(leaf.place, leaf.place)
    index = leaf.index_at(row["period_index"])
    found = trace.sources.get((str(region), series_of(leaf.indicator, leaf.kind, leaf.calibre), index), {})
    return {
        "indicator": leaf.indicator, "kind": leaf.kind, "calibre": leaf.calibre, "region_code": region,
        "period_index": index, "gathered": leaf.gather, "value": row[column],
        "state": _leaf_state(row, column), "source": found,
    }  # fmt: skip


def _leaf_state(row: Row, column: str) -> str:
    code = row[f"{column}s"]
    return STATE_WORDS[code] if code is not None else "not_reported" if row[column] is None else "reported"


def _reference(row: Row, node: NodePlan, name: str, rows: list[Row]) -> Row:
    """A reference value and, where a peer set it, who."""
    column = node.references[name]
    value = row.get(column) if isinstance(column, str) else column
    found: Row = {"value": value}
    word = getattr(getattr(node.node, "method", None), name, None)
    if word in ("min", "max") and value is not None:
        own = [r["region_code"] for r in rows if r["group"] == row["group"] and r[node.marked] == value]
        return found | {"statistic": word, "set_by": own}
    if isinstance(word, str):
        found["statistic" if STATISTIC.fullmatch(word) or word in SPREADS else "formula"] = word
    return found


def _standing(scored: pl.DataFrame, node: NodePlan) -> dict[str, Row]:
    """Place among the peers on what is marked: rank, how many have a figure, whether the place is shared."""
    down = getattr(node.node, "direction", "+") != "-"
    value = pl.col(node.marked)
    placed = scored.filter(value.is_not_null()).select(
        "region_code",
        rank=value.rank("min", descending=down).over("group").cast(pl.Int64),
        n=pl.len().over("group"),
        tied=pl.len().over("group", node.marked) > 1,
        above=_nearest_better(value, down=down).over("group"),
    )
    return {r.pop("region_code"): r for r in placed.to_dicts()}


def _nearest_better(value: pl.Expr, *, down: bool) -> pl.Expr:
    """The value of the next distinct place above; null at the top."""
    dense = value.rank("dense", descending=down)
    distinct = value.unique().sort(descending=down)
    return pl.when(dense > 1).then(distinct.gather((dense.cast(pl.Int64) - 2).clip(0, None))).otherwise(None)


def next_step(row: Row, node: NodePlan, criterion: Criterion, place: Row) -> Row:
    """What comes next: the rung, target or place above, and how far it is. Analysis of a locked period, no target."""
    value = row[node.marked]
    if value is None:
        return {}
    good = 1 if criterion.direction != "-" else -1
    bounds = [_value(row, node, name) for name in node.references if name.startswith("step_")]
    beyond = [bound for bound in bounds if bound is not None and good * (bound - value) > 0]
    if beyond and isinstance(criterion.method, Ladder):
        nearest = min(beyond, key=lambda bound: abs(bound - value))
        return {"to": "rung", "value": nearest, "distance": abs(nearest - value)}
    target = _value(row, node, "target")
    if target is not None and good * (target - value) > 0:
        return {"to": "target", "value": target, "distance": abs(target - value)}
    if place.get("above") is not None:
        return {"to": "place", "value": place["above"], "distance": abs(place["above"] - value)}
    return {"to": "top"}


def _value(row: Row, node: NodePlan, name: str) -> float | None:
    given = node.references.get(name)
    return row.get(given) if isinstance(given, str) else given
