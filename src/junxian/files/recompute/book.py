"""The workbook in the making (复算簿): sheets of columns, parameters with their clauses, and what could not be said.

Every sheet of units has the same rows: the categories one after another, official order inside, so that row n is the
same unit everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from junxian.files.recompute.model import (
    ByCategory,
    Cell,
    Column,
    Expr,
    NotExpressed,
    Over,
    Reason,
    Setting,
    Value,
    walk,
)
from junxian.files.recompute.peers import ALIKE
from junxian.files.recompute.reckon import Span, reckon
from junxian.files.recompute.spell import Speller

_NUMBERED = re.compile(r"(.+)_(\d+)")
FIRST_SETTING = 4
"""The worksheet row of the first parameter."""
TOO_MANY = 16_000
"""Columns a sheet may have; worksheets end at 16,384."""


@dataclass(frozen=True)
class Unit:
    """One row: code, name and category."""

    code: str
    name: str
    category: str


@dataclass(frozen=True)
class Heading:
    """What stands above a block of columns: name, clause and maximum, formula of the rulebook."""

    place: int
    lines: tuple[str, ...]


@dataclass
class UnitSheet:
    """A sheet with a row for each unit; its first three columns are code, name and category."""

    name: str
    title: str
    columns: list[Column] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)

    @property
    def next_place(self) -> int:
        return 3 + len(self.columns)


@dataclass(frozen=True)
class SettingRow:
    """One line of the parameters' sheet."""

    node: str
    clause: str
    name: str
    category: str
    value: float | str


@dataclass(frozen=True)
class Note:
    """Something pasted as a value: which criterion or part, which column, why."""

    what: str
    column: str
    reason: Reason


@dataclass(frozen=True)
class Result:
    """The cells a group reads of its child, and formulas of a node."""

    points: Column
    maximum: Column
    role: Column
    value: Column | None = None
    label: Column | None = None


@dataclass
class Book:
    """Everything that will be written; results and weights by node. words: the catalogue in the workbook's language."""

    units: Sequence[Unit]
    spans: Sequence[Span]
    words: Mapping[str, str]
    sheets: list[UnitSheet] = field(default_factory=list)
    settings: list[SettingRow] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    results: dict[int, Result] = field(default_factory=dict)
    weights: dict[int, Mapping[int, Expr]] = field(default_factory=dict)

    @property
    def settings_sheet(self) -> str:
        return self.say("sheet.settings")

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(span.category for span in self.spans)

    def sheet(self, name: str, title: str) -> UnitSheet:
        """A new sheet of units."""
        found = UnitSheet(name, title)
        self.sheets.append(found)
        return found

    def say_or(self, code: str, otherwise: str) -> str:
        """A word of the catalogue, or the name itself where the catalogue has none."""
        return self.words.get(f"recompute.{code}", otherwise)

    def say(self, code: str, **facts: object) -> str:
        """A word of the catalogue; KeyError where it has none, so that a test finds it."""
        return self.words[f"recompute.{code}"].format(**facts)

    def setting_name(self, name: str) -> str:
        """What a parameter is called: `rung_3` is the third rung, `low_quantile` the quantile taken as low goalpost."""
        if name.endswith("_quantile"):
            return self.say("setting.quantile", name=self.setting_name(name.removesuffix("_quantile")))
        numbered = _NUMBERED.fullmatch(name)
        if numbered is None:
            return self.say(f"setting.{name}")
        return f"{self.say(f'setting.{numbered[1]}')} {numbered[2]}"

    def setting(
        self,
        node: str,
        name: str,
        given: float | Mapping[str, float],
        *,
        clause: str = "",
        otherwise: float | None = None,
    ) -> Expr:
        """A number of the rules, or one per category, put on the parameters' sheet.

        otherwise: what categories get that the rule does not name; None leaves them without a row.
        """
        if not isinstance(given, Mapping):
            return Setting(name, ((self._setting_row(node, clause, name, "", float(given))),))
        known = {c: given.get(c, otherwise) for c in self.categories}
        rows = [self._setting_row(node, clause, name, c, float(v)) for c, v in known.items() if v is not None]
        return Setting(name, tuple(rows))

    def _setting_row(self, node: str, clause: str, name: str, category: str, value: float) -> tuple[str, int, float]:
        self.settings.append(SettingRow(node, clause, name, category, value))
        return category, FIRST_SETTING + len(self.settings) - 1, value

    def remark(self, node: str, name: str, text: str, clause: str = "") -> None:
        """A rule in words on the parameters' sheet; nothing reads it."""
        self.settings.append(SettingRow(node, clause, name, "", text))

    def note(self, what: str, column: str, reason: Reason) -> None:
        known = Note(what, column, reason)
        if known not in self.notes:
            self.notes.append(known)


