"""When figures may be looked at (开放规则): rankings of a period open only after its keeper has signed; counties wait
for publication. A period nobody owes anything for is history and open."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from junxian.core.indicators import parse_period
from junxian.web.indicators.models import HandIn
from junxian.web.people.actor import Actor

UNSIGNED = ~Q(state=HandIn.State.SIGNED)
UNPUBLISHED = Q(released_at=None)


def locked(indicator: str, index: int) -> bool:
    """Whether the keeper has signed the indicator's figures of the period that ends in the month of `index`."""
    return not _shut(indicator, UNSIGNED).get(index, False)


def open_indices(indicator: str, indices: Iterable[int], actor: Actor) -> list[int]:
    """Of several periods those whose ranking the actor may see, newest first.

    Who sees every unit's figures sees a period once its keeper has signed it; a county once it is published.
    """
    shut = _shut(indicator, UNSIGNED if actor.reach_of("indicator.see") is None else UNPUBLISHED)
    return sorted((index for index in set(indices) if not shut.get(index, False)), reverse=True)


def _shut(indicator: str, waiting: Q) -> dict[int, bool]:
    """Month index → whether the indicator is still shut, for the periods in which anything waits.

    A figure nobody was asked for waits for all hand-ins of its period.
    """
    pending = HandIn.objects.filter(waiting)
    periods = set(pending.order_by().values_list("period", flat=True).distinct())
    late = set(pending.values_list("pk", flat=True))
    asked: dict[int, list[tuple[int, bool]]] = {}
    for pk, period, codes in HandIn.objects.filter(period__in=periods).values_list("pk", "period", "indicators"):
        asked.setdefault(parse_period(period).index, []).append((pk, indicator in codes))
    found = {}
    for index, rows in asked.items():
        own = [pk for pk, owes in rows if owes] or [pk for pk, _owes in rows]
        found[index] = any(pk in late for pk in own)
    return found
