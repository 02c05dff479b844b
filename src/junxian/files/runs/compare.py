"""Comparing two runs (两期对比): every unit's change split into missing, own, others and rule; parts sum exactly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from junxian.core.errors import DataError
from junxian.core.rulebook.judge import judge, prepare
from junxian.core.rulebook.split import Side, split_change
from junxian.core.scoring.exact import NANO
from junxian.files.rulebooks import load
from junxian.files.runs.record import read_record
from junxian.files.snapshots import read_snapshot


@dataclass(frozen=True)
class Compared:
    """Both runs' records, the units' names and the table in points: before, after, missing, own, others, rule."""

    first: dict[str, Any]
    second: dict[str, Any]
    table: pl.DataFrame


def compare(first: Path, second: Path) -> Compared:
    """Split the change from the first run to the second; DataError `compare.schemes` where they judge other things."""
    sides = [_side(folder) for folder in (first, second)]
    schemes = [side.compiled.scheme.id for side in sides]
    if schemes[0] != schemes[1]:
        raise DataError("compare.schemes", first=schemes[0], second=schemes[1])
    table = split_change(*sides)
    names = pl.col("region_code").replace_strict(sides[1].compiled.names, return_dtype=pl.String)
    points = [(pl.col(name) / NANO).alias(name) for name in table.columns if name != "region_code"]
    return Compared(read_record(first), read_record(second), table.with_columns(points).insert_column(1, table.select(names.alias("region")).to_series()))


def _side(folder: Path) -> Side:
    record = read_record(folder)
    compiled = prepare(load(folder / "rulebook.zip"), str(record["period"]), str(record["scheme"]))
    before = folder / "alerts_before.parquet"
    observations = read_snapshot(folder)
    return Side(judge(compiled, observations, pl.read_parquet(before) if before.is_file() else None), observations)
