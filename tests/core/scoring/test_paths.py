"""One answer whichever way (殊途同归): stacked, tall, lazy, on Spark; with anything missing; rows in any order."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from collections.abc import Sequence
from fractions import Fraction as F
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from junxian.core.assessment.adjust import Facts
from junxian.core.assessment.settle import settle
from junxian.core.errors import DataError, RuleError
from junxian.core.scoring import gather, rows_of
from junxian.core.scoring.methods import read_method
from tests.core.scoring.scene import (
    NOW,
    Scene,
    exact_columns,
    observed,
    other_ways,
    scored,
)
from tests.core.scoring.test_methods import METHOD_TEXTS

COUNTIES = "甲乙丙丁戊己庚辛"
GROUPS = {"县": list(COUNTIES[:5]), "区": list(COUNTIES[5:])}
NAMES = ("一", "二", "三")
LADDER = {"ladder": [{"points": 1, "name": "差"}, {"at_least": 3, "points": 4, "name": "好"}]}


def everything(methods: Sequence[Any] = METHOD_TEXTS) -> list[dict[str, Any]]:
    """Every method, alike and unlike nodes, every word, weights of every kind, nested."""
    plain = [
        {"name": f"项{place}", "value": NAMES[place % 3], "points": 5, "method": text, "direction": "+-"[place % 2]}
        for place, text in enumerate(methods)
    ]
    pulled = {"name": "缩", "value": "一", "method": "min_max", "winsorise": {"lowest": 1, "highest": 1}}
    growth = {"name": "增", "value": "同比(一)", "method": "efficacy", "points": 4, "growth": {"zero_to_zero": "mean"}}
    carried = {
        "name": "沿",
        "value": "二 / 三",
        "method": {"rank_step": "5%"},
        "carry": 2,
        "points": {"县": 4, "区": 6},
    }
    words = [
        {
            "name": f"合{place}",
            "combine": by,
            "weights": source,
            "zero_floor": 0.01,
            "of": [
                {"name": f"子{place}{n}", "value": n, "method": {"between": {"clamp": True}}, "weight": w}
                for n, w in zip(NAMES, (0.5, 0.3, 0.2), strict=True)
            ],
        }
        for place, (by, source) in enumerate(
            [
                ("mean", "given"),
                ("geometric", "entropy"),
                ("harmonic", "critic"),
                ("minimum", "equal"),
                ("product", "equal"),
                ({"power": 2}, "given"),
                ({"formula": "百分位(子6一 + 子6二)"}, "equal"),
            ]
        )
    ]
    table = {
        "name": "表",
        "of": [{"name": "级", "value": "一", "method": LADDER}, {"name": "另", "value": "二", "method": "as_is"}],
        "combine": {"table": [{"when": '级等次 = "好"', "then": "优", "score": 2}, {"then": "平", "score": 1}]},
    }
    return [{"name": "块", "of": plain}, pulled, growth, carried, *words, table]


def figures(cells: list[Any]) -> dict[str, dict[Any, Any]]:
    """Cells for every unit, name and of this month, the two before and the one a year ago."""
    at = iter(cells * 100)
    return {name: {(unit, ago): next(at) for unit in COUNTIES for ago in (0, 1, 2, 12)} for name in NAMES}


MISSING = {
    "late": "renormalise",
    "not_reported": "zero",
    "not_applicable": "own_maximum",
    "undefined": "renormalise",
}


def city(cells: list[Any], **more: Any) -> Scene:
    return scored(everything(), figures(cells), GROUPS, **{"missing": MISSING, "min_available": 1, **more})


cells = st.lists(
    st.one_of(
        st.sampled_from(["late", "not_reported", "not_applicable", None]), st.integers(-40, 90).map(lambda n: n / 10)
    ),
    min_size=7,
    max_size=29,
)
PLAIN = [3.5, 8.0, 1.2, 6.6, 0.0, 9.0, 5.6, 5.6, 2.5, 7.1, 4.4]
GAPS = [3.5, "late", 1.2, None, 0.0, 9.0, "not_applicable", 5.6, 5.6, -1.5, 7.1, "not_reported", 4.4]


@pytest.mark.parametrize("written", [PLAIN, GAPS, [5.6], ["late"]], ids=["plain", "gaps", "all equal", "nothing"])
def test_stacked_tall_and_lazy_agree_to_the_last_bit(written):
    scene = city(written)
    for way, run in other_ways(scene).items():
        assert run().select(exact_columns(scene)).equals(scene.frame.select(exact_columns(scene))), way


def test_alike_nodes_really_are_stacked():
    from junxian.core.scoring import native

    scene = city(PLAIN)
    families = native._kept(scene.plan).course(None).families
    nodes = sum(len(family.makes) for family in families)
    assert nodes == len(scene.plan.nodes)
    assert len(families) < nodes
    assert max(len(family.makes) for family in families) >= 3


@settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate])
@given(written=cells, order=st.permutations(COUNTIES))
def test_the_order_of_units_and_figures_changes_nothing(written, order):
    scene = city(written)
    of = {unit: name for name, members in GROUPS.items() for unit in members}
    rows = rows_of({unit: of[unit] for unit in order}, dict.fromkeys(of, "市"), "市", [NOW])
    shuffled = observed(figures(written)).reverse()
    again = scene.plan.run(gather(shuffled, rows, scene.plan.leaves))
    columns = ["region_code", *exact_columns(scene)]
    assert again.select(columns).sort("region_code").equals(scene.frame.select(columns).sort("region_code"))


@settings(max_examples=10, deadline=None, derandomize=True, phases=[Phase.generate])
@given(written=cells)
def test_wanting_only_some_columns_gives_the_same_columns(written):
    scene = city(written)
    keep = [scene.plan.root.column("p"), scene.plan.nodes[3].column("n")]
    assert scene.plan.run(scene.panel, keep).select(keep).equals(scene.frame.select(keep))
    lazy = scene.plan.run(scene.panel.lazy(), keep).collect()
    assert lazy.select(keep).equals(scene.frame.select(keep))


def test_periods_are_scored_apart():
    written = figures(GAPS)
    together = scored(everything(), written, GROUPS, ago=(0, 1))
    alone = scored(everything(), written, GROUPS)
    columns = ["region_code", *exact_columns(alone)]
    now = together.frame.filter(pl.col("period_index") == NOW)
    assert now.select(columns).sort("region_code").equals(alone.frame.select(columns).sort("region_code"))


def test_a_lookup_and_joins_gather_the_same_panel():
    scene = city(GAPS)
    observations = observed(figures(GAPS))
    of = {unit: name for name, members in GROUPS.items() for unit in members}
    rows = rows_of(of, dict.fromkeys(of, "市"), "市", [NOW, NOW - 1])
    eager = gather(observations, rows, scene.plan.leaves)
    joined = gather(observations.lazy(), rows.lazy(), scene.plan.leaves).collect()
    keys = ["period_index", "region_code"]
    assert joined.select(sorted(joined.columns)).sort(keys).equals(eager.select(sorted(eager.columns)).sort(keys))
    typed = observations.with_columns(pl.col("series", "region_code").cast(pl.Categorical))
    assert gather(typed, rows, scene.plan.leaves).equals(eager)


def test_figures_of_the_parent_the_root_and_a_named_unit_are_found():
    criteria = [
        {"name": name, "value": text, "method": "as_is"}
        for name, text in {
            "上": "数 / 上级(数)",
            "全": "数 / 全市(数)",
            "名": '数 - 单位(数, "乙")',
            "底": "上年末(数)",
        }.items()
    ]
    given = {"数": {"甲": 3, "乙": 5, "市": 12, ("甲", 6): 7, ("乙", 6): 9}}
    scene = scored(criteria, given, {"县": ["甲", "乙"]})
    assert scene.points("上") == {"甲": F(1, 4), "乙": F(416666667, 10**9)}
    assert scene.points("全") == scene.points("上")
    assert scene.points("名") == {"甲": -2, "乙": 0}
    assert scene.points("底") == {"甲": 7, "乙": 9}


def test_one_figure_given_twice_is_refused_by_name():
    twice = pl.concat([observed({"数": {"甲": 1}}), observed({"数": {"甲": 2}})])
    scene = scored([{"name": "项", "value": "数", "method": "as_is"}], {"数": {"甲": 1}})
    with pytest.raises(DataError, match=r"scoring\.figure_twice") as refused:
        gather(twice, rows_of({"甲": "县"}, {}, "", [NOW]), scene.plan.leaves)
    assert refused.value.facts == {"series": "数|M|", "unit": "甲", "period_index": NOW}


def test_nobody_to_judge_and_nothing_observed_are_no_faults():
    scene = scored([{"name": "项", "value": "同比(数)", "method": "efficacy"}], {"数": {"甲": 1}})
    nobody = gather(observed({"数": {"甲": 1}}), rows_of({}, {}, "", [NOW]), scene.plan.leaves)
    assert scene.plan.run(nobody).height == 0
    nothing = gather(observed({}), rows_of({"甲": "县"}, {}, "", [NOW]), scene.plan.leaves)
    assert scene.plan.run(nothing)[scene.plan.root.column("p")].to_list() == [None]


def test_a_mark_too_great_for_exact_points_is_refused():
    with pytest.raises(RuleError, match=r"scoring\.too_large"):
        scored([{"name": "项", "value": "数", "method": "as_is"}], {"数": {"甲": 1e12}})


@pytest.mark.parametrize(
    ("code", "criterion"),
    [
        ("scoring.band_has_no_rank", {"direction": "band", "method": {"rank_step": "5%"}}),
        ("scoring.no_points_to_share", {"points": 0, "method": "deduct"}),
        ("scoring.goalpost_not_positive", {"method": {"between": {"low": 0, "high": 9, "transform": "ln"}}}),
        ("formula.unknown_name", {"value": "没有的数", "method": "as_is"}),
        ("formula.unknown_name", {"method": {"completion": {"target": "没有的数"}}}),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(code, criterion):
    with pytest.raises(RuleError, match=code) as refused:
        scored([{"name": "项", "value": "数", "points": 5, **criterion}], {"数": {"甲": 1}})
    assert refused.value.where.startswith("试·项")


MONOTONE = [
    t for t in METHOD_TEXTS if not any(word in str(t) for word in ("band", "two_sided", "'to': 0.2", "'deduct'"))
]


@settings(max_examples=120, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    text=st.sampled_from(MONOTONE),
    up=st.booleans(),
    place=st.integers(0, 6),
    better=st.integers(1, 60),
    written=st.lists(st.one_of(st.none(), st.integers(-30, 90)), min_size=7, max_size=7),
)
def test_a_better_figure_never_scores_lower(text, up, place, better, written):
    """Whoever's own figure improves, all else as it was, gets no fewer points; nor does a better unit than a worse."""
    written[place] = written[place] or 0
    up = up or any(word in str(text) for word in ("as_is", "ladder", "advance"))  # these know no direction
    units, sign = COUNTIES[:7], 1 if up else -1
    criterion = [{"name": "项", "value": "数", "points": 5, "method": text, "direction": "+" if up else "-"}]
    before = [None if n is None else n / 10 for n in written]
    after = [x if i != place or x is None else x + sign * better / 10 for i, x in enumerate(before)]
    was, now = (
        scored(criterion, {"数": dict(zip(units, c, strict=True))}).points("项")[units[place]] for c in (before, after)
    )
    assert was is None or now is None or now >= was - F(1, 10**8) or _squeezed(text)
    together = scored(criterion, {"数": dict(zip(units, before, strict=True))}).points("项")
    found = sorted(
        (sign * x, p) for x, p in zip(before, together.values(), strict=True) if x is not None and p is not None
    )
    assert all(low[1] <= high[1] or low[0] == high[0] for low, high in pairwise(found))