@dataclass
class Block:
    """Some neighbouring columns of one sheet that belong to one criterion, group or question."""

    book: Book
    sheet: UnitSheet
    what: str
    clause: str = ""

    def head(self, *lines: str) -> None:
        """What stands above the block."""
        self.sheet.headings.append(Heading(self.sheet.next_place, lines))

    def add(self, title: str, expr: Expr) -> Column:
        """A column of live formulas."""
        speller = Speller(self.sheet.name, self.book.settings_sheet)
        for span in self.book.spans:
            speller.text(expr, span)
        return self._put(title, reckon(expr, self.book.spans), expr, "formula")

    def told(self, title: str, texts: Sequence[str], values: Iterable[Value | None]) -> Column:
        """A column of live formulas that differ from row to row."""
        cells = tuple("" if value is None else value for value in values)
        return self._keep(Column(self.sheet.name, self.sheet.next_place, title, cells, texts=tuple(texts)))

    def enter(self, title: str, values: Iterable[Value | None]) -> Column:
        """A column of inputs."""
        return self._put(title, tuple("" if value is None else value for value in values), None, "input")

    def paste(self, title: str, values: Iterable[Value | None], reason: Reason) -> Column:
        """A column of values that no live formula leads to; named on the sheet of notes."""
        self.book.note(self.what, title, reason)
        return self._put(title, tuple("" if value is None else value for value in values), None, "given")

    def setting(self, name: str, given: float | Mapping[str, float], otherwise: float | None = None) -> Expr:
        """A number of this criterion's rule."""
        return self.book.setting(self.what, name, given, clause=self.clause, otherwise=otherwise)

    def replace(self, column: Column, values: Sequence[Value | None], reason: Reason) -> Column:
        """The same column pasted, because what stands there is not what the engine says."""
        self.book.note(self.what, column.title, reason)
        cells = tuple("" if value is None else value for value in values)
        pasted = Column(column.sheet, column.place, column.title, cells, None, "given")
        self.sheet.columns[column.place - 3] = pasted
        return pasted

    def attempt(self, title: str, build: Callable[[], Column], values: Sequence[Value | None]) -> Column:
        """The column built, or pasted with the reason why it cannot be."""
        kept, columns = len(self.book.settings), len(self.sheet.columns)
        try:
            return build()
        except NotExpressed as why:
            del self.book.settings[kept:]
            del self.sheet.columns[columns:]
            return self.paste(title, values, Reason(why.code, why.facts))

    def _put(
        self, title: str, values: tuple[Value, ...], expr: Expr | None, kind: Literal["input", "formula", "given"]
    ) -> Column:
        alike = expr is not None and is_alike(expr)
        return self._keep(Column(self.sheet.name, self.sheet.next_place, title, values, expr, kind, alike))

    def _keep(self, column: Column) -> Column:
        if column.place >= TOO_MANY:
            raise NotExpressed("recompute.too_wide", most=TOO_MANY)
        self.sheet.columns.append(column)
        return column


def is_alike(expr: Expr) -> bool:
    """Whether a formula asks the whole category for one figure, so that writing it once is enough."""
    parts = list(walk(expr))
    return any(isinstance(part, Over | Cell) for part in parts) and not any(_reads_row(part) for part in parts)


def _reads_row(part: Expr) -> bool:
    if isinstance(part, Cell):
        return not part.column.alike
    return isinstance(part, ByCategory) or (isinstance(part, Over) and part.function not in ALIKE)
