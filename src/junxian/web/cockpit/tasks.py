"""Decisions of meetings that are not yet carried out (会议决定), as far as the actor may read them."""

from __future__ import annotations

from collections.abc import Sequence

from junxian.web.people.actor import Actor
from junxian.web.supervision.models import Decision
from junxian.web.units.models import Unit

SHOWN = 4


def open_decisions(actor: Actor, unit: Unit | None = None) -> Sequence[Decision]:
    """Open decisions, the longest overdue first; of one unit where it is named."""
    found = Decision.objects.visible_to(actor).filter(state__in=[Decision.State.OPEN, Decision.State.MOVED])
    found = found if unit is None else found.filter(owner=unit)
    return found.select_related("owner", "meeting").order_by("due", "year", "number")[:SHOWN]
