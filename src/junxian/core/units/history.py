"""Unit history (单位沿革): codes that live and die, the shares successors take over, totals that include others.

Dates are half-open: a unit holds from `valid_from` up to, not including, `valid_to`; a bare year is its January. So a
code that ends in 2014 and its successor from 2014 neither overlap nor leave a gap (RULES §1.9).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from junxian.core.errors import RuleError
from junxian.core.units.model import Unit

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{2})(?:/(\d{2}))?(?:-\d{2})?|([QH])(\d))?")
_PART = {"Q": 3, "H": 6}


def last_month(text: str) -> int:
    """Ordinal year·12 + (month − 1) of the last month of a period or day text; RuleError `units.date`."""
    year, part, _ = _read(text)
    return year * 12 + part - 1


def first_month(text: str) -> int:
    """As `last_month`, but of the first month: 2014 is January 2014."""
    year, _, part = _read(text)
    return year * 12 + part - 1


def _read(text: str) -> tuple[int, int, int]:
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise RuleError("units.date", text=text)
    year, month, last, part, number = found.groups()
    if part:
        length = _PART[part]
        return int(year), int(number) * length, (int(number) - 1) * length + 1
    return int(year), int(last or month or 12), int(month or 1)


def valid_at(unit: Unit, period: str = "") -> bool:
    """Whether the unit exists in the last month of the period; without a period, whether it still exists."""
    if not period:
        return not unit.valid_to
    month = last_month(period)
    begun = not unit.valid_from or first_month(unit.valid_from) <= month
    return begun and not (unit.valid_to and first_month(unit.valid_to) <= month)


def unit_at(units: Iterable[Unit], code: str, period: str = "") -> Unit | None:
    """The unit a code meant in a period; codes are used again for others, so the period decides."""
    return next((unit for unit in units if unit.code == code and valid_at(unit, period)), None)


def inherited_by(units: Iterable[Unit], code: str, period: str) -> dict[str, float]:
    """Today's codes of what a code stood for → the share of it each took over, through as many changes as needed.

    A code still valid is its own heir. RuleError `units.no_heir` where a code ends without successors, `units.circle`.
    """
    listed = tuple(units)
    return _inherited(listed, code, period, ())


def _inherited(units: tuple[Unit, ...], code: str, period: str, passed: tuple[str, ...]) -> dict[str, float]:
    if code in passed:
        raise RuleError("units.circle", unit=code, path=" → ".join((*passed, code)))
    if unit_at(units, code, period):
        return {code: 1.0}
    gone = max((u for u in units if u.code == code and u.valid_to), key=lambda u: first_month(u.valid_to), default=None)
    if gone is None or not gone.successors:
        raise RuleError("units.no_heir", unit=code, period=period)
    heirs: dict[str, float] = {}
    for successor, share in gone.successors.items():
        for heir, part in _inherited(units, successor, period, (*passed, code)).items():
            heirs[heir] = heirs.get(heir, 0.0) + share * part
    return heirs


def carry_forward(amounts: Mapping[str, float], units: Iterable[Unit], period: str) -> dict[str, float]:
    """Amounts under old codes restated to the codes of the period: sums for mergers, shares for splits.

    Only for amounts; growth rates go through `merged_growth`, ratios are recomputed from their summed parts.
    """
    listed, carried = tuple(units), dict[str, float]()
    for code, amount in amounts.items():
        for heir, share in inherited_by(listed, code, period).items():
            carried[heir] = carried.get(heir, 0.0) + amount * share
    return carried


def merged_growth(parts: Iterable[tuple[float, float]]) -> float | None:
    """Growth of a merged unit from (base, growth) of its parts: Σ base·g / Σ base, never a plain mean (RULES §1.9).

    None where the bases add up to nothing or less: such a growth has no meaning.
    """
    listed = tuple(parts)
    total = sum(base for base, _ in listed)
    return sum(base * growth for base, growth in listed) / total if total > 0 else None


def without_included(units: Iterable[Unit], codes: Iterable[str]) -> tuple[str, ...]:
    """Codes whose totals may be added up: those included in another one of the list (其中, `within`) are left out."""
    wanted = tuple(codes)
    within = {unit.code: unit.within for unit in units if unit.within}
    return tuple(code for code in wanted if not _included(code, within, frozenset(wanted)))


def _included(code: str, within: Mapping[str, str], wanted: frozenset[str]) -> bool:
    passed = {code}
    while (code := within.get(code, "")) and code not in passed:
        if code in wanted:
            return True
        passed.add(code)
    return False
