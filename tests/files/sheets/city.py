"""A fictional city and workbooks written the way offices write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from junxian.core.indicators.form import Form
from junxian.core.indicators.model import Card
from junxian.core.units.model import Unit
from junxian.files.sheets import Intake, read_files

UNITS = (
    Unit(code="T0", name="汀州市", level="city"),
    Unit(code="T02", name="柏溪区", parent="T0", valid_from="2014-11-01"),
    Unit(code="T24", name="柏溪县", parent="T0", valid_to="2014-10-31", successors={"T02": 1.0}),
    Unit(code="T03", name="顺湖回族区", parent="T0"),
    Unit(code="T21", name="云台县", parent="T0", aliases=("云台",)),
    Unit(code="T22", name="云石县", parent="T0"),
    Unit(code="T0D", name="新城示范区", parent="T0", within="T02", own_code=True),
)
CARDS = (
    Card(code="revenue", name="一般公共预算收入", unit="亿元", cumulative=True),
    Card(code="tax", name="税收收入", unit="亿元", cumulative=True),
    Card(code="revenue_growth", name="一般公共预算收入增速", unit="%", growth_of="revenue", flow="ratio"),
    Card(code="retail", name="社会消费品零售总额", unit="亿元"),
    Card(code="retail_growth", name="社会消费品零售总额增速", unit="%", growth_of="retail", flow="ratio"),
    Card(code="investment", name="固定资产投资（不含农户）增速", unit="%", flow="ratio", aliases=("固定资产投资增速",)),
    Card(code="deposits", name="各项存款余额", unit="亿元", kind="EOP", flow="stock"),
    Card(code="gdp", name="地区生产总值", unit="亿元", kind="YTDQ", frequency="quarter"),
    Card(code="income", name="农村居民人均可支配收入", unit="元", kind="YTDQ", frequency="quarter"),
    Card(code="accident", name="生产安全事故", unit="起", kind="M", event=True),
    Card(code="area", name="播种面积", unit="公顷", kind="Y", flow="stock"),
)


def write(
    path: Path, sheets: dict[str, Sequence[Sequence[Any]]], merges: Sequence[str] = (), hidden: Sequence[str] = ()
) -> Path:
    """An .xlsx with these rows; `merges` are ranges of the first sheet, whose first cell keeps its text."""
    book = xlsxwriter.Workbook(str(path))
    for number, (name, rows) in enumerate(sheets.items()):
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, str) and cell:
                    sheet.write_string(r, c, cell)
                elif cell not in ("", None):
                    sheet.write_number(r, c, cell)
        for merge in merges if number == 0 else ():
            top, left, bottom, right = _corners(merge)
            text = rows[top][left]
            sheet.merge_range(top, left, bottom, right, text)
        if name in hidden:
            sheet.hide()
    book.close()
    return path


def _corners(merge: str) -> tuple[int, int, int, int]:
    from openpyxl.utils import range_boundaries

    left, top, right, bottom = range_boundaries(merge)
    return int(top or 1) - 1, int(left or 1) - 1, int(bottom or 1) - 1, int(right or 1) - 1


def read(*paths: Path, forms: Sequence[Form] = (), period: str = "2026-06", **more: Any) -> Intake:
    return read_files(paths, forms=forms, units=UNITS, cards=CARDS, period=period, **more)


def figures(intake: Intake) -> dict[tuple[str, str, str, str], float | None]:
    """(region, indicator, kind, period) → value."""
    frame = intake.observations
    keys = zip(*(frame.get_column(n).to_list() for n in ("region_code", "indicator", "kind", "period")), strict=True)
    return dict(zip(keys, frame.get_column("value").to_list(), strict=True))


def states(intake: Intake) -> dict[tuple[str, str], str]:
    frame = intake.observations
    keys = zip(frame.get_column("region_code").to_list(), frame.get_column("indicator").to_list(), strict=True)
    return dict(zip(keys, frame.get_column("state").to_list(), strict=True))


def found(intake: Intake | pl.DataFrame) -> set[tuple[str, str, str]]:
    """(cell, rule, code) of all findings."""
    frame = intake if isinstance(intake, pl.DataFrame) else intake.findings
    return set(frame.select("cell", "rule", "code").iter_rows())
