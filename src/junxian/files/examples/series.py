"""Simulated figures (模拟数字): every series of the fictional city, exact to the last printed digit.

Amounts are whole numbers of their smallest printed unit, so that nine parts make the city to the digit and a cumulative
figure is the sum of its months. Growth is the growth an office would publish: nominal for amounts, less a price change
for output. Shapes: a figure is a Decimal in the card's unit; None is a figure that does not exist for the unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from junxian.files.examples.world import (
    CITY,
    FIRST_YEAR,
    SHARES,
    TEMPER,
    WITHOUT_RURAL,
    ZONE,
    ZONE_HOST,
    ZONE_SHARE,
    draw,
)

_MONTHS = (0.074, 0.066, 0.086, 0.081, 0.082, 0.092, 0.078, 0.080, 0.089, 0.082, 0.085, 0.105)
_YEARS = 3


@dataclass(frozen=True, slots=True)
class Flow:
    """An amount that adds up over months and units: its year in the city (亿元), places, drift, noise (%)."""

    year: float
    places: int
    drift: float
    noise: float


FLOWS = {
    "gdp": Flow(1480, 2, 6.4, 1.2),
    "retail": Flow(620, 2, 5.6, 1.5),
    "tax": Flow(61, 4, 5.2, 2.5),
    "nontax": Flow(27, 4, 3.4, 5.0),
    "expenditure": Flow(310, 4, 3.8, 2.0),
    "fund_expenditure": Flow(92, 4, -1.5, 6.0),
    "state_capital": Flow(4.6, 4, 11.0, 8.0),
    "upper_funds": Flow(48, 4, 6.5, 6.0),
    "trade": Flow(118, 4, 7.5, 5.0),
    "inward": Flow(205, 2, 6.0, 5.0),
    "new_firms": Flow(178, 0, 4.0, 12.0),
}
TARGETS = {"new_firms": 176, "inward": 214, "upper_funds": 51}
"""What the city plans for the year, shared out by size; the same every year."""


@lru_cache(maxsize=4096)
def months(seed: int, unit: str, code: str) -> tuple[int, ...]:
    """Month by month from January of the first year, in the smallest printed unit."""
    flow, chance = FLOWS[code], draw(seed, unit, code)
    yearly = flow.year * SHARES[unit] * 10**flow.places
    growth = 1 + (flow.drift + TEMPER[unit] * (1.0 + flow.noise / 10)) / 100
    found = []
    for i in range(12 * _YEARS):
        chanced = 1 + chance.gauss(0, flow.noise) / 100
        found.append(max(0, round(yearly * _MONTHS[i % 12] * growth ** (i // 12) * chanced)))
    return tuple(found)


def _whole(seed: int, unit: str, code: str, year: int, month: int) -> int:
    """Cumulative amount in the smallest printed unit; the city is its nine units, the zone a part of its district."""
    if unit == CITY:
        return sum(_whole(seed, part, code, year, month) for part in SHARES)
    start = (year - FIRST_YEAR) * 12
    if unit == ZONE:
        lift = 1 + TEMPER[ZONE] / 100 * (year - FIRST_YEAR)
        return sum(round(amount * ZONE_SHARE * lift) for amount in months(seed, ZONE_HOST, code)[start : start + month])
    return sum(months(seed, unit, code)[start : start + month])


def amount(seed: int, unit: str, code: str, year: int, month: int) -> Decimal:
    """Cumulative amount from January, in 亿元 (户 for firms); `revenue` is tax and non-tax together."""
    if code == "revenue":
        return amount(seed, unit, "tax", year, month) + amount(seed, unit, "nontax", year, month)
    return Decimal(_whole(seed, unit, code, year, month)).scaleb(-FLOWS[code].places)


def growth(seed: int, unit: str, code: str, year: int, month: int) -> Decimal:
    """Published growth over the same months of the year before, %, one decimal."""
    now, then = amount(seed, unit, code, year, month), amount(seed, unit, code, year - 1, month)
    prices = draw(seed, "prices", code, year, month).gauss(1.2, 0.2) if code == "gdp" else 0.0
    return one_place(float(now / then - 1) * 100 - prices)


def one_place(value: float, places: int = 1) -> Decimal:
    """A rate as printed, 四舍五入."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Wander:
    """A rate that wanders slowly: its level, what the temper adds, its step, its bounds and printed places."""

    level: float
    temper: float
    step: float
    low: float
    high: float
    places: int = 1
    rise: float = 0.0


