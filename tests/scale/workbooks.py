"""Workbooks for the reading bench: one per county, three sheets of 100 indicators × 8 columns."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from junxian.core.rulebook import Rulebook

ROWS, SHEETS = 100, 3
HEADER = ("序号", "指标名称", "计量单位", "当月", "累计", "上年同期累计", "累计增速", "备注")


def reading_city(count: int) -> Rulebook:
    """A rulebook of `count` fictional counties, 300 indicators with their growth, and the forms of their workbooks."""
    places = [{"code": "X00", "name": "甲市", "level": "市"}]
    places += [{"code": f"X{c:05d}", "name": county(c), "parent": "X00", "level": "县"} for c in range(count)]
    cards = [card for s in range(SHEETS) for k in range(ROWS) for card in _cards(s, k)]
    forms = [
        {"id": f"form{s}", "finds": [f"表{s}主要指标"], "layout": "one_region", "unit": "万元"} for s in range(SHEETS)
    ]
    checks = [
        {"id": "范围", "type": "range", "low": 0, "high": 1e9, "kinds": ["YTD", "M"]},
        {"id": "不降", "type": "not_falling"},
        {"id": "突变", "type": "jump", "rise": "100%", "fall": "60%"},
    ]
    return Rulebook.model_validate(
        {
            "id": "bench",
            "title": "bench",
            "root": "X00",
            "units": places,
            "indicators": cards,
            "forms": forms,
            "checks": checks,
        }
    )


def _cards(s: int, k: int) -> list[dict[str, str]]:
    amount = {"code": f"r{s}_{k}", "name": name(s, k), "unit": "万元", "kind": "YTD"}
    growth = {
        "code": f"g{s}_{k}",
        "name": f"{name(s, k)}增速",
        "unit": "%",
        "kind": "YTD",
        "growth_of": f"r{s}_{k}",
        "flow": "ratio",
    }
    return [amount, growth]


def county(number: int) -> str:
    return f"第{number}县"


def name(s: int, k: int) -> str:
    return f"表{s}第{k}项收入"


def make_workbooks(folder: Path, count: int) -> list[Path]:
    """`count` workbooks; figures and counties differ, headers do not."""
    paths = []
    for number in range(count):
        path = folder / f"{county(number)}_{number:05d}.xlsx"
        book = xlsxwriter.Workbook(str(path))
        for s in range(SHEETS):
            _sheet(book, s, number)
        book.close()
        paths.append(path)
    return paths


def _sheet(book: xlsxwriter.Workbook, s: int, number: int) -> None:
    sheet = book.add_worksheet(f"表{s}")
    sheet.merge_range(0, 0, 0, len(HEADER) - 1, f"{county(number)}2026年6月表{s}主要指标")
    sheet.write_row(1, 0, [f"填报单位：{county(number)}"])
    sheet.write_row(2, 0, HEADER)
    for row in range(ROWS):
        month = float(10 + (row * 7 + number) % 97) + 0.5
        sheet.write_row(3 + row, 0, [row + 1, name(s, row), "万元", month, month * 6, month * 5, 20.0])
