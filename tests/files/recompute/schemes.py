"""Small schemes (小方案): every method, combination, weight, missing rule and kind of formula, on messy figures."""

# ruff: noqa: E501 - a scheme on one line is read at a glance

from __future__ import annotations

import ast
from typing import Any

import polars as pl

from junxian.core.indicators.known import complete
from junxian.core.rulebook.judge import Judgement, judge, prepare
from junxian.core.rulebook.model import Rulebook

COUNTIES = ("甲", "乙", "丙", "丁", "戊", "己")
DISTRICTS = ("子", "丑", "寅")
PERIOD = "2026-06"
FOUR = ("late", "not_reported", "not_applicable", "undefined")
Tree = dict[str, Any]

# A tie (甲 = 乙), a late and a missing figure, one that does not apply, a negative and a zero.
X = {"甲": 12.5, "乙": 12.5, "丙": 8.25, "丁": None, "戊": 0.0, "己": -3.5, "子": 7.0, "丑": 5.005, "寅": None}
Y = {"甲": 4.0, "乙": 9.0, "丙": 2.5, "丁": 6.0, "戊": None, "己": 5.5, "子": 3.0, "丑": 3.0, "寅": 8.0}
Z = {"甲": 30.0, "乙": 45.0, "丙": 61.0, "丁": 61.0, "戊": 88.5, "己": 12.0, "子": 70.0, "丑": 20.0, "寅": 55.0}
NOW = {"甲": 110.0, "乙": 5.0, "丙": 0.0, "丁": 3.0, "戊": -2.0, "己": -9.0, "子": 0.0004, "丑": -1.0, "寅": 60.0}
BEFORE = {"甲": 100.0, "乙": 0.0, "丙": 0.0, "丁": -4.0, "戊": -8.0, "己": -3.0, "子": 0.0001, "丑": 7.0, "寅": None}
STATES = {("丁", "x"): "not_reported", ("寅", "x"): "not_applicable", ("戊", "y"): "late"}


def figures(**changes: float) -> pl.DataFrame:
    """Canonical observations of June 2026 and of the year before. changes: `甲_x=3.0` replaces one figure."""
    rows = []
    for name, values in (("x", X), ("y", Y), ("z", Z), ("income", NOW)):
        for unit, value in values.items():
            given = changes.get(f"{unit}_{name}", value)
            state = STATES.get((unit, name), "reported") if given is None else "reported"
            rows.append((unit, name, PERIOD, "YTD", "", given, state))
    rows += [
        (unit, "income", "2025-06", "YTD", "", value, "reported") for unit, value in BEFORE.items() if value is not None
    ]
    rows += [("市", "x", PERIOD, "YTD", "", 9.0, "reported")]
    for place, unit in enumerate((*COUNTIES, *DISTRICTS)):
        rows += [
            (unit, "vote", PERIOD, "M", f"第{n}票", 80.0 + (n * 7 + place) % 13, "reported") for n in range(3 + place)
        ]
        rows += [(unit, "dust", f"2026-{m:02d}", "M", "", 40.0 + (m * 5 + place) % 11, "reported") for m in range(1, 7)]
    columns = ["region_code", "indicator", "period", "kind", "calibre", "value", "state"]
    return complete(pl.DataFrame(rows, schema=columns, orient="row"))


def card(code: str, kind: str = "YTD", **more: Any) -> Tree:
    return {"code": code, "name": f"{code}数", "kind": kind, "frequency": "month", "flow": "ratio", **more}


def rulebook(tree: Tree) -> Rulebook:
    """Six counties and three districts, marked apart, under one scheme."""
    units = [{"code": "市", "name": "全市"}]
    units += [{"code": c, "name": f"{c}县", "level": "县", "parent": "市"} for c in COUNTIES]
    units += [{"code": c, "name": f"{c}区", "level": "区", "parent": "市"} for c in DISTRICTS]
    cards = [card("x"), card("y"), card("z"), card("income", flow="flow"), card("vote", "M"), card("dust", "M")]
    cards += [card("praise", "M", event=True), card("blame", "M", event=True)]
    scheme = {
        "id": "小方案", "title": "小方案", "frequency": "month", "groups": {"县": {"level": "县"}, "区": {"level": "区"}},
        "ties": "shared", "rounding": {"places": 2}, "missing": dict.fromkeys(FOUR, "renormalise"), **tree,
    }  # fmt: skip
    content = {"schema": "junxian/1", "id": "small", "title": "小规则集", "root": "市"}
    return Rulebook.model_validate({**content, "units": units, "indicators": cards, "schemes": [scheme]})


