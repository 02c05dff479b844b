"""The national deployment (全国库): migrated, adopted, peopled and filled in one go, on SQLite or PostgreSQL.

Run as `python -m tests.scale.national_store COUNTIES` with the environment of the deployment. Figures and points go in
by executemany or COPY, everything else through the rooms' own models; scores and points are the engine's own.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import django
import polars as pl

from tests.scale import national_city as city

NOW = datetime(2026, 7, 15, tzinfo=UTC)
POINT_MONTHS = city.MONTHS
ALERT = ("region_code", "line", "level", "indicator", "value", "rank", "n", "worse", "months")


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say how long a step took."""
    start = time.perf_counter()
    yield
    print(f"  {what}: {time.perf_counter() - start:.1f} s", flush=True)


def columns_of(model: Any) -> dict[str, Any]:
    """Column → its default, for every column but the automatic key."""
    found = {}
    for field in model._meta.concrete_fields:
        if field.get_internal_type() != "BigAutoField":
            default = field.get_default()
            found[field.column] = default() if callable(default) else default
    return found


def insert(model: Any, frame: pl.DataFrame) -> None:
    """Rows in bulk; columns the frame does not have get their model's default. SQLite in one transaction, or COPY."""
    from django.db import connection

    missing = {n: d for n, d in columns_of(model).items() if n not in frame.columns}
    rows = frame.with_columns(pl.lit(value).alias(name) for name, value in missing.items())
    names = ", ".join(f'"{name}"' for name in rows.columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join("?" * rows.width)
            raw = cursor.connection
            raw.execute("BEGIN IMMEDIATE")
            raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows.iter_rows())
            raw.execute("COMMIT")
            return
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy:
            for part in rows.iter_slices(200_000):
                text = io.BytesIO()
                part.write_csv(text, include_header=False, quote_style="non_numeric")
                copy.write(text.getvalue())


def adopted(counties: int) -> Any:
    """The rulebook in force, its units as rows."""
    from junxian.web.rulebooks.actions import adopt
    from junxian.web.rulebooks.current import current

    with tempfile.TemporaryDirectory() as folder:
        adopt(city.write_rulebook(Path(folder), counties), by=None)
    return current()


def unit_ids() -> pl.DataFrame:
    """region_code, unit_id of every unit."""
    from junxian.web.units.models import Unit

    codes, keys = zip(*Unit.objects.values_list("code", "pk"), strict=True)
    return pl.DataFrame({"region_code": codes, "unit_id": keys})


