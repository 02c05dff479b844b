"""Patterns (行列对应): which figure of a sheet is which region's which indicator, worked out once per set of labels.

A pattern lists, column after column, the region, meaning and address of every figure of a sheet. Sheets with the same
header and the same labels share it, so a thousand alike workbooks cost one pattern and a thousand comparisons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from junxian.core.indicators.match import Match, normalise, split_calibre
from junxian.core.indicators.model import Kind
from junxian.files.sheets.context import PERCENTS, Context, Reading
from junxian.files.sheets.dates import Said, period_text
from junxian.files.sheets.guard import column_letters
from junxian.files.sheets.header import Cell
from junxian.files.sheets.layout import Layout, Rows, ValueColumn
from junxian.files.sheets.resolve import Meaning, Question, shown

Notice = tuple[str, str, dict[str, Any]]
"""Rule, code and facts of a finding."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a figure is: everything of its observation but region, value and place."""

    indicator: str
    kind: Kind
    calibre: str
    stage: str
    unit: str
    factor: float
    period: str
    target: str
    percent: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the lines above the table and the names of sheet and file say."""

    said: Said
    units: tuple[str, ...]
    hint: Kind | None
    merged: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """A finding that is made for each sheet in which one of the cells holds a figure. Cells are (row, column)."""

    cell: tuple[int, int]
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    notice: Notice


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rows and columns to take, and where their attributes lie in the store."""

    offset: int
    size: int
    rows: tuple[int, ...]
    columns: tuple[tuple[int, tuple[int, ...]], ...]
    doubts: tuple[Doubt, ...]
    percent: frozenset[int]
    whole_percent: frozenset[int]


@dataclass
class Store:
    """All patterns' figures: region, meaning and address, as plain lists that become columns of a frame."""

    region: list[str] = field(default_factory=list)
    spec: list[int] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    specs: list[Spec] = field(default_factory=list)
    _known: dict[Spec, int] = field(default_factory=dict)

    def copy(self) -> Store:
        """The lists as they are now."""
        return Store(self.region[:], self.spec[:], self.row[:], self.letters[:], self.specs[:])

    def number(self, spec: Spec) -> int:
        if spec not in self._known:
            self._known[spec] = len(self.specs)
            self.specs.append(spec)
        return self._known[spec]


Way = tuple[tuple[Cell, ...], str, str]
"""What a row's labels add to the meaning of its figures: words, calibre, unit."""
PLAIN: Way = ((), "", "")


@dataclass(slots=True)
class _Taken:
    """The rows that hold figures."""

    rows: list[int] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)

    def firsts(self) -> dict[Way, int]:
        """Each way with the first row that goes it."""
        if not self.rows:
            return {}
        if set(map(id, self.ways)) == {id(PLAIN)}:
            return {PLAIN: self.rows[0]}
        return dict(zip(reversed(self.ways), reversed(self.rows), strict=True))


