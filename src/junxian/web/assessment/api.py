"""API of the assessment room (接口): rounds, scores and receipts a role may read; nothing is written here."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Router, Schema

from junxian.web.assessment import queries
from junxian.web.assessment.models import Round, Run
from junxian.web.assessment.standing import results_public
from junxian.web.people import audit
from junxian.web.units.models import Unit

router = Router(tags=["assessment"])
Key = Annotated[int, Path(ge=1, le=2**63 - 1)]


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


@router.get("/rounds", response=list[RoundOut])
def rounds(request: HttpRequest) -> list[RoundOut]:
    """Rounds the post may follow, newest first."""
    actor = _actor(request, "round.see")
    found = []
    for one in queries.rounds_for(actor):
        run = queries.run_for(one, actor)
        found.append(
            RoundOut(
                id=one.pk, scheme=one.scheme, period=one.period, state=one.state, trial=one.trial,
                hand_in_by=one.hand_in_by, report_by=one.report_by, check_until=one.check_until, minutes=one.minutes,
                run=run.mark if run else None,
            )
        )  # fmt: skip
    return found


@router.get("/rounds/{pk}/scores", response=list[ScoreOut])
def scores(request: HttpRequest, pk: Key) -> list[ScoreOut]:
    """Scores of a round: all units once published, before that what the post may preview."""
    run = _run(request, pk)
    return [
        ScoreOut(
            unit=row.unit.code, name=row.unit.name, category=row.category, score=row.score, rank=row.rank, n=row.n,
            previous_rank=row.previous_rank, grade=row.grade, gate=row.gate,
        )
        for row in queries.scores(run, _actor(request, "round.see"))
    ]  # fmt: skip


@router.get("/rounds/{pk}/units/{code}/points", response=list[PointOut])
def points(request: HttpRequest, pk: Key, code: str) -> list[PointOut]:
    """One unit's points, parents before children."""
    run, unit = _run(request, pk), get_object_or_404(Unit, code=code)
    rows = queries.points(run, unit, _actor(request, "round.see"))
    return [
        PointOut(criterion=row.criterion, parent=row.parent, value=row.value, state=row.state, points=row.points,
                 maximum=row.maximum)
        for row in rows
    ]  # fmt: skip


@router.get("/rounds/{pk}/units/{code}/receipt", response=dict[str, Any])
def receipt(request: HttpRequest, pk: Key, code: str) -> dict[str, Any]:
    """One unit's receipt, as the page shows it to the post."""
    run, unit = _run(request, pk), get_object_or_404(Unit, code=code)
    return queries.receipt(run, unit, _actor(request, "round.see"))


def _actor(request: HttpRequest, permission: str) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.may(permission):
        raise PermissionDenied(permission)
    return actor


def _run(request: HttpRequest, pk: int) -> Run:
    """The run the post may read, unpublished reading logged; 404 where there is none, 403 where it is not for it."""
    actor = _actor(request, "round.see")
    one = get_object_or_404(Round.objects.select_related("run"), pk=pk)
    if one.run_id is None:
        raise Http404(pk)
    run = queries.run_for(one, actor)
    if run is None:
        raise PermissionDenied("result.see")
    if queries.sees_all(run, actor) and not results_public(one, run):
        audit.read("run", run.pk, by=actor)
    return run
