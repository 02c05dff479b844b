"""The demonstration as a visitor runs it: one command, no terminal, every city closed, both lies refused."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Where it wrote, and what it said."""
    out = tmp_path_factory.mktemp("visit") / "demo"
    ran = subprocess.run(
        [BIN / "junxian", "demo", "--out", out, "--today", "2026-11-23"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return out, ran.stdout


def scores(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "scores.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize(("period", "county", "district"), [("2020", 85, 5), ("2023", 103, 7)])
def test_henans_counties_are_ranked_on_what_the_year_can_carry(
    shown: tuple[Path, str], period: str, county: int, district: int
) -> None:
    rows = scores(shown[0] / f"henan-{period}")
    scored = [row for row in rows if row["score"]]
    assert [sum(row["category"] == c for row in scored) for c in ("县", "区")] == [county, district]
    assert all(row["rank"] == "" for row in rows if not row["score"])


def test_the_anchors_of_the_speech_and_the_year(shown: tuple[Path, str]) -> None:
    said = shown[1]
    assert "开封市 154.86" in said
    assert "17 个有数单位中第 11 位" in said
    assert "开封市 5.1，第 16 位，严格更差的有 1 个 → 红" in said
    assert "无数据：济源市" in said


@pytest.mark.parametrize("name", ["henan-2023", "kaifeng-2025", "example-2026-06", "counties-us"])
def test_every_paper_is_written(shown: tuple[Path, str], name: str) -> None:
    made = {path.name for path in (shown[0] / name).iterdir()}
    assert {
        "通报.docx",
        "排名表.xlsx",
        "index.html",
        "复算.xlsx",
        "scores.csv",
        "receipts.json",
        "snapshot.csv",
    } <= made


def test_the_altered_figure_and_the_forged_run_are_named(shown: tuple[Path, str]) -> None:
    said = shown[1].split("假话过不了关")[1]
    assert "99.57" in said
    assert "99.77" in said
    assert "scores.csv:" in said
    assert "99.99" in said


def test_a_fresh_run_of_the_demo_verifies(shown: tuple[Path, str]) -> None:
    ran = subprocess.run([BIN / "junxian", "verify", shown[0] / "example-2026-06"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


def test_no_missing_sentence_shows_its_code(shown: tuple[Path, str]) -> None:
    for prefix in ("demo.", "cli.", "receipt.", "verify.", "bulletins.", "judge."):
        assert f"{prefix}" not in shown[1].replace("junxian.", "")
