"""Lights and limits (红黄绿, 不得突破): rungs at their edges, 三保 TB1–TB6, debt ratio, balance within the limit."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.bottomlines import Line, watch_bands, watch_limit
from junxian.core.errors import RuleError
from tests.oracles import bottomlines as oracle

DEBT = [{"level": "green"}, {"at_least": 120, "level": "yellow"}, {"at_least": 200, "level": "orange"},
        {"at_least": 300, "level": "red"}]  # fmt: skip
LOW_IS_BAD = {
    "TB1": (98, 100), "TB2": (85, 95), "TB4": (1.0, 1.2), "TB5": (0.2, 0.3),
}  # fmt: skip


def bands(steps: list[dict[str, object]], bounds: str = "left") -> Line:
    watch = {"bands": {"steps": steps, "bounds": bounds}}
    return Line.model_validate({"id": "灯", "name": "灯", "what": "比率", "watch": watch})


def lights(values: list[float | None], line: Line) -> list[str]:
    figures = pl.Series("value", values, dtype=pl.Float64, strict=False)
    frame = pl.DataFrame({"region_code": [f"U{i}" for i in range(len(values))], "value": figures})
    return watch_bands(frame, line).get_column("level").to_list()


def test_g16_debt_ratios() -> None:
    ratios = [99.7 / 61.8 * 100, 141.7 / 61.8 * 100, 38.5 / 42.7 * 100, 61.2 / 19.1 * 100]
    assert lights(ratios, bands(DEBT)) == ["yellow", "orange", "green", "red"]


def test_edges_are_left_closed_and_taken_on_unrounded_values() -> None:
    values = [119.99, 120.0, 199.99, 200.0, 299.96, 300.0, 60.3 / 20.1 * 100]
    assert lights(values, bands(DEBT)) == ["green", "yellow", "yellow", "orange", "orange", "red", "red"]


@pytest.mark.parametrize("code", LOW_IS_BAD)
def test_three_guarantees_where_little_is_bad(code: str) -> None:
    yellow, green = LOW_IS_BAD[code]
    line = bands([{"level": "red"}, {"at_least": yellow, "level": "yellow"}, {"at_least": green, "level": "green"}])
    assert lights([yellow - 0.01, yellow, green - 0.01, green, None], line) == [
        "red", "yellow", "yellow", "green", "not_watched",
    ]  # fmt: skip


def test_late_wages_and_suspense_payments_are_right_closed() -> None:
    late = bands([{"level": "green"}, {"at_least": 0, "level": "yellow"}, {"at_least": 5, "level": "red"}], "right")
    assert lights([0, 1, 5, 6], late) == ["green", "yellow", "yellow", "red"]  # TB3
    share = bands([{"level": "green"}, {"at_least": 5, "level": "yellow"}, {"at_least": 10, "level": "red"}], "right")
    assert lights([5, 5.1, 10, 10.1], share) == ["green", "yellow", "yellow", "red"]  # TB6


def test_breach_begins_at_the_declared_level() -> None:
    line = Line.model_validate({
        "id": "灯", "name": "灯", "what": "比率", "watch": {"bands": {"steps": DEBT, "breach_from": "orange"}},
    })  # fmt: skip
    frame = pl.DataFrame({"region_code": ["甲", "乙", "丙"], "value": [130.0, 210.0, 310.0]})
    assert watch_bands(frame, line).get_column("breach").to_list() == [False, True, True]


@given(st.lists(st.decimals(-50, 500, places=2), min_size=1), st.sampled_from(["left", "right"]))
def test_agrees_with_the_slow_way(values: list[Decimal], closed: str) -> None:
    expected = [
        oracle.light(v, [Decimal(120), Decimal(200), Decimal(300)], ["green", "yellow", "orange", "red"], closed)
        for v in values
    ]
    assert lights([float(v) for v in values], bands(DEBT, closed)) == expected


def limit(**rule: object) -> Line:
    return Line.model_validate({"id": "限额", "name": "限额", "what": "余额", "watch": {"limit": rule}})


def test_balance_on_the_limit_is_within_it() -> None:
    frame = pl.DataFrame({
        "region_code": ["甲", "乙", "丙", "丁", "戊"],
        "value": [10.0, 0.1 + 0.2, 9.2, None, 3.0],
        "bound": [9.9, 0.3, 10.0, 5.0, None],
    })  # fmt: skip
    alerts = watch_limit(frame, limit(at_most="债务限额", near=0.8))
    assert alerts.get_column("level").to_list() == ["red", "yellow", "yellow", "not_watched", "not_watched"]
    assert alerts.get_column("breach").to_list() == [True, False, False, False, False]
    assert alerts.get_column("reason").to_list() == ["", "near", "near", "no_figure", "no_figure"]


def test_a_plain_limit_needs_no_column_and_a_formula_does() -> None:
    frame = pl.DataFrame({"region_code": ["甲", "乙"], "value": [10.0, 10.1]})
    assert watch_limit(frame, limit(at_most=10)).get_column("level").to_list() == ["green", "red"]
    with pytest.raises(RuleError, match="bound_missing"):
        watch_limit(frame, limit(at_most="债务限额"))


def test_the_wrong_kind_of_line_is_refused() -> None:
    frame = pl.DataFrame({"region_code": ["甲"], "value": [1.0]})
    with pytest.raises(RuleError, match="wrong_watch"):
        watch_bands(frame, limit(at_most=10))
    with pytest.raises(RuleError, match="wrong_watch"):
        watch_limit(frame, bands(DEBT))
