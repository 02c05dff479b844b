"""差距测算: how far, how fast, how much closed (RULES §8.4)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.benchmarks import gap_closed, pace_needed
from junxian.core.benchmarks.gap import gap
from tests.oracles import benchmarks as oracle


def test_g23_drawing_level_in_three_years() -> None:
    needed = pace_needed(15.2, 20.0, 0.06, 3)
    assert needed is not None
    assert round(needed * 100, 2) == 16.15


def test_gap_is_a_share_of_the_model() -> None:
    assert gap(15.2, 20.0) == pytest.approx(0.24)
    assert gap(20.0, 20.0) == 0
    assert gap(25.0, 20.0) == -0.25


def test_gap_closed_in_the_year() -> None:
    assert gap_closed(0.18, 0.24) == pytest.approx(0.25)
    assert gap_closed(0.30, 0.24) == pytest.approx(-0.25)


@pytest.mark.parametrize(("ours", "model"), [(1.0, 0.0), (1.0, -2.0)])
def test_no_gap_to_a_model_without_an_amount(ours: float, model: float) -> None:
    assert gap(ours, model) is None


@pytest.mark.parametrize("case", [(0, 20, 0.06, 3), (15, 0, 0.06, 3), (15, 20, 0.06, 0), (15, 20, -1, 3)])
def test_no_pace_where_growth_means_nothing(case: tuple[float, float, float, float]) -> None:
    assert pace_needed(*case) is None


@pytest.mark.parametrize("case", [(None, 0.2), (0.2, None), (0.2, 0.0), (0.2, -0.1)])
def test_nothing_to_close_is_undefined_and_not_zero(case: tuple[float | None, float | None]) -> None:
    assert gap_closed(*case) is None


amounts = st.decimals("0.1", 1000, places=2)


@given(amounts, amounts, st.decimals("-0.5", "0.5", places=3), st.integers(1, 10))
def test_agrees_with_compounding_year_by_year(ours: Decimal, model: Decimal, growth: Decimal, years: int) -> None:
    if model / ours > 100 or ours / model > 100:
        return
    needed = pace_needed(float(ours), float(model), float(growth), years)
    assert needed == pytest.approx(float(oracle.pace(ours, model, growth, years)), rel=1e-9, abs=1e-9)