def staff() -> None:
    """A clerk, a deputy and a head in each county, the offices of the centre, all without a usable password."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from junxian.web.people.demo import CITY_POSTS, COUNTY_POSTS
    from junxian.web.people.models import Person, Post
    from junxian.web.units.models import Unit

    root, closed = Unit.objects.get(root=True), make_password(None)
    wanted = [(name, role, step, root.pk) for name, role, step, *_ in CITY_POSTS]
    for code, key in Unit.objects.counties().values_list("code", "pk"):
        wanted += [(f"{code}-{name}", role, step, key) for name, role, step, *_ in COUNTY_POSTS]
    Person.objects.bulk_create(
        [Person(username=name, name=name, password=closed, password_set_at=timezone.now()) for name, *_ in wanted],
        batch_size=2000,
    )
    keys = dict(Person.objects.values_list("username", "pk"))
    posts = [
        Post(person_id=keys[name], unit_id=unit, role=role, step=step, title=name, starts=date(2024, 1, 1))
        for name, role, step, unit in wanted
    ]
    Post.objects.bulk_create(posts, batch_size=2000)


def store_figures(frame: pl.DataFrame) -> None:
    """Observations as rows."""
    from junxian.web.indicators.models import Observation

    rows = frame.join(unit_ids(), on="region_code", how="left", maintain_order="left").drop("region_code")
    more = {"kind": "YTD", "unit_text": "亿元", "source_kind": "cell", "at": f"{NOW:%Y-%m-%d %H:%M:%S}"}
    insert(Observation, rows.with_columns(pl.lit(value).alias(name) for name, value in more.items()))


def store_months(rules: Any, frame: pl.DataFrame, point_months: int) -> None:
    """A published round for every month, judged by the engine; its points for the last `point_months`."""
    from junxian.core.rulebook.judge import judge, prepare
    from junxian.web.assessment.models import Point
    from junxian.web.units.models import Unit

    keys, last = unit_ids(), None
    judged = set(Unit.objects.counties().values_list("code", flat=True))
    for month in city.months():
        own = city.canonical(frame.filter(pl.col("period_index").is_in([month, month - 12])))
        judgement = judge(prepare(rules, city.at_index(month).text, city.SCHEME), own)
        assert set(judgement.settled.get_column("region_code")) == judged
        last = store_month(judgement, month, last, keys)
        if month > city.LAST - point_months:
            insert(Point, _points(judgement).join(_own(keys, last), on="region_code").drop("region_code"))
    store_receipts(judgement, own, last, keys)


def store_month(judgement: Any, month: int, last: Any, keys: pl.DataFrame) -> Any:
    """One published round with its run, scores and alerts; the run."""
    from junxian.web.assessment.models import Alert, Round, Run, Score
    from junxian.web.assessment.terms import trust
    from junxian.web.rulebooks.current import current_version

    period = city.at_index(month).text
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    days = {"hand_in_by": following.replace(day=18), "pass_on_by": following.replace(day=20)}
    turn = Round.objects.create(
        scheme=city.SCHEME,
        period=period,
        period_index=month,
        opened_at=NOW,
        report_by=following.replace(day=25),
        **days,
    )
    states = dict(judgement.points.get_column("state").value_counts().iter_rows())
    run = Run.objects.create(
        round=turn, scheme=city.SCHEME, period=period, state="done", mark=f"{city.SCHEME}-{period}", previous=last,
        rulebook=current_version(), at=NOW, finished_at=NOW,
        trust=trust(judgement.compiled.rulebook, period, {k: v for k, v in states.items() if k}, {}),
    )  # fmt: skip
    Round.objects.filter(pk=turn.pk).update(state="published", run=run, minutes=f"〔{period}〕1号", published_at=NOW)
    own = _own(keys, run)
    kept = ("region_code", "score", "exact", "rank", "n", "grade", "gate")
    scores = judgement.settled.select(*kept, category="group")
    before = pl.DataFrame(
        list(Score.objects.filter(run=last).values_list("unit_id", "rank")) if last else [],
        schema={"unit_id": pl.Int64, "previous_rank": pl.Int64}, orient="row",
    )  # fmt: skip
    insert(Score, scores.join(own, on="region_code").drop("region_code").join(before, on="unit_id", how="left"))
    shown = judgement.alerts.select(
        "region_code", "line", "level", "indicator", "value", "rank", "n", "worse", "months"
    )
    words = {
        "name": pl.lit('"指标00不落后十名"'),
        "facts": pl.lit("{}"),
        "indicator": pl.col("indicator").fill_null(""),
    }
    insert(Alert, shown.with_columns(**words).join(own, on="region_code").drop("region_code"))
    return run


def _own(keys: pl.DataFrame, run: Any) -> pl.DataFrame:
    return keys.with_columns(run_id=pl.lit(run.pk))


def store_receipts(judgement: Any, own: pl.DataFrame, run: Any, keys: pl.DataFrame) -> None:
    """The newest month's receipts."""
    from junxian.core.indicators.known import latest, with_index
    from junxian.files.runs.results import receipts_of
    from junxian.web.assessment.models import Receipt

    found = receipts_of(judgement, with_index(latest(own)), {})
    units = dict(keys.iter_rows())
    Receipt.objects.bulk_create(
        (Receipt(run=run, unit_id=units[one["region_code"]], content=one, checksum=one["checksum"]) for one in found),
        batch_size=50,
    )


def _points(judgement: Any) -> pl.DataFrame:
    """Points as the table keeps them; `order` is the place in the tree as written, names are JSON."""
    import json

    frame = judgement.points
    places = {key: n for n, key in enumerate(frame.get_column("criterion").unique(maintain_order=True))}
    names = {name: json.dumps(name, ensure_ascii=False) for name in frame.get_column("name").unique()}
    return frame.select(
        "region_code", "criterion", "parent", "depth", "value", "state", "normalised", "points", "maximum",
        order=pl.col("criterion").replace_strict(places, return_dtype=pl.Int64),
        name=pl.col("name").replace_strict(names, return_dtype=pl.String),
    )  # fmt: skip


def sharpen() -> None:
    """Statistics of the query planner, as autovacuum and PRAGMA optimize make them in a real deployment."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def main(counties: int, point_months: int) -> None:
    """Everything, timed."""
    django.setup()
    from django.core.management import call_command

    with told("tables"):
        call_command("migrate", verbosity=0)
    with told("rulebook and units"):
        rules = adopted(counties)
    with told("people and posts"):
        staff()
    frame = city.observed(city.figures(counties))
    with told(f"{frame.height:,} observations"):
        store_figures(frame)
    with told(f"{city.MONTHS} rounds judged and stored, points of {point_months}"):
        store_months(rules, frame, point_months)
    with told("statistics"):
        sharpen()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else POINT_MONTHS)
