"""Seeding a demonstration (演示装载): a shipped city's figures, rounds, runs and accounts into an empty deployment.

Only what the command-line demonstration has closed is loaded: the same run directories, by hash, as archives.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time
from importlib.resources import files as packaged
from pathlib import Path

import polars as pl
from django.db import transaction

from junxian.core.indicators.model import OBSERVATION_COLUMNS
from junxian.core.indicators.period import parse_period
from junxian.files.runs.reopen import reopen
from junxian.files.runs.stored import packed
from junxian.files.snapshots import read_snapshot
from junxian.web import clock
from junxian.web.assessment.actions import open_round
from junxian.web.assessment.keeping import keep_results
from junxian.web.assessment.models import Round, Run
from junxian.web.assessment.terms import days_of
from junxian.web.bulletins import actions as notices
from junxian.web.indicators.models import Observation
from junxian.web.indicators.storing import append
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.people.demo import PASSWORD, make_accounts
from junxian.web.people.models import DemoDay, Post
from junxian.web.rulebooks.actions import adopt
from junxian.web.rulebooks.current import current, current_version

OFFICE, LEADER = "kaohe", "shizhang"
NOTICES = 3
"""How many of the newest rounds go the whole way to a notice; the newest of them is left to be frozen."""


@dataclass(frozen=True)
class City:
    """A shipped city: its rulebook's folder, the demonstration's day, the runs it has closed, the round that is open.

    runs: names of run directories, oldest first; the figures are those of the last one. open_next: scheme and period.
    """

    key: str
    day: date
    since: date
    runs: tuple[str, ...]
    open_next: tuple[str, str] | None = None
    city: str = ""

    @property
    def rulebook(self) -> Path:
        """Its folder inside the package."""
        return Path(str(packaged("junxian") / "rulebooks")) / self.key


@dataclass(frozen=True)
class Seeded:
    """What was loaded; accounts are (user name, title), the city's own and one example of each kind of unit."""

    city: str
    figures: int
    rounds: int
    accounts: int
    day: str
    shown: tuple[tuple[str, str], ...]
    password: str = PASSWORD


def example_runs() -> tuple[str, ...]:
    """The example city's closed rounds but the last, which is left to be done by hand."""
    from junxian.files.examples import ROUNDS

    return tuple(f"example-{period.replace('/', '_')}" for period in ROUNDS[:-1])


CITIES: dict[str, Callable[[], City]] = {
    "kaifeng": lambda: City(
        "kaifeng",
        date(2026, 7, 15),
        date(2018, 1, 1),
        ("henan-2020", "henan-2023", "kaifeng-2019", "kaifeng-2025"),
        city="410200",
    ),
    "example": lambda: City(
        "example", date(2026, 7, 15), date(2024, 1, 1), example_runs(), open_next=("monthly", "2026-06")
    ),
}


def seed(city: City, runs: Path) -> Seeded:
    """Load the city into a migrated, empty database. runs: where `run_demo` wrote."""
    DemoDay.objects.update_or_create(pk=1, defaults={"day": city.day})
    adopt(city.rulebook, city=city.city, by=None)
    posts = make_accounts(city.since)
    load_figures([runs / name for name in city.runs])
    for place, name in enumerate(city.runs):
        left = len(city.runs) - place
        load_round(runs / name, whole=left <= NOTICES, freeze=left > 1)
    if city.open_next:
        scheme, period = city.open_next
        open_round(scheme, period, by=acting(OFFICE))
    return Seeded(
        current_title(), Observation.objects.count(), Round.objects.exclude(published_at=None).count(), len(posts),
        city.day.isoformat(), tuple(shown(posts)),
    )  # fmt: skip


def current_title() -> str:
    """What the city's rulebook is called."""
    from junxian.core.text import spoken
    from junxian.web.operations.speech import language

    return spoken(current().title, language())


def acting(username: str) -> Actor:
    """A demonstration account in its post."""
    post = Post.objects.select_related("person", "unit").get(person__username=username)
    return Actor(post.person, post, "command line")


def shown(posts: Sequence[Post]) -> list[tuple[str, str]]:
    """The accounts worth printing: one of each role and step."""
    first: dict[tuple[str, str], Post] = {}
    for post in posts:
        first.setdefault((post.role, post.step), post)
    return [(post.person.username, post.title) for post in first.values()]


