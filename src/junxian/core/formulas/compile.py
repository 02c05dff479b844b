"""Compiling a formula (公式编译): its plan becomes Narwhals expressions, once, for every engine."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import narwhals as nw

from junxian.core.errors import RuleError
from junxian.core.formulas import express
from junxian.core.formulas.arithmetic import literal
from junxian.core.formulas.express import Built
from junxian.core.formulas.growth import case_of, growth, outermost_growth
from junxian.core.formulas.model import (
    Binary,
    Call,
    Compiled,
    Context,
    Derived,
    Empty,
    Formula,
    Leaf,
    Month,
    Node,
    Number,
    Reading,
    Scaled,
    Text,
    Truth,
    Unary,
)

Columns = Callable[[Leaf], str]
LARGEST_EXPRESSION = 256


def compile_formula(formula: Formula, columns: Columns, context: Context) -> Compiled:
    """Expressions over a frame with one Float64 column per leaf (`columns` names it) and per derived name.

    On PySpark no column name may hold a dot. RuleError formula.no_column for a name without a column,
    formula.no_peers for a peer function without keys.
    """
    builder = Builder(columns, context)
    factor, top = _unscaled(formula.plan)
    if not (isinstance(top, Call) and top.function == "growth"):
        result = builder.build(formula.plan)
        return Compiled(result.expr, steps=builder.steps_below(result))
    now, before = (builder.build(argument) for argument in top.arguments)
    value = outermost_growth(now, before)
    shown = value.expr if factor == 1 else value.expr * factor
    return Compiled(shown, case_of(now, before), before.expr, builder.steps_below(value))


def _unscaled(plan: Node) -> tuple[float, Node]:
    factor = 1.0
    while isinstance(plan, Scaled):
        factor, plan = factor * plan.factor, plan.operand
    return factor, plan


class Builder:
    """One pass over one plan; columns that windows inside windows need are kept by level."""

    def __init__(self, columns: Columns, context: Context) -> None:
        self._columns = columns
        self._context = context
        self._steps: list[dict[str, nw.Expr]] = []

    def steps_below(self, built: Built) -> tuple[tuple[tuple[str, nw.Expr], ...], ...]:
        return tuple(tuple(step.items()) for step in self._steps[: built.level])

    def build(self, node: Node) -> Built:
        """A node's expression; a large one becomes a column, so that what reads it twice does not double it."""
        built = _BUILD[type(node)](self, node)
        return self._hoisted(node, built) if built.size > LARGEST_EXPRESSION else built

    def number(self, node: Number) -> Built:
        return express.number(node.value)

    def truth(self, node: Truth) -> Built:
        return Built(nw.lit(node.value), computed=False, sure=True, scalar=True)

    def empty(self, _: Empty) -> Built:
        return Built(express.nothing(), computed=False, scalar=True)

    def reading(self, node: Reading) -> Built:
        return Built(nw.col(self._columns(node.leaf)), computed=bool(node.leaf.gather), cancels=bool(node.leaf.gather))

    def derived(self, node: Derived) -> Built:
        column = self._context.columns_of_name.get(node.name)
        if column is None:
            raise RuleError("formula.no_column", name=node.name)
        return Built(nw.col(column), cancels=True)

    def month(self, node: Month) -> Built:
        if node.december:
            return express.number(12 - node.after)
        month, back = nw.col(self._context.month), node.back % 12
        moved = month if back == 0 else (month - 1 - back + 12) % 12 + 1
        return Built(moved, computed=False, sure=True)

    def scaled(self, node: Scaled) -> Built:
        inner = self.build(node.operand)
        fixed = literal(node.operand)
        if fixed is not None:
            return express.number(fixed * node.factor)
        return express.made(inner.expr * node.factor, inner, sure=inner.sure)

    def unary(self, node: Unary) -> Built:
        fixed = literal(node)
        if fixed is not None:
            return express.number(fixed)
        inner = self.build(node.operand)
        expr = ~inner.expr if node.operator == "not" else -inner.expr
        return express.made(expr, inner, computed=inner.computed, sure=inner.sure)

    def binary(self, node: Binary) -> Built:
        if isinstance(node.right, Text):
            label = self.build(node.left)
            same = label.expr == node.right.value
            return express.made(same if node.operator == "=" else ~same, label, computed=False)
        return express.operate(node.operator, self.build(node.left), self.build(node.right))

    def call(self, node: Call) -> Built:
        parts = [self.build(argument) for argument in node.arguments if not isinstance(argument, Text)]
        if node.function == "rank" or node.function.startswith("peer_"):
            return self._peers(node, parts[0])
        return _CALLS[node.function](node, parts)

    def _peers(self, node: Call, x: Built) -> Built:
        keys = self._context.keys
        if not keys:
            raise RuleError("formula.no_peers", name=node.function)
        flat = self._hoisted(node.arguments[0], x) if x.windowed else x
        if node.function == "rank":
            return express.ranked(flat, keys, descending=node.arguments[1] == Text("desc"))
        if node.function == "peer_quantile":
            return express.quantile(flat, literal(node.arguments[1]) or 0.0, keys)
        if node.function == "peer_count":
            return express.counted(flat, keys)
        return express.moment(node.function, flat, keys)

    def _hoisted(self, node: Node, x: Built) -> Built:
        """A column of its own first: for a window inside a window, which neither engine takes, or for size."""
        while len(self._steps) <= x.level:
            self._steps.append({})
        told = f"{node!r}{self._context.keys}{sorted(self._context.columns_of_name.items())}"
        column = "~" + sha256(told.encode()).hexdigest()[:16]
        self._steps[x.level][column] = x.expr
        return Built(nw.col(column), x.level + 1, computed=x.computed, cancels=x.cancels)


_BUILD: dict[type[Node], Callable[..., Built]] = {
    Number: Builder.number,
    Truth: Builder.truth,
    Empty: Builder.empty,
    Reading: Builder.reading,
    Derived: Builder.derived,
    Month: Builder.month,
    Scaled: Builder.scaled,
    Unary: Builder.unary,
    Binary: Builder.binary,
    Call: Builder.call,
}


def _ladder(_: Call, parts: list[Built]) -> Built:
    x, *rest, otherwise = parts
    return express.ladder(x, list(zip(rest[::2], rest[1::2], strict=True)), otherwise)


def _rounded(node: Call, parts: list[Built]) -> Built:
    return express.rounded(node.function, parts[0], int(literal(node.arguments[1]) or 0))


def _coalesced(_: Call, parts: list[Built]) -> Built:
    merged = nw.coalesce(*(part.expr for part in parts))
    computed = any(part.computed for part in parts)
    return express.made(merged, *parts, computed=computed, sure=any(part.sure for part in parts))


def _known(_: Call, parts: list[Built]) -> Built:
    return express.made(~parts[0].expr.is_null(), parts[0], computed=False, sure=True)


_CALLS: dict[str, Callable[[Call, list[Built]], Built]] = {
    "growth": lambda _, parts: growth(*parts),
    "if": lambda _, parts: express.choose(*parts),
    "steps": _ladder,
    "max": lambda node, parts: express.extreme(node.function, parts),
    "min": lambda node, parts: express.extreme(node.function, parts),
    "round_half_up": _rounded,
    "round_half_even": _rounded,
    **dict.fromkeys(("ln", "log10", "exp", "sqrt", "abs"), lambda node, parts: express.curve(node.function, parts[0])),
    "coalesce": _coalesced,
    "known": _known,
}
