"""Methods found again (办法还原): each known rule, its points rounded, comes back with its parameters."""

from __future__ import annotations

import math
import statistics

import pytest

from junxian.core.scoring.model import Criterion, walk
from junxian.files.adopt import adopt
from junxian.files.rulebooks import check, load
from tests.files.adopt.old_sheets import (
    AMOUNTS,
    COUNTS,
    RATES,
    RATINGS,
    Rule,
    Sheet,
    efficacy,
    ladder,
    pairs,
    place,
    step,
)  # fmt: skip

DISTINCT = [12.4, 8.3, 7.4, 6.2, 5.6, 10.1, 4.0, 3.1, -1.5, 2.2]
MARKS = [10, 9, 8, 7, 6, 6, 6, 5, 5, 5]
TABLE_TEXT = "按位次计分：第1名10分，第2名9分，第3名8分，第4名7分，第5至7名6分，其余5分"
ABOVE_TEXT = "达到6%得10分，每高1个百分点加0.5分，最多加2分；每低1个百分点扣1分"
THEN_TEXT = "达到5%得4分；5%以上的按位次，第一名得满分，每低一位少5%"


def exponential(x, xs):
    return 6 * math.exp(-math.log(0.6) * (x - min(xs)) / (max(xs) - min(xs)))


def standard(x, xs):
    return 6 + (x - statistics.fmean(xs)) / statistics.pstdev(xs)


def logarithmic(x, xs):
    low, high = math.log(min(xs)), math.log(max(xs))
    return 10 * (0.6 + 0.4 * (math.log(x) - low) / (high - low))


def above_and_below(x, xs):
    return min(12, 10 + 0.5 * (x - 6)) if x >= 6 else max(0.0, 10 - (6 - x))


def target_then_place(x, xs):
    above = [y for y in xs if y > 5]
    return 0 if x < 5 else 4 if x == 5 else 4 + 6 * (1 - 0.05 * (place(x, above) - 1))


INCOME = ("财政收入", 10, AMOUNTS)
GROWTH = ("收入增速", 10, DISTINCT)
PROGRESS = ("完成进度", 10, RATES)


def held(low, high, x):
    return max(low, min(high, x))


CASES = [
    ("rank_step", Rule(*INCOME, step(10, 0.05)), {"step": 0.05}),
    ("rank_step", Rule(*INCOME, lambda x, xs: max(6, 10 - (place(x, xs) - 1))), {"step": 0.1, "floor": 0.6}),
    ("rank_linear", Rule(*INCOME, lambda x, xs: 10 - 4 * (place(x, xs) - 1) / 9), {"floor": 0.6}),
    ("rank_table", Rule(*INCOME, lambda x, xs: MARKS[place(x, xs) - 1], text=TABLE_TEXT), {"marks": (*MARKS[:7], 5)}),
    ("percentile", Rule(*INCOME, lambda x, xs: 10 * (10 - place(x, xs)) / 9), {"form": "below"}),
    ("efficacy", Rule(*GROWTH, efficacy(10, 0.6)), {"low": "min", "high": "max"}),
    ("min_max", Rule(*GROWTH, efficacy(10, 0.4)), {"low": "min", "high": "max"}),
    ("between", Rule(*GROWTH, efficacy(10, 0.7)), {"from_": 0.7, "to": 1}),
    ("efficacy", Rule(*GROWTH, lambda x, xs: 6 + 4 * x / 8), {"low": 0, "high": 8, "clamp": False}),
    (
        "efficacy",
        Rule(*PROGRESS, lambda x, xs: min(10, 6 + (x - 60) * 4 / 50)),
        {"low": 60, "high": 110, "clamp": (0, 100)},
    ),
    ("efficacy", Rule(*INCOME, logarithmic), {"transform": "ln"}),
    ("exponential_efficacy", Rule(*INCOME, exponential), {"base": 60}),
    ("z_score", Rule(*INCOME, standard), {"sd": "population", "centre": 0.6, "spread": 0.1}),
    ("relative", Rule(*INCOME, lambda x, xs: 10 * x / max(xs)), {"standard": "max"}),
    ("as_is", Rule("满意度", 10, RATINGS, lambda x, xs: x / 10), {"scale": 100}),
    ("completion", Rule(*PROGRESS, lambda x, xs: 10 * min(x / 100, 1.2)), {"target": 100, "cap": 1.2}),
    ("completion", Rule(*PROGRESS, lambda x, xs: 0 if x < 70 else min(x / 10, 10)), {"target": 100, "zero_below": 0.7}),
    ("hit", Rule(*PROGRESS, lambda x, xs: 10 if x >= 90 else 0), {"target": 90}),
    ("deduct", Rule("事故起数", 10, COUNTS, lambda x, xs: max(0, 10 - 0.5 * x)), {"floor": 0}),
    (
        "against_average",
        Rule(*GROWTH, lambda x, xs: 5 + held(-3, 3, 0.5 * (x - statistics.fmean(xs)))),
        {"points": 0.5, "base": 5, "cap": 3},
    ),
    ("base_plus_minus", Rule(*GROWTH, above_and_below, text=ABOVE_TEXT), {"target": 6}),
    ("hit_then_rank", Rule(*GROWTH, target_then_place, text=THEN_TEXT), {"target": 5, "hit_points": 4, "step": 0.05}),
]


