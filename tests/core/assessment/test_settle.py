"""Settling (结算): published scores, places, ties, gates beside points, vetoes, and a block set to zero."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from junxian.core.assessment.adjust import Facts, event_points
from junxian.core.assessment.settle import settle
from junxian.core.bottomlines import ALERTS, Line
from junxian.core.errors import RuleError
from junxian.core.scoring import compile_scheme
from junxian.core.scoring.model import Scheme
from tests.core.assessment.test_adjust import happened
from tests.core.scoring.scene import NANO, NOW, RENORMALISE, Scene, scored, vocabulary
from tests.oracles.settle import clamped, places, published

BASIS = {"document": "办法"}


def leaf(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "value": name, "method": "as_is", **more}


def city(figures: dict[str, Any] | None = None, criteria: list[Any] | None = None, **more: Any) -> Scene:
    given = figures or {"数": {"甲": 91.004, "乙": 88.5, "丙": 91.0, "丁": 75}}
    return scored(criteria or [leaf("数")], given, **{"missing": {**RENORMALISE, "undefined": "propagate"}, **more})


def settled(scene: Scene, facts: Facts | None = None) -> pl.DataFrame:
    return settle(scene.frame, scene.plan, facts or Facts.none())


def told(frame: pl.DataFrame, column: str) -> dict[str, Any]:
    return dict(frame.select("region_code", column).iter_rows())


def test_ranks_stand_on_what_is_published_or_on_what_is_exact():
    """91.004 is published as 91.00: whoever reads the notice must be able to give the places himself."""
    assert told(settled(city()), "rank") == {"甲": 1, "乙": 3, "丙": 1, "丁": 4}
    assert told(settled(city(rank={"on": "exact"})), "rank") == {"甲": 1, "乙": 3, "丙": 2, "丁": 4}
    assert told(settled(city()), "score") == {"甲": 91.0, "乙": 88.5, "丙": 91.0, "丁": 75.0}


@pytest.mark.parametrize(("ties", "expected"), [("shared", [1, 1, 3]), ("dense", [1, 1, 2]), ("last", [2, 2, 3])])
def test_ties_are_placed_as_declared(ties, expected):
    scene = city({"数": {"甲": 9, "乙": 9, "丙": 8}}, rank={"ties": ties})
    assert settled(scene)["rank"].to_list() == expected


def test_tie_breaks_order_only_those_who_tie():
    figures = {
        "数": {"甲": 9, "乙": 9, "丙": 9, "丁": 10},
        "额": {"甲": 5, "乙": 7, "丁": 0},
        "人": {"甲": 1, "乙": 1, "丙": 3},
    }
    scene = city(figures, rank={"tie_break": ["额", "0 - 人"]})
    assert told(settled(scene), "rank") == {"甲": 3, "乙": 2, "丙": 4, "丁": 1}


def test_a_unit_without_a_score_has_no_place_and_is_not_counted():
    frame = settled(city({"数": {"甲": 9, "乙": None, "丙": 8}}))
    assert told(frame, "rank") == {"甲": 1, "乙": None, "丙": 2}
    assert set(frame["n"]) == {2}
    assert told(frame, "gate") == {"甲": "pass", "乙": "not_assessed", "丙": "pass"}


def test_too_few_peers_are_not_ranked():
    assert set(settled(city({"数": {"甲": 9, "乙": 8}}, min_peers=3))["rank"]) == {None}


def test_low_scores_may_be_the_good_ones():
    assert told(settled(city(rank={"better": "low"})), "rank") == {"甲": 3, "乙": 2, "丙": 3, "丁": 1}


def test_groups_are_ranked_apart():
    scene = scored([leaf("数")], {"数": {"甲": 9, "乙": 8, "丙": 7}}, {"县": ["甲", "乙"], "区": ["丙"]})
    frame = settled(scene)
    assert told(frame, "rank") == {"甲": 1, "乙": 2, "丙": 1}
    assert told(frame, "n") == {"甲": 2, "乙": 2, "丙": 1}


GATES = [
    {"id": "增速", "name": "增速", "when": "速 >= 8", "effect": {"grade_at_most": "合格"}},
    {"id": "投资", "name": "投资", "when": "投 >= 8", "unknown": "fail"},
]


def test_a_gate_is_passed_failed_or_not_known():
    figures = {
        "数": dict.fromkeys("甲乙丙丁", 90),
        "速": {"甲": 8, "乙": 7.9, "丁": 9},
        "投": {"甲": 9, "乙": 9, "丙": 9},
    }
    frame = settled(city(figures, gates=GATES))
    assert told(frame, "gate_增速_result") == {"甲": "pass", "乙": "fail", "丙": "not_assessed", "丁": "pass"}
    assert told(frame, "gate_投资_result")["丁"] == "fail"
    assert told(frame, "gate") == {"甲": "pass", "乙": "fail", "丙": "not_assessed", "丁": "fail"}
    assert set(frame["score"]) == {90.0}


def test_gates_may_ask_for_points_values_and_labels_of_nodes():
    ladder = {"ladder": [{"points": 1, "name": "差"}, {"at_least": 5, "points": 9, "name": "好"}]}
    gates = [{"id": "一", "name": "一", "when": '数得分 >= 9 且 数值 < 9 且 数等次 = "好" 且 total_points > 1'}]
    scene = city({"数": {"甲": 8, "乙": 9, "丙": 1}}, [{**leaf("数"), "method": ladder}], gates=gates)
    assert told(settled(scene), "gate") == {"甲": "pass", "乙": "fail", "丙": "fail"}


def veto(**more: Any) -> dict[str, Any]:
    return {"id": "安全", "name": "安全", "event": "事故", "basis": BASIS, "effect": {}, **more}


def test_a_veto_is_struck_by_an_event_a_formula_or_a_bottom_line():
    events = happened(("甲", "事故", "案1", 1, 0), ("乙", "事故", "案2", 0, 0))
    facts = Facts(Facts.none().events, Facts.none().alerts, events)
    assert told(settled(city(vetoes=[veto()]), facts), "gate") == {
        "甲": "veto",
        "乙": "pass",
        "丙": "pass",
        "丁": "pass",
    }
    figures = {"数": {"甲": 9, "乙": 9}, "死": {"甲": 3}}
    assert told(settled(city(figures, vetoes=[veto(event="", when="死 >= 3")])), "gate") == {"甲": "veto", "乙": "pass"}


def test_the_lines_of_a_gate_decide_with_their_level():
    line = {"id": "末位", "name": "末位", "what": "数", "watch": {"last_places": 3}}
    row: dict[str, Any] = dict.fromkeys(ALERTS) | {"line": "末位", "period_index": NOW}
    levels = [("甲", "red", True), ("乙", "orange", False), ("丙", "veto", True), ("丁", "green", False)]
    alerts = pl.DataFrame([{**row, "region_code": u, "level": lv, "breach": b} for u, lv, b in levels], schema=ALERTS)
    facts = Facts(Facts.none().events, alerts, Facts.none().observed, (Line.model_validate(line),))
    gate = {"id": "底线", "name": "底线", "lines": ["末位"]}
    scene = city(gates=[gate], vetoes=[veto(event="", lines=["末位"])])
    frame = settled(scene, facts)
    assert told(frame, "gate_底线_result") == {"甲": "fail", "乙": "pass", "丙": "fail", "丁": "pass"}
    assert told(frame, "gate") == {"甲": "fail", "乙": "pass", "丙": "veto", "丁": "pass"}


def test_who_is_not_ranked_leaves_the_places_to_the_others():
    facts = Facts(Facts.none().events, Facts.none().alerts, happened(("丙", "事故", "案1", 1, 0)))
    frame = settled(city(vetoes=[veto(effect={"not_ranked": True})]), facts)
    assert told(frame, "rank") == {"甲": 1, "乙": 2, "丙": None, "丁": 3}
    assert told(frame, "score")["丙"] == 91.0


FIGURES = {
    "一": {"甲": 0.8, "乙": 0.8, "丙": 0.8},
    "二": {"甲": 0.5, "乙": 0.5, "丙": "late"},
    "三": {"甲": 0.9, "乙": 0.9, "丙": 0.9},
}
STRUCK = Facts(
    Facts.none().events, Facts.none().alerts, happened(("甲", "事故", "案1", 1, 0), ("丙", "事故", "案2", 1, 0))
)


@pytest.mark.parametrize(
    ("criteria", "settings_of", "expected"),
    [
        # 甲 loses 40, 丙's 40 carried the weight of what is late: (40 + 0) · 100/80 is gone, 18 · 100/70 stays
        (
            [leaf("一", points=50), leaf("二", points=30), leaf("三", points=20)],
            {},
            {"甲": 33, "乙": 73, "丙": D("25.714285714")},
        ),
        # in a capped group, in a weighted mean, in a share of the maximum: as if the block had earned nothing
        (
            [
                {"name": "块", "points": 60, "at_most": 45, "of": [leaf("一", points=50), leaf("二", points=30)]},
                leaf("三", points=40),
            ],
            {},
            {"甲": 51, "乙": 81, "丙": 36},
        ),
        (
            [leaf("一", weight=3), leaf("二", weight=1)],
            {"combine": "mean", "scale": 100},
            {"甲": D("12.5"), "乙": D("72.5"), "丙": 0},
        ),
        ([leaf("一", points=10), leaf("二", points=10)], {"of_maximum": 100}, {"甲": 25, "乙": 65, "丙": 0}),
    ],
    ids=["sum", "capped", "mean", "of maximum"],
)
def test_a_block_set_to_zero_is_combined_as_the_scheme_combines(criteria, settings_of, expected):
    scene = city(FIGURES, criteria, vetoes=[veto(effect={"zero": ["一"]})], missing=RENORMALISE, **settings_of)
    frame = settled(scene, STRUCK)
    assert {u: D(x) / NANO for u, x in told(frame, "exact").items()} == expected
    assert told(frame, "base") == dict(scene.column("total"))


def test_what_one_unit_loses_changes_no_weight_for_the_others():
    figures = {"一": {"甲": 0.2, "乙": 0.9, "丙": 0.4}, "二": {"甲": 0.6, "乙": 0.5, "丙": 0.9}}
    more = {"combine": "mean", "weights": "entropy", "missing": RENORMALISE}
    scene = city(figures, [leaf("一"), leaf("二")], vetoes=[veto(effect={"zero": ["一"]})], **more)
    frame = settled(scene, Facts(STRUCK.events, STRUCK.alerts, happened(("甲", "事故", "案1", 1, 0))))
    assert told(frame, "exact")["乙"] == told(frame, "base")["乙"]
    assert told(frame, "exact")["甲"] < told(frame, "base")["甲"]


def test_bonus_and_deduction_move_the_score_within_floor_and_ceiling():
    events = happened(("甲", "表彰", "事1", 1, 0), ("乙", "约谈", "事2", 9, 0))
    more = {
        "bonus": [{"id": "表彰", "name": "表彰", "event": "表彰", "each": 50}],
        "bonus_cap": 20,
        "ceiling": 100,
        "floor": 85,
        "deductions": [{"id": "约谈", "name": "约谈", "event": "约谈", "each": 0.5}],
    }
    scene = city({"数": {"甲": 91, "乙": 88, "丙": None}}, **more)
    facts = Facts(event_points(events, scene.plan.scheme, [NOW], 1), Facts.none().alerts, events)  # type: ignore[arg-type]
    frame = settled(scene, facts)
    assert told(frame, "bonus") == {"甲": 20 * NANO, "乙": 0, "丙": 0}
    assert told(frame, "deduction")["乙"] == 4.5 * NANO
    assert told(frame, "score") == {"甲": 100.0, "乙": 85.0, "丙": None}


def test_a_scheme_of_points_alone_cannot_be_settled():
    plain = Scheme.model_validate(
        {
            "id": "光",
            "title": "光",
            "groups": {"县": ["甲"]},
            "missing": RENORMALISE,
            "ties": "shared",
            "rounding": {},
            "criteria": [leaf("数")],
        }
    )
    plan = compile_scheme(plain, vocabulary(["数"]))
    with pytest.raises(RuleError, match=r"assessment\.not_a_scheme"):
        settle(city().frame, plan, Facts.none())


@settings(max_examples=80, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    scores=st.lists(st.one_of(st.none(), st.integers(-3000, 12000)), min_size=1, max_size=7),
    rounding=st.sampled_from([(2, "half_up"), (1, "half_even"), (0, "down"), (1, "half_up"), (2, "none")]),
    ties=st.sampled_from(["shared", "dense", "last"]),
    high=st.booleans(),
    on=st.sampled_from(["published", "exact"]),
    bounds=st.sampled_from([(None, None), (0, 100), (None, 60)]),
    breaks=st.lists(st.one_of(st.none(), st.integers(0, 2)), min_size=7, max_size=7),
    broken=st.booleans(),
)
def test_any_scores_are_published_and_placed_as_the_slow_way_does(
    *, scores, rounding, ties, high, on, bounds, breaks, broken
):
    units = "甲乙丙丁戊己庚"[: len(scores)]
    figures = {
        "数": {u: None if n is None else n / 100 for u, n in zip(units, scores, strict=True)},
        "次": dict(zip(units, breaks, strict=False)),
    }
    scene = city(
        figures,
        rounding={"places": rounding[0], "mode": rounding[1]},
        floor=bounds[0],
        ceiling=bounds[1],
        rank={"ties": ties, "better": "high" if high else "low", "on": on, "tie_break": ["次"] if broken else []},
    )
    frame = settled(scene)
    exact = {
        u: None if n is None else clamped(D(n) / 100, *(None if b is None else D(b) for b in bounds))
        for u, n in zip(units, scores, strict=True)
    }
    shown = {u: None if x is None else published(x, *rounding) for u, x in exact.items()}
    assert {u: None if p is None else D(p) / NANO for u, p in told(frame, "published").items()} == shown
    told_breaks = [{u: None if b is None else D(b) for u, b in figures["次"].items()}] if broken else []
    assert told(frame, "rank") == places(shown if on == "published" else exact, ties, told_breaks, high=high)
    assert set(frame["n"]) == {sum(x is not None for x in exact.values())}
