"""A county's page (县区页): standing, movement, reasons, role models and what hangs over it, as far as one may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from junxian.web.assessment.models import Alert, Objection, Round, Score
from junxian.web.bottomlines import queries as lines
from junxian.web.cockpit import charts, queries
from junxian.web.cockpit.tasks import open_decisions
from junxian.web.indicators.models import Finding
from junxian.web.people.actor import Actor
from junxian.web.supervision.models import Decision
from junxian.web.units.models import Unit

REASONS = 5
ROOM = 7


@dataclass(frozen=True)
class Standing:
    """One county in the newest published round. `reasons` and `points` need the right to results of that county."""

    round: Round | None
    title: str = ""
    score: Score | None = None
    history: list[dict[str, Any]] = field(default_factory=list)
    option: dict[str, Any] | None = None
    gains: list[queries.Change] = field(default_factory=list)
    losses: list[queries.Change] = field(default_factory=list)
    points: list[dict[str, Any]] = field(default_factory=list)
    models: list[dict[str, Any]] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    findings: int = 0
    objections: int = 0
    tasks: Sequence[Decision] = ()

    @property
    def headlines(self) -> list[dict[str, Any]]:
        """The points a screen has room for: groups under the root where there are any, else the first criteria."""
        groups = [row for row in self.points if row["group"] and row["parent"]]
        return (groups or [row for row in self.points if not row["group"]])[:ROOM]


def standing(unit: Unit, actor: Actor, scheme: str = "") -> Standing:
    """What the actor may read of the unit; results only of published rounds."""
    rounds = lines.shown_rounds(scheme)
    hanging = {
        "findings": _findings(unit) if actor.covers("figure.see", unit.pk) else 0,
        "objections": _objections(unit) if actor.covers("objection.see", unit.pk) else 0,
        "tasks": open_decisions(actor, unit),
    }
    if not rounds:
        return Standing(None, **hanging)
    run = rounds[0].run_id or 0
    detail = _detail(unit, rounds) if actor.covers("result.see", unit.pk) else {}
    rows = queries.history(unit.pk, rounds)
    shown = lines.alerts(run, frozenset({unit.pk})).exclude(level="green") if actor.covers("alert.see", unit.pk) else ()
    return Standing(
        rounds[0], queries.scheme_titles().get(rounds[0].scheme, rounds[0].scheme),
        queries.scores(run, frozenset({unit.pk})).first(), rows, charts.rank_trend(rows), alerts=list(shown),
        **detail, **hanging,
    )  # fmt: skip


def _detail(unit: Unit, rounds: list[Round]) -> dict[str, Any]:
    """Points, largest gains and losses against the round before, role models."""
    run, before = rounds[0].run_id or 0, rounds[1].run_id if len(rounds) > 1 else None
    moved = queries.changes(unit.pk, run, before) if before else []
    return {
        "points": queries.points(unit.pk, run), "models": queries.role_models(unit.pk, run),
        "gains": [c for c in moved if c.difference > 0][:REASONS],
        "losses": [c for c in moved if c.difference < 0][:REASONS],
    }  # fmt: skip


def _findings(unit: Unit) -> int:
    live = Finding.objects.filter(unit=unit, answer="open").exclude(severity="note")
    return live.exclude(upload__state__in=["withdrawn", "refused"]).count()


def _objections(unit: Unit) -> int:
    return Objection.objects.filter(unit=unit, decision="").count()
