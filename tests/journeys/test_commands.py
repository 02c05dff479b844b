"""The nine commands as an office uses them: exit codes, files, sentences."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.files.runs.city import BASE, JUNE, MAY, RULEBOOK, write_city, write_figures

BIN = Path(sys.executable).parent
BOOKS = Path(__file__).resolve().parents[2] / "src" / "junxian" / "rulebooks"


def junxian(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN / "junxian", *map(str, words)], capture_output=True, text=True, stdin=subprocess.DEVNULL)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    write_city(tmp_path / "rules")
    write_figures(tmp_path / "in", "may", BASE, MAY)
    write_figures(tmp_path / "in", "june", JUNE)
    return tmp_path


@pytest.mark.parametrize("name", ["kaifeng", "example", "counties-us"])
def test_every_shipped_rulebook_passes_check(name: str) -> None:
    ran = junxian("check", BOOKS / name)
    assert ran.returncode == 0, ran.stdout


def test_check_names_file_and_line(city: Path) -> None:
    broken = RULEBOOK.replace("同比(收入.累计)", "同比(收人.累计)").replace("points: 4", "pionts: 4")
    write_city(city / "broken", broken)
    ran = junxian("check", city / "broken")
    assert ran.returncode == 1
    line = next(n for n, text in enumerate(broken.splitlines(), start=1) if "pionts" in text)
    assert f"rulebook.yaml:{line}" in ran.stdout
    assert "points" in ran.stdout  # the nearest known key


def test_import_close_explain_verify_compare(city: Path) -> None:
    ran = junxian("import", city / "rules", city / "in" / "may.csv", "--period", "2026-05", "--out", city / "taken")
    assert ran.returncode == 0, ran.stderr
    assert (city / "taken" / "snapshot.parquet").is_file()
    heads = (city / "taken" / "findings.csv").read_text(encoding="utf-8").splitlines()[0]
    assert heads == "file,sheet,cell,severity,rule,message"
    may = junxian(
        "close", city / "rules", city / "taken", "--period", "2026-05", "--out", city / "may", "--today", "2026-06-20"
    )
    assert may.returncode == 0, may.stderr
    june = junxian(
        "close",
        city / "rules",
        city / "in" / "june.csv",
        "--period",
        "2026-06",
        "--out",
        city / "june",
        "--prior",
        city / "may",
    )
    assert june.returncode == 0, june.stderr
    assert "丙县" in june.stdout
    told = junxian("explain", city / "june", "--region", "T01")
    assert "第一条" in told.stdout
    assert json.loads(junxian("explain", city / "june", "--region", "甲县", "--json").stdout)["region_code"] == "T01"
    assert junxian("verify", city / "june").returncode == 0
    split = junxian("compare", city / "may", city / "june")
    assert split.returncode == 0
    assert "缺数\t自身\t他县\t规则" in split.stdout


def test_a_forged_score_fails_verify(city: Path) -> None:
    junxian("close", city / "rules", city / "in" / "may.csv", "--period", "2026-05", "--out", city / "may")
    path = city / "may" / "scores.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    rows[1][3] = "9.99"
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    ran = junxian("verify", city / "may")
    assert ran.returncode == 1
    assert "scores.csv" in ran.stdout


def test_init_makes_a_rulebook_that_passes(tmp_path: Path) -> None:
    assert junxian("init", tmp_path / "mycity").returncode == 0
    ran = junxian("check", tmp_path / "mycity")
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(
    "words", [("close", "{rules}", "{nothing}"), ("close", "{rules}", "{file}", "--scheme", "weekly")]
)
def test_a_refusal_is_one_sentence_and_no_traceback(city: Path, words: tuple[str, ...]) -> None:
    places = {"rules": city / "rules", "nothing": city / "nowhere.csv", "file": city / "in" / "may.csv"}
    given = [word.format(**places) for word in words]
    ran = junxian(*given, "--period", "2026-05", "--out", city / "out")
    assert ran.returncode != 0
    assert "Traceback" not in ran.stderr
    assert not (city / "out").exists()


def test_an_unknown_period_is_a_sentence(city: Path) -> None:
    ran = junxian("close", city / "rules", city / "in" / "may.csv", "--period", "2026-13", "--out", city / "out")
    assert ran.returncode == 1
    assert "2026-13" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_control_c_leaves_no_half_written_directory(city: Path) -> None:
    many = [write_figures(city / "many", f"f{k}", BASE, MAY) for k in range(60)]
    words = ["close", city / "rules", *many, "--period", "2026-05", "--out", city / "out"]
    running = subprocess.Popen(
        [BIN / "junxian", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(0.7)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    left = {path.name for path in city.iterdir()}
    assert not any(name.startswith(".out") for name in left)
    if running.returncode != 0:
        assert "out" not in left


def test_english_on_request(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNXIAN_LANGUAGE", "en")
    junxian("close", city / "rules", city / "in" / "may.csv", "--period", "2026-05", "--out", city / "may")
    assert "Verified" in junxian("verify", city / "may").stdout
