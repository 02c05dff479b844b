"""Who owes what (报送责任): an indicator is asked of the one that keeps it, when it is due, of nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain

from junxian.core.indicators import Card, at_index, parse_period
from junxian.core.rulebook import Rulebook, at
from junxian.core.rulebook.resolve import texts
from junxian.core.text import Text
from junxian.web.rulebooks.current import current_version, rulebook

DEPARTMENT = "department:"

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
GRID_NAME = "网上填报"
"""What a file made of typed cells is called."""
PER_HEAD = ("人均(", "per_capita(")
"""Formulas that divide by the population without naming it."""
COMPUTED = ("score:", "rank:")
"""Cards a run fills in; nobody hands them in."""


@lru_cache(maxsize=64)
def _dated(mark: str, period: str) -> Rulebook:
    return at(rulebook(mark), period)


def rules_in(period: str) -> Rulebook:
    """The adopted rulebook as it stands in a period."""
    return _dated(current_version().hash, period)


def spellings(text: Text) -> tuple[str, ...]:
    """A title in all its languages."""
    return (text,) if isinstance(text, str) else tuple(text.values())


def wanted(rules: Rulebook, period: str) -> list[Card]:
    """Cards due in the period that some scheme, line, benchmark, check or notice reads: nothing else is asked for.

    Events are no cells: they are told as they happen, each with its document.
    """
    entries = chain(rules.schemes, rules.bottomlines, rules.benchmarks, rules.bulletins, rules.checks)
    read = "\n".join(chain.from_iterable(map(texts, entries)))
    return [card for card in rules.indicators if _asked(card) and is_due(card, period) and _read(card, rules, read)]


def _asked(card: Card) -> bool:
    return bool(card.keeper or card.only_county_has) and not card.event and not card.code.startswith(COMPUTED)


def _read(card: Card, rules: Rulebook, read: str) -> bool:
    names = (card.code, *spellings(card.name), *card.aliases)
    divides = card.code == rules.population and any(word in read for word in PER_HEAD)
    return divides or any(name in read for name in names)


def is_due(card: Card, period: str) -> bool:
    """Quarterly figures are asked for in the quarter's last month only, and so on; between they are carried over."""
    return (parse_period(period).index + 1) % MONTHS[card.frequency] == 0


def cell_period(card: Card, period: str) -> str:
    """The period a figure of this card carries in a round: 2026Q2 for a quarterly card in 2026-06, 2026-02 for a
    balance at the end of 2026-01/02."""
    if card.frequency == "month":
        return at_index(parse_period(period).index).text if card.kind == "EOP" else period
    return at_index(parse_period(period).index, card.frequency).text


def deliverers(rules: Rulebook) -> dict[str, str]:
    """Indicator → unit code of the department that hands it in: whose form carries it, else whose card it is."""
    found = {card.code: DEPARTMENT + card.keeper for card in rules.indicators if card.keeper}
    for form in rules.forms:
        if form.keeper:
            found |= {column.indicator: DEPARTMENT + form.keeper for column in form.columns}
    return found


def owed(rules: Rulebook, period: str, counties: Iterable[str]) -> dict[str, list[str]]:
    """Owner's unit code → the indicators it owes: departments for all counties, a county for what only it has."""
    by_keeper, owners = deliverers(rules), defaultdict(list)
    judged = list(counties)
    for card in wanted(rules, period):
        for owner in judged if card.only_county_has else [by_keeper[card.code]]:
            owners[owner].append(card.code)
    return dict(owners)


def due_day(rules: Rulebook, period: str) -> date:
    """The day of the following month the calendar names (hand_in), moved on to the next working day."""
    after = parse_period(period).index + 1
    return next_working_day(rules, date(after // 12, after % 12 + 1, rules.calendar.cycle.get("hand_in", 18)))


def next_working_day(rules: Rulebook, day: date) -> date:
    """The day itself when it is worked, else the next one that is; make-up days are worked."""
    while not is_working(rules, day):
        day += timedelta(days=1)
    return day


def is_working(rules: Rulebook, day: date) -> bool:
    """Monday to Friday and make-up days, less the holidays of the rulebook."""
    text = day.isoformat()
    return text in rules.calendar.workdays or (day.weekday() < 5 and text not in rules.calendar.holidays)