def judged(tree: Tree, observations: pl.DataFrame | None = None) -> Judgement:
    """A small scheme judged on the messy figures, or on those given."""
    return judge(prepare(rulebook(tree), PERIOD), figures() if observations is None else observations)


def one(method: Any, value: str = "x", **more: Any) -> Tree:
    """One criterion."""
    return {"value": value, "points": 20, "method": method, "clause": "第一条", **more}


def of(combine: Any, **more: Any) -> Tree:
    """A group of three whose results are combined in some way."""
    children = [
        {"name": "一", "value": "x", "method": {"between": {"clamp": True}}, "weight": 2},
        {"name": "二", "value": "y", "method": {"between": {"low": 0, "high": 10}}, "weight": 1},
        {"name": "三", "value": "z", "method": {"between": {"low": 0, "high": 100}}, "weight": {"县": 1, "区": 3}},
    ]
    return {"of": children, "combine": combine, **more}


def beside(own: Tree, **more: Any) -> Tree:
    """A scheme of one criterion or group and a plain criterion beside it, so that a renormalised weight shows."""
    other = {"name": "旁项", "value": "z", "points": 10, "method": {"as_is": {"scale": 100}}}
    return {"criteria": [{"name": "本项", **own}, other], **more}


def together(family: dict[str, Tree]) -> Tree:
    """Many criteria or groups in one scheme; names below a group carry its own, so that none is met twice."""
    return {"criteria": [_named(name, node) for name, node in family.items()]}


def _named(name: str, node: Tree) -> Tree:
    if "of" not in node:
        return {"name": name, **node}
    told = str(node)
    for child in ("一", "二", "三"):
        told = told.replace(child, f"{name}{child}")
    return {"name": name, **ast.literal_eval(told)}


METHODS = {
    "as_is": one("as_is"),
    "completion": one({"completion": {"target": {"县": 10, "区": "全市(x)"}, "cap": 1.1, "zero_below": "40%"}}),
    "completion_less": one({"completion": {"target": 5}}, "y", direction="-"),
    "completion_two_minus": one({"completion": {"target": 5, "smaller": "two_minus"}}, "y", direction="-"),
    "hit": one({"hit": {"target": 8.25}}),
    "hit_by_formula": one({"hit": {"target": "y"}}),
    "base_plus_minus": one({"base_plus_minus": {"target": 6, "base": 15, "up": {"per": 0.5, "points": 1, "cap": 5, "whole_steps": True}, "down": {"per": 1, "points": 0.7}}}),
    "rank_step": one({"rank_step": "5%"}, missing={"not_reported": "zero"}),
    "rank_step_last": one({"rank_step": {"step": "30%", "floor": "20%"}}, ties="last"),
    "rank_linear_average": one({"rank_linear": "60%"}, ties="average"),
    "rank_linear_dense": one({"rank_linear": "60%"}, "y", ties="dense", direction="-"),
    "rank_table": one({"rank_table": [20, 17, 15, 14]}, ties="average"),
    "between": one({"between": {"from": 0.4, "to": 1.0, "clamp": [0.3, 0.9]}}, direction="-"),
    "between_ln": one({"between": {"low": 10, "high": 90, "transform": "ln", "clamp": True}}, "z"),
    "between_alike": one({"between": {"low": "median", "high": "median", "equal": 0.7}}, "y"),
    "efficacy": one({"efficacy": {"low": "p10", "high": "p90", "clamp": [40, 100]}}),
    "min_max": one({"min_max": {}}, "z"),
    "exponential_efficacy": one({"exponential_efficacy": {}}, "y"),
    "against_average": one({"against_average": {"reference": "mean", "points": 0.2, "base": 10, "cap": 4}}),
    "against_city": one({"against_average": {"reference": "全市(x)", "per": 1, "points": 0.5, "base": 10, "cap": 4}}),
    "hit_then_rank": one({"hit_then_rank": {"target": 5, "hit_points": 12, "step": "10%"}}),
    "ladder": one({"ladder": [{"points": 2}, {"at_least": 0, "points": 8}, {"at_least": {"县": 8.25, "区": "y"}, "points": 20}]}),
    "ladder_right": one({"ladder": {"bounds": "right", "steps": [{"at_least": 0, "points": 5}, {"at_least": 5, "points": 15}]}}),
    "ladder_sloped": one({"ladder": {"interpolate": True, "steps": [{"at_least": -5, "points": 0}, {"at_least": 5, "points": 10}, {"at_least": 10, "points": 20}]}}),
    "advance": one({"advance": {"base": "60%", "per_place": "10%"}}),
    "deduct": one({"deduct": {"floor": 5}}),
    "relative": one({"relative": {"standard": "max", "cap": 1}}, "y"),
    "relative_less": one({"relative": {"standard": 4}}, "y", direction="-"),
    "z_score": one({"z_score": {"centre": 60, "spread": 16, "limit": 1.5, "scale": 100}}),
    "z_score_sample": one({"z_score": {"sd": "sample", "mean": "median", "scale": 10}}, "y", direction="-"),
    "percentile": one({"percentile": "below"}),
    "percentile_at_or_below": one({"percentile": "at_or_below"}, "y", direction="-"),
    "percentile_midpoint": one({"percentile": "midpoint"}),
    "distance_to_target": one({"distance_to_target": {"target": 7, "range": 10, "two_sided": True}}),
    "band": one({"band": {"low": 2, "high": 8, "width": 5}}, direction="band"),
    "formula": one({"formula": "取小(1, x / 组内最大(x)) * 0.9 + 0.1"}),
}  # fmt: skip

