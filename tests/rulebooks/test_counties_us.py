"""The second jurisdiction (美国县域): another country's counties need no code, only a rulebook in their own words."""

from __future__ import annotations

import csv
import os
import re
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from junxian.core.assessment.settle import extras
from junxian.core.formulas.measure import factor
from junxian.core.indicators.period import parse_period
from junxian.core.rulebook import Rulebook, at, validate, vocabulary
from junxian.core.scoring import compile_scheme, gather, points_table, rows_of
from junxian.core.scoring.panel import series_of
from junxian.core.units.select import select
from junxian.files.rulebooks import load, read
from junxian.files.rulebooks.cases import run_cases

ROOT = Path(__file__).resolve().parents[2]
OHIO = ROOT / "src" / "junxian" / "rulebooks" / "counties-us"
SHARED = Path(os.environ.get("JUNXIAN_SHARED", ROOT.parent / "shared")) / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="The source tables are absent: set JUNXIAN_SHARED.")


@cache
def rulebook() -> Rulebook:
    return load(OHIO)


@cache
def rows() -> tuple[dict[str, str], ...]:
    with (OHIO / "figures" / "counties.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def column(indicator: str, period: str) -> dict[str, float]:
    return {row["region_code"]: float(row["value"]) for row in rows()
            if (row["indicator"], row["period"]) == (indicator, period)}  # fmt: skip


@cache
def scored(period: str) -> pl.DataFrame:
    whole = rulebook()
    dated = at(whole, period)
    (scheme,) = dated.schemes
    (wanted,) = scheme.groups.values()
    groups = dict.fromkeys(select(whole.units, wanted, whole.peer_sets, period), "county")
    cards = {card.code: card for card in whole.indicators}
    observed = pl.DataFrame(
        [(r["region_code"], parse_period(r["period"]).index, series_of(r["indicator"], r["kind"], ""),
          float(r["value"]) * factor(r["unit"], cards[r["indicator"]].unit), "reported") for r in rows()],
        ["region_code", "period_index", "series", "value", "state"], orient="row",
    )  # fmt: skip
    plan = compile_scheme(scheme, vocabulary(dated), extras(scheme))
    judged = rows_of(groups, {unit.code: unit.parent for unit in whole.units}, whole.root, [parse_period(period).index])
    frame: Any = plan.run(gather(observed, judged, plan.leaves))
    return points_table(frame.collect() if isinstance(frame, pl.LazyFrame) else frame, plan)


def points(period: str, criterion: str) -> dict[str, float]:
    return dict(scored(period).filter(pl.col("criterion") == criterion).select("region_code", "points").iter_rows())


def z_points(values: dict[str, float], full: float, sign: int = 1) -> dict[str, float]:
    mean = sum(values.values()) / len(values)
    spread = sqrt(sum((x - mean) ** 2 for x in values.values()) / len(values))
    limited = {code: max(min(sign * (x - mean) / spread, 2.5), -2.5) for code, x in values.items()}
    return {code: full * (60 + 16 * z) / 100 for code, z in limited.items()}


def below_points(values: dict[str, float], full: float, sign: int = 1) -> dict[str, float]:
    return {code: full * sum(sign * y < sign * x for y in values.values()) / (len(values) - 1)
            for code, x in values.items()}  # fmt: skip


@needs_shared
def test_figures_are_those_of_the_federal_table() -> None:
    with (SHARED / "us_counties_wide.csv").open(encoding="utf-8", newline="") as lines:
        source = {row["fips"]: row for row in csv.DictReader(lines) if row["state"] == "Ohio"}
    assert len(source) == 88
    named = {"median_household_income": "median_household_income_2019", "uninsured_share": "uninsured_2019",
             "broadband_share": "household_has_broadband_2019", "population": "pop_2019"}  # fmt: skip
    for indicator, cell in named.items():
        assert column(indicator, "2019") == {fips: float(row[cell]) for fips, row in source.items()}


def test_eighty_eight_counties_all_with_a_score() -> None:
    for period in ("2017", "2019"):
        assert len(points(period, "total")) == 88
        assert None not in points(period, "total").values()


@pytest.mark.parametrize(("period", "criterion", "indicator", "full", "sign"), [
    ("2017", "Poverty", "poverty_rate", 20, -1), ("2017", "High school", "high_school_share", 15, 1),
    ("2019", "Household income", "median_household_income", 20, 1), ("2019", "Broadband", "broadband_share", 15, 1),
])  # fmt: skip
def test_standard_scores_come_back_by_hand(period: str, criterion: str, indicator: str, full: int, sign: int) -> None:
    expected = z_points(column(indicator, period), full, sign)
    computed = points(period, criterion)
    assert computed == pytest.approx(expected, abs=2e-9)


@pytest.mark.parametrize(("period", "criterion", "indicator", "sign"), [
    ("2017", "Unemployment", "unemployment_rate", -1), ("2019", "Health insurance", "uninsured_share", -1),
    ("2019", "Bachelor's degree", "bachelors_share", 1),
])  # fmt: skip
def test_percentiles_come_back_by_hand(period: str, criterion: str, indicator: str, sign: int) -> None:
    assert points(period, criterion) == pytest.approx(below_points(column(indicator, period), 15, sign), abs=2e-9)


def test_per_capita_divides_by_the_population_of_the_same_year() -> None:
    employed, people = column("employed", "2017"), column("population", "2017")
    jobs = {code: 100 * employed[code] / people[code] for code in people}
    assert points("2017", "Jobs per resident") == pytest.approx(below_points(jobs, 15), abs=2e-9)


def test_the_version_in_force_follows_the_period() -> None:
    names = {period: set(scored(period).get_column("criterion")) for period in ("2017", "2019")}
    assert "Poverty" in names["2017"]
    assert "Poverty" not in names["2019"]
    assert "Broadband" in names["2019"]


def test_everything_is_said_in_english() -> None:
    """Only the two units of measure are tied to the words the product already knows."""
    for path in sorted(OHIO.rglob("*.yaml")):
        chinese = [line for line in path.read_text("utf-8").splitlines() if re.search(r"[\u4e00-\u9fff]", line)]
        assert all("units_of_measure" in line for line in chinese), (path.name, chinese)
    assert rulebook().jurisdiction.language == "en"
    assert rulebook().jurisdiction.number_style.group == ","
    assert rulebook().jurisdiction.document == "plain"


def test_the_rulebook_contradicts_itself_nowhere() -> None:
    assert validate(rulebook()) == ()


def test_every_case_comes_out_as_written() -> None:
    results = run_cases(read(OHIO))
    assert len(results) == 2
    assert [(result.name, result.faults) for result in results if not result.passed] == []
