"""The panel (计算底表): for every unit and period judged, one column per figure the formulas read, with its state.

A leaf `i` becomes `x{i}` (Float64, in the card's unit) and `x{i}s` (Int8: 1 late, 2 not reported, 3 not applicable;
null: reported where there is a value, not reported where there is none). Works on Polars and, through Narwhals, on
Spark; only the turn from long to wide is said twice (`lookup`), because eager Polars does it faster than joins do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw

from junxian.core.formulas.model import Leaf
from junxian.core.scoring.lookup import look_up
from junxian.core.scoring.route import Look, Route, place_of, reached, state_code


def series_of(indicator: str, kind: str, calibre: str) -> str:
    """The key of one series in a snapshot's `series` column."""
    return f"{indicator}|{kind}|{calibre}"


def gather(observations: Any, rows: Any, leaves: Sequence[Leaf]) -> Any:
    """The panel as a native frame, eager on Polars and lazy elsewhere.

    observations: native frame with region_code, period_index, series, value, state — one row per key (on eager Polars
    a second one is refused, DataError `scoring.figure_twice`). rows: native frame with region_code, period_index,
    group, parent, root (`rows_of`). Both of one engine.
    """
    long = nw.from_native(observations)
    panel: Any = nw.from_native(rows).with_columns(month=(nw.col("period_index") % 12 + 1).cast(nw.Int64))
    plain = [(i, leaf) for i, leaf in enumerate(leaves) if not leaf.gather]
    looks = [look for i, leaf in plain for look in _looks(i, leaf)]
    if looks and isinstance(long, nw.DataFrame):
        panel = nw.from_native(look_up(long.to_native(), panel.to_native(), looks))
    elif looks:
        wide = _widen(long, sorted({look.series for look in looks}))
        for route in dict.fromkeys(look.route for look in looks):
            panel = _join(panel, wide, [look for look in looks if look.route == route])
    for i, leaf in enumerate(leaves):
        if leaf.gather:
            panel = _join_gathered(panel, long, i, leaf)
    for i, leaf in plain:
        if leaf.carry:
            panel = _carried(panel, i, leaf)
    return panel.to_native()


def rows_of(groups: Mapping[str, str], parents: Mapping[str, str], root: str, indices: Sequence[int]) -> Any:
    """Rows to judge as a Polars frame: every unit (code → group) at every period index."""
    import polars as pl

    codes = list(groups)
    frame = pl.DataFrame(
        {"region_code": codes, "group": [groups[c] for c in codes], "parent": [parents.get(c, "") for c in codes]},
        schema={"region_code": pl.String, "group": pl.String, "parent": pl.String},
    ).with_columns(root=pl.lit(root))
    return frame.join(pl.DataFrame({"period_index": list(indices)}, schema={"period_index": pl.Int64}), how="cross")


def _looks(i: int, leaf: Leaf) -> list[Look]:
    series = series_of(leaf.indicator, leaf.kind, leaf.calibre)
    return [
        Look(
            f"x{i}_{k}" if k else f"x{i}",
            series,
            Route(leaf.back + k, leaf.december, leaf.after, leaf.kind == "Y", leaf.place),
        )
        for k in range(leaf.carry + 1)
    ]


def _widen(long: Any, series: list[str]) -> Any:
    """One row per unit and period; per series its value and, as `…§`, its state code."""
    kept = long.filter(nw.col("series").is_in(series))
    values = [nw.when(nw.col("series") == s).then(nw.col("value")).otherwise(None).alias(s) for s in series]
    codes = [nw.when(nw.col("series") == s).then(state_code()).otherwise(None).alias(f"{s}§") for s in series]
    tops = [nw.col(c).max() for s in series for c in (s, f"{s}§")]
    return kept.with_columns(*values, *codes).group_by("region_code", "period_index").agg(*tops)


