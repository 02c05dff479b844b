"""The example's bottom lines over June 2026: six lights, the province's last three, events, and who passes the gate."""

from __future__ import annotations

from functools import lru_cache

import polars as pl
import pytest

from junxian.core.bottomlines import WatchRound, watch_lines
from junxian.core.bottomlines.model import Events, LastPlaces
from junxian.core.indicators.period import parse_period
from junxian.core.rulebook import at, vocabulary
from junxian.core.scoring import evaluate, rows_of
from junxian.core.units.select import select
from junxian.files.examples.treasury_lines import WEAK
from junxian.files.examples.world import nine
from tests.rulebooks.example_figures import observed, rules

JUNE = "2026-06"
CORE_LIGHTS = ("core_arranged", "core_paid", "wages", "core_strength", "cash_cover", "advances")


@lru_cache(maxsize=1)
def alerts() -> pl.DataFrame:
    """All alerts of June 2026 without history."""
    rulebook, index = at(rules(), JUNE), parse_period(JUNE).index
    parents = {unit.code: unit.parent for unit in rulebook.units}
    lines = [line for line in rulebook.bottomlines if not isinstance(line.watch, Events)]
    values = []
    for line in lines:
        peers = line.watch.peers if isinstance(line.watch, LastPlaces) else "九县区"
        codes = select(rulebook.units, peers, rulebook.peer_sets, JUNE)
        rows = rows_of(dict.fromkeys(codes, "all"), parents, rulebook.root, [index])
        frame = evaluate({"value": line.what}, rows.lazy(), observed().lazy(), vocabulary(rulebook))
        values.append(frame.select("region_code", pl.lit(line.id).alias("line"), "value"))
    events = observed().filter(pl.col("calibre") != "")
    now = WatchRound(index, merged_months=rulebook.calendar.merged_months)
    told = {line.id: select(rulebook.units, line.units, rulebook.peer_sets, JUNE) for line in lines if line.units}
    return watch_lines(rulebook.bottomlines, pl.concat(values), now, events=events, told=told)


def level(line: str, unit: str) -> str:
    rows = alerts().filter(pl.col("line") == line, pl.col("region_code") == unit)
    return str(rows.get_column("level").item())


@pytest.mark.parametrize("line", CORE_LIGHTS)
def test_the_weak_county_shows_yellow_on_every_light_of_core_spending(line: str) -> None:
    assert level(line, WEAK) == "yellow"


@pytest.mark.parametrize("line", CORE_LIGHTS)
def test_all_others_are_green(line: str) -> None:
    assert {level(line, unit) for unit in nine() if unit != WEAK} == {"green"}


@pytest.mark.parametrize(("line", "kind", "n"), [
    ("revenue_last_three_counties", "县", 18), ("revenue_last_three_districts", "区", 16),
])  # fmt: skip
def test_last_three_are_counted_among_the_province_with_ties(line: str, kind: str, n: int) -> None:
    peers = select(rules().units, f"全省可比{kind}", rules().peer_sets, JUNE)
    growth = dict(
        observed()
        .filter(pl.col("indicator") == "revenue_growth", pl.col("period") == JUNE, pl.col("region_code").is_in(peers))
        .select("region_code", "value")
        .iter_rows()
    )
    assert len(growth) == n
    told = [unit for unit in nine() if unit in growth]
    for unit in told:
        worse = sum(other < growth[unit] for other in growth.values())
        row = alerts().filter(pl.col("line") == line, pl.col("region_code") == unit).row(0, named=True)
        assert (row["n"], row["worse"], row["breach"]) == (n, worse, worse < 3)


def test_the_larger_accident_breaks_the_line_until_the_year_ends() -> None:
    row = alerts().filter(pl.col("line") == "safety", pl.col("region_code") == "X10025").row(0, named=True)
    assert (row["level"], row["deduct"]) == ("red", 3.0)
    assert row["until"].startswith("2026-12")


def test_one_matter_named_by_two_lines_is_deducted_once_at_the_highest() -> None:
    rows = alerts().filter(pl.col("matter") == "事项2026-10")
    assert set(rows.get_column("line")) == {"safety", "notices"}
    assert rows.get_column("deduct").sum() == 3.0


def test_the_gate_fails_only_where_a_line_of_it_is_red() -> None:
    gate = next(s for s in rules().schemes if s.id == "monthly").gates[0]
    broken = alerts().filter(pl.col("line").is_in(gate.lines), pl.col("level").is_in(["red", "veto"]))
    assert set(broken.get_column("region_code")) == {"X10025"}
