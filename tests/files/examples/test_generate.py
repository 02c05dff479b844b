"""The generator of the fictional city: one seed, one set of files, and nothing wrong but what was planted."""

from __future__ import annotations

import csv
import hashlib
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from junxian.files.examples import ROUNDS, SEED, generate
from junxian.files.examples.faults import FAULTS, REGISTER_FAULTS
from junxian.files.examples.months import GAPS, Month, month_of, plain
from junxian.files.examples.registers import register_rows
from junxian.files.examples.series import FLOWS
from junxian.files.examples.world import CITY, SHARES, WITHOUT_RURAL, nine, read_round


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("city")
    generate(out, SEED)
    return out


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.*"))
    }


def planted(city: Path) -> list[dict[str, str]]:
    with (city / "planted.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_eighteen_months_come_in_sixteen_rounds_of_five_files(city: Path) -> None:
    assert len(ROUNDS) == 16
    assert ROUNDS[0] == "2025-01/02"
    assert ROUNDS[-1] == "2026-06"
    assert not {"2025-01", "2025-02", "2026-01", "2026-02"} & set(ROUNDS)
    assert [len(list(folder.iterdir())) for folder in sorted(city.iterdir()) if folder.is_dir()] == [5] * 16


def test_one_seed_gives_the_same_bytes_and_another_seed_other_figures(city: Path, tmp_path: Path) -> None:
    rounds = ("2025-03", "2026-06")
    generate(tmp_path / "again", SEED, rounds)
    generate(tmp_path / "other", SEED + 1, rounds)
    first, again, other = digests(city), digests(tmp_path / "again"), digests(tmp_path / "other")
    books = [name for name in again if name != "planted.csv"]
    assert len(books) == 10
    assert {name: first[name] for name in books} == {name: again[name] for name in books}
    assert all(again[name] != other[name] for name in books)


def test_shares_make_the_whole_city() -> None:
    assert sum(Decimal(str(share)) for share in SHARES.values()) == 1


@pytest.mark.parametrize("code", sorted([*FLOWS, "revenue"]))
def test_nine_units_make_the_city_to_the_last_digit(code: str) -> None:
    for period in ROUNDS:
        year, month = read_round(period).year, read_round(period).month
        parts = [plain(SEED, unit, code, year, month) for unit in nine()]
        assert sum(part for part in parts if part is not None) == plain(SEED, CITY, code, year, month)


@pytest.mark.parametrize("code", sorted([*FLOWS, "revenue", "core_paid", "urban_income"]))
def test_cumulative_figures_never_fall_within_a_year(code: str) -> None:
    for unit in (CITY, *nine()):
        for year in (2025, 2026):
            figures = [plain(SEED, unit, code, year, m) for m in range(2, 7)]
            known = [figure for figure in figures if figure is not None]
            assert known == sorted(known)


def test_published_growth_of_output_is_real_and_differs_from_the_nominal_one() -> None:
    now, then = (plain(SEED, "X10021", "gdp", year, 6) for year in (2026, 2025))
    assert now is not None
    assert then is not None
    nominal = (now / then - 1) * 100
    published = plain(SEED, "X10021", "gdp_growth", 2026, 6)
    assert published is not None
    assert Decimal("0.5") < nominal - published < Decimal("2")


def test_wholly_urban_districts_have_no_rural_income() -> None:
    assert all(plain(SEED, unit, "rural_income", 2026, 6) is None for unit in WITHOUT_RURAL)
    assert plain(SEED, "X10002", "rural_income", 2026, 6) is not None


def test_company_profits_show_every_case_of_a_growth_without_an_ordinary_base() -> None:
    cases = set()
    for unit in nine():
        then, now = plain(SEED, unit, "soe_profit", 2025, 6), plain(SEED, unit, "soe_profit", 2026, 6)
        assert then is not None
        assert now is not None
        cases.add((then.compare(Decimal(0)), now.compare(Decimal(0)), now > then))
    assert {(0, 1, True), (0, 0, False), (-1, 1, True), (-1, -1, True), (-1, -1, False), (1, -1, False)} <= cases


def test_an_altered_part_is_carried_into_the_city_and_an_altered_city_is_not() -> None:
    part = Month(SEED, read_round("2026-06"), {("X10025", "trade"): 1.9})
    city = Month(SEED, read_round("2026-06"), {(CITY, "trade"): 1.9})
    usual = month_of(SEED, "2026-06")
    moved = (part.value("X10025", "trade") or 0) - (usual.value("X10025", "trade") or 0)
    assert moved > 0
    assert part.value(CITY, "trade") == (usual.value(CITY, "trade") or 0) + moved
    assert city.value("X10025", "trade") == usual.value("X10025", "trade")
    assert city.value(CITY, "trade") != usual.value(CITY, "trade")


def test_every_planned_fault_is_in_the_list_with_a_place_that_exists(city: Path) -> None:
    rows = planted(city)
    rules = {(row["period"], row["rule"]) for row in rows}
    assert rules == {(f.period, f.rule) for f in FAULTS} | {(period, rule) for period, *_, rule in REGISTER_FAULTS}
    for row in rows:
        path = city / row["period"].replace("/", "_") / row["file"]
        if path.suffix == ".csv":
            continue
        names = CalamineWorkbook.from_path(path).sheet_names
        assert row["sheet"] in names


def test_june_2026_holds_no_planted_error(city: Path) -> None:
    rules = {row["rule"] for row in planted(city) if row["period"] == "2026-06"}
    assert rules == {"jump", "region_known", "county_sum"}


def test_layouts_are_five_different_ones(city: Path) -> None:
    folder = city / "2026-06"
    assert {path.suffix for path in folder.iterdir()} == {".xlsx", ".xls", ".csv"}
    bank = CalamineWorkbook.from_path(next(folder.glob("人行*")))
    hidden = [sheet.name for sheet in bank.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible]
    assert hidden == ["测算底稿"]
    commerce = CalamineWorkbook.from_path(next(folder.glob("商务局*"))).get_sheet_by_index(0).to_python()
    assert all(isinstance(cell, str) for row in commerce for cell in row)
    assert any("％" in str(cell) for cell in commerce[4])
    statistics = CalamineWorkbook.from_path(next(folder.glob("统计局*"))).get_sheet_by_index(0)
    assert statistics.merged_cell_ranges
    assert len(statistics.merged_cell_ranges) >= 5


def test_blanks_say_late_not_reported_and_not_applicable() -> None:
    month = month_of(SEED, "2026-06")
    assert month.gap("X10023", "trade") == "…"
    assert month.gap("X10003", "inward") == "—"
    assert month.gap("X10001", "rural_income") == "/"
    assert month.gap("X10021", "trade") == ""
    assert all(period in ROUNDS for period, _, _ in GAPS)


def test_a_register_always_says_that_it_came_and_corrections_give_a_reason() -> None:
    for period in ROUNDS:
        rows = register_rows(month_of(SEED, period))
        filed = {row["region_code"]: row["value"] for row in rows if row["indicator"] == "register_filed"}
        events = [row for row in rows if row.get("calibre")]
        assert set(filed) == set(nine())
        assert sum(filed.values()) == len(events)  # type: ignore[arg-type]
    corrected = [row for row in register_rows(month_of(SEED, "2026-05")) if row.get("revision")]
    assert [(row["period"], row["region_code"], row["reason"] != "") for row in corrected] == [
        ("2026-04", "X10024", True)
    ]
