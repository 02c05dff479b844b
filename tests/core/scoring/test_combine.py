"""Groups beside their slow selves (合成对照): every word, every source of weights, every absence, caps and shares."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from pymcdm.weights import critic_weights as critic_of_pymcdm
from pymcdm.weights import entropy_weights as entropy_of_pymcdm

from junxian.core.errors import RuleError
from junxian.core.scoring.model import CombineWord, Group, MissingAction
from tests.core.scoring.scene import RENORMALISE, exact_columns, other_ways, scored
from tests.oracles import combine as slow
from tests.oracles.combine import Part

UNITS = "甲乙丙丁"
WORDS = get_args(CombineWord)
ACTIONS = get_args(MissingAction)
STATES = ("late", "not_reported", "not_applicable")


def leaf(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "value": name, "method": "as_is", **more}


def one_group(group: dict[str, Any], figures: dict[str, list[Any]], **more: Any) -> Any:
    given = {name: dict(zip(UNITS, column, strict=False)) for name, column in figures.items()}
    return scored([{"name": "组", **group}], given, **more)


def parts_of(node: Group, figures: dict[str, list[Any]], missing: dict[str, str]) -> dict[str, list[Part]]:
    """Unit → its children's parts; every child is marked as it is."""
    found: dict[str, list[Part]] = {unit: [] for unit in UNITS}
    for child in node.of:
        points = F(1) if child.points is None else F(str(child.points))
        column = dict(zip(UNITS, figures[child.key], strict=True))
        known = [F(str(x)) for x in column.values() if not isinstance(x, str)]
        mean = sum(known) / len(known) if known else None
        own = child.missing.model_dump(exclude_none=True)
        for unit, x in column.items():
            state = x if isinstance(x, str) else ""
            part = (
                Part(F(str(x)) * points, points) if not state else slow.absent({**missing, **own}[state], points, mean)
            )
            found[unit].append(part)
    return found


def weights_of(node: Group, parts: dict[str, list[Part]]) -> list[Any]:
    columns = [[row[place].points for row in parts.values()] for place in range(len(node.of))]
    if node.weights == "entropy":
        return slow.entropy_weights(columns)
    if node.weights == "critic":
        return slow.critic_weights(columns)
    given = [F(str(child.weight)) if child.weight is not None else F(1) for child in node.of]
    return given if node.weights == "given" else [F(1)] * len(given)


def check(group: dict[str, Any], figures: dict[str, list[Any]], missing: dict[str, str]) -> Any:
    scene = one_group(group, figures, missing=missing)
    node = next(plan.node for plan in scene.plan.nodes if plan.node.key == "组")
    assert isinstance(node, Group)
    parts = parts_of(node, figures, missing)
    weights = weights_of(node, parts)
    far = 1e-6 if {"points", "of_maximum", "scale"} & {k for k, v in group.items() if v} else 2e-8  # 10⁻⁹ multiplied up
    for unit, found in scene.points("组").items():
        expected = slow.combined(node, parts[unit], weights, missing["undefined"])
        assert scene.column("组", "o")[unit] == expected.role, (unit, expected)
        assert (found is None) == (expected.points is None), (unit, expected, found)
        if found is not None:
            assert float(found) == pytest.approx(float(expected.points), abs=far, rel=1e-8), unit
        assert scene.column("组", "m")[unit] / 1e9 == pytest.approx(float(expected.maximum), abs=far, rel=1e-8), unit
    return scene


FIGURES = {"一": [0.5, 0.9, 0.0, 0.4], "二": [0.3, "late", 0.2, 0.4], "三": [0.7, 0.1, "not_reported", 0.4]}


