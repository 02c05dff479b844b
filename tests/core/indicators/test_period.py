"""Periods: four forms, their order, a year back, merged months, effective dates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.errors import DataError
from junxian.core.indicators.period import at_index, holds, parse_period


@pytest.mark.parametrize(
    ("text", "year", "month", "months", "frequency"),
    [
        ("2026", 2026, 12, 12, "year"), ("2026Q2", 2026, 6, 3, "quarter"), ("2026H1", 2026, 6, 6, "half"),
        ("2026-06", 2026, 6, 1, "month"), ("2026-01/02", 2026, 2, 2, "month"),
    ],
)  # fmt: skip
def test_forms(text: str, year: int, month: int, months: int, frequency: str) -> None:
    period = parse_period(text)
    assert (period.year, period.month, period.months, period.frequency) == (year, month, months, frequency)


@pytest.mark.parametrize(
    "text", ["", "26-06", "2026-13", "2026-00", "2026Q5", "2026Q0", "2026H3", "2026-02/01", "2026-6", "六月"]
)
def test_what_is_no_period_is_refused_with_what_was_given(text: str) -> None:
    with pytest.raises(DataError) as refusal:
        parse_period(text)
    assert refusal.value.code == "period.unreadable"
    assert refusal.value.facts["text"] == text


@given(st.integers(1990, 2050), st.sampled_from(["", "Q1", "Q4", "H1", "H2", "-01", "-06", "-12", "-01/02"]))
def test_a_year_back_keeps_the_form(year: int, part: str) -> None:
    assert parse_period(f"{year}{part}").back(12) == parse_period(f"{year - 1}{part}")


@given(st.integers(24000, 25000))
def test_an_index_and_its_month_are_one(index: int) -> None:
    assert parse_period(at_index(index).text).index == index


@pytest.mark.parametrize(
    ("period", "start", "end", "inside"),
    [
        ("2026-01/02", "2026-02", "", True), ("2026-01", "2026-02", "", False), ("2026-06", "2026", "2026", True),
        ("2027-01", "", "2026", False), ("2026-06", "2026-06-15", "", True), ("2020", "2020", "2023", True),
        ("2024", "2020", "2023", False), ("2026Q1", "2026-04", "", False), ("2025-12", "", "", True),
    ],
)  # fmt: skip
def test_effective_dates(period: str, start: str, end: str, inside: bool) -> None:
    assert holds(parse_period(period), start, end) is inside
