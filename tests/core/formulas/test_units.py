"""Units of measure (计量单位): exact factors, conversions put in, mismatches refused with their place."""

from __future__ import annotations

from fractions import Fraction

import pytest

from junxian.core.errors import RuleError
from junxian.core.formulas import analyse, compile_formula, evaluate
from junxian.core.formulas.measure import UnitTable, default_units, factor, raised, read_unit, write_unit
from tests.core.formulas.world import CONTEXT, NOW, Card, city, column, frame, words

CARDS = {
    "收入": Card("收入", unit="亿元"),
    "支出": Card("支出", unit="万元"),
    "税收": Card("税收", unit="亿元"),
    "人口": Card("人口", "Y", "万人", flow="stock"),
    "失业率": Card("失业率", unit="%", flow="ratio"),
    "占比卡": Card("占比卡", unit="%", flow="ratio"),
    "指数卡": Card("指数卡", unit=None, flow="ratio"),
    "面积": Card("面积", unit="公顷"),
    "粮食": Card("粮食", unit="吨"),
    "怪": Card("怪", unit="筐"),
    "坏": Card("坏", unit="元^^"),
}


def known(**more):
    return words(CARDS, **{"names": {"比率": "", "未定": None}, "constants": frozenset(), **more})


FACTORS = [
    ("亿元", "万元", 10000.0),
    ("亿元/万人", "元/人", 10000.0),
    ("%", "", 0.01),
    ("百分点", "%", 1.0),
    ("‰", "%", 0.1),
    ("亩", "公顷", 1 / 15),
    ("km2", "平方公里", 1.0),
    ("μg/m³", "mg/m3", 0.001),
    ("亿千瓦时", "千瓦时", 1e8),
    ("吨/亩", "千克/公顷", 15000.0),
    ("万美元", "亿美元", 0.0001),
    ("元", "元", 1.0),
    ("筐", "筐", 1.0),
]


@pytest.mark.parametrize(("source", "target", "expected"), FACTORS)
def test_factors_are_exact(source, target, expected):
    assert factor(source, target) == expected


def test_factors_stay_exact_through_many_steps():
    assert Fraction(factor("亿元", "元")) == 10**8
    assert factor("元", "亿元") == 1e-8


@pytest.mark.parametrize("text", ["亿元", "元/人", "吨标准煤/万元", "人·天", "元/人·天", "平方米^2", "1/万人", "", "%"])
def test_a_unit_is_written_as_it_was_read(text):
    assert read_unit(write_unit(read_unit(text))) == read_unit(text)


def test_units_of_a_jurisdiction_of_its_own():
    table = UnitTable("USD = [money]\nmillion_USD = 1000000 * USD\npeople = [person]\n% = 1/100 # share")
    assert table.factor("million_USD/people", "USD/people") == 1e6
    with pytest.raises(RuleError, match="unknown_unit"):
        table.factor("USD", "元")


@pytest.mark.parametrize("text", ["= 5", "x y z", "元 = ", "a = b ** (", "元 = [money"])
def test_a_bad_definition_is_refused_with_its_line(text):
    with pytest.raises(RuleError) as refusal:
        UnitTable(f"人 = [person]\n{text}").factor("甲", "人")
    assert refusal.value.code in {"formula.bad_definition", "formula.unknown_unit"}
    assert refusal.value.facts.get("line", 2) == 2


def test_a_root_of_a_unit_that_has_none():
    assert raised(read_unit("元"), Fraction(1, 2)) is None


RESULTS = [
    ("收入", "亿元"),
    ("收入 + 支出", "亿元"),
    ("支出 + 收入", "万元"),
    ("收入 / 支出", ""),
    ("收入 / 人口", "亿元/万人"),
    ("人均(收入)", "亿元/万人"),
    ("收入 / 税收 * 100", None),
    ("收入 * 100", "亿元"),
    ("收入 * 5%", "亿元"),
    ("收入 * 失业率", "%·亿元"),
    ("同比(收入)", "%"),
    ("失业率 - 去年同期(失业率)", "百分点"),
    ("失业率 - 2", "百分点"),
    ("失业率 + 失业率", "%"),
    ("比年初(失业率)", "百分点"),
    ("比年初(收入)", "亿元"),
    ("(失业率 - 占比卡) + 失业率", "%"),
    ("拉动(收入, 税收)", "百分点"),
    ("排名(收入)", ""),
    ("收入 > 支出", ""),
    ("若(收入 > 支出, 收入, 支出)", "亿元"),
    ("分段(收入, 5, 支出, 收入)", "万元"),
    ("取大(0, 收入, 支出)", "亿元"),
    ("开方(面积 * 面积)", "公顷"),
    ("开方(收入)", None),
    ("收入 ^ 2", "亿元^2"),
    ("收入 ^ 0.5", None),
    ("幂(收入, 2)", "亿元^2"),
    ("指数卡 ^ 0.5", ""),
    ("ln(收入)", ""),
    ("1 / 人口", "1/万人"),
    ("粮食 / 面积", "吨/公顷"),
    ("怪 / 人口", "筐/万人"),
    ("比率 * 收入", "亿元"),
    ("未定 * 收入", "亿元"),
    ("未定", None),
    ("5", None),
    ("5%", ""),
    ("个数(收入, 支出)", ""),
    ("序时进度()", ""),
    ("占比(收入, 支出)", "%"),
    ("组内均值(收入)", "亿元"),
    ("分位数(收入, 0.5)", "亿元"),
]


