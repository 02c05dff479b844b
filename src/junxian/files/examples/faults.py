"""Planted faults (预埋差错): what an office gets wrong, one fault a rule, at places written to planted.csv.

Nothing else in the workbooks is wrong, so an import must find these and no others. Faults that change a figure carry it
into the city's total unless the total itself is the fault; the rule names are those of the rulebook's checks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from junxian.files.examples.layout import CORNER, TITLE, Mark, Sheet, address
from junxian.files.examples.months import Key
from junxian.files.examples.registers import COLUMNS, Row
from junxian.files.examples.world import CITY


class Planted(NamedTuple):
    """One line of planted.csv."""

    period: str
    file: str
    sheet: str
    cell: str
    rule: str


Change = Callable[[Sheet], tuple[Mark, ...]]


@dataclass(frozen=True)
class Fault:
    """Where a fault is planted and which rule must find it there.

    `factors` multiply figures before the sheet is written; `change` alters the sheet afterwards and returns the marks
    of the cells the rule must name; `found_at` are the marks when only figures were altered.
    """

    period: str
    office: str
    sheet: str
    rule: str
    factors: dict[Key, float] = field(default_factory=dict)
    change: Change | None = None
    found_at: tuple[Mark, ...] = ()


def _repeat(unit: str) -> Change:
    """The row of a unit stands a second time right below; the second figures are the duplicates."""

    def change(sheet: Sheet) -> tuple[Mark, ...]:
        row = sheet.marks[(unit, "")][0]
        columns = {mark: c for mark, (r, c) in sheet.marks.items() if r == row and mark != (unit, "")}
        sheet.insert(row, list(sheet.rows[row]))
        again = {("twice", mark[1]): (row + 1, column) for mark, column in columns.items()}
        sheet.marks.update(again)
        return tuple(again)

    return change


def _say(mark: Mark, written: str | None) -> Change:
    """Other words in a cell: a wrong month in the title, a misspelt name, a word for a number, no unit."""

    def change(sheet: Sheet) -> tuple[Mark, ...]:
        sheet.put(mark, written)
        return (mark,)

    return change


def _no_unit(*codes: str) -> Change:
    """The corner does not say 单位：亿元; the heads of the amounts are where a unit is missed."""

    def change(sheet: Sheet) -> tuple[Mark, ...]:
        sheet.put(CORNER, None)
        return tuple(("", code) for code in codes)

    return change


def _replace(mark: Mark, old: str, new: str) -> Change:
    def change(sheet: Sheet) -> tuple[Mark, ...]:
        written = str(sheet.at(mark))
        if old not in written:
            raise LookupError(f"{old!r} is not in {written!r}")
        sheet.put(mark, written.replace(old, new))
        return (mark,)

    return change


def _stranger(after: str, name: str, column: int) -> Change:
    """A row with figures for a unit the city does not have."""

    def change(sheet: Sheet) -> tuple[Mark, ...]:
        row = sheet.marks[(after, "")][0]
        cells = [cell if isinstance(cell, (int, float)) else None for cell in sheet.rows[row]]
        cells[column] = name  # type: ignore[call-overload]
        sheet.insert(row, cells)
        sheet.marks[("stranger", "")] = (row + 1, column)
        return (("stranger", ""),)

    return change


def _new_indicator(after: str, name: str, unit_text: str) -> Change:
    """A row with figures for an indicator the catalogue does not have (indicators down)."""

    def change(sheet: Sheet) -> tuple[Mark, ...]:
        row = sheet.marks[("", after)][0]
        figures = ["１．２" if column > 1 else None for column in range(len(sheet.rows[row]))]
        sheet.insert(row, [name, unit_text, *figures[2:]])
        sheet.marks[("", "new")] = (row + 1, 0)
        return (("", "new"),)

    return change


FAULTS: tuple[Fault, ...] = (
    Fault("2025-03", "统计局", "主要指标", "once_only", change=_repeat("X10023")),
    Fault("2025-05", "统计局", "主要指标", "county_sum", {(CITY, "retail"): 1.05}, found_at=((CITY, "retail"),)),
    Fault("2025-06", "财政局", "三保", "period_right", change=_replace(TITLE, "6月", "5月")),
    Fault("2025-07", "统计局", "主要指标", "region_known", change=_stranger("X10025", "未来科学城", 0)),
    Fault("2025-09", "财政局", "收支", "not_falling", {("X10024", "expenditure"): 0.8},
          found_at=(("X10024", "expenditure"),)),
    Fault("2025-10", "商务局", "外经外贸", "region_known", change=_say(("X10025", ""), "竹寻县")),
    Fault("2025-11", "财政局", "收支", "tax_and_nontax", {("X10001", "nontax"): 1.06, (CITY, "nontax"): 1},
          found_at=(("X10001", "revenue"),)),
    Fault("2025-12", "商务局", "外经外贸", "indicator_known", change=_new_indicator("trade", "跨境电商交易额", "亿元")),
    Fault("2026-01/02", "人行", "存贷款", "unit_said", change=_no_unit("deposits", "loans")),
    Fault("2026-03", "财政局", "收支", "figure_type", change=_say(("X10004", "revenue"), "待核")),
    Fault("2026-06", "商务局", "外经外贸", "jump", {("X10025", "trade"): 1.9}, found_at=(("X10025", "trade"),)),
    Fault("2026-06", "人行", "存贷款", "region_known", change=_say(("X10025", ""), "竹浔具")),
    Fault("2026-06", "统计局", "主要指标", "county_sum", {(CITY, "new_firms"): 1.1}, found_at=((CITY, "new_firms"),)),
)  # fmt: skip
REGISTER_FAULTS = (("2025-10", "X10021", "good_days", "138.2", "in_range"),)
"""Faults of the tidy register: round, unit, indicator, what is written, rule."""


def altered(period: str, office: str) -> dict[Key, float]:
    """Factors planted in one office's figures of one round."""
    found: dict[Key, float] = {}
    for fault in FAULTS:
        if (fault.period, fault.office) == (period, office):
            found.update(fault.factors)
    return found


def apply_to_sheets(period: str, office: str, file: str, sheets: list[Sheet]) -> list[Planted]:
    """Change the sheets of one workbook as planned and say where each fault now stands."""
    planted: list[Planted] = []
    for fault in FAULTS:
        if (fault.period, fault.office) != (period, office):
            continue
        sheet = next(s for s in sheets if s.name == fault.sheet)
        marks = fault.change(sheet) if fault.change else fault.found_at
        planted.extend(Planted(period, file, sheet.name, address(*sheet.marks[mark]), fault.rule) for mark in marks)
    return planted


def apply_to_register(period: str, file: str, rows: list[Row]) -> list[Planted]:
    """The same for the tidy register; cells are addressed as in a sheet with one header row."""
    planted: list[Planted] = []
    for when, unit, code, written, rule in REGISTER_FAULTS:
        if when != period:
            continue
        place = next(i for i, row in enumerate(rows) if (row["region_code"], row["indicator"]) == (unit, code))
        rows[place] = {**rows[place], "value": written}
        planted.append(Planted(period, file, "", address(place + 1, COLUMNS.index("value")), rule))
    return planted


def planted_in(period: str) -> list[str]:
    """Rules with a fault planted in a round."""
    rules = [fault.rule for fault in FAULTS if fault.period == period]
    return sorted(rules + [rule for when, *_, rule in REGISTER_FAULTS if when == period])
