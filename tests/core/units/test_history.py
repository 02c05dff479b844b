"""Unit history (单位沿革): the Kaifeng changes of 2005 and 2014 as they stand in RULES §1.9."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.errors import RuleError
from junxian.core.units import Unit, carry_forward, inherited_by, merged_growth, unit_at, valid_at, without_included

UNITS = (
    Unit(code="410202", name="龙亭区", valid_from="2014"),
    Unit(code="410202", name="旧龙亭区", valid_from="1983", valid_to="2014", successors={"410202": 1.0}),
    Unit(code="410211", name="金明区", valid_from="2005", valid_to="2014", successors={"410202": 1.0}),
    Unit(code="410211", name="郊区", valid_from="1983", valid_to="2005", successors={"410211": 0.75, "410212": 0.25}),
    Unit(code="410212", name="祥符区", valid_from="2014"),
    Unit(code="410224", name="开封县", valid_from="1983", valid_to="2014", successors={"410212": 1.0}),
    Unit(code="410225", name="兰考县"),
)


@pytest.mark.parametrize(
    ("code", "period", "name"),
    [
        ("410211", "2004", "郊区"),
        ("410211", "2005-01/02", "金明区"),
        ("410211", "2013Q4", "金明区"),
        ("410211", "2014", None),
        ("410224", "2013-12", "开封县"),
        ("410224", "2014-01", None),
        ("410202", "2014-01", "龙亭区"),
        ("410225", "", "兰考县"),
    ],
)
def test_a_code_means_what_it_meant_in_the_period(code: str, period: str, name: str | None) -> None:
    found = unit_at(UNITS, code, period)
    assert (found.name if found else None) == name


def test_the_end_is_not_included_so_nothing_overlaps_and_nothing_is_missing() -> None:
    county, district = UNITS[5], UNITS[4]
    for period in ("2013-12", "2014-01", "2014-12", "2015Q1"):
        assert valid_at(county, period) != valid_at(district, period)


def test_without_a_period_only_what_still_exists_is_valid() -> None:
    assert not valid_at(UNITS[5])
    assert valid_at(UNITS[4])


def test_successors_are_followed_through_several_changes() -> None:
    assert inherited_by(UNITS, "410224", "2020") == {"410212": 1.0}
    assert inherited_by(UNITS, "410211", "2020") == {"410202": 1.0}
    assert inherited_by(UNITS, "410212", "2020") == {"410212": 1.0}


def test_a_code_that_ends_without_heirs_is_refused() -> None:
    lost = (Unit(code="x", name="x", valid_to="2010"),)
    with pytest.raises(RuleError) as refusal:
        inherited_by(lost, "x", "2011")
    assert refusal.value.code == "units.no_heir"


def test_heirs_in_a_circle_are_refused() -> None:
    circle = (
        Unit(code="a", name="a", valid_to="2010", successors={"b": 1.0}),
        Unit(code="b", name="b", valid_to="2010", successors={"a": 1.0}),
    )
    with pytest.raises(RuleError) as refusal:
        inherited_by(circle, "a", "2011")
    assert refusal.value.code == "units.circle"
    assert refusal.value.facts["path"] == "a → b → a"


@pytest.mark.parametrize("text", ["", "20", "2014/5", "2014-5", "year"])
def test_an_unreadable_date_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as refusal:
        valid_at(Unit(code="x", name="x", valid_from="20"), text or "2014")
    assert refusal.value.code == "units.date"


def test_amounts_of_merged_units_are_added() -> None:
    assert carry_forward({"410202": 10.0, "410211": 5.0, "410224": 7.0}, UNITS, "2015") == {
        "410202": 15.0,
        "410212": 7.0,
    }


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=4))
def test_carrying_forward_loses_and_adds_nothing(amounts: list[float]) -> None:
    codes = ["410202", "410211", "410224", "410225"][: len(amounts)]
    carried = carry_forward(dict(zip(codes, amounts, strict=True)), UNITS, "2020")
    assert sum(carried.values()) == pytest.approx(sum(amounts))


def test_growth_of_a_merged_unit_is_weighted_by_the_base() -> None:
    assert merged_growth([(100.0, 10.0), (300.0, 2.0)]) == pytest.approx(4.0)
    assert merged_growth([(0.0, 10.0)]) is None
    assert merged_growth([]) is None


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(-99, 500)), min_size=1, max_size=9))
def test_merged_growth_is_the_growth_of_the_sums(parts: list[tuple[int, int]]) -> None:
    before = sum(Fraction(base) for base, _ in parts)
    after = sum(Fraction(base) * (100 + growth) / 100 for base, growth in parts)
    found = merged_growth([(float(base), float(growth)) for base, growth in parts])
    assert found == pytest.approx(float((after / before - 1) * 100), abs=1e-9)


def test_a_zone_inside_a_district_is_not_added_again() -> None:
    units = (
        Unit(code="d", name="区"),
        Unit(code="z", name="园区", within="d"),
        Unit(code="y", name="园中园", within="z"),
        Unit(code="c", name="县"),
    )
    assert without_included(units, ["d", "z", "y", "c"]) == ("d", "c")
    assert without_included(units, ["z", "y", "c"]) == ("z", "c")
    assert without_included(units, ["y", "c"]) == ("y", "c")
