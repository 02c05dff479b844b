"""Live formulas (表内公式): a sheet's own arithmetic is the first word on its method, checked on other figures."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from junxian.core.scoring.model import Criterion, walk
from junxian.files.adopt import adopt
from junxian.files.adopt.compute import Computer
from junxian.files.adopt.excel import parse
from junxian.files.adopt.grid import Spot, open_book
from junxian.files.rulebooks import check, load
from tests.files.adopt.old_sheets import AMOUNTS, COUNTS, GROWTH, RATES, SHARES, UNITS

FIRST, LAST = 4, 13
RULES = [
    # header, figures, formula of the points with {x} the figure's cell and {all} its column, the method expected
    ("收入增速（10分）", GROWTH, "10*(0.6+0.4*({x}-MIN({all}))/(MAX({all})-MIN({all})))", "efficacy"),
    ("投资增速（10分）", GROWTH[::-1], "10*(1-0.05*(RANK({x},{all})-1))", "rank_step"),
    ("工业增加值（10分）", AMOUNTS, "10*{x}/MAX({all})", "relative"),
    ("招商完成率（10分）", RATES, "MIN({x}/100,1.2)*10", "completion"),
    ("税收占比（10分）", SHARES, "IF({x}>80,10,IF({x}>70,8,IF({x}>60,6,3)))", "ladder"),
    ("事故起数（10分）", COUNTS, "MAX(0,10-2*{x})", "deduct"),
    ("项目开工率（10分）", RATES, "IF({x}>=90,10,0)", "hit"),
    ("外贸额（10分）", AMOUNTS, "10-0.5*COUNTIF({all},\">\"&{x})", "rank_step"),
    ("财政支出（10分）", AMOUNTS, "ROUND(10*({x}-MIN({all}))/(MAX({all})-MIN({all})),1)", ""),
    ("消费品零售（10分）", AMOUNTS, "10*(0.7+0.3*SQRT({x}/MAX({all})))", "formula"),
]  # fmt: skip


def live(path: Path, *, computed: bool = False) -> Path:
    """A sheet with live formulas, as openpyxl leaves it: no stored results."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "考核得分"
    page["A1"] = "2025年度县区考核得分表"
    page["A2"] = "县区"
    for row, unit in enumerate(UNITS, start=FIRST):
        page.cell(row, 1, unit)
    column = 2
    for head, figures, formula, _ in RULES:
        page.cell(2, column, head)
        page.merge_cells(start_row=2, end_row=2, start_column=column, end_column=column + 1)
        page.cell(3, column, "数据")
        page.cell(3, column + 1, "得分")
        letter = page.cell(2, column).column_letter
        for row, x in enumerate(figures, start=FIRST):
            page.cell(row, column, x)
            cells = {"x": f"{letter}{row}", "all": f"{letter}${FIRST}:{letter}${LAST}"}
            page.cell(row, column + 1, "=" + formula.format(**cells)).number_format = "0.00"
        column += 2
    page.cell(2, column, "总分")
    page.cell(2, column + 1, "位次")
    letter = page.cell(2, column).column_letter
    for row in range(FIRST, LAST + 1):
        points = "+".join(f"{page.cell(3, c + 1).column_letter}{row}" for c in range(2, column, 2))
        page.cell(row, column, f"={points}").number_format = "0.00"
        page.cell(row, column + 1, f"=RANK({letter}{row},{letter}${FIRST}:{letter}${LAST})")
    book.save(path)
    return path


@pytest.fixture(scope="module")
def draft(tmp_path_factory):
    folder = tmp_path_factory.mktemp("live")
    found = adopt(live(folder / "old.xlsx"), folder / "out", today="2026-11-23")
    return found, folder / "out"


def test_everything_the_formulas_say_comes_back(draft):
    found, out = draft
    assert (found.points_back, found.totals_back, found.ranks_back) == (100, 10, 10)
    assert check(out).is_sound


def test_the_methods_are_those_of_the_formulas(draft):
    found, _ = draft
    expected = [kind for *_, kind in RULES]
    assert [one.method if kind else "" for one, kind in zip(found.criteria, expected, strict=True)] == expected


def test_thresholds_come_from_the_formula_not_from_the_figures(draft):
    """The figures alone would allow any bound between two neighbours, and either side of it."""
    _, out = draft
    nodes = {node.key: node for node in walk(load(out).schemes[0].criteria) if isinstance(node, Criterion)}
    method = nodes["税收占比"].method
    assert [(s.at_least, s.points) for s in method.steps] == [(None, 3), (60, 6), (70, 8), (80, 10)]
    assert method.bounds == "right"
    assert nodes["项目开工率"].method.target == 90
    assert nodes["招商完成率"].method.cap == 1.2


def test_the_report_says_that_points_were_computed_and_from_which_cell(draft):
    _, out = draft
    text = (out / "接管报告.md").read_text(encoding="utf-8")
    assert "不是公布过的数" in text
    assert "依据单元格公式（考核得分 C4）；换一组数试算，与原公式 30 次中 30 次一致" in text


