"""Declared rounding as live formulas (舍入): 四舍五入, 修约 and cutting off, after the node's own cap and floor.

Halves are told apart on the figure shifted by its decimals and settled to 10⁻⁹, so that 1.005 rounds as 1.005.
"""

from __future__ import annotations

from collections.abc import Callable

from junxian.core.scoring.model import Node, Rounding
from junxian.files.recompute.model import Expr, apply, infix, rounded, when


def half_even(x: Expr, places: int) -> Expr:
    """GB/T 8170: a half goes to the even neighbour. x should be a cell: it is written several times."""
    shifted = _shifted(x, places)
    whole = apply("INT", shifted)
    rest = rounded(infix("-", shifted, whole))
    odd = infix("=", apply("MOD", whole, 2), 1)
    up = when(infix(">", rest, 0.5), 1, when(apply("AND", infix("=", rest, 0.5), odd), 1, 0))
    return _back(x, infix("+", whole, up), places)


def cut_off(x: Expr, places: int) -> Expr:
    """Further decimals are dropped."""
    return _back(x, apply("INT", _shifted(x, places)), places)


def _shifted(x: Expr, places: int) -> Expr:
    size = apply("ABS", x)
    scaled = infix("*", size, 10.0**places) if places >= 0 else infix("/", size, 10.0**-places)
    return rounded(scaled, min(9, 9 - places))


def _back(x: Expr, whole: Expr, places: int) -> Expr:
    sized = infix("/", whole, 10.0**places) if places >= 0 else infix("*", whole, 10.0**-places)
    return infix("*", apply("SIGN", x), rounded(sized, max(places, 0)))


def published(x: Expr, rounding: Rounding) -> Expr:
    """A figure of at most nine decimals, rounded as declared."""
    if rounding.mode == "none" or rounding.places >= 9:
        return x
    if rounding.mode == "half_up":
        return rounded(x, rounding.places)
    return half_even(x, rounding.places) if rounding.mode == "half_even" else cut_off(x, rounding.places)


def limited(x: Expr, node: Node, number: Callable[[str, float], Expr]) -> Expr:
    """The node's own cap and floor; number puts them on the parameters' sheet."""
    if node.at_most is not None:
        x = apply("MIN", x, number("at_most", node.at_most))
    return x if node.at_least is None else apply("MAX", x, number("at_least", node.at_least))
