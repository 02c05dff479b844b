"""Findings on paper (审核结果): findings.csv with sentences, the marked workbooks, and how complete the figures are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from junxian.files.sheets import mark_workbook, messages
from junxian.files.snapshots.snapshot import guarded

COLUMNS = ("file", "sheet", "cell", "severity", "rule", "message")
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".xlsb", ".ods")


def write_findings(findings: pl.DataFrame, files: Sequence[Path], folder: Path, language: str) -> list[Path]:
    """findings.csv, and in marked/ every workbook that has findings, with the cells filled and commented."""
    told = findings.with_columns(pl.Series("message", messages(findings, language), dtype=pl.String))
    told.select(guarded(name) for name in COLUMNS).write_csv(folder / "findings.csv")
    doubtful = set(findings.get_column("file").to_list())
    marked = []
    for path in files:
        if path.suffix.lower() in WORKBOOKS and path.name in doubtful:
            own = findings.filter((pl.col("file") == path.name) & (pl.col("cell") != ""))
            if own.height:
                target = folder / "marked"
                target.mkdir(exist_ok=True)
                marked.append(mark_workbook(path, own, target, language))
    return marked


def completeness(points: pl.DataFrame) -> dict[str, int]:
    """How many criterion figures are reported, late, not reported, not applicable, undefined."""
    leaves = points.filter(pl.col("state") != "")
    counts = dict(leaves.group_by("state").len().iter_rows())
    return {
        state: int(counts.get(state, 0))
        for state in ("reported", "late", "not_reported", "not_applicable", "undefined")
    }
