"""Exact points (精确计分): marks become integers of 10⁻⁹ before anything is added, compared or rounded.

Float sums differ in the last bits from run to run (DESIGN §3); integers do not, on any engine.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import narwhals as nw

from junxian.core.scoring.model import Node, Rounding

NANO = 1_000_000_000


def whole(number: int) -> nw.Expr:
    """An integer as Int64: left to themselves engines make it 32 bits wide, and three times 10⁹ overflows."""
    return nw.lit(number, nw.Int64)


def to_nano(amount: nw.Expr, ratio: float | nw.Expr = 1.0) -> nw.Expr:
    """A float expression times `ratio` as Int64 of 10⁻⁹, halves up; null where it is null.

    A mark beyond 9·10⁹ does not fit: the engine refuses it and `Plan.run` says so as RuleError `scoring.too_large`.
    """
    return (amount * (ratio * float(NANO)) + 0.5).floor().cast(nw.Int64)


def from_nano(points: nw.Expr) -> nw.Expr:
    """Int64 of 10⁻⁹ back as the nearest float: Polars divides by a number through its reciprocal, so round again."""
    return (points.cast(nw.Float64) / float(NANO)).round(9)


def publish(points: nw.Expr, rounding: Rounding) -> nw.Expr:
    """Round Int64 of 10⁻⁹ as declared, staying in integers; half_up is away from zero as in 四舍五入."""
    if rounding.mode == "none" or rounding.places >= 9:
        return points
    unit = 10 ** (9 - rounding.places)
    size = points.abs()
    number = size // unit
    if rounding.mode == "half_up":
        number = (size + unit // 2) // unit
    elif rounding.mode == "half_even":
        rest = size - number * unit
        up = (rest * 2 > unit) | ((rest * 2 == unit) & (number % 2 == 1))
        number = nw.when(up).then(number + 1).otherwise(number)
    rounded = (number * unit).cast(nw.Int64)
    return nw.when(points < 0).then(-rounded).otherwise(rounded)


def bounded(points: nw.Expr, node: Node) -> nw.Expr:
    """A node's own cap and floor (封顶、保底), then its declared rounding."""
    if node.at_most is not None or node.at_least is not None:
        low = None if node.at_least is None else round(node.at_least * NANO)
        points = points.clip(low, None if node.at_most is None else round(node.at_most * NANO))
    return publish(points, node.round) if node.round is not None else points


_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


def published(points: int, rounding: Rounding) -> Decimal:
    """One published figure from integer points, for text."""
    exact = Decimal(points) / NANO
    if rounding.mode == "none":
        return exact
    return exact.quantize(Decimal(1).scaleb(-rounding.places), rounding=_MODES[rounding.mode])
