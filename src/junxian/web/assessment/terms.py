"""Terms of a round (轮次时限与阈值): what the rulebook's parameters say, else declared defaults; calendar days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from junxian.core.assessment.round import after_working_days, round_days
from junxian.core.indicators.period import parse_period
from junxian.core.rulebook import Rulebook, at

DEFAULTS: dict[str, float] = {
    "round_check_days": 2,
    "round_objection_days": 5,
    "round_decision_days": 10,
    "round_complete_green": 98,
    "round_complete_yellow": 90,
    "round_late_yellow": 1,
    "round_late_red": 5,
    "round_open_findings_red": 1,
    "round_trial_months": 2,
}
"""Parameters a rulebook may set (RULES §2.11 [D]): working days, per cent, counts, months."""


@dataclass(frozen=True)
class Term:
    """A value in force and whether the rulebook says it."""

    value: float
    declared: bool


def terms_of(rules: Rulebook, period: str) -> dict[str, Term]:
    """Every term of DEFAULTS as the rulebook has it for the period."""
    given = {p.id: p.value for p in at(rules, period).parameters if isinstance(p.value, int | float)}
    return {name: Term(float(given.get(name, value)), name in given) for name, value in DEFAULTS.items()}


def days_of(rules: Rulebook, period: str) -> dict[str, date]:
    """hand_in, pass_on, report of the round, moved to working days."""
    calendar = rules.calendar
    return round_days(parse_period(period), calendar.cycle, calendar.holidays, calendar.workdays)


def working_days_after(rules: Rulebook, day: date, term: Term) -> date:
    """The last working day of a time limit that begins after `day`."""
    return after_working_days(day, int(term.value), rules.calendar.holidays, rules.calendar.workdays)


def trust(rules: Rulebook, period: str, states: dict[str, int], findings: dict[str, int]) -> dict[str, Any]:
    """The three lights of trust: completeness, checks, late; each with level, figures and its thresholds.

    states: figures by state; findings: by severity, `open` among them.
    """
    terms = {name: term.value for name, term in terms_of(rules, period).items()}
    asked = sum(states.values()) - states.get("not_applicable", 0)
    there = states.get("reported", 0)
    share = round(100 * there / asked, 2) if asked else None
    late = states.get("late", 0)
    return {
        "complete": {
            "level": _level(share is not None and share >= terms["round_complete_green"],
                            share is not None and share >= terms["round_complete_yellow"]),
            "share": share, "there": there, "asked": asked, **states,
            "green": terms["round_complete_green"], "yellow": terms["round_complete_yellow"],
        },
        "checks": {
            "level": _level(not findings.get("open") and not findings.get("error"),
                            not findings.get("error") and findings.get("open", 0) < terms["round_open_findings_red"]),
            **findings, "red": terms["round_open_findings_red"],
        },
        "late": {
            "level": _level(late < terms["round_late_yellow"], late < terms["round_late_red"]), "late": late,
            "yellow": terms["round_late_yellow"], "red": terms["round_late_red"],
        },
    }  # fmt: skip


def _level(green: bool, yellow: bool) -> str:
    return "green" if green else "yellow" if yellow else "red"
