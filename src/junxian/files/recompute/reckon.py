"""Reckoning live formulas (活公式求值): what a cell shows, by the same tree that is written into it.

These are the values a workbook opens with before anybody recalculates, and the check that the tree says what the
engine computed. Only the worksheet functions used here are known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from junxian.files.recompute.model import (
    Apply,
    ByCategory,
    Cell,
    Expr,
    Infix,
    Number,
    Over,
    Setting,
    Value,
    Word,
)
from junxian.files.recompute.peers import PEERS

Cellwise = Callable[[int], Value]
NANO = 1_000_000_000


@dataclass(frozen=True)
class Span:
    """The rows of one category: first row and one past the last, counted over all units."""

    category: str
    start: int
    end: int


def reckon(expr: Expr, spans: Sequence[Span]) -> tuple[Value, ...]:
    """The value of a formula in every row."""
    found: list[Value] = []
    for span in spans:
        cell = _ready(expr, span)
        found.extend(cell(row) for row in range(span.start, span.end))
    return tuple(found)


def _ready(expr: Expr, span: Span) -> Cellwise:
    """A function of the row, made once for a category."""
    return _READY[type(expr)](expr, span)


def _cell(expr: Cell, _: Span) -> Cellwise:
    return expr.column.values.__getitem__


def _setting(expr: Setting, span: Span) -> Cellwise:
    value = expr.at(span.category)[1]
    return lambda _: value


def _infix(expr: Infix, span: Span) -> Cellwise:
    left, right, work = _ready(expr.left, span), _ready(expr.right, span), _INFIX[expr.operator]
    return lambda row: work(left(row), right(row))


def _apply(expr: Apply, span: Span) -> Cellwise:
    parts = [_ready(argument, span) for argument in expr.arguments]
    if expr.function in _LAZY:
        lazy = _LAZY[expr.function]
        return lambda row: lazy(row, *parts)
    work = _EAGER[expr.function]
    return lambda row: work(*(part(row) for part in parts))


def _over(expr: Over, span: Span) -> Cellwise:
    columns = [column.values[span.start : span.end] for column in expr.columns]
    given = [_ready(argument, span)(span.start) for argument in expr.arguments]
    found = PEERS[expr.function].reckon(columns, given)
    return lambda row: found[row - span.start]


_READY: dict[type[Expr], Callable[..., Cellwise]] = {
    Number: lambda expr, _: lambda row: expr.value,
    Word: lambda expr, _: lambda row: expr.text,
    Cell: _cell,
    Setting: _setting,
    Infix: _infix,
    Apply: _apply,
    Over: _over,
    ByCategory: lambda expr, span: _ready(expr.at(span.category), span),
}


def _number(value: Value) -> float:
    """Texts are no numbers here as in a worksheet that says #VALUE!; every formula must ask before."""
    if isinstance(value, str):
        raise TypeError(value)
    return float(value)


_INFIX: dict[str, Callable[[Value, Value], Value]] = {
    "+": lambda a, b: _number(a) + _number(b),
    "-": lambda a, b: _number(a) - _number(b),
    "*": lambda a, b: _number(a) * _number(b),
    "/": lambda a, b: _number(a) / _number(b),
    "^": lambda a, b: _number(a) ** _number(b),
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: _number(a) < _number(b),
    "<=": lambda a, b: _number(a) <= _number(b),
    ">": lambda a, b: _number(a) > _number(b),
    ">=": lambda a, b: _number(a) >= _number(b),
}


def round_half_up(value: float, places: int) -> float:
    """ROUND: halves away from zero, of the decimal that the float stands for to 10⁻⁹."""
    size = math.floor(abs(value) * NANO + 0.5)
    if places < 9:
        unit = 10 ** (9 - places)
        size = (size + unit // 2) // unit * unit
    return math.copysign(size / NANO, value) if size else 0.0


def _if(row: int, condition: Cellwise, then: Cellwise, otherwise: Cellwise) -> Value:
    return then(row) if condition(row) else otherwise(row)


def _if_error(row: int, tried: Cellwise, otherwise: Cellwise) -> Value:
    try:
        value = tried(row)
    except (ArithmeticError, ValueError):
        return otherwise(row)
    return otherwise(row) if isinstance(value, complex) or (isinstance(value, float) and math.isinf(value)) else value


def _choose(row: int, which: Cellwise, *given: Cellwise) -> Value:
    return given[int(_number(which(row))) - 1](row)


_LAZY: dict[str, Callable[..., Value]] = {"IF": _if, "IFERROR": _if_error, "CHOOSE": _choose}


def _numbers(values: Sequence[Value]) -> list[float]:
    return [float(value) for value in values if not isinstance(value, str)]


def _match(value: Value, *known: Value) -> Value:
    return float(known.index(value) + 1)


_EAGER: dict[str, Callable[..., Value]] = {
    "AND": lambda *given: all(given),
    "OR": lambda *given: any(given),
    "NOT": lambda given: not given,
    "COUNT": lambda *given: float(len(_numbers(given))),
    "ISNUMBER": lambda given: not isinstance(given, str),
    "SUM": lambda *given: math.fsum(_numbers(given)),
    "MAX": lambda *given: max(_numbers(given), default=0.0),
    "MIN": lambda *given: min(_numbers(given), default=0.0),
    "ROUND": lambda value, places: round_half_up(_number(value), int(_number(places))),
    "INT": lambda value: float(math.floor(_number(value))),
    "ABS": lambda value: abs(_number(value)),
    "SIGN": lambda value: float((_number(value) > 0) - (_number(value) < 0)),
    "MOD": lambda value, by: _number(value) % _number(by),
    "EXP": lambda value: math.exp(_number(value)),
    "LN": lambda value: math.log(_number(value)),
    "LOG10": lambda value: math.log10(_number(value)),
    "SQRT": lambda value: math.sqrt(_number(value)),
    "MATCH": _match,
}
