"""The demonstration's next working day is the rulebook's: weekends and holidays are leapt, make-up days are not."""

from __future__ import annotations

from datetime import date

import pytest

from junxian.web import clock
from junxian.web.cockpit.demo_day import next_workday
from junxian.web.people.models import DemoDay


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 7, 15), date(2026, 7, 16)), (date(2026, 7, 17), date(2026, 7, 20)),
        (date(2026, 7, 18), date(2026, 7, 20)),
    ],
)  # fmt: skip
def test_the_next_working_day_leaps_the_weekend(world, day, following):
    assert next_workday(day) == following


def test_holidays_and_make_up_days_of_the_rulebook_count(world):
    assert next_workday(date(2026, 6, 18)) == date(2026, 6, 22), "a holiday on Friday"
    assert next_workday(date(2026, 10, 9)) == date(2026, 10, 10), "a Saturday that is made up"


def test_the_button_of_the_strip_goes_there(world, settings):
    settings.DEMO = True
    DemoDay.objects.create(pk=1, day=date(2026, 7, 17))
    world.client("kaohe").post("/demo/day/", {"to": "workday"})
    assert clock.today() == date(2026, 7, 20)
