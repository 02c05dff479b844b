"""The demonstration's day (演示日期) moved on by a button of the strip: working days are the rulebook's calendar."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from junxian.core.assessment.round import working_day
from junxian.core.errors import JunxianError
from junxian.web import clock
from junxian.web.people import days
from junxian.web.people.views import back, tell
from junxian.web.rulebooks.current import current


def next_workday(day: date) -> date:
    """The first day after `day` on which the city works: neither weekend nor holiday, make-up days included."""
    calendar = current().calendar
    return working_day(day + timedelta(days=1), calendar.holidays, calendar.workdays)


@require_POST
def demo_day(request: HttpRequest) -> HttpResponse:
    """Move the demonstration's day on: to the next working day, the next day, or a date."""
    if not settings.DEMO:
        raise Http404("demo")
    to = request.POST.get("to", "day")
    try:
        chosen = next_workday(clock.today()) if to == "workday" else to
        day = days.move(chosen, by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("演示日期已到 %(day)s。") % {"day": day.isoformat()})
    except JunxianError as fault:
        tell(request, fault)
    return back(request)
