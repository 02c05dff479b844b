"""Shapes of old sheets (旧表形状): categories, targets, weights out of a hundred, blocks, bonus, figures not there."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from junxian.core.scoring.model import Criterion, Group, walk
from junxian.files.adopt import adopt
from junxian.files.rulebooks import check, load
from tests.files.adopt.old_sheets import (
    AMOUNTS,
    COUNTS,
    GROWTH,
    RATES,
    SHARES,
    UNITS,
    Rule,
    Sheet,
    efficacy,
    half_up,
    monthly,
    pairs,
    place,
    step,
)  # fmt: skip

TODAY = "2026-11-23"


def run(path: Path):
    out = path.with_suffix("")
    found = adopt(path, out, today=TODAY)
    assert check(out).is_sound
    return found, load(out).schemes[0]


def leaves(scheme):
    return {node.key: node for node in walk(scheme.criteria) if isinstance(node, Criterion)}


def test_units_are_compared_within_their_categories(tmp_path):
    kinds = ["县"] * 6 + ["区"] * 4

    def apart(figures, points):
        def own(x, _):
            here = next(i for i, y in enumerate(figures) if y == x)
            return points(x, [y for y, kind in zip(figures, kinds, strict=True) if kind == kinds[here]])

        return own

    distinct = [9.0, 8.3, 7.4, 6.2, 5.6, 5.1, 4.0, 3.1, -1.5, 2.2]
    rules = [
        Rule("一般公共预算收入增速", 50, distinct, apart(distinct, efficacy(50, 0.6))),
        Rule("工业增加值", 50, AMOUNTS, apart(AMOUNTS, step(50, 0.05))),
    ]
    found, scheme = run(pairs(tmp_path / "old.xlsx", rules, Sheet(categories=kinds)))
    assert {name: len(codes) for name, codes in scheme.groups.items()} == {"县": 6, "区": 4}
    assert (found.points_back, found.totals_back, found.ranks_back) == (20, 10, 10)


def test_each_unit_against_its_own_target(tmp_path):
    targets = [30.0, 50.0, 10.0, 70.0, 60.0, 20.0, 60.0, 30.0, 40.0, 80.0]
    own = dict(zip(AMOUNTS, targets, strict=True))
    rules = [
        Rule("招商引资到位资金", 60, AMOUNTS, lambda x, xs: 60 * min(x / own[x], 1.1), unit="亿元", targets=targets)
    ]
    rules.append(Rule("税收占比", 40, SHARES, efficacy(40, 0.5)))
    found, scheme = run(pairs(tmp_path / "old.xlsx", rules))
    method = leaves(scheme)["招商引资到位资金"].method
    assert (method.kind, method.target, method.cap) == ("completion", "招商引资到位资金目标", 1.1)
    assert found.points_back == 20


def weighted(path: Path) -> Path:
    """Points out of a hundred beside weights in per cent; the total is their weighted mean."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("得分")
    rules = [
        Rule("收入增速", 100, GROWTH, efficacy(100, 0.6)),
        Rule("工业增加值", 100, AMOUNTS, step(100, 0.04)),
        Rule("税收占比", 100, SHARES, efficacy(100, 0.4)),
    ]
    weights = [0.5, 0.3, 0.2]
    page.write(0, 0, "2025年综合评价")
    page.write_row(1, 0, ["单位", *(f"{r.name}{what}" for r in rules for what in ("", "得分")), "综合得分", "排名"])
    page.write_row(2, 0, ["权重", *(cell for w in weights for cell in ("", w))])
    marks = [r.marks() for r in rules]
    whole = [half_up(sum(w * m[i] for w, m in zip(weights, marks, strict=True))) for i in range(10)]
    for i, unit in enumerate(UNITS):
        cells = [cell for r, m in zip(rules, marks, strict=True) for cell in (r.figures[i], m[i])]
        page.write_row(3 + i, 0, [unit, *cells, whole[i], place(whole[i], whole)])
    book.close()
    return path


