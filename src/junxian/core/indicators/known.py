"""What was known when (何时已知): revisions, stages and "as known on" over the append-only observations."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from junxian.core.errors import DataError
from junxian.core.indicators.model import OBSERVATION_COLUMNS, STAGES
from junxian.core.indicators.period import parse_period

KEY = ("region_code", "indicator", "period", "kind", "calibre")
_DEFAULTS: dict[str, object] = {"value": None, "revision": 0, "state": "reported", "source_kind": "file"}


def complete(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with all canonical columns in canonical order; what was not given is empty, never invented.

    DataError `observations.missing_columns` where a key column is absent.
    """
    lacking = [name for name in ("region_code", "indicator", "period", "value") if name not in frame.columns]
    if lacking:
        raise DataError("observations.missing_columns", columns=", ".join(lacking))
    added = [
        pl.lit(_DEFAULTS.get(name, ""), dtype=pl.Float64 if name == "value" else None).alias(name)
        for name in OBSERVATION_COLUMNS
        if name not in frame.columns
    ]
    types = [
        pl.col(name).cast(pl.Float64 if name == "value" else pl.Int64 if name == "revision" else pl.String)
        for name in OBSERVATION_COLUMNS
    ]
    filled = [pl.col(n).fill_null("") for n in OBSERVATION_COLUMNS if n not in ("value", "revision")]
    return frame.with_columns(added).select(types).with_columns(*filled, pl.col("revision").fill_null(0))


def with_index(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `period_index` (Int64), the ordinal of the period's last month."""
    texts = frame.get_column("period").unique().to_list()
    indices = [parse_period(text).index for text in texts]
    number = pl.col("period").replace_strict(texts, indices, return_dtype=pl.Int64) if texts else pl.lit(0, pl.Int64)
    return frame.with_columns(number.alias("period_index"))


def known_on(frame: pl.DataFrame, day: str) -> pl.DataFrame:
    """Only what had been published by that day (ISO); rows without a publication date count as always known."""
    return frame.filter((pl.col("published_at") == "") | (pl.col("published_at") <= day))


def unrepeated(frame: pl.DataFrame, key: Sequence[str]) -> bool:
    """Whether no key occurs twice, by one number per row: True is certain, False wants the exact comparison."""
    if frame.height < 2:
        return True
    return frame.select(key_hash(key)).to_series().n_unique() == frame.height


def key_hash(names: Sequence[str]) -> pl.Expr:
    """One number for several columns; equal keys have equal numbers, unequal ones hardly ever."""
    mixed = pl.col(names[0]).hash(1)
    for seed, name in enumerate(names[1:], start=2):
        mixed = mixed ^ pl.col(name).hash(seed)
    return mixed


def latest(frame: pl.DataFrame, key: Sequence[str] = KEY) -> pl.DataFrame:
    """One row per key: the latest by publication day, stage and revision; later rows win a tie (append-only)."""
    if unrepeated(frame, key):
        return frame
    twice = frame.select(key).is_duplicated()
    if not twice.any():
        return frame
    stage = pl.col("stage").replace_strict(list(STAGES), list(range(len(STAGES))), return_dtype=pl.Int64, default=0)
    rivals = frame.select(*key, "published_at", "revision", _stage=stage).with_row_index("_row").filter(twice)
    ordered = rivals.sort("published_at", "_stage", "revision", "_row")
    won = ordered.unique(subset=list(key), keep="last").get_column("_row")
    keep = (~twice).scatter(won, True)
    return frame.filter(keep)
