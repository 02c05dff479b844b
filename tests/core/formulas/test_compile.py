"""Every function, beside the oracle (函数逐个核对)."""

from __future__ import annotations

import polars as pl
import pytest

from junxian.core.errors import RuleError
from junxian.core.formulas import Context, analyse, compile_formula, evaluate
from junxian.core.formulas.catalogue import FUNCTIONS
from tests.core.formulas.world import NOW, agree, city, column, compiled_frame, full_city, words

FORMULAS = [
    "收入 + 支出 * 2 - 收入 / 支出",
    "收入 / (支出 - 支出)",
    "收入 / 0",
    "5 < 若(收入 > -1000, 7, 收入)",
    "2 ^ 3 ^ 2 - -2 ^ 2",
    "(收入 - 5) ^ 0.5",
    "0 ^ (收入 - 收入 - 1)",
    "收入 > 支出 且 非 (支出 <= 5) 或 收入 = 支出",
    "收入 ≠ 5 或 有值(收入)",
    "系数 * 收入",
    "去年同期(收入 * 系数)",
    "同比(收入)",
    "0 + 同比(支出)",
    "1 + 同比(支出)",
    "环比(收入.累计)",
    "环比(收入.当月)",
    "当月(收入)",
    "当月(收入 + 支出)",
    "同比(当月(收入))",
    "上期(当月(收入), 5)",
    "累计(收入)",
    "季累计(收入)",
    "年度(人口)",
    "期末(余额)",
    "上期(余额)",
    "上期(余额, 7)",
    "去年同期(收入)",
    "去年同期(收入, 2)",
    "上年末(余额)",
    "上年末(上期(余额, 3))",
    "上年末(上年末(余额))",
    "上期(上年末(余额), 8)",
    "上年末(上期(序时进度(), 14))",
    "比年初(余额)",
    "0 + 同比(比年初(余额))",
    "增速(收入)",
    "同比(增速(收入) + 5)",
    "两年平均(增速(收入))",
    "滚动十二月(收入)",
    "同比(滚动十二月(收入))",
    "滚动十二月(收入 - 支出)",
    "年内均值(收入.当月)",
    "年内合计(收入.当月)",
    "年内最大(余额)",
    "年内最小(余额)",
    "年内个数(收入)",
    "同比(年内合计(余额))",
    "序时进度()",
    "上期(序时进度(), 8)",
    "序时完成率(收入, 40)",
    "实际增速(8.0, 1.5)",
    "实际增速(增速(收入), -100)",
    "贡献率(收入, 支出)",
    "拉动(收入, 支出)",
    "排名(收入)",
    '排名(支出, "升")',
    '排名(收入 / 支出, "asc")',
    "位次变化(收入)",
    "位次变化(支出, 1)",
    '位次变化(支出, 3, "升")',
    "百分位(收入)",
    '百分位(支出, "升")',
    "组内最大(收入)",
    "组内最小(收入 / 支出)",
    "组内均值(收入)",
    "组内中位(支出)",
    "组内标准差(支出)",
    "组内总体标准差(收入)",
    "组内合计(收入)",
    "组内个数(收入)",
    "分位数(支出, 0.25)",
    "分位数(收入, 1)",
    "(支出 - 组内均值(支出)) / 组内标准差(支出)",
    "排名(支出 - 组内均值(支出))",
    "组内最大(排名(收入 / 组内合计(收入)))",
    "占比(收入, 支出)",
    "占比(收入)",
    "上级(收入)",
    "全市(同比(收入))",
    "同比(收入) - 全市(同比(收入))",
    '单位(收入, "乙")',
    '全市(单位(余额, "丁"))',
    "取大(收入, 支出, 5)",
    "取小(收入, 支出)",
    "最大(收入, 支出)",
    "合计(收入, 支出, 1)",
    "均值(收入, 支出)",
    "个数(收入, 支出, 空)",
    "合计(票[*])",
    "均值(票[*])",
    "个数(票[*])",
    "最大(票[*])",
    "最小(票[*])",
    "去极值均值(票[*], 7)",
    "去极值均值(票[*])",
    "上期(去极值均值(票[*], 3), 2)",
    "若(收入 > 支出, 收入, 支出)",
    "若(收入 > 5, 空, 1)",
    "若(有值(收入), 1, 0)",
    "分段(收入, 2, 1, 5, 2, 10.25, 3, 0)",
    "分段(收入, 2, 支出, 5, 8)",
    "截断(同比(收入), -10, 10)",
    "四舍五入(收入 / 3, 2)",
    "四舍五入(-收入, 0)",
    "四舍五入(支出 * 37, -1)",
    "修约(收入, 1)",
    "修约(-支出 / 8, 2)",
    "ln(收入)",
    "log10(支出)",
    "exp(收入 / 10)",
    "exp(支出 * 100)",
    "开方(支出)",
    "幂(收入, 3)",
    "幂(支出, -1)",
    "绝对值(收入 - 支出)",
    "几何平均(收入, 支出, 2)",
    "几何平均(4, 9)",
    "调和平均(收入, 支出)",
    "人均(收入)",
    "人均(收入, 人口 * 2)",
    "同比(人均(收入))",
    "缺则(收入, 去年同期(支出))",
    "有值(去年同期(收入))",
    "在(支出, 5, 20.5)",
    "真 或 (收入 > 1)",
    "收入 ≥ 5%",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_engine_and_oracle_agree(text):
    agree(full_city(), text)


def test_every_function_of_the_catalogue_is_among_them():
    def called(node):
        from junxian.core.formulas.model import Call, children

        own = {node.function} if isinstance(node, Call) else set()
        return own.union(*(called(child) for child in children(node)))

    used = set().union(*(called(analyse(text, words()).tree) for text in FORMULAS))
    assert {function.en for function in FUNCTIONS} == used


GROWTH = [
    (4, 5, 0, 25.0),
    (4, 0, 0, -100.0),
    (4, 4, 0, 0.0),
    (0, 3, 1, None),
    (0, 0, 2, None),
    (0, -1, 6, None),
    (-2, 3, 3, None),
    (-4, -1, 4, 75.0),
    (-4, 0, 4, 100.0),
    (-4, -4, 4, 0.0),
    (-2, -3, 5, None),
    (3, -1, 6, None),
    (None, 3, None, None),
    (3, None, None, None),
]


@pytest.mark.parametrize(("before", "now", "case", "value"), GROWTH)
def test_growth_tells_its_case(before, now, case, value):
    reported = {index: figure for index, figure in ((NOW, now), (NOW - 12, before)) if figure is not None}
    figures = {("甲", "收入", "YTD", "", index): str(figure) for index, figure in reported.items()}
    row = compiled_frame(city(figures), ["同比(收入)"]).filter(unit="甲", period_index=NOW).row(0, named=True)
    assert (row["同比(收入)"], row["同比(收入):case"]) == (value, case)
    assert row["同比(收入):base"] == before


def test_growth_inside_a_formula_counts_only_normal_cases():
    figures = {("甲", "收入", "YTD", "", NOW): "-1", ("甲", "收入", "YTD", "", NOW - 12): "-4"}
    row = compiled_frame(city(figures), ["同比(收入) * 1"]).filter(unit="甲", period_index=NOW).row(0, named=True)
    assert row["同比(收入) * 1"] is None
    assert "同比(收入) * 1:case" not in row


def test_growth_on_a_base_that_is_only_noise_is_no_percent():
    parts = {("甲", name, "YTD", "", NOW - 12): v for name, v in (("收入", "0.3"), ("支出", "0.1"))}
    now = {("甲", name, "YTD", "", NOW): "1" for name in ("收入", "支出")}
    text = "同比(收入 - 支出 - 支出 - 支出 + 2 * 支出 - 支出 * 2)"
    row = compiled_frame(city(parts | now), [text]).filter(unit="甲", period_index=NOW).row(0, named=True)
    assert (row[text], row[f"{text}:case"]) == (None, 6)


def test_january_and_february_as_one_leave_february_alone_without_a_figure():
    figures = {
        ("甲", "收入", "YTD", "", 2026 * 12 + 1): "3.2",
        ("甲", "收入", "YTD", "", 2026 * 12 + 2): "5.1",
        ("乙", "收入", "YTD", "", 2026 * 12): "1.5",
    }
    known = words()
    formula = analyse("当月(收入)", known)
    from tests.core.formulas.world import CONTEXT, frame

    table = frame(city(figures), [formula], tuple(2026 * 12 + m for m in range(3)))
    table = evaluate(table, {"v": compile_formula(formula, column, CONTEXT)})
    assert table.filter(unit="甲")["v"].to_list() == [None, None, pytest.approx(1.9)]
    assert table.filter(unit="乙")["v"].to_list() == [1.5, None, None]


ROUNDINGS = [
    ("1.005", 2, 1.01, 1.0),
    ("2.675", 2, 2.68, 2.68),
    ("2.665", 2, 2.67, 2.66),
    ("1.015", 2, 1.02, 1.02),
    ("1.025", 2, 1.03, 1.02),
    ("0.285", 2, 0.29, 0.28),
    ("-1.005", 2, -1.01, -1.0),
    ("-2.5", 0, -3.0, -2.0),
    ("0.5", 0, 1.0, 0.0),
    ("1.5", 0, 2.0, 2.0),
    ("1.0049999", 2, 1.0, 1.0),
    ("1234567.895", 2, 1234567.9, 1234567.9),
    ("123456789012.345", 2, 123456789012.35, 123456789012.34),
    ("1234567890123.45", 1, 1234567890123.5, 1234567890123.4),
    ("9007199254740993", 2, 9007199254740992.0, 9007199254740992.0),
    ("1250", -2, 1300.0, 1200.0),
    ("0", 2, 0.0, 0.0),
]


@pytest.mark.parametrize(("value", "digits", "up", "even"), ROUNDINGS)
def test_rounding_sees_the_decimal_a_float_stands_for(value, digits, up, even):
    world = city({("甲", "收入", "YTD", "", NOW): value})
    texts = [f"四舍五入(收入, {digits})", f"修约(收入, {digits})"]
    row = compiled_frame(world, texts).filter(unit="甲", period_index=NOW).row(0, named=True)
    assert (row[texts[0]], row[texts[1]]) == (up, even)


def test_a_threshold_is_met_by_the_decimal_not_by_the_last_bit():
    figures = {("甲", "收入", "YTD", "", NOW): "5.8", ("甲", "收入", "YTD", "", NOW - 12): "5.0"}
    texts = ["同比(收入) >= 16", "分段(同比(收入), 16, 1, 0)", "同比(收入) = 16%"]
    row = compiled_frame(city(figures), texts).filter(unit="甲", period_index=NOW).row(0, named=True)
    assert [row[text] for text in texts[:2]] == [True, 1.0]


def test_equal_growth_from_different_amounts_is_a_tie():
    figures = {}
    for unit, now, before in (("甲", "5.8", "5.0"), ("乙", "1.16", "1"), ("丙", "34.8", "30")):
        figures |= {(unit, "收入", "YTD", "", NOW): now, (unit, "收入", "YTD", "", NOW - 12): before}
    table = compiled_frame(city(figures), ["排名(同比(收入))"]).filter(period_index=NOW, group="县")
    assert table["排名(同比(收入))"].to_list() == [1.0, 1.0, 1.0]


def test_equal_figures_have_no_spread_to_divide_by():
    figures = {(unit, "收入", "YTD", "", NOW): "0.1" for unit in ("甲", "乙", "丙")}
    text = "(收入 - 组内均值(收入)) / 组内标准差(收入)"
    table = compiled_frame(city(figures), [text]).filter(period_index=NOW, group="县")
    assert table[text].to_list() == [None, None, None]


def test_no_result_is_ever_nan_or_infinite():
    table = compiled_frame(full_city(), [text for text in FORMULAS if not text.startswith("实际")])
    for name, kind in table.schema.items():
        if kind.is_float():
            assert not (table[name].is_nan() | table[name].is_infinite()).any(), name


def test_numbers_are_float64_and_truths_boolean():
    table = compiled_frame(full_city(), FORMULAS)
    kinds = {text: table.schema[text] for text in FORMULAS}
    truths = {text for text, kind in kinds.items() if kind == pl.Boolean}
    assert truths == {text for text in FORMULAS if analyse(text, words()).truth}
    assert {kind for text, kind in kinds.items() if text not in truths} == {pl.Float64}


def test_windows_inside_windows_leave_no_column_behind():
    text = "排名(支出 - 组内均值(支出))"
    known = words()
    compiled = compile_formula(analyse(text, known), column, Context(("group",), "month"))
    assert len(compiled.steps) == 1
    table = compiled_frame(full_city(), [text])
    assert [name for name in table.columns if name.startswith("~")] == []


def test_lazy_frames_stay_lazy():
    from tests.core.formulas.world import CONTEXT, frame

    formula = analyse("排名(收入)", words())
    lazy = frame(full_city(), [formula]).lazy()
    assert isinstance(evaluate(lazy, {"v": compile_formula(formula, column, CONTEXT)}), pl.LazyFrame)


def test_a_peer_function_without_peers_is_refused():
    with pytest.raises(RuleError, match="no_peers"):
        compile_formula(analyse("排名(收入)", words()), column, Context((), "month"))


def test_a_name_without_a_column_is_refused():
    with pytest.raises(RuleError, match="no_column"):
        compile_formula(analyse("系数 + 1", words()), column, Context(("group",), "month"))


def test_what_is_read_many_times_becomes_a_column_first():
    text = "截断(" * 9 + "四舍五入(收入 / 3, 2)" + ", 0, 100)" * 9
    compiled = compile_formula(analyse(text, words()), column, Context(("group",), "month"))
    assert len(compiled.steps) > 1
    agree(full_city(), text)
