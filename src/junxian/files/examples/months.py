"""One month's figures as they are handed in (当月上报数): the simulated figures with what is missing, late or altered.

`Written` is what stands in a cell: text, a number or nothing. A planted alteration of a part is carried into the city's
total, so that each planted fault breaks one rule only, unless it is the total that is to be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from junxian.files.examples import series, treasury_lines
from junxian.files.examples.world import CITY, SHARES, TEMPER, Round, nine, peers, places, read_round

Written = str | float | int | None
LATE, NOT_REPORTED, NOT_APPLICABLE = "…", "—", "/"
Key = tuple[str, str]
LAST_YEAR_PLACE = "province_place@-12"
"""The column 上年同期 beside the place of this month."""
GAPS: dict[tuple[str, str, str], str] = {
    ("2025-07", "X10025", "inward"): NOT_REPORTED,
    ("2025-08", "X10024", "trade"): LATE,
    ("2025-08", "X10024", "trade_growth"): LATE,
    ("2026-05", "X10022", "new_firms"): NOT_REPORTED,
    ("2026-06", "X10023", "trade"): LATE,
    ("2026-06", "X10023", "trade_growth"): LATE,
    ("2026-06", "X10003", "inward"): NOT_REPORTED,
}
"""Figures that did not come in time or at all, beside those that do not exist."""
_TREASURY: dict[str, Callable[[int, str, int, int], Decimal]] = {
    "cash": treasury_lines.cash,
    "advances": treasury_lines.advances,
    "cash_outflow": treasury_lines.outflow,
}
_COUNTED = {"soe_profit": treasury_lines.soe_profit, "wage_delay": treasury_lines.wage_delay}
_CORE = {"core_need": "need", "core_arranged": "arranged", "core_paid": "paid", "core_strength": "strength"}


@dataclass(frozen=True)
class Month:
    """All figures of one round. `altered` maps (unit, indicator) to a factor a planted fault multiplies it by."""

    seed: int
    round: Round
    altered: Mapping[Key, float] = field(default_factory=dict)

    def value(self, unit: str, code: str) -> Decimal | None:
        """The figure in the card's unit; None where it does not exist for the unit."""
        whole = self._plain(unit, code)
        if whole is None:
            return None
        places_kept = Decimal(1).scaleb(int(whole.as_tuple().exponent))
        if unit == CITY and (CITY, code) not in self.altered:
            moved = [part for part in SHARES if (part, code) in self.altered]
            return whole + sum(((self.value(p, code) or 0) - (self._plain(p, code) or 0) for p in moved), Decimal(0))
        factor = Decimal(str(self.altered.get((unit, code), 1)))
        return (whole * factor).quantize(places_kept) if factor != 1 else whole

    def gap(self, unit: str, code: str) -> str:
        """The blank an office writes instead of a figure, or "" where there is one."""
        if self.value(unit, code) is None:
            return NOT_APPLICABLE
        return GAPS.get((self.round.period, unit, code), "")

    def _plain(self, unit: str, code: str) -> Decimal | None:
        return plain(self.seed, unit, code, self.round.year, self.round.month)


@lru_cache(maxsize=65536)
def plain(seed: int, unit: str, code: str, year: int, month: int) -> Decimal | None:
    """The simulated figure of an indicator, before anything is planted."""
    at = (seed, unit, year, month)
    if code in series.FLOWS or code == "revenue":
        return series.amount(seed, unit, code, year, month)
    if code in _CORE:
        return treasury_lines.core(seed, unit, _CORE[code], year, month)
    if code.endswith("_target"):
        return series.target(unit, code.removesuffix("_target"))
    if code in ("province_place", LAST_YEAR_PLACE):
        return province_place(seed, unit, year - (code == LAST_YEAR_PLACE), month)
    if code in _TREASURY:
        return _TREASURY[code](*at)
    if code in _COUNTED:
        return _COUNTED[code](unit, year, month)
    return _social(seed, unit, code, year, month)


def _social(seed: int, unit: str, code: str, year: int, month: int) -> Decimal | None:
    if code == "population":
        size = SHARES.get(unit) if unit != CITY else 1.0
        return None if size is None else series.one_place(486 * size * (1 + 0.002 * (year - 2024)))
    kind, _, growth = code.partition("_income")
    if kind in ("urban", "rural"):
        return (series.income_growth if growth else series.income)(seed, unit, kind, year, month)
    kind = code.removesuffix("_growth")
    if kind in ("deposits", "loans"):
        return (series.balance_growth if kind != code else series.balance)(seed, unit, kind, year, month)
    if kind != code and (kind in series.FLOWS or kind == "revenue") and unit not in peers():
        return series.growth(seed, unit, kind, year, month)
    return series.rate(seed, unit, code, year, month)


@lru_cache(maxsize=4096)
def province_place(seed: int, unit: str, year: int, month: int) -> Decimal | None:
    """Place among the province's comparable counties or districts; the city and the zone have none."""
    category = places()[unit].category
    if unit not in TEMPER or category not in ("县", "区"):
        return None
    rivals = [code for code in (*nine(), *peers()) if places()[code].category == category]
    mine = series.rate(seed, unit, "province_pace", year, month)
    return Decimal(1 + sum(series.rate(seed, rival, "province_pace", year, month) > mine for rival in rivals))


def month_of(seed: int, period: str, altered: Mapping[Key, float] | None = None) -> Month:
    """The month of a round."""
    return Month(seed, read_round(period), altered or {})
