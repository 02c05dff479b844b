"""What the indicator page shows (指标展示): ranking, distribution and trend of one indicator, from latest figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from junxian.core.indicators import Card
from junxian.web.indicators.models import Observation
from junxian.web.people.actor import Actor
from junxian.web.units.models import Unit

MONTHS = 24


@dataclass(frozen=True)
class Place:
    """One unit in the ranking; `rank` None where it has no figure; `own` the actor's; `linked` shows its source."""

    figure: Observation
    rank: int | None
    own: bool = False
    linked: bool = True


def of_card(card: Card) -> QuerySet[Observation]:
    """All revisions of the counties' and the city's figures in the card's own kind."""
    own = Observation.objects.filter(indicator=card.code, kind=card.kind, calibre="", stage="")
    return own.filter(Q(unit__judged=True) | Q(unit__root=True))


def periods_of(card: Card) -> dict[int, str]:
    """Month index → period text of every period with figures."""
    return dict(of_card(card).order_by("period_index").values_list("period_index", "period").distinct())


def figures_at(card: Card, index: int | None) -> list[Observation]:
    """The latest figures of one period."""
    if index is None:
        return []
    rows = of_card(card).filter(period_index=index).select_related("unit").order_by("published_at", "revision")
    return list({row.unit_id: row for row in rows}.values())


def ranked(figures: Sequence[Observation], card: Card, actor: Actor | None = None) -> list[Place]:
    """Counties best first with shared places; a card with a band of good values is ranked by distance from it."""
    mine = actor.post.unit_id if actor and actor.post else None
    reach = actor.reach_of("figure.see") if actor else None

    def place(figure: Observation, rank: int | None) -> Place:
        return Place(figure, rank, figure.unit_id == mine, reach is None or figure.unit_id in reach)

    known = [f for f in figures if f.value is not None and not f.unit.root]
    keys = {f.pk: _worse(f.value, card) for f in known if f.value is not None}
    known.sort(key=lambda f: (keys[f.pk], f.unit.order))
    values = [keys[f.pk] for f in known]
    places = [place(f, values.index(keys[f.pk]) + 1) for f in known]
    absent = sorted((f for f in figures if f.value is None and not f.unit.root), key=lambda f: f.unit.order)
    return [*places, *(place(f, None) for f in absent)]


def _worse(value: float, card: Card) -> float:
    if card.direction == "band" and card.band:
        low, high = card.band
        return max(low - value, value - high, 0.0)
    return value if card.direction == "-" else -value


def direction_words(card: Card) -> str:
    """Which direction is good, for every chart and ranking."""
    if card.direction == "band":
        return (
            _("在 %(low)s 至 %(high)s 之间为好") % dict(zip(("low", "high"), card.band, strict=True))
            if card.band
            else _("适中为好")
        )
    return _("数值越低越好") if card.direction == "-" else _("数值越高越好")


def bars(places: Sequence[Place], card: Card) -> dict[str, Any] | None:
    """The figures of one period as bars, best on top, the median as a line."""
    shown = [place for place in places if place.figure.value is not None][::-1]
    if not shown:
        return None
    values = sorted(p.figure.value for p in shown if p.figure.value is not None)
    half = len(values) // 2
    median = values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
    return {
        "aria": {"enabled": True},
        "tooltip": {},
        "grid": {"left": 8, "right": 64, "top": 28, "bottom": 36, "containLabel": True},
        "xAxis": {
            "type": "value",
            "name": f"{card.unit} {direction_words(card)}",
            "nameLocation": "middle",
            "nameGap": 26,
        },
        "yAxis": {"type": "category", "data": [str(p.figure.unit) for p in shown]},
        "series": [
            {
                "type": "bar",
                "data": [p.figure.value for p in shown],
                "label": {"show": True, "position": "right"},
                "markLine": {
                    "symbol": "none",
                    "data": [{"xAxis": median, "name": _("中位数")}],
                    "label": {"formatter": "{b}"},
                },
            }
        ],
    }


def trend(card: Card, periods: dict[int, str], units: Sequence[Unit]) -> dict[str, Any] | None:
    """Lines over the open periods: a period without a figure is a gap, never a zero."""
    indices = sorted(periods)[-MONTHS:]
    if not indices or not units:
        return None
    rows = of_card(card).filter(unit__in=units, period_index__gte=indices[0]).order_by("published_at", "revision")
    by = {(unit, index): value for unit, index, value in rows.values_list("unit_id", "period_index", "value")}
    name = {"name": f"{card.unit} {direction_words(card)}", "nameTextStyle": {"align": "left"}}
    return {
        "aria": {"enabled": True},
        "tooltip": {"trigger": "axis"},
        "legend": {"type": "scroll", "bottom": 0},
        "grid": {"left": 48, "right": 20, "top": 32, "bottom": 48, "containLabel": True},
        "xAxis": {"type": "category", "data": [periods[index] for index in indices]},
        "yAxis": {"type": "value", "scale": True, **name},
        "series": [
            {
                "type": "line",
                "name": str(unit),
                "connectNulls": False,
                "data": [by.get((unit.pk, index)) for index in indices],
            }
            for unit in units
        ],
    }
