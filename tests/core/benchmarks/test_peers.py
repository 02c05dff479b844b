"""榜样: alike in means, better in the target, nobody chosen by the outcome (RULES §8.3)."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from junxian.core.benchmarks import Peers, nearest
from junxian.core.errors import DataError
from tests.oracles import benchmarks as oracle

RULE = {"id": "榜样", "name": "榜样", "among": "县", "means": {"人口": 1, "工业占比": 2}, "target": "收入", "k": 2}
FIGURES = pl.DataFrame({
    "region_code": ["甲", "乙", "丙", "丁", "戊"],
    "人口": [60.0, 62.0, 90.0, 61.0, 58.0],
    "工业占比": [30.0, 31.0, 30.0, 45.0, 30.0],
    "target": [10.0, 12.0, 15.0, 20.0, 9.0],
})  # fmt: skip


def test_the_nearest_that_are_better() -> None:
    found = nearest(FIGURES, "甲", Peers.model_validate(RULE))
    assert found.get_column("region_code").to_list() == ["乙", "丙"]
    assert found.get_column("place").to_list() == [1, 2]
    assert "戊" not in found.get_column("region_code")  # nearest of all, but not better


def test_the_outcome_never_stands_among_the_means() -> None:
    with pytest.raises(ValidationError, match="peers_target_among_means:收入"):
        Peers.model_validate(RULE | {"means": {"收入": 1}})
    without = nearest(FIGURES, "甲", Peers.model_validate(RULE))
    moved = FIGURES.with_columns(target=pl.col("target") * 3)
    assert (
        nearest(moved, "甲", Peers.model_validate(RULE)).get_column("distance").equals(without.get_column("distance"))
    )


def test_where_less_is_better() -> None:
    found = nearest(FIGURES, "甲", Peers.model_validate(RULE | {"better": "low"}))
    assert found.get_column("region_code").to_list() == ["戊"]


def test_a_unit_without_a_figure_is_no_candidate_and_cannot_ask() -> None:
    holes = FIGURES.with_columns(人口=pl.when(pl.col("region_code") != "乙").then("人口"))
    assert nearest(holes, "甲", Peers.model_validate(RULE)).get_column("region_code").to_list() == ["丙", "丁"]
    with pytest.raises(DataError, match="peer_without_figures") as refused:
        nearest(holes, "乙", Peers.model_validate(RULE))
    assert refused.value.facts["indicators"] == "人口"
    with pytest.raises(DataError, match="peer_without_figures"):
        nearest(holes, "己", Peers.model_validate(RULE))


def test_a_mean_in_which_all_are_equal_tells_nobody_apart() -> None:
    same = FIGURES.with_columns(人口=pl.lit(0.1) + 0.2)
    found = nearest(same, "甲", Peers.model_validate(RULE))
    assert found.filter(pl.col("region_code") == "丙").get_column("distance").item() == 0


def test_units_as_near_as_the_last_one_come_with_it() -> None:
    frame = FIGURES.with_columns(人口=pl.Series([60.0, 61.0, 61.0, 61.0, 60.0]), 工业占比=pl.lit(1.0))
    found = nearest(frame, "甲", Peers.model_validate(RULE | {"k": 1}))
    assert found.get_column("place").to_list() == [1, 1, 1]


numbers = st.decimals(1, 99, places=1)
counties = st.lists(st.tuples(numbers, numbers, numbers), min_size=2, max_size=9)


@given(counties, st.randoms())
def test_agrees_with_the_slow_way_in_any_order(rows: list[tuple[Decimal, Decimal, Decimal]], chance: object) -> None:
    figures = {f"U{i}": {"人口": a, "工业占比": b, "target": t} for i, (a, b, t) in enumerate(rows)}
    order = list(figures)
    chance.shuffle(order)  # type: ignore[attr-defined]
    columns = ("人口", "工业占比", "target")
    frame = pl.DataFrame({"region_code": order} | {c: [float(figures[u][c]) for u in order] for c in columns})
    found = nearest(frame, "U0", Peers.model_validate(RULE | {"k": 99}))
    expected = oracle.distances(figures, "U0", {"人口": Decimal(1), "工业占比": Decimal(2)})
    better = {unit for unit in figures if figures[unit]["target"] > figures["U0"]["target"]}
    assert set(found.get_column("region_code")) == better
    for unit, distance in found.select("region_code", "distance").iter_rows():
        assert distance == pytest.approx(float(expected[unit]), abs=2e-9)
