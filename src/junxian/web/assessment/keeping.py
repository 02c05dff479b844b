"""Keeping a run (核算入库): the archive by hash and the rows pages read, all in the transaction that says `done`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from junxian.web.archive.actions import keep
from junxian.web.assessment.models import Alert, Objection, Point, Receipt, Round, Run, Score
from junxian.web.assessment.terms import trust
from junxian.web.indicators.queries import open_findings
from junxian.web.people import audit
from junxian.web.units.models import Unit

if TYPE_CHECKING:
    import polars as pl

    from junxian.files.runs.close import Closed

BATCH = 500


@transaction.atomic
def keep_results(run: Run, closed: Closed, folder: Path, comparison: dict[str, Any]) -> None:
    """Write everything of a closed run at once; a run already kept stays as it is."""
    from junxian.files.runs.stored import packed

    held = Run.objects.select_for_update().get(pk=run.pk)
    if held.state == Run.State.DONE:
        return
    units = dict(Unit.objects.values_list("code", "pk"))
    Score.objects.bulk_create(_scores(run, closed, units), batch_size=BATCH)
    Point.objects.bulk_create(_points(run, closed, units), batch_size=BATCH)
    Alert.objects.bulk_create(_alerts(run, closed, units), batch_size=BATCH)
    Receipt.objects.bulk_create(
        [Receipt(run=run, unit_id=units[one["region_code"]], content=one, checksum=one["checksum"])
         for one in closed.receipts], batch_size=BATCH,
    )  # fmt: skip
    held.mark, held.archive = closed.run, keep(packed(folder))
    held.snapshot_hash = closed.stamps["snapshot_hash"]
    held.trust, held.comparison = _trust(run, closed), comparison or None
    held.state, held.finished_at, held.lease = Run.State.DONE, timezone.now(), None
    held.done_steps = held.all_steps
    held.save()
    if held.purpose == Run.Purpose.OFFICIAL and held.round_id:
        Round.objects.filter(pk=held.round_id).update(run=held)
        _answer_objections(held)
    after = {"mark": held.mark, "snapshot": held.snapshot_hash, "replaces": held.replaces_id}
    audit.record("run.done", "run", held.pk, by=None, after=after)


def _answer_objections(run: Run) -> None:
    """Corrections decided before this run are carried out by it; a revision must have changed the figures."""
    waiting = Objection.objects.select_for_update().filter(
        round=run.round_id, answered_by_run=None, decided_at__lte=run.at,
        remedy__in=[Objection.Remedy.REVISION, Objection.Remedy.NEW_RUN],
    ).select_related("run")  # fmt: skip
    for objection in waiting:
        unrevised = objection.remedy == Objection.Remedy.REVISION and objection.run.snapshot_hash == run.snapshot_hash
        if objection.run_id != run.pk and not unrevised:
            objection.answered_by_run = run
            objection.save(update_fields=["answered_by_run"])


def _trust(run: Run, closed: Closed) -> dict[str, Any]:
    from junxian.files.runs.findings import completeness

    severities = dict(closed.taken.findings.get_column("severity").value_counts().iter_rows())
    answers = dict.fromkeys(("error", "warning", "ask"), 0) | severities
    answers["open"] = open_findings(run.scheme, run.period)
    rules = closed.judgement.compiled.rulebook
    return trust(rules, run.period, completeness(closed.judgement.points), answers)


def _scores(run: Run, closed: Closed, units: dict[str, int]) -> list[Score]:
    from junxian.core.scoring.exact import published

    earlier: dict[str, int | None] = {}
    if closed.last is not None:
        earlier = dict(closed.last.scores.select("region_code", "rank").iter_rows())
    rounding = closed.judgement.compiled.scheme.rounding
    return [
        Score(
            run=run, unit_id=units[row["region_code"]], category=row["group"], exact=row["exact"], rank=row["rank"],
            score=None if row["published"] is None else float(published(row["published"], rounding)), n=row["n"],
            grade=row["grade"] or "", gate=row["gate"] or "", previous_rank=earlier.get(row["region_code"]),
        )
        for row in closed.judgement.settled.iter_rows(named=True)
    ]  # fmt: skip


def _points(run: Run, closed: Closed, units: dict[str, int]) -> list[Point]:
    table = closed.judgement.points
    places = _top_down(table)
    titles = {node.node.key: node.node.name for node in closed.judgement.compiled.plan.nodes}
    return [
        Point(
            run=run, unit_id=units[row["region_code"]], criterion=row["criterion"], parent=row["parent"],
            depth=row["depth"], order=places[row["criterion"]], name=titles[row["criterion"]], value=row["value"],
            state=row["state"], normalised=row["normalised"], points=row["points"], maximum=row["maximum"],
        )
        for row in table.iter_rows(named=True)
    ]  # fmt: skip


def _top_down(table: pl.DataFrame) -> dict[str, int]:
    """Criterion → its place when parents stand before their children."""
    below: dict[str, list[str]] = {}
    for criterion, parent in table.select("criterion", "parent").unique(maintain_order=True).iter_rows():
        below.setdefault(parent, []).append(criterion)
    order: list[str] = []

    def walk(parent: str) -> None:
        for criterion in below.get(parent, ()):
            order.append(criterion)
            walk(criterion)

    walk("")
    return {criterion: place for place, criterion in enumerate(order)}


KEPT_FACTS = ("tied", "deduct", "basis", "effect", "until", "breach", "reason", "bound", "matter", "same_as")


def _alerts(run: Run, closed: Closed, units: dict[str, int]) -> list[Alert]:
    names = {line.id: line.name for line in closed.judgement.compiled.rulebook.bottomlines}
    return [
        Alert(
            run=run, unit_id=units[row["region_code"]], line=row["line"], name=names.get(row["line"], row["line"]),
            level=row["level"], indicator=row["indicator"] or "", value=row["value"], rank=row["rank"], n=row["n"],
            worse=row["worse"], months=row["months"],
            facts={name: row[name] for name in KEPT_FACTS if row[name] not in (None, "")},
        )
        for row in closed.judgement.alerts.iter_rows(named=True)
    ]  # fmt: skip
