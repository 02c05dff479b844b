"""Receipts (得分凭据): from a unit's points back to figures, cells, clauses, reference values, places and the next step.

A receipt lists every parameter the score read, whether the author wrote it or a default said it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from junxian.core.formulas import Leaf
from junxian.core.scoring.exact import NANO
from junxian.core.scoring.methods import Step
from junxian.core.scoring.model import Criterion, Scheme
from junxian.core.scoring.panel import series_of
from junxian.core.scoring.plan import NodePlan, Plan
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
        (pl.col(node.column("n")) / NANO if leaf else nothing).alias("normalised"),
        (pl.col(node.column("p")) / NANO).alias("points"),
        (pl.col(node.column("m")) / NANO).alias("maximum"),
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


def receipts(scored: pl.DataFrame, plan: Plan, sources: Mapping[tuple[str, str, int], Row]) -> dict[str, list[Row]]:
    """For every region the receipt lines of all nodes, in the order written.

    scored: one period's collected `plan.run`. sources: (region_code, series, period_index) → the observation's row.
    """
    rows = scored.to_dicts()
    peers = {node.index: _standing(scored, node) for node in plan.nodes if isinstance(node.node, Criterion)}
    return {row["region_code"]: [_line(row, plan, node, peers, rows, sources) for node in plan.nodes] for row in rows}


def _line(
    row: Row, plan: Plan, node: NodePlan, peers: Mapping[int, Any], rows: list[Row], sources: Mapping[Any, Row]
) -> Row:
    line: Row = {
        "criterion": node.node.key,
        "name": spoken(node.node.name),
        "parent": None if node.parent is None else plan.nodes[node.parent].node.key,
        "clause": node.node.clause,
        "points": _number(row[node.column("p")]),
        "maximum": _number(row[node.column("m")]),
        "role": ("counted", "renormalised", "own_maximum", "no_result")[row[node.column("o")]],
        "parameters": parameters(plan.scheme, node),
    }
    if node.labelled:
        line["label"] = row[node.column("g")]
    if isinstance(node.node, Criterion):
        return line | _criterion(row, plan, node, peers[node.index], rows, sources)
    weights = {plan.nodes[c].node.key: _weight(row, node, c) for c in node.children}
    return line | {"children": list(weights), "weights": weights}


def _weight(row: Row, node: NodePlan, child: int) -> float | None:
    """The weight a group gave a child; groups that merely add their children have no weight columns."""
    column = f"{node.column()}_w{child}"
    return _number(row[column]) if column in row else 1.0


def _number(points: int | None) -> float | None:
    return None if points is None else points / NANO


def _criterion(row: Row, plan: Plan, node: NodePlan, standing: Any, rows: list[Row], sources: Mapping[Any, Row]) -> Row:
    place = standing.get(row["region_code"], {})
    return {
        "formula": node.formula.text if node.formula else "",
        "unit": getattr(node.node, "unit", None) or (node.formula.unit if node.formula else None) or "",
        "inputs": [_input(row, plan, leaf, sources) for leaf in node.leaves],
        "value": row[node.column()],
        "state": STATE_WORDS[row[node.column("t")]],
        "references": {
            name: _reference(row, node, name, column, rows)
            for name, column in node.references.items()
            if name not in DERIVED
        },
        "normalised": _number(row[node.column("n")]),
        **place,
        "next_step": next_step(row, node, place),
    }


def _input(row: Row, plan: Plan, leaf: Leaf, sources: Mapping[Any, Row]) -> Row:
    column = plan.leaf_column(leaf)
    region = {"": row["region_code"], "parent": row.get("parent"), "root": row.get("root")}.get(leaf.place, leaf.place)
    index = leaf.index_at(row["period_index"])
    found = sources.get((str(region), series_of(leaf.indicator, leaf.kind, leaf.calibre), index), {})
    return {
        "indicator": leaf.indicator, "kind": leaf.kind, "calibre": leaf.calibre, "region_code": region,
        "period_index": index, "gathered": leaf.gather, "value": row[column],
        "state": _leaf_state(row, column), "source": found,
    }  # fmt: skip


def _leaf_state(row: Row, column: str) -> str:
    code = row[f"{column}s"]
    return STATE_WORDS[code] if code is not None else "not_reported" if row[column] is None else "reported"


def _reference(row: Row, node: NodePlan, name: str, column: str | float, rows: list[Row]) -> Row:
    """A reference value and, where a peer set it, who."""
    value = row.get(column) if isinstance(column, str) else column
    found: Row = {"value": value}
    word = getattr(getattr(node.node, "method", None), name, None)
    if word in ("min", "max") and value is not None:
        own = [r["region_code"] for r in rows if r["group"] == row["group"] and r[node.column()] == value]
        found |= {"statistic": word, "set_by": own}
    elif isinstance(word, str):
        found["statistic" if word in ("mean", "median") or word.startswith("p") else "formula"] = word
    return found


def _standing(scored: pl.DataFrame, node: NodePlan) -> dict[str, Row]:
    """Place among the peers on the criterion's own value: rank, how many have a figure, whether the place is shared."""
    down = getattr(node.node, "direction", "+") != "-"
    value = pl.col(node.column())
    placed = scored.filter(value.is_not_null()).select(
        "region_code",
        rank=value.rank("min", descending=down).over("group").cast(pl.Int64),
        n=pl.len().over("group"),
        tied=pl.len().over("group", node.column()) > 1,
        above=_nearest_better(value, down).over("group"),
    )
    return {r.pop("region_code"): r for r in placed.to_dicts()}


def _nearest_better(value: pl.Expr, down: bool) -> pl.Expr:
    """The value of the next distinct place above; null at the top."""
    dense = value.rank("dense", descending=down)
    distinct = value.unique().sort(descending=down)
    return pl.when(dense > 1).then(distinct.gather((dense.cast(pl.Int64) - 2).clip(0, None))).otherwise(None)


def next_step(row: Row, node: NodePlan, place: Row) -> Row:
    """What comes next: the rung, target or place above, and how far it is. Analysis of a locked period, no target."""
    value = row[node.column()]
    if value is None:
        return {}
    steps: Iterable[Step] = getattr(getattr(node.node, "method", None), "steps", ())
    higher = [s.at_least for s in steps if s.at_least is not None and s.at_least > value]
    if higher:
        return {"to": "rung", "value": min(higher), "distance": min(higher) - value}
    given = node.references.get("target")
    target = row.get(given) if isinstance(given, str) else given
    if target is not None and (value < target) == (getattr(node.node, "direction", "+") == "+") and value != target:
        return {"to": "target", "value": target, "distance": abs(target - value)}
    if place.get("above") is not None:
        return {"to": "place", "value": place["above"], "distance": abs(place["above"] - value)}
    return {"to": "top"}
