"""融资收益平衡: cover and its stress table (RULES §4.4)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.errors import DataError
from junxian.core.fiscal import Project, coverage
from junxian.core.fiscal.bonds import bullet

YEARS = 20
PROJECT = Project(
    income=("0", "0", *["0.9"] * 2, *["1.3"] * 16),
    cost=("0", "0", *["0.25"] * 2, *["0.30"] * 16),
    service=bullet("8.0", "0.03", YEARS),
    opening="0.5",
)


def test_g18_cover_and_stress_rows() -> None:
    rows = coverage(PROJECT, passing="1.2", warning="1.1", drops=(0, "0.1", "0.2"))
    assert [float(r.net) for r in rows] == [17.3, 15.04, 12.78]
    assert rows[0].service == Fraction("12.8")
    assert [round(float(r.ratio), 3) for r in rows] == [1.352, 1.175, 0.998]
    assert [r.light for r in rows] == ["pass", "warn", "fail"]


def test_a_bullet_bond_pays_its_principal_at_the_end() -> None:
    service = bullet(8, "0.03", 20)
    assert (service[0], service[-1], sum(service)) == (Fraction("0.24"), Fraction("8.24"), Fraction("12.8"))


def test_cover_on_the_bound_passes_and_is_not_rounded_up_to_it() -> None:
    on = coverage(Project((120,), (0,), (100,)), passing="1.2", warning="1.1")[0]
    below = coverage(Project((Fraction(119999, 1000),), (0,), (100,)), passing="1.2", warning="1.1")[0]
    assert (on.light, below.light) == ("pass", "warn")


def test_cash_may_run_out_although_the_sum_covers() -> None:
    late = coverage(Project((0, 300), (0, 0), (50, 50), opening=20), passing="1.2", warning="1.1")[0]
    assert late.light == "pass"
    assert late.lowest_cash == -30


def test_years_that_differ_or_nothing_to_pay_are_refused() -> None:
    with pytest.raises(DataError, match="years_differ"):
        coverage(Project((1, 2), (0,), (1, 1)), passing=1, warning=1)
    with pytest.raises(DataError, match="no_service"):
        coverage(Project((1,), (0,), (0,)), passing=1, warning=1)


amounts = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(1, 99)), min_size=1, max_size=6)


@given(amounts, st.fractions(0, 1))
def test_less_income_never_covers_more(rows: list[tuple[int, int, int]], drop: Fraction) -> None:
    income, cost, service = zip(*rows, strict=True)
    whole, stressed = coverage(Project(income, cost, service), passing=1, warning=1, drops=(0, drop))
    assert stressed.ratio == Fraction(sum(income) * (1 - drop) - sum(cost), sum(service))
    assert stressed.ratio <= whole.ratio
    assert stressed.lowest_cash <= whole.lowest_cash
