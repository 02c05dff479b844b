"""Choosing units (选取单位): lists, named sets and conditions, always in official order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.errors import RuleError
from junxian.core.units import Selector, Unit, UnitSet, select

UNITS = (
    Unit(code="S", name="市", level="市"),
    Unit(code="c2", name="乙县", level="县", parent="S", order=2),
    Unit(code="c1", name="甲县", level="县", parent="S", order=1),
    Unit(code="d1", name="丙区", level="区", parent="S", category="主城", order=3),
    Unit(code="t1", name="镇", level="乡镇", parent="c1"),
    Unit(code="old", name="旧县", level="县", parent="S", valid_to="2014"),
    Unit(code="co", name="公司", kind="company", parent="S"),
)


def test_conditions_hold_together_and_the_order_is_official() -> None:
    assert select(UNITS, Selector(level="县")) == ("c1", "c2")
    assert select(UNITS, Selector(level=("县", "区"), parent="S")) == ("c1", "c2", "d1")
    assert select(UNITS, Selector(under="S")) == ("c1", "c2", "d1", "t1")
    assert select(UNITS, Selector(category="主城")) == ("d1",)
    assert select(UNITS, Selector(kind="company")) == ("co",)


def test_units_are_taken_out_and_put_in_by_code() -> None:
    rule = Selector(level="县", except_=("c2",), also=("co",))
    assert select(UNITS, rule) == ("c1", "co")


def test_a_list_is_put_into_official_order_and_once() -> None:
    assert select(UNITS, ("d1", "c2", "c1", "c1")) == ("c1", "c2", "d1")


def test_the_period_decides_who_exists() -> None:
    assert select(UNITS, Selector(level="县"), period="2013") == ("c1", "c2", "old")
    assert select(UNITS, ("old", "c1"), period="2015") == ("c1",)


def test_named_sets_may_name_each_other() -> None:
    sets: dict[str, UnitSet] = {"全部": "县", "县": Selector(level="县")}
    assert select(UNITS, "全部", sets) == ("c1", "c2")


@pytest.mark.parametrize(
    ("wanted", "code", "nearest"),
    [
        ("县区", "units.unknown_set", ("县",)),
        (("c3",), "units.unknown", ("c1", "c2", "co")),
        (Selector(also=("d2",)), "units.unknown", ("d1",)),
        ("甲", "units.circle", (None,)),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest_name(
    wanted: UnitSet, code: str, nearest: tuple[str | None, ...]
) -> None:
    with pytest.raises(RuleError) as refusal:
        select(UNITS, wanted, {"县": Selector(level="县"), "甲": "乙", "乙": "甲"})
    assert refusal.value.code == code
    assert refusal.value.facts.get("nearest") in nearest


@given(st.permutations(UNITS))
def test_the_order_in_the_file_does_not_change_who_is_chosen(units: list[Unit]) -> None:
    assert set(select(units, Selector(parent="S"))) == {"c1", "c2", "d1"}
