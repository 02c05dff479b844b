"""Two published rounds of the fictional city, in figures small enough to check by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from junxian.web.assessment.models import Alert, Point, Receipt, Round, Run, Score
from junxian.web.units.models import Unit

TRUST = {
    "complete": {"level": "yellow", "share": 97.5, "there": 39, "asked": 40, "green": 98.0, "yellow": 90.0},
    "checks": {"level": "green", "error": 0, "open": 0, "red": 1.0},
    "late": {"level": "green", "late": 0, "yellow": 1.0, "red": 5.0},
}


def make_round(period: str, index: int, state: str = "published") -> Round:
    """An empty round in that state with a finished run."""
    moment = datetime(2026, 7, 1, 9, tzinfo=UTC)
    run = Run.objects.create(
        scheme="monthly", period=period, state="done", at=moment, finished_at=moment, trust=TRUST, mark=f"run-{period}"
    )
    made = Round.objects.create(
        scheme="monthly", period=period, period_index=index, state=state, run=run, minutes="〔2026〕12号",
        opened_at=moment, hand_in_by=date(2026, 7, 20), pass_on_by=date(2026, 7, 21), report_by=date(2026, 7, 25),
        published_at=moment,
    )  # fmt: skip
    Run.objects.filter(pk=run.pk).update(round=made)
    return made


def counties() -> list[Unit]:
    return list(Unit.objects.counties().order_by("order", "code"))


def fill(made: Round, ranks: dict[str, int | None], before: dict[str, int | None]) -> None:
    """Scores, two criteria under one group, an alert for the first and a receipt for each unit."""
    for unit in counties():
        same = [u for u in counties() if u.category == unit.category]
        rank, n = ranks[unit.code], sum(ranks[u.code] is not None for u in same)
        score = None if rank is None else 100.0 - 5 * rank
        Score.objects.create(
            run=made.run,
            unit=unit,
            category=unit.category,
            score=score,
            rank=rank,
            n=n,
            grade="良好" if rank else "",
            gate="pass" if rank else "not_assessed",
            previous_rank=before.get(unit.code),
        )
        tree = (("A", "", 0, {"zh": "经济", "en": "Economy"}), ("A1", "A", 1, {"zh": "收入", "en": "Revenue"}))
        for order, (key, parent, depth, name) in enumerate(tree):
            Point.objects.create(
                run=made.run, unit=unit, criterion=key, parent=parent, depth=depth, order=order, name=name,
                state="" if not depth else "reported" if rank else "not_reported", points=score and score / 10,
                maximum=10.0,
            )  # fmt: skip
        models = [
            {
                "rule": "peers",
                "name": "同类县",
                "own": 5.0,
                "target": 7.5,
                "region": "云浦县",
                "distance": 0.2,
                "gap": 2.5,
            }
        ]
        Receipt.objects.create(run=made.run, unit=unit, content={"role_models": models, "lines": []}, checksum="x")
    for unit, level in zip(counties(), ("red", "orange", "yellow"), strict=False):
        Alert.objects.create(
            run=made.run, unit=unit, line="wages", name={"zh": "TB3 工资到位", "en": "TB3 Wages on time"}, level=level,
            value=6.0, rank=3, n=9, worse=2, months=1, facts={"deduct": 2.0, "basis": "汐财〔2025〕5号"},
        )  # fmt: skip


def two_rounds() -> Round:
    """May and June: the first district fell from 1 to 3, the last county lost its figure."""
    units = counties()
    places = {}
    for category in {u.category for u in units}:
        places |= {u.code: place for place, u in enumerate((u for u in units if u.category == category), start=1)}
    may = dict(places)
    june = dict(places)
    districts = [u.code for u in units if u.category == units[0].category][:3]
    june |= dict(zip(districts, (3, 1, 2), strict=True))
    june[units[-1].code] = None
    fill(make_round("2026-05", 2026 * 12 + 4), may, {})
    made = make_round("2026-06", 2026 * 12 + 5)
    fill(made, june, may)
    return made


@pytest.fixture(autouse=True)
def chinese() -> None:
    """Functions called without a request speak Chinese, whatever language the request before them asked for."""
    translation.activate("zh-hans")


@pytest.fixture
def published(world) -> Round:
    """The two rounds; the newer one."""
    return two_rounds()
