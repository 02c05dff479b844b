"""The clock (时钟): the only place where the web floor learns what day it is, so that deadlines can be replayed."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

BUSINESS = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """The business day: the demonstration's own day, JUNXIAN_TODAY, else the calendar's in Asia/Shanghai."""
    if settings.DEMO:
        from junxian.web.people.models import DemoDay

        shown = DemoDay.objects.filter(pk=1).values_list("day", flat=True).first()
        if shown:
            return shown
    if settings.TODAY:
        return date.fromisoformat(settings.TODAY)
    return timezone.now().astimezone(BUSINESS).date()


def now() -> datetime:
    """This moment, moved to the business day when the day is a given one."""
    moment = timezone.now().astimezone(BUSINESS)
    day = today()
    return moment if moment.date() == day else datetime.combine(day, time(9), BUSINESS)
