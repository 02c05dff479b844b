"""绩效评分: quantity, time, execution, over-fulfilment and the grade of the sum (RULES §5.3)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.errors import DataError
from junxian.core.fiscal import grade_of, mark_quantity
from junxian.core.fiscal.performance import OverFulfilment, mark_execution, mark_late
from tests.oracles import fiscal as oracle

GRADES = [(90, "优"), (80, "良"), (60, "中")]
LOW_TARGET = OverFulfilment("1.3", 2, "0.3")


def test_g20_the_worked_project() -> None:
    parts = [
        mark_execution(10, 920, 1000), mark_quantity(20, 100, 90), mark_quantity(15, 98, 100),
        15 * Fraction("0.7"), mark_quantity(30, 30, 25), mark_quantity(10, 90, 88),
    ]  # fmt: skip
    assert [round(float(p), 2) for p in parts] == [9.2, 18.0, 15.0, 10.5, 25.0, 9.78]
    assert round(float(sum(parts)), 2) == 87.48
    assert grade_of(sum(parts, Fraction(0)), GRADES, "差") == "良"


def test_g21_over_fulfilment_of_a_target_set_too_low() -> None:
    assert mark_quantity(10, 100, 165, over=LOW_TARGET) == Fraction("8.5")
    assert mark_quantity(10, 100, 130, over=LOW_TARGET) == 10
    assert mark_quantity(10, 100, 300, over=LOW_TARGET) == 7
    assert mark_quantity(10, 100, 300) == 10


def test_where_less_is_better() -> None:
    assert mark_quantity(10, 80, 80, direction="-") == 10
    assert mark_quantity(10, 80, 100, direction="-") == 8
    assert mark_quantity(10, 80, 0, direction="-") == 10


def test_execution_is_capped_and_nothing_is_below_zero() -> None:
    assert mark_execution(10, 1100, 1000) == 10
    assert mark_quantity(10, 100, -5) == 0


@pytest.mark.parametrize(
    ("late", "points"), [("-0.2", 15), (0, 15), ("0.09", 15), ("0.1", "13.5"), ("0.35", "10.5"), (2, 0)]
)
def test_each_tenth_of_the_duration_late_takes_a_tenth(late: str | int, points: str | int) -> None:
    assert mark_late(15, late, step="0.1", loss="0.1") == Fraction(points)


def test_grades_are_left_closed() -> None:
    assert [grade_of(s, GRADES, "差") for s in (90, "89.99", 80, 60, "59.99")] == ["优", "良", "良", "中", "差"]


def test_a_plan_of_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="plan_not_positive"):
        mark_quantity(10, 0, 5)
    with pytest.raises(DataError, match="plan_not_positive"):
        mark_execution(10, 5, 0)


@given(st.decimals(1, 100, places=1), st.decimals(1, 500, places=1), st.decimals(0, 2000, places=1))
def test_agrees_with_the_slow_way_and_stays_within_the_points(points: Decimal, plan: Decimal, actual: Decimal) -> None:
    mark = mark_quantity(points, plan, actual, over=LOW_TARGET)
    assert 0 <= mark <= points
    assert float(mark) == pytest.approx(float(oracle.quantity(points, plan, actual)), rel=1e-12)
