"""Forms as offices send them: every layout and every trap of the header, on workbooks written for the purpose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlwt

from junxian.core.indicators.form import Form
from tests.files.sheets.city import figures, found, read, states, write

TITLE = "2026年1—6月主要经济指标完成情况表"
DOWN: list[list[Any]] = [
    [TITLE, "", "", "", "", ""],
    ["", "", "", "", "", "单位：亿元、%"],
    ["序号", "县区", "一般公共预算收入", "", "社会消费品零售总额", ""],
    ["", "", "累计", "增速", "累计", "同比增长"],
    ["", "全市", 50.5, 6.2, 300.25, 5.5],
    ["", "县小计", 30.5, "", 200.0, ""],
    [1, "柏溪", 10.25, 7.1, 60.5, "—"],
    [2, "顺湖区", 9.75, "５．５", "７０．２５", "8.5％"],
    [3, "云台县", "１，０１５．５", "-3.2%", 80, 4.4],
    [4, "云石县", "/", "", 89.5, "…"],
    ["注：本表数据为快报数。", "", "", "", "", ""],
]
MERGES = ("A1:F1", "A3:A4", "B3:B4", "C3:D3", "E3:F3")


def test_regions_down_with_merged_header_mixed_rows_and_odd_cells(tmp_path: Path) -> None:
    intake = read(write(tmp_path / "快报.xlsx", {"Sheet1": DOWN}, MERGES))
    got = figures(intake)
    assert got["T0", "revenue", "YTD", "2026-06"] == 50.5
    assert got["T02", "revenue", "YTD", "2026-06"] == 10.25
    assert got["T03", "revenue_growth", "YTD", "2026-06"] == 5.5
    assert got["T03", "retail", "YTD", "2026-06"] == 70.25
    assert got["T03", "retail_growth", "YTD", "2026-06"] == 8.5
    assert got["T21", "revenue", "YTD", "2026-06"] == 1015.5
    assert got["T21", "revenue_growth", "YTD", "2026-06"] == -3.2
    assert got["T22", "revenue", "YTD", "2026-06"] is None
    assert intake.findings.is_empty(), intake.findings
    assert len(got) == 5 * 4


def test_a_blank_is_a_state_and_never_a_zero(tmp_path: Path) -> None:
    form = Form(id="f", finds="主要经济指标", blanks={"/": "not_applicable", "…": "late"})
    intake = read(write(tmp_path / "a.xlsx", {"Sheet1": DOWN}, MERGES), forms=[form])
    said = states(intake)
    assert said["T22", "revenue"] == "not_applicable"
    assert said["T22", "revenue_growth"] == "not_reported"
    assert said["T22", "retail_growth"] == "late"
    assert said["T02", "retail_growth"] == "not_reported"
    assert said["T02", "revenue"] == "reported"


def test_each_figure_keeps_its_text_unit_and_place(tmp_path: Path) -> None:
    intake = read(write(tmp_path / "快报.xlsx", {"Sheet1": DOWN}, MERGES))
    row = intake.observations.filter(cell="C9").row(0, named=True)
    assert (row["file"], row["sheet"], row["raw"], row["unit"]) == ("快报.xlsx", "Sheet1", "１，０１５．５", "亿元")
    assert row["source_kind"] == "cell"
    assert intake.observations.filter(cell="C7").row(0, named=True)["raw"] == "10.25"


@pytest.mark.parametrize(("row", "column"), [(0, 0), (2, 0), (4, 2), (6, 3), (2, 5)])
def test_inserted_rows_and_columns_change_no_figure(tmp_path: Path, row: int, column: int) -> None:
    plain = [list(line) for line in DOWN]
    for line in plain:
        line.insert(column, "")
    plain.insert(row, [""] * 7)
    before = figures(read(write(tmp_path / "a.xlsx", {"s": [list(line) for line in DOWN]})))
    after = figures(read(write(tmp_path / "b.xlsx", {"s": plain})))
    assert before == after
    assert len(after) == 20


def test_a_header_without_merged_cells_carries_its_group_to_the_right(tmp_path: Path) -> None:
    assert figures(read(write(tmp_path / "a.xlsx", {"s": DOWN}))) == figures(
        read(write(tmp_path / "b.xlsx", {"s": DOWN}, MERGES))
    )


def test_three_row_header_with_units_below(tmp_path: Path) -> None:
    rows = [
        ["2026年6月份报表", "", "", "", ""],
        ["地区", "财政", "", "", "金融"],
        ["", "一般公共预算收入", "", "税收收入", "各项存款余额"],
        ["", "本月（万元）", "累计（亿元）", "累计（亿元）", "（亿元）"],
        ["柏溪区", 12345, 10.5, 8.25, 300.5],
        ["云台县", 23456, 11.5, 9.25, 400.5],
    ]
    got = figures(read(write(tmp_path / "a.xlsx", {"s": rows}, ("B2:D2", "B3:C3", "A2:A4"))))
    assert got["T02", "revenue", "M", "2026-06"] == 1.2345
    assert got["T02", "revenue", "YTD", "2026-06"] == 10.5
    assert got["T21", "tax", "YTD", "2026-06"] == 9.25
    assert got["T21", "deposits", "EOP", "2026-06"] == 400.5


def test_regions_across_with_unit_column_and_period_cell(tmp_path: Path) -> None:
    rows = [
        ["各县区指标一览", "", "", "", ""],
        ["填报单位：统计局", "", "", "", "2026.6"],
        ["指标名称", "计量单位", "全市", "柏溪区", "云台县"],
        ["一、地区生产总值", "亿元", 500, 100.5, 90.25],
        ["二、一般公共预算收入", "万元", 505000, "102,500", "９７５００"],
        ["其中：税收收入", "万元", 400000, 80000, "不适用"],
        ["一般公共预算收入增速", "%", "6.2%", 7.1, "5.5％"],
        ["备注：快报数", "", "", "", ""],
    ]
    intake = read(write(tmp_path / "a.xlsx", {"s": rows}))
    got = figures(intake)
    assert got["T02", "revenue", "YTD", "2026-06"] == 10.25
    assert got["T21", "revenue", "YTD", "2026-06"] == 9.75
    assert got["T21", "revenue_growth", "YTD", "2026-06"] == 5.5
    assert got["T0", "gdp", "YTDQ", "2026Q2"] == 500
    assert states(intake)["T21", "tax"] == "not_applicable"
    assert intake.findings.is_empty(), intake.findings


def test_regions_across_with_amount_and_growth_under_each_region(tmp_path: Path) -> None:
    rows = [
        ["2026年1-6月", "", "", "", ""],
        ["指标", "柏溪区", "", "云台县", ""],
        ["", "总量（亿元）", "增速（%）", "总量（亿元）", "增速（%）"],
        ["社会消费品零售总额", 60.5, 5.5, 70.25, -1.5],
        ["一般公共预算收入", 10.25, 7.1, 9.75, 5.5],
    ]
    got = figures(read(write(tmp_path / "a.xlsx", {"s": rows}, ("B2:C2", "D2:E2", "A2:A3"))))
    assert got["T21", "retail", "YTD", "2026-06"] == 70.25
    assert got["T21", "retail_growth", "YTD", "2026-06"] == -1.5
    assert got["T02", "revenue_growth", "YTD", "2026-06"] == 7.1


def test_one_county_a_sheet_named_in_the_title(tmp_path: Path) -> None:
    rows = [
        ["云台县2026年1-6月主要指标", "", "", "", "", ""],
        ["指标", "单位", "本月", "累计", "上年同期", "增速"],
        ["一般公共预算收入", "亿元", 1.5, 9.75, 9.25, 5.4],
        ["社会消费品零售总额", "亿元", 12.5, 70.25, 66.5, 5.6],
    ]
    got = figures(read(write(tmp_path / "报表.xlsx", {"s": rows})))
    assert got["T21", "revenue", "M", "2026-06"] == 1.5
    assert got["T21", "revenue", "YTD", "2026-06"] == 9.75
    assert got["T21", "revenue", "YTD", "2025-06"] == 9.25
    assert got["T21", "retail_growth", "YTD", "2026-06"] == 5.6


def test_one_county_named_by_the_sheet_or_the_file(tmp_path: Path) -> None:
    rows = [["指标", "累计（亿元）"], ["一般公共预算收入", 9.75], ["税收收入", 7.5]]
    by_sheet = read(write(tmp_path / "a.xlsx", {"云石县": rows}))
    by_file = read(write(tmp_path / "柏溪区_2026年6月.xlsx", {"Sheet1": rows}))
    nobody = read(write(tmp_path / "b.xlsx", {"Sheet1": rows}))
    assert figures(by_sheet)["T22", "revenue", "YTD", "2026-06"] == 9.75
    assert figures(by_file)["T02", "tax", "YTD", "2026-06"] == 7.5
    assert ("", "unknown_region", "sheets.no_region") in found(nobody)


def test_months_across_are_periods_of_their_own(tmp_path: Path) -> None:
    rows = [
        ["各项存款余额", "", "", ""],
        ["", "", "", "单位：亿元"],
        ["县区", "2026年4月", "2026-05", "202606"],
        ["柏溪区", 100.5, 101.5, 102.5],
        ["云台县", 200.5, 201.5, 202.5],
    ]
    form = Form(id="series", finds="各项存款余额", indicator="deposits", kind="EOP")
    got = figures(read(write(tmp_path / "a.xlsx", {"s": rows}), forms=[form]))
    assert got["T02", "deposits", "EOP", "2026-04"] == 100.5
    assert got["T21", "deposits", "EOP", "2026-05"] == 201.5
    assert got["T21", "deposits", "EOP", "2026-06"] == 202.5


def test_a_long_sheet_with_a_column_for_every_field(tmp_path: Path) -> None:
    rows = [
        ["事故台账", "", "", "", ""],
        ["县区", "事件", "事故编号", "次数", "时间"],
        ["云台县", "生产安全事故", "A-7", 1, "2026年6月"],
        ["柏溪", "生产安全事故", "A-8", "2起", "2026/5/30"],
    ]
    form = Form(id="events", layout="long", finds="台账", fields={"calibre": "事故编号"}, kind="M")
    intake = read(write(tmp_path / "a.xlsx", {"s": rows}), forms=[form])
    got = {r["calibre"]: (r["region_code"], r["value"], r["period"]) for r in intake.observations.iter_rows(named=True)}
    assert got == {"A-7": ("T21", 1.0, "2026-06"), "A-8": ("T02", 2.0, "2026-05")}


def test_xls_and_et_are_read_alike(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for r, row in enumerate(DOWN):
        for c, cell in enumerate(row):
            if cell != "":
                sheet.write(r, c, cell)
    for name in ("a.xls", "a.et"):
        book.save(str(tmp_path / name))
        assert figures(read(tmp_path / name)) == figures(read(write(tmp_path / "a.xlsx", {"表": DOWN})))


def test_hidden_sheets_are_said_and_left_out_unless_a_form_wants_them(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.xlsx", {"s": DOWN, "底稿": [["地区", "税收收入（亿元）"], ["云台县", 1.5]]}, hidden=["底稿"]
    )
    assert ("", "file", "sheets.hidden_sheet") in found(read(path))
    form = Form(id="hidden", sheets="底稿", hidden=True)
    assert figures(read(path, forms=[form]))["T21", "tax", "YTD", "2026-06"] == 1.5


def test_calibres_of_the_city_are_kept_apart(tmp_path: Path) -> None:
    rows = [
        ["2026年6月", ""],
        ["地区", "地区生产总值（亿元）"],
        ["全市（含云台）", 500],
        ["全市（不含云台）", 400],
        ["云台县", 100],
    ]
    frame = read(write(tmp_path / "a.xlsx", {"s": rows})).observations
    got = dict(zip(frame.get_column("calibre"), frame.get_column("value"), strict=True))
    assert got == {"含云台": 500, "不含云台": 400, "": 100}


def test_the_form_with_the_most_words_found_is_taken(tmp_path: Path) -> None:
    rows = [["开发区经济运行月报", ""], ["县区", "完成数（亿元）"], ["云台县", 3.5], ["柏溪区", 4.5]]
    forms = [
        Form(id="one", finds="月报", columns=[{"header": "完成数", "indicator": "tax"}]),
        Form(id="two", finds=["月报", "开发区|园区"], columns=[{"header": "完成数|实绩", "indicator": "retail"}]),
    ]
    intake = read(write(tmp_path / "a.xlsx", {"s": rows}), forms=forms)
    assert intake.files[0].sheets[0].form == "two"
    assert figures(intake)["T21", "retail", "YTD", "2026-06"] == 3.5


def test_a_thousand_alike_sheets_share_what_was_understood(tmp_path: Path) -> None:
    paths = []
    for month in range(1, 7):
        rows = [[f"2026年{month}月"], ["县区", "各项存款余额（亿元）"], ["柏溪区", month], ["云台县", month * 2]]
        paths.append(write(tmp_path / f"{month}.xlsx", {"s": [[*r, ""][:2] for r in rows]}))
    got = figures(read(*paths))
    assert {(period, value) for (region, _, _, period), value in got.items() if region == "T21"} == {
        (f"2026-{month:02d}", month * 2) for month in range(1, 7)
    }


def test_progress_is_told_after_each_file(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    paths = [write(tmp_path / f"{n}.xlsx", {"s": DOWN}) for n in range(3)]
    read(*paths, progress=lambda done, whole: told.append((done, whole)))
    assert told == [(1, 3), (2, 3), (3, 3)]