def _squeezed(text: Any) -> bool:
    """Marks against the peers' own spread: who improves moves mean, spread and goalposts too."""
    return any(word in str(text) for word in ("z_score", "mean", "median", "p10", "p90"))


BOUNDS = {
    "hit": (0, 1),
    "rank_step": (0, 1),
    "rank_linear": (0.6, 1),
    "min_max": (40, 100),
    "exponential_efficacy": (0, 101),
    "advance": (0, 1),
    "distance_to_target": (0, 1),
    "band": (0, 1),
    "hit_then_rank": (0, 1),
    "percentile": (0, 100),
}


@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    text=st.sampled_from(
        [
            t
            for t in METHOD_TEXTS
            if not isinstance(t, str) and next(iter(t)) in BOUNDS and "False" not in str(t) and "60}" not in str(t)
        ]
    ),
    written=st.lists(st.one_of(st.none(), st.integers(-300, 900).map(lambda n: n / 10)), min_size=8, max_size=8),
)
def test_marks_stay_within_their_bounds(text, written):
    scene = scored(
        [{"name": "项", "value": "数", "points": 5, "method": text}], {"数": dict(zip(COUNTIES, written, strict=True))}
    )
    low, high = BOUNDS[next(iter(text))]
    assert all(low <= mark <= high for mark in scene.marks("项").values() if mark is not None)
    assert all((mark is None) == (x is None) for mark, x in zip(scene.marks("项").values(), written, strict=True))