@pytest.mark.parametrize("weights", [[None, None, None], [0.5, 0.3, 0.2]], ids=["plain", "weighted"])
@pytest.mark.parametrize("by", [*WORDS, {"power": 2}, {"power": -2}, {"power": 0.5}, {"power": 0}], ids=str)
def test_every_word_combines_as_it_says(by, weights):
    children = [leaf(name, weight=w) for name, w in zip(FIGURES, weights, strict=True)]
    check({"of": children, "combine": by}, FIGURES, RENORMALISE)
    check({"of": children, "combine": by, "zero_floor": 0.01, "points": 20}, FIGURES, RENORMALISE)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("by", ["sum", "mean", "geometric", "minimum"])
def test_every_absence_does_what_the_scheme_says(by, action, state):
    figures = {"一": [0.5, state, 0.8, 0.4], "二": [0.3, 0.6, state, state], "三": [0.7, 0.1, state, 0.4]}
    points = (5, 3, 2) if by == "sum" else (None, None, None)
    children = [leaf(name, points=p) for name, p in zip(figures, points, strict=True)]
    scene = check({"of": children, "combine": by}, figures, {**RENORMALISE, state: action})
    assert scene.states("一")["乙"] == state
    override = [{**children[0], "missing": {state: action}}, *children[1:]]
    check({"of": override, "combine": by}, figures, RENORMALISE)


@pytest.mark.parametrize("action", ["renormalise", "own_maximum", "propagate", "mean"])
def test_an_unreported_figure_is_never_a_zero_unless_the_scheme_says_so(action):
    figures = {"一": {"甲": None, "乙": 0.5, "丙": 0.9}, "二": {"甲": 0.8, "乙": 0.4, "丙": 0.7}}
    given = {"missing": {**RENORMALISE, "not_reported": action}}
    scene = scored([leaf("一", points=50), leaf("二", points=50)], figures, **given)
    assert scene.states("一")["甲"] == "not_reported"
    expected = {"renormalise": 80, "own_maximum": 40, "propagate": None, "mean": 75}[action]
    assert scene.points()["甲"] == expected
    assert scene.column("total", "m")["甲"] == (50 if action == "own_maximum" else 100) * 10**9


def test_nobody_to_take_the_mean_of_is_no_result_and_no_zero():
    scene = scored([leaf("一")], {"一": {"甲": "late", "乙": None}}, missing={**RENORMALISE, "late": "mean"})
    assert scene.points() == {"甲": None, "乙": None}
    assert scene.column("total", "o") == {"甲": 3, "乙": 1}


def test_own_maximum_restated_of_a_hundred():
    """An item that does not apply is left out of what the unit could earn, and the rest counts of a hundred."""
    figures = {"一": {"甲": 0.8, "乙": 0.8}, "二": {"甲": "not_applicable", "乙": 0.5}}
    given = {"missing": {**RENORMALISE, "not_applicable": "own_maximum"}, "of_maximum": 100}
    scene = scored([leaf("一", points=30), leaf("二", points=20)], figures, **given)
    assert scene.points() == {"甲": 80, "乙": F(34, 50) * 100}
    assert set(scene.column("total", "m").values()) == {100 * 10**9}


@pytest.mark.parametrize("least", [0.6, 1, 2, 3])
@pytest.mark.parametrize("undefined", ["renormalise", "own_maximum", "propagate", "zero", "floor", "full"])
def test_too_few_children_are_undefined_and_the_scheme_says_what_that_means(least, undefined):
    figures = {"一": [0.5, "late", "late", 0.4], "二": [0.3, 0.6, "late", 0.7], "三": [0.7, "late", "late", "late"]}
    missing = {**RENORMALISE, "undefined": undefined}
    for by in ("sum", "mean"):
        children = [leaf(name, weight=w) for name, w in zip(figures, (0.5, 0.3, 0.2), strict=True)]
        check({"of": children, "combine": by, "min_available": least}, figures, missing)


