"""A second opinion (旁证): LibreOffice recalculates workbooks from their formulas alone, all of them in one call."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="{schema}/2001/registry" xmlns:xs="{w3}/2001/XMLSchema" xmlns:xsi="{w3}/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""
"""A profile in which every formula is recalculated when a file is opened."""
SCHEMA, W3 = "http" + "://openoffice.org", "http" + "://www.w3.org"
FIRST, TITLES = 8, 7
"""Rows of the first unit and of the column titles, on every sheet of units."""

OTHERS = ("数据", "派生数", "Figures", "Derived figures")
"""Sheets of units whose blocks are no nodes."""


def recalculate(paths: Iterable[Path], place: Path) -> Path:
    """The same workbooks with every formula calculated anew; skips with a sentence where LibreOffice is missing."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed here, so no second program can recalculate the workbook")
    profile = place / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS.format(schema=SCHEMA, w3=W3), encoding="utf-8")
    out = place / "recalculated"
    home = f"-env:UserInstallation={profile.parent.as_uri()}"
    command = [office, home, "--headless", "--convert-to", "xlsx", "--outdir", str(out), *map(str, paths)]
    environment = {**os.environ, "HOME": str(place)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return out


@lru_cache(maxsize=64)
def values(path: Path) -> Any:
    """A workbook as what its cells show; read once."""
    return openpyxl.load_workbook(path, data_only=True)


def by_unit(sheet: Any, column: int) -> dict[str, Any]:
    """Unit code → what stands in a column (1 is the first)."""
    found = {}
    for row in range(FIRST, sheet.max_row + 1):
        code = sheet.cell(row, 1).value
        if code:
            found[str(code)] = sheet.cell(row, column).value
    return found


def titled(sheet: Any, title: str, start: int = 4) -> int:
    """The first column with that title from a column on."""
    return next(c for c in range(start, sheet.max_column + 1) if sheet.cell(TITLES, c).value == title)


def block(workbook: Any, name: str) -> tuple[Any, int]:
    """The sheet and first column of the block headed by a name."""
    for sheet in (sheet for sheet in workbook.worksheets[2:] if sheet.title not in OTHERS):
        for column in range(4, sheet.max_column + 1):
            if sheet.cell(2, column).value == name:
                return sheet, column
    raise AssertionError(name)


def figure(workbook: Any, indicator: str, period: str, unit: str) -> Any:
    """The cell of one input figure: written with openpyxl, every cached value of the file is gone."""
    sheet = workbook["数据"]
    for column in range(4, sheet.max_column + 1):
        known = str(sheet.cell(3, column).value or "").split(" · ")[0], str(sheet.cell(4, column).value)
        if known == (indicator, period):
            row = next(row for row in range(FIRST, sheet.max_row + 1) if sheet.cell(row, 1).value == unit)
            return sheet.cell(row, column)
    raise AssertionError(indicator)
