"""Rounds: every state has one owner, every state is reached, every way out is named once; days are working days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import pytest

from junxian.core.assessment.round import (
    LINE,
    OWNERS,
    STEPS,
    Owner,
    State,
    after_working_days,
    is_working,
    round_days,
    step_from,
    working_day,
)
from junxian.core.indicators.period import parse_period

HOLIDAYS = ("2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20")
MADE_UP = ("2026-02-14",)
STATES = get_args(State)


def test_owners_and_steps_are_total_over_the_states() -> None:
    assert set(OWNERS) == set(STEPS) == set(STATES)
    assert set(OWNERS.values()) <= set(get_args(Owner))
    assert set(LINE) == set(STATES) - {"withdrawn"}


@pytest.mark.parametrize("state", STATES)
def test_ways_out_are_disjoint_and_lead_to_known_states(state: State) -> None:
    names = [step.name for step in STEPS[state]]
    assert len(names) == len(set(names))
    assert all(step.leads_to in STATES and step.owner in get_args(Owner) for step in STEPS[state])
    assert bool(names) == (OWNERS[state] != "nobody" or state == "frozen")


def test_a_step_name_means_one_thing_everywhere() -> None:
    meanings: dict[str, set[tuple[str, str]]] = {}
    for steps in STEPS.values():
        for step in steps:
            meanings.setdefault(step.name, set()).add((step.owner, step.leads_to))
    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}


def test_every_state_is_reached_from_an_empty_round() -> None:
    reached, edge = {"collecting"}, ["collecting"]
    while edge:
        found = {step.leads_to for step in STEPS[edge.pop()]} - reached
        reached |= found
        edge += sorted(found)
    assert reached == set(STATES)


def test_nothing_is_published_without_passing_the_leader() -> None:
    before_published = {state for state, steps in STEPS.items() for step in steps if step.leads_to == "published"}
    assert before_published == {"approving"}
    assert OWNERS["approving"] == "leader"


def test_a_step_that_does_not_lead_out_of_a_state_is_none() -> None:
    assert step_from("collecting", "publish") is None
    assert step_from("approving", "publish") is not None


@pytest.mark.parametrize(
    ("day", "works"),
    [("2026-02-13", True), ("2026-02-14", True), ("2026-02-15", False), ("2026-02-16", False), ("2026-02-23", True)],
)
def test_working_days_know_holidays_and_make_up_days(day: str, works: bool) -> None:
    assert is_working(date.fromisoformat(day), HOLIDAYS, MADE_UP) is works


def test_moving_on_agrees_with_a_plain_walk() -> None:
    start = date(2026, 1, 30)
    for offset in range(40):
        day = start + timedelta(days=offset)
        walk = day
        while not is_working(walk, HOLIDAYS, MADE_UP):
            walk += timedelta(days=1)
        assert working_day(day, HOLIDAYS, MADE_UP) == walk
        for count in (0, 1, 2, 5):
            found = after_working_days(day, count, HOLIDAYS, MADE_UP)
            between = [day + timedelta(days=i) for i in range(1, (found - day).days + 1)]
            assert sum(is_working(one, HOLIDAYS, MADE_UP) for one in between) == count


def test_the_days_of_a_round_stand_in_the_month_after_its_period() -> None:
    days = round_days(parse_period("2026-06"), {"hand_in": 18, "report": 25, "other": 3}, (), ())
    assert days == {"hand_in": date(2026, 7, 20), "pass_on": date(2026, 7, 20), "report": date(2026, 7, 27)}
    assert round_days(parse_period("2026"), {}, (), ())["hand_in"] == date(2027, 1, 18)
    assert round_days(parse_period("2026-01/02"), {}, (), ())["hand_in"] == date(2026, 3, 18)
