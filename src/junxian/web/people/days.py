"""The demonstration's day (演示日期): moved forward by hand, so that a month can be played in an hour."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from junxian.core.errors import RuleError
from junxian.web import clock
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.people.models import DemoDay


@transaction.atomic
def move(to: str | date, *, by: Actor) -> date:
    """`day` (the next one) or a later date; only in demo mode, and never back: deadlines would un-pass."""
    if not settings.DEMO:
        raise PermissionDenied("demo")
    before = clock.today()
    day = to if isinstance(to, date) else before + timedelta(days=1) if to == "day" else _read(to)
    if day < before:
        raise RuleError("web.people.day_back", day=day.isoformat(), today=before.isoformat())
    DemoDay.objects.update_or_create(pk=1, defaults={"day": day})
    audit.record("demo.day", "demo", "", by=by, before=before, after=day)
    return day


def _read(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise RuleError("web.people.day_unread", text=text) from fault
