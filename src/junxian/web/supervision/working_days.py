"""Working days (工作日) of the rulebook in force, as meetings count them."""

from __future__ import annotations

from datetime import date, timedelta

from junxian.core.assessment.round import is_working
from junxian.core.rulebook import Rulebook


def working_day_before(day: date, rules: Rulebook) -> date:
    """The last working day before a day: whoever is named in a meeting on `day` is told then at the latest."""
    calendar = rules.calendar
    day -= timedelta(days=1)
    while not is_working(day, calendar.holidays, calendar.workdays):
        day -= timedelta(days=1)
    return day
