"""Kaifeng in the province (全省位次与底线): last places, debt limits, rank table and models on real figures."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from junxian.core.benchmarks import Peers, RankTable, nearest, rank_table
from junxian.core.bottomlines import Line, watch_last_places, watch_limit
from junxian.core.bulletins.model import Bulletin
from junxian.core.formulas.measure import factor
from junxian.core.indicators.period import parse_period
from junxian.core.rulebook import Rulebook, at, vocabulary
from junxian.core.scoring import evaluate, rows_of
from junxian.core.scoring.panel import series_of
from junxian.core.units.select import select
from junxian.files.rulebooks import load

CITY = Path(__file__).resolve().parents[2] / "src" / "junxian" / "rulebooks" / "kaifeng"


@cache
def rulebook() -> Rulebook:
    return load(CITY)


@cache
def observations() -> pl.DataFrame:
    cards = {card.code: card for card in rulebook().indicators}
    kept = []
    for path in sorted((CITY / "figures").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            kept += [
                (row["region_code"], parse_period(row["period"]).index, series_of(row["indicator"], row["kind"], ""),
                 float(row["value"]) * factor(row["unit"], cards[row["indicator"]].unit), "reported")
                for row in csv.DictReader(lines) if row["stage"] == ""
            ]  # fmt: skip
    return pl.DataFrame(kept, ["region_code", "period_index", "series", "value", "state"], orient="row")


def values(texts: dict[str, str], units: tuple[str, ...], period: str) -> pl.DataFrame:
    parents = {unit.code: unit.parent for unit in rulebook().units}
    judged = rows_of(dict.fromkeys(units, "one"), parents, rulebook().root, [parse_period(period).index])
    return evaluate(texts, judged, observations(), vocabulary(at(rulebook(), period)))


def peers_of(wanted: object, period: str) -> tuple[str, ...]:
    whole = rulebook()
    return select(whole.units, wanted, whole.peer_sets, period)  # type: ignore[arg-type]


def line(name: str, period: str) -> Line:
    return next(line for line in at(rulebook(), period).bottomlines if line.id == name)


def alerts(name: str, period: str) -> dict[str, dict[str, object]]:
    rule = line(name, period)
    among = peers_of(getattr(rule.watch, "peers", "") or rule.units, period)
    figures = values({"value": rule.what}, among, period)
    judge = watch_limit if rule.watch.kind == "limit" else watch_last_places
    return {row["region_code"]: row for row in judge(figures, rule).iter_rows(named=True)}


def test_kaifeng_is_among_the_last_three_by_growth_in_2025() -> None:
    found = alerts("gdp_last_three", "2025")
    ours = found["410200"]
    assert (ours["level"], ours["rank"], ours["n"], ours["worse"], ours["tied"]) == ("red", 16, 17, 1, False)
    assert found["419001"]["level"] == "not_watched"
    assert found["419001"]["value"] is None


def test_two_cities_tied_across_the_border_are_both_flagged() -> None:
    found = alerts("gdp_last_three", "2025")
    red = {code for code, row in found.items() if row["level"] == "red"}
    assert red == {"410700", "410200", "410100", "410400"}
    assert all(found[code]["tied"] and found[code]["worse"] == 2 for code in ("410100", "410400"))


def test_nobody_is_judged_where_one_city_alone_has_a_figure() -> None:
    assert {row["level"] for row in alerts("gdp_last_three", "2024").values()} == {"not_watched"}


def test_a_city_without_growth_is_not_watched_and_not_safe() -> None:
    found = alerts("gdp_last_three", "2019")
    assert {code for code, row in found.items() if row["level"] == "not_watched"} == {"411000", "419001"}
    assert found["410200"]["n"] == 16


def test_debt_of_every_county_is_within_its_limit_in_2024() -> None:
    found = alerts("debt_within_limit", "2024")
    watched = {code: row for code, row in found.items() if row["level"] != "not_watched"}
    assert len(watched) == 120  # 17 cities and 103 counties, Jiyuan among them; districts are inside their city's core
    assert not any(row["breach"] for row in watched.values())


def test_province_table_shows_kaifeng_eleventh_by_revenue_in_2019() -> None:
    table = next(entry for entry in at(rulebook(), "2019").benchmarks if entry.id == "province")
    assert isinstance(table, RankTable)
    among = peers_of(table.peers, "2019")
    texts = {f"i{place}": entry.value for place, entry in enumerate(table.indicators)}
    wide = values(texts, among, "2019")
    long = wide.unpivot(list(texts), index="region_code", variable_name="indicator", value_name="value")
    named = {f"i{place}": entry.value for place, entry in enumerate(table.indicators)}
    ranked = {(row["region_code"], named[row["indicator"]]): row for row in rank_table(long).iter_rows(named=True)}
    revenue = ranked["410200", "一般公共预算收入"]
    assert (round(revenue["value"], 2), revenue["rank"], revenue["n"]) == (154.86, 11, 17)
    growth = ranked["410200", "地区生产总值增速"]
    assert (growth["value"], growth["rank"], growth["n"]) == (7.2, 9, 16)
    assert ranked["419001", "一般公共预算收入"]["rank"] is None


@pytest.mark.parametrize("unit", ["410221", "410222", "410223", "410225"])
def test_models_are_alike_in_means_and_better_in_the_target(unit: str) -> None:
    rule = next(entry for entry in at(rulebook(), "2023").benchmarks if entry.id == "county_models")
    assert isinstance(rule, Peers)
    among = peers_of(rule.among, "2023")
    texts = {name: name for name in rule.means} | {"target": rule.target}
    columns = {f"c{place}": text for place, text in enumerate(texts.values())}
    figures = values(columns, among, "2023").rename(dict(zip(columns, texts, strict=True)))
    models = nearest(figures, unit, rule)
    own = dict(figures.select("region_code", "target").iter_rows())
    assert models.height >= rule.k
    assert unit not in models.get_column("region_code")
    assert all(own[code] > own[unit] for code in models.get_column("region_code"))


def test_notices_name_places_only_and_say_that_they_are_examples() -> None:
    for bulletin in rulebook().bulletins:
        assert isinstance(bulletin, Bulletin)
        assert "示范" in str(bulletin.issuer)
        assert "不是任何机关的公文" in str(bulletin.remark)
