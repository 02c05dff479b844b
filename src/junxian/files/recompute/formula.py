"""Formulas as live formulas (公式成活): a plan in primitives over leaves becomes worksheet arithmetic.

A missing figure stays missing: what a result needs is asked first (COUNT), conditions such as a divisor that is not
zero next, and only then is anything computed. What may come out empty in the middle gets a column of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from junxian.core.formulas.model import (
    Binary,
    Call,
    Derived,
    Empty,
    Formula,
    Leaf,
    Month,
    Node,
    Reading,
    Scaled,
    Text,
    Truth,
    Unary,
)
from junxian.core.formulas.model import Number as Literal
from junxian.files.recompute.book import Block
from junxian.files.recompute.model import (
    MISSING,
    Cell,
    Column,
    Expr,
    NotExpressed,
    Number,
    Word,
    apply,
    if_numbers,
    infix,
    rounded,
    when,
)
from junxian.files.recompute.noise import cancels, computed

BIGGEST_EXPONENT = 709.0


@dataclass(frozen=True)
class Term:
    """A formula on its way. needs: cells that must hold numbers. guards: conditions to ask next, in order.

    loose: it may still come out empty.
    """

    expr: Expr
    needs: tuple[Expr, ...] = ()
    guards: tuple[Expr, ...] = ()
    loose: bool = False

    @property
    def sure(self) -> bool:
        return not (self.needs or self.guards or self.loose)

    def closed(self) -> Expr:
        """The whole formula, empty where something is missing."""
        found = self.expr
        for guard in reversed(self.guards):
            found = when(guard, found, MISSING)
        return if_numbers(self.needs, found)


def joined(expr: Expr, *parts: Term, guards: tuple[Expr, ...] = ()) -> Term:
    """A term that needs all that its parts need."""
    needs = tuple(dict.fromkeys(need for part in parts for need in part.needs))
    asked = tuple(dict.fromkeys(guard for part in parts for guard in part.guards))
    return Term(expr, needs, asked + guards)


Given = Expr | Column | Term
"""What a name stands for: a parameter, a column, or a term of its own."""


@dataclass(frozen=True)
class Growth:
    """A growth rate at the top of a formula, with the cells its cases rest on."""

    value: Term
    now: Expr
    before: Expr
    case: Term


class Lowering:
    """Formulas of one block. reading: the column of a leaf; names: what derived names stand for; month: 1–12."""

    def __init__(self, block: Block, reading: Callable[[Leaf], Column], names: Mapping[str, Given], month: int) -> None:
        self.block = block
        self.names = names
        self._reading = reading
        self._month = month

    def formula(self, formula: Formula) -> Term:
        """The value of a formula; growth at its top also gives the shrinking of a loss (RULES §1.5)."""
        return self.growth(formula).value if tops_growth(formula) else self.term(formula.plan)

    def settled(self, formula: Formula) -> Term:
        """As formula, and if it may come out empty it stands in a column first, so that it can be rounded."""
        found = self.formula(formula)
        return self.in_column(found) if found.loose else found

    def growth(self, formula: Formula) -> Growth:
        """The parts of a formula whose outermost call is a growth rate."""
        factor, top = _unscaled(formula.plan)
        assert isinstance(top, Call)
        now, before = (self.hoisted(part, title) for part, title in zip(top.arguments, ("now", "before"), strict=True))
        a, b = (_signed(part, node) for part, node in zip((now, before), top.arguments, strict=True))
        percent = infix("*", infix("/", infix("-", now.expr, before.expr), before.expr), 100 * factor)
        shrunk = infix("*", infix("/", infix("-", before.expr, now.expr), before.expr), 100 * factor)
        ordinary = apply("AND", infix(">", b, 0), infix(">=", a, 0))
        narrowed = apply("AND", infix("<", b, 0), infix("<=", a, 0), infix(">=", a, b))
        value = replace(joined(when(ordinary, percent, when(narrowed, shrunk, MISSING)), now, before), loose=True)
        return Growth(value, now.expr, before.expr, joined(_case(a, b), now, before))

    def term(self, node: Node) -> Term:
        """Any plan as a term; NotExpressed where a worksheet has no such thing."""
        return _TERM[type(node)](self, node)

    def strict(self, node: Node) -> Term:
        """As term, missing only where a needed cell is; what may come out empty goes to a column first."""
        found = self.term(node)
        return self.in_column(found) if found.loose else found

    def hoisted(self, node: Node, title: str = "step") -> Term:
        """As term, in a column of its own unless it is a cell or a number already."""
        found = self.term(node)
        if isinstance(found.expr, Cell | Number) and not (found.guards or found.loose):
            return found
        return self.in_column(found, title)

    def in_column(self, found: Term, title: str = "step") -> Term:
        """The same term in a column of its own."""
        cell = Cell(self.block.add(self.block.book.say(f"column.{title}"), found.closed()))
        return Term(cell, () if found.sure else (cell,))

    def column_of(self, node: Node, title: str = "step", *, steady: bool = False) -> Column:
        """The column that holds a plan's value, for functions that ask the whole category."""
        found = self.strict(node)
        if steady and computed(node):
            found = replace(found, expr=rounded(found.expr))
        if isinstance(found.expr, Cell) and not found.guards:
            return found.expr.column
        return self.block.add(self.block.book.say(f"column.{title}"), found.closed())

    def named(self, node: Derived) -> Term:
        given = self.names.get(node.name)
        if given is None:
            raise NotExpressed("recompute.name", name=node.name)
        if isinstance(given, Column):
            return Term(Cell(given), (Cell(given),))
        return given if isinstance(given, Term) else Term(given)

    def read(self, node: Reading) -> Term:
        cell = Cell(self._reading(node.leaf))
        return Term(cell, (cell,))

    def month(self, node: Month) -> Term:
        moved = 12 - node.after if node.december else (self._month - 1 - node.back) % 12 + 1
        return Term(Number(float(moved)))

    def scaled(self, node: Scaled) -> Term:
        return _times(self.strict(node.operand), node.factor)

    def unary(self, node: Unary) -> Term:
        inner = self.strict(node.operand)
        if node.operator == "not":
            return replace(inner, expr=apply("NOT", inner.expr))
        if isinstance(inner.expr, Number):
            return Term(Number(-inner.expr.value))
        return replace(inner, expr=infix("-", 0, inner.expr))

    def binary(self, node: Binary) -> Term:
        if node.operator in {"and", "or"}:
            return self._logical(node)
        left, right = self.strict(node.left), self.strict(node.right)
        if node.operator in {"+", "-", "*"}:
            return joined(infix(node.operator, left.expr, right.expr), left, right)
        if node.operator == "/":
            return self._quotient(node, left)
        if node.operator == "^":
            return replace(
                joined(apply("IFERROR", infix("^", left.expr, right.expr), MISSING), left, right), loose=True
            )
        noisy = computed(node.left) or computed(node.right)
        a, b = (rounded(part.expr) if noisy else part.expr for part in (left, right))
        return joined(infix("<>" if node.operator == "!=" else node.operator, a, b), left, right)

    def _quotient(self, node: Binary, left: Term) -> Term:
        right = self.hoisted(node.right, "divisor")
        if isinstance(right.expr, Number):
            if right.expr.value == 0:
                return replace(joined(Word(MISSING), left), loose=True)
            return joined(infix("/", left.expr, right.expr), left)
        divides = infix("<>", _signed(right, node.right), 0)
        return joined(infix("/", left.expr, right.expr), left, right, guards=(divides,))

    def _logical(self, node: Binary) -> Term:
        """And, or: one side alone may decide though the other is unknown, unless both know and miss together."""
        left, right = self.strict(node.left), self.strict(node.right)
        if left.needs == right.needs and not (left.guards or right.guards):
            return joined(apply(node.operator.upper(), left.expr, right.expr), left, right)
        one, two = (self.truth(part) for part in (left, right))
        decides = 0 if node.operator == "and" else 1
        decided = apply("OR", infix("=", one, decides), infix("=", two, decides))
        known = apply("AND", apply("ISNUMBER", one), apply("ISNUMBER", two))
        column = self.block.add(
            self.block.book.say("column.truth"), when(decided, decides, when(known, 1 - decides, MISSING))
        )
        return Term(infix("=", Cell(column), 1), (Cell(column),))

    def truth(self, found: Term) -> Expr:
        """A condition as a column of 1 and 0, empty where it is unknown."""
        as_number = replace(found, expr=when(found.expr, 1, 0))
        return Cell(self.block.add(self.block.book.say("column.truth"), as_number.closed()))

    def call(self, node: Call) -> Term:
        from junxian.files.recompute.functions import call

        return call(self, node)


