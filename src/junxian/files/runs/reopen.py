"""Reopening a run (复开核算档案): the facts a bulletin speaks of, taken from a run's archive alone."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from junxian.core.bulletins import Bulletin, RunFacts
from junxian.core.rulebook.judge import judge, prepare
from junxian.files.rulebooks import load
from junxian.files.runs.close import Closed
from junxian.files.runs.intake import Prior, Taken
from junxian.files.runs.papers import bulletins_of, facts_of
from junxian.files.runs.record import read_record
from junxian.files.runs.stored import unpacked
from junxian.files.snapshots import read_snapshot

NEEDED = (
    "run.json", "rulebook.zip", "snapshot.parquet", "snapshot.csv", "alerts.parquet", "alerts_before.parquet",
    "receipts.json",
)  # fmt: skip


@dataclass(frozen=True)
class Reopened:
    """A closed period as its archive holds it. `bulletin` is None where the rulebook has none for the scheme."""

    closed: Closed
    facts: RunFacts
    bulletin: Bulletin | None
    record: dict[str, Any]


def reopen(archive: bytes) -> Reopened:
    """Judge the archived snapshot by the archived rules again; DataError `stored.*`, `runs.*` where it is no run."""
    with tempfile.TemporaryDirectory() as place:
        folder = unpacked(archive, Path(place), NEEDED)
        record = read_record(folder)
        closed = _closed(folder, record)
    found = bulletins_of(closed.judgement.compiled)
    return Reopened(closed, facts_of(closed), found[0] if found else None, record)


def _closed(folder: Path, record: dict[str, Any]) -> Closed:
    compiled = prepare(load(folder / "rulebook.zip"), str(record["period"]), str(record["scheme"]))
    before = folder / "alerts_before.parquet"
    observations = read_snapshot(folder)
    judgement = judge(compiled, observations, pl.read_parquet(before) if before.is_file() else None)
    receipts = json.loads((folder / "receipts.json").read_text(encoding="utf-8"))
    stamps = {"rulebook_hash": str(record["rulebook"]["hash"]), "snapshot_hash": str(record["snapshot"]["hash"])}
    taken = Taken(observations, pl.DataFrame(), ())
    last = _last(observations, record, folder)
    return Closed(judgement, observations, receipts, taken, last, stamps, str(record["run"]), str(record["today"]))


def _last(observations: pl.DataFrame, record: dict[str, Any], folder: Path) -> Prior | None:
    """The round before: its places are figures of the snapshot, named by the run they come from."""
    if record["previous"] is None:
        return None
    named = (pl.col("source") == str(record["previous"]["run"])) & pl.col("indicator").str.starts_with("rank:")
    own = (pl.col("source_kind") == "run") & (pl.col("period") == str(record["previous"]["period"]))
    rows = observations.filter(named & own)
    scores = rows.select("region_code", pl.col("value").cast(pl.Int64).alias("rank"))
    return Prior(folder, dict(record["previous"]), scores, pl.DataFrame())
