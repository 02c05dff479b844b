"""Periods (期间): 2026, 2026Q2, 2026H1, 2026-06 and 2026-01/02, each known by the ordinal of its last month."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from junxian.core.errors import DataError

_YEAR = re.compile(r"(\d{4})")
_PART = re.compile(r"(\d{4})([QH])(\d)")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_MONTHS = re.compile(r"(\d{4})-(\d{2})/(\d{2})")
_LENGTH = {"Q": 3, "H": 6}
FREQUENCIES = ("month", "quarter", "half", "year")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A span of months. `index` is year·12 + (last month − 1), so that a year earlier is always index − 12."""

    index: int
    months: int
    text: str

    @property
    def year(self) -> int:
        return self.index // 12

    @property
    def month(self) -> int:
        """The last month, 1 to 12."""
        return self.index % 12 + 1

    @property
    def frequency(self) -> str:
        if self.months == 12 and "-" not in self.text:
            return "year"
        return {"Q": "quarter", "H": "half"}.get(self.text[4:5], "month")

    def back(self, months: int) -> Period:
        """The period of the same form that many months earlier."""
        return at_index(self.index - months, self.frequency, merged=self.months == 2)


@lru_cache(maxsize=4096)
def parse_period(text: str) -> Period:
    """Read a period text; DataError `period.unreadable` names what was given."""
    text = text.strip()
    if found := _YEAR.fullmatch(text):
        return Period(int(found[1]) * 12 + 11, 12, text)
    if (found := _PART.fullmatch(text)) and 1 <= int(found[3]) <= 12 // _LENGTH[found[2]]:
        length = _LENGTH[found[2]]
        return Period(int(found[1]) * 12 + int(found[3]) * length - 1, length, text)
    if (found := _MONTH.fullmatch(text)) and 1 <= int(found[2]) <= 12:
        return Period(int(found[1]) * 12 + int(found[2]) - 1, 1, text)
    if (found := _MONTHS.fullmatch(text)) and 1 <= int(found[2]) < int(found[3]) <= 12:
        first, last = int(found[2]), int(found[3])
        return Period(int(found[1]) * 12 + last - 1, last - first + 1, text)
    raise DataError("period.unreadable", text=text)


def at_index(index: int, frequency: str = "month", *, merged: bool = False) -> Period:
    """The period that ends in the month of `index`; `merged` writes February as 01/02 (1–2月合并)."""
    year, month = index // 12, index % 12 + 1
    if frequency == "year":
        return Period(index, 12, f"{year}")
    if frequency == "quarter":
        return Period(index, 3, f"{year}Q{month // 3}")
    if frequency == "half":
        return Period(index, 6, f"{year}H{month // 6}")
    if merged and month == 2:
        return Period(index, 2, f"{year}-01/02")
    return Period(index, 1, f"{year}-{month:02d}")


def holds(period: Period, start: str, end: str) -> bool:
    """Whether a period lies within effective dates; a rule that starts in a year starts with its January."""
    begins = _first_index(start) if start else period.index
    ends = _last_index(end) if end else period.index
    return begins <= period.index <= ends


def _last_index(text: str) -> int:
    return parse_period(text[:7] if len(text) == 10 and text[4] == text[7] == "-" else text).index


def _first_index(text: str) -> int:
    day = len(text) == 10 and text[4] == text[7] == "-"
    period = parse_period(text[:7] if day else text)
    return period.index - period.months + 1
