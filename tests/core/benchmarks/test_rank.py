"""全省排位: places, gap to the province, change; a unit without a figure has no place (RULES §1.8, §8.2)."""

from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.benchmarks import rank_table
from tests.oracles import benchmarks as oracle


def table(indicator: str, values: dict[str, float | None], **more: list[float | None]) -> pl.DataFrame:
    columns = {name: pl.Series(column, dtype=pl.Float64, strict=False) for name, column in more.items()}
    figures = pl.Series(list(values.values()), dtype=pl.Float64, strict=False)
    return pl.DataFrame({"region_code": list(values), "indicator": indicator, "value": figures, **columns})


def test_sixteenth_of_seventeen_with_the_gap_to_the_province() -> None:
    values: dict[str, float | None] = {f"C{i:02d}": 8.0 - 0.15 * i for i in range(1, 16)}
    found = rank_table(table("GDP增速", values | {"C16": 5.1, "C17": 4.9, "C18": None}, rate=[5.5] * 18))
    ours, silent = (found.row(by_predicate=pl.col("region_code") == c, named=True) for c in ("C16", "C18"))
    assert (ours["rank"], ours["n"], ours["worse"], ours["gap"], ours["tied"]) == (16, 17, 1, -0.4, False)
    assert (silent["rank"], silent["worse"], silent["tied"], silent["n"]) == (None, None, None, 17)
    assert silent["change"] is None


def test_change_in_places_is_positive_forward_and_unknown_stays_unknown() -> None:
    found = rank_table(
        table("x", {"甲": 3.0, "乙": 2.0, "丙": 1.0}, previous=[1.0, 2.0, 3.0], last_year=[2.0, None, 3.0])
    )
    assert found.get_column("change").to_list() == [2, 0, -2]
    assert found.get_column("change_last_year").to_list() == [1, None, -2]
    assert found.get_column("last_year_n").to_list() == [2, 2, 2]
    assert found.get_column("percentile").to_list() == [0.0, 0.5, 1.0]
    assert found.get_column("last_year_percentile").to_list() == [1.0, None, 0.0]


def test_indicators_are_ranked_apart_and_less_may_be_better() -> None:
    both = pl.concat([table("收入", {"甲": 3.0, "乙": 2.0}), table("能耗", {"甲": 3.0, "乙": 2.0})])
    found = rank_table(both, falling=["能耗"])
    assert found.select("indicator", "rank").rows() == [("收入", 1), ("收入", 2), ("能耗", 2), ("能耗", 1)]
    assert found.get_column("change").null_count() == 4
    assert found.get_column("gap").null_count() == 4


def test_published_values_may_be_ranked_instead_of_exact_ones() -> None:
    values = {"甲": 5.04, "乙": 5.01, "丙": 4.0}
    assert rank_table(table("x", values)).get_column("rank").to_list() == [1, 2, 3]
    found = rank_table(table("x", values), decimals={"x": 1})
    assert found.get_column("rank").to_list() == [1, 1, 3]
    assert found.get_column("tied").to_list() == [True, True, False]


def test_float_noise_makes_no_place_and_zero_has_no_sign() -> None:
    found = rank_table(table("x", {"甲": 0.1 + 0.2, "乙": 0.3, "丙": -0.0, "丁": 0.0}))
    assert found.get_column("rank").to_list() == [1, 1, 3, 3]


def test_a_single_unit_has_no_percentile_and_an_infinite_value_no_place() -> None:
    found = rank_table(table("x", {"甲": 1.0, "乙": float("inf")}))
    assert found.select("rank", "n", "percentile").rows() == [(1, 1, None), (None, 1, None)]


figures = st.dictionaries(
    st.text("甲乙丙丁戊己", min_size=1, max_size=3), st.none() | st.decimals(-9, 9, places=1), min_size=1
)


@given(figures, st.booleans(), st.randoms())
def test_agrees_with_the_slow_way_in_any_order(
    values: dict[str, Decimal | None], falling: bool, chance: object
) -> None:
    rows = [(unit, None if x is None else float(x)) for unit, x in values.items()]
    chance.shuffle(rows)  # type: ignore[attr-defined]
    found = rank_table(table("x", dict(rows)), falling=["x"] if falling else [])
    judged = found.filter(pl.col("rank").is_not_null()).select("region_code", "rank", "worse", "tied")
    assert {row[0]: row[1:] for row in judged.iter_rows()} == oracle.places(values, falling=falling)
