"""Core spending and cash (三保与库款): the county treasuries of the fictional city, with one in trouble.

Shapes and units: Decimal, 亿元 to four places (万元), days for wages. Formulas follow RULES §3.5 and §3.8.
"""

from __future__ import annotations

from decimal import Decimal

from junxian.files.examples.series import amount, one_place, rate
from junxian.files.examples.world import CITY, FIRST_YEAR, SHARES, ZONE, ZONE_HOST, ZONE_SHARE, draw

WEAK = "X10022"
"""The county whose treasury is short: its lights show yellow and red."""
PROFITS: dict[str, tuple[int, int, int]] = {
    "X10021": (0, 0, 1800), "X10022": (-2400, -1900, -900), "X10023": (-700, -350, 620), "X10024": (6, 9, 41),
    "X10025": (-300, -420, -760), "X10001": (5200, 5500, 5900), "X10002": (7400, 7900, 8300),
    "X10003": (450, 380, -220), "X10004": (0, 0, 0), ZONE: (2100, 2300, 2500),
}  # fmt: skip
"""Profit of county companies, 万元 a year, for the three years: every case of a growth without an ordinary base."""


def _yearly(seed: int, unit: str, year: int) -> Decimal:
    """Expenditure of the year before, the scale of every need."""
    return amount(seed, unit, "expenditure", max(FIRST_YEAR, year - 1), 12)


def core(seed: int, unit: str, line: str, year: int, month: int) -> Decimal:
    """One line of core spending, 亿元: need, arranged, paid (from January) or strength; the city is the sum."""
    if unit == CITY:
        return sum((core(seed, part, line, year, month) for part in SHARES), Decimal(0))
    need = one_place(float(_yearly(seed, unit, year)) * 0.41, 4)
    weak, chance = unit == WEAK, draw(seed, unit, "core", line, year)
    if line == "paid":
        low, high = (0.90, 0.93) if weak else (0.97, 1.02)
        months = [draw(seed, unit, "core", "paid", year, m).uniform(low, high) for m in range(1, month + 1)]
        return sum((one_place(float(need) / 12 * part, 4) for part in months), Decimal(0))
    lift = {"need": 1.0, "arranged": chance.uniform(1.0, 1.03), "strength": chance.uniform(1.24, 1.5)}[line]
    if weak:
        lift = {"need": 1.0, "arranged": 0.986, "strength": 1.07}[line]
    return one_place(float(need) * lift, 4)


def outflow(seed: int, unit: str, year: int, month: int) -> Decimal:
    """Average monthly outflow of the year so far, general and fund budgets, 亿元."""
    spent = amount(seed, unit, "expenditure", year, month) + amount(seed, unit, "fund_expenditure", year, month)
    return one_place(float(spent) / month, 4)


def cash(seed: int, unit: str, year: int, month: int) -> Decimal:
    """Treasury balance at the month's end, 亿元."""
    if unit == CITY:
        return sum((cash(seed, part, year, month) for part in SHARES), Decimal(0))
    if unit == ZONE:
        return one_place(float(cash(seed, ZONE_HOST, year, month)) * ZONE_SHARE, 4)
    cover = rate(seed, unit, "cash_cover", year, month)
    cover = min(cover, Decimal("0.27")) if unit == WEAK else max(cover, Decimal("0.31"))
    return one_place(float(outflow(seed, unit, year, month) * cover), 4)


def advances(seed: int, unit: str, year: int, month: int) -> Decimal:
    """Outstanding advances (暂付款), 亿元: within 5 % of a year's spending except in the weak county."""
    if unit == CITY:
        return sum((advances(seed, part, year, month) for part in SHARES), Decimal(0))
    share = 0.068 if unit == WEAK else draw(seed, unit, "advances", year).uniform(0.018, 0.042)
    spent = _yearly(seed, unit, year) + amount(seed, unit, "fund_expenditure", max(FIRST_YEAR, year - 1), 12)
    return one_place(float(spent) * share * (0.97 + 0.005 * month), 4)


def wage_delay(unit: str, year: int, month: int) -> Decimal:
    """Days after the pay date; the weak county paid three days late in April and June 2026."""
    return Decimal(3 if unit == WEAK and (year, month) in {(2026, 4), (2026, 6)} else 0)


def soe_profit(unit: str, year: int, month: int) -> Decimal:
    """Profit of county companies from January, 亿元; may be negative."""
    if unit == CITY:
        return sum((soe_profit(part, year, month) for part in SHARES), Decimal(0))
    return Decimal(round(PROFITS[unit][year - FIRST_YEAR] * month / 12)).scaleb(-4)
