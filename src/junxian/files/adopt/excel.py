"""Excel formulas (表内公式): read into trees and computed, so that a sheet's own arithmetic can speak for itself.

Only what score sheets use is understood; anything else is DataError `adopt.formula_not_read`, and the report says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from junxian.core.errors import DataError
from junxian.files.adopt.grid import Spot
from junxian.files.sheets.guard import column_number

LONGEST = 2000
MOST_PARTS = 400
DEEPEST = 40
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_LEVELS = ({"=", "<>", "<", ">", "<=", ">="}, {"&"}, {"+", "-"}, {"*", "/"}, {"^"})


@dataclass(frozen=True)
class Literal:
    """A number, text or truth written in the formula."""

    value: float | str | bool


@dataclass(frozen=True)
class Cell:
    """One cell read."""

    spot: Spot


@dataclass(frozen=True)
class Area:
    """A rectangle read, corners included."""

    first: Spot
    last: Spot

    def spots(self) -> Iterator[Spot]:
        for row in range(self.first.row, self.last.row + 1):
            for column in range(self.first.column, self.last.column + 1):
                yield Spot(self.first.sheet, row, column)

    @property
    def size(self) -> int:
        return (self.last.row - self.first.row + 1) * (self.last.column - self.first.column + 1)


@dataclass(frozen=True)
class Do:
    """A function (upper case) or an operator with its arguments."""

    name: str
    args: tuple[Tree, ...]


Tree = Literal | Cell | Area | Do


@lru_cache(maxsize=4096)
def parse(text: str, sheet: str) -> Tree:
    """`=B4/MAX(B$4:B$12)*10` on its sheet → tree; DataError `adopt.formula_not_read`."""
    from openpyxl.formula import Tokenizer

    if len(text) > LONGEST:
        raise unread(text[:60])
    items = [item for item in Tokenizer(text).items if item.type != "WHITE-SPACE"]
    if len(items) > MOST_PARTS:
        raise unread(text[:60])
    reader = _Reader(items, sheet)
    tree = reader.expression()
    if reader.at < len(items):
        raise unread(str(items[reader.at].value))
    return tree


def unread(what: str) -> DataError:
    return DataError("adopt.formula_not_read", what=what)


class _Reader:
    """Precedence climbing over openpyxl's tokens."""

    def __init__(self, items: list[object], sheet: str) -> None:
        self.items, self.sheet, self.at, self.depth = items, sheet, 0, 0

    def peek(self) -> tuple[str, str, str]:
        if self.at >= len(self.items):
            return "", "", ""
        item = self.items[self.at]
        return item.type, item.subtype, str(item.value)  # type: ignore[attr-defined]

    def take(self) -> tuple[str, str, str]:
        found = self.peek()
        self.at += 1
        return found

    def expression(self, level: int = 0) -> Tree:
        if level == len(_LEVELS):
            return self.signed()
        left = self.expression(level + 1)
        while self.peek()[0] == "OPERATOR-INFIX" and self.peek()[2] in _LEVELS[level]:
            sign = self.take()[2]
            left = Do(sign, (left, self.expression(level + 1)))
        return left

    def signed(self) -> Tree:
        if self.peek()[0] == "OPERATOR-PREFIX":
            sign = self.take()[2]
            inner = self.signed()
            return Do("NEGATIVE", (inner,)) if sign == "-" else inner
        found = self.operand()
        while self.peek()[0] == "OPERATOR-POSTFIX":
            self.take()
            found = Do("/", (found, Literal(100.0)))
        return found

    def operand(self) -> Tree:
        kind, sort, value = self.take()
        if kind == "OPERAND":
            return self.plain(sort, value)
        if sort != "OPEN" or kind not in ("FUNC", "PAREN"):
            raise unread(value or "…")
        self.depth += 1
        if self.depth > DEEPEST:
            raise unread("((…))")
        args = self.arguments()
        self.depth -= 1
        if kind == "FUNC":
            return Do(value.rstrip("(").upper().removeprefix("_XLFN."), args)
        if len(args) != 1:
            raise unread("( , )")
        return args[0]

    def arguments(self) -> tuple[Tree, ...]:
        found: list[Tree] = []
        while self.peek()[1] != "CLOSE":
            if self.peek()[0] == "SEP":
                self.take()
                continue
            if not self.peek()[0]:
                raise unread("(…")
            found.append(self.expression())
        self.take()
        return tuple(found)

    def plain(self, sort: str, value: str) -> Tree:
        if sort == "NUMBER":
            return Literal(float(value))
        if sort == "TEXT":
            return Literal(value[1:-1].replace('""', '"'))
        if sort == "LOGICAL":
            return Literal(value.upper() == "TRUE")
        if sort == "RANGE":
            return self.place(value)
        raise unread(value)

    def place(self, value: str) -> Tree:
        sheet, _, cells = value.rpartition("!")
        name = sheet.strip("'").replace("''", "'") or self.sheet
        first, _, last = cells.partition(":")
        found = [_PLACE.fullmatch(part) for part in ((first, last) if last else (first,))]
        spots = [Spot(name, int(f[2]) - 1, column_number(f[1]) - 1) for f in found if f]
        if len(spots) != len(found):
            raise unread(value)
        return Area(spots[0], spots[1]) if last else Cell(spots[0])


def walk(tree: Tree) -> Iterator[Tree]:
    """The tree and everything in it."""
    yield tree
    if isinstance(tree, Do):
        for arg in tree.args:
            yield from walk(arg)


def numbers_in(tree: Tree) -> list[float]:
    """Numbers written in a formula, in order; -5 counts as itself."""
    return [node.value for node in walk(tree) if isinstance(node, Literal) and type(node.value) is float]
