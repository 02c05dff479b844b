"""Functions of formulas as worksheet functions (函数对照): every primitive of a plan that a worksheet can say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from junxian.core.formulas.model import Call, Node, Text
from junxian.core.formulas.model import Number as Literal
from junxian.files.recompute.formula import BIGGEST_EXPONENT, Lowering, Term, joined
from junxian.files.recompute.model import Cell, Expr, NotExpressed, Number, Over, apply, infix, rounded, when
from junxian.files.recompute.noise import cancels, computed
from junxian.files.recompute.rounding import half_even

MOST_DIGITS = 9
"""Worksheets carry fifteen digits; beyond nine decimals the two would round different noise."""


def call(into: Lowering, node: Call) -> Term:
    """A call as a term; NotExpressed where no worksheet function says it."""
    if node.function not in _CALLS:
        raise NotExpressed("recompute.function", name=node.function)
    return _CALLS[node.function](into, node)


def _growth(into: Lowering, node: Call) -> Term:
    """Percent over a positive base while the figure has not turned negative (RULES §1.5)."""
    now, before = (into.hoisted(part, title) for part, title in zip(node.arguments, ("now", "before"), strict=True))
    a, b = (rounded(t.expr) if cancels(n) else t.expr for t, n in zip((now, before), node.arguments, strict=True))
    percent = infix("*", infix("/", infix("-", now.expr, before.expr), before.expr), 100)
    return joined(percent, now, before, guards=(apply("AND", infix(">", b, 0), infix(">=", a, 0)),))


def _if(into: Lowering, node: Call) -> Term:
    condition, then, otherwise = node.arguments
    asked, one, two = into.strict(condition), into.term(then), into.term(otherwise)
    found = joined(when(asked.expr, one.closed(), two.closed()), asked)
    return replace(found, loose=not (one.sure and two.sure))


def _steps(into: Lowering, node: Call) -> Term:
    """The value of the last bound not above x; the last argument where there is none."""
    first, *rest, otherwise = node.arguments
    bounds = [into.strict(bound) for bound in rest[::2]]
    values = [into.term(value) for value in rest[1::2]]
    x, last = into.hoisted(first), into.term(otherwise)
    noisy = any(computed(part) for part in (first, *rest[::2]))
    found = last.closed()
    for bound, value in zip(bounds, values, strict=True):
        level, reached = (rounded(part.expr) if noisy else part.expr for part in (x, bound))
        found = when(infix(">=", level, reached), value.closed(), found)
    return replace(joined(found, x, *bounds), loose=not all(value.sure for value in (*values, last)))


def _extreme(into: Lowering, node: Call) -> Term:
    parts = [into.strict(part) for part in node.arguments]
    return joined(apply(node.function.upper(), *(part.expr for part in parts)), *parts)


def _digits(node: Node) -> int:
    digits = int(node.value) if isinstance(node, Literal) else 0
    if digits > MOST_DIGITS:
        raise NotExpressed("recompute.digits", digits=digits, most=MOST_DIGITS)
    return digits


def _round_half_up(into: Lowering, node: Call) -> Term:
    x = into.strict(node.arguments[0])
    return joined(rounded(x.expr, _digits(node.arguments[1])), x)


def _round_half_even(into: Lowering, node: Call) -> Term:
    x = into.hoisted(node.arguments[0])
    return joined(half_even(x.expr, _digits(node.arguments[1])), x)


def _curve(name: str, allowed: Callable[[Expr], Expr]) -> Callable[[Lowering, Call], Term]:
    """A function of one figure that is defined for some figures only."""

    def made(into: Lowering, node: Call) -> Term:
        x = into.hoisted(node.arguments[0])
        return joined(apply(name, x.expr), x, guards=(allowed(x.expr),))

    return made


def _absolute(into: Lowering, node: Call) -> Term:
    x = into.strict(node.arguments[0])
    return joined(apply("ABS", x.expr), x)


def _coalesce(into: Lowering, node: Call) -> Term:
    *first, last = node.arguments
    otherwise = into.term(last)
    found, sure = otherwise.closed(), otherwise.sure
    for part in reversed(first):
        x = into.hoisted(part)
        if not x.needs:
            return x
        found = when(apply("ISNUMBER", x.expr), x.expr, found)
    return Term(found, loose=not sure)


def _known(into: Lowering, node: Call) -> Term:
    x = into.hoisted(node.arguments[0])
    return Term(apply("ISNUMBER", x.expr) if x.needs else infix("=", 1, 1))


def _peers(function: str, *, always: bool = False) -> Callable[[Lowering, Call], Term]:
    def made(into: Lowering, node: Call) -> Term:
        column = into.column_of(node.arguments[0])
        found = Cell(into.block.add(_title(into, node), Over(function, (column,))))
        return Term(found, () if always else (found,))

    return made


def _title(into: Lowering, node: Call) -> str:
    return into.block.book.say(f"function.{node.function}")


def _quantile(into: Lowering, node: Call) -> Term:
    column = into.column_of(node.arguments[0])
    share = node.arguments[1]
    assert isinstance(share, Literal)
    found = Cell(into.block.add(_title(into, node), Over("PERCENTILE", (column,), (Number(share.value),))))
    return Term(found, (found,))


def _rank(into: Lowering, node: Call) -> Term:
    order = "desc" if node.arguments[1] == Text("desc") else "asc"
    column = into.column_of(node.arguments[0], steady=True)
    found = Cell(into.block.add(_title(into, node), Over(f"RANK shared {order}", (column,))))
    return Term(found, (found,))


_CALLS: dict[str, Callable[[Lowering, Call], Term]] = {
    "growth": _growth,
    "if": _if,
    "steps": _steps,
    "max": _extreme,
    "min": _extreme,
    "round_half_up": _round_half_up,
    "round_half_even": _round_half_even,
    "ln": _curve("LN", lambda x: infix(">", x, 0)),
    "log10": _curve("LOG10", lambda x: infix(">", x, 0)),
    "sqrt": _curve("SQRT", lambda x: infix(">=", x, 0)),
    "exp": _curve("EXP", lambda x: infix("<=", x, BIGGEST_EXPONENT)),
    "abs": _absolute,
    "coalesce": _coalesce,
    "known": _known,
    "rank": _rank,
    "peer_quantile": _quantile,
    "peer_count": _peers("COUNT", always=True),
    "peer_max": _peers("MAX"),
    "peer_min": _peers("MIN"),
    "peer_mean": _peers("AVERAGE"),
    "peer_median": _peers("MEDIAN"),
    "peer_sd": _peers("STDEV"),
    "peer_population_sd": _peers("STDEVP"),
    "peer_sum": _peers("SUM"),
}

EXPRESSED = frozenset(_CALLS)
"""Functions of plans that have a worksheet form; tests hold them against what the language knows."""