def _unscaled(plan: Node) -> tuple[float, Node]:
    factor = 1.0
    while isinstance(plan, Scaled):
        factor, plan = factor * plan.factor, plan.operand
    return factor, plan


def tops_growth(formula: Formula) -> bool:
    """Whether the outermost call is a growth rate, so that its cases are known."""
    _, top = _unscaled(formula.plan)
    return isinstance(top, Call) and top.function == "growth"


def _times(term: Term, factor: float) -> Term:
    if factor == 1.0:
        return term
    if isinstance(term.expr, Number):
        return replace(term, expr=Number(term.expr.value * factor))
    return replace(term, expr=infix("*", term.expr, factor))


def _signed(term: Term, node: Node) -> Expr:
    """The figure fit to be asked for its sign: 0.1 + 0.2 − 0.3 is zero."""
    return rounded(term.expr) if cancels(node) else term.expr


def _case(a: Expr, b: Expr) -> Expr:
    """0–6 as RULES §1.5."""
    profit = when(infix(">=", a, 0), 0, 6)
    loss = when(infix(">", a, 0), 3, when(infix(">=", a, b), 4, 5))
    nothing = when(infix(">", a, 0), 1, when(infix("<", a, 0), 6, 2))
    return when(infix(">", b, 0), profit, when(infix("<", b, 0), loss, nothing))


def _no_text(_: Lowering, node: Node) -> Term:
    raise NotExpressed("recompute.text", line=node.line, column=node.column)


_TERM: dict[type[Node], Callable[..., Term]] = {
    Literal: lambda _, node: Term(Number(float(node.value))),
    Truth: lambda _, node: Term(infix("=", 1, 1 if node.value else 0)),
    Empty: lambda _, node: Term(Word(MISSING), loose=True),
    Text: _no_text,
    Reading: Lowering.read,
    Derived: Lowering.named,
    Month: Lowering.month,
    Scaled: Lowering.scaled,
    Unary: Lowering.unary,
    Binary: Lowering.binary,
    Call: Lowering.call,
}
