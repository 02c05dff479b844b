"""A new city's rulebook (新建规则集): it passes its own check, and nothing in it is a real place."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from junxian.core.errors import DataError
from junxian.core.rulebook import Rulebook
from junxian.core.scoring.model import Criterion, walk
from junxian.files.rulebooks import check, init, load

SHARED = Path(os.environ.get("JUNXIAN_SHARED", Path(__file__).parents[4] / "shared"))


@pytest.fixture
def start(tmp_path: Path) -> Path:
    init(tmp_path / "city")
    return tmp_path / "city"


def test_it_passes_check_and_its_cases_run(start: Path) -> None:
    checked = check(start)
    assert checked.faults == ()
    assert len(checked.cases) == 5
    assert sum(case.compared for case in checked.cases) == 33


def test_it_shows_four_methods_and_explains_itself(start: Path) -> None:
    rulebook: Rulebook = load(start)
    nodes = walk(rulebook.schemes[0].criteria)
    assert len({node.method.kind for node in nodes if isinstance(node, Criterion)}) == 4
    text = (start / "rulebook.yaml").read_text(encoding="utf-8")
    assert sum("#" in line for line in text.splitlines()) >= 20


def test_it_never_overwrites(start: Path) -> None:
    before = (start / "rulebook.yaml").read_bytes()
    with pytest.raises(DataError) as refusal:
        init(start)
    assert refusal.value.code == "rulebooks.folder_not_empty"
    assert (start / "rulebook.yaml").read_bytes() == before


def test_its_names_and_codes_are_nobody_s(start: Path) -> None:
    table = SHARED / "data" / "region_codes_history.csv"
    if not table.exists():
        pytest.skip("region_codes_history.csv is not beside the repository (set JUNXIAN_SHARED)")
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    real = {row["name"] for row in rows} | {row["code"] for row in rows}
    own = {text for unit in load(start).units for text in (unit.code, str(unit.name))}
    assert own.isdisjoint(real)
