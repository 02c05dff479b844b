"""Every method beside its slow, obvious self (计分方法对照), in ordinary and in degenerate cases, both directions."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from junxian.core.scoring.methods import METHODS, read_method
from tests.core.scoring.scene import exact_columns, other_ways, scored
from tests.oracles.methods import Case, fraction, marks, winsorised

UNITS = "甲乙丙丁戊己庚"
METHOD_TEXTS: list[Any] = [
    "as_is",
    {"completion": 7},
    {"completion": {"target": 7, "cap": 1.2, "zero_below": "60%"}},
    {"completion": {"target": 7, "cap": "150%", "smaller": "two_minus"}},
    {"completion": 0},
    {"hit": 5.6},
    {"base_plus_minus": {"target": 5, "up": {"per": 1, "points": 1, "cap": 2}, "down": {"per": 1, "points": 1}}},
    {"base_plus_minus": {"target": 5, "base": 6, "up": {"per": 0.5, "points": 0.25, "whole_steps": True}, "floor": 1}},
    {"base_plus_minus": {"target": 5, "down": {"per": 0.3, "points": 1, "whole_steps": True, "cap": 3}}},
    {"rank_step": "5%"},
    {"rank_step": {"step": 0.3, "floor": 0.4}},
    {"rank_linear": 0.6},
    {"rank_table": [10, 7, 5, 1]},
    {"between": {}},
    {"between": {"low": 0, "high": 8, "clamp": True}},
    {"between": {"low": 2, "high": "p90", "from": 1, "to": 0.2}},
    {"between": {"low": 1, "high": 9, "transform": "ln", "clamp": True}},
    {"between": {"low": "min", "high": "max", "transform": "log10"}},
    {"between": {"low": 0, "high": 9, "transform": "sqrt"}},
    {"between": {"low": "median", "high": "max", "transform": "square", "equal": 0.5}},
    {"efficacy": {}},
    {"efficacy": {"low": 0, "high": 8, "clamp": [0, 100]}},
    {"efficacy": {"low": 0, "high": 8, "clamp": [40, 100]}},
    {"efficacy": {"low": "p10", "high": "p90"}},
    {"efficacy": {"low": 3, "high": 3}},
    {"exponential_efficacy": {}},
    {"exponential_efficacy": {"low": 0, "high": 8, "base": 40, "clamp": False}},
    {"min_max": {}},
    {"min_max": {"from": 60}},
    {"against_average": {"reference": 6.1, "points": 0.1, "cap": 2}},
    {"against_average": {"reference": "mean", "per": 0.5, "points": 0.3, "base": 5, "cap": 4}},
    {"hit_then_rank": {"target": 4, "hit_points": 4, "step": "5%"}},
    {"hit_then_rank": {"target": 0, "hit_points": 2, "step": "40%"}},
    {"ladder": [{"points": 1}, {"at_least": 3, "points": 4}, {"at_least": 5.6, "points": 10}]},
    {"ladder": [{"at_least": 0, "points": 4}, {"at_least": 5.6, "points": 10}]},
    {
        "ladder": {
            "bounds": "right",
            "steps": [{"points": 1}, {"at_least": 3.1, "points": 4}, {"at_least": 5.6, "points": 9}],
        }
    },
    {
        "ladder": {
            "interpolate": True,
            "steps": [{"points": 0}, {"at_least": 2, "points": 2}, {"at_least": 8, "points": 10}],
        }
    },
    {"advance": {"base": 0.6, "per_place": 0.1}},
    {"deduct": {}},
    {"deduct": {"floor": None}},
    {"relative": 5},
    {"relative": {"standard": "mean", "cap": 1.5}},
    {"relative": 0},
    {"z_score": {"centre": 50, "spread": 10}},
    {"z_score": {"sd": "sample", "limit": 1}},
    {"z_score": {"mean": 4, "sd": 2}},
    {"percentile": "below"},
    {"percentile": "at_or_below"},
    {"percentile": {"form": "midpoint", "to": 100}},
    {"distance_to_target": {"target": 6, "range": 4}},
    {"distance_to_target": {"target": 6, "range": 4, "two_sided": True}},
    {"distance_to_target": {"target": 5.6, "range": 0}},
    {"band": {"low": 3.1, "high": 5.6, "width": 4}},
    {"band": {"low": 0, "high": 5.6, "width": 0}},
]
FIGURES: dict[str, list[float | None]] = {
    "ordinary": [9.0, 8.3, 7.4, 6.2, 5.6, 4.0, 3.1],
    "ties": [5.6, 5.6, 9.0, 9.0, 3.1, 3.1, 3.1],
    "all equal": [5.6] * 7,
    "zeros and losses": [0.0, -1.5, 0.0, 2.5, -1.5, 8.0, 4.0],
    "gaps": [None, 8.3, None, 5.6, 5.6, None, -1.5],
    "one unit": [None, 6.2, None, None, None, None, None],
    "nobody": [None] * 7,
    "noise": [0.1 + 0.2, 0.3, 1.1 * 3, 3.3, 5.6, 1 / 3, 2 / 3],
}


def values_of(figures: list[float | None]) -> dict[str, F | None]:
    """As the engine compares them: to 10⁻⁹."""
    return {
        unit: None if x is None else F(round(x, 9)).limit_denominator(10**9)
        for unit, x in zip(UNITS, figures, strict=True)
    }


def near(expected: F | float | None, found: F | None, tolerance: float = 1.01e-9) -> bool:
    return found is None if expected is None else found is not None and abs(float(found - F(expected))) <= tolerance


def criterion(method: Any, **more: Any) -> dict[str, Any]:
    return {"name": "项", "value": "数", "points": 10, "method": method, **more}


def test_every_method_is_tried():
    assert {read_method(text).kind for text in METHOD_TEXTS} == set(METHODS) - {"formula"}


@pytest.mark.parametrize("direction", ["+", "-"])
@pytest.mark.parametrize("figures", FIGURES.values(), ids=FIGURES.keys())
@pytest.mark.parametrize("text", METHOD_TEXTS, ids=str)
def test_a_method_gives_what_its_rule_says(text, figures, direction):
    case = Case(read_method(text), values_of(figures), direction == "+", full=F(10))
    scene = scored([criterion(text, direction=direction)], {"数": dict(zip(UNITS, figures, strict=True))})
    expected, found, points = marks(case), scene.marks("项"), scene.points("项")
    worth = 10 / fraction(case.method.scale)
    for unit in UNITS:
        assert near(expected[unit], found[unit]), (unit, expected[unit], found[unit])
        mark = expected[unit]
        assert near(None if mark is None else F(mark) * worth, points[unit], 1e-8), unit


@pytest.mark.parametrize("ties", ["shared", "dense", "average", "last"])
@pytest.mark.parametrize(
    "text",
    [
        {"rank_step": "5%"},
        {"rank_linear": 0.6},
        {"rank_table": [9, 7, 5]},
        {"hit_then_rank": {"target": 3, "hit_points": 4, "step": "5%"}},
    ],
    ids=str,
)
def test_ties_are_placed_as_declared(text, ties):
    figures = FIGURES["ties"]
    case = Case(read_method(text), values_of(figures), ties=ties, full=F(10))
    scene = scored([criterion(text, ties=ties)], {"数": dict(zip(UNITS, figures, strict=True))})
    by_scheme = scored([criterion(text)], {"数": dict(zip(UNITS, figures, strict=True))}, ties=ties)
    assert scene.points("项") == by_scheme.points("项")
    assert all(near(mark, scene.marks("项")[unit]) for unit, mark in marks(case).items())


@pytest.mark.parametrize("figures", FIGURES.values(), ids=FIGURES.keys())
@pytest.mark.parametrize(
    "rule",
    [
        {"lower": "10%", "upper": "90%"},
        {"upper": 0.75},
        {"lowest": 1, "highest": 1},
        {"lowest": 2},
        {"highest": 2},
        {"lowest": 4, "highest": 4},
    ],
    ids=str,
)
def test_winsorising_pulls_the_extremes_in(rule, figures):
    given = {"数": dict(zip(UNITS, figures, strict=True))}
    scene = scored([criterion("as_is", winsorise=rule)], given)
    bounds = {name: fraction(float(str(v).rstrip("%")) / (100 if "%" in str(v) else 1)) for name, v in rule.items()}
    counts = {name: int(v) for name, v in rule.items() if name in ("lowest", "highest")}
    expected = winsorised(values_of(figures), **(bounds | counts))
    assert all(near(x, scene.marks("项")[unit]) for unit, x in expected.items())


@pytest.mark.parametrize("how", ["linear", "lower", "higher", "nearest", "midpoint"])
def test_winsorising_reads_quantiles_as_declared(how):
    from tests.oracles.methods import quantile

    figures = FIGURES["ordinary"]
    rule = {"lower": "20%", "upper": "70%", "interpolation": how}
    scene = scored([criterion("as_is", winsorise=rule)], {"数": dict(zip(UNITS, figures, strict=True))})
    known = [x for x in values_of(figures).values() if x is not None]
    low, high = quantile(known, F(1, 5), how), quantile(known, F(7, 10), how)
    assert all(near(min(max(x or F(0), low), high), scene.marks("项")[u]) for u, x in values_of(figures).items())


def test_a_formula_of_the_value_and_its_peers_is_a_method_too():
    text = {"formula": "若(x >= 组内均值(x), 1, x / 组内均值(x))"}
    scene = scored([criterion(text)], {"数": {"甲": 6, "乙": 3, "丙": "late"}})
    assert scene.marks("项") == {"甲": 1, "乙": F(666666667, 10**9), "丙": None}


AMOUNTS = ("target", "reference", "standard", "width", "range")
WITH_AMOUNTS = [t for t in METHOD_TEXTS if any(isinstance(getattr(read_method(t), n, None), float) for n in AMOUNTS)]


@pytest.mark.parametrize("text", WITH_AMOUNTS, ids=str)
def test_without_its_target_a_method_has_no_mark(text):
    """A target nobody has set is not a target of zero."""
    kind = next(iter(text))
    model = read_method(text)
    for name in (n for n in AMOUNTS if isinstance(getattr(model, n, None), float)):
        given = {**model.model_dump(by_alias=True), name: "目标"}
        scene = scored([criterion({kind: given})], {"数": {"甲": 6, "乙": 3}, "目标": {"甲": getattr(model, name)}})
        whole = scored([criterion({kind: {**given, name: getattr(model, name)}})], {"数": {"甲": 6, "乙": 3}})
        assert scene.marks("项")["乙"] is None
        mine = "undefined" if whole.marks("项")["甲"] is None else "reported"
        assert scene.states("项") == {"甲": mine, "乙": "undefined"}


def test_an_amount_may_be_a_formula_or_one_for_each_group():
    groups = {"县": ["甲", "乙"], "区": ["丙"]}
    figures = {"数": {"甲": 8, "乙": 4, "丙": 6}, "计划": {"甲": 4, "乙": 4, "丙": 3}}
    scene = scored([criterion({"completion": {"target": {"县": "计划 * 2", "区": 12}}})], figures, groups)
    assert scene.points("项") == {"甲": 10, "乙": 5, "丙": 5}


def test_a_rung_may_stand_at_a_formula_and_a_computed_bound_is_met_exactly():
    steps = [{"points": 0, "name": "低"}, {"at_least": {"县": "计划 * 3", "区": 5}, "points": 10, "name": "高"}]
    figures = {
        "数": {"甲": 3.3, "乙": 3.2, "丙": 5, "丁": 9},
        "计划": {"甲": 1.1, "乙": 1.1},
    }  # 1.1·3 is 3.3000000000000003
    scene = scored([criterion({"ladder": steps})], figures, {"县": ["甲", "乙", "丁"], "区": ["丙"]})
    assert scene.points("项") == {"甲": 10, "乙": 0, "丁": None, "丙": 10}
    assert scene.column("项", "g") == {"甲": "高", "乙": "低", "丁": None, "丙": "高"}


numbers = st.one_of(st.none(), st.integers(-300, 300).map(lambda n: n / 10))


@settings(max_examples=150, deadline=None, derandomize=True, phases=[Phase.generate])
@given(text=st.sampled_from(METHOD_TEXTS), figures=st.lists(numbers, min_size=7, max_size=7), up=st.booleans())
def test_any_figures_give_what_the_rule_says_on_every_path(text, figures, up):
    direction = "+" if up else "-"
    case = Case(read_method(text), values_of(figures), up, full=F(10))
    scene = scored([criterion(text, direction=direction)], {"数": dict(zip(UNITS, figures, strict=True))})
    for unit, mark in marks(case).items():
        assert near(mark, scene.marks("项")[unit], 2e-8), (unit, mark)
    for way, run in other_ways(scene).items():
        assert run().select(exact_columns(scene)).equals(scene.frame.select(exact_columns(scene))), way