class PatternMaker:
    """Makes the pattern of one layout in one sheet's circumstances."""

    def __init__(self, context: Context, reading: Reading, layout: Layout, sheet: Sheet, store: Store) -> None:
        self.context, self.reading, self.layout, self.sheet, self.store = context, reading, layout, sheet, store
        self.doubts: list[Doubt] = []
        self._specs: dict[tuple[Any, ...], int | Notice | None] = {}

    def make(self, rows: Rows) -> Pattern:
        """The pattern of a sheet with these rows."""
        self.doubts = [self._unread(row, column, text) for row, column, text in self.layout.unread]
        taken = self._rows(rows)
        firsts = taken.firsts()
        offset, numbered = len(self.store.region), [row + 1 for row in taken.rows]
        columns = []
        for value in self.layout.values:
            specs = self._column(value, taken, firsts)
            if specs is None:
                continue
            columns.append((value.index, specs))
            self.store.region.extend(repeat(value.region, len(numbered)) if value.region else taken.regions)
            self.store.spec.extend(specs)
            self.store.row.extend(numbered)
            self.store.letters.extend(repeat(column_letters(value.index), len(numbered)))
        self._same_twice(columns)
        size = len(self.store.region) - offset
        percent, whole = self._percent_columns(columns)
        return Pattern(offset, size, tuple(taken.rows), tuple(columns), tuple(self.doubts), percent, whole)

    def _percent_columns(self, columns: list[tuple[int, tuple[int, ...]]]) -> tuple[frozenset[int], frozenset[int]]:
        """Columns with figures in %, and those with nothing but figures in % stored as 8.5."""
        ways = {index: {self.store.specs[s].percent if s >= 0 else "" for s in set(specs)} for index, specs in columns}
        percent = frozenset(index for index, found in ways.items() if found - {""})
        return percent, frozenset(index for index in percent if ways[index] == {"percent"})

    def _unread(self, row: int, column: int, text: str) -> Doubt:
        match = self.reading.regions.match(split_calibre(text)[0])
        return Doubt((row, column), (), (column,), unknown_region(self.context, text, match))

    def _rows(self, rows: Rows) -> _Taken:
        column = self.layout.region_column
        if column is not None and not self.layout.label_columns and self.layout.unit_column is None:
            codes = self.reading.regions.codes(row[column] for row in rows[self.layout.top :])
            if codes:
                return _Taken(list(range(self.layout.top, len(rows))), codes, [PLAIN] * len(codes))
        taken = _Taken()
        held: list[object] = [""] * len(self.layout.label_columns)
        region: object = ""
        for index in range(self.layout.top, len(rows)):
            row = rows[index]
            if column is not None:
                region = row[column] if row[column] != "" or not held else region
            held = [
                row[c] if row[c] != "" or len(held) < 2 else old
                for c, old in zip(self.layout.label_columns, held, strict=True)
            ]
            code, calibre = ("", "") if column is None else self._region(index, column, region)
            way = self._way(row, held, calibre) if code or column is None else None
            if way is not None:
                taken.rows.append(index)
                taken.regions.append(code)
                taken.ways.append(way)
        return taken

    def _region(self, index: int, column: int, said: object) -> tuple[str, str]:
        """(code, calibre) of a row; a name nobody knows is noted and left out."""
        name, calibre = (
            split_calibre(said) if type(said) is str else (f"{said:.0f}" if type(said) is float else str(said), "")
        )
        match = self.reading.regions.known(name)
        if match.sure:
            return match.code, calibre
        if not name or normalise(name) in self.reading.skipped_rows:
            return "", ""
        match = self.reading.regions.match(name)
        if not match.sure:
            self._doubt_row(index, column, unknown_region(self.context, name, match))
        return match.code, calibre

    def _way(self, row: Sequence[Any], held: list[object], calibre: str) -> Way | None:
        """What the labels add; None for rows to be left out."""
        unit_column = self.layout.unit_column
        if not held and unit_column is None:
            return ((), calibre, "") if calibre else PLAIN
        if held and not any(row[c] != "" for c in self.layout.label_columns):
            return None
        words = tuple(self.reading.header.read(text) for text in held if text != "")
        if words and normalise(words[-1].text) in self.reading.skipped_rows:
            return None
        unit = self.reading.header.unit_of(str(row[unit_column])) if unit_column is not None else ""
        return words, calibre, unit

    def _doubt_row(self, index: int, column: int, notice: Notice) -> None:
        columns = tuple(value.index for value in self.layout.values)
        self.doubts.append(Doubt((index, column), (index,), columns, notice))

    def _column(self, value: ValueColumn, taken: _Taken, firsts: dict[Way, int]) -> tuple[int, ...] | None:
        """The meaning of every figure of a column; None when the column is not read at all. Doubts are noted."""
        found = {way: self._spec(value, *way, first=row) for way, row in firsts.items()}
        numbers = {way: spec for way, spec in found.items() if isinstance(spec, int)}
        if not self.layout.label_columns:
            for notice in {repr(n): n for n in found.values() if isinstance(n, tuple)}.values():
                self.doubts.append(Doubt((value.head, value.index), (), (value.index,), notice))
        else:
            self._doubt_labels(value, taken, found)
        if not numbers:
            return None
        if len(found) == 1:
            return tuple(repeat(next(iter(numbers.values())), len(taken.rows)))
        return tuple(numbers.get(way, -1) for way in taken.ways)

    def _doubt_labels(self, value: ValueColumn, taken: _Taken, found: dict[Way, int | Notice | None]) -> None:
        if all(not isinstance(spec, tuple) for spec in found.values()):
            return
        label = self.layout.label_columns[-1]
        for row, way in zip(taken.rows, taken.ways, strict=True):
            notice = found[way]
            told = any(doubt.cell == (row, label) and value.index in doubt.columns for doubt in self.doubts)
            if isinstance(notice, tuple) and not told:
                columns = tuple(v.index for v in self.layout.values)
                self.doubts.append(Doubt((row, label), (row,), columns, notice))

    def _spec(
        self, value: ValueColumn, words: tuple[Cell, ...], calibre: str, unit: str, *, first: int
    ) -> int | Notice | None:
        path = (*words, *value.path)
        meaning = self.reading.resolver.meaning(path, self.sheet.hint)
        if meaning is None:
            return None
        if isinstance(meaning, Question):
            return unknown_indicator(self.context, meaning)
        place = (first, self.layout.label_columns[-1]) if words else (value.head, value.index)
        return self._settled(meaning, path, (calibre or value.calibre, unit), place)

    def _settled(
        self, meaning: Meaning, path: tuple[Cell, ...], row: tuple[str, str], place: tuple[int, int]
    ) -> int | Notice:
        calibre, row_unit = row
        card = self.context.card_of[meaning.indicator]
        if any(cell.growth for cell in path) and self.context.factor(row_unit, card.unit) is None:
            row_unit = ""  # 亿元 before a row is the amount's, not its growth rate's
        said_unit = meaning.unit or row_unit or meaning.declared_unit
        unit = said_unit or self._implied_unit(card.unit)
        missing = not unit and bool(card.unit)
        factor = self.context.factor(unit or card.unit, card.unit)
        if factor is None:
            return "unit", "sheets.unit_mismatch", {"header": shown(path), "unit": unit, "expected": card.unit}
        if missing and card.unit not in PERCENTS:
            self._doubt_unit(place, shown(path), card.unit)
        percent = meaning.percent_as if (unit or card.unit) == "%" else ""
        said = meaning.said.in_year(self.sheet.said.year) if meaning.said else self.sheet.said
        period = period_text(said, meaning.kind, shift=meaning.shift, merged=self.sheet.merged)
        return self.store.number(
            Spec(
                meaning.indicator,
                meaning.kind,
                meaning.calibre or calibre,
                meaning.stage,
                unit or card.unit,
                factor * 100 if percent == "fraction" else factor,
                period,
                card.unit,
                percent,
            )
        )

    def _implied_unit(self, wanted: str) -> str:
        """The corner's unit that fits the card, else the form's; a corner in 亿元 says nothing about a rate."""
        for unit in (*self.sheet.units, self.reading.form.unit):
            if unit and self.context.factor(unit, wanted) is not None:
                return unit
        return "" if wanted in PERCENTS or not self.sheet.units else self.sheet.units[0]

    def _doubt_unit(self, place: tuple[int, int], header: str, expected: str) -> None:
        if all(doubt.cell != place or doubt.notice[0] != "unit" for doubt in self.doubts):
            rows = () if place[0] < self.layout.top else (place[0],)
            columns = tuple(v.index for v in self.layout.values) if rows else (place[1],)
            self.doubts.append(
                Doubt(place, rows, columns, ("unit", "sheets.unit_missing", {"header": header, "expected": expected}))
            )

    def _same_twice(self, columns: list[tuple[int, tuple[int, ...]]]) -> None:
        """Two columns with one meaning: neither can be told from the other, so it is asked."""
        seen: dict[tuple[int, ...], int] = {}
        for index, numbers in columns:
            value = next(v for v in self.layout.values if v.index == index)
            key = (*numbers, hash(value.region))
            if key in seen and numbers:
                header = shown(value.path) or column_letters(index)
                facts = {"header": header, "other": column_letters(seen[key])}
                self.doubts.append(
                    Doubt((value.head, index), (), (index,), ("unknown_indicator", "sheets.column_twice", facts))
                )
            seen.setdefault(key, index)


def unknown_region(context: Context, name: str, match: Match) -> Notice:
    """A row or column of figures for a unit nobody knows, or for one of several."""
    code = "sheets.unknown_region" if not match.candidates else "sheets.doubtful_region"
    return "unknown_region", code, {"name": name, "candidates": context.titles(match.candidates)}


def unknown_indicator(context: Context, question: Question) -> Notice:
    """Figures for an indicator nobody knows, or for one of several."""
    code = "sheets.unknown_indicator" if not question.candidates else "sheets.doubtful_indicator"
    return "unknown_indicator", code, {"name": question.text, "candidates": context.titles(question.candidates)}
