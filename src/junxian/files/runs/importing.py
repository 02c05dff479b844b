"""Importing (数据归集): files in, findings by cell, marked workbooks and a snapshot out — without judging anybody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from junxian.core.rulebook import at
from junxian.files.rulebooks import hash_of, load
from junxian.files.runs.findings import write_findings
from junxian.files.runs.intake import Progress, Taken, take_in
from junxian.files.runs.record import whole_directory, write_record
from junxian.files.snapshots import write_snapshot


def import_files(
    rulebook: Path, files: Sequence[Path], *, period: str, out: Path, progress: Progress | None = None
) -> Taken:
    """Read and check FILES into `out`: findings.csv, marked/, snapshot.parquet, snapshot.csv, import.json."""
    rules = at(load(rulebook), period)
    taken = take_in(rules, files, period, progress=progress)
    with whole_directory(out) as folder:
        stamp = write_snapshot(taken.observations, folder)
        write_findings(taken.findings, taken.files, folder, rules.jurisdiction.language)
        record = {
            "period": period,
            "rulebook": {"id": rules.id, "hash": hash_of(rulebook)},
            "snapshot": {"hash": stamp, "rows": taken.observations.height},
        }
        write_record(folder, record, "import.json")
    return taken
