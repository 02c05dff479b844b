"""Receipts (得分凭据): who set a reference, which place, what the next step is, where a figure came from."""

from __future__ import annotations

from typing import Any

from junxian.core.scoring import receipts
from junxian.core.scoring.receipt import POINTS_COLUMNS
from tests.core.scoring.scene import NOW, RENORMALISE, Scene, scored

GROWTH = dict(zip("甲乙丙丁戊", [9.0, 6.2, 5.6, 5.6, -1.5], strict=True))


def line(scene: Scene, unit: str, key: str = "项", sources: Any = None) -> dict[str, Any]:
    return next(one for one in receipts(scene.frame, scene.plan, sources or {})[unit] if one["criterion"] == key)


def one(method: Any, figures: Any = None, **more: Any) -> Scene:
    criterion = {"name": "项", "value": "数", "points": 10, "method": method, **more}
    return scored([criterion], {"数": figures or GROWTH}, missing=RENORMALISE)


def test_the_peers_who_set_the_goalposts_are_named():
    references = line(one("efficacy"), "乙")["references"]
    assert references == {
        "low": {"value": -1.5, "statistic": "min", "set_by": ["戊"]},
        "high": {"value": 9.0, "statistic": "max", "set_by": ["甲"]},
    }


def test_goalposts_of_winsorised_figures_are_set_by_those_who_were_pulled_there():
    told = line(one("efficacy", winsorise={"highest": 1}), "甲")
    assert told["references"]["high"] == {"value": 6.2, "statistic": "max", "set_by": ["甲", "乙"]}
    assert (told["value"], told["marked_value"]) == (9.0, 6.2)


def test_targets_say_whether_they_are_numbers_formulas_or_statistics():
    assert line(one({"completion": 7}), "甲")["references"] == {"target": {"value": 7.0}}
    scene = scored(
        [{"name": "项", "value": "数", "method": {"completion": {"target": "计划 * 2"}}}],
        {"数": {"甲": 3}, "计划": {"甲": 2}},
    )
    assert line(scene, "甲")["references"] == {"target": {"value": 4.0, "formula": "计划 * 2"}}
    told = line(one({"z_score": {"sd": "sample", "mean": "median"}}), "甲")["references"]
    assert told["mean"] == {"value": 5.6, "statistic": "median"}
    assert told["sd"]["statistic"] == "sample"


def test_the_place_counts_those_with_a_figure_and_says_when_it_is_shared():
    scene = one({"rank_step": "5%"}, {**GROWTH, "己": "late"})
    shown = {unit: [line(scene, unit).get(k) for k in ("rank", "n", "tied", "above")] for unit in (*GROWTH, "己")}
    assert shown == {
        "甲": [1, 5, False, None],
        "乙": [2, 5, False, 9.0],
        "丙": [3, 5, True, 6.2],
        "丁": [3, 5, True, 6.2],
        "戊": [5, 5, False, 5.6],
        "己": [None, None, None, None],
    }


def test_the_next_step_is_a_rung_a_target_a_place_or_none():
    ladder = {"ladder": [{"points": 1}, {"at_least": 5, "points": 4}, {"at_least": 8, "points": 10}]}
    steps = {unit: line(one(ladder), unit)["next_step"] for unit in GROWTH}
    assert steps["戊"] == {"to": "rung", "value": 5.0, "distance": 6.5}
    assert steps["乙"]["value"] == 8.0
    assert steps["甲"] == {"to": "top"}
    assert line(one({"completion": 7}), "乙")["next_step"]["to"] == "target"
    assert line(one("efficacy"), "丙")["next_step"]["value"] == 6.2
    assert line(one("efficacy", {**GROWTH, "己": "late"}), "己")["next_step"] == {}


def test_where_less_is_better_the_next_step_leads_down():
    scene = one({"ladder": [{"points": 10}, {"at_least": 5, "points": 4}]}, direction="-")
    assert line(scene, "甲")["next_step"] == {"to": "rung", "value": 5.0, "distance": 4.0}
    assert line(one("efficacy", direction="-"), "甲")["next_step"]["value"] == 6.2


def test_a_figure_leads_back_to_its_cell_and_a_group_to_its_children():
    source = {"file": "财政.xlsx", "sheet": "6月", "cell": "D7"}
    scene = scored(
        [{"name": "组", "of": [{"name": "项", "value": "数 / 上级(数)", "method": "as_is", "points": 4}]}],
        {"数": {"甲": 3, "市": 12}},
        {"县": ["甲"]},
    )
    told = line(scene, "甲", sources={("市", "数|M|", NOW): source})
    assert [(one["region_code"], one["value"], one["source"]) for one in told["inputs"]] == [
        ("甲", 3.0, {}),
        ("市", 12.0, source),
    ]
    group = line(scene, "甲", "组")
    assert (group["children"], group["weights"], group["points"], group["parent"]) == (
        ["项"],
        {"项": 1.0},
        1.0,
        "total",
    )


def test_the_points_table_has_a_row_for_every_node_and_unit():
    scene = scored(
        [{"name": "组", "of": [{"name": "项", "value": "数", "method": "as_is"}]}], {"数": {"甲": 3, "乙": "late"}}
    )
    table = scene.table()
    assert tuple(table.columns) == POINTS_COLUMNS
    assert table.select("criterion", "region_code").rows() == [(n, u) for n in ("项", "组", "total") for u in "甲乙"]
    assert table.filter(region_code="乙").select("value", "state", "points").rows() == [
        (None, "late", None),
        (None, "", None),
        (None, "", None),
    ]
