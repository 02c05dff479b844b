"""Pages of figures (指标与数据): catalogue, one indicator, one figure's history, what a county checks."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from junxian.core.errors import DataError
from junxian.core.indicators import Card, parse_period
from junxian.web.indicators import actions, duties, opening, queries, showing
from junxian.web.indicators.access import SEE, actor_of, done, told
from junxian.web.indicators.hand_in_views import figure_of
from junxian.web.indicators.models import Observation
from junxian.web.people.actor import Actor
from junxian.web.rulebooks.current import current
from junxian.web.units.models import Unit


def cards_by_code() -> dict[str, Card]:
    """The adopted rulebook's cards; of several dated versions the last."""
    return {card.code: card for card in current().indicators}


def catalogue(request: HttpRequest) -> HttpResponse:
    """Every indicator: what it is, who keeps it, up to when figures are known."""
    known = {
        row["indicator"]: row
        for row in Observation.objects.values("indicator").order_by().annotate(last=Max("period_index"), n=Count("pk"))
    }
    periods = dict(Observation.objects.values_list("period_index", "period").distinct().order_by())
    rows = [(card, known.get(card.code), periods.get(known[card.code]["last"]) if card.code in known else "")
            for card in cards_by_code().values()]  # fmt: skip
    return render(request, "indicators/catalogue.html", {"rows": rows})


def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: its card, the latest open ranking, distribution, trend, who entered it."""
    card = cards_by_code().get(code)
    if card is None:
        raise Http404(code)
    actor = actor_of(request)
    periods = showing.periods_of(card)
    seen = {index: periods[index] for index in opening.open_indices(code, periods, actor)}
    asked = request.GET.get("period", "")
    index = next((index for index, period in seen.items() if period == asked), next(iter(seen), None))
    figures = showing.figures_at(card, index)
    places = showing.ranked(figures, card, actor)
    hidden = sorted(periods.keys() - seen.keys(), reverse=True)
    return render(request, "indicators/indicator.html", {
        "card": card, "places": places, "period": seen.get(index, "") if index is not None else "",
        "city": next((f for f in figures if f.unit.root), None), "direction": showing.direction_words(card),
        "bars": showing.bars(places, card), "trend": showing.trend(card, seen, chosen_units(request, places)),
        "periods": list(seen.values()), "hidden": [periods[index] for index in hidden[:3]],
        "keeper": duties.deliverers(current()).get(code, "").removeprefix(duties.DEPARTMENT),
        "decimals": decimals_of(card), "reach": actor.reach_of("figure.see"),
    })  # fmt: skip


def chosen_units(request: HttpRequest, places: list[showing.Place]) -> list[Unit]:
    """Lines of the trend: the units asked for, else one's own county, else the first and the last three."""
    wanted = set(request.GET.getlist("unit"))
    units = [place.figure.unit for place in places]
    picked = [unit for unit in units if unit.code in wanted] or [p.figure.unit for p in places if p.own]
    return picked if 0 < len(picked) < 7 else list(dict.fromkeys([*units[:3], *units[-3:]]))


def figure_history(request: HttpRequest, unit: str, indicator: str, period: str) -> HttpResponse:
    """Every revision of a figure: value, source cell, who entered it when, why it changed."""
    place = get_object_or_404(Unit, code=unit)
    rows = list(
        Observation.objects.filter(unit=place, indicator=indicator, period=period)
        .select_related("unit", "post__unit", "upload__hand_in")
        .prefetch_related("queries__asked_by")
        .order_by("kind", "calibre", "-revision")
    )
    if not rows:
        raise Http404(period)
    card = cards_by_code().get(indicator)
    return render(request, "indicators/figure.html", {
        "unit": place, "card": card, "code": indicator, "period": period, "rows": rows,
        "locked": opening.locked(indicator, rows[0].period_index), "openable": openable(rows, actor_of(request)),
        "can_ask": actor_of(request).covers("round.check", place.pk),
    })  # fmt: skip


def openable(rows: list[Observation], actor: Actor) -> set[int]:
    """Uploads among the sources this actor may open: a county does not see the other counties' rows of a workbook."""
    reach = actor.reach_of(SEE)
    sources = [row.upload for row in rows if row.upload and row.upload.hand_in]
    return {upload.pk for upload in sources if reach is None or upload.hand_in.owner_id in reach}


def county_figures(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """What departments handed in about a county, to be checked; one button each for a doubt."""
    return _county_page(request, get_object_or_404(Unit, code=code), period)


def _county_page(
    request: HttpRequest, unit: Unit, period: str, *, typed: Any = None, status: int = 200
) -> HttpResponse:
    parse_or_404(period)
    cards = cards_by_code()
    rows = [(f, cards.get(f.indicator), decimals_of(cards.get(f.indicator))) for f in queries.about(unit, period)]
    return render(request, "indicators/county_figures.html", {
        "unit": unit, "period": period, "rows": rows, "typed": typed or {},
        "can_ask": actor_of(request).covers("round.check", unit.pk),
    }, status=status)  # fmt: skip


def decimals_of(card: Card | None) -> int:
    """Places a figure is printed with: the card's own, else two."""
    return 2 if card is None or card.decimals is None else card.decimals


def parse_or_404(period: str) -> None:
    """404 where an address names no period."""
    try:
        parse_period(period)
    except DataError as fault:
        raise Http404(period) from fault


@require_POST
def figure_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A county's doubt about one figure."""
    figure = figure_of(pk)
    if not actor_of(request).covers("round.check", figure.unit_id):
        raise PermissionDenied("round.check")
    with told(request) as outcome:
        actions.ask(figure, request.POST.get("text", ""), by=actor_of(request))
        done(request, _("疑问已送报送部门。"))
    if outcome["refused"]:
        return _county_page(request, figure.unit, figure.period, typed=request.POST, status=422)
    return redirect("county_figures", code=figure.unit.code, period=figure.period)


def entered_by(request: HttpRequest, code: str) -> HttpResponse:
    """Who handed an indicator in, and when: a fragment for other rooms' pages."""
    rows = (
        Observation.objects.filter(indicator=code)
        .exclude(post=None)
        .values("period", "post__title", "post__unit__name")
        .order_by()
        .annotate(n=Count("pk"), at=Max("at"))
        .order_by("-at")[:12]
    )
    return render(request, "indicators/entered_by.html", {"rows": rows})
