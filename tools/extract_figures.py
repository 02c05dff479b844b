"""Extraction of the shipped figures (取数): public statistics → tidy CSV and unit tables of the two real rulebooks.

Reads the folder named by JUNXIAN_SHARED (default ../shared), sub-folder `data`; writes below src/junxian/rulebooks.
Nothing here runs in the product: the CSV files it writes are what ships, and tests compare them with the sources again.

    python tools/extract_figures.py            writes the files
    python tools/extract_figures.py --check    writes nothing; exit 1 when a shipped file differs from its sources

What is taken and what is left is decided in three tables below: FEEDS (which source rows feed which file), CITATIONS
(how a source is named, and its grade) and SUSPECT (cells left out, with the reason SOURCES.md gives). A figure is
written as it was printed: a carrier's trailing ".0" goes, no digit is added or rounded, no unit is converted.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("JUNXIAN_SHARED", ROOT.parent / "shared")) / "data"
TILES = Path(__file__).with_name("henan_tiles.txt")
SHIPPED = ROOT / "src" / "junxian" / "rulebooks"
TIDY = ("region_code", "period", "indicator", "value", "unit", "source", "source_grade", "kind", "stage", "state",
        "published_at")  # fmt: skip
Row = dict[str, str]


class Citation(NamedTuple):
    """How a source is named in a receipt, its grade, and the day it was published where the document says it."""

    text: str
    grade: str
    published_at: str = ""


CITATIONS = {
    "ccsy2021_hlg": Citation("《中国县域统计年鉴·2021（县市卷）》2020年数据", "A"),
    "ccsy_yver": Citation("《中国县域统计年鉴（县市卷）》2023年数据", "A"),
    "census2020_leiii": Citation("第七次全国人口普查分县资料", "A"),
    "henan_2024_final": Citation("河南省2024年财政决算", "A"),
    "henan_2025_budget": Citation("河南省2026年预算：2025年政府债务分地区限额余额表", "A"),
    "kaifeng_2019_budget": Citation("开封市2019年预算执行情况和2020年预算草案的报告", "A", "2020-01-16"),
    "kaifeng_2025_rating": Citation("公开评级报告（2026年跟踪）所引开封市官方统计", "B"),
    "atlas:A1": Citation("各市官方文件（预决算、统计公报）", "A1"),
    "atlas:A2": Citation("各市官方文件（预决算、统计公报）", "A2"),
    "atlas:B2": Citation("公开评级报告所引各市官方统计", "B2"),
}
NEVER = ("csmar", "lpstntw", "wind")

COUNTY = ("land_area", "registered_population", "gdp", "va_primary", "va_secondary", "va_tertiary",
          "general_budget_revenue", "general_budget_expenditure", "household_deposits", "loans",
          "above_scale_industrial_firms", "hospital_beds", "middle_school_students",
          "primary_school_students")  # fmt: skip
CENSUS = {"census_population": "resident_population", "census_urban_population": "urban_population",
          "census_rural_population": "rural_population", "census_households": "households",
          "census_share_65plus": "share_65plus"}  # fmt: skip
CITY = ("gdp", "gdp_growth", "general_budget_revenue", "general_budget_expenditure", "gov_fund_revenue",
        "resident_population", "debt_balance")  # fmt: skip
DEBT = ("debt_limit", "general_debt_limit", "special_debt_limit", "debt_balance", "general_debt_balance",
        "special_debt_balance")  # fmt: skip
STOCKS = {"land_area", "registered_population", "household_deposits", "loans", "above_scale_industrial_firms",
          "hospital_beds", "middle_school_students", "primary_school_students", *CENSUS.values(), *DEBT}  # fmt: skip

SUSPECT = {
    ("410600", "debt_balance", "2020"), ("410600", "debt_balance", "2021"), ("410600", "debt_balance", "2022"),
    ("410900", "debt_balance", "2020"), ("410900", "debt_balance", "2021"), ("410900", "debt_balance", "2022"),
    ("410800", "debt_balance", "2021"), ("410800", "debt_balance", "2022"),
}  # fmt: skip


class Feed(NamedTuple):
    """One shipped file: the shared tables it is taken from and the test a row must pass."""

    target: str
    tables: tuple[str, ...]
    wanted: Callable[[Row], bool]


def _of(source: str, period: str, names: Iterable[str]) -> Callable[[Row], bool]:
    allowed = frozenset(names)
    return lambda row: (row["source"], row["period"]) == (source, period) and row["indicator"] in allowed


def _official(source: str) -> Callable[[Row], bool]:
    return lambda row: row["source"] == source


def _city(row: Row) -> bool:
    if not row["source"].startswith("atlas:") or row["source"] not in CITATIONS or row["indicator"] not in CITY:
        return False
    if row["indicator"] == "debt_balance" and row["period"] >= "2024":
        return False  # the province's own documents carry these years
    return (row["region_code"], row["indicator"], row["period"]) not in SUSPECT


FEEDS = (
    Feed("counties_2020.csv", ("henan_county_panel.csv",), _of("ccsy2021_hlg", "2020", COUNTY)),
    Feed("counties_2023.csv", ("henan_county_panel.csv",), _of("ccsy_yver", "2023", COUNTY)),
    Feed("census_2020.csv", ("henan_county_panel.csv",), _of("census2020_leiii", "2020", CENSUS)),
    Feed("final_accounts_2024.csv", ("henan_debt_transfers_2024_2025.csv",), _official("henan_2024_final")),
    Feed("debt_2025.csv", ("henan_debt_transfers_2024_2025.csv",), _official("henan_2025_budget")),
    Feed("kaifeng_budget_2019.csv", ("henan_city_panel.csv", "kaifeng_sublevels.csv"),
         _official("kaifeng_2019_budget")),
    Feed("kaifeng_quoted_2023_2026.csv", ("henan_city_panel.csv", "kaifeng_sublevels.csv"),
         _official("kaifeng_2025_rating")),
    Feed("cities.csv", ("henan_city_panel.csv",), _city),
)  # fmt: skip


def read(name: str) -> list[Row]:
    """All rows of one shared table, as text."""
    with (SHARED / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def printed(value: str) -> str:
    """The figure as the document prints it: carriers turned integers into floats, which added ".0"."""
    return value.removesuffix(".0")


def tidy(row: Row) -> Row:
    """One source row in the shipped columns; the name of a cumulative rate gives way to its kind."""
    citation = CITATIONS[row["source"]]
    indicator = CENSUS.get(row["indicator"], row["indicator"])
    cumulative = indicator.endswith("_ytd")
    indicator = indicator.removesuffix("_ytd")
    kind = "YTD" if cumulative else "EOP" if indicator in STOCKS else "Y"
    stage = "census" if row["source"] == "census2020_leiii" else ""
    return dict(zip(TIDY, (row["region_code"], row["period"], indicator, printed(row["value"]), row["unit"],
                           citation.text, citation.grade, kind, stage, "reported", citation.published_at),
                    strict=True))  # fmt: skip


def figures(feed: Feed) -> list[Row]:
    """The rows of one shipped file, in code, period and indicator order; a key may occur once."""
    rows = [tidy(row) for table in feed.tables for row in read(table) if feed.wanted(row)]
    rows.sort(key=lambda row: (row["region_code"], row["period"], row["indicator"]))
    keys = [(row["region_code"], row["period"], row["indicator"], row["kind"]) for row in rows]
    if len(set(keys)) != len(keys):
        raise SystemExit(f"{feed.target}: a figure stands twice")
    return rows


# --- units --------------------------------------------------------------------------------------------------------

UNIT_COLUMNS = ("code", "name", "short", "aliases", "level", "category", "parent", "within", "valid_from", "valid_to",
                "successors", "order", "tile", "own_code", "note")  # fmt: skip
PLACE_TILES = {
    "410500": (3, 0), "410600": (3, 1), "410900": (4, 1), "419001": (1, 2), "410800": (2, 2), "410700": (3, 2),
    "411200": (0, 3), "410300": (1, 3), "410100": (2, 3), "410200": (3, 3), "411400": (4, 3), "410400": (1, 4),
    "411000": (2, 4), "411600": (3, 4), "411300": (1, 5), "411100": (2, 5), "411700": (2, 6), "411500": (2, 7),
}  # fmt: skip
NOTES = {
    "410212": "2014年由开封县（410224）改设，区域未变，类别由县改为区。",
    "410223": "2022年部分区域划归新郑市（410184）：行政区域面积2020年为1297平方公里，2023年为977平方公里，前后不可比。",
    "410211": "2005年由郊区更名，2014年与原龙亭区合并设立新的龙亭区。",
    "4102D0": "开封城乡一体化示范区：没有法定区划代码，4102D0为本规则集自编；法定区域属龙亭区，合计时不得重复计算。",
    "410184": "2022年起含由尉氏县划入的区域，面积前后不可比。",
}
MERGED = {"410211", "410306"}  # merged into a neighbour that has its own square
EARLIER_NAMES = {"410212": "开封县", "411003": "许昌县", "411203": "陕县", "411603": "淮阳县", "410307": "偃师市",
                 "410308": "孟津县", "410783": "长垣县", "410205": "南关区"}  # fmt: skip


def level_of(code: str, name: str) -> tuple[str, str]:
    """Level and assessment category of a unit by its code's shape and its name's last character."""
    if code == "410000":
        return "省", ""
    if code.endswith("00"):
        return "地级市", "市"
    if code[4] == "7":
        return "功能区", "功能区"
    if name.endswith("区"):
        return "区", "区"
    return ("县级市", "县") if name.endswith("市") else ("县", "县")


def short_of(name: str) -> str:
    """The name without its last character (回族区 goes whole), if two to four characters remain."""
    bare = name.removesuffix("回族区") if name.endswith("回族区") else name[:-1]
    return bare if 2 <= len(bare) <= 4 else name


def parent_of(code: str) -> str:
    return "" if code == "410000" else "410000" if code.endswith("00") or code.startswith("419") else code[:4] + "00"


def _unit(code: str, name: str, **given: str) -> Row:
    level, category = level_of(code, name)
    row = dict.fromkeys(UNIT_COLUMNS, "")
    row |= {"code": code, "name": name, "short": short_of(name), "aliases": EARLIER_NAMES.get(code, ""),
            "level": level, "category": category, "parent": parent_of(code), "note": NOTES.get(code, "")}  # fmt: skip
    return row | given


def _whole_successors(row: Row) -> str:
    """Successors of the whole unit: entries without a year; those with a year are partial moves of an earlier day."""
    whole = [code for code in row["new_codes"].split(";") if code and "[" not in code]
    return ";".join(f"{code}:1" for code in whole)


def _statutory() -> Iterator[Row]:
    """Henan's codes in use from 2013 on; as in the history, `valid_to` is the first year without the code."""
    for row in read("region_codes_history.csv"):
        if not row["code"].startswith("41") or (row["valid_to"] and int(row["valid_to"]) < 2014):
            continue
        successors = _whole_successors(row) if row["valid_to"] else ""
        yield _unit(row["code"], row["name"], valid_from=row["valid_from"], valid_to=row["valid_to"],
                    successors=successors)  # fmt: skip