def test_too_few_may_take_the_mean_of_the_peers():
    figures = {"一": [0.5, "late", 0.7], "二": [0.3, 0.6, 0.1]}
    missing = {**RENORMALISE, "undefined": "mean"}
    scene = one_group({"of": [leaf("一"), leaf("二")], "combine": "mean", "min_available": 2}, figures, missing=missing)
    assert scene.points("组") == {"甲": F(4, 10), "乙": F(4, 10), "丙": F(4, 10)}


def test_a_combination_without_a_result_is_undefined_and_never_a_zero():
    """The geometric mean of a negative result does not exist; a parent must not add it as nothing."""
    figures = {"一": [-0.5, 0.5], "二": [0.3, 0.6]}
    groups = [
        {"name": "组", "of": [leaf("一"), leaf("二")], "combine": "geometric", "points": 10},
        leaf("二", id="又", points=10),
    ]
    scene = scored(groups, {n: dict(zip(UNITS, c, strict=False)) for n, c in figures.items()})
    assert scene.points("组")["甲"] is None
    assert scene.points()["甲"] == 6  # 3 of 10, its weight carried by the other


WEIGHTED = {
    "一": [0.2, 0.9, 0.6, 0.4],
    "二": [0.3, 0.35, 0.2, 0.4],
    "三": [0.7, 0.1, 0.2, 0.9],
    "四": [0.5, 0.5, 0.5, 0.5],
}


@pytest.mark.parametrize("source", ["given", "equal", "entropy", "critic"])
@pytest.mark.parametrize(
    "figures",
    [
        WEIGHTED,
        {k: WEIGHTED[k] for k in "一二三"},
        {k: ["late", *WEIGHTED[k][1:]] for k in "一二三"},
        {**WEIGHTED, "二": [0.0, 0.0, 0.0, 0.0]},
        {"一": [0.5] * 4, "二": [0.3] * 4},
        {"一": [0.0] * 4},
        {"一": [-0.5, 0.5, 0.2, 0.1], "二": [0.5, "late", "late", "late"]},
    ],
    ids=str,
)
def test_weights_from_every_source(source, figures):
    children = [leaf(name, weight=0.1 * (place + 1)) for place, name in enumerate(figures)]
    check({"of": children, "combine": "mean", "weights": source}, figures, RENORMALISE)


def test_entropy_and_critic_weights_are_those_of_another_author():
    """pymcdm: the same Shannon entropy over shares, and CRITIC after its own min-max normalising, which here is given.

    It differs where a column is the same for everybody (its entropy weight is 0 like ours, its CRITIC is not a number),
    and it has no notion of a missing figure.
    """
    rng = np.random.default_rng(3)
    table = rng.uniform(0.1, 1.0, size=(4, 3))
    table = (table - table.min(axis=0)) / (table.max(axis=0) - table.min(axis=0))
    figures = {name: [round(float(x), 9) for x in table[:, j]] for j, name in enumerate("一二三")}
    for source, author in (("entropy", entropy_of_pymcdm), ("critic", critic_of_pymcdm)):
        scene = one_group({"of": [leaf(n) for n in figures], "combine": "mean", "weights": source}, figures)
        node = next(plan for plan in scene.plan.nodes if plan.node.key == "组")
        found = [scene.frame[f"{node.column()}_w{child}"][0] / 1e9 for child in node.children]
        matrix = np.array(list(figures.values())).T
        expected = author(np.where(matrix == 0, 1e-300, matrix) if source == "entropy" else matrix)
        assert found == pytest.approx(list(expected), abs=1e-6), source


def test_weights_differ_by_group_and_peers_weigh_apart():
    groups = {"县": ["甲", "乙"], "区": ["丙", "丁"]}
    figures = {"一": {"甲": 1, "乙": 0.5, "丙": 1, "丁": 0}, "二": {"甲": 0, "乙": 0.5, "丙": 0, "丁": 1}}
    children = [leaf("一", weight={"县": 0.75, "区": 0.25}), leaf("二", weight={"县": 0.25, "区": 0.75})]
    scene = scored([{"name": "组", "of": children, "combine": "mean"}], figures, groups)
    assert scene.points("组") == {"甲": F(3, 4), "乙": F(1, 2), "丙": F(1, 4), "丁": F(3, 4)}


