"""Standing (称职门槛): what the bottom lines say of each unit before any point is looked at."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from junxian.core.bottomlines.alerts import severity
from junxian.core.bottomlines.model import NOT_WATCHED, Events, Level, Line


def judge_standing(
    alerts: pl.DataFrame, lines: Sequence[Line], regions: Sequence[str], *, level: Level = "red", ids: Collection[str]
) -> pl.DataFrame:
    """region_code, standing ∈ {pass, fail, veto, unknown}, failed (line ids): lines `ids` judged at `level` or worse.

    Only a breach fails: an early warning never does. A veto counts whatever the level. A unit that a line could not
    watch, or does not mention, is `unknown`, except for event lines, where no matter on file means none. A breach
    outranks an unknown: what is missing elsewhere does not heal it.
    """
    ours = alerts.filter(pl.col("line").is_in(list(ids)))
    worse = severity(pl.col("level"))
    failed = pl.col("breach") & (worse >= severity(pl.lit(level)))
    judged = ours.group_by("region_code").agg(
        veto=(pl.col("breach") & (pl.col("level") == "veto")).any(),
        fail=failed.any(),
        silent=(pl.col("level") == NOT_WATCHED).any(),
        seen=pl.col("line").filter(pl.col("line").is_in(_watched(lines, ids))).n_unique(),
        failed=pl.col("line").filter(failed).unique(maintain_order=True),
    )
    whole = pl.DataFrame({"region_code": list(regions)}, schema={"region_code": pl.String})
    table = whole.join(judged, on="region_code", how="left", maintain_order="left")
    lacking = pl.col("silent").fill_null(value=False) | (pl.col("seen").fill_null(0) < len(_watched(lines, ids)))
    said = (
        pl.when(pl.col("veto").fill_null(value=False)).then(pl.lit("veto"))
        .when(pl.col("fail").fill_null(value=False)).then(pl.lit("fail"))
        .when(lacking).then(pl.lit("unknown")).otherwise(pl.lit("pass"))
    )  # fmt: skip
    empty = pl.lit([], dtype=pl.List(pl.String))
    return table.select("region_code", said.alias("standing"), pl.col("failed").fill_null(empty))


def _watched(lines: Sequence[Line], ids: Collection[str]) -> list[str]:
    """The named lines that must have a figure for every unit."""
    return [line.id for line in lines if line.id in ids and not isinstance(line.watch, Events)]
