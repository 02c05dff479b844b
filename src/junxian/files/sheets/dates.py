"""Dates in office sheets (期间写法): 2026年6月, 2026.6, 202606, 2026/6/30, 1-2月, 二〇二六年六月, 上半年, 三季度."""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from junxian.core.indicators.model import Kind
from junxian.core.indicators.period import Period, at_index, parse_period

_NUMERALS = {
    "〇": "0",
    "零": "0",
    "○": "0",
    "一": "1",
    "二": "2",
    "三": "3",
    "四": "4",
    "五": "5",
    "六": "6",
    "七": "7",
    "八": "8",
    "九": "9",
}
_DASHES = re.compile(r"\s*(?:[-~–—−‐至到]|to)\s*")
_MADE_ON = re.compile(r"(?:填报|制表|报出|报送|打印|编制|印发|上报)(?:日期|时间)|印发$")
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_QUARTERS = {"1": 1, "2": 2, "3": 3, "4": 4}
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = r"(?P<{}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"

_PATTERNS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_YEAR}年)?(?P<first>\d{{1,2}})月?-(?P<last>\d{{1,2}})月(?:份)?(?:累计)?",
        rf"(?:{_YEAR}年)?(?<!前)(?:第)?(?P<quarter>[1-4])季度(?:末)?",
        rf"(?:{_YEAR}年)?(?P<half>上半年|前三季度|前3季度|前二季度|前2季度)",
        rf"(?:{_YEAR}年)?(?P<month>\d{{1,2}})月(?:份)?(?:\d{{1,2}}日)?(?P<end>末|底)?",
        rf"(?<!\d){_YEAR}-(?P<first>\d{{2}})/(?P<last>\d{{2}})(?!\d)",
        rf"(?<!\d){_YEAR}\s?[Qq](?P<quarter>[1-4])(?!\d)",
        rf"(?<!\d){_YEAR}[-./](?P<month>\d{{1,2}})(?:[-./]\d{{1,2}})?(?![\d%])",
        rf"(?<!\d){_YEAR}(?P<month>0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d)",
        rf"(?<![a-z]){_MONTH_NAME.format('from_name')}-{_MONTH_NAME.format('to_name')}\s*,?\s*{_YEAR}(?!\d)",
        rf"(?<![a-z]){_MONTH_NAME.format('to_name')}\s*,?\s*{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}年(?P<end>末|底)?(?:度|全年)?",
        rf"(?<!\d){_YEAR}(?![\d.%])",
    )
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says about time. `year` 0: not said. `kind`: only where the words settle it (1-6月 is 累计)."""

    year: int
    month: int
    months: int
    kind: Kind | None
    start: int
    end: int

    def in_year(self, year: int) -> Said:
        return self if self.year else replace(self, year=year)

    @property
    def index(self) -> int:
        return self.year * 12 + self.month - 1


def read_date(cell: object) -> Said | None:
    """A date cell, a number such as 202606 or 2026, or a text."""
    if isinstance(cell, (datetime.datetime, datetime.date)):
        return Said(cell.year, cell.month, 1, None, 0, 0)
    if isinstance(cell, float) and cell.is_integer():
        return say(str(int(cell)), whole=True)
    return say(str(cell), whole=True) if isinstance(cell, (str, int)) and not isinstance(cell, bool) else None


@lru_cache(maxsize=16384)
def say(text: str, *, whole: bool = False) -> Said | None:
    """The first period named in a text (`whole`: the text is nothing else); the day a form was filled in is not one."""
    plain = plain_date(text)
    if _MADE_ON.search(plain):
        return None
    best: Said | None = None
    for pattern in _PATTERNS:
        found = pattern.fullmatch(plain) if whole else pattern.search(plain)
        said = _understood(found) if found else None
        if said and best is None:
            best = said
        elif said and best and not best.year:
            best = best.in_year(said.year)
        if best and best.year:
            return best
    return best


@lru_cache(maxsize=16384)
def plain_date(text: str) -> str:
    """Half width, no spaces, one kind of dash, Chinese numerals before 年/月/季 as digits; used to cut a period out."""
    plain = unicodedata.normalize("NFKC", text).lower().strip()
    plain = re.sub(r"(?<=[\u4e00-\u9fff\d])\s+(?=[\u4e00-\u9fff\d])", "", plain)
    plain = re.sub(r"([〇零○一二三四五六七八九]{4})(?=年)", _digits, plain)
    plain = re.sub(
        r"(十[一二]?|[一二三四五六七八九])(?=月|季度|[-~–—至到](?:十[一二]?|[一二三四五六七八九])月)", _small, plain
    )
    return _DASHES.sub("-", plain)


def _digits(found: re.Match[str]) -> str:
    return "".join(_NUMERALS[sign] for sign in found[1])


def _small(found: re.Match[str]) -> str:
    text = found[1]
    if text.startswith("十"):
        return "1" + (_NUMERALS[text[1]] if len(text) > 1 else "0")
    return _NUMERALS[text]


def _understood(found: re.Match[str]) -> Said | None:
    parts = found.groupdict()
    year = int(parts.get("year") or 0)
    last, months, kind = _span(parts)
    if not 1 <= last <= 12 or months < 1:
        return None
    return Said(year, last, months, kind, found.start(), found.end())


def _span(parts: dict[str, str | None]) -> tuple[int, int, Kind | None]:
    """(last month, number of months, kind)."""
    if parts.get("quarter"):
        return _QUARTERS[str(parts["quarter"])] * 3, 3, None
    if parts.get("half"):
        last = 9 if "3" in str(parts["half"]) or "三" in str(parts["half"]) else 6
        return last, last, "YTD"
    if parts.get("first") or parts.get("from_name"):
        first = _month(parts.get("first") or parts.get("from_name"))
        last = _month(parts.get("last") or parts.get("to_name"))
        return last, last - first + 1, "YTD" if first == 1 else None
    if parts.get("month") or parts.get("to_name"):
        return _month(parts.get("month") or parts.get("to_name")), 1, "EOP" if parts.get("end") else None
    return 12, 12, "EOP" if parts.get("end") else None


def _month(text: str | None) -> int:
    return int(text) if text and text.isdigit() else _ENGLISH.index(str(text)[:3]) + 1


def period_text(said: Said, kind: Kind, *, shift: int = 0, merged: bool = False) -> str:
    """The canonical period of a figure of that kind; `merged` writes February as 01/02.

    A year or a quarter stays one for kinds that have it; 2026年 of a cumulative flow is December's.
    """
    index = said.index + shift
    month = index % 12 + 1
    if kind == "Y" and month == 12:
        return at_index(index, "year").text
    if kind in ("Q", "YTDQ") and month % 3 == 0:
        return at_index(index, "quarter").text
    return at_index(index, merged=kind in ("M", "YTD") and (merged or said.months == 2)).text


def from_period(period: str) -> Said:
    """The period asked for, as if a text had said it; DataError `period.unreadable`."""
    asked: Period = parse_period(period)
    return Said(asked.year, asked.month, asked.months, None, 0, 0)
