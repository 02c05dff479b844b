"""Live formulas (活公式): a small tree that is both written into a cell and reckoned here, so both say one thing.

A missing figure is the empty text, never a zero. Rows are units, the rows of one category stand together, so that a
category's figures are one plain range and no array formula is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

MISSING = ""
Value = float | str | bool
"""What a cell holds: a number, a text ("" is missing) or, inside a formula only, a truth."""


class NotExpressed(Exception):
    """A rule that worksheet functions cannot say; `code` names the reason in the word catalogue."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code, facts)


@dataclass(frozen=True)
class Reason:
    """Why something is pasted as a value; code and facts as in the word catalogue."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Recomputed:
    """The workbook written. not_expressed: (criterion or part, reason in words) of everything pasted."""

    path: Path
    not_expressed: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Expr:
    """One place in a live formula."""


@dataclass(frozen=True)
class Number(Expr):
    value: float


@dataclass(frozen=True)
class Word(Expr):
    text: str


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a sheet, a cell for each unit. expr None: inputs, pasted values, or formulas row by row (texts).

    alike: one value for a whole category; its formula stands in the category's first row, the others point to it.
    """

    sheet: str
    place: int
    title: str
    values: tuple[Value, ...]
    expr: Expr | None = None
    kind: Literal["input", "formula", "given"] = "formula"
    alike: bool = False
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell(Expr):
    """The cell of a column in the formula's own row."""

    column: Column


@dataclass(frozen=True)
class Setting(Expr):
    """A parameter on its own sheet: the row it stands in and its value, by category ("" for all)."""

    name: str
    rows: tuple[tuple[str, int, float], ...]

    def at(self, category: str) -> tuple[int, float]:
        """Row and value for a category; KeyError where the rule names none."""
        known = {name: (row, value) for name, row, value in self.rows}
        return known[category] if category in known else known[""]


@dataclass(frozen=True)
class Apply(Expr):
    """A worksheet function of the formula's own row."""

    function: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True)
class Infix(Expr):
    """operator: + - * / ^ = <> < <= > >=."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Over(Expr):
    """A function over the category's cells of some columns; see `peers`."""

    function: str
    columns: tuple[Column, ...]
    arguments: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class ByCategory(Expr):
    """A different formula for each category."""

    parts: tuple[tuple[str, Expr], ...]

    def at(self, category: str) -> Expr:
        return dict(self.parts)[category]


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and everything below it."""
    yield expr
    if isinstance(expr, Apply | Over):
        below: tuple[Expr, ...] = expr.arguments
    elif isinstance(expr, Infix):
        below = (expr.left, expr.right)
    else:
        below = tuple(part for _, part in expr.parts) if isinstance(expr, ByCategory) else ()
    for part in below:
        yield from walk(part)


def apply(function: str, *arguments: Expr | float | str) -> Apply:
    """A function call; plain numbers and texts allowed."""
    return Apply(function, tuple(lift(argument) for argument in arguments))


def lift(given: Expr | float | str) -> Expr:
    """A plain number or text as a place in a formula."""
    if isinstance(given, Expr):
        return given
    return Word(given) if isinstance(given, str) else Number(float(given))


def infix(operator: str, left: Expr | float | str, right: Expr | float | str) -> Expr:
    """left operator right."""
    return Infix(operator, lift(left), lift(right))


def when(condition: Expr, then: Expr | float | str, otherwise: Expr | float | str) -> Expr:
    """IF(condition, then, otherwise)."""
    return apply("IF", condition, then, otherwise)


def is_number(*cells: Expr) -> Expr:
    """Whether all of them hold numbers; of cells only, because COUNT asks cells."""
    if len(cells) == 1:
        return apply("ISNUMBER", cells[0])
    return infix("=", apply("COUNT", *cells), len(cells))


def if_numbers(cells: tuple[Expr, ...], then: Expr | float | str) -> Expr:
    """The formula where all these cells hold numbers, nothing otherwise."""
    asked = tuple(dict.fromkeys(cell for cell in cells if isinstance(cell, Cell)))
    return when(is_number(*asked), then, MISSING) if asked else lift(then)


def rounded(expr: Expr, places: int = 9) -> Expr:
    """ROUND(expr, places)."""
    return apply("ROUND", expr, places)


def total(parts: list[Expr]) -> Expr:
    """a + b + c; nothing is zero."""
    found = parts[0] if parts else Number(0.0)
    for part in parts[1:]:
        found = Infix("+", found, part)
    return found
