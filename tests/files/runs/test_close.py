"""Closing a period: what stands in the run directory, and what never stands there half-written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from junxian.core.errors import DataError, RuleError
from junxian.files.runs.close import Closed, close
from tests.files.runs.city import BASE, JUNE, MAY, write_city, write_figures

FILES = {
    "scores.csv", "points.csv", "alerts.csv", "alerts.parquet", "receipts.json", "snapshot.parquet", "snapshot.csv",
    "rulebook.zip", "run.json", "findings.csv", "register.csv", "receipts.html",
}  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_a_run_is_self_contained(made: dict[str, Path]) -> None:
    assert {p.name for p in made["may"].iterdir()} == FILES
    assert {p.name for p in made["june"].iterdir()} == FILES | {"alerts_before.parquet"}


def test_scores_are_those_of_the_rule(made: dict[str, Path]) -> None:
    # growth June: 甲 15 %, 乙 5 %, 丙 5 %, 丁 20 %; jobs 130 210 220 180; one talk for 乙
    found = {row["region"]: row for row in rows(made["june"] / "scores.csv")}
    assert list(found["甲县"]) == ["region_code", "region", "category", "score", "rank", "grade", "gate"]
    jobs = {"甲县": 0.0, "乙县": 80 / 90 * 4, "丙县": 4.0, "丁县": 50 / 90 * 4}
    growth = {"甲县": 6 * 0.9, "乙县": 6 * 0.8, "丙县": 6 * 0.8, "丁县": 6.0}
    for name, row in found.items():
        expected = jobs[name] + growth[name] - (0.5 if name == "乙县" else 0)
        assert float(row["score"]) == pytest.approx(expected, abs=0.005)
    assert [found[n]["rank"] for n in ("丙县", "丁县", "乙县", "甲县")] == ["1", "2", "3", "4"]


def test_a_figure_not_reported_is_shown_as_such(made: dict[str, Path]) -> None:
    found = [r for r in rows(made["may"] / "points.csv") if r["region_code"] == "T04" and r["criterion"] == "就业人数"]
    assert found[0]["state"] == "not_reported"
    assert found[0]["value"] == ""


def test_points_hold_groups_and_add_up(made: dict[str, Path]) -> None:
    found = rows(made["june"] / "points.csv")
    for code in ("T01", "T02", "T03", "T04"):
        own = {r["criterion"]: float(r["points"]) for r in found if r["region_code"] == code}
        assert own["total"] == pytest.approx(own["收入增速"] + own["就业人数"], abs=2e-9)


def test_the_same_figures_give_the_same_bytes(made: dict[str, Path], tmp_path: Path) -> None:
    again = tmp_path / "again"
    close(made["rulebook"], [made["june_file"]], period="2026-06", out=again, today="2026-07-20", prior=made["may"])
    for name in ("scores.csv", "points.csv", "alerts.csv", "receipts.json", "rulebook.zip", "snapshot.csv", "run.json"):
        assert (again / name).read_bytes() == (made["june"] / name).read_bytes(), name


def test_as_known_on_a_day(made: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "early"
    close(
        made["rulebook"], [made["june_file"]], period="2026-06", out=out, today="2026-07-20", prior=made["may"],
        known="2026-07-15",
    )  # fmt: skip
    found = {r["criterion"]: r for r in rows(out / "points.csv") if r["region_code"] == "T04"}
    assert found["收入增速"]["state"] == "not_reported"  # 丁县 was published on the 20th
    assert found["就业人数"]["state"] == "reported"


def test_an_interruption_leaves_no_directory(made: dict[str, Path], tmp_path: Path) -> None:
    def interrupted(closed: Closed, folder: Path) -> list[Path]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        close(
            made["rulebook"], [made["june_file"]], period="2026-06", out=tmp_path / "new", today="2026-07-20",
            prior=made["may"], papers=interrupted,
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_directory_of_other_things_is_left_alone(made: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(DataError, match="not_ours"):
        close(made["rulebook"], [made["may_file"]], period="2026-05", out=tmp_path, today="2026-06-20")
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_an_earlier_run_is_replaced_whole(june: Path, made: dict[str, Path]) -> None:
    (june / "stray.txt").write_text("old", encoding="utf-8")
    close(made["rulebook"], [made["june_file"]], period="2026-06", out=june, today="2026-07-20", prior=made["may"])
    assert not (june / "stray.txt").exists()


def test_one_bad_file_does_not_cost_the_good_ones(made: dict[str, Path], tmp_path: Path) -> None:
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"this is no workbook")
    out = tmp_path / "out"
    closed = close(made["rulebook"], [bad, made["may_file"]], period="2026-05", out=out, today="2026-06-20")
    assert closed.judgement.settled.get_column("score").null_count() == 0
    assert any(row["file"] == "bad.xlsx" and row["message"] for row in rows(out / "findings.csv"))


def test_unknown_scheme_is_refused_with_what_there_is(made: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(RuleError) as refusal:
        close(made["rulebook"], [made["may_file"]], period="2026-05", out=tmp_path / "x", today="", scheme="weekly")
    assert refusal.value.code == "judge.no_scheme"
    assert "monthly" in str(refusal.value.facts["known"])


def test_no_input_is_refused(made: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no_input"):
        close(made["rulebook"], [], period="2026-05", out=tmp_path / "x", today="")


def test_the_run_before_gives_ranks_alerts_and_scores_as_figures(made: dict[str, Path]) -> None:
    record = json.loads((made["june"] / "run.json").read_text(encoding="utf-8"))
    assert record["previous"]["period"] == "2026-05"
    text = (made["june"] / "snapshot.csv").read_text(encoding="utf-8")
    assert "score:monthly" in text


def test_a_cell_cannot_leave_as_a_formula(tmp_path: Path) -> None:
    evil = MAY.replace("甲报", "=cmd()")
    figures = write_figures(tmp_path / "in", "may", BASE, evil)
    close(write_city(tmp_path / "rules"), [figures], period="2026-05", out=tmp_path / "out", today="")
    for name in ("snapshot.csv", "findings.csv", "scores.csv", "points.csv", "alerts.csv"):
        for row in csv.reader((tmp_path / "out" / name).read_text(encoding="utf-8").splitlines()):
            assert not any(cell.startswith(("=", "+", "@")) for cell in row), name


def test_history_may_come_as_files_too(made: dict[str, Path], tmp_path: Path) -> None:
    figures = write_figures(tmp_path / "in", "all", BASE, MAY, JUNE)
    close(made["rulebook"], [figures], period="2026-06", out=tmp_path / "out", today="")
    assert (tmp_path / "out" / "scores.csv").read_text() == (made["june"] / "scores.csv").read_text()
