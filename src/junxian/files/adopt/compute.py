"""Computing a sheet's formulas (表内重算): what a cell holds, or would hold if a figure were another one."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, InvalidOperation
from operator import add, eq, ge, gt, le, lt, mul, ne, sub
from typing import Any

from junxian.core.errors import DataError
from junxian.files.adopt.excel import Area, Cell, Do, Literal, Tree, parse, unread
from junxian.files.adopt.grid import Book, Spot

LARGEST_AREA = 20_000
DEEPEST = 200
_FAILED = (
    TypeError,
    ValueError,
    ZeroDivisionError,
    OverflowError,
    IndexError,
    InvalidOperation,
    statistics.StatisticsError,
)
Value = Any
"""A float, a text, a truth, or None for blank; areas are lists of them."""


class Computer:
    """Cells of a book by value; formulas without a stored result are computed, and all of them when asked afresh."""

    def __init__(self, book: Book, *, afresh: bool = False) -> None:
        self.book = book
        self.afresh = afresh or stale(book)
        self._known: dict[Spot, Value] = {}

    def stored(self, spot: Spot) -> Value:
        """The cell's value, computed where the file stores none; DataError where its formula cannot be read."""
        return self.cell(spot, self._known, 0)

    def supposing(self, instead: Mapping[Spot, float | None]) -> Callable[[Spot], Value]:
        """What any cell would hold with other figures in some cells."""
        other, known = Computer(self.book, afresh=True), dict(instead)
        return lambda spot: other.cell(spot, known, 0)

    def cell(self, spot: Spot, known: dict[Spot, Value], depth: int) -> Value:
        if spot in known:
            return known[spot]
        written = self.book.formulas.get(spot)
        value = self.book.value(spot)
        if written is not None and (self.afresh or value == ""):
            value = self.compute(parse(written, spot.sheet), known, depth + 1)
        found = float(value) if type(value) is int else None if value == "" else value
        known[spot] = found
        return found

    def compute(self, tree: Tree, known: dict[Spot, Value], depth: int) -> Value:
        if depth > DEEPEST:
            raise unread("((…))")
        if isinstance(tree, Literal):
            return tree.value
        if isinstance(tree, Cell):
            return self.cell(tree.spot, known, depth)
        if isinstance(tree, Area):
            if tree.size > LARGEST_AREA:
                raise unread(f"{tree.first.cell}:{tree.last.cell}")
            return [self.cell(spot, known, depth) for spot in tree.spots()]
        try:
            found = self._done(tree, known, depth + 1)
        except _FAILED as fault:
            raise unread(tree.name) from fault
        if isinstance(found, complex) or (isinstance(found, float) and not math.isfinite(found)):
            raise unread(tree.name)
        return found

    def _done(self, tree: Do, known: dict[Spot, Value], depth: int) -> Value:
        if tree.name in LAZY:
            return LAZY[tree.name](tree.args, lambda arg: self.compute(arg, known, depth))
        if tree.name not in EAGER:
            raise unread(tree.name)
        return EAGER[tree.name](*[self.compute(arg, known, depth) for arg in tree.args])


def stale(book: Book) -> bool:
    """Whether the file was saved by a program that computes nothing: every formula's stored result is blank or 0."""
    return bool(book.formulas) and all(book.value(spot) in ("", 0) for spot in book.formulas)


Ask = Callable[[Tree], Value]


def _if(args: Sequence[Tree], ask: Ask) -> Value:
    if ask(args[0]):
        return ask(args[1])
    return ask(args[2]) if len(args) > 2 else False


def _ifs(args: Sequence[Tree], ask: Ask) -> Value:
    for condition, then in zip(args[::2], args[1::2], strict=False):
        if ask(condition):
            return ask(then)
    raise unread("IFS")


def _iferror(args: Sequence[Tree], ask: Ask) -> Value:
    try:
        return ask(args[0])
    except DataError:
        return ask(args[1])


LAZY: dict[str, Callable[[Sequence[Tree], Ask], Value]] = {"IF": _if, "IFS": _ifs, "IFERROR": _iferror}


def _numbers(*args: Value) -> list[float]:
    """Numbers among values and areas; blanks and texts in areas do not count, as in Excel."""
    found: list[float] = []
    for arg in args:
        for value in arg if isinstance(arg, list) else [arg]:
            if isinstance(value, float | int) and not isinstance(value, bool):
                found.append(float(value))
    return found


def _arithmetic(do: Callable[[float, float], float]) -> Callable[[Value, Value], float]:
    return lambda left, right: do(_number(left), _number(right))


