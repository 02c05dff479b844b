"""Header words (表头用语): which cell means points, which a criterion; and which column names the units."""

from __future__ import annotations

import pytest

from junxian.files.adopt.axis import find_axis
from junxian.files.adopt.grid import Grid
from junxian.files.adopt.hints import from_text
from junxian.files.adopt.roles import blank_state, is_summary, number_of, read_head


@pytest.mark.parametrize(
    ("text", "role", "name", "weight"),
    [
        ("得分", "points", "", None),
        ("GDP增速得分", "points", "GDP增速", None),
        ("一般公共预算收入增速（10分）", "", "一般公共预算收入增速", 10),
        ("固定资产投资增速(权重15%)", "", "固定资产投资增速", 15),
        ("全省位次（5分）", "", "全省位次", 5),
        ("总分", "total", "", None),
        ("综合得分（100分）", "total", "", 100),
        ("序号", "serial", "", None),
        ("县（市、区）", "unit", "", None),
        ("招商引资目标", "target", "招商引资", None),
        ("Tax share (20 points)", "", "Tax share", 20),
        ("GDP target", "target", "GDP", None),
        ("税收占比（%）", "", "税收占比", None),
    ],
)
def test_heads(text, role, name, weight):
    head = read_head(text)
    assert (head.role, head.name, head.weight) == (role, name, weight)


def test_a_unit_of_measure_is_cut_from_the_name():
    assert (read_head("财政收入（亿元）").name, read_head("财政收入（亿元）").unit) == ("财政收入", "亿元")


@pytest.mark.parametrize("text", ["全市平均", "合计", "最大值", "Total", "全市（不含新区）"])
def test_summaries_are_no_units(text):
    assert is_summary(text)


def test_cells_as_figures_and_blanks():
    assert [number_of(cell) for cell in (1, "１２．５", "3,200", "甲", "", True)] == [1, 12.5, 3200, None, None, None]
    assert [blank_state(cell) for cell in ("", "—", "甲")] == ["not_reported", "not_reported", ""]


def grid(*rows):
    width = max(map(len, rows))
    return Grid("s", [[*row, *[""] * (width - len(row))] for row in rows])


def test_units_down_or_across_are_the_same_units():
    down = grid(["县区", "收入增速", "得分"], *([name, i, i] for i, name in enumerate(["甲县", "乙县", "丙区"])))
    assert find_axis(down).names == find_axis(down.across()).names == ("甲县", "乙县", "丙区")


def test_criteria_are_not_taken_for_units():
    rows = grid(
        ["指标", "分值", "Alder", "Birch", "Cedar"],
        *([name, 10, 1, 2, 3] for name in ("财政收入", "固定资产投资", "税收占比", "事故起数")),
    )
    found = find_axis(rows)
    assert (found.names, found.grid.turned) == (("Alder", "Birch", "Cedar"), True)


def test_a_page_of_words_has_no_units():
    assert find_axis(grid(["关于印发办法的通知"], ["一、总则"], ["二、计分"])) is None


@pytest.mark.parametrize(
    ("text", "family", "number"),
    [
        ("按位次计分，第一名得满分，每低一位减5%", "rank_step", 5),
        ("完成目标得满分，未完成的按比例计分", "completion", None),
        ("每发生1起扣0.5分，扣完为止", "deduct", 0.5),
        ("90%以上得10分，80%以上得8分，其余5分", "ladder", 80),
        ("采用功效系数法，最高100、最低60", "efficacy", 60),
    ],
)
def test_a_text_names_its_families_and_numbers(text, family, number):
    hints = from_text(text)
    assert family in hints.families
    assert number is None or number in hints.pool