@pytest.mark.parametrize(("text", "unit"), RESULTS)
def test_the_unit_of_a_result(text, unit):
    assert analyse(text, known()).unit == unit


FIGURES = {
    "收入": ("YTD", "100.0"),
    "支出": ("YTD", "250000"),
    "税收": ("YTD", "71.7"),
    "人口": ("Y", "68.8"),
    "失业率": ("YTD", "4.5"),
    "占比卡": ("YTD", "70"),
    "指数卡": ("YTD", "0.72"),
}
VALUES = [
    ("收入 + 支出", None, 125.0),
    ("支出 + 收入", None, 1250000.0),
    ("收入 / 支出", None, 4.0),
    ("收入 > 支出 * 4", None, False),
    ("收入 >= 支出 * 4", None, True),
    ("收入 / 人口", "元/人", 14534.88372093023),
    ("人均(收入)", "万元/人", 1.453488372093023),
    ("税收 / 收入", "%", 71.7),
    ("税收 / 收入 * 100", "%", 71.7),
    ("税收 / 收入 * 100%", "%", 71.7),
    ("收入 * (1 + 失业率 / 100)", "亿元", 104.5),
    ("收入 * 失业率", "亿元", 4.5),
    ("失业率 > 5%", None, False),
    ("失业率 > 4.4%", None, True),
    ("5% > 失业率", None, True),
    ("取大(收入, 支出)", None, 100.0),
    ("缺则(上期(收入), 支出)", None, 25.0),
    ("占比(支出, 收入)", None, 25.0),
    ("收入", "万元", 1000000.0),
    ("100 - 占比卡", "%", 30.0),
    ("实际增速(指数卡, 0)", "%", 0.72),
    ("占比卡 + 税收 / 收入", "%", 141.7),
    ("占比卡 + 指数卡", "%", 70.72),
    ("指数卡 + 占比卡", None, 70.72),
    ("取大(指数卡, 占比卡)", None, 70.0),
    ("占比卡 + 排名(收入)", None, 71.0),
    ("指数卡", "%", 0.72),
    ("税收 / 收入 > 占比卡", None, True),
]


@pytest.mark.parametrize(("text", "declared", "expected"), VALUES)
def test_conversions_are_put_in(text, declared, expected):
    world = city({("甲", name, kind, "", NOW + (6 if kind == "Y" else 0)): v for name, (kind, v) in FIGURES.items()})
    formula = analyse(text, known(), declared=declared)
    table = frame(world, [formula])
    done = evaluate(table, {"v": compile_formula(formula, column, CONTEXT)}).filter(unit="甲", period_index=NOW)
    assert done["v"][0] == pytest.approx(expected, rel=1e-12)


MISMATCHES = [
    ("收入 + 人口", "unit_mismatch", 1, 6),
    ("收入 > 人口", "unit_mismatch", 1, 6),
    ("1 +\n收入 + 人口", "unit_mismatch", 2, 6),
    ("取大(收入, 人口)", "unit_mismatch", 1, 8),
    ("若(真, 收入, 人口)", "unit_mismatch", 1, 10),
    ("实际增速(收入, 1)", "unit_mismatch", 1, 6),
    ("收入 + 怪", "unknown_unit", 1, 6),
    ("收入 + 坏", "bad_unit", 1, 6),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), MISMATCHES)
def test_units_that_cannot_meet_are_refused_at_their_place(text, code, line, column):
    with pytest.raises(RuleError) as refusal:
        analyse(text, known(), where="方案.yaml")
    assert (refusal.value.code, refusal.value.where) == (f"formula.{code}", f"方案.yaml:{line}:{column}")


def test_units_that_are_no_units():
    with pytest.raises(RuleError, match="unknown_unit"):
        factor("元", "两 个")
    with pytest.raises(RuleError, match="bad_unit"):
        default_units().alike("元^^", "元")
    assert not default_units().alike("筐", "元")


def test_a_declared_unit_that_cannot_be_is_refused():
    with pytest.raises(RuleError, match="unit_mismatch"):
        analyse("收入 / 人口", known(), declared="元")
    with pytest.raises(RuleError, match="wants_number"):
        analyse("收入 > 5", known(), declared="元")


NOTES = [
    ("同比(失业率)", ["growth_of_ratio"]),
    ("1 - 占比卡", ["one_beside_percent"]),
    ("指数卡 + 占比卡", ["taken_as_it_stands"]),
    ("开方(收入) + 收入 ^ 0.5", ["unit_lost"]),
    ("同比(收入) > 5%", []),
    ("100 - 占比卡", []),
    ("占比卡 + 税收 / 收入", []),
]


@pytest.mark.parametrize(("text", "codes"), NOTES)
def test_doubtful_units_are_told(text, codes):
    notes = analyse(text, known(), where="方案.yaml").notes
    assert [note.code for note in notes] == [f"formula.note.{code}" for code in codes]
    assert all(note.where.startswith("方案.yaml:1:") for note in notes)


def test_a_derived_name_declared_in_a_unit_keeps_it_when_read_elsewhere():
    more = known(names={"人均收入": "元/人"}, formulas={"人均收入": "收入 / 人口"})
    assert analyse("上期(人均收入)", more).unit == "元/人"


def test_the_table_is_one_for_all():
    assert default_units() is default_units()
