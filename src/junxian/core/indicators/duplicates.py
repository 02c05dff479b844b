"""Duplicates (重复): one figure stated more than once, in one sheet or in two files."""

from __future__ import annotations

import polars as pl

from junxian.core.indicators.known import key_hash
from junxian.core.indicators.rules import FINDING_COLUMNS

DUPLICATE_KEY = ("region_code", "indicator", "kind", "calibre", "stage", "period", "published_at", "revision")


def settle_duplicates(observations: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Figures stated more than once: equal ones are kept once, different ones are taken from neither place.

    Returns the observations left and the findings (rule `duplicate`) about every place but the first.
    """
    twice = _twice(observations)
    if twice is None:
        return observations, pl.DataFrame(schema=dict.fromkeys(FINDING_COLUMNS, pl.String))
    first = pl.col("_row").min().over(DUPLICATE_KEY)
    told = twice.with_columns(
        (pl.col("_row") != first).alias("_again"),
        (pl.struct("value", "state").n_unique().over(DUPLICATE_KEY) == 1).alias("_equal"),
        pl.concat_str("file", "sheet", "cell", separator=" ").first().over(DUPLICATE_KEY).alias("_first"),
        pl.col("value").over(DUPLICATE_KEY, mapping_strategy="join").alias("_values"),
    )
    return _without(observations, told), _findings(told.filter("_again"))


def _twice(observations: pl.DataFrame) -> pl.DataFrame | None:
    """Rows whose key occurs more than once, with `_row`; a hash screens first."""
    if observations.is_empty():
        return None
    hashed = observations.select(key_hash(DUPLICATE_KEY).alias("h")).get_column("h")
    if hashed.n_unique() == observations.height:
        return None
    rows = observations.with_row_index("_row").filter(hashed.is_duplicated())
    twice = rows.filter(pl.struct(DUPLICATE_KEY).is_duplicated())
    return None if twice.is_empty() else twice


def _without(observations: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The frame less the repeated rows; a figure with two values keeps its first place but no value."""
    number = pl.int_range(pl.len(), dtype=pl.UInt32)
    void = told.filter(~pl.col("_again"), ~pl.col("_equal")).get_column("_row")
    again = told.filter("_again").get_column("_row")
    neither = number.is_in(void.implode())
    settled = observations.with_columns(
        pl.when(neither).then(None).otherwise("value").alias("value"),
        pl.when(neither).then(pl.lit("not_reported")).otherwise("state").alias("state"),
    )
    return settled.filter(~number.is_in(again.implode()))


def _findings(again: pl.DataFrame) -> pl.DataFrame:
    equal = pl.col("_equal")
    facts = pl.struct(
        pl.col("region_code").alias("region"), "indicator", "period",
        pl.col("_first").alias("first"), pl.col("_values").alias("values"),
    )  # fmt: skip
    code = pl.when(equal).then(pl.lit("checks.duplicate_same")).otherwise(pl.lit("checks.duplicate_differs"))
    return again.select(
        "file", "sheet", "cell",
        pl.when(equal).then(pl.lit("warning")).otherwise(pl.lit("error")).alias("severity"),
        pl.lit("duplicate").alias("rule"), code.alias("code"), facts.struct.json_encode().alias("facts"),
    )  # fmt: skip