def load_figures(runs: Sequence[Path]) -> int:
    """The figures the runs saw, each once, in the order they became known; what a run computed itself stays out."""
    frames = [read_snapshot(run) for run in runs]
    whole = pl.concat(frames).unique(OBSERVATION_COLUMNS, maintain_order=True)
    own = whole.filter(pl.col("source_kind") != "run").sort("published_at", "revision", maintain_order=True)
    with transaction.atomic():
        done = append(own, by=None)
        audit.record("demo.figures", "observation", by=None, after={"added": done.added, "revised": done.revised})
    return done.added


def load_round(folder: Path, *, whole: bool = False, freeze: bool = True) -> Run:
    """One closed run as a round of long ago: approved, published and frozen.

    whole: by the very actions people take, on the day of its calendar, with the notice that came of it. The rest are
    entered as they ended: earlier rounds of an office that begins with this system have no notice here either.
    """
    run = _enter(folder)
    held = Round.objects.get(pk=run.round_id)
    if not whole:
        _ended(held, run, acting(LEADER))
        return run
    shown = DemoDay.objects.values_list("day", flat=True).first()
    DemoDay.objects.update_or_create(pk=1, defaults={"day": held.report_by})
    Round.objects.filter(pk=held.pk).update(state=Round.State.APPROVING, run=run)
    held.refresh_from_db()
    notices.sign(held, _minutes(held), by=acting(LEADER))
    notices.publish(held, by=acting(OFFICE))
    if freeze:
        notices.freeze(held, by=acting(OFFICE))
    DemoDay.objects.update_or_create(pk=1, defaults={"day": shown or held.report_by})
    return run


@transaction.atomic
def _enter(folder: Path) -> Run:
    opened = reopen(packed(folder))
    record, closed = opened.record, opened.closed
    findings = pl.read_csv(folder / "findings.csv", infer_schema=False)
    closed = replace(closed, taken=replace(closed.taken, findings=findings))
    held = _round(str(record["scheme"]), str(record["period"]))
    office = acting(OFFICE)
    run = Run.objects.create(
        round=held, scheme=held.scheme, period=held.period, rulebook=current_version(), post=office.post,
        previous=_before(held), at=held.opened_at,
    )  # fmt: skip
    keep_results(run, closed, folder, {})
    return run


def _round(scheme: str, period: str) -> Round:
    when = parse_period(period)
    days = days_of(current(), when.text)
    opened = datetime.combine(days["hand_in"], time(9), clock.BUSINESS)
    return Round.objects.create(
        scheme=scheme, period=when.text, period_index=when.index, opened_at=opened, hand_in_by=days["hand_in"],
        pass_on_by=days["pass_on"], report_by=days["report"],
    )  # fmt: skip


def _before(held: Round) -> Run | None:
    earlier = Round.objects.filter(scheme=held.scheme, period_index__lt=held.period_index).exclude(run=None)
    found = earlier.order_by("-period_index").select_related("run").first()
    return found.run if found else None


def _minutes(held: Round) -> str:
    return f"演示纪要〔{held.report_by.year}〕{held.report_by.month}号"


@transaction.atomic
def _ended(held: Round, run: Run, leader: Actor) -> None:
    """Approved under minutes of the demonstration, on the days of its calendar."""
    moment = datetime.combine(held.report_by, time(15), clock.BUSINESS)
    Round.objects.filter(pk=held.pk).update(
        run=run, state=Round.State.FROZEN, minutes=_minutes(held), approved_by=leader.post, approved_at=moment,
        published_at=moment, frozen_at=moment,
    )  # fmt: skip
    audit.record("demo.round", "round", held.pk, by=None, after={"run": run.mark, "minutes": _minutes(held)})


def main(arguments: Sequence[str]) -> None:
    """`python -m junxian.web.operations seed CITY RUNS`: migrate JUNXIAN_HOME, load it, tell as JSON."""
    from junxian.web.operations import upgrade

    upgrade.migrate()
    done = seed(CITIES[arguments[0]](), Path(arguments[1]))
    sys.stdout.write(json.dumps(asdict(done), ensure_ascii=False) + "\n")