def _join(panel: Any, wide: Any, looks: list[Look]) -> Any:
    route = looks[0].route
    names = {"region_code": "_region", "period_index": "_index"}
    by_series: dict[str, list[str]] = {}
    for look in looks:
        by_series.setdefault(look.series, []).append(look.column)
    names |= {name: columns[0] for name, columns in by_series.items()}
    names |= {f"{name}§": f"{columns[0]}s" for name, columns in by_series.items()}
    right = wide.select(*names).rename(names)
    panel = panel.with_columns(_region=place_of(route.place), _index=reached(route))
    panel = panel.join(right, on=["_region", "_index"], how="left").drop("_region", "_index")
    twins = [(columns[0], other) for columns in by_series.values() for other in columns[1:]]
    again = [nw.col(f"{first}{mark}").alias(f"{other}{mark}") for first, other in twins for mark in ("", "s")]
    return panel.with_columns(*again) if again else panel


def _carried(panel: Any, i: int, leaf: Leaf) -> Any:
    """The last figure stands in for `carry` months, counts as late, and shows; what does not apply is not carried."""
    here, state = nw.col(f"x{i}"), nw.col(f"x{i}s")
    earlier = nw.coalesce(here, *(nw.col(f"x{i}_{k}") for k in range(1, leaf.carry + 1)))
    value = nw.when(state.fill_null(0) == 3).then(here).otherwise(earlier)
    stood_in = here.is_null() & ~value.is_null()
    code = nw.when(stood_in).then(nw.lit(1)).otherwise(state).cast(nw.Int8)
    panel = panel.with_columns(value.alias(f"x{i}"), code.alias(f"x{i}s"))
    return panel.drop([f"x{i}_{k}{mark}" for k in range(1, leaf.carry + 1) for mark in ("", "s")])


def _join_gathered(panel: Any, long: Any, i: int, leaf: Leaf) -> Any:
    """A leaf over all calibres of a figure (ballots, matters) or over the months of the year up to the one reached."""
    scope, how, *limit = leaf.gather.split(":")
    route = Route(leaf.back, leaf.december, leaf.after, leaf.kind == "Y", leaf.place)
    panel = panel.with_columns(_region=place_of(leaf.place), _index=reached(route))
    start = f"{leaf.indicator}|{leaf.kind}|"
    if scope == "calibres":
        own = long.filter(nw.col("series").cast(nw.String).str.starts_with(start))
        keys = ["_region", "_index"]
        right = own.select(nw.col("region_code").alias("_region"), nw.col("period_index").alias("_index"), "value")
    else:
        own = long.filter(nw.col("series") == start + leaf.calibre)
        seen = own.select(nw.col("region_code").alias("_region"), nw.col("period_index").alias("_at"), "value")
        spots = panel.select("_region", "_index").unique()
        paired = spots.join(seen, on="_region", how="inner")
        within = (nw.col("_at") <= nw.col("_index")) & (nw.col("_at") >= nw.col("_index") - nw.col("_index") % 12)
        keys, right = ["_region", "_index"], paired.filter(within).select("_region", "_index", "value")
    summed = (
        right.filter(~nw.col("value").is_null())
        .group_by(*keys)
        .agg(
            _n=nw.col("value").count(),
            _sum=nw.col("value").sum(),
            _low=nw.col("value").min(),
            _high=nw.col("value").max(),
        )
    )
    value = _gathered(how, int(limit[0]) if limit else 0)
    panel = panel.join(summed.with_columns(value.alias(f"x{i}")).select(*keys, f"x{i}"), on=keys, how="left")
    return panel.with_columns(nw.lit(None, nw.Int8).alias(f"x{i}s")).drop("_region", "_index")


def _gathered(how: str, least: int) -> nw.Expr:
    n, total = nw.col("_n").cast(nw.Float64), nw.col("_sum")
    if how == "trimmed_mean":
        trimmed = (total - nw.col("_low") - nw.col("_high")) / nw.when(n > 2).then(n - 2).otherwise(nw.lit(1.0))
        return nw.when(n >= least).then(trimmed).otherwise(total / n)
    return {"sum": total, "count": n, "mean": total / n, "min": nw.col("_low"), "max": nw.col("_high")}[how]