RULES = {
    "missing_zero": one({"between": {}}, missing=dict.fromkeys(FOUR, "zero")),
    "missing_full": one({"between": {}}, missing=dict.fromkeys(FOUR, "full")),
    "missing_mean": one({"between": {}}, missing=dict.fromkeys(FOUR, "mean")),
    "missing_floor": one({"efficacy": {}}, missing=dict.fromkeys(FOUR, "floor")),
    "missing_mixed": one({"between": {}}, missing={"not_reported": "zero", "not_applicable": "own_maximum"}, value="x + y"),
    "missing_propagate": one({"between": {}}, missing=dict.fromkeys(FOUR, "propagate")),
    "applies_to": one({"between": {}}, applies_to=["区"]),
    "points_by_category": one({"efficacy": {}}, points={"县": 12.5}),
    "decimals": one({"rank_step": "5%"}, "x / 3", decimals=0),
    "capped": one({"between": {"to": 1.4}}, at_most=18, at_least=3, round={"places": 1, "mode": "half_even"}),
    "cut_off": one({"between": {}}, round={"places": 1, "mode": "down"}),
    "winsorised": one({"between": {}}, "z", winsorise={"lower": "20%", "upper": "80%", "interpolation": "midpoint"}),
    "winsorised_nearest": one({"between": {}}, "z", winsorise={"lower": "20%", "upper": "75%", "interpolation": "nearest"}),
    "winsorised_counts": one({"between": {}}, "z", winsorise={"lowest": 1, "highest": 1}),
    "growth": one({"between": {"low": -20, "high": 20, "clamp": True}}, "同比(income)", growth={"net_increase": 1.0, "zero_to_zero": "mean", "loss_to_profit": 0.9, "narrowed": [0.6, 1.0], "widened": 0, "profit_to_loss": 0.1, "small_base": 0.001, "small_base_clip": [-50, 100]}),
    "growth_plain": one({"rank_step": "5%"}, "同比(income)"),
}  # fmt: skip

GROUPS = {
    "sum": of("sum"),
    "mean": of("mean"),
    "geometric": of("geometric", zero_floor=0.01),
    "geometric_zero": of("geometric"),
    "harmonic": of("harmonic"),
    "power": of({"power": 2}),
    "minimum": of("minimum"),
    "maximum": of("maximum"),
    "product": of("product"),
    "equal": of("mean", weights="equal"),
    "entropy": of("mean", weights="entropy"),
    "critic": of("mean", weights="critic"),
    "critic_sum": of("sum", weights="critic", points=30),
    "formula": of({"formula": "0.5 * 一 + 0.5 * 取大(二, 三)"}, scale=10),
    "table": of({"table": [{"when": "一 >= 0.8 and 二值 < 5", "then": "甲等", "score": 1}, {"when": "三 < 0.5", "then": "丙等", "score": 0.2}, {"then": "乙等", "score": 0.6}]}),
    "enough": of("mean", min_available=3),
    "points": of("geometric", points={"县": 40, "区": 50}, at_most=38),
    "of_maximum": of("sum", of_maximum=60, round={"places": 1, "mode": "half_even"}),
    "scale": of("sum", scale=25),
}  # fmt: skip

