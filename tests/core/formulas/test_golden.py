"""Golden numbers of RULES §14 and the worked examples of §1.2, §1.8 and §3.2 (标准算例)."""

from __future__ import annotations

import pytest

from tests.core.formulas.world import city, compiled_frame

MARCH = 2026 * 12 + 2


def value(text, figures, unit="甲", at=MARCH):
    from junxian.core.formulas import analyse, compile_formula, evaluate
    from tests.core.formulas.world import CONTEXT, column, frame, words

    formula = analyse(text, words())
    table = frame(city(figures), [formula], (at,))
    return evaluate(table, {"v": compile_formula(formula, column, CONTEXT)}).filter(unit=unit)["v"][0]


REVENUE = {
    ("甲", "收入", "YTD", "", MARCH): "5.10",
    ("甲", "收入", "YTD", "", MARCH - 1): "3.20",
    ("甲", "收入", "YTD", "", MARCH - 12): "4.80",
    ("甲", "收入", "YTD", "", MARCH - 13): "3.10",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("当月(收入)", 1.90),
        ("四舍五入(同比(当月(收入)), 2)", 11.76),
        ("同比(收入.累计)", 6.25),
        ("四舍五入(同比(收入), 1)", 6.3),
        ("修约(同比(收入), 1)", 6.2),
    ],
)
def test_g01_month_and_growth(text, expected):
    assert value(text, REVENUE) == pytest.approx(expected, abs=1e-12)


def test_g02_real_growth():
    assert value("四舍五入(实际增速(8.0, 1.5), 4)", {}) == 6.4039


def test_g13_fiscal_ratios():
    figures = {("甲", name, kind, "", MARCH): v for name, kind, v in [("收入", "YTD", "15.2"), ("支出", "YTD", "46.8")]}
    figures |= {("甲", "收入", "M", "", MARCH): "10.9", ("甲", "支出", "M", "", MARCH): "16.8"}
    assert value("四舍五入(收入 / 支出 * 100, 2)", figures) == 32.48
    assert value("四舍五入(占比(收入.当月, 收入), 2)", figures) == 71.71
    assert value("四舍五入(支出.当月 / 收入, 2)", figures) == 1.11


def test_competition_ranks_of_the_worked_table():
    from tests.core.formulas.world import NOW

    world = city({})
    world.groups |= {f"县{i}": "县" for i in range(9)}
    for place, growth in enumerate(["9.0", "8.3", "7.4", "6.2", "5.6", "5.6", "4.0", "3.1", "-1.5"]):
        from fractions import Fraction

        world.figures[f"县{place}", "收入增速", "YTD", "", NOW] = Fraction(growth)
    table = compiled_frame(world, ["排名(增速(收入))"]).filter(period_index=NOW)
    ranks = dict(zip(table["unit"], table["排名(增速(收入))"], strict=True))
    assert [ranks[f"县{i}"] for i in range(9)] == [1, 2, 3, 4, 5, 5, 7, 8, 9]


def test_two_year_mean():
    figures = {("甲", "收入增速", "YTD", "", at): g for at, g in ((MARCH, "12"), (MARCH - 12, "-3"))}
    assert value("两年平均(增速(收入))", figures) == pytest.approx(((1.12 * 0.97) ** 0.5 - 1) * 100)


def test_votes_drop_one_highest_and_one_lowest_from_seven_on():
    votes = ["100", "90", "80", "85", "75", "95", "60"]
    figures = {("甲", "票", "M", f"票{i}", MARCH): v for i, v in enumerate(votes)}
    assert value("去极值均值(票[*], 7)", figures) == 85.0
    assert value("去极值均值(票[*], 8)", figures) == pytest.approx(585 / 7)
