"""The rules of Kaifeng over its real figures (县域年度评价与全省位次): against a plain recomputation by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from junxian.core.assessment.settle import extras
from junxian.core.formulas.measure import factor
from junxian.core.indicators.period import parse_period
from junxian.core.rulebook import Rulebook, at, validate, vocabulary
from junxian.core.scoring import compile_scheme, gather, points_table, rows_of
from junxian.core.scoring.model import Criterion, walk
from junxian.core.scoring.panel import series_of
from junxian.core.units.select import select
from junxian.files.rulebooks import load, read
from junxian.files.rulebooks.cases import run_cases

CITY = Path(__file__).resolve().parents[2] / "src" / "junxian" / "rulebooks" / "kaifeng"
Figures = dict[str, dict[str, Fraction]]
TEN_THOUSAND = Fraction(10000)


@cache
def rulebook() -> Rulebook:
    return load(CITY)


@cache
def rows() -> tuple[dict[str, str], ...]:
    found: list[dict[str, str]] = []
    for path in sorted((CITY / "figures").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            found += list(csv.DictReader(lines))
    return tuple(found)


def printed(period: str, source: str) -> Figures:
    """unit → indicator → the figure as printed, in the units of the print."""
    found: Figures = {}
    for row in rows():
        if row["period"] == period and source in row["source"]:
            found.setdefault(row["region_code"], {})[row["indicator"]] = Fraction(row["value"])
    return found


@cache
def observations() -> pl.DataFrame:
    cards = {card.code: card for card in rulebook().indicators}
    kept = [
        (row["region_code"], parse_period(row["period"]).index, series_of(row["indicator"], row["kind"], ""),
         float(row["value"]) * factor(row["unit"], cards[row["indicator"]].unit), "reported")
        for row in rows() if row["stage"] == ""
    ]  # fmt: skip
    return pl.DataFrame(kept, ["region_code", "period_index", "series", "value", "state"], orient="row")


@cache
def scored(scheme_id: str, period: str) -> pl.DataFrame:
    """Points of every unit and node as the engine computes them."""
    whole = rulebook()
    dated = at(whole, period)
    scheme = next(scheme for scheme in dated.schemes if scheme.id == scheme_id)
    groups = {code: name for name, wanted in scheme.groups.items()
              for code in select(whole.units, wanted, whole.peer_sets, period)}  # fmt: skip
    parents = {unit.code: unit.parent for unit in whole.units}
    plan = compile_scheme(scheme, vocabulary(dated), extras(scheme))
    judged = rows_of(groups, parents, whole.root, [parse_period(period).index])
    frame: Any = plan.run(gather(observations(), judged, plan.leaves))
    settled = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    names = pl.DataFrame({"region_code": list(groups), "group": list(groups.values())})
    return points_table(settled, plan).join(names, on="region_code")


def points(scheme: str, period: str, criterion: str) -> dict[str, float | None]:
    found = scored(scheme, period).filter(pl.col("criterion") == criterion)
    return dict(found.select("region_code", "points").iter_rows())


def totals(scheme: str, period: str) -> dict[str, float]:
    roots = scored(scheme, period).filter(pl.col("parent") == "")
    return {code: value for code, value in roots.select("region_code", "points").iter_rows() if value is not None}


# --- the plain recomputation ------------------------------------------------------------------------------------------


def quantile(values: list[Fraction], share: Fraction) -> Fraction:
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def efficacy(values: dict[str, Fraction], full: int) -> dict[str, Fraction]:
    low, high = (quantile(list(values.values()), Fraction(n, 10)) for n in (1, 9))
    marks = {code: 60 + 40 * (x - low) / (high - low) for code, x in values.items()}
    return {code: full * min(max(mark, Fraction(40)), Fraction(100)) / 100 for code, mark in marks.items()}


def share_below(values: dict[str, Fraction], full: int) -> dict[str, Fraction]:
    return {code: full * Fraction(sum(y < x for y in values.values()), len(values) - 1) for code, x in values.items()}


def by_place(values: dict[str, Fraction], full: int) -> dict[str, Fraction]:
    better = {code: sum(y > x for y in values.values()) for code, x in values.items()}
    return {code: full * (1 - Fraction(2, 5) * n / (len(values) - 1)) for code, n in better.items()}


def steps(*rungs: tuple[str, str]) -> Callable[[dict[str, Fraction], int], dict[str, Fraction]]:
    def mark(values: dict[str, Fraction], _full: int) -> dict[str, Fraction]:
        return {code: [Fraction(p) for bound, p in rungs if x >= Fraction(bound)][-1] for code, x in values.items()}

    return mark


def within(low: int, high: int, width: int) -> Callable[[dict[str, Fraction], int], dict[str, Fraction]]:
    def one(x: Fraction) -> Fraction:
        return x / low if x < low else max(1 - (x - high) / width, Fraction(0)) if x > high else Fraction(1)

    return lambda values, full: {code: full * one(x) for code, x in values.items()}


Derived = Callable[[dict[str, Fraction]], Fraction]
ANNUAL: dict[str, tuple[Derived, Callable[[dict[str, Fraction], int], dict[str, Fraction]], int]] = {
    "人均地区生产总值": (lambda f: f["gdp"] * TEN_THOUSAND / f["registered_population"], efficacy, 14),
    "地均地区生产总值": (lambda f: f["gdp"] / f["land_area"], share_below, 8),
    "二三产业比重": (lambda f: 100 * (f["va_secondary"] + f["va_tertiary"]) / f["gdp"],
                     steps(("0", "4"), ("75", "6"), ("80", "7"), ("85", "8"), ("90", "9"), ("95", "10")), 10),
    "人均一般公共预算收入": (lambda f: f["general_budget_revenue"] * TEN_THOUSAND / f["registered_population"],
                             efficacy, 12),
    "财政自给率": (lambda f: 100 * f["general_budget_revenue"] / f["general_budget_expenditure"],
                   steps(("0", "5"), ("20", "6.5"), ("30", "8"), ("40", "9.5"), ("50", "11"), ("60", "12")), 12),
    "收入占地区生产总值比重": (lambda f: 100 * f["general_budget_revenue"] / f["gdp"], within(5, 9, 6), 6),
    "每万人规模以上工业企业": (lambda f: f["above_scale_industrial_firms"] / f["registered_population"], efficacy, 8),
    "人均贷款余额": (lambda f: f["loans"] / f["registered_population"], share_below, 6),
    "贷款与住户存款之比": (lambda f: 100 * f["loans"] / f["household_deposits"], within(70, 130, 100), 6),
    "每千人医疗床位": (lambda f: f["hospital_beds"] / f["registered_population"], by_place, 10),
    "人均住户存款": (lambda f: f["household_deposits"] / f["registered_population"], efficacy, 8),
}  # fmt: skip


def by_hand(figures: Figures, members: set[str]) -> dict[str, dict[str, Fraction]]:
    """criterion → unit → points, for the members of one group that have the figures."""
    found = {}
    for criterion, (derive, mark, full) in ANNUAL.items():
        values = {}
        for code in members & set(figures):
            try:
                values[code] = derive(figures[code])
            except KeyError:
                continue
        found[criterion] = mark(values, full)
    return found


@pytest.mark.parametrize(("period", "source"), [("2020", "县域统计年鉴"), ("2023", "县域统计年鉴")])
@pytest.mark.parametrize("group", ["县", "区"])
def test_every_point_of_the_annual_scheme_comes_back_by_hand(period: str, source: str, group: str) -> None:
    table = scored("annual", period)
    members = set(table.filter(pl.col("group") == group).get_column("region_code"))
    for criterion, expected in by_hand(printed(period, source), members).items():
        computed = {c: p for c, p in points("annual", period, criterion).items() if c in members and p is not None}
        assert set(computed) == set(expected), criterion
        for code, value in expected.items():
            assert computed[code] == pytest.approx(float(value), abs=2e-9), (criterion, code)


@pytest.mark.parametrize(
    ("period", "counties", "districts"), [("2020", (85, 105), (5, 53)), ("2023", (103, 103), (7, 54))]
)
def test_counties_and_districts_are_scored_apart_and_n_counts_those_with_figures(
    period: str, counties: tuple[int, int], districts: tuple[int, int]
) -> None:
    table = scored("annual", period)
    for group, (with_score, members) in (("县", counties), ("区", districts)):
        codes = set(table.filter(pl.col("group") == group).get_column("region_code"))
        assert (len(codes & set(totals("annual", period))), len(codes)) == (with_score, members)


def test_the_four_city_districts_are_not_reported_and_never_zero() -> None:
    for period in ("2020", "2023"):
        table = scored("annual", period).filter(pl.col("region_code").is_in(["410202", "410203", "410204", "410205"]))
        assert set(table.get_column("state")) == {"not_reported", ""}
        assert table.get_column("points").null_count() == table.height


def test_annual_scheme_compares_no_two_years() -> None:
    annual = next(scheme for scheme in rulebook().schemes if scheme.id == "annual")
    formulas = [node.value for node in walk(annual.criteria) if isinstance(node, Criterion)]
    assert len(formulas) == len(ANNUAL)
    backward = ("同比", "环比", "去年", "上期", "上年", "比年初", "位次变化", "增速", "两年", "滚动")
    assert [text for text in formulas for word in backward if word in text] == []


def test_no_annual_scheme_is_in_force_outside_the_two_years_it_was_made_for() -> None:
    assert {scheme.id for scheme in at(rulebook(), "2024").schemes} == {"province_watch"}
    assert {scheme.id for scheme in at(rulebook(), "2025").schemes} == {"province_watch"}


# --- the city in the province -----------------------------------------------------------------------------------------


def test_revenue_growth_is_derived_from_two_published_amounts() -> None:
    value = (scored("province_watch", "2019")
             .filter((pl.col("criterion") == "一般公共预算收入增速") & (pl.col("region_code") == "410200"))
             .get_column("value").item())  # fmt: skip
    assert value == pytest.approx(float((Fraction("154.86") / Fraction("140.64") - 1) * 100), abs=1e-9)


def test_growth_of_2025_puts_kaifeng_sixteenth_of_seventeen() -> None:
    growth = scored("province_watch", "2025").filter(pl.col("criterion") == "生产总值增速")
    values = {code: value for code, value in growth.select("region_code", "value").iter_rows() if value is not None}
    assert (len(values), 1 + sum(value > values["410200"] for value in values.values())) == (17, 16)
    states = dict(growth.select("region_code", "state").iter_rows())
    assert states["419001"] == "not_reported"
    assert points("province_watch", "2025", "生产总值增速")["410200"] == pytest.approx(31.25)


@pytest.mark.parametrize(("period", "absent"), [
    ("2019", {"411000", "419001"}), ("2020", {"410800", "419001"}), ("2021", {"419001"}), ("2023", {"419001"}),
    ("2025", {"419001"}),
])  # fmt: skip
def test_places_without_a_figure_have_no_score(period: str, absent: set[str]) -> None:
    everyone = set(scored("province_watch", period).get_column("region_code"))
    assert everyone - set(totals("province_watch", period)) == absent
    assert len(everyone) == 18


# --- the text itself --------------------------------------------------------------------------------------------------


def test_the_rulebook_contradicts_itself_nowhere() -> None:
    assert validate(rulebook()) == ()


def test_every_case_comes_out_as_written() -> None:
    results = run_cases(read(CITY))
    assert len(results) == 6
    assert [(result.name, result.faults) for result in results if not result.passed] == []
    assert all(result.compared for result in results)


def test_every_shipped_figure_has_a_card_whose_unit_it_converts_to() -> None:
    cards = {card.code: card for card in rulebook().indicators}
    for indicator, unit in {(row["indicator"], row["unit"]) for row in rows()}:
        assert factor(unit, cards[indicator].unit) > 0


def test_every_scheme_and_line_has_authority_author_and_checker() -> None:
    for entry in (*rulebook().schemes, *rulebook().bottomlines):
        assert entry.author
        assert entry.checker
        assert entry.author != entry.checker
        assert entry.basis is not None
        assert entry.basis.document