def java() -> str:
    program = shutil.which("java") or ""
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr if program else ""
    return told.partition('"')[2].partition(".")[0]


@pytest.fixture
def spark():
    sql = pytest.importorskip("pyspark.sql", reason="没有安装 pyspark：安装附加组件 spark 后再运行本项。")
    if java() not in {"17", "21"}:
        pytest.skip("本机没有 Java 17：安装 openjdk-17-jre-headless 后再运行本项。")
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings_of = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.codegen.wholeStage": "false",  # eight rows do not repay the compiling of their plans
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = sql.SparkSession.builder.master("local[1]").config(map=settings_of).getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


def test_spark_gives_the_same_points_and_ranks(spark):
    """One of each method: every result, role, state, label and place to the last bit."""
    from junxian.files.runs.engine import from_spark, to_spark

    kinds = {read_method(text).kind: text for text in METHOD_TEXTS}
    scene = scored(everything(list(kinds.values())), figures(GAPS), GROUPS, missing=MISSING, min_available=1)
    of = {unit: name for name, members in GROUPS.items() for unit in members}
    rows = rows_of(of, dict.fromkeys(of, "市"), "市", [NOW])
    panel = gather(to_spark(spark, observed(figures(GAPS))), to_spark(spark, rows), scene.plan.leaves)
    far = from_spark(scene.plan.run(panel, exact_columns(scene))).sort("region_code")
    near = scene.frame.sort("region_code")
    for column in exact_columns(scene):
        assert far[column].to_list() == near[column].to_list(), column
    ranks = [settle(frame, scene.plan, Facts.none()).sort("region_code")["rank"].to_list() for frame in (near, far)]
    assert ranks[0] == ranks[1]
