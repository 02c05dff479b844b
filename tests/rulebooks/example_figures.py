"""The example city's figures of all rounds as one frame, straight from the generator, as the engine wants them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import polars as pl

from junxian.core.indicators.period import parse_period
from junxian.core.rulebook import Rulebook
from junxian.files.examples import ROUNDS, SEED
from junxian.files.examples.months import month_of
from junxian.files.examples.registers import register_rows
from junxian.files.rulebooks import load
from tests.files.examples.truth import expected

EXAMPLE = Path(__file__).parents[2] / "src" / "junxian" / "rulebooks" / "example"
SCHEMA = {
    "region_code": pl.String, "indicator": pl.String, "kind": pl.String, "period": pl.String, "calibre": pl.String,
    "value": pl.Float64, "state": pl.String, "source": pl.String,
}  # fmt: skip


@lru_cache(maxsize=1)
def rules() -> Rulebook:
    """The shipped rulebook, read once."""
    return load(EXAMPLE)


@lru_cache(maxsize=1)
def observed() -> pl.DataFrame:
    """Every figure and event as handed in, without planted faults; adds period_index and series."""
    rows: dict[tuple[str, ...], tuple[float | None, str, str]] = {}
    for period in ROUNDS:
        for (unit, code, kind, when), (value, state) in expected(SEED, period).items():
            rows[unit, code, kind, when, ""] = (None if value is None else float(value), state, "")
        for row in register_rows(month_of(SEED, period)):
            if row["kind"] == "M":
                key = (str(row["region_code"]), str(row["indicator"]), "M", period, str(row.get("calibre", "")))
                rows[key] = (float(str(row["value"])), "reported", str(row["source"]))
    frame = pl.DataFrame([(*key, *cell) for key, cell in rows.items()], schema=SCHEMA, orient="row")
    indices = {period: parse_period(period).index for period in frame.get_column("period").unique()}
    return frame.with_columns(
        period_index=pl.col("period").replace_strict(indices, return_dtype=pl.Int64),
        series=pl.concat_str("indicator", "kind", "calibre", separator="|"),
    )