FORMULAS = {
    name: one({"between": {}}, text)
    for name, text in {
        "arithmetic": "(x - y) / (z - 61) * -2 + x ^ 2",
        "power_of_negative": "x ^ 0.5 + 2 ^ y",
        "ladder": "分段(x, 0, 1, 8.25, z, 10, 5, -1)",
        "if": "若(x > 5 且 y > 3, x, z / 10)",
        "or": "若(x > 100 或 y > 3, 1, 2)",
        "not_known": "若(非 有值(x), 5, y)",
        "coalesce": "缺则(x, y) * 2",
        "extremes": "取大(x, y) - 取小(y, z) + 截断(z, 20, 60)",
        "roundings": "四舍五入(x / 7, 2) + 修约(z / 8, 1)",
        "curves": "ln(x) + log10(z) + 开方(y) + 指数(y / 10) + 绝对值(x)",
        "means": "均值(x, y, z) + 几何平均(y, z) + 调和平均(y, z) + 个数(x, y)",
        "rank": "排名(x, \"升\") + 百分位(z)",
        "peers": "组内最大(x) - 组内最小(y) + 组内均值(z) + 组内中位(z) + 组内合计(x) / 组内个数(x)",
        "spread": "组内标准差(z) + 组内总体标准差(z) + 分位数(z, 0.25) + x",
        "window_in_window": "排名(x - 组内均值(x))",
        "city": "x / 全市(x) * 100",
        "inner_growth": "同比(income) + 1",
        "pace": "序时完成率(x, z)",
        "votes": "去极值均值(vote[*], 7) + 个数(vote[*])",
        "year": "年内均值(dust) + 年内最大(dust) - 年内最小(dust)",
    }.items()
}  # fmt: skip

SETTLED = {
    "tie_break": {**beside(one("as_is", "若(有值(x), 5, 5)")), "rank": {"tie_break": ["y", "旁项值"]}},
    "low_is_better": {**beside(one("as_is", "y")), "rank": {"better": "low", "ties": "last"}},
    "exact_dense": {**beside(one("as_is", "x")), "rank": {"on": "exact", "ties": "dense"}, "rounding": {"places": 0}},
    "quota": {
        **beside(one({"between": {}}, "z")),
        "grades": [{"name": "优秀", "at_least": 5, "quota": "34%"}, {"name": "良好", "quota": "40%", "at_least_one": False}, {"name": "其他"}],
    },
    "quota_all": {**beside(one({"hit": 5})), "grades": [{"name": "优", "quota": "20%"}, {"name": "次"}], "grade_ties": "all"},
    "gates": {
        **beside(one({"between": {}}, "z")),
        "derive": {"差额": "z - y", "近一": "若(x > 1, 差额, 0)"},
        "bonus": [{"id": "b", "name": "加分", "value": "近一 / 20", "cap": 2}],
        "bonus_cap": 1.5, "floor": 1, "ceiling": 24, "min_peers": 2,
        "gates": [{"id": "g", "name": "门槛", "when": "y >= 3 且 本项得分 > 2", "unknown": "not_assessed", "effect": {"grade_at_most": "合格", "zero": ["旁项"]}}],
        "vetoes": [{"id": "v", "name": "否决", "when": "z > 85", "effect": {"not_ranked": True, "not_eligible": ["优秀"]}, "basis": {"document": "试行办法"}}],
        "grades": [{"name": "优秀", "at_least": 10, "needs_gates": True}, {"name": "合格", "at_least": 5}, {"name": "不合格"}],
    },
}  # fmt: skip

SCHEMES: dict[str, Tree] = {
    "methods": together(METHODS),
    "rules": together(RULES),
    "groups": together(GROUPS),
    "formulas": together(FORMULAS),
    "own_maximum": beside(one({"between": {}}, missing=dict.fromkeys(FOUR, "own_maximum")), of_maximum=100),
    "half_even": beside(one("as_is", "x / 8"), rounding={"places": 1, "mode": "half_even"}),
    "stood_in": beside(
        of("mean", min_available=0.9), missing={**dict.fromkeys(FOUR, "renormalise"), "undefined": "mean"}
    ),
    **SETTLED,
}
"""Schemes by name; judge them with `judged`."""
