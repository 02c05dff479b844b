"""Comparing two runs (两期对比): every unit's change split into missing, own, others and rule; parts sum exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    """Both runs' records, the units' names and the table in points: before, missing, own, others, rule, after."""

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
    order = ("before", "missing", "own", "others", "rule", "after")
    points = [(pl.col(name) / NANO).round(9).alias(name) for name in order]
    shown = table.select("region_code", names.alias("region"), *points)
    return Compared(read_record(first), read_record(second), shown)


def compared_lines(found: Compared, word: Callable[..., str]) -> Iterator[str]:
    """The order printed, a head, and one line of tab-separated text for each unit."""
    yield word("compare.order", first=found.first["period"], second=found.second["period"])
    yield word("compare.head")
    for code, region, before, *parts, after in found.table.iter_rows():
        ends = [_shown(value, "{:.4f}") for value in (before, after)]
        yield "\t".join([code, region, ends[0], *(_shown(value, "{:+.4f}") for value in parts), ends[1]])


def _shown(points: float | None, form: str) -> str:
    return "—" if points is None else form.format(points + 0.0)


def _side(folder: Path) -> Side:
    record = read_record(folder)
    compiled = prepare(load(folder / "rulebook.zip"), str(record["period"]), str(record["scheme"]))
    before = folder / "alerts_before.parquet"
    observations = read_snapshot(folder)
    return Side(judge(compiled, observations, pl.read_parquet(before) if before.is_file() else None), observations)
