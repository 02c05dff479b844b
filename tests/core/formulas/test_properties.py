"""Formulas nobody wrote (随机公式): any tree over any figures gives what the oracle gives."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from junxian.core.errors import RuleError
from junxian.core.formulas import analyse, tree_text
from junxian.core.formulas.model import Binary, Call, Name, Node, Number, Text, Unary
from tests.core.formulas.world import COUNTIES, NOW, agree, city, compiled_frame, full_city, words

leaf = st.one_of(
    st.sampled_from([Name("收入"), Name("支出"), Name("余额"), Name("收入", "M"), Name("人口"), Name("系数")]),
    st.sampled_from([Number(0.0), Number(1.0), Number(2.0), Number(7.25), Number(100.0)]),
)
ONE = ["yoy", "mom", "previous", "last_year", "last_december", "since_december", "abs", "sqrt", "peer_mean", "peer_sum"]
ONE += ["peer_max", "peer_count", "percentile", "places_gained", "peer_median", "root"]
TWO = ["max", "min", "sum", "mean", "coalesce", "share", "count", "contribution", "pull"]


def grown(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    condition = st.builds(Binary, st.sampled_from(["<", ">=", "=", ">"]), below, below)
    return st.one_of(
        st.builds(Binary, st.sampled_from(["+", "-", "*", "/"]), below, below),
        st.builds(Unary, st.just("-"), below),
        st.builds(lambda name, x: Call(name, (x,)), st.sampled_from(ONE), below),
        st.builds(lambda name, x, y: Call(name, (x, y)), st.sampled_from(TWO), below, below),
        st.builds(lambda x, way: Call("rank", (x, Text(way))), below, st.sampled_from(["升", "降"])),
        st.builds(lambda c, x, y: Call("if", (c, x, y)), condition, below, below),
        st.builds(lambda x: Call("steps", (x, Number(0.0), Number(1.0), Number(10.0), Number(3.0))), below),
        st.builds(lambda x: Call("clip", (x, Number(-5.0), Number(20.0))), below),
        st.builds(lambda c: Call("if", (Unary("not", c), Number(1.0), Number(0.0))), condition),
    )


@settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(tree=st.recursive(leaf, grown, max_leaves=8))
def test_any_formula_gives_what_the_oracle_gives(tree):
    # Outermost, a narrowed loss shows a percent of its own; inside a formula growth is one thing only.
    text = tree_text(Binary("+", Number(0), tree))
    try:
        analyse(text, words())
    except RuleError:
        assume(False)
    agree(full_city(), text)


figures = st.dictionaries(
    st.sampled_from(COUNTIES), st.integers(-300, 300).map(lambda n: Fraction(n, 10)), min_size=1, max_size=5
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(values=figures, order=st.permutations(COUNTIES))
def test_the_order_of_the_rows_changes_nothing(values, order):
    texts = ["排名(收入)", "百分位(收入)", "组内中位(收入)", "排名(收入 - 组内均值(收入))"]
    world = city({(unit, "收入", "YTD", "", NOW): value for unit, value in values.items()})
    table = compiled_frame(world, texts).sort("unit", "period_index")
    world.groups = {unit: world.groups[unit] for unit in (*order, "市")}
    assert compiled_frame(world, texts).sort("unit", "period_index").equals(table)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(values=figures)
def test_a_better_figure_never_ranks_lower_and_a_missing_one_never_ranks(values):
    world = city({(unit, "收入", "YTD", "", NOW): value for unit, value in values.items()})
    table = compiled_frame(world, ["排名(收入)"]).filter(period_index=NOW)
    ranks = dict(zip(table["unit"], table["排名(收入)"], strict=True))
    for one in COUNTIES:
        assert (ranks[one] is None) == (one not in values)
        for other in COUNTIES:
            if {one, other} <= values.keys() and world.groups[one] == world.groups[other]:
                assert (ranks[one] < ranks[other]) == (values[one] > values[other])
