"""The same workbook back, doubtful cells filled and commented."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlwt
from openpyxl.chart import BarChart, Reference

from junxian.core.errors import DataError
from junxian.files.sheets import mark_workbook
from junxian.files.sheets.findings import findings_frame
from tests.files.sheets.city import read, write

ROWS = [
    ["2026年6月", ""],
    ["县区", "税收收入（亿元）"],
    ["天外县", 1.5],
    ["云台县", "约2"],
    ["云石县", 2.5],
    ["=1+1", "=HYPERLINK(1)"],
]


def marked(path: Path, out: Path, language: str = "zh") -> openpyxl.Workbook:
    return openpyxl.load_workbook(mark_workbook(path, read(path).findings, out, language))


def test_doubtful_cells_are_filled_by_weight_and_commented(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    path = write(tmp_path / "表.xlsx", {"s": ROWS})
    before = path.read_bytes()
    sheet = marked(path, out)["s"]
    assert sheet["B4"].fill.start_color.rgb == "FFF4B6B6"
    assert "不是数字" in sheet["B4"].comment.text
    assert sheet["A3"].fill.start_color.rgb == "FFFFF2CC"
    assert "天外县" in sheet["A3"].comment.text
    assert sheet["B5"].comment is None
    assert sheet["B5"].value == 2.5
    assert path.read_bytes() == before
    assert [p.name for p in out.iterdir()] == ["表.marked.xlsx"]


def test_comments_speak_the_language_asked_for(tmp_path: Path) -> None:
    assert "not a number" in marked(write(tmp_path / "a.xlsx", {"s": ROWS}), tmp_path, "en")["s"]["B4"].comment.text


def test_texts_that_look_like_formulas_stay_texts(tmp_path: Path) -> None:
    sheet = marked(write(tmp_path / "a.xlsx", {"s": ROWS}), tmp_path)["s"]
    assert (sheet["A6"].value, sheet["A6"].data_type) == ("=1+1", "s")
    assert (sheet["B6"].value, sheet["B6"].data_type) == ("=HYPERLINK(1)", "s")


@pytest.mark.parametrize("name", ["旧.xls", "旧.et"])
def test_old_formats_come_back_as_xlsx_with_the_same_values(tmp_path: Path, name: str) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    sheet.write_merge(0, 0, 0, 1, "2026年6月")
    for r, row in enumerate(ROWS[1:], start=1):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    book.save(str(tmp_path / name))
    back = marked(tmp_path / name, tmp_path)["表"]
    assert back["B5"].value == 2.5
    assert (back["A6"].value, back["A6"].data_type) == ("=1+1", "s")
    assert "不是数字" in back["B4"].comment.text
    assert "重建" in back["A1"].comment.text
    assert [str(m) for m in back.merged_cells.ranges] == ["A1:B1"]


def test_what_the_copy_cannot_keep_is_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS[:5]:
        sheet.append(row)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=3, max_row=5))
    sheet.add_chart(chart, "D2")
    book.save(tmp_path / "a.xlsx")
    back = marked(tmp_path / "a.xlsx", tmp_path).worksheets[0]
    assert "图表" in back["A1"].comment.text


def test_a_finding_in_a_merged_range_is_told_at_its_first_cell(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.xlsx",
        {"s": [["2026年6月", "", ""], ["县区", "税收收入（亿元）", ""], ["云台县", 1.5, ""]]},
        ("A1:C1",),
    )
    rows = findings_frame(
        [("a.xlsx", "s", "B1", "error", "x", "sheets.period_other", '{"said": "2026-05", "asked": "2026-06"}')]
    )
    back = openpyxl.load_workbook(mark_workbook(path, rows, tmp_path))["s"]
    assert "2026-05" in back["A1"].comment.text


def test_an_own_comment_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", {"s": ROWS})
    book = openpyxl.load_workbook(path)
    from openpyxl.comments import Comment

    book["s"]["B4"].comment = Comment("原有批注", "x")
    book.save(path)
    text = marked(path, tmp_path)["s"]["B4"].comment.text
    assert text.startswith("原有批注")
    assert "不是数字" in text


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"nonsense")
    with pytest.raises(DataError, match=r"sheets\.not_a_workbook"):
        mark_workbook(
            tmp_path / "a.xlsx", pl.DataFrame(schema=dict.fromkeys(("file", "sheet", "cell"), pl.String)), tmp_path
        )
