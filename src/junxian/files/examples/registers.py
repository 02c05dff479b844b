"""Registers (业务台账): one tidy CSV a round with what supervision, environment and land keep, and the month's events.

Columns as the tidy reader expects them; events name their matter in `calibre`. Written as GB18030, the way such systems
export. A register that came without an event says so with its own row: an absent register is not an empty one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from junxian.files.examples.months import GAPS, LATE, Month, month_of
from junxian.files.examples.world import CITY, nine, peers

COLUMNS = (
    "region_code", "period", "indicator", "value", "unit", "source", "kind", "calibre", "state", "published_at",
    "revision", "reason",
)  # fmt: skip
Kept = tuple[str, str, str, str]
"""Indicator, unit, kind and source of a line of the register."""
KEPT: tuple[Kept, ...] = (
    ("pm25", "μg/m³", "YTD", "生态环境局月报"), ("good_days", "%", "YTD", "生态环境局月报"),
    ("idle_land", "%", "YTD", "自然资源局台账"), ("demonstration", "%", "YTD", "农业农村局台账"),
    ("major_tasks", "分", "YTD", "督查室台账"), ("major_livelihood", "分", "YTD", "督查室台账"),
    ("major_projects", "分", "YTD", "督查室台账"), ("major_reforms", "分", "YTD", "督查室台账"),
    ("major_specials", "分", "YTD", "督查室台账"), ("gap_closed", "%", "YTD", "发改委对标台账"),
    ("study_done", "%", "YTD", "考核办台账"),
)  # fmt: skip
WATCHED: tuple[Kept, ...] = (
    ("industry_growth", "%", "YTD", "省统计月报"),
    ("revenue_growth", "%", "YTD", "省统计月报"),
)
"""What the province publishes for the comparable counties and districts of other cities."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the register: when, whose, which card, which matter, and the document it rests on."""

    period: str
    unit: str
    card: str
    matter: str
    source: str


EVENTS = (
    Event("2025-04", "X10022", "talk_city", "事项2025-07", "约谈通知〔2025〕7号"),
    Event("2025-06", "X10024", "accident_ordinary", "事项2025-11", "事故调查报告2025-11"),
    Event("2025-07", "X10025", "late_figures", "事项2025-13", "统计通报〔2025〕3号"),
    Event("2025-09", "X10021", "model_province", "事项2025-18", "省典型经验通报〔2025〕21号"),
    Event("2025-10", "X10003", "petition_event", "事项2025-20", "信访督办单〔2025〕40号"),
    Event("2025-12", "X10002", "praise_province", "事项2025-24", "省督查激励通报〔2025〕9号"),
    Event("2026-01/02", "X10025", "talk_city", "事项2026-02", "约谈通知〔2026〕2号"),
    Event("2026-03", "X10023", "eco_talk", "事项2026-05", "生态环境约谈〔2026〕1号"),
    Event("2026-04", "X10021", "praise_state", "事项2026-08", "国家督查激励名单2026"),
    Event("2026-04", "X10021", "praise_province", "事项2026-08", "省督查激励通报〔2026〕4号"),
    Event("2026-05", "X10025", "accident_larger", "事项2026-10", "事故调查报告2026-10"),
    Event("2026-06", "X10025", "notice_province", "事项2026-10", "省安委办通报〔2026〕6号"),
    Event("2026-06", "X10022", "talk_city", "事项2026-12", "约谈通知〔2026〕12号"),
)
REVISIONS = (("2026-05", "2026-04", "X10024", "good_days", 1, "站点数据复核后更正"),)
"""Corrections: round that brings it, period corrected, unit, indicator, revision, reason."""
Row = dict[str, object]


def published(period: str) -> str:
    """Results go out on the 25th of the following month."""
    year, month = int(period[:4]), int(period[-2:])
    return f"{year + month // 12}-{month % 12 + 1:02d}-25"


def register_rows(month: Month) -> list[Row]:
    """All rows of a round in the order written."""
    return [*_kept(month), *_watched(month), *_filed(month), *_revised(month)]


def _row(month: Month, unit: str, line: Kept) -> Row:
    code, measure, kind, source = line
    figure = month.value(unit, code)
    gap = GAPS.get((month.round.period, unit, code), "")
    state = "" if not gap else "late" if gap == LATE else "not_reported"
    return {
        "region_code": unit, "period": month.round.period, "indicator": code, "unit": measure, "kind": kind,
        "value": "" if gap else figure, "source": source, "state": state,
        "published_at": published(month.round.period),
    }  # fmt: skip


def _kept(month: Month) -> Iterator[Row]:
    for line in KEPT:
        for unit in (CITY, *nine()):
            yield _row(month, unit, line)


def _watched(month: Month) -> Iterator[Row]:
    for line in WATCHED:
        for unit in peers():
            yield _row(month, unit, line)


def _filed(month: Month) -> Iterator[Row]:
    period = month.round.period
    mine = [event for event in EVENTS if event.period == period]
    for unit in nine():
        count = sum(event.unit == unit for event in mine)
        yield _fact(period, unit, "register_filed", count, "督查室台账")
    for event in mine:
        yield {**_fact(period, event.unit, event.card, 1, event.source), "calibre": event.matter}


def _fact(period: str, unit: str, code: str, count: int, source: str) -> Row:
    return {
        "region_code": unit, "period": period, "indicator": code, "value": count, "unit": "件", "kind": "M",
        "source": source, "published_at": published(period),
    }  # fmt: skip


def _revised(month: Month) -> Iterator[Row]:
    for brings, period, unit, code, revision, reason in REVISIONS:
        if brings == month.round.period:
            line = next(line for line in KEPT if line[0] == code)
            figure = _row(month, unit, line)["value"]
            row = _row(month_of(month.seed, period), unit, line)
            corrected = {"value": figure, "revision": revision, "reason": reason, "published_at": published(brings)}
            yield {**row, **corrected}


def write_csv(path: Path, rows: list[Row]) -> None:
    """GB18030 with CRLF lines, as a Windows export is."""
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
