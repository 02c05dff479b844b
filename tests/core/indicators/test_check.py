"""Comparing rules over observations: each one finds what it is for, says the cell, and leaves the rest alone."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from junxian.core.indicators.check import check_observations
from junxian.core.indicators.known import complete
from junxian.core.indicators.model import Card
from junxian.core.indicators.period import at_index
from junxian.core.indicators.rules import Check
from junxian.core.units.model import Unit
from tests.oracles.sheets import falling

CARDS = [
    Card(code="revenue", name="收入", unit="亿元", range=(0, 1000)),
    Card(code="tax", name="税收", unit="亿元"),
    Card(code="nontax", name="非税", unit="亿元"),
    Card(code="growth", name="增速", unit="%", growth_of="revenue", flow="ratio"),
    Card(code="loans", name="贷款", unit="亿元", kind="EOP", flow="stock"),
]
UNITS = [
    Unit(code="T", name="市"), Unit(code="A", name="甲", parent="T"), Unit(code="B", name="乙", parent="T"),
    Unit(code="Z", name="区内园区", parent="T", within="A"),
]  # fmt: skip


def observed(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """(region, indicator, period, value, …) with the cell named after the row."""
    names = ("region_code", "indicator", "period", "value", "kind", "calibre", "reason", "state")
    defaults = ("", "", "2026-06", None, "YTD", "", "", "reported")
    lines = [dict(zip(names, [*row, *defaults[len(row) :]], strict=True)) for row in rows]
    placed = [{**line, "file": "f.xlsx", "sheet": "s", "cell": f"B{n + 1}"} for n, line in enumerate(lines)]
    return complete(pl.DataFrame(placed, schema_overrides={"value": pl.Float64}))


def findings(
    check: Check, now: pl.DataFrame, before: pl.DataFrame | None = None, period: str = "2026-06"
) -> pl.DataFrame:
    return check_observations(now, before, checks=[check], cards=CARDS, units=UNITS, period=period, root="T")


def cells(frame: pl.DataFrame) -> list[str]:
    return sorted(frame.get_column("cell").to_list())


def facts(frame: pl.DataFrame) -> dict[str, Any]:
    return dict(json.loads(frame.get_column("facts").item()))


def test_range_uses_the_cards_bounds_or_the_rules_own() -> None:
    now = observed(("A", "revenue", "2026-06", -1), ("B", "revenue", "2026-06", 1000), ("A", "tax", "2026-06", 9e9))
    assert cells(findings(Check(id="r", type="range"), now)) == ["B1"]
    assert cells(findings(Check(id="r", type="range", high=100, indicators=["revenue"]), now)) == ["B2"]
    assert cells(findings(Check(id="r", type="range", low=0, high=100), now)) == ["B1", "B2", "B3"]


def test_a_finding_names_rule_weight_place_and_numbers() -> None:
    check = Check(id="范围", type="range", severity="ask", advice={"zh": "请核", "en": "check"})
    row = findings(check, observed(("A", "revenue", "2026-06", -1))).row(0, named=True)
    assert (row["file"], row["sheet"], row["cell"], row["severity"], row["rule"]) == (
        "f.xlsx",
        "s",
        "B1",
        "ask",
        "范围",
    )
    told = json.loads(row["facts"])
    assert (told["region"], told["indicator"], told["value"], told["low"], told["high"]) == ("甲", "收入", -1, 0, 1000)
    assert told["advice"] == {"zh": "请核", "en": "check"}


def test_a_cumulative_figure_below_the_earlier_one_is_found_with_it() -> None:
    before = observed(
        ("A", "revenue", "2026-04", 300.0), ("A", "revenue", "2026-05", 340.1), ("A", "revenue", "2025-12", 900.0)
    )
    now = observed(("A", "revenue", "2026-06", 312.5), ("B", "revenue", "2026-06", 1))
    found = findings(Check(id="f", type="not_falling"), now, before)
    assert cells(found) == ["B1"]
    assert (facts(found)["earlier"], facts(found)["earlier_period"]) == (340.1, "2026-05")


@pytest.mark.parametrize(
    "row",
    [
        ("A", "revenue", "2026-06", 312.5, "YTD", "", "核实后更正"),
        ("A", "revenue", "2027-01/02", 1.0, "YTD"),
        ("A", "revenue", "2026-06", 312.5, "M"),
        ("A", "revenue", "2026-06", 312.5, "YTD", "不含乙"),
        ("A", "revenue", "2026-06", None),
        ("A", "growth", "2026-06", -5),
    ],
)
def test_what_may_fall(row: tuple[Any, ...]) -> None:
    before = observed(
        ("A", "revenue", "2026-05", 340.1), ("A", "growth", "2026-05", 5), ("A", "revenue", "2026-05", 400, "M")
    )
    assert findings(Check(id="f", type="not_falling"), observed(row), before, "2027-06").is_empty()


def test_history_is_not_accused_again() -> None:
    before = observed(("A", "revenue", "2026-04", 10), ("A", "revenue", "2026-05", 9))
    assert findings(Check(id="f", type="not_falling"), observed(("A", "revenue", "2026-06", 11)), before).is_empty()


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["A", "B"]), st.integers(2025 * 12 + 6, 2026 * 12 + 5)),
        st.integers(0, 5).map(float),
        min_size=1,
    )
)
def test_falling_agrees_with_the_plain_way(values: dict[tuple[str, int], float]) -> None:
    rows = [{"region_code": r, "indicator": "revenue", "index": i, "value": v} for (r, i), v in values.items()]
    now = observed(*((r["region_code"], "revenue", at_index(r["index"]).text, r["value"]) for r in rows))
    got = findings(Check(id="f", type="not_falling"), now)
    told = [json.loads(text) for text in got.get_column("facts")]
    expected = {(r, i, at_index(index).text) for r, i, index in falling(rows)}
    assert {(t["region_code"], t["indicator_code"], t["period"]) for t in told} == expected


def test_parts_against_their_total() -> None:
    check = Check(id="p", type="parts_total", total="revenue", parts=["tax", "nontax"], tolerance=0.01)
    right = [("A", "revenue", "2026-06", 10), ("A", "tax", "2026-06", 7), ("A", "nontax", "2026-06", 3.005)]
    assert findings(check, observed(*right)).is_empty()
    assert cells(findings(check, observed(*right[:2], ("A", "nontax", "2026-06", 2)))) == ["B1"]
    assert findings(check, observed(*right[:2])).is_empty(), "a part that is missing cannot be missed in the sum"
    assert cells(findings(check, observed(right[0], ("A", "tax", "2026-06", 11)))) == ["B1"]
    loose = Check(id="p", type="parts_total", total="revenue", parts=["tax", "nontax"], exact=False)
    assert findings(loose, observed(*right[:2], ("A", "nontax", "2026-06", 2))).is_empty()


def test_the_counties_sum_against_the_city_with_the_zone_inside() -> None:
    check = Check(id="c", type="county_sum", tolerance=0.01)
    counties = [("A", "revenue", "2026-06", 6), ("B", "revenue", "2026-06", 4), ("Z", "revenue", "2026-06", 2)]
    assert findings(check, observed(("T", "revenue", "2026-06", 10), *counties)).is_empty()
    found = findings(check, observed(("T", "revenue", "2026-06", 12), *counties))
    assert cells(found) == ["B1"]
    assert (facts(found)["sum"], facts(found)["n"]) == (10, 2)


def test_a_sum_with_a_county_missing_is_not_compared() -> None:
    now = observed(("T", "revenue", "2026-06", 10), ("A", "revenue", "2026-06", 6), ("B", "revenue", "2026-06", None))
    assert findings(Check(id="c", type="county_sum"), now).is_empty()


def test_each_calibre_sums_its_own_counties() -> None:
    check = Check(id="c", type="county_sum", calibres={"不含乙": {"without": ["B"]}})
    rows = [("A", "revenue", "2026-06", 6), ("B", "revenue", "2026-06", 4), ("T", "revenue", "2026-06", 10)]
    assert findings(check, observed(*rows, ("T", "revenue", "2026-06", 6, "YTD", "不含乙"))).is_empty()
    assert cells(findings(check, observed(*rows, ("T", "revenue", "2026-06", 7, "YTD", "不含乙")))) == ["B4"]
    assert findings(
        Check(id="c", type="county_sum"), observed(*rows, ("T", "revenue", "2026-06", 7, "YTD", "别的"))
    ).is_empty()


def test_rates_are_never_summed() -> None:
    now = observed(("T", "growth", "2026-06", 5), ("A", "growth", "2026-06", 6), ("B", "growth", "2026-06", 7))
    assert findings(Check(id="c", type="county_sum"), now).is_empty()


def test_jumps_against_last_year_in_shares_and_in_points() -> None:
    before = observed(("A", "revenue", "2025-06", 100), ("B", "revenue", "2025-06", 0), ("A", "growth", "2025-06", 5))
    now = observed(("A", "revenue", "2026-06", 160), ("B", "revenue", "2026-06", 9), ("A", "growth", "2026-06", 35))
    assert cells(findings(Check(id="j", type="jump", rise="50%", fall="30%"), now, before)) == ["B1"]
    assert cells(findings(Check(id="j", type="jump", points=20), now, before)) == ["B3"]
    assert findings(Check(id="j", type="jump", rise="60%"), now, before).is_empty()
    assert findings(Check(id="j", type="jump", rise="50%", floor=200), now, before).is_empty()
    low = observed(("A", "revenue", "2026-06", 60))
    assert facts(findings(Check(id="j", type="jump", fall="30%"), low, before))["percent"] == -40


def test_what_must_be_there() -> None:
    check = Check(id="m", type="required", indicators=["revenue"], regions=["A", "B", "Z"])
    now = observed(("A", "revenue", "2026-06", 1), ("B", "revenue", "2026-06", None, "YTD", "", "", "not_reported"))
    found = findings(check, now)
    assert found.select("cell").rows() == [("B2",), ("",)]
    excused = observed(
        ("A", "revenue", "2026-06", 1), ("B", "revenue", "2026-06", None, "YTD", "", "", "not_applicable")
    )
    assert findings(check, excused).height == 1
    everywhere = Check(id="m", type="required", indicators=["revenue"])
    assert findings(everywhere, now).height == 2


def test_a_rule_switched_off_and_a_rule_of_reading_say_nothing_here() -> None:
    now = observed(("A", "revenue", "2026-06", -1))
    assert findings(Check(id="r", type="range", off=True), now).is_empty()
    assert findings(Check(id="r", type="unit"), now).is_empty()


@pytest.mark.parametrize(
    "given_", [{"type": "parts_total"}, {"type": "jump"}, {"type": "required"}, {"type": "range", "lwo": 1}]
)
def test_a_rule_that_cannot_mean_anything_is_refused(given_: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Check(id="x", **given_)