def _statistical() -> Iterator[Row]:
    """Zones that the census counted apart under statistical codes, and sums the finance documents print."""
    seen: dict[str, str] = {}
    for table in ("henan_county_panel.csv", "henan_debt_transfers_2024_2025.csv", "kaifeng_sublevels.csv"):
        seen |= {row["region_code"]: row["region_name"] for row in read(table)}
    for code, name in seen.items():
        if code[4:] in {"A0", "B0", "C0"}:
            yield _unit(code, name, short=name, level="合计", category="", own_code="true")
        elif code[4:] == "D0":
            yield _unit(code, name, short="示范区", level="功能区", category="功能区", within="410202", own_code="true",
                        aliases="城乡一体化示范区")  # fmt: skip
        elif code[4] == "7":
            yield _unit(code, name, note="普查单列的功能区，统计用区划代码，不是法定行政区划。")


def county_tiles() -> dict[str, tuple[int, int]]:
    """Name → column and row of the drawn map."""
    lines = [line.split() for line in TILES.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {name: (column, row) for row, cells in enumerate(lines) for column, name in enumerate(cells) if name != "."}


def place_tiles(rows: list[Row]) -> None:
    """Every place of the province and every county or district its square; a code that ended keeps its heir's."""
    drawn = county_tiles()
    found = {row["code"]: drawn[row["short"]] for row in rows if row["short"] in drawn} | PLACE_TILES
    for row in rows:
        heir = row["successors"].partition(":")[0]
        tile = found.get(row["code"]) or (found.get(heir) if row["code"] not in MERGED else drawn.get(row["name"][:-1]))
        row["tile"] = f"{tile[0]};{tile[1]}" if tile else ""


def units() -> list[Row]:
    """All units in official order: province, cities, then counties and districts by code, sums and zones last."""
    rows = [*_statutory(), *_statistical()]
    rows.sort(key=lambda row: (not row["code"].endswith("00") and row["code"] != "419001", row["code"]))
    cities = {row["short"] for row in rows if row["level"] == "地级市"}
    for place, row in enumerate(rows, start=1):
        row["order"] = str(place)
        if row["valid_to"] or (row["short"] in cities and row["level"] != "地级市"):
            row["short"] = row["name"]  # 安阳 is the city; the county of that name goes by its full name
    place_tiles(rows)
    return rows


# --- United States ------------------------------------------------------------------------------------------------

STATE = "Ohio"
US_COLUMNS = (
    ("pop2017", "2017", "population", "persons", "EOP", "US Census Bureau, Population Estimates Program, 2017"),
    ("pop_2019", "2019", "population", "persons", "EOP", "US Census Bureau, American Community Survey 2015-2019"),
    ("civilian_labor_force_2017", "2017", "labor_force", "persons", "Y", "US Bureau of Labor Statistics, LAUS 2017"),
    ("employed_2017", "2017", "employed", "persons", "Y", "US Bureau of Labor Statistics, LAUS 2017"),
    ("unemployment_rate_2017", "2017", "unemployment_rate", "%", "Y", "US Bureau of Labor Statistics, LAUS 2017"),
    ("unemployment_rate_2019", "2019", "unemployment_rate", "%", "Y",
     "US Census Bureau, American Community Survey 2015-2019"),
    ("poverty_2017", "2017", "poverty_rate", "%", "Y", "US Census Bureau, American Community Survey 2013-2017"),
    *((f"{column}_{year}", year, name, unit, "Y", f"US Census Bureau, American Community Survey {window}")
      for year, window in (("2017", "2013-2017"), ("2019", "2015-2019"))
      for column, name, unit in (("per_capita_income", "per_capita_income", "dollars"),
                                 ("median_household_income", "median_household_income", "dollars"),
                                 ("bachelors", "bachelors_share", "%"))),
    ("hs_grad_2017", "2017", "high_school_share", "%", "Y", "US Census Bureau, American Community Survey 2013-2017"),
    ("uninsured_2019", "2019", "uninsured_share", "%", "Y", "US Census Bureau, American Community Survey 2015-2019"),
    ("household_has_broadband_2019", "2019", "broadband_share", "%", "Y",
     "US Census Bureau, American Community Survey 2015-2019"),
    ("age_over_65_2019", "2019", "share_65plus", "%", "Y", "US Census Bureau, American Community Survey 2015-2019"),
)  # fmt: skip


def us_counties() -> list[Row]:
    return [row for row in read("us_counties_wide.csv") if row["state"] == STATE]


def us_figures() -> list[Row]:
    """Long form of the wanted columns of one state; an empty cell is no row."""
    rows = []
    for county in us_counties():
        for column, period, indicator, unit, kind, source in US_COLUMNS:
            if county[column]:
                cells = (county["fips"], period, indicator, printed(county[column]), unit, source, "A", kind, "",
                         "reported", "")  # fmt: skip
                rows.append(dict(zip(TIDY, cells, strict=True)))
    return sorted(rows, key=lambda row: (row["region_code"], row["period"], row["indicator"]))


def us_units() -> list[Row]:
    blank = dict.fromkeys(UNIT_COLUMNS, "")
    rows = [blank | {"code": "39", "name": STATE, "short": STATE, "level": "state", "order": "1"}]
    for place, county in enumerate(us_counties(), start=2):
        short = county["name"].removesuffix(" County")
        rows.append(blank | {"code": county["fips"], "name": county["name"], "short": short, "level": "county",
                             "category": "county", "parent": "39", "order": str(place)})  # fmt: skip
    return rows


# --- writing ------------------------------------------------------------------------------------------------------


def as_csv(columns: tuple[str, ...], rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def shipped() -> dict[Path, str]:
    """Every generated file with its content."""
    kaifeng, ohio = SHIPPED / "kaifeng", SHIPPED / "counties-us"
    files = {kaifeng / "figures" / feed.target: as_csv(TIDY, figures(feed)) for feed in FEEDS}
    files[kaifeng / "units.csv"] = as_csv(UNIT_COLUMNS, units())
    files[kaifeng.parent / "region_codes_history.csv"] = (SHARED / "region_codes_history.csv").read_text("utf-8")
    files[ohio / "figures" / "counties.csv"] = as_csv(TIDY, us_figures())
    files[ohio / "units.csv"] = as_csv(UNIT_COLUMNS, us_units())
    return files


def main(arguments: list[str]) -> int:
    if not SHARED.is_dir():
        print(f"No folder {SHARED}: set JUNXIAN_SHARED to the folder that holds data/.", file=sys.stderr)
        return 2
    files = shipped()
    if "--check" in arguments:
        stale = [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]
        for path in stale:
            print(f"differs from its sources: {path.relative_to(ROOT)}", file=sys.stderr)
        return 1 if stale else 0
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(f"{path.relative_to(ROOT)}: {text.count(chr(10)) - 1} rows")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
