"""Eighteen months of workbooks (十八个月报表): five files a round, each round in its folder, and the planted faults."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from junxian.files.examples import departments
from junxian.files.examples.faults import Planted, altered, apply_to_register, apply_to_sheets, planted_in
from junxian.files.examples.layout import Sheet, write_xls, write_xlsx
from junxian.files.examples.months import Month, month_of
from junxian.files.examples.registers import register_rows, write_csv
from junxian.files.examples.world import ROUNDS

SEED = 20260
"""The shipped city's seed."""
Office = tuple[str, str, Callable[[Month], list[Sheet]], Callable[[Path, list[Sheet]], None]]
OFFICES: tuple[Office, ...] = (
    ("统计局", "统计局_主要经济指标_{}.xlsx", departments.statistics, write_xlsx),
    ("财政局", "财政局_收支与三保_{}.xls", departments.treasury, write_xls),
    ("商务局", "商务局_开放型经济_{}.xlsx", departments.commerce, write_xlsx),
    ("人行", "人行_存贷款_{}.xlsx", departments.bank, write_xlsx),
)
REGISTER = "台账_督查与环境_{}.csv"


def folder_name(period: str) -> str:
    """2026-01/02 → 2026-01_02, since a slash is no file name."""
    return period.replace("/", "_")


def spoken_month(period: str) -> str:
    """2026-06 → 2026年6月, 2026-01/02 → 2026年1-2月: how offices name their files."""
    months = "-".join(str(int(month)) for month in period[5:].split("/"))
    return f"{period[:4]}年{months}月"


def generate(out_dir: Path, seed: int = SEED, rounds: tuple[str, ...] = ROUNDS) -> list[Path]:
    """Write the workbooks of the rounds and `planted.csv`; the same seed writes the same figures.

    Returns the workbooks in order of round; `planted.csv` (file, sheet, cell, rule, period) lies beside the folders.
    """
    written: list[Path] = []
    planted: list[Planted] = []
    for period in rounds:
        folder = out_dir / folder_name(period)
        folder.mkdir(parents=True, exist_ok=True)
        for office, pattern, make, save in OFFICES:
            path = folder / pattern.format(spoken_month(period))
            sheets = make(month_of(seed, period, altered(period, office)))
            planted.extend(apply_to_sheets(period, office, path.name, sheets))
            save(path, sheets)
            written.append(path)
        path = folder / REGISTER.format(spoken_month(period))
        rows = register_rows(month_of(seed, period))
        planted.extend(apply_to_register(period, path.name, rows))
        write_csv(path, rows)
        written.append(path)
    _write_planted(out_dir / "planted.csv", planted)
    return written


def _write_planted(path: Path, planted: list[Planted]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("period", "file", "sheet", "cell", "rule"))
        writer.writerows(sorted(planted))


__all__ = ["OFFICES", "SEED", "generate", "planted_in"]
