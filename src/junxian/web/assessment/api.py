"""API of the assessment room (接口): rounds, scores, points, receipts, alerts, objections a role may read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from junxian.web.assessment import queries
from junxian.web.assessment.hearing_api import router as hearing
from junxian.web.assessment.models import Alert, Point, Round, Run, Score
from junxian.web.assessment.standing import results_public
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.people.interface import Code, Key, Listed, Window, acting, answers, part
from junxian.web.units.models import Unit

router = Router(tags=["assessment"])
router.add_router("", hearing)
SEE = "round.see"


class RoundOut(Schema):
    """A round and where it stands."""

    id: int
    scheme: str
    period: str
    state: str
    trial: bool
    hand_in_by: date
    report_by: date
    check_until: date | None
    minutes: str
    run: str | None


class ScoreOut(Schema):
    """A unit's result; without a score there were not enough figures. Places are null before publication."""

    unit: str
    name: str
    category: str
    score: float | None
    rank: int | None
    n: int | None
    previous_rank: int | None
    grade: str
    gate: str


class PointOut(Schema):
    """A line of the tree: a criterion with its figure, or a group."""

    criterion: str
    parent: str
    value: float | None
    state: str
    points: float | None
    maximum: float | None


class RunOut(Schema):
    """The run whose results the post may read. `snapshot_hash` and `rulebook`: what went in."""

    id: int
    mark: str
    purpose: str
    state: str
    snapshot_hash: str
    rulebook: str
    public: bool
    reason: str
    at: datetime
    finished_at: datetime | None
    trust: dict[str, Any]


class AlertOut(Schema):
    """One bottom line of one unit in a run."""

    unit: str
    line: str
    name: Any
    level: str
    indicator: str
    value: float | None
    rank: int | None
    n: int | None
    worse: int | None
    months: int | None
    facts: dict[str, Any]


@router.get("/rounds", response=answers(Listed[RoundOut]))
def rounds(request: HttpRequest, asked: Query[Window]) -> Any:
    """Rounds the post may follow, newest first; `run` is the mark of the run it may read."""
    actor = acting(request, SEE)
    return part(queries.rounds_for(actor), asked, lambda one: _round(one, actor))


@router.get("/rounds/{pk}", response=answers(RoundOut, missing=True))
def one_round(request: HttpRequest, pk: Key) -> Any:
    """One round."""
    actor = acting(request, SEE)
    return _round(_followed(pk, actor), actor)


def _round(one: Round, actor: Actor) -> RoundOut:
    run = queries.run_for(one, actor)
    same = ("scheme", "period", "state", "trial", "hand_in_by", "report_by", "check_until", "minutes")
    return RoundOut(id=one.pk, run=run.mark if run else None, **{name: getattr(one, name) for name in same})


def _followed(pk: int, actor: Actor) -> Round:
    """A round the post may follow; 404 where there is none, PermissionDenied where it is not for it."""
    found = get_object_or_404(Round.objects.select_related("run__rulebook"), pk=pk)
    if found not in queries.rounds_for(actor):
        raise PermissionDenied("round.run")
    return found


@router.get("/rounds/{pk}/run", response=answers(RunOut, missing=True))
def run_of(request: HttpRequest, pk: Key) -> Any:
    """The round's run."""
    run = _run(request, pk)
    same = ("mark", "purpose", "state", "snapshot_hash", "reason", "at", "finished_at", "trust")
    public = results_public(run.round, run)
    about = {"id": run.pk, "rulebook": run.rulebook_id or "", "public": public}
    return {**about, **{name: getattr(run, name) for name in same}}


@router.get("/rounds/{pk}/scores", response=answers(Listed[ScoreOut], missing=True))
def scores(request: HttpRequest, pk: Key, asked: Query[Window]) -> Any:
    """Scores of a round: all units once published, before that what the post may preview."""
    return part(queries.scores(_run(request, pk), acting(request, SEE)), asked, _score)


def _score(row: Score) -> dict[str, Any]:
    same = ("category", "score", "rank", "n", "previous_rank", "grade", "gate")
    return {"unit": row.unit.code, "name": row.unit.name, **{name: getattr(row, name) for name in same}}


@router.get("/rounds/{pk}/alerts", response=answers(Listed[AlertOut], missing=True))
def alerts(request: HttpRequest, pk: Key, asked: Query[Window]) -> Any:
    """Bottom lines of a round's run within reach; before publication for those who preview the whole."""
    actor, run = acting(request, "alert.see"), _run(request, pk)
    if not queries.sees_all(run, actor):
        raise PermissionDenied("result.preview")
    reach = actor.reach_of("alert.see")
    rows = Alert.objects.filter(run=run).select_related("unit").order_by("unit__order", "unit__code", "line", "pk")
    return part(rows if reach is None else rows.filter(unit__in=reach), asked, alert_out)


def alert_out(row: Alert) -> dict[str, Any]:
    """An alert as AlertOut."""
    same = ("line", "name", "level", "indicator", "value", "rank", "n", "worse", "months", "facts")
    return {"unit": row.unit.code, **{name: getattr(row, name) for name in same}}


@router.get("/rounds/{pk}/units/{code}/points", response=answers(Listed[PointOut], missing=True))
def points(request: HttpRequest, pk: Key, code: Code, asked: Query[Window]) -> Any:
    """One unit's points, parents before children."""
    run, unit = _run(request, pk), get_object_or_404(Unit, code=code)
    return part(queries.points(run, unit, acting(request, SEE)), asked, _point)


def _point(row: Point) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PointOut.model_fields}


@router.get("/rounds/{pk}/units/{code}/receipt", response=answers(dict[str, Any], missing=True))
def receipt(request: HttpRequest, pk: Key, code: Code) -> dict[str, Any]:
    """One unit's receipt, as the page shows it to the post."""
    run, unit = _run(request, pk), get_object_or_404(Unit, code=code)
    return queries.receipt(run, unit, acting(request, SEE))


def _run(request: HttpRequest, pk: int) -> Run:
    """The run the post may read, unpublished reading logged; 404 where there is none, 403 where it is not for it."""
    actor = acting(request, SEE)
    one = get_object_or_404(Round.objects.select_related("run__round"), pk=pk)
    if one.run_id is None:
        raise Http404(pk)
    run = queries.run_for(one, actor)
    if run is None:
        raise PermissionDenied("result.see")
    if queries.sees_all(run, actor) and not results_public(one, run):
        audit.read("run", run.pk, by=actor)
    return run