def _number(value: Value) -> float:
    if value is None:
        return 0.0
    if isinstance(value, list):
        raise TypeError("an area is no number")
    return float(value)


def _comparison(do: Callable[[Any, Any], bool]) -> Callable[[Value, Value], bool]:
    def compare(left: Value, right: Value) -> bool:
        if isinstance(left, str) or isinstance(right, str):
            return (
                do(str(left or ""), str(right or ""))
                if do in (eq, ne) or isinstance(left, str) == isinstance(right, str)
                else do is gt
            )
        return do(_number(left), _number(right))

    return compare


def _round(how: str) -> Callable[..., float]:
    def rounded(value: Value, places: Value = 0.0) -> float:
        return float(Decimal(repr(_number(value))).quantize(Decimal(1).scaleb(-int(places)), rounding=how))

    return rounded


def _rank(value: Value, area: Value, order: Value = 0.0) -> float:
    mine = _number(value)
    better = [x for x in _numbers(area) if (x < mine if order else x > mine)]
    return float(len(better) + 1)


def _rank_average(value: Value, area: Value, order: Value = 0.0) -> float:
    ties = sum(x == _number(value) for x in _numbers(area))
    return _rank(value, area, order) + (ties - 1) / 2


def _count_if(area: Value, wanted: Value) -> float:
    text = str(wanted)
    signs = {">=": ge, "<=": le, "<>": ne, ">": gt, "<": lt, "=": eq}
    sign = next((sign for sign in signs if text.startswith(sign)), "")
    bound = float(text[len(sign) :])
    return float(sum(signs[sign or "="](x, bound) for x in _numbers(area)))


def _product_sum(*areas: Value) -> float:
    columns = [[_number(v) if not isinstance(v, str) else 0.0 for v in area] for area in areas]
    return math.fsum(math.prod(row) for row in zip(*columns, strict=True))


def _lookup(value: Value, bounds: Value, results: Value = None) -> Value:
    found = bounds if results is None else results
    place = max(i for i, bound in enumerate(bounds) if bound is not None and _number(bound) <= _number(value))
    return found[place]


def _text(value: Value) -> str:
    return "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


EAGER: dict[str, Callable[..., Value]] = {
    "+": _arithmetic(add), "-": _arithmetic(sub), "*": _arithmetic(mul), "/": _arithmetic(lambda a, b: a / b),
    "^": _arithmetic(pow), "&": lambda a, b: _text(a) + _text(b), "NEGATIVE": lambda a: -_number(a),
    "=": _comparison(eq), "<>": _comparison(ne), "<": _comparison(lt), ">": _comparison(gt),
    "<=": _comparison(le), ">=": _comparison(ge),
    "MAX": lambda *a: max(_numbers(*a), default=0.0), "MIN": lambda *a: min(_numbers(*a), default=0.0),
    "SUM": lambda *a: math.fsum(_numbers(*a)), "AVERAGE": lambda *a: statistics.fmean(_numbers(*a)),
    "MEDIAN": lambda *a: statistics.median(_numbers(*a)), "COUNT": lambda *a: float(len(_numbers(*a))),
    "COUNTA": lambda *a: float(sum(v is not None for x in a for v in (x if isinstance(x, list) else [x]))),
    "COUNTIF": _count_if, "SUMPRODUCT": _product_sum, "RANK": _rank, "RANK.EQ": _rank, "RANK.AVG": _rank_average,
    "LARGE": lambda area, k: sorted(_numbers(area), reverse=True)[int(k) - 1],
    "SMALL": lambda area, k: sorted(_numbers(area))[int(k) - 1],
    "STDEV": lambda *a: statistics.stdev(_numbers(*a)), "STDEV.S": lambda *a: statistics.stdev(_numbers(*a)),
    "STDEVP": lambda *a: statistics.pstdev(_numbers(*a)), "STDEV.P": lambda *a: statistics.pstdev(_numbers(*a)),
    "ROUND": _round(ROUND_HALF_UP), "ROUNDUP": _round(ROUND_UP), "ROUNDDOWN": _round(ROUND_DOWN),
    "INT": lambda a: float(math.floor(_number(a))), "ABS": lambda a: abs(_number(a)), "SQRT": lambda a: math.sqrt(a),
    "LN": lambda a: math.log(a), "LOG10": lambda a: math.log10(a), "EXP": lambda a: math.exp(a),
    "POWER": _arithmetic(pow), "AND": lambda *a: all(a), "OR": lambda *a: any(a), "NOT": lambda a: not a,
    "LOOKUP": _lookup, "ISNUMBER": lambda a: isinstance(a, float), "ISBLANK": lambda a: a is None,
}  # fmt: skip
