"""Views of the cockpit (驾驶舱视图): the desk, the big screen, the calm page, the brief, the ranking, the county."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.bottomlines import queries as lines
from junxian.web.cockpit import charts, county, export, queries
from junxian.web.cockpit.desk import items
from junxian.web.cockpit.province import watch
from junxian.web.cockpit.tasks import open_decisions
from junxian.web.cockpit.trust import trust_lights
from junxian.web.units.models import Unit

RANKING_ROWS = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def desk(request: HttpRequest) -> HttpResponse:
    """Only what needs me."""
    return render(request, "cockpit/desk.html", {"items": items(request.actor, clock.today())})  # type: ignore[attr-defined]


def _city(request: HttpRequest) -> dict[str, Any]:
    """What the three city pages share."""
    actor = request.actor  # type: ignore[attr-defined]
    city = queries.city(actor.reach_of("cockpit.see"), request.GET.get("scheme", ""), actor.reach_of("alert.see"))
    drawn = charts.tile_map(city.tiles, f"{city.title} {city.round.period}") if city.round else ""
    red = city.lights.get("red", 0) + city.lights.get("veto", 0)
    return {"city": city, "map": drawn, "red": red, "trust": trust_lights(city.round), "tasks": open_decisions(actor)}


def cockpit(request: HttpRequest) -> HttpResponse:
    """The big screen."""
    return render(request, "cockpit/cockpit.html", _city(request))


def city(request: HttpRequest) -> HttpResponse:
    """The same data, calm and light."""
    shown = _city(request)
    shown["bars"] = [
        (f"bars-{place}", category, charts.score_bars(category.rows, category.name))
        for place, category in enumerate(shown["city"].categories)
    ]
    return render(request, "cockpit/city.html", shown)


def brief(request: HttpRequest) -> HttpResponse:
    """The same data on one phone screen."""
    return render(request, "cockpit/brief.html", _city(request))


def ranking(request: HttpRequest) -> HttpResponse:
    """The whole ranking, a page at a time, searched on the server."""
    rounds = lines.shown_rounds(request.GET.get("scheme", ""), limit=1)
    asked = {name: request.GET.get(name, "") for name in ("category", "q")}
    page = None
    if rounds:
        reach = request.actor.reach_of("cockpit.see")  # type: ignore[attr-defined]
        found = queries.searched(rounds[0].run_id or 0, reach, asked["category"], asked["q"])
        page = Paginator(found, RANKING_ROWS).get_page(request.GET.get("page"))
    query = "".join(f"{name}={quote(value)}&" for name, value in asked.items() if value)
    return render(request, "cockpit/ranking.html", {
        "round": rounds[0] if rounds else None, "page": page, "query": query, **asked,
    })  # fmt: skip


def unit(request: HttpRequest, code: str) -> HttpResponse:
    """Where a county stands, what moved, why, whom to learn from, what hangs over it."""
    place = get_object_or_404(Unit, code=code)
    shown = county.standing(place, request.actor, request.GET.get("scheme", ""))  # type: ignore[attr-defined]
    return render(request, "cockpit/unit.html", {"unit": place, "county": shown})


def drill(request: HttpRequest, code: str) -> HttpResponse:
    """The county on the big screen: its points, as a fragment."""
    place = get_object_or_404(Unit, code=code)
    shown = county.standing(place, request.actor, request.GET.get("scheme", ""))  # type: ignore[attr-defined]
    return render(request, "cockpit/drill.html", {"unit": place, "county": shown})


def province(request: HttpRequest) -> HttpResponse:
    """The province watch of the screens, as a fragment: it may have to be computed first."""
    period, rows = watch(request.actor)  # type: ignore[attr-defined]
    return render(request, "cockpit/province.html", {"period": period, "rows": rows})


def export_table(request: HttpRequest) -> HttpResponse:
    """The visible rows of a page's table as a workbook."""
    try:
        table = export.read_table(request.POST.get("table", ""))
    except DataError as fault:
        return render(request, "cockpit/refused_table.html", {"fault": fault}, status=400)
    answer = HttpResponse(export.workbook(table), content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(export.sheet_name(table.name))}.xlsx"
    return answer
