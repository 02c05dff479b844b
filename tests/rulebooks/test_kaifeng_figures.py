"""The shipped figures of Kaifeng and Henan (真实数字): official sources only, as published, nothing filled in."""

from __future__ import annotations

import csv
import importlib.util
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
CITY = ROOT / "src" / "junxian" / "rulebooks" / "kaifeng"
SHARED = Path(os.environ.get("JUNXIAN_SHARED", ROOT.parent / "shared")) / "data"
NINE = ("410202", "410203", "410204", "410205", "410212", "410221", "410222", "410223", "410225")
PLACES = (*(f"41{n:02d}00" for n in range(1, 18)), "419001")
SUSPECT_DEBT = {("410600", "2020"), ("410600", "2021"), ("410600", "2022"), ("410900", "2020"), ("410900", "2021"),
                ("410900", "2022"), ("410800", "2021"), ("410800", "2022")}  # fmt: skip
Row = dict[str, str]
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="The source tables are absent: set JUNXIAN_SHARED.")


@cache
def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def shipped(name: str = "*") -> Iterator[Row]:
    paths = sorted((CITY / "figures").glob(f"{name}.csv"))
    assert paths
    for path in paths:
        yield from table(path)


def column(indicator: str, period: str, name: str = "*") -> dict[str, float]:
    return {row["region_code"]: float(row["value"]) for row in shipped(name)
            if (row["indicator"], row["period"]) == (indicator, period)}  # fmt: skip


def units() -> dict[str, Row]:
    return {row["code"]: row for row in table(CITY / "units.csv")}


def competition_rank(values: dict[str, float], code: str) -> int:
    return 1 + sum(other > values[code] for other in values.values())


