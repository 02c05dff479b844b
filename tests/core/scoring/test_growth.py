"""Growth without an ordinary base (基数异常, RULES §1.5), figures carried on (沿用) and read late (错月)."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import pytest

from tests.core.scoring.scene import RENORMALISE, exact_columns, other_ways, scored

# name → last year, this year; a normal one stands beside so that there are peers.
CASES = {
    "normal": (10, 11),
    "net_increase": (0, 5),
    "zero_to_zero": (0, 0),
    "loss_to_profit": (-4, 2),
    "narrowed": (-4, -1),
    "to_zero": (-4, 0),
    "widened": (-4, -6),
    "profit_to_loss": (5, -1),
    "loss_from_zero": (0, -1),
    "unheard": (None, 5),
}
SHARES = {
    "net_increase": 0.8,
    "zero_to_zero": "mean",
    "loss_to_profit": 1.0,
    "narrowed": [0.6, 1.0],
    "widened": 0.0,
    "profit_to_loss": 0.0,
}


def figures(cases: dict[str, tuple[Any, Any]]) -> dict[str, dict[Any, Any]]:
    now = {name: now for name, (_, now) in cases.items()}
    return {"数": now | {(name, 12): before for name, (before, _) in cases.items()}}


def growth(method: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "name": "项",
        "value": "同比(数)",
        "points": 10,
        "method": method or {"between": {"low": 0, "high": 20}},
        **more,
    }


def test_every_case_earns_what_the_rules_say():
    """The worked shares of RULES §1.5: 扭亏 full, 减亏 75 % → 60 % + 0.75·40 % = 90 %, 增亏 and 由盈转亏 nothing."""
    missing = {**RENORMALISE, "not_reported": "zero"}
    scene = scored([growth(growth=SHARES)], figures(CASES), missing=missing)
    marks = scene.marks("项")
    known = [m for name, m in marks.items() if m is not None]
    assert marks == {
        "normal": F(1, 2),
        "net_increase": F(8, 10),
        "zero_to_zero": None,
        "loss_to_profit": 1,
        "narrowed": F(9, 10),
        "to_zero": 1,
        "widened": 0,
        "profit_to_loss": 0,
        "loss_from_zero": 0,
        "unheard": None,
    }
    assert scene.points("项")["zero_to_zero"] == F(round(sum(known) / len(known) * 10**9), 10**9) * 10
    assert scene.states("项")["zero_to_zero"] == "undefined"
    assert (scene.points("项")["unheard"], scene.states("项")["unheard"]) == (0, "not_reported")


def test_without_shares_every_such_case_is_undefined():
    """A loss that narrowed by 75 % shows a percent, and that is no growth of 75 %."""
    for missing, expected in (("renormalise", None), ("zero", 0)):
        scene = scored([growth()], figures(CASES), missing={**RENORMALISE, "undefined": missing})
        odd = {name: p for name, p in scene.points("项").items() if name not in ("normal", "unheard")}
        assert set(odd.values()) == {expected}
        assert scene.points("项")["normal"] == 5
    assert scene.column("项", "")["narrowed"] == 75


@pytest.mark.parametrize("method", ["efficacy", {"rank_step": "5%"}, {"percentile": "below"}, {"z_score": {}}], ids=str)
def test_a_narrowed_loss_has_no_place_among_growth_rates(method):
    """Neither in the maximum, nor in the ranks, nor in the count of peers."""
    plain = {name: CASES[name] for name in ("normal",)} | {"other": (10, 12), "third": (10, 13)}
    without = scored([growth(method)], figures(plain)).marks("项")
    among = scored([growth(method)], figures({**plain, "narrowed": (-4, -1), "to_zero": (-4, 0)})).marks("项")
    assert {name: among[name] for name in plain} == without
    assert among["narrowed"] is None


def test_growth_over_a_tiny_base_is_clipped_first():
    rules = {"small_base": 1, "small_base_clip": [-50, 100]}
    cases = {"tiny": (0.1, 2), "fallen": (0.5, 0.1), "at": (1, 3), "normal": (10, 11)}
    found = scored([growth({"as_is": 100}, growth=rules)], figures(cases))
    assert found.marks("项") == {"tiny": 100, "fallen": -50, "at": 200, "normal": 10}
    assert found.column("项", "")["tiny"] == 1900
    by_formula = {**rules, "small_base": "线"}
    given = {**figures(cases), "线": dict.fromkeys(cases, 1)}
    scene = scored([growth({"as_is": 100}, growth=by_formula)], given)
    assert scene.marks("项") == found.marks("项")
    assert "线" in {leaf.indicator for leaf in scene.plan.nodes[0].leaves}


def test_growth_is_the_same_on_every_path():
    scene = scored([growth("efficacy", growth=SHARES), growth({"rank_step": "5%"}, name="又")], figures(CASES))
    for way, run in other_ways(scene).items():
        assert run().select(exact_columns(scene)).equals(scene.frame.select(exact_columns(scene))), way


def test_the_last_figure_stands_in_for_as_long_as_it_is_carried():
    """GDP of the quarter may be carried two months on; it counts as late, and what does not apply is not carried."""
    given = {
        "数": {("甲", 2): 8, ("乙", 3): 8, "丙": 6, ("丁", 1): 5, "丁": "not_applicable", "戊": "late", ("戊", 1): 4}
    }
    units = {"县": list("甲乙丙丁戊")}
    scene = scored([{"name": "项", "value": "数", "method": "as_is", "carry": 2}], given, units)
    assert scene.points("项") == {"甲": 8, "乙": None, "丙": 6, "丁": None, "戊": 4}
    assert scene.states("项") == {
        "甲": "late",
        "乙": "not_reported",
        "丙": "reported",
        "丁": "not_applicable",
        "戊": "late",
    }


def test_a_late_figure_that_came_counts():
    """The state is late and stays visible; the mark is the figure's."""
    import polars as pl

    from junxian.core.scoring import gather, rows_of
    from tests.core.scoring.scene import NOW, Scene, observed

    scene = scored([{"name": "项", "value": "数", "method": "as_is"}], {"数": {"甲": 1, "乙": 2}})
    late = observed({"数": {"甲": 1, "乙": 2}}).with_columns(state=pl.Series(["late", "reported"]))
    rows = rows_of({"甲": "县", "乙": "县"}, {}, "", [NOW])
    again = Scene(scene.plan, scene.panel, scene.plan.run(gather(late, rows, scene.plan.leaves)))
    assert again.points("项") == {"甲": 1, "乙": 2}
    assert again.states("项") == {"甲": "late", "乙": "reported"}


