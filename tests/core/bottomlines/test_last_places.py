"""不当后三名: places from the bottom, ties, early warnings, units without figures (RULES §1.8)."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.bottomlines import Line, watch_last_places
from junxian.core.errors import RuleError
from tests.oracles import bottomlines as oracle


def line(**rule: object) -> Line:
    return Line.model_validate({"id": "后三名", "name": "不当后三名", "what": "增速", "watch": {"last_places": rule}})


def frame(values: dict[str, float | None], **more: list[int | None]) -> pl.DataFrame:
    schema = {"region_code": pl.String, "value": pl.Float64}
    return pl.DataFrame({"region_code": list(values), "value": list(values.values()), **more}, schema_overrides=schema)


def levels(alerts: pl.DataFrame) -> dict[str, str]:
    return dict(alerts.select("region_code", "level").iter_rows())


def eighteen(*last: float) -> dict[str, float | None]:
    return {f"C{i:02d}": x for i, x in enumerate([*(9.0 - 0.2 * i for i in range(18 - len(last))), *last], start=1)}


def test_g03_all_units_with_fewer_than_three_strictly_worse_are_flagged() -> None:
    alerts = watch_last_places(frame(eighteen(5.2, 5.0, 5.0, 4.8)), line(places=3))
    rows = {row["region_code"]: row for row in alerts.iter_rows(named=True)}
    assert [rows[c]["breach"] for c in ("C15", "C16", "C17", "C18")] == [False, True, True, True]
    assert [rows[c]["worse"] for c in ("C15", "C16", "C17", "C18")] == [3, 1, 1, 0]
    assert [rows[c]["rank"] for c in ("C15", "C16", "C17", "C18")] == [15, 16, 16, 18]
    assert [rows[c]["tied"] for c in ("C15", "C16", "C17", "C18")] == [False, True, True, False]
    assert set(alerts.get_column("n")) == {18}


def test_a_tie_across_the_border_flags_all_tied_units() -> None:
    alerts = watch_last_places(frame(eighteen(5.0, 5.0, 5.0, 4.8)), line(places=3))
    assert alerts.filter("breach").get_column("region_code").to_list() == ["C15", "C16", "C17", "C18"]
    assert alerts.filter(pl.col("value") == 5.0).get_column("tied").all()


def test_sixteenth_of_seventeen_with_one_strictly_worse_and_one_place_without_a_figure() -> None:
    values = {f"C{i:02d}": 8.0 - 0.15 * i for i in range(1, 16)} | {"C16": 5.1, "C17": 4.9, "C18": None}
    alerts = watch_last_places(frame(values), line(places=3))
    ours, silent = (alerts.row(by_predicate=pl.col("region_code") == c, named=True) for c in ("C16", "C18"))
    assert (ours["rank"], ours["n"], ours["worse"], ours["level"], ours["tied"]) == (16, 17, 1, "red", False)
    assert (silent["level"], silent["reason"], silent["breach"], silent["n"]) == ("not_watched", "no_figure", False, 17)
    assert silent["rank"] is None


def test_early_warnings_before_breach() -> None:
    values = {"甲": 6.0, "乙": 5.31, "丙": 5.3, "丁": 5.1, "戊": 5.05, "己": 5.0, "庚": 4.9, "辛": 4.8}
    found = watch_last_places(frame(values), line(places=3, orange_worse=4, yellow_gap=0.3))
    assert levels(found) == {
        "甲": "green", "乙": "green", "丙": "yellow", "丁": "orange", "戊": "orange", "己": "red", "庚": "red",
        "辛": "red",
    }  # fmt: skip
    assert found.get_column("reason").to_list() == ["", "", "near", "worse", "worse", "", "", ""]
    assert found.get_column("breach").sum() == 3


def test_a_gap_on_the_border_counts_despite_float_noise() -> None:
    values = {"甲": 9.0, "乙": 4.4, "丙": 4.1, "丁": 3.0, "戊": 2.0}  # 4.4 − 4.1 = 0.30000000000000071 in floats
    assert levels(watch_last_places(frame(values), line(places=3, yellow_gap=0.3)))["乙"] == "yellow"


def test_falling_three_places_warns_and_counts_by_percentile_when_the_number_of_units_changed() -> None:
    values = {"甲": 9.0, "乙": 8.0, "丙": 7.0, "丁": 6.0, "戊": 5.0, "己": 1.0}
    rule = line(places=1, yellow_fall=3)
    before = [2, 3, 4, 1, 5, 6]
    assert levels(watch_last_places(frame(values, previous_rank=before), rule))["丁"] == "yellow"
    among_eleven = {"previous_rank": [1, 7, 1, 2, 9, 11], "previous_n": [11] * 6}
    found = watch_last_places(frame(values, **among_eleven), rule)
    # 2nd of 11 is place 1.5 of 6: the fall to 4 is 2.5 places; 1st of 11 to 3rd of 6 is 2
    assert levels(found)["丁"] == "green"
    among_eleven["previous_rank"][3] = 1
    assert levels(watch_last_places(frame(values, **among_eleven), rule))["丁"] == "yellow"


def test_where_less_is_better_the_highest_values_are_last() -> None:
    values = {"甲": 0.0, "乙": -0.0, "丙": 2.0, "丁": 3.0}
    alerts = watch_last_places(frame(values), line(places=1, better="low"))
    assert levels(alerts) == {"甲": "green", "乙": "green", "丙": "green", "丁": "red"}
    assert alerts.get_column("rank").to_list() == [1, 1, 3, 4]


def test_with_too_few_figures_nobody_is_judged_and_nobody_is_safe() -> None:
    alerts = watch_last_places(frame({"甲": 1.0, "乙": 2.0, "丙": 3.0, "丁": None}), line(places=3))
    assert set(alerts.get_column("level")) == {"not_watched"}
    assert alerts.get_column("reason").to_list() == ["too_few", "too_few", "too_few", "no_figure"]
    assert not alerts.get_column("breach").any()
    nobody = watch_last_places(frame({"甲": None, "乙": None}), line(places=1))
    assert set(nobody.get_column("reason")) == {"no_figure"}


def test_infinite_and_not_a_number_are_no_figures() -> None:
    values = {"甲": 1.0, "乙": 2.0, "丙": float("inf"), "丁": float("nan")}
    assert levels(watch_last_places(frame(values), line(places=1))) == {
        "甲": "red", "乙": "green", "丙": "not_watched", "丁": "not_watched",
    }  # fmt: skip


def test_published_values_may_be_compared_instead_of_exact_ones() -> None:
    values = {"甲": 5.04, "乙": 5.01, "丙": 7.0}
    exact = watch_last_places(frame(values), line(places=1))
    published = watch_last_places(frame(values), line(places=1, decimals=1))
    assert exact.get_column("breach").to_list() == [False, True, False]
    assert published.get_column("breach").to_list() == [True, True, False]


def test_the_wrong_kind_of_line_is_refused() -> None:
    bands = Line.model_validate({"id": "x", "name": "x", "what": "y", "watch": {"bands": [{"level": "green"}]}})
    with pytest.raises(RuleError, match="wrong_watch"):
        watch_last_places(frame({"甲": 1.0}), bands)


tenths = st.decimals(min_value=-20, max_value=20, places=1)
regions = st.dictionaries(
    st.text("甲乙丙丁戊己庚辛壬癸", min_size=1, max_size=3), st.none() | tenths, min_size=1, max_size=25
)


@given(regions, st.integers(1, 4), st.integers(0, 6), st.decimals(0, 2, places=1))
def test_agrees_with_the_slow_way(values: dict[str, Decimal | None], places: int, worse: int, gap: Decimal) -> None:
    floats = {unit: None if x is None else float(x) for unit, x in values.items()}
    alerts = watch_last_places(frame(floats), line(places=places, orange_worse=worse, yellow_gap=float(gap)))
    known = sum(x is not None for x in values.values())
    assert alerts.get_column("region_code").to_list() == list(values)
    if known <= places:
        assert set(alerts.get_column("level")) == {"not_watched"}
        return
    expected = oracle.last_places(values, places, worse, gap)
    judged = alerts.filter(pl.col("level") != "not_watched").select("region_code", "level", "rank", "worse", "tied")
    assert {row[0]: row[1:] for row in judged.iter_rows()} == expected


@given(regions, st.randoms())
def test_the_order_of_units_changes_nothing(values: dict[str, Decimal | None], chance: object) -> None:
    floats = {unit: None if x is None else float(x) for unit, x in values.items()}
    shuffled = list(floats.items())
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    rule = line(places=2, orange_worse=3, yellow_gap=0.3)
    one, other = (watch_last_places(frame(dict(v)), rule).sort("region_code") for v in (floats.items(), shuffled))
    assert one.equals(other)
