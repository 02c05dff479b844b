"""Peers alike in means (榜样): the nearest units that are better in the target, Σ w·|z(x_i) − z(x_j)| (RULES §8.3)."""

from __future__ import annotations

import polars as pl

from junxian.core.benchmarks.model import Peers
from junxian.core.errors import DataError


def nearest(figures: pl.DataFrame, unit: str, rule: Peers) -> pl.DataFrame:
    """The k nearest units that are strictly better in the target; units as near as the k-th come with it.

    `figures`: region_code, target, and one column for each of the rule's means. z uses mean and population standard
    deviation over units that have every figure; a mean in which all are equal tells nobody apart. Returns region_code,
    target, distance, place, nearest first. A unit that lacks a figure is no candidate; if it is `unit` itself, it is
    refused (`benchmarks.peer_without_figures`).
    """
    columns = ["target", *rule.means]
    whole = figures.filter(pl.all_horizontal(pl.col(columns).is_finite().fill_null(value=False)))
    if whole.filter(pl.col("region_code") == unit).height != 1:
        lacking = _lacking(figures, unit, columns)
        raise DataError("benchmarks.peer_without_figures", unit=unit, indicators="、".join(lacking))
    scaled = whole.sort("region_code").with_columns(_z(name) for name in rule.means)
    own = scaled.row(by_predicate=pl.col("region_code") == unit, named=True)
    apart = pl.sum_horizontal((pl.col(f"_{name}") - own[f"_{name}"]).abs() * w for name, w in rule.means.items())
    better = pl.col("target") > own["target"] if rule.better == "high" else pl.col("target") < own["target"]
    found = scaled.filter(better).select("region_code", "target", distance=apart.round(9))
    placed = found.with_columns(place=pl.col("distance").rank("min").cast(pl.Int64))
    return placed.filter(pl.col("place") <= rule.k).sort("distance", "region_code")


def _z(name: str) -> pl.Expr:
    spread = pl.col(name).std(ddof=0)
    same = pl.col(name).max() == pl.col(name).min()  # equal figures may leave a spread of float noise
    return pl.when(same).then(0.0).otherwise((pl.col(name) - pl.col(name).mean()) / spread).alias(f"_{name}")


def _lacking(figures: pl.DataFrame, unit: str, columns: list[str]) -> list[str]:
    rows = figures.filter(pl.col("region_code") == unit).select(columns)
    return [name for name in columns if not rows.get_column(name).is_finite().any()]