WANDERS = {
    "industry_growth": Wander(6.2, 1.2, 0.7, -20, 30),
    "investment_growth": Wander(5.4, 1.8, 1.1, -30, 40),
    "province_pace": Wander(0.0, 0.6, 0.35, -9, 9, 6),
    "deposits": Wander(8.2, 0.7, 0.4, -5, 20),
    "loans": Wander(9.1, 1.0, 0.5, -5, 25),
    "pm25": Wander(43, -1.2, 1.6, 15, 90, 0, -0.15),
    "good_days": Wander(74, 1.0, 1.0, 40, 96, 1, 0.1),
    "idle_land": Wander(44, 3.0, 1.5, 5, 96, 1, 0.9),
    "demonstration": Wander(86, 2.5, 2.5, 40, 112),
    "debt_plan_done": Wander(100, 1.5, 2.5, 70, 118),
    "major_tasks": Wander(90, 1.4, 1.3, 62, 99, 2),
    "major_livelihood": Wander(91, 1.2, 1.2, 62, 99, 2),
    "major_projects": Wander(88, 1.9, 1.6, 62, 99, 2),
    "major_reforms": Wander(87, 1.3, 1.4, 62, 99, 2),
    "major_specials": Wander(89, 1.1, 1.5, 62, 99, 2),
    "gap_closed": Wander(4.5, 1.6, 0.9, -20, 30),
    "study_done": Wander(96, 0.9, 2.0, 60, 115),
    "revenue_growth": Wander(5.0, 1.3, 0.7, -20, 25),
    "cash_cover": Wander(0.46, 0.045, 0.03, 0.16, 1.05, 3),
}


@lru_cache(maxsize=4096)
def _path(seed: int, unit: str, code: str) -> tuple[float, ...]:
    wander, chance = WANDERS[code], draw(seed, unit, code)
    temper = TEMPER.get(unit, chance.gauss(-0.4, 1.1))
    anchor, found = wander.level + wander.temper * temper + chance.gauss(0, wander.step * 1.5), []
    value = anchor
    for i in range(12 * _YEARS):
        value += 0.25 * (anchor + wander.rise * i - value) + chance.gauss(0, wander.step)
        value = min(wander.high, max(wander.low, value))
        found.append(value)
    return tuple(found)


def rate(seed: int, unit: str, code: str, year: int, month: int) -> Decimal:
    """A rate of one unit; the city's is the mean of its nine by size."""
    i = (year - FIRST_YEAR) * 12 + month - 1
    if unit == CITY:
        value = sum(_path(seed, part, code)[i] * share for part, share in SHARES.items())
    else:
        value = _path(seed, unit, code)[i]
    return one_place(value, WANDERS[code].places)


def income(seed: int, unit: str, kind: str, year: int, month: int) -> Decimal | None:
    """Income per head from January, 元; `rural` does not exist in wholly urban districts."""
    if kind == "rural" and unit in WITHOUT_RURAL:
        return None
    if unit == CITY:
        parts = {u: share for u, share in SHARES.items() if not (kind == "rural" and u in WITHOUT_RURAL)}
        total = sum(float(_income_of(seed, u, kind, year, month)) * share for u, share in parts.items())
        return one_place(total / sum(parts.values()), 0)
    return _income_of(seed, unit, kind, year, month)


def _income_of(seed: int, unit: str, kind: str, year: int, month: int) -> Decimal:
    chance = draw(seed, unit, kind, "income")
    level = {"urban": 37800, "rural": 20300}[kind] * (1 + chance.uniform(-0.08, 0.08))
    drift = {"urban": 4.9, "rural": 6.3}[kind] + TEMPER[unit] * 0.35 + chance.gauss(0, 0.2)
    return one_place(level * sum(_MONTHS[:month]) * (1 + drift / 100) ** (year - FIRST_YEAR), 0)


def income_growth(seed: int, unit: str, kind: str, year: int, month: int) -> Decimal | None:
    """Published nominal growth of income per head, %."""
    now, then = (income(seed, unit, kind, y, month) for y in (year, year - 1))
    return None if now is None or then is None else one_place(float(now / then - 1) * 100)


def balance(seed: int, unit: str, kind: str, year: int, month: int) -> Decimal:
    """Deposits or loans at the month's end, 亿元; the city is the sum of its nine units."""
    if unit == CITY:
        return sum((balance(seed, part, kind, year, month) for part in SHARES), Decimal(0))
    level = {"deposits": 2350, "loans": 1640}[kind] * SHARES.get(unit, SHARES[ZONE_HOST] * ZONE_SHARE)
    yearly = WANDERS[kind].level + WANDERS[kind].temper * TEMPER[unit] + draw(seed, unit, kind, "drift").gauss(0, 0.6)
    elapsed = year - FIRST_YEAR + month / 12
    swing = draw(seed, unit, kind, year, month).gauss(0, 0.25)
    return one_place(level * (1 + yearly / 100) ** elapsed * (1 + swing / 100), 2)


def balance_growth(seed: int, unit: str, kind: str, year: int, month: int) -> Decimal:
    """Growth of a balance over the same month of last year, %."""
    now, then = (balance(seed, unit, kind, y, month) for y in (year, year - 1))
    return one_place(float(now / then - 1) * 100)


def target(unit: str, code: str) -> Decimal:
    """The year's target, 亿元 or 户; the city's is the sum of its units'."""
    places = 0 if code == "new_firms" else 2
    if unit == CITY:
        return sum((target(part, code) for part in SHARES), Decimal(0))
    return one_place(TARGETS[code] * SHARES.get(unit, SHARES[ZONE_HOST] * ZONE_SHARE), places)
