"""Round numbers (取整求参): intervals of rounded figures hold the parameter, and it is said as shortly as can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.files.adopt.snap import digits, meet, plain, roundest, share, solve

numbers = st.floats(-1e4, 1e4, allow_nan=False).map(lambda x: round(x, 4))


@given(st.lists(st.tuples(numbers, numbers).map(sorted), min_size=1, max_size=12))
def test_the_meeting_place_is_covered_by_as_many_as_any_point(intervals):
    """The naive count at every end is never higher."""
    low, high, count = meet([tuple(pair) for pair in intervals])
    middle = (low + high) / 2
    assert sum(a <= middle <= b for a, b in intervals) >= count
    assert count == max(sum(a <= x <= b for a, b in intervals) for pair in intervals for x in pair)


@given(numbers, st.floats(1e-3, 50))
def test_the_roundest_number_lies_within(low, width):
    found = roundest(low, low + width)
    assert low - 1e-9 <= found <= low + width + 1e-9


@given(st.integers(1, 99).map(lambda n: n / 100), st.floats(1e-5, 4e-4))
def test_a_hundredth_is_found_again(value, width):
    assert roundest(value - width, value + width) == pytest.approx(value, abs=width)
    assert digits(roundest(value - width, value + width)) <= 2


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(59.9, 60.0, 60), (66.4, 70.0, 70), (0.0498, 0.0503, 0.05), (-3.0, 4.0, 0), (7.01, 7.04, 7.02), (11, 27, 20)],
)
def test_roundest(low, high, expected):
    assert roundest(low, high) == pytest.approx(expected)


def test_a_number_written_in_the_sheet_is_taken_before_a_round_one():
    assert solve([(61.0, 69.0)]).value == 65
    found = solve([(61.0, 69.0)], [63.5])
    assert (found.value, found.known) == (63.5, True)


def test_one_altered_figure_does_not_move_the_parameter():
    intervals = [(0.0495, 0.0505)] * 8 + [(0.2, 0.3)]
    assert solve(intervals).value == 0.05


def test_no_parameter_where_none_is_short():
    assert solve([(0.123456781, 0.123456789)]) is None
    assert solve([]) is None


@pytest.mark.parametrize(
    ("value", "said"), [(0.05, "5%"), (0.6, "60%"), (0.0428571428571, 0.0428571428571), (1.2, "120%")]
)
def test_shares_are_said_in_per_cent_where_that_is_short(value, said):
    assert share(value) == said


def test_numbers_lose_a_needless_point():
    assert (plain(10.0), plain(2.5), repr(plain(10.0))) == (10, 2.5, "10")
