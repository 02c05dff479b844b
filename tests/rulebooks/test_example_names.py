"""No simulated value carries a real place: codes and names of the fictional city against the official list."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from junxian.files.examples import SEED, generate
from junxian.files.examples.months import month_of
from junxian.files.examples.registers import register_rows
from junxian.files.examples.world import ROUNDS, places

RULEBOOKS = Path(__file__).parents[2] / "src" / "junxian" / "rulebooks"
KIND = re.compile(r"(自治州|自治县|地区|新区|林区|特区|省|市|县|区|盟|旗)$")


@pytest.fixture(scope="module")
def official() -> list[dict[str, str]]:
    with (RULEBOOKS / "region_codes_history.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def stem(name: str) -> str:
    return KIND.sub("", name)


def test_no_code_of_the_city_is_an_official_code(official: list[dict[str, str]]) -> None:
    codes = {row["code"] for row in official}
    assert len(codes) > 3000
    for code in places():
        assert code not in codes
        assert not re.fullmatch(r"\d{6}", code)


def test_no_name_of_the_city_is_or_was_a_real_place(official: list[dict[str, str]]) -> None:
    real = {row[column] for row in official for column in ("province", "prefecture", "name")}
    stems = {stem(name) for name in real}
    assert "开封" in stems
    assert "兰考" in stems
    for place in places().values():
        assert place.name not in real
        assert stem(place.name) not in stems
        assert place.short not in stems
        assert not any(place.short in name for name in real), place.short


def test_no_simulated_row_carries_a_real_code(official: list[dict[str, str]]) -> None:
    codes = {row["code"] for row in official}
    for period in ROUNDS:
        rows = register_rows(month_of(SEED, period))
        assert rows
        assert not {str(row["region_code"]) for row in rows} & codes


def test_no_workbook_names_a_real_place(official: list[dict[str, str]], tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    real = {row["name"] for row in official} | {row["province"] for row in official}
    seen: set[str] = set()
    for path in generate(tmp_path, SEED, ("2025-07", "2025-10", "2026-06")):
        if path.suffix == ".csv":
            continue
        book = CalamineWorkbook.from_path(path)
        for sheet in book.sheet_names:
            cells = [str(cell).strip() for row in book.get_sheet_by_name(sheet).to_python() for cell in row]
            seen.update(cells)
    assert len(seen) > 500
    assert not seen & real
    assert not any(name in text for text in seen for name in real if len(name) > 2)


def test_the_rulebook_text_names_no_real_place(official: list[dict[str, str]]) -> None:
    real = {row["name"] for row in official if len(row["name"]) > 2}
    for path in sorted((RULEBOOKS / "example").rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert not [name for name in real if name in text], path.name
        assert not re.search(r"(?:code|parent|within|root|regions?): *\[?[\"']?[1-9]\d{5}", text), path.name
