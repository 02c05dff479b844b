"""Province rank table (全省排位): value, the province's rate, gap to it, place, change since last period and year."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import polars as pl

from junxian.core.scoring.exact import publish, to_nano
from junxian.core.scoring.model import Rounding

_NOISE = 12  # significant digits that are compared; beyond them a float difference is noise, not a place
_TIMES = ("value", "previous", "last_year")


def rank_table(
    values: pl.DataFrame, *, falling: Sequence[str] = (), decimals: dict[str, int] | None = None
) -> pl.DataFrame:
    """Places by competition rank (1,2,2,4) of every indicator (RULES §8.2).

    `values`: region_code, indicator, value, and where known rate (the province's own figure), previous, last_year
    (values of the period before and a year before). `falling` names indicators where less is better, `decimals` those
    compared as published. Adds gap = value − rate, rank, n (units with figures), worse, tied; rank and n at the earlier
    times and the change in places since (positive = forward; null where either place is unknown). Where the number of
    units changed, compare `percentile` with its earlier values instead (RULES §1.8). Units without a figure keep their
    row with no place. All are in the unit of the value.
    """
    optional = [pl.lit(None, dtype=pl.Float64).alias(c) for c in ("rate", *_TIMES[1:]) if c not in values.columns]
    table = values.with_columns(optional)
    table = table.with_columns(_comparable(table, time, falling, decimals or {}) for time in _TIMES)
    table = table.with_columns(column for time in _TIMES for column in _places(time))
    x = pl.col("_value")
    return table.with_columns(
        gap=(pl.col("value") - pl.col("rate")).round(9),
        worse=pl.when(x.is_not_null()).then(x.rank("min").over("indicator").cast(pl.Int64) - 1),
        tied=pl.when(x.is_not_null()).then(pl.len().over("indicator", "_value") > 1),
        change=pl.col("previous_rank") - pl.col("rank"),
        change_last_year=pl.col("last_year_rank") - pl.col("rank"),
    ).drop("_value", "_previous", "_last_year")


def _comparable(table: pl.DataFrame, time: str, falling: Sequence[str], decimals: dict[str, int]) -> pl.Series:
    """One time's values as they are compared: finite, noise-free or as published, turned so that more is better."""
    figure = pl.when(pl.col(time).is_finite()).then(pl.col(time))
    steady = table.select("indicator", figure.alias("x")).with_columns(y=pl.col("x").round_sig_figs(_NOISE))
    for indicator, places in decimals.items():
        points = publish(to_nano(nw.col("x")), Rounding(places=places)).cast(nw.Float64) / 1e9
        rounded = nw.from_native(steady).select(points.alias("r")).to_native().get_column("r")
        steady = steady.with_columns(y=pl.when(pl.col("indicator") == indicator).then(rounded).otherwise("y"))
    turned = pl.when(pl.col("indicator").is_in(list(falling))).then(0.0 - pl.col("y")).otherwise(pl.col("y") + 0.0)
    return steady.select(turned.alias(f"_{time}")).to_series()


def _places(time: str) -> list[pl.Expr]:
    """Rank, number of units with figures and percentile (rank − 1)/(n − 1) at one time."""
    x = pl.col(f"_{time}")
    front = "" if time == "value" else f"{time}_"
    rank = x.rank("min", descending=True).over("indicator").cast(pl.Int64)
    n = x.count().over("indicator").cast(pl.Int64)
    share = pl.when(n > 1).then((rank - 1) / (n - 1))
    return [rank.alias(f"{front}rank"), n.alias(f"{front}n"), share.alias(f"{front}percentile")]