def adopted(folder, rule, *, text=False):
    sheet = Sheet(methods=text)
    return adopt(
        pairs(folder / f"{len(list(folder.iterdir()))}.xlsx", [rule], sheet), folder / "out", today="2026-11-23"
    )


@pytest.mark.parametrize(("kind", "rule", "expected"), CASES, ids=[f"{i}-{case[0]}" for i, case in enumerate(CASES)])
def test_a_known_rule_is_found_with_its_parameters(tmp_path, kind, rule, expected):
    found = adopted(tmp_path, rule, text=bool(rule.text))
    assert [(one.method, one.back, one.published) for one in found.criteria] == [(kind, 10, 10)]
    (node,) = (n for n in walk(load(tmp_path / "out").schemes[0].criteria) if isinstance(n, Criterion))
    assert {name: getattr(node.method, name) for name in expected} == expected
    assert check(tmp_path / "out").is_sound


SAID = [
    ("按位次计分，第一名得满分，每低一位减5%", "rank_step"),
    ("最高得满分、最低得55%，其余按名次等距", "rank_linear"),
]


@pytest.mark.parametrize(("text", "kind"), SAID)
def test_the_text_decides_between_methods_that_fit_alike(tmp_path, text, kind):
    """A step of 5 % and a straight line to 55 % are the same points for ten units."""
    found = adopted(tmp_path, Rule(*INCOME, step(10, 0.05), text=text), text=True)
    assert found.criteria[0].method == kind
    report = (tmp_path / "out/接管报告.md").read_text(encoding="utf-8")
    assert "依据计分办法文字（计分办法 C2）" in report
    assert load(tmp_path / "out").schemes[0].criteria[0].clause == text


def test_what_fits_as_well_is_told(tmp_path):
    adopted(tmp_path, Rule(*INCOME, step(10, 0.05)))
    report = (tmp_path / "out/接管报告.md").read_text(encoding="utf-8")
    assert "同样说得通的其他办法" in report
    assert "线性位次法 {rank\\_linear: 55%}" in report


def test_equal_points_for_all_are_said_to_say_little(tmp_path):
    adopted(tmp_path, Rule("完成进度", 10, [x + 100 for x in RATES], lambda x, xs: 10))
    assert "单凭数据分不出是哪种办法" in (tmp_path / "out/接管报告.md").read_text(encoding="utf-8")


def test_a_table_as_long_as_the_list_of_units_is_no_method(tmp_path):
    drawn = [4.3, 5.1, 5.8, 6.6, 7.1, 7.9, 8.2, 8.7, 9.1, 9.9]
    order = sorted(DISTINCT)
    found = adopted(tmp_path, Rule("印象", 10, DISTINCT, lambda x, xs: drawn[order.index(x)]))
    assert found.criteria[0].status == "unread"


def test_ladder_bounds_are_the_roundest_between_the_figures(tmp_path):
    figures = [81.0, 92.5, 75.2, 60.0, 66.3, 59.9, 41.0, 88.8, 79.5, 30.3]
    adopted(tmp_path, Rule("税收占比", 10, figures, ladder((80, 10), (60, 7), (-math.inf, 2))))
    (node,) = load(tmp_path / "out").schemes[0].criteria
    assert [(s.at_least, s.points) for s in node.method.steps] == [(None, 2), (60, 7), (80, 10)]