def test_a_stored_result_is_believed_before_the_formula(tmp_path):
    """The published figure is what the file stores, even where its formula says otherwise."""
    import xlsxwriter

    path = tmp_path / "old.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("得分")
    page.write_row(0, 0, ["县区", "收入增速（10分）", "得分", "总分"])
    marks = [10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5]
    figures = [float(20 - i) for i in range(10)]
    marks[2] = 9.9
    for row, unit in enumerate(UNITS, start=1):
        page.write(row, 0, unit)
        page.write(row, 1, figures[row - 1])
        page.write_formula(row, 2, f"=10*(1-0.05*(RANK(B{row + 1},B$2:B$11)-1))", None, marks[row - 1])
        page.write(row, 3, marks[row - 1])
    book.close()
    found = adopt(path, tmp_path / "out", today="2026-11-23")
    assert (found.points, found.points_back) == (10, 9)
    assert "公布 9.9" in (tmp_path / "out/接管报告.md").read_text(encoding="utf-8")


def test_an_unknown_function_is_said_and_the_figures_still_speak(tmp_path):
    import xlsxwriter

    path = tmp_path / "old.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("得分")
    page.write_row(0, 0, ["县区", "收入增速（10分）", "得分"])
    for row, unit in enumerate(UNITS, start=1):
        page.write(row, 0, unit)
        page.write(row, 1, 20 - row)
        page.write_formula(row, 2, f"=VLOOKUP(B{row + 1},表!A:B,2)", None, 10 - 0.5 * (row - 1))
    book.close()
    found = adopt(path, tmp_path / "out", today="2026-11-23")
    assert [(one.method, one.back) for one in found.criteria] == [("rank_step", 10)]
    assert "公式看不懂" in (tmp_path / "out/接管报告.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=-2^2", 4.0), ("=1+2*3", 7.0), ("=(1+2)*3%", 0.09), ("=ROUND(2.345,2)", 2.35), ("=ROUND(-2.5,0)", -3.0),
        ("=IF(A1>=3,\"高\",\"低\")", "高"), ("=IF(AND(A1>2,B1=\"x\"),1,0)", 1.0), ("=RANK(A2,A1:A4)", 2.0),
        ("=RANK(A2,A1:A4,1)", 2.0), ("=COUNTIF(A1:A4,\">\"&A4)", 2.0), ("=SUMPRODUCT(A1:A2,A3:A4)", 12.0),
        ("=MAX(A1:A4)-MIN(A1:A4)", 4.0), ("=AVERAGE(A1:A4)", 4.0), ("=IFERROR(1/0,9)", 9.0), ("=LARGE(A1:A4,2)", 4.0),
        ("=LOOKUP(A1,A1:A1,A4:A4)", 2.0), ("=A1&\"县\"", "6县"), ("=MEDIAN(A1:A4)", 4.0), ("=INT(-1.5)", -2.0),
    ],
)  # fmt: skip
def test_excel_s_arithmetic(tmp_path, formula, value):
    book = openpyxl.Workbook()
    page = book.active
    for row, cell in enumerate((6, 4, None, 2), start=1):
        page.cell(row, 1, cell)
    page["B1"], page["C1"] = "x", formula
    if "A3:A4" in formula:
        page["A3"] = 0.666666666666667 - 0.666666666666667 + 2 / 3
        page["A3"] = 2 / 3
    book.save(tmp_path / "f.xlsx")
    found = Computer(open_book(tmp_path / "f.xlsx")).stored(Spot("Sheet", 0, 2))
    assert found == (pytest.approx(value) if isinstance(value, float) else value)


def test_formulas_that_turn_in_a_circle_are_refused(tmp_path):
    from junxian.core.errors import DataError

    book = openpyxl.Workbook()
    page = book.active
    page["A1"], page["B1"] = "=B1+1", "=A1+1"
    book.save(tmp_path / "f.xlsx")
    with pytest.raises(DataError) as refusal:
        Computer(open_book(tmp_path / "f.xlsx")).stored(Spot("Sheet", 0, 0))
    assert refusal.value.code == "adopt.formula_not_read"


@pytest.mark.parametrize(
    "text", ["=" + "(" * 300 + "1" + ")" * 300, "=" + "-" * 1500 + "1", "=" + "1+" * 900 + "1", "=A1:B"]
)
def test_hostile_formulas_are_refused(text):
    from junxian.core.errors import DataError

    with pytest.raises(DataError) as refusal:
        parse(text, "s")
    assert refusal.value.code == "adopt.formula_not_read"


SENSELESS = [
    "=IF()", "=RANK(A1)", "=LARGE(A1:A2)", "=IFS()", "=1/0", "=STDEV(A1:A1)", "=A1^9999", "=(0-A1)^0.5", "=1E308*A1",
]  # fmt: skip


@pytest.mark.parametrize("formula", SENSELESS)
def test_formulas_without_a_result_are_refused_not_raised(tmp_path, formula):
    from junxian.core.errors import DataError

    book = openpyxl.Workbook()
    page = book.active
    page["A1"], page["A2"], page["B1"] = 10.5, 3, formula
    book.save(tmp_path / "f.xlsx")
    with pytest.raises(DataError) as refusal:
        Computer(open_book(tmp_path / "f.xlsx")).stored(Spot("Sheet", 0, 1))
    assert refusal.value.code == "adopt.formula_not_read"


@pytest.mark.parametrize("chain", ["=" + "+".join(["B{0}"] * 150), "=" + "-" * 150 + "B{0}", "=B{0}+1"])
def test_long_chains_of_cells_are_refused_not_raised(tmp_path, chain):
    from junxian.core.errors import DataError

    book = openpyxl.Workbook()
    page = book.active
    for row in range(1, 400):
        page.cell(row, 2, chain.format(row + 1))
    book.save(tmp_path / "f.xlsx")
    with pytest.raises(DataError):
        Computer(open_book(tmp_path / "f.xlsx")).stored(Spot("Sheet", 0, 1))
