"""Seeding: what the command line closed is what the pages show, to the last figure, and it verifies."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.test import Client

from junxian.files.examples import generate
from junxian.files.runs.close import close
from junxian.files.runs.papers import write_papers
from junxian.files.runs.stored import unpacked
from junxian.files.runs.verify import verify
from junxian.files.snapshots import read_snapshot, snapshot_hash
from junxian.web import clock
from junxian.web.assessment.models import Alert, Point, Receipt, Round, Run, Score
from junxian.web.bulletins.models import Publication
from junxian.web.indicators.models import HandIn, Observation
from junxian.web.indicators.queries import frame
from junxian.web.operations import seed
from junxian.web.people import audit
from tests.web.conftest import EXAMPLE, World

PERIODS = ("2025-01/02", "2025-03")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first two rounds of the example city, closed by the command line's own function."""
    out = tmp_path_factory.mktemp("runs")
    workbooks = generate(out / "workbooks", 2026)
    before: Path | None = None
    for period in PERIODS:
        name = period.replace("/", "_")
        own = [path for path in workbooks if path.parent.name == name]
        close(
            EXAMPLE, own, period=period, out=out / f"example-{name}", scheme="monthly", prior=before,
            today="2026-07-15", papers=write_papers,
        )  # fmt: skip
        before = out / f"example-{name}"
    return out


@pytest.fixture
def loaded(world: World, runs: Path) -> list[Path]:
    """Both rounds in the database."""
    folders = [runs / f"example-{period.replace('/', '_')}" for period in PERIODS]
    seed.load_figures(folders)
    for folder in folders:
        seed.load_round(folder)
    return folders


def table(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / name).read_text(encoding="utf-8").splitlines()))


def test_scores_points_alerts_and_receipts_are_those_of_the_run(loaded: list[Path]) -> None:
    for folder, held in zip(loaded, Round.objects.order_by("period_index"), strict=True):
        assert held.run
        shown = {
            s.unit.code: (s.score, s.rank, s.category)
            for s in Score.objects.filter(run=held.run).select_related("unit")
        }
        said = {
            row["region_code"]: (
                float(row["score"]) if row["score"] else None,
                int(row["rank"]) if row["rank"] else None,
                row["category"],
            )
            for row in table(folder, "scores.csv")
        }  # fmt: skip
        assert shown == said
        assert Point.objects.filter(run=held.run).count() == len(table(folder, "points.csv"))
        assert Alert.objects.filter(run=held.run).count() == len(table(folder, "alerts.csv"))
        assert Receipt.objects.filter(run=held.run).count() == len(said)


def test_the_archive_verifies_bit_by_bit(loaded: list[Path], tmp_path: Path) -> None:
    for run in Run.objects.select_related("archive"):
        assert run.archive
        folder = unpacked(bytes(run.archive.content), tmp_path / str(run.pk))
        assert verify(folder).exit_code == 0


def test_the_figures_are_those_the_last_run_saw(loaded: list[Path]) -> None:
    seen = read_snapshot(loaded[-1]).filter(pl.col("source_kind") != "run")
    kept = frame(PERIODS[-1])
    assert Observation.objects.count() == kept.height > 1000
    own = ["region_code", "indicator", "period", "kind", "calibre", "stage", "value", "state", "file", "sheet", "cell"]
    lost = seen.select(own).join(kept.select(own), on=own, how="anti", nulls_equal=True)
    assert lost.height == 0
    assert len(snapshot_hash(kept)) == 64


def test_loading_twice_adds_nothing(loaded: list[Path]) -> None:
    before = Observation.objects.count()
    assert seed.load_figures(loaded) == 0
    assert Observation.objects.count() == before


def test_rounds_are_published_in_order_and_the_chain_holds(loaded: list[Path]) -> None:
    first, second = Round.objects.order_by("period_index")
    assert [held.state for held in (first, second)] == ["frozen", "frozen"]
    assert all(held.minutes and held.approved_by and held.published_at for held in (first, second))
    assert second.run
    assert second.run.previous == first.run
    assert list(audit.breaks()) == []


def test_pages_show_them(loaded: list[Path]) -> None:
    from junxian.web.assessment.queries import published

    newest = published("monthly")
    assert newest is not None
    assert newest.period == PERIODS[-1]


@pytest.mark.parametrize("key", ["kaifeng", "example"])
def test_a_city_names_its_rulebook_and_runs(key: str) -> None:
    city = seed.CITIES[key]()
    assert (city.rulebook / "rulebook.yaml").is_file()
    assert len(city.runs) == len(set(city.runs)) > 3


def test_the_whole_seed_leaves_an_open_round_on_the_demo_day(
    world: World, runs: Path, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    names = tuple(f"example-{period.replace('/', '_')}" for period in PERIODS)
    city = seed.City("example", seed.CITIES["example"]().day, date(2025, 1, 1), names, ("monthly", "2026-06"))
    done = seed.seed(city, runs)
    assert (done.rounds, done.day, done.city) == (2, "2026-07-15", "汐岚市县区考核规则集（虚构示例）")
    assert clock.today().isoformat() == "2026-07-15"
    opened = Round.objects.get(period="2026-06")
    assert (opened.state, opened.run) == ("collecting", None)
    assert HandIn.objects.filter(period="2026-06").exists()
    newest = Round.objects.order_by("-period_index")[1:3]
    assert [held.state for held in newest] == ["published", "frozen"]
    assert Publication.objects.count() == 2
    assert {"kaohe", "shizhang", "shenji", "xitong"} <= {username for username, _title in done.shown}
    assert Client().get("/account/login/").status_code == 200
