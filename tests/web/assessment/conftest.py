"""One month of the fictional city in the database: its workbooks read once, observations and an open round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from django.utils import timezone

from junxian.core.indicators.period import parse_period
from junxian.web.assessment import jobs
from junxian.web.assessment.actions import open_round, start_run
from junxian.web.assessment.models import Round, Run
from junxian.web.indicators.models import Observation
from junxian.web.units.models import Unit
from tests.web.conftest import EXAMPLE, World

PERIOD = "2026-06"


@pytest.fixture(scope="session")
def figures(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Observations of 2026-05 and 2026-06 as the offices' workbooks give them."""
    from junxian.core.rulebook import at
    from junxian.files.examples import SEED, generate
    from junxian.files.rulebooks import load
    from junxian.files.runs.intake import take_in

    made = generate(tmp_path_factory.mktemp("workbooks"), SEED)
    rules = load(EXAMPLE)
    frames = []
    for period in ("2026-05", PERIOD):
        own = [path for path in made if path.parent.name == period]
        frames.append(take_in(at(rules, period), own, period).observations)
    return pl.concat(frames).unique(maintain_order=True, keep="last")


def store(frame: pl.DataFrame) -> int:
    """Observations as the figures room appends them."""
    units = dict(Unit.objects.values_list("code", "pk"))
    rows = [
        Observation(
            unit_id=units[row["region_code"]], period_index=parse_period(row["period"]).index, at=timezone.now(),
            unit_text=row["unit"], **{n: row[n] for n in (
                "indicator", "period", "kind", "calibre", "stage", "value", "state", "raw", "source", "source_grade",
                "source_kind", "file", "sheet", "cell", "published_at", "revision", "reason")},
        )
        for row in frame.iter_rows(named=True) if row["region_code"] in units
    ]  # fmt: skip
    return len(Observation.objects.bulk_create(rows, batch_size=500))


@dataclass
class City:
    """The world with figures, and the verbs of its month."""

    world: World

    def actor(self, username: str):
        return self.world.actor(username)

    def open(self, period: str = PERIOD, **options: object) -> Round:
        return open_round("monthly", period, by=self.actor("kaohe"), **options)

    def compute(self, this_round: Round, **options: object) -> Run:
        run = start_run(this_round, by=self.actor("kaohe"), **options)
        jobs.compute_run.func(run.pk)
        run.refresh_from_db()
        this_round.refresh_from_db()
        return run

    def unit(self, code: str) -> Unit:
        return Unit.objects.get(code=code)


@pytest.fixture
def city(world: World, figures: pl.DataFrame) -> City:
    store(figures)
    return City(world)


@pytest.fixture
def computed(city: City) -> tuple[City, Round, Run]:
    """A round of 2026-06 with its official run."""
    this_round = city.open()
    return city, this_round, city.compute(this_round)


@pytest.fixture
def unpacked(tmp_path: Path) -> Callable[[Run], Path]:
    from junxian.web.assessment.gather import unpack

    return lambda run: unpack(run, tmp_path / f"run-{run.pk}")
