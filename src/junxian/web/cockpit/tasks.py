"""Decisions of meetings that are not yet carried out (会议决定), as far as the actor may read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from junxian.web.people.actor import Actor
from junxian.web.units.models import Unit


@dataclass(frozen=True)
class Task:
    """One open decision: what, whose, by when."""

    title: str
    owner: str
    due: date
    late: bool
    url: str = ""


def open_decisions(actor: Actor, unit: Unit | None = None) -> tuple[Task, ...]:
    """Filled below."""
    return ()
