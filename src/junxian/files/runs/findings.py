"""Findings on paper (审核结果): findings.csv with sentences, the marked workbooks, and how complete the figures are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from junxian.files.sheets import FileRead, mark_workbook, messages
from junxian.files.snapshots.snapshot import guarded

COLUMNS = ("file", "sheet", "cell", "severity", "rule", "message")
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et")


def write_findings(findings: pl.DataFrame, files: Sequence[FileRead], folder: Path, language: str) -> list[Path]:
    """findings.csv, and in marked/ every workbook that has findings, with the cells filled and commented.

    Two files of one name are told apart by their folder, in the findings and under marked/.
    """
    told = findings.with_columns(pl.Series("message", messages(findings, language), dtype=pl.String))
    told.select(guarded(name) for name in COLUMNS).write_csv(folder / "findings.csv")
    doubtful = set(findings.get_column("file").to_list())
    marked = []
    for file in files:
        if not file.refused and file.path.suffix.lower() in WORKBOOKS and file.name in doubtful:
            own = findings.filter((pl.col("file") == file.name) & (pl.col("cell") != ""))
            if own.height:
                target = folder / "marked" / Path(file.name).parent
                target.mkdir(parents=True, exist_ok=True)
                marked.append(mark_workbook(file.path, own, target, language))
    return marked


def completeness(points: pl.DataFrame) -> dict[str, int]:
    """How many criterion figures are reported, late, not reported, not applicable, undefined."""
    leaves = points.filter(pl.col("state") != "")
    counts = dict(leaves.group_by("state").len().iter_rows())
    return {
        state: int(counts.get(state, 0))
        for state in ("reported", "late", "not_reported", "not_applicable", "undefined")
    }
