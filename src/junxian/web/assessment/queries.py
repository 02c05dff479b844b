"""Reading rounds and results (读取轮次与结果): what a post may see, with the same number of queries for any city."""

from __future__ import annotations

from typing import Any

from junxian.core.assessment.round import CLOSED
from junxian.core.errors import DataError
from junxian.web.assessment.models import Objection, Point, Receipt, Round, Run, Score
from junxian.web.assessment.standing import figures_locked, own_view, results_public, without_next_steps
from junxian.web.people.actor import Actor
from junxian.web.units.models import Unit

OPEN_TO_COUNTIES = (Round.State.CHECKING, Round.State.REVIEWING, Round.State.APPROVING)
"""States in which a county may look at its own unpublished result."""


def published(scheme: str) -> Round | None:
    """The newest published or frozen round of a scheme."""
    states = [Round.State.PUBLISHED, Round.State.FROZEN]
    return Round.objects.filter(scheme=scheme, state__in=states).select_related("run").first()


def run_for(this_round: Round, actor: Actor) -> Run | None:
    """The run whose results the actor may read, or None: public, else by preview, else a county's own in the check."""
    if this_round.run_id is None:
        return None
    run: Run = this_round.run
    if results_public(this_round, run):
        return run if actor.may("result.see") else None
    if actor.may("result.preview"):
        return run
    return run if actor.may("round.check") and this_round.state in OPEN_TO_COUNTIES and not this_round.trial else None


def sees_all(run: Run, actor: Actor) -> bool:
    """Whether the actor sees every unit's result in the run."""
    return actor.may("result.preview") or (results_public(run.round, run) and actor.may("result.see"))


def scores(run: Run, actor: Actor) -> list[Score]:
    """Scores by category and rank; before publication a county sees its own alone, without any place."""
    rows = Score.objects.filter(run=run).select_related("unit").order_by("category", "rank", "unit__order")
    if sees_all(run, actor):
        return list(rows)
    own = list(rows.filter(unit__in=actor.reach_of("round.check") or []))
    for row in own:
        row.rank = row.n = row.previous_rank = None
        row.grade = ""
    return own


def points(run: Run, unit: Unit, actor: Actor) -> list[Point]:
    """One unit's points, parents before children."""
    demand_unit(run, unit, actor)
    return list(Point.objects.filter(run=run, unit=unit).order_by("order"))


def receipt(run: Run, unit: Unit, actor: Actor) -> dict[str, Any]:
    """A unit's receipt as the actor may see it; DataError where there is none, PermissionDenied where it is foreign.

    Unpublished and not in the actor's preview: only what is the unit's own. Next steps only when figures are locked.
    """
    demand_unit(run, unit, actor)
    kept = Receipt.objects.filter(run=run, unit=unit).first()
    if kept is None:
        raise DataError("web.assessment.not_judged", unit=str(unit))
    content: dict[str, Any] = kept.content
    if not sees_all(run, actor):
        content = own_view(content)
    locked = run.purpose == Run.Purpose.OFFICIAL and run.round is not None and figures_locked(run.round)
    return content if locked else without_next_steps(content)


def demand_unit(run: Run, unit: Unit, actor: Actor) -> None:
    """PermissionDenied unless the actor may see that unit in that run."""
    if actor.may("result.preview"):
        return actor.demand("result.preview", unit.pk)
    if results_public(run.round, run):
        return actor.demand("result.see", unit.pk)
    if run.round is None or run.round.run_id != run.pk or run_for(run.round, actor) is None:
        actor.demand("result.preview", unit.pk)
    return actor.demand("round.check", unit.pk)


def rounds_for(actor: Actor) -> list[Round]:
    """Rounds the actor may follow, newest first; counties see no trial rounds."""
    rows = Round.objects.select_related("run").order_by("-period_index", "scheme")
    every = actor.may("result.preview") or actor.may("round.run")
    return list(rows if every else rows.filter(trial=False))


def objections_for(actor: Actor, this_round: Round | None = None) -> list[Objection]:
    """Objections in the actor's reach, the undecided first."""
    reach = actor.reach_of("objection.see")
    rows = Objection.objects.select_related("unit", "round", "run__post__person", "filed_by", "decided_by")
    rows = rows if reach is None else rows.filter(unit__in=reach)
    rows = rows if this_round is None else rows.filter(round=this_round)
    return sorted(rows, key=lambda one: (one.decision != "", one.decide_by))


def is_closed(this_round: Round) -> bool:
    """Whether the round takes no more corrections."""
    return this_round.state in CLOSED
