"""财政算式: budget identity, state-capital income, interest saved, the cash-cover band."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.fiscal import balance_identity
from junxian.core.fiscal.treasury import interest_saved, mark_band, state_income_due

IN = {"own": 135_228, "transfers": 210_404, "bonds": 16_203, "moved_in": 1_195, "carried_in": 2_095}
OUT = {"spending": 328_364, "handed_up": 15_830, "principal": 16_120, "stabilisation": 2_716}
BAND = {"low": "0.3", "high": "0.8", "width": "0.8"}


def test_g14_the_general_budget_balances() -> None:
    found = balance_identity(IN, OUT, carry_over=2_095, tolerance=1)
    assert (found.received, found.used, found.left, found.holds) == (365_125, 363_030, 2_095, True)


def test_a_budget_two_units_out_is_told_so() -> None:
    assert balance_identity(IN, OUT, carry_over=2_096, tolerance=1).holds
    assert not balance_identity(IN, OUT, carry_over=2_097, tolerance=1).holds
    assert not balance_identity(IN, OUT, carry_over=2_093, tolerance=1).holds


def test_g22_income_due_from_state_capital() -> None:
    assert state_income_due("0.60", "0.10", "0.05", "0.20") == Fraction("0.09")
    assert state_income_due("0.10", "0.10", "0.05", "0.20") == 0


def test_g19_interest_saved() -> None:
    assert interest_saved([("5.0", "0.058", "0.023")]) == Fraction("0.175")
    assert interest_saved([("5.0", "0.058", "0.023"), (1, "0.02", "0.03")]) == Fraction("0.165")
    assert interest_saved([]) == 0


@pytest.mark.parametrize(
    ("value", "points"),
    [("0.21", "3.5"), ("0.3", 5), ("0.8", 5), ("0.5", 5), ("1.2", "2.5"), ("1.6", 0), (3, 0), (-1, 0)],
)
def test_g24_band_score(value: str | int, points: str | int) -> None:
    assert mark_band(5, value, **BAND) == Fraction(points)


@given(st.fractions(-1, 3))
def test_the_band_never_leaves_its_points(value: Fraction) -> None:
    assert 0 <= mark_band(5, value, **BAND) <= 5
