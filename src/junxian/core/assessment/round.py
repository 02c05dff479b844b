"""Rounds (轮次): 归集 → 计算 → 县区核对 → 复核 → 审定 → 通报 → 冻结; who owns a state, what follows (RULES §2.10).

The table is total and disjoint: every state but the last two has exactly one owner and at least one way on. The days
of a round are working days of the rulebook's calendar.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from junxian.core.indicators.period import Period

State = Literal[
    "collecting", "computing", "checking", "reviewing", "approving", "published", "frozen", "withdrawn"
]  # fmt: skip
Owner = Literal["department", "office", "county", "reviewer", "leader", "nobody"]


@dataclass(frozen=True)
class Step:
    """One way from a state to the next: its name, who may take it, where it leads."""

    name: str
    owner: Owner
    leads_to: State


OWNERS: dict[State, Owner] = {
    "collecting": "department", "computing": "office", "checking": "county", "reviewing": "reviewer",
    "approving": "leader", "published": "office", "frozen": "nobody", "withdrawn": "nobody",
}  # fmt: skip
STEPS: dict[State, tuple[Step, ...]] = {
    "collecting": (Step("compute", "office", "computing"),),
    "computing": (Step("send_to_counties", "office", "checking"), Step("collect_again", "office", "collecting")),
    "checking": (Step("end_check", "office", "reviewing"), Step("compute_again", "office", "computing")),
    "reviewing": (Step("submit", "reviewer", "approving"), Step("compute_again", "office", "computing")),
    "approving": (Step("approve", "leader", "approving"), Step("publish", "office", "published"),
                  Step("send_back", "leader", "reviewing")),
    "published": (Step("freeze", "office", "frozen"), Step("withdraw", "office", "withdrawn")),
    "frozen": (Step("withdraw", "office", "withdrawn"),),
    "withdrawn": (),
}  # fmt: skip
LINE: tuple[State, ...] = (
    "collecting", "computing", "checking", "reviewing", "approving", "published", "frozen",
)  # fmt: skip
"""The seven states a round passes, in order."""
CLOSED: tuple[State, ...] = ("published", "frozen", "withdrawn")
"""States in which figures are no longer corrected inside the round."""
CYCLE: Mapping[str, int] = {"hand_in": 18, "pass_on": 20, "report": 25}
"""Days of the following month where a rulebook names none (RULES §1.3 [D])."""


def step_from(state: State, name: str) -> Step | None:
    """The step of that name out of the state, or None where there is none."""
    return next((step for step in STEPS[state] if step.name == name), None)


def is_working(day: date, holidays: Collection[str], workdays: Collection[str]) -> bool:
    """Whether work is done on that day: make-up days yes, holidays and weekends no. Days are ISO text."""
    text = day.isoformat()
    return text in workdays or (day.weekday() < 5 and text not in holidays)


def working_day(day: date, holidays: Collection[str], workdays: Collection[str]) -> date:
    """The day itself, or the next working day."""
    while not is_working(day, holidays, workdays):
        day += timedelta(days=1)
    return day


def after_working_days(day: date, count: int, holidays: Collection[str], workdays: Collection[str]) -> date:
    """The last of `count` whole working days that begin after `day`."""
    for _ in range(count):
        day = working_day(day + timedelta(days=1), holidays, workdays)
    return day


def round_days(
    period: Period, cycle: Mapping[str, int], holidays: Collection[str], workdays: Collection[str]
) -> dict[str, date]:
    """hand_in, pass_on, report: days of the month after the period, moved on to working days."""
    year, month = (period.year, period.month + 1) if period.month < 12 else (period.year + 1, 1)
    days = {**CYCLE, **{name: day for name, day in cycle.items() if name in CYCLE}}
    return {name: working_day(date(year, month, day), holidays, workdays) for name, day in days.items()}