def test_a_lagged_criterion_reads_every_figure_earlier():
    given = {"数": {"甲": 1, ("甲", 1): 2, ("甲", 2): 3}, "底": {"甲": 10, ("甲", 1): 20, ("甲", 2): 30}}
    criterion = {"name": "项", "value": "数 / 底", "method": "as_is"}
    assert scored([{**criterion, "lag": 1}], given).points("项") == {"甲": F(1, 10)}
    ratio = {"name": "项", "value": "数 + 底", "method": "as_is", "lag": 2}
    assert scored([ratio], given).points("项") == {"甲": 33}


def test_derived_names_and_constants_are_read_like_figures():
    """More than ten of them, one resting on the other, and lagged: all before any criterion."""
    chain = {"名0": "数 + 一"} | {f"名{i}": f"名{i - 1} + 一" for i in range(1, 14)}
    criteria = [
        {"name": "项", "value": "名13", "method": "as_is"},
        {"name": "早", "value": "上期(名13)", "method": "as_is"},
    ]
    scene = scored(criteria, {"数": {"甲": 1, ("甲", 1): 0}}, constants={"一": 1}, derive=chain)
    assert scene.points("项") == {"甲": 15}
    assert scene.points("早") == {"甲": 14}


def test_two_criteria_may_hold_the_same_window_within_a_window():
    text = "排名(数 - 组内均值(数))"
    criteria = [
        {"name": "一", "value": text, "method": "as_is"},
        {"name": "二", "value": f"{text} + 1", "method": "as_is"},
    ]
    scene = scored(criteria, {"数": {"甲": 5, "乙": 7}})
    assert scene.points("一") == {"甲": 2, "乙": 1}
    assert scene.points("二") == {"甲": 3, "乙": 2}
    for way, run in other_ways(scene).items():
        assert run().select(exact_columns(scene)).equals(scene.frame.select(exact_columns(scene))), way


def test_a_declared_unit_converts_and_decimals_round_before_anything_is_compared():
    from tests.core.scoring.scene import vocabulary

    words = vocabulary(["额"], 额="亿元")
    criterion = {"name": "项", "value": "额", "unit": "万元", "decimals": 0, "method": {"rank_step": "10%"}}
    scene = scored([criterion], {"额": {"甲": 1.00004, "乙": 1.00003, "丙": 1.0}}, words=words)
    assert scene.column("项", "") == {"甲": 10000, "乙": 10000, "丙": 10000}
    assert set(scene.column("项", "_rank").values()) == {1}


def test_the_months_of_the_year_so_far_are_gathered():
    """June: the figures of January to June, those that came; last year's are another year's."""
    given = {"数": {"甲": 6, ("甲", 1): 5, ("甲", 3): "late", ("甲", 5): 1, ("甲", 6): 99, ("乙", 2): 4, ("丙", 7): 3}}
    texts = {
        "合": "年内合计(数)",
        "均": "年内均值(数)",
        "大": "年内最大(数)",
        "小": "年内最小(数)",
        "个": "年内个数(数)",
    }
    criteria = [{"name": name, "value": text, "method": "as_is"} for name, text in texts.items()]
    scene = scored(criteria, given, {"县": ["甲", "乙", "丙"]})
    assert [scene.points(name)["甲"] for name in texts] == [12, 4, 6, 1, 3]
    assert [scene.points(name)["乙"] for name in texts] == [4, 4, 4, 4, 1]
    assert [scene.points(name)["丙"] for name in ("合", "均", "大", "小")] == [None] * 4
    assert scene.states("合")["丙"] == "not_reported"


def test_methods_are_read_from_one_key_or_refused():
    import pydantic

    for wrong in (
        {"hit": 1, "as_is": 1},
        {"没有": 1},
        "completion_",
        {"efficacy": 3},
        {"completion": "8%"},
        {"between": {"lo": 1}},
    ):
        with pytest.raises(pydantic.ValidationError):
            scored([{"name": "项", "value": "数", "method": wrong}], {"数": {"甲": 1}})


def test_a_criterion_named_twice_is_refused():
    import pydantic

    twice = [{"name": "项", "value": "数", "method": "as_is"}] * 2
    with pytest.raises(pydantic.ValidationError, match="criterion_twice"):
        scored(twice, {"数": {"甲": 1}})
