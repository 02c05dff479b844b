"""The province page (全省位次页面): where we stand, who is missing, how places moved, lists, whom to learn from."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from junxian.web.benchmarks import queries
from junxian.web.people.tags import spoken_language
from junxian.web.rulebooks.current import current
from junxian.web.units.models import Unit


def province(request: HttpRequest) -> HttpResponse:
    """Every rank table of the rulebook at an open period."""
    actor = request.actor  # type: ignore[attr-defined]
    periods = queries.open_periods(actor)
    asked = request.GET.get("period", "")
    if asked and asked not in periods:
        raise Http404(asked)
    chosen = asked or (periods[0] if periods else "")
    language = spoken_language()
    tables = list(queries.table_at(chosen, language).values()) if chosen else []
    facts = {
        "periods": periods, "period": chosen, "tables": tables, "every": "all" in request.GET,
        "lists": queries.lists(current(), language), "readable": _readable(actor, tables),
    }  # fmt: skip
    return render(request, "benchmarks/province.html", facts)


def _readable(actor: Any, tables: list[Any]) -> set[str]:
    """Codes of the units whose figures the actor may follow to their source."""
    reach = actor.reach_of("figure.see")
    codes = {place.code for table in tables for block in table.blocks for place in block.places}
    found = Unit.objects.filter(code__in=codes)
    return set((found if reach is None else found.filter(pk__in=reach)).values_list("code", flat=True))


def trend(request: HttpRequest, table: str) -> HttpResponse:
    """A unit's places over the last periods (a fragment), with the figures as a table beside the drawing."""
    language, unit = spoken_language(), request.GET.get("unit", "")
    periods = queries.open_periods(request.actor)  # type: ignore[attr-defined]
    option = queries.trend(table, unit, periods, language)
    place = Unit.objects.filter(code=unit).first()
    return render(request, "benchmarks/_trend.html", {"option": option, "unit": place, "table": table})


def models(request: HttpRequest) -> HttpResponse:
    """Whom to learn from (a fragment)."""
    period, found = queries.role_models(request.actor, spoken_language())  # type: ignore[attr-defined]
    return render(request, "benchmarks/_models.html", {"period": period, "models": found})
