"""Old score sheets for tests: fictional units, known schemes, points by plain arithmetic, several office layouts."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import xlsxwriter

UNITS = ["松岚县", "柳汀县", "麦垄县", "望岳县", "云津县", "墨泉县", "砚溪区", "澄湾区", "青屏区", "竹影区"]
GROWTH = [9.0, 8.3, 7.4, 6.2, 5.6, 5.6, 4.0, 3.1, -1.5, 2.2]
RATES = [96.4, 103.5, 88.0, 120.0, 131.7, 75.2, 54.0, 100.0, 91.3, 67.9]
AMOUNTS = [31.2, 45.8, 12.6, 77.9, 52.3, 19.4, 66.1, 23.7, 38.5, 90.4]
SHARES = [81.0, 76.5, 71.2, 70.0, 66.3, 60.0, 59.9, 55.1, 90.2, 84.6]
COUNTS = [0, 1, 0, 3, 2, 0, 5, 1, 0, 14]
RATINGS = [92.5, 90.1, 88.8, 95.3, 85.0, 91.7, 89.9, 93.4, 87.2, 90.6]


def half_up(x: float, places: int = 2) -> float:
    """四舍五入 on the decimal a person sees."""
    return float(Decimal(f"{x:.10f}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


@dataclass
class Rule:
    """One criterion: its figures, its points by a plain function of (figure, all figures), and how its header reads."""

    name: str
    full: float
    figures: Sequence[float | None]
    points: Callable[[float, list[float]], float]
    unit: str = "%"
    text: str = ""
    targets: Sequence[float] | None = None
    places: int = 2

    def marks(self) -> list[float | None]:
        known = [x for x in self.figures if x is not None]
        return [None if x is None else half_up(self.points(x, known), self.places) for x in self.figures]


def place(x: float, xs: list[float], *, up: bool = False) -> int:
    return 1 + sum((y < x) if up else (y > x) for y in xs)


def step(full: float, share: float, *, up: bool = False) -> Callable[[float, list[float]], float]:
    return lambda x, xs: full * (1 - share * (place(x, xs, up=up) - 1))


def efficacy(full: float, floor: float, *, up: bool = False) -> Callable[[float, list[float]], float]:
    def points(x: float, xs: list[float]) -> float:
        best, worst = (min(xs), max(xs)) if up else (max(xs), min(xs))
        return full * (floor + (1 - floor) * (x - worst) / (best - worst))

    return points


def ladder(*rungs: tuple[float, float]) -> Callable[[float, list[float]], float]:
    """(at least, points) from the highest rung to the lowest."""
    return lambda x, xs: next(points for bound, points in rungs if x >= bound)


def monthly() -> list[Rule]:
    """Six methods an office uses side by side; 100 points."""
    return [
        Rule("一般公共预算收入增速", 20, GROWTH, efficacy(20, 0.6)),
        Rule("固定资产投资增速", 20, GROWTH[::-1], step(20, 0.05)),
        Rule("招商引资完成率", 20, RATES, lambda x, xs: 20 * min(x / 100, 1)),
        Rule("税收占比", 15, SHARES, ladder((80, 15), (70, 12), (60, 9), (-math.inf, 5))),
        Rule("安全生产事故起数", 10, COUNTS, lambda x, xs: max(0.0, 10 - 2 * x), unit="起"),
        Rule("规上工业增加值", 15, AMOUNTS, lambda x, xs: 15 * x / max(xs), unit="亿元"),
    ]


def totals(rules: Sequence[Rule]) -> list[float]:
    columns = [rule.marks() for rule in rules]
    return [half_up(math.fsum(column[i] or 0.0 for column in columns)) for i in range(len(columns[0]))]


@dataclass
class Sheet:
    """What goes into a workbook besides the rules."""

    title: str = "2025年度县区高质量发展考核得分表"
    units: Sequence[str] = field(default_factory=lambda: UNITS)
    altered: dict[tuple[int, int], float] = field(default_factory=dict)
    categories: Sequence[str] = ()
    methods: bool = False

    def marks(self, rules: Sequence[Rule]) -> list[list[float | None]]:
        columns = [rule.marks() for rule in rules]
        for (criterion, unit), points in self.altered.items():
            columns[criterion][unit] = points
        return columns

    def totals(self, rules: Sequence[Rule]) -> list[float]:
        columns = self.marks(rules)
        return [half_up(math.fsum(column[i] or 0.0 for column in columns)) for i in range(len(self.units))]


def pairs(path: Path, rules: Sequence[Rule], sheet: Sheet | None = None) -> Path:
    """Two header rows; under each criterion its figure and its points; total and place at the end."""
    sheet = sheet or Sheet()
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("得分")
    page.merge_range(0, 0, 0, 3 + 2 * len(rules), sheet.title)
    page.merge_range(1, 0, 2, 0, "序号")
    page.merge_range(1, 1, 2, 1, "县区")
    column = 2
    if sheet.categories:
        page.merge_range(1, 2, 2, 2, "类别")
        page.write_column(3, 2, sheet.categories)
        column = 3
    page.write_column(3, 0, range(1, len(sheet.units) + 1))
    for row, unit in enumerate(sheet.units, start=3):
        page.write_string(row, 1, unit)
    for rule, marks in zip(rules, sheet.marks(rules), strict=True):
        heads = [(f"指标值（{rule.unit}）", rule.figures), ("得分", marks)]
        if rule.targets:
            heads.insert(0, ("目标值", rule.targets))
        page.merge_range(1, column, 1, column + len(heads) - 1, f"{rule.name}（{rule.full:g}分）")
        for head, values in heads:
            page.write(2, column, head)
            page.write_column(3, column, ["—" if v is None else v for v in values])
            column += 1
    whole = sheet.totals(rules)
    page.merge_range(1, column, 2, column, "总分")
    page.write_column(3, column, whole)
    page.merge_range(1, column + 1, 2, column + 1, "位次")
    page.write_column(3, column + 1, _places(whole, sheet))
    page.write(3 + len(sheet.units), 1, "全市平均")
    page.write(3 + len(sheet.units), column, statistics.fmean(whole))
    page.write(5 + len(sheet.units), 0, "注：数据由各责任部门提供。")
    if sheet.methods:
        _methods(book, rules)
    book.close()
    return path


def _places(whole: Sequence[float], sheet: Sheet) -> list[int]:
    group = list(sheet.categories) or [""] * len(whole)
    return [
        1 + sum(other > mine and g == h for other, h in zip(whole, group, strict=True))
        for mine, g in zip(whole, group, strict=True)
    ]


def _methods(book: xlsxwriter.Workbook, rules: Sequence[Rule]) -> None:
    page = book.add_worksheet("计分办法")
    page.write_row(0, 0, ["指标", "分值", "计分办法"])
    for row, rule in enumerate(rules, start=1):
        page.write_row(row, 0, [rule.name, rule.full, rule.text])


def turned(path: Path, rules: Sequence[Rule]) -> Path:
    """Criteria down, units across; two rows for each criterion, figures and points; weights in a column."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("考核")
    page.write(0, 0, "2025年度考核得分")
    page.write_row(1, 0, ["指标", "分值", "类型", *UNITS])
    for place_, rule in enumerate(rules):
        row = 2 + 2 * place_
        page.merge_range(row, 0, row + 1, 0, rule.name)
        page.merge_range(row, 1, row + 1, 1, rule.full)
        page.write_row(row, 2, ["指标值", *("—" if v is None else v for v in rule.figures)])
        page.write_row(row + 1, 2, ["得分", *("" if v is None else v for v in rule.marks())])
    whole = totals(rules)
    page.write_row(2 + 2 * len(rules), 0, ["总分", "", "", *whole])
    page.write_row(3 + 2 * len(rules), 0, ["位次", "", "", *(place(t, whole) for t in whole)])
    book.close()
    return path


def two_sheets(path: Path, rules: Sequence[Rule]) -> Path:
    """Figures on one sheet, points on another, weights in a row under the header."""
    book = xlsxwriter.Workbook(str(path))
    figures, points = book.add_worksheet("数据"), book.add_worksheet("得分")
    for page, title in ((figures, "2025年指标数据"), (points, "2025年考核得分")):
        page.write(0, 0, title)
        page.write_row(1, 0, ["单位", *(r.name + (f"（{r.unit}）" if page is figures else "") for r in rules)])
    for row, unit in enumerate(UNITS, start=2):
        figures.write_row(row, 0, [unit, *("" if r.figures[row - 2] is None else r.figures[row - 2] for r in rules)])
    points.write_row(2, 0, ["权重", *(r.full for r in rules)])
    marks, whole = [r.marks() for r in rules], totals(rules)
    points.write_row(1, 1 + len(rules), ["总分", "名次"])
    for row, unit in enumerate(UNITS):
        points.write_row(
            3 + row, 0, [unit, *("" if m[row] is None else m[row] for m in marks), whole[row], place(whole[row], whole)]
        )
    book.close()
    return path
