"""Splitting a change: the four parts always sum exactly, and each moves only for its own reason."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from junxian.core.errors import DataError
from junxian.files.runs.close import close
from junxian.files.runs.compare import compare
from tests.files.runs.city import BASE, JUNE, MAY, RULEBOOK, write_city, write_figures

PARTS = ["missing", "own", "others", "rule"]


def run(place: Path, name: str, figures: str, *, period: str = "2026-05", rulebook: str = RULEBOOK) -> Path:
    rules = write_city(place / f"rules-{name}", rulebook)
    source = write_figures(place / f"in-{name}", name, BASE, figures)
    close(rules, [source], period=period, out=place / name, today="")
    return place / name


def parts(first: Path, second: Path) -> dict[str, dict[str, float]]:
    table = compare(first, second).table
    for row in table.iter_rows(named=True):
        whole = round((row["after"] - row["before"]) * 1e9)
        assert sum(round(row[p] * 1e9) for p in PARTS) == whole
    return {row["region"]: row for row in table.iter_rows(named=True)}


def test_parts_sum_exactly_between_two_months(made: dict[str, Path]) -> None:
    found = parts(made["may"], made["june"])
    assert found["乙县"]["own"] < 0  # the talk goes with its own figures
    assert any(row["others"] != 0 for row in found.values())


def test_nothing_changed_nothing_moved(made: dict[str, Path]) -> None:
    for row in parts(made["june"], made["june"]).values():
        assert [row[p] for p in PARTS] == [0, 0, 0, 0]


def test_a_figure_that_came_late_is_missing_not_own(tmp_path: Path) -> None:
    whole = MAY.replace("T04,2026-05,jobs,,人,人社,YTD,not_reported", "T04,2026-05,jobs,160,人,人社,YTD,")
    found = parts(run(tmp_path, "a", MAY), run(tmp_path, "b", whole))
    assert found["丁县"]["missing"] == pytest.approx(4 * 60 / 100)
    assert found["丁县"]["own"] == 0
    assert all(row["rule"] == 0 for row in found.values())


def test_own_and_others(tmp_path: Path) -> None:
    better = MAY.replace("T01,2026-05,revenue,11,", "T01,2026-05,revenue,13,")  # 10 % → 30 %, now first
    found = parts(run(tmp_path, "a", MAY), run(tmp_path, "b", better))
    assert found["甲县"]["own"] == pytest.approx(6 * 0.1)  # was second, is first
    assert found["丙县"]["others"] == pytest.approx(-6 * 0.1)
    assert found["丙县"]["own"] == 0


def test_a_changed_rule_is_the_rule_part(tmp_path: Path) -> None:
    gentler = RULEBOOK.replace("rank_step: 10%", "rank_step: 5%")
    found = parts(run(tmp_path, "a", MAY), run(tmp_path, "b", MAY, rulebook=gentler))
    for row in found.values():
        assert [row["missing"], row["own"], row["others"]] == [0, 0, 0]
    assert found["甲县"]["rule"] == pytest.approx(6 * 0.05)


def test_runs_of_two_schemes_are_refused(tmp_path: Path) -> None:
    other = RULEBOOK.replace("id: monthly", "id: other")
    with pytest.raises(DataError, match="schemes"):
        compare(run(tmp_path, "a", MAY), run(tmp_path, "b", MAY, rulebook=other))


def test_against_a_naive_counterfactual(made: dict[str, Path], tmp_path: Path) -> None:
    """The own step by hand: 甲县's June figures put into May's file, everything else as it was."""
    table = compare(made["may"], made["june"]).table
    # growth of 甲 in June 15 % against 5, 12, 5 % of the others in May → first; jobs 130 among 100..200 → (130-130)...
    growth = 6.0
    jobs = 4 * (130 - 130) / (200 - 130)
    before = table.filter(pl.col("region") == "甲县").row(0, named=True)
    at_missing = before["before"] + before["missing"]
    assert at_missing + before["own"] == pytest.approx(growth + jobs, abs=1e-8)
    assert JUNE