def test_points_and_applies_to_decide_what_a_group_is_judged_on():
    groups = {"县": ["甲"], "区": ["乙"], "园": ["丙"]}
    figures = {name: dict.fromkeys("甲乙丙", 0.5) for name in ("一", "二", "三")}
    criteria = [
        leaf("一", points={"县": 60, "区": 40}),
        {"name": "组", "points": 40, "applies_to": ["县", "园"], "of": [leaf("二", points=40)]},
        leaf("三", points=60, applies_to=["区", "园"]),
    ]
    scene = scored(criteria, figures, groups)
    assert scene.points() == {"甲": 50, "乙": 50, "丙": 50}
    assert scene.points("组") == {"甲": 20, "乙": None, "丙": 20}
    assert {unit: m // 10**9 for unit, m in scene.column("total", "m").items()} == {"甲": 100, "乙": 100, "丙": 100}
    assert scene.column("一", "o") == {"甲": 0, "乙": 0, "丙": 2}


def test_caps_floors_and_declared_rounding_of_nodes():
    figures = {"一": {"甲": 0.95, "乙": 0.105, "丙": -0.3}, "二": {"甲": 0.955, "乙": 0.1, "丙": 0.1}}
    children = [leaf("一", points=10, at_least=0, round={"places": 0}), leaf("二", points=10, at_most=9)]
    scene = scored([{"name": "组", "points": 15, "at_most": 15, "of": children}], figures)
    assert scene.points("一") == {"甲": 10, "乙": 1, "丙": 0}
    assert scene.points("二") == {"甲": 9, "乙": 1, "丙": 1}
    assert scene.points("组") == {"甲": 15, "乙": 2, "丙": 1}
    assert set(scene.column("组", "m").values()) == {15 * 10**9}


TABLE = [
    {"when": '一等次 = "差" 或 二 < 0.2', "then": "C", "score": 1},
    {"when": '一等次 = "好" 且 二值 >= 0.6', "then": "A", "score": 3},
    {"then": "B", "score": 2},
]


def test_a_decision_table_takes_the_first_line_that_holds():
    steps = {
        "ladder": [
            {"points": 0, "name": "差"},
            {"at_least": 0.3, "points": 1, "name": "中"},
            {"at_least": 0.7, "points": 2, "name": "好"},
        ]
    }
    figures = {"一": {"甲": 0.8, "乙": 0.8, "丙": 0.1, "丁": 0.5}, "二": {"甲": 0.6, "乙": 0.1, "丙": 0.9, "丁": 0.9}}
    group = {"name": "组", "of": [{**leaf("一"), "method": steps}, leaf("二")], "combine": {"table": TABLE}}
    scene = scored([group], figures)
    assert scene.column("组", "g") == {"甲": "A", "乙": "C", "丙": "C", "丁": "B"}
    assert scene.points("组") == {"甲": 3, "乙": 1, "丙": 1, "丁": 2}


def test_a_line_whose_condition_is_unknown_decides_nothing():
    figures = {"一": {"甲": 0.8, "乙": 0.8}, "二": {"甲": "late", "乙": 0.8}}
    table = [{"when": "二 < 0.2", "then": "C", "score": 1}, {"then": "B", "score": 2}]
    scene = scored([{"name": "组", "of": [leaf("一"), leaf("二")], "combine": {"table": table}}], figures)
    assert scene.column("组", "g") == {"甲": None, "乙": "B"}
    assert scene.points("组") == {"甲": None, "乙": 2}


def test_a_formula_combines_and_may_ask_for_the_peers():
    figures = {"一": {"甲": 0.5, "乙": 0.9, "丙": 0.1}, "二": {"甲": 0.5, "乙": 0.1, "丙": 0.7}}
    group = {"name": "组", "of": [leaf("一"), leaf("二")], "combine": {"formula": "取大(一, 二) + 排名(一 + 二)"}}
    assert scored([group], figures).points("组") == {"甲": F(3, 2), "乙": F(19, 10), "丙": F(37, 10)}


def test_points_of_a_formula_have_no_scale_to_be_restated_on():
    group = {"name": "组", "points": 10, "of": [leaf("一")], "combine": {"formula": "一 * 2"}}
    with pytest.raises(RuleError, match=r"scoring\.points_without_scale"):
        scored([group], {"一": {"甲": 1}})


def test_parts_of_a_group_sum_exactly():
    """A third of a point, three times, is what the three parts show and not what a float makes of it."""
    figures = {name: {"甲": 1 / 3, "乙": 0.1} for name in ("一", "二", "三")}
    scene = scored([{"name": "组", "of": [leaf(n, points=10) for n in figures]}], figures)
    for unit in "甲乙":
        assert (
            sum(scene.column(name)[unit] for name in figures) == scene.column("组")[unit] == scene.column("total")[unit]
        )


@pytest.mark.parametrize("depth", [2, 6])
def test_three_times_ten_to_the_ninth_does_not_overflow_however_deep(depth):
    node = leaf("一")
    for level in range(depth):
        siblings = [{**leaf("一"), "name": f"{name}{level}"} for name in "甲乙"]
        node = {"name": f"层{level}", "of": [node, *siblings], "combine": "mean"}
    scene = scored([node], {"一": {"甲": 0.5}})
    assert scene.points() == {"甲": F(1, 2)}


cells = st.one_of(
    st.sampled_from(STATES), st.integers(0, 20).map(lambda n: n / 20), st.integers(-5, 40).map(lambda n: n / 20)
)


@st.composite
def groups(draw: Any) -> tuple[dict[str, Any], dict[str, list[Any]], dict[str, str]]:
    names = "一二三"[: draw(st.integers(1, 3))]
    figures = {name: draw(st.lists(cells, min_size=4, max_size=4)) for name in names}
    all_points = draw(st.booleans())
    children = []
    for name in names:
        child = leaf(name, weight=draw(st.sampled_from([None, 0.5, 2.0, 0.0])))
        if all_points:
            child["points"] = draw(st.sampled_from([1.0, 5.0, 12.5]))
        if draw(st.booleans()):
            child["missing"] = {draw(st.sampled_from(STATES)): draw(st.sampled_from(ACTIONS))}
        children.append(child)
    group: dict[str, Any] = {
        "of": children,
        "combine": draw(st.sampled_from([*WORDS, {"power": 2}, {"power": -0.5}])),
        "weights": draw(st.sampled_from(["given", "equal", "entropy", "critic"])),
        "min_available": draw(st.sampled_from([0, 0, 0.5, 2])),
        "zero_floor": draw(st.sampled_from([None, 0.05])),
    }
    for name, choices in {
        "points": [None, 20.0],
        "scale": [None, 3.0],
        "of_maximum": [None, 100.0],
        "at_most": [None, 8.0],
        "at_least": [None, 0.5],
    }.items():
        group[name] = draw(st.sampled_from(choices))
    actions = [a for a in ACTIONS if a != "mean"]
    missing = {state: draw(st.sampled_from(ACTIONS)) for state in STATES}
    return group, figures, {**missing, "undefined": draw(st.sampled_from(actions))}


@settings(max_examples=200, deadline=None, derandomize=True, phases=[Phase.generate])
@given(drawn=groups())
def test_any_group_gives_what_the_slow_way_gives_on_every_path(drawn):
    group, figures, missing = drawn
    assume(not (group["combine"] == "product" and group["points"]))
    scene = check(group, figures, missing)
    for way, run in other_ways(scene).items():
        assert run().select(exact_columns(scene)).equals(scene.frame.select(exact_columns(scene))), way
