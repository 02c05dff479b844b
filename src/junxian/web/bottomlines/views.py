"""Pages of bottom lines (底线预警页面)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from junxian.web.bottomlines import queries, speech
from junxian.web.rulebooks.current import current
from junxian.web.units.models import Unit

ROWS = 200
WARNING = ("veto", "red", "orange", "yellow")


def alerts(request: HttpRequest) -> HttpResponse:
    """Everything that is not green, worst first; all levels on demand."""
    reach = request.actor.reach_of("alert.see")  # type: ignore[attr-defined]
    rounds = queries.shown_rounds(request.GET.get("scheme", ""), limit=1)
    asked = request.GET.get("level", "")
    page, counts = None, {}
    if rounds:
        counts = queries.counts(rounds[0].run_id, reach)
        levels = () if asked == "all" else (asked,) if asked in counts else WARNING
        page = Paginator(queries.alerts(rounds[0].run_id, reach, levels), ROWS).get_page(request.GET.get("page"))
    shown = {"round": rounds[0] if rounds else None, "counts": counts, "page": page, "asked": asked}
    return render(request, "bottomlines/alerts.html", shown)


def alert(request: HttpRequest, code: str, line: str) -> HttpResponse:
    """One line of one unit: where it stands, how it came here, what the rule says, what follows."""
    unit = get_object_or_404(Unit, code=code)
    rounds = queries.shown_rounds(request.GET.get("scheme", ""))
    found = queries.alerts(rounds[0].run_id, frozenset({unit.pk})).filter(line=line).first() if rounds else None
    rules = current()
    rule = queries.line_of(rules, line)
    if rule is None and found is None:
        raise Http404(line)
    rows = queries.series(unit.pk, line, rounds)
    return render(request, "bottomlines/alert.html", {
        "unit": unit, "alert": found, "rule": rule, "rows": rows[::-1], "option": trend(rows),
        "watch": speech.watch_words(rule, rules) if rule else [], "demands": speech.demands(rule) if rule else [],
        "until": speech.until_words(rule.until) if rule else "", "round": rounds[0] if rounds else None,
    })  # fmt: skip


def trend(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The value over the rounds as an ECharts option; a round without a figure is a gap, never a zero."""
    if not any(row["value"] is not None for row in rows):
        return None
    return {
        "aria": {"enabled": True}, "tooltip": {"trigger": "axis"},
        "grid": {"left": 60, "right": 20, "top": 30, "bottom": 30},
        "xAxis": {"type": "category", "data": [row["period"] for row in rows]},
        "yAxis": {"type": "value", "scale": True},
        "series": [{
            "type": "line", "name": _("数值"), "data": [row["value"] for row in rows], "connectNulls": False,
            "symbolSize": 8,
        }],
    }  # fmt: skip


def register(request: HttpRequest) -> HttpResponse:
    """The register of notices, talks and criticisms."""
    reach = request.actor.reach_of("alert.see")  # type: ignore[attr-defined]
    rules = current()
    rows = queries.register(rules, reach)
    names = {card.code: card.name for card in rules.indicators}
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(request, "bottomlines/register.html", {"page": page, "names": names})
