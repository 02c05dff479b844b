"""What a meeting takes from the results (会议用的预警): red and orange lines, and who might be named for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from junxian.web import clock
from junxian.web.assessment.models import Alert, Round
from junxian.web.assessment.queries import run_for
from junxian.web.assessment.standing import results_public
from junxian.web.bottomlines import queries as lines
from junxian.web.bottomlines.speech import level_word
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.people.tags import figure, spoken
from junxian.web.supervision.models import Meeting
from junxian.web.supervision.queries import open_decisions
from junxian.web.units.models import Unit

SERIOUS = ("veto", "red", "orange")
SHOWN = 60
LONGEST = 300
"""Characters of one line of a meeting, as its form takes them."""


@dataclass(frozen=True)
class Proposal:
    """A unit that might be named, and the one line that would be said of it."""

    unit: Unit
    line: str


def newest_round(actor: Actor) -> Round | None:
    """The newest round whose result the actor may read whole; alerts compare units, so a county's check is not one."""
    found = Round.objects.filter(trial=False, run__isnull=False).exclude(state=Round.State.WITHDRAWN)
    for one in found.select_related("run").defer("run__comparison", "run__facts").order_by("-period_index", "-pk"):
        run = run_for(one, actor)
        if run is not None and (results_public(one, run) or actor.may("result.preview")):
            return one
    return None


def serious(one: Round | None, actor: Actor) -> list[Alert]:
    """Red and orange lines of the round within the actor's reach, worst first; a reading ahead of time is logged."""
    if one is None or one.run is None:
        return []
    if not results_public(one, one.run):
        audit.read("run", one.run.pk, by=actor)
    return list(lines.alerts(one.run.pk, actor.reach_of("alert.see"), SERIOUS)[:SHOWN])


def proposals(meeting: Meeting, actor: Actor) -> list[Proposal]:
    """Who might be named: for a line not kept, or a decision past its day; without those that are named already."""
    named = set(meeting.named.values_list("unit_id", "line"))
    found = [Proposal(alert.unit, alert_words(alert)) for alert in serious(newest_round(actor), actor)]
    for standing in open_decisions(actor):
        if standing.late:
            over = (clock.today() - standing.decision.due).days
            text = ngettext("逾期 %(n)d 天未办结：%(text)s", "逾期 %(n)d 天未办结：%(text)s", over)
            line = text % {"n": over, "text": standing.decision.text}
            found.append(Proposal(standing.decision.owner, line[:LONGEST]))
    return [one for one in found if (one.unit.pk, one.line) not in named]


def alert_words(alert: Alert) -> str:
    """A line that was not kept, in one breath."""
    facts = {"line": spoken(alert.name) or alert.line, "level": level_word(alert.level), "value": figure(alert.value)}
    text = _("%(line)s：%(level)s") if alert.value is None else _("%(line)s：%(level)s，本期 %(value)s")
    return (text % facts)[:LONGEST]


@require_GET
def red_lines(request: HttpRequest) -> HttpResponse:
    """A fragment: red and orange lines as a meeting reads them."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    one = newest_round(actor)
    facts = {"round": one, "alerts": serious(one, actor), "public": one is not None and results_public(one, one.run)}
    return render(request, "cockpit/red_lines.html", facts)


@require_GET
def proposed(request: HttpRequest, meeting: int) -> HttpResponse:
    """A fragment: who might be named, each with one button that names him."""
    found = get_object_or_404(Meeting, pk=meeting)
    rows = proposals(found, request.actor) if found.state == Meeting.State.PLANNED else []  # type: ignore[attr-defined]
    return render(request, "cockpit/proposed.html", {"meeting": found, "rows": rows})
