"""债务率: four lights per county on unrounded values (RULES §4.2)."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import junxian.core.fiscal as room
from junxian.core.fiscal import debt_lights
from tests.oracles import fiscal as oracle

STEPS = [(120.0, "yellow"), (200.0, "orange"), (300.0, "red")]
COLUMNS = ("general", "special", "general_strength", "fund_strength")


def county(*amounts: float | None, **more: float) -> pl.DataFrame:
    schema = {"region_code": pl.String} | dict.fromkeys((*COLUMNS, *more), pl.Float64)
    return pl.DataFrame(
        {"region_code": ["甲"]} | dict(zip(COLUMNS, ([a] for a in amounts), strict=True)) | more, schema=schema
    )


def test_g16_four_lights_the_worst_first() -> None:
    row = debt_lights(county(38.5, 61.2, 15.2 + 28.6 - 1.1, 18.4 + 0.9 - 0.2, hidden=42.0), STEPS).row(0, named=True)
    assert [round(row[f"{m}_ratio"], 1) for m in ("legal", "full", "general", "special")] == [161.3, 229.3, 90.2, 320.4]
    assert [row[f"{m}_light"] for m in ("legal", "full", "general", "special")] == ["yellow", "orange", "green", "red"]
    assert row["worst"] == "red"


def test_without_hidden_amounts_there_is_no_full_ratio() -> None:
    found = debt_lights(county(38.5, 61.2, 42.7, 19.1), STEPS)
    assert not [c for c in found.columns if c.startswith("full")]


def test_edges_are_left_closed_on_unrounded_values() -> None:
    assert debt_lights(county(60.3, 0.0, 20.1, 1.0), STEPS).item(0, "general_light") == "red"
    assert debt_lights(county(299.96, 0.0, 100.0, 1.0), STEPS).item(0, "general_light") == "orange"


def test_what_has_no_figure_or_no_strength_has_no_light_and_is_not_green() -> None:
    row = debt_lights(county(150.0, None, 100.0, 0.0), STEPS).row(0, named=True)
    assert (row["general_light"], row["special_light"], row["legal_light"], row["worst"]) == (
        "yellow",
        "",
        "",
        "yellow",
    )
    assert debt_lights(county(None, None, 1.0, 1.0), STEPS).item(0, "worst") == ""


amount = st.decimals(1, 999, places=1)


@given(amount, amount, amount, amount)
def test_agrees_with_the_slow_way(general: Decimal, special: Decimal, strength: Decimal, fund: Decimal) -> None:
    row = debt_lights(county(*(float(x) for x in (general, special, strength, fund))), STEPS).row(0, named=True)
    assert row["legal_light"] == oracle.light((general + special) / (strength + fund) * 100)
    assert row["general_light"] == oracle.light(general / strength * 100)
    assert row["special_light"] == oracle.light(special / fund * 100)


def test_the_front_door_opens_and_knows_no_other_name() -> None:
    assert all(getattr(room, name) is not None for name in room.__all__)
    with pytest.raises(AttributeError):
        room.nothing  # noqa: B018
