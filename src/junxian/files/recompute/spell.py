"""Spelling live formulas (活公式成文): the tree as worksheet text, a row at a time."""

from __future__ import annotations

import re
from collections.abc import Callable

from junxian.files.recompute.model import (
    Apply,
    ByCategory,
    Cell,
    Column,
    Expr,
    Infix,
    NotExpressed,
    Number,
    Over,
    Setting,
    Word,
)
from junxian.files.recompute.peers import PEERS
from junxian.files.recompute.reckon import Span

ROW = "\x00"
"""Stands for the row number until a formula is written into its row."""
LONGEST, DEEPEST, MOST_ARGUMENTS = 8192, 60, 255
"""What one cell holds: characters, functions inside functions (64, less what ours are wrapped in), arguments."""
FIRST_ROW = 8
"""The worksheet row of the first unit, on every sheet of units alike."""
_BINDS = {"^": 4, "*": 3, "/": 3, "+": 2, "-": 2, "=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1}


class Speller:
    """Writes formulas for the cells of one sheet: cells of the same sheet are named without it."""

    def __init__(self, sheet: str, settings: str) -> None:
        self._sheet = sheet
        self._settings = settings

    def text(self, expr: Expr, span: Span) -> str:
        """The formula with ROW in place of the row number; NotExpressed where it is too much for a cell."""
        if (nested := depth(expr)) > DEEPEST:
            raise NotExpressed("recompute.too_deep", depth=nested, most=DEEPEST)
        found = "=" + self._say(expr, span)
        if len(found) + 6 * found.count(ROW) > LONGEST:
            raise NotExpressed("recompute.too_long", length=len(found))
        return found

    def _say(self, expr: Expr, span: Span) -> str:
        return _SAY[type(expr)](self, expr, span)

    def _number(self, expr: Number, _: Span) -> str:
        text = number_text(expr.value)
        return f"({text})" if text.startswith("-") else text

    def _word(self, expr: Word, _: Span) -> str:
        return quoted(expr.text)

    def _cell(self, expr: Cell, _: Span) -> str:
        return f"{self._before(expr.column.sheet)}{letters(expr.column.place)}{ROW}"

    def _before(self, sheet: str) -> str:
        return "" if sheet == self._sheet else f"{sheet_name(sheet)}!"

    def _setting(self, expr: Setting, span: Span) -> str:
        return f"{self._before(self._settings)}$E${expr.at(span.category)[0]}"

    def _infix(self, expr: Infix, span: Span) -> str:
        binds = _BINDS[expr.operator]
        left, right = self._say(expr.left, span), self._say(expr.right, span)
        if isinstance(expr.left, Infix) and _BINDS[expr.left.operator] < binds:
            left = f"({left})"
        if isinstance(expr.right, Infix) and _BINDS[expr.right.operator] <= binds:
            right = f"({right})"
        return f"{left}{expr.operator}{right}"

    def _apply(self, expr: Apply, span: Span) -> str:
        if len(expr.arguments) > MOST_ARGUMENTS:
            raise NotExpressed("recompute.too_many", count=len(expr.arguments), most=MOST_ARGUMENTS)
        parts = [self._say(argument, span) for argument in expr.arguments]
        if expr.function == "MATCH":
            return f"MATCH({parts[0]},{{{','.join(parts[1:])}}},0)"
        return f"{expr.function}({','.join(parts)})"

    def _over(self, expr: Over, span: Span) -> str:
        ranges = [self.range(column, span) for column in expr.columns]
        own = [self._cell(Cell(column), span) for column in expr.columns]
        return PEERS[expr.function].write(ranges, own, [self._say(given, span) for given in expr.arguments])

    def range(self, column: Column, span: Span) -> str:
        """A column's cells of one category."""
        letter = letters(column.place)
        first, last = FIRST_ROW + span.start, FIRST_ROW + span.end - 1
        return f"{self._before(column.sheet)}${letter}${first}:${letter}${last}"


_SAY: dict[type[Expr], Callable[..., str]] = {
    Number: Speller._number,
    Word: Speller._word,
    Cell: Speller._cell,
    Setting: Speller._setting,
    Infix: Speller._infix,
    Apply: Speller._apply,
    Over: Speller._over,
    ByCategory: lambda speller, expr, span: speller._say(expr.at(span.category), span),
}


def depth(expr: Expr) -> int:
    """How many functions stand inside each other."""
    if isinstance(expr, Infix):
        return max(depth(expr.left), depth(expr.right))
    if isinstance(expr, ByCategory):
        return max(depth(part) for _, part in expr.parts)
    if isinstance(expr, Apply | Over):
        return 1 + max((depth(argument) for argument in expr.arguments), default=0)
    return 0


def number_text(value: float) -> str:
    """A number as worksheets read it."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value).upper()


_CALL = re.compile(r"([A-Z])\(")
"""What the writer would take for a call of a new function, though it stands in a text."""


def quoted(text: str) -> str:
    """A text inside a formula, without what cannot stand there."""
    plain = "".join(letter for letter in text if letter >= " ").replace('"', '""')
    return '"' + _CALL.sub(r'\1"&"(', plain) + '"'


def sheet_name(name: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + name.replace("'", "''") + "'"


def letters(place: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found
