"""Understanding formulas (公式分析): leaves, lags, places, kinds, definitions, refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from junxian.core.errors import RuleError
from junxian.core.formulas import Leaf, analyse, in_order, parse
from tests.core.formulas.world import CARDS, Card, words

JUNE = 2026 * 12 + 5


def leaves(text, **more):
    return analyse(text, words(**more)).leaves


LEAVES = [
    ("收入", [Leaf("收入", "YTD")]),
    ("收入.当月", [Leaf("收入", "M")]),
    ("收入[不含兰考]", [Leaf("收入", "YTD", "不含兰考")]),
    ("年度(收入[甲])", [Leaf("收入", "Y", "甲")]),
    ("期末(余额.期末)", [Leaf("余额", "EOP")]),
    ("上期(余额, 3)", [Leaf("余额", "EOP", back=3)]),
    ("上期(上期(余额, 3), 4)", [Leaf("余额", "EOP", back=7)]),
    ("去年同期(余额, 2)", [Leaf("余额", "EOP", back=24)]),
    ("上年末(余额)", [Leaf("余额", "EOP", december=1)]),
    ("上期(上年末(余额))", [Leaf("余额", "EOP", back=1, december=1)]),
    ("上年末(上期(余额))", [Leaf("余额", "EOP", december=1, after=1)]),
    ("上年末(去年同期(余额))", [Leaf("余额", "EOP", december=2)]),
    ("上年末(上期(余额, 14))", [Leaf("余额", "EOP", december=2, after=2)]),
    ("上级(收入)", [Leaf("收入", "YTD", place="parent")]),
    ("全市(上期(收入))", [Leaf("收入", "YTD", back=1, place="root")]),
    ("上级(全市(收入))", [Leaf("收入", "YTD", place="root")]),
    ('全市(单位(收入, "410000"))', [Leaf("收入", "YTD", place="410000")]),
    ("增速(收入[甲])", [Leaf("收入增速", "YTD", "甲")]),
    ("增速(收入.当月)", [Leaf("收入增速", "M")]),
    ("上期(增速(收入), 12)", [Leaf("收入增速", "YTD", back=12)]),
    ("年内均值(收入.当月)", [Leaf("收入", "M", gather="year:mean")]),
    ("去年同期(年内合计(收入))", [Leaf("收入", "YTD", back=12, gather="year:sum")]),
    ("去极值均值(票[*])", [Leaf("票", "M", "*", gather="calibres:trimmed_mean:7")]),
    ("合计(票.当季[*])", [Leaf("票", "Q", "*", gather="calibres:sum")]),
    ("人均(收入)", [Leaf("收入", "YTD"), Leaf("人口", "Y")]),
    ("去年同期(人均(收入))", [Leaf("收入", "YTD", back=12), Leaf("人口", "Y", back=12)]),
    ("当月(收入)", [Leaf("收入", "YTD"), Leaf("收入", "YTD", back=1)]),
    ("序时进度() + 1", []),
    ("当月(全市(收入))", [Leaf("收入", "YTD", place="root"), Leaf("收入", "YTD", back=1, place="root")]),
    ("合计(票[＊])", [Leaf("票", "M", "*", gather="calibres:sum")]),
    (
        "同比(滚动十二月(收入))",
        [Leaf("收入", "YTD", *time) for time in [("", 0), ("", 0, 1), ("", 12), ("", 12, 1), ("", 24)]],
    ),
]


@pytest.mark.parametrize(("text", "expected"), LEAVES)
def test_leaves(text, expected):
    assert list(leaves(text)) == expected


TIMES = [
    (Leaf("x", "YTD"), JUNE),
    (Leaf("x", "YTD", back=6), 2025 * 12 + 11),
    (Leaf("x", "YTD", december=1), 2025 * 12 + 11),
    (Leaf("x", "YTD", back=6, december=1), 2024 * 12 + 11),
    (Leaf("x", "YTD", december=2, after=2), 2024 * 12 + 9),
    (Leaf("x", "Y"), 2026 * 12 + 11),
    (Leaf("x", "Y", back=12), 2025 * 12 + 11),
]


@pytest.mark.parametrize(("leaf", "index"), TIMES)
def test_the_period_a_leaf_reaches(leaf, index):
    assert leaf.index_at(JUNE) == index


def test_carry_comes_from_the_vocabulary():
    assert leaves("收入", carry={"收入": 2}) == (Leaf("收入", "YTD", carry=2),)


def test_an_alias_and_a_code_are_one_leaf():
    assert leaves("revenue + 收入", cards=CARDS | {"revenue": CARDS["收入"]}) == (Leaf("收入", "YTD"),)


def test_only_what_is_read_is_a_leaf():
    assert leaves("上期(收入)") == (Leaf("收入", "YTD", back=1),)


def test_a_card_comes_before_a_derived_name_of_the_same_spelling():
    formula = analyse("收入 + 系数", words(names={"收入": None, "系数": None}))
    assert (formula.leaves, formula.names) == ((Leaf("收入", "YTD"),), ("系数",))


def test_a_derived_name_is_read_as_it_stands_and_through_its_definition_elsewhere():
    known = words(names={"自给率": None}, formulas={"自给率": "收入 / 支出"})
    assert analyse("自给率", known).names == ("自给率",)
    lagged = analyse("同比(自给率)", known)
    assert lagged.names == ("自给率",)
    assert lagged.leaves == (Leaf("收入", "YTD", back=12), Leaf("支出", "YTD", back=12))


def test_a_definition_that_leads_back_to_itself_is_refused():
    known = words(names={"甲": None, "乙": None}, formulas={"甲": "上期(乙)", "乙": "甲"})
    with pytest.raises(RuleError) as refusal:
        analyse("上期(甲)", known)
    assert (refusal.value.code, refusal.value.facts["names"]) == ("formula.circle", "甲 → 乙 → 甲")


def test_formulas_are_put_in_order_and_a_circle_is_named():
    known = words(names=dict.fromkeys(("甲", "乙", "丙")))
    made = {name: analyse(text, known) for name, text in {"甲": "乙 + 丙", "乙": "丙", "丙": "收入"}.items()}
    assert in_order(made) == (("丙",), ("乙",), ("甲",))
    with pytest.raises(RuleError) as refusal:
        in_order(made | {"丙": analyse("甲", known)})
    assert refusal.value.facts["names"] == "甲 → 丙 → 甲"


REFUSED = [
    ("收人", "unknown_name", 1, 1),
    ("同比(收人)", "unknown_name", 1, 4),
    ("1 +\n 收人", "unknown_name", 2, 2),
    ("同比()", "too_few", 1, 1),
    ("同比(收入, 1)", "too_many", 1, 1),
    ("分段(收入, 1)", "too_few", 1, 1),
    ("合计(票[*], 收入)", "too_many", 1, 1),
    ("同比(收入 > 1)", "wants_number", 1, 7),
    ("(收入 > 1) + 1", "wants_number", 1, 5),
    ("收入 且 真", "wants_truth", 1, 1),
    ("非 (收入)", "wants_truth", 1, 4),
    ("若(收入, 1, 2)", "wants_truth", 1, 3),
    ("上期(收入, 支出)", "wants_whole", 1, 8),
    ("上期(收入, 0)", "wants_whole", 1, 8),
    ("上期(收入, 1.5)", "wants_whole", 1, 8),
    ("上期(收入, -1)", "wants_whole", 1, 8),
    ("四舍五入(收入, 99)", "wants_whole", 1, 10),
    ("去极值均值(票[*], 2)", "wants_whole", 1, 13),
    ("增速(1)", "wants_indicator", 1, 4),
    ("增速(系数)", "wants_indicator", 1, 4),
    ("增速(收人)", "unknown_name", 1, 4),
    ("增速(支出)", "growth_unpublished", 1, 1),
    ("年内均值(同比(收入))", "wants_indicator", 1, 6),
    ("去极值均值(票)", "wants_all_calibres", 1, 1),
    ("票[*]", "all_calibres", 1, 1),
    ("合计(票[*] + 1)", "all_calibres", 1, 4),
    ("年内合计(票[*])", "all_calibres", 1, 6),
    ('收入 + "甲"', "text_here", 1, 6),
    ('排名(收入, "左")', "direction", 1, 8),
    ("排名(收入, 1)", "direction", 1, 8),
    ("分位数(收入, 90)", "quantile", 1, 9),
    ("分段(收入, 5, 1, 2, 3, 0)", "steps_order", 1, 1),
    ("期末(收入.累计)", "kind_conflict", 1, 4),
    ("累计(期末(余额))", "kind_conflict", 1, 4),
    ("系数.累计", "derived_has_no_kind", 1, 1),
    ("系数[甲]", "derived_has_no_kind", 1, 1),
    ("当月(余额)", "not_a_flow", 1, 4),
    ("滚动十二月(收入 / 支出)", "wants_sum", 1, 10),
    ("上级(上级(收入))", "parent_twice", 1, 4),
    ('单位(上级(收入), "410000")', "parent_twice", 1, 4),
    ("占比(上级(收入), 1) + 全市(占比(收入))", "parent_twice", 1, 20),
    ("上级(排名(收入))", "peers_elsewhere", 1, 4),
    ("排名(5 + 1)", "wants_figure", 1, 1),
    ("组内均值(序时进度())", "wants_figure", 1, 1),
    ("单位(收入, 收入)", "wants_text", 1, 8),
    ("单位(收入, ' ')", "wants_text", 1, 8),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), REFUSED)
def test_what_cannot_be_meant_is_refused_at_its_place(text, code, line, column):
    with pytest.raises(RuleError) as refusal:
        analyse(text, words(), where="方案.yaml")
    assert (refusal.value.code, refusal.value.where) == (f"formula.{code}", f"方案.yaml:{line}:{column}")
    assert (refusal.value.facts["line"], refusal.value.facts["column"]) == (line, column)


def test_a_derived_name_without_a_definition_stays_where_it_is():
    with pytest.raises(RuleError, match="derived_elsewhere"):
        analyse("上期(甲)", words(names={"甲": None}))


def test_two_published_growth_rates_have_to_be_told_apart():
    cards = CARDS | {"可比增速": Card("可比增速", growth_of="收入")}
    with pytest.raises(RuleError) as refusal:
        analyse("增速(收入)", words(cards))
    assert (refusal.value.code, refusal.value.facts["found"]) == ("formula.growth_ambiguous", "可比增速、收入增速")


def test_per_head_without_a_population_indicator_is_refused():
    with pytest.raises(RuleError, match="no_population"):
        analyse("人均(收入)", words(population=None))


def test_a_misspelt_name_is_offered_its_neighbours():
    with pytest.raises(RuleError) as refusal:
        analyse("收人增速", words())
    assert "收入增速" in str(refusal.value.facts["near"])


def test_a_tree_and_its_text_are_understood_alike():
    known = words()
    by_text, by_tree = analyse("同比(收入)", known), analyse(parse("yoy(收入)"), known)
    assert replace(by_text, text="") == replace(by_tree, text="")
    assert by_tree.text == "同比(收入)"


@pytest.mark.parametrize("text", ["同比(" * 15 + "收入" + ")" * 15, "调和平均(" * 15 + "收入" + ", 收入)" * 15])
def test_a_formula_that_grows_without_bound_is_refused(text):
    with pytest.raises(RuleError, match="too_large"):
        analyse(text, words())


def test_calls_in_calls_have_a_limit():
    with pytest.raises(RuleError) as refusal:
        analyse("上期(" * 17 + "收入" + ")" * 17, words())
    assert (refusal.value.code, refusal.value.facts["column"]) == ("formula.too_deep", 49)
    assert leaves("上期(" * 16 + "收入" + ")" * 16) == (Leaf("收入", "YTD", back=16),)