@cache
def extraction() -> ModuleType:
    spec = importlib.util.spec_from_file_location("extract_figures", ROOT / "tools" / "extract_figures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def source_rows() -> dict[tuple[str, str, str], list[Row]]:
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for name in ("henan_county_panel", "henan_city_panel", "henan_debt_transfers_2024_2025", "kaifeng_sublevels"):
        for row in table(SHARED / f"{name}.csv"):
            indicator = re.sub("^census_(share_65plus|households)$", r"\1", row["indicator"])
            indicator = {"census_population": "resident_population", "census_urban_population": "urban_population",
                         "census_rural_population": "rural_population"}.get(indicator, indicator)  # fmt: skip
            found[row["region_code"], row["period"], indicator.removesuffix("_ytd")].append(row)
    return found


# --- what ships and what never does -----------------------------------------------------------------------------------


@needs_shared
def test_every_shipped_figure_is_an_official_row_and_no_commercial_one() -> None:
    sources = source_rows()
    for row in shipped():
        same = [s for s in sources[row["region_code"], row["period"], row["indicator"]]
                if float(s["value"]) == float(row["value"]) and s["unit"] == row["unit"]]  # fmt: skip
        official = {s["source"] for s in same} - {"atlas:D", "atlas:C"}
        assert any(not re.search("csmar|lpstntw|wind", source, re.IGNORECASE) for source in official), row


def test_no_shipped_text_names_a_commercial_source() -> None:
    for path in (CITY / "figures").glob("*.csv"):
        assert not re.search("csmar|lpstntw|wind|duhe", path.read_text("utf-8"), re.IGNORECASE), path.name


@needs_shared
def test_figures_only_the_commercial_database_knows_are_not_shipped() -> None:
    keys = {(row["region_code"], row["period"], row["indicator"], float(row["value"])) for row in shipped()}
    commercial = [row for name in ("henan_county_panel", "henan_city_panel") for row in table(SHARED / f"{name}.csv")
                  if re.search("csmar|lpstntw", row["source"])]  # fmt: skip
    assert len(commercial) > 5000
    leaked = [r for r in commercial if (r["region_code"], r["period"], r["indicator"], float(r["value"])) in keys]
    assert leaked == []


@needs_shared
def test_the_files_are_what_the_extraction_writes() -> None:
    for path, text in extraction().shipped().items():
        assert path.read_text("utf-8") == text, f"{path.name}: run tools/extract_figures.py"


def test_city_amounts_of_gross_domestic_product_begin_with_2022() -> None:
    years = {row["period"] for row in shipped() if row["indicator"] == "gdp" and row["region_code"] in PLACES[:17]}
    assert years == {"2022", "2023", "2024", "2025"}


def test_debt_balances_that_look_exchanged_are_left_out() -> None:
    keys = {(r["region_code"], r["period"]) for r in shipped() if r["indicator"] == "debt_balance"}
    assert not keys & SUSPECT_DEBT
    assert ("410600", "2023") in keys


def test_every_row_has_a_source_a_grade_and_a_state() -> None:
    for row in shipped():
        assert row["source"]
        assert row["source_grade"] in {"A", "A1", "A2", "B", "B2"}
        assert row["state"] == "reported"
        assert row["kind"] in {"Y", "EOP", "YTD"}
        assert row["value"]


def test_a_figure_stands_once_in_all_files_together() -> None:
    keys = Counter((r["region_code"], r["period"], r["indicator"], r["kind"], r["stage"]) for r in shipped())
    assert [key for key, n in keys.items() if n > 1] == []


def test_figures_keep_the_digits_of_the_print() -> None:
    assert column("general_budget_revenue", "2019", "cities")["410200"] == 154.86
    assert {row["value"] for row in shipped() if re.search(r"[eE]|\.0$", row["value"])} == set()


# --- anchors for the eye ----------------------------------------------------------------------------------------------


def test_kaifeng_revenue_2019_is_eleventh_of_seventeen() -> None:
    revenue = column("general_budget_revenue", "2019", "cities")
    assert (revenue["410200"], competition_rank(revenue, "410200"), len(revenue)) == (154.86, 11, 17)


def test_kaifeng_growth_2025_is_sixteenth_of_seventeen_with_one_strictly_worse() -> None:
    growth = column("gdp_growth", "2025", "cities")
    worse = [code for code, value in growth.items() if value < growth["410200"]]
    assert (growth["410200"], competition_rank(growth, "410200"), len(growth)) == (5.1, 16, 17)
    assert worse == ["410700"]


@needs_shared
@pytest.mark.parametrize(("indicator", "period"), [("general_budget_revenue", "2019"), ("gdp_growth", "2025")])
def test_ranks_from_the_source_tables_agree(indicator: str, period: str) -> None:
    rows = [r for r in table(SHARED / "henan_city_panel.csv") if (r["indicator"], r["period"]) == (indicator, period)]
    naive = {r["region_code"]: float(r["value"]) for r in rows if r["source"].startswith("atlas:")}
    ours = column(indicator, period, "cities")
    assert {code: competition_rank(naive, code) for code in naive} == {c: competition_rank(ours, c) for c in ours}


def test_ninety_and_a_hundred_and_ten_county_units() -> None:
    units_2020 = {row["region_code"] for row in shipped("counties_2020")}
    units_2023 = {row["region_code"] for row in shipped("counties_2023")}
    assert (len(units_2020), len(units_2023)) == (90, 110)
    assert {c for c in NINE if c in units_2020} == {c for c in NINE if c in units_2023} == set(NINE[4:])


def test_the_four_city_districts_have_the_census_only() -> None:
    files = {code: {path.stem for path in (CITY / "figures").glob("*.csv")
                    if any(row["region_code"] == code for row in table(path))} for code in NINE[:4]}  # fmt: skip
    assert files == {code: {"census_2020"} for code in NINE[:4]}


def test_growth_has_sixteen_cities_in_2019_and_2020_and_2024_has_kaifeng_alone() -> None:
    counts = {year: len(column("gdp_growth", year)) for year in ("2018", "2019", "2020", "2023", "2024", "2025")}
    assert counts == {"2018": 17, "2019": 16, "2020": 16, "2023": 17, "2024": 1, "2025": 17}
    assert set(column("gdp_growth", "2024")) == {"410200"}


def test_jiyuan_has_debt_only_among_the_cities_figures() -> None:
    named = {row["indicator"] for row in shipped("cities") if row["region_code"] == "419001"}
    assert named == {"debt_balance"}
    assert "419001" not in column("gdp_growth", "2025")


def test_final_accounts_of_a_city_are_its_core_and_its_counties() -> None:
    for indicator in ("debt_balance", "transfer_total"):
        amounts = column(indicator, "2024", "final_accounts_2024")
        for city in PLACES[:17]:
            parts = [v for code, v in amounts.items() if code[:4] == city[:4] and code != city]
            assert sum(parts) == pytest.approx(amounts[city], abs=2.5), (indicator, city)


# --- units and their traps --------------------------------------------------------------------------------------------


def test_figures_name_known_units_that_exist_in_their_year() -> None:
    known = units()
    for row in shipped():
        unit = known[row["region_code"]]
        year = row["period"][:4]
        assert (unit["valid_from"] or "0") <= year < (unit["valid_to"] or "9999"), row


def test_henan_has_a_hundred_and_fifty_seven_county_units_in_2023() -> None:
    levels = Counter(u["level"] for u in units().values() if not u["valid_to"])
    assert levels["县"] + levels["县级市"] + levels["区"] == 157
    assert levels["县级市"] == 21
    assert levels["地级市"] == 17


def test_a_code_ends_where_its_successor_begins() -> None:
    known = units()
    for unit in known.values():
        for successor in filter(None, unit["successors"].split(";")):
            later = known[successor.split(":")[0]]
            if later["valid_from"] > unit["valid_from"]:
                assert later["valid_from"] == unit["valid_to"]


def test_xiangfu_was_kaifeng_county_until_2014() -> None:
    known = units()
    assert known["410224"]["name"] == "开封县"
    assert (known["410224"]["valid_to"], known["410224"]["successors"]) == ("2014", "410212:1")
    assert (known["410212"]["valid_from"], known["410212"]["category"]) == ("2014", "区")
    assert "开封县" in known["410212"]["aliases"].split(";")
    assert (known["410211"]["name"], known["410211"]["successors"]) == ("金明区", "410202:1")


def test_the_demonstration_zone_has_a_code_of_our_own() -> None:
    zone = units()["4102D0"]
    assert (zone["own_code"], zone["level"], zone["parent"], zone["within"]) == ("true", "功能区", "410200", "410202")
    assert column("gdp", "2025")["4102D0"] == 308.19
    statutory = {row["code"] for row in table(CITY.parent / "region_codes_history.csv")}
    ours = [u["code"] for u in units().values() if u["own_code"] == "true"]
    assert ours
    assert not statutory & set(ours)


def test_land_that_moved_is_noted_beside_both_counties() -> None:
    area = column("land_area", "2020")["410223"], column("land_area", "2023")["410223"]
    assert area == (1297, 977)
    assert "不可比" in units()["410223"]["note"]
    assert "不可比" in units()["410184"]["note"]


@pytest.mark.parametrize("year", ["2013", "2020", "2023"])
def test_no_two_units_of_one_year_share_a_tile(year: str) -> None:
    living = [u for u in units().values() if (u["valid_from"] or "0") <= year < (u["valid_to"] or "9999")]
    counties = Counter(u["tile"] for u in living if u["level"] in {"县", "县级市", "区", "功能区"} and u["tile"])
    places = Counter(units()[code]["tile"] for code in PLACES)
    assert {tile for tile, n in (counties + Counter()).items() if n > 1} == set()
    assert max(places.values()) == 1
    assert "" not in places
    bare = [u["name"] for u in living if u["level"] in {"县", "县级市", "区"} and not u["tile"]]
    assert bare == (["金明区"] if year == "2013" else [])


def test_official_order_is_that_of_the_codes() -> None:
    order = {code: int(unit["order"]) for code, unit in units().items()}
    assert sorted(PLACES, key=order.__getitem__) == list(PLACES)
    assert sorted(NINE, key=order.__getitem__) == list(NINE)
