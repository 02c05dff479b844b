"""More layouts of old score sheets (其他表式), each made with plain points beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import xlsxwriter
import xlwt

from tests.files.adopt.old_sheets import (
    AMOUNTS,
    GROWTH,
    SHARES,
    UNITS,
    Rule,
    efficacy,
    monthly,
    place,
    step,
    totals,
)  # fmt: skip

Layout = Callable[[Path], Path]
TREES = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum", "Hazel", "Ivy", "Juniper"]


def _columns(rules: list[Rule], i: int) -> list[object]:
    return [cell for rule in rules for cell in (rule.figures[i], rule.marks()[i])]


def english(path: Path) -> Path:
    """An English sheet with one header row."""
    rules = [
        Rule("Revenue growth", 30, GROWTH, efficacy(30, 0.6)),
        Rule("Roads built (km)", 40, AMOUNTS, step(40, 0.05)),
        Rule("Tax share", 30, SHARES, lambda x, xs: 30 * x / max(xs)),
    ]
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("Scores")
    page.write(0, 0, "County assessment 2025")
    heads = [head for rule in rules for head in (f"{rule.name} ({rule.full:g} points)", "Points")]
    page.write_row(1, 0, ["County", *heads, "Total", "Rank"])
    whole = totals(rules)
    for i, unit in enumerate(TREES):
        page.write_row(2 + i, 0, [unit, *_columns(rules, i), whole[i], place(whole[i], whole)])
    book.close()
    return path


def old_excel(path: Path) -> Path:
    """An .xls of one header row."""
    rules, book = monthly(), xlwt.Workbook()
    page = book.add_sheet("得分")
    heads = ["县区", *(h for r in rules for h in (f"{r.name}（{r.full:g}分）", "得分")), "总分", "名次"]
    whole = totals(rules)
    rows = [heads, *([unit, *_columns(rules, i), whole[i], place(whole[i], whole)] for i, unit in enumerate(UNITS))]
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            page.write(r, c, cell)
    path = path.with_suffix(".xls")
    book.save(str(path))
    return path


def sections(path: Path) -> Path:
    """Counties and districts under headings of their own, ranked apart."""
    growth = [9.0, 8.3, 7.4, 6.2, 5.6, 5.1, 4.0, 3.1, -1.5, 2.2]
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("得分")
    page.write_row(0, 0, ["单位", "收入增速(%)（50分）", "得分", "工业增加值（50分）", "得分", "总分", "排名"])
    row = 1
    for title, first, last in (("一、县（6个）", 0, 6), ("二、区（4个）", 6, 10)):
        page.write(row, 0, title)
        rules = [Rule("", 50, growth[first:last], efficacy(50, 0.6)), Rule("", 50, AMOUNTS[first:last], step(50, 0.05))]
        whole = totals(rules)
        for i, unit in enumerate(UNITS[first:last]):
            row += 1
            page.write_row(row, 0, [unit, *_columns(rules, i), whole[i], place(whole[i], whole)])
        row += 1
    page.write_row(row, 0, ["全市平均", 5.5, "", 45.0])
    book.close()
    return path


def rows_of_weights_and_targets(path: Path) -> Path:
    """Weights and one target for all in rows of their own above the units."""
    rules = [
        Rule("", 60, AMOUNTS, lambda x, xs: 60 * min(x / 50, 1)),
        Rule("", 40, SHARES, lambda x, xs: 40 * min(x / 75, 1.1)),
    ]
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("得分")
    page.write_row(0, 0, ["单位", "招商引资到位资金（亿元）", "得分", "税收占比（%）", "得分", "总分", "位次"])
    page.write_row(1, 0, ["分值", 60, "", 40])
    page.write_row(2, 0, ["目标值", 50, "", 75])
    whole = totals(rules)
    for i, unit in enumerate(UNITS):
        page.write_row(3 + i, 0, [unit, *_columns(rules, i), whole[i], place(whole[i], whole)])
    book.close()
    return path


def per_cent_cells(path: Path) -> Path:
    """Figures stored as 0.085 and shown as 8.5%, weights as shares, points with a formula."""
    rules = [Rule("", 60, GROWTH, efficacy(60, 0.6)), Rule("", 40, AMOUNTS, step(40, 0.05))]
    book = xlsxwriter.Workbook(str(path))
    percent = book.add_format({"num_format": "0.0%"})
    page = book.add_worksheet("得分")
    page.write_row(0, 0, ["单位", "收入增速", "得分", "工业增加值", "得分", "总分", "位次"])
    page.write_row(1, 0, ["权重", 0.6, "", 0.4])
    whole = totals(rules)
    for i, unit in enumerate(UNITS):
        row, last = 2 + i, 2 + len(UNITS)
        column = f"B$3:B${last}"
        page.write(row, 0, unit)
        page.write(row, 1, GROWTH[i] / 100, percent)
        formula = f"=60*(0.6+0.4*(B{row + 1}-MIN({column}))/(MAX({column})-MIN({column})))"
        page.write_formula(row, 2, formula, None, rules[0].marks()[i])
        page.write_row(row, 3, [AMOUNTS[i], rules[1].marks()[i], whole[i], place(whole[i], whole)])
    book.close()
    return path


def two_rows(path: Path) -> Path:
    """Two rows for each unit: figures above, points below."""
    rules = monthly()
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("考核")
    page.write_row(0, 0, ["县区", "项目", *(f"{r.name}（{r.full:g}分）" for r in rules), "总分", "位次"])
    whole = totals(rules)
    for i, unit in enumerate(UNITS):
        row = 1 + 2 * i
        page.merge_range(row, 0, row + 1, 0, unit)
        page.write_row(row, 1, ["实际值", *(r.figures[i] for r in rules)])
        page.write_row(row + 1, 1, ["得分", *(r.marks()[i] for r in rules), whole[i], place(whole[i], whole)])
    book.close()
    return path


def units_across(path: Path) -> Path:
    """Criteria down with weight and method, each unit over two columns."""
    rules = monthly()
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("考核")
    for column, head in enumerate(("指标", "分值", "计分办法")):
        page.merge_range(0, column, 1, column, head)
    for i, unit in enumerate(UNITS):
        page.merge_range(0, 3 + 2 * i, 0, 4 + 2 * i, unit)
        page.write_row(1, 3 + 2 * i, ["完成值", "得分"])
    for row, rule in enumerate(rules, start=2):
        cells = [cell for i in range(len(UNITS)) for cell in (rule.figures[i], rule.marks()[i])]
        page.write_row(row, 0, [rule.name, rule.full, "按办法计分", *cells])
    whole = totals(rules)
    page.write_row(2 + len(rules), 0, ["总分", "", "", *(cell for t in whole for cell in ("", t))])
    page.write_row(3 + len(rules), 0, ["位次", "", "", *(cell for t in whole for cell in ("", place(t, whole)))])
    book.close()
    return path


LAYOUTS: list[tuple[Layout, int, str]] = [
    (english, 3, "all"), (old_excel, 6, "all"), (sections, 2, "县区"), (rows_of_weights_and_targets, 2, "all"),
    (per_cent_cells, 2, "all"), (two_rows, 6, "all"), (units_across, 6, "all"),
]  # fmt: skip