def test_weights_lead_from_hundreds_to_the_total(tmp_path):
    found, scheme = run(weighted(tmp_path / "old.xlsx"))
    assert (found.points_back, found.totals_back, found.ranks_back) == (30, 10, 10)
    assert scheme.combine.by == "mean"
    assert [node.weight for node in scheme.criteria] == [50, 30, 20]
    assert [node.points for node in scheme.criteria] == [100, 100, 100]


def blocks(path: Path) -> Path:
    """Three header rows: block, criterion, figure and points; subtotals, bonus and deduction columns."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("得分")
    parts = [
        ("经济运行（60分）", monthly()[:2]),
        (
            "质量效益（40分）",
            [Rule("税收占比", 15, SHARES, efficacy(15, 0.6)), Rule("亩均税收", 25, AMOUNTS, step(25, 0.05))],
        ),
    ]
    page.merge_range(0, 0, 0, 12, "2025年度考核")
    page.merge_range(1, 0, 3, 0, "县（市、区）")
    column, whole = 1, [0.0] * 10
    for title, rules in parts:
        page.merge_range(1, column, 1, column + 2 * len(rules), title)
        block = [0.0] * 10
        for rule in rules:
            page.merge_range(2, column, 2, column + 1, f"{rule.name}（{rule.full:g}分）")
            page.write_row(3, column, ["完成值", "得分"])
            page.write_column(4, column, rule.figures)
            page.write_column(4, column + 1, rule.marks())
            block = [a + b for a, b in zip(block, rule.marks(), strict=True)]
            column += 2
        page.merge_range(2, column, 3, column, "小计")
        page.write_column(4, column, block)
        whole = [a + b for a, b in zip(whole, block, strict=True)]
        column += 1
    extra, less = [0.5, 0, 0, 1, 0, 0, 0, 0.3, 0, 0], [0, 0, 1, 0, 0, 0.5, 0, 0, 0, 0]
    whole = [half_up(a + b - c) for a, b, c in zip(whole, extra, less, strict=True)]
    for title, values in (
        ("加分", extra),
        ("扣分", less),
        ("总得分", whole),
        ("名次", [place(t, whole) for t in whole]),
    ):
        page.merge_range(1, column, 3, column, title)
        page.write_column(4, column, values)
        column += 1
    page.write_column(4, 0, UNITS)
    book.close()
    return path


def test_blocks_become_groups_and_bonus_stands_beside_them(tmp_path):
    found, scheme = run(blocks(tmp_path / "old.xlsx"))
    assert [(node.name, len(node.of)) for node in scheme.criteria if isinstance(node, Group)] == [
        ("经济运行", 2),
        ("质量效益", 2),
    ]
    assert [len(rules) for rules in (scheme.bonus, scheme.deductions)] == [1, 1]
    assert (found.points_back, found.totals_back, found.ranks_back) == (40, 10, 10)


def test_a_figure_not_there_is_never_a_zero(tmp_path):
    figures: list[float | None] = list(GROWTH)
    figures[4] = None
    rules = [Rule("收入增速", 60, figures, efficacy(60, 0.6)), Rule("工业增加值", 40, AMOUNTS, step(40, 0.05))]
    found, scheme = run(pairs(tmp_path / "old.xlsx", rules))
    assert found.criteria[0].published == 9
    assert (found.points_back, found.totals_back) == (19, 10)
    assert scheme.missing.not_reported in ("own_maximum", "renormalise")


def test_a_blank_that_got_nothing_is_a_zero_by_rule(tmp_path):
    import openpyxl

    figures: list[float | None] = list(GROWTH)
    figures[4] = None
    rules = [Rule("收入增速", 60, figures, efficacy(60, 0.6)), Rule("工业增加值", 40, AMOUNTS, step(40, 0.05))]
    path = pairs(tmp_path / "old.xlsx", rules)
    book = openpyxl.load_workbook(path)
    book["得分"].cell(8, 4).value = 0
    book.save(path)
    found, scheme = run(path)
    assert leaves(scheme)["收入增速"].missing.model_dump(exclude_none=True) == {"not_reported": "zero"}
    assert found.points_back == 20


def test_the_direction_is_that_of_the_points(tmp_path):
    rules = [
        Rule("单位能耗", 50, AMOUNTS, efficacy(50, 0.6, up=True)),
        Rule("信访件数", 50, COUNTS, step(50, 0.02, up=True)),
    ]
    found, scheme = run(pairs(tmp_path / "old.xlsx", rules))
    assert {node.direction for node in leaves(scheme).values()} == {"-"}
    assert found.points_back == 20


def test_half_a_point_a_place_is_kept_exact(tmp_path):
    rules = [
        Rule("收入", 7, AMOUNTS, lambda x, xs: 7 - 0.3 * (place(x, xs) - 1)),
        Rule("税收占比", 93, RATES, efficacy(93, 0.6)),
    ]
    found, scheme = run(pairs(tmp_path / "old.xlsx", rules))
    assert abs(leaves(scheme)["收入"].method.step - 0.3 / 7) < 1e-12
    assert found.points_back == 20


def test_summary_rows_are_no_units(tmp_path):
    _, scheme = run(pairs(tmp_path / "old.xlsx", monthly()))
    assert sum(len(codes) for codes in scheme.groups.values()) == len(UNITS)


def several_figures(path: Path) -> Path:
    """Plan, actual and rate of completion beside the points, and a place of its own for each criterion."""
    plans = [30.0, 50.0, 10.0, 70.0, 60.0, 20.0, 60.0, 30.0, 40.0, 80.0]
    rates = [half_up(100 * done / plan) for done, plan in zip(AMOUNTS, plans, strict=True)]
    marks = [half_up(60 * min(rate / 100, 1)) for rate in rates]
    growth = Rule("收入增速", 40, GROWTH, efficacy(40, 0.6))
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("得分")
    page.merge_range(0, 0, 1, 0, "县区")
    page.merge_range(0, 1, 0, 5, "招商引资到位资金（60分）")
    page.write_row(1, 1, ["计划数（亿元）", "完成数（亿元）", "完成率（%）", "得分", "位次"])
    page.merge_range(0, 6, 0, 7, "收入增速（40分）")
    page.write_row(1, 6, ["增速（%）", "得分"])
    page.merge_range(0, 8, 1, 8, "总分")
    page.merge_range(0, 9, 1, 9, "位次")
    whole = [half_up(a + b) for a, b in zip(marks, growth.marks(), strict=True)]
    for i, unit in enumerate(UNITS):
        own = [plans[i], AMOUNTS[i], rates[i], marks[i], place(marks[i], marks)]
        page.write_row(2 + i, 0, [unit, *own, GROWTH[i], growth.marks()[i], whole[i], place(whole[i], whole)])
    book.close()
    return path


def test_of_several_figures_the_one_that_explains_the_points_is_taken(tmp_path):
    found, scheme = run(several_figures(tmp_path / "old.xlsx"))
    node = leaves(scheme)["招商引资到位资金"]
    assert node.method.kind == "completion"
    assert node.value in ("招商引资到位资金完成率", "招商引资到位资金完成数")
    assert (found.points_back, found.totals_back, found.ranks_back) == (20, 10, 10)


def test_rounding_and_ties_of_the_ranking_are_found(tmp_path):
    """Two units tie and the next place follows without a gap."""
    rules = [
        Rule("收入", 100, [90.0, 80.0, 80.0, 70.0, 60.0, 50.0, 40.0, 30.0, 20.0, 10.0], lambda x, xs: x, unit="分")
    ]
    path = pairs(tmp_path / "old.xlsx", rules)
    import openpyxl

    book = openpyxl.load_workbook(path)
    for row, dense in enumerate([1, 2, 2, 3, 4, 5, 6, 7, 8, 9], start=4):
        book["得分"].cell(row, 6).value = dense
    book.save(path)
    found, scheme = run(path)
    assert (scheme.rank.ties, found.ranks_back) == ("dense", 10)
