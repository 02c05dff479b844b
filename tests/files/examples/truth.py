"""What an import must yield, said without reading a single file: the generator's own figures, office by office.

The oracle for the reader: no header, no layout, no text is involved here, only which office hands in what.
"""

from __future__ import annotations

from decimal import Decimal

from junxian.files.examples import departments as d
from junxian.files.examples.months import LAST_YEAR_PLACE, Month, month_of
from junxian.files.examples.registers import KEPT, WATCHED
from junxian.files.examples.world import CITY, ZONE, nine, peers, read_round

Key = tuple[str, str, str, str]
"""(region, indicator, kind, period)"""
Cell = tuple[Decimal | None, str]
"""(value in the card's unit, state)"""
KINDS = {
    "new_firms_target": "EOP", "upper_funds_target": "EOP", "inward_target": "EOP", "province_place": "M",
    LAST_YEAR_PLACE: "M", "gdp": "YTDQ", "gdp_growth": "YTDQ", "urban_income": "YTDQ", "urban_income_growth": "YTDQ",
    "rural_income": "YTDQ", "rural_income_growth": "YTDQ", "population": "EOP", "core_need": "EOP",
    "core_arranged": "EOP", "core_strength": "EOP", "wage_delay": "M", "cash": "EOP", "cash_outflow": "EOP",
    "advances": "EOP", "deposits": "EOP", "deposits_growth": "EOP", "loans": "EOP", "loans_growth": "EOP",
}  # fmt: skip
STATES = {"…": "late", "—": "not_reported", "/": "not_applicable"}


def expected(seed: int, period: str) -> dict[Key, Cell]:
    """Every figure of a round as handed in without any planted fault; events and corrections are not here."""
    month = month_of(seed, period)
    found: dict[Key, Cell] = {}
    whole = (CITY, *nine())
    for heads, units in (
        (d.STATISTICS, (*whole, ZONE)),
        (d.QUARTERLY if read_round(period).quarter else (), (*whole, ZONE)),
        (d.TREASURY, (*whole, ZONE)),
        (d.CORE, whole),
        (tuple((code, ()) for code, _, _ in d.COMMERCE), whole),
        (d.BANK, whole),
        (tuple((code, ()) for code, *_ in KEPT), whole),
        (tuple((code, ()) for code, *_ in WATCHED), peers()),
    ):
        for unit in units:
            for code, _ in heads:
                found[_key(unit, code, period)] = cell(month, unit, code)
    return found


def _key(unit: str, code: str, period: str) -> Key:
    kind = KINDS.get(code, "YTD")
    if code == LAST_YEAR_PLACE:
        return unit, "province_place", kind, said(f"{int(period[:4]) - 1}{period[4:]}", kind)
    return unit, code, kind, said(period, kind)


def said(period: str, kind: str) -> str:
    """The period text of a kind: a balance belongs to the last month, a quarterly figure to its quarter."""
    if kind == "YTDQ":
        return f"{period[:4]}Q{int(period[-2:]) // 3}"
    return f"{period[:5]}{period[-2:]}" if kind == "EOP" else period


def cell(month: Month, unit: str, code: str) -> Cell:
    """The figure and its state."""
    gap = month.gap(unit, code)
    return (None, STATES[gap]) if gap else (month.value(unit, code), "reported")
