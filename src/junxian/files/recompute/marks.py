"""Marks as live formulas (计分方法成活): every method of `core.scoring.marks` in worksheet words.

A method is written for one category at a time; its numbers are cells of the parameters' sheet. A missing value or
amount gives no mark: `criterion` asks for them before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from junxian.core.scoring import methods as m
from junxian.files.recompute.model import MISSING, Expr, Number, Word, apply, infix, rounded, when


@dataclass(frozen=True)
class Bench:
    """What a method may read in one category. x: the value marked; number: a parameter of the method by its field."""

    x: Expr
    full: Expr
    down: bool
    amounts: Mapping[str, Expr]
    number: Callable[[str, float], Expr]

    def __getitem__(self, name: str) -> Expr:
        return self.amounts[name]

    def field(self, method: m.Method, name: str) -> Expr:
        """A number of the method as a parameter."""
        return self.number(name, getattr(method, name))

    def ahead(self, reference: str) -> Expr:
        """How far the value stands on the good side of a reference."""
        return infix("-", self.x, self[reference]) if self.down else infix("-", self[reference], self.x)

    def reached(self) -> Expr:
        return infix(">=" if self.down else "<=", self.x, self["target"])

    def share(self, points: Expr) -> Expr:
        """Points of the criterion's full points as a mark."""
        return infix("/", points, self.full)


def clip(x: Expr, low: Expr | float | None, high: Expr | float | None) -> Expr:
    """Held between two bounds."""
    if high is not None:
        x = apply("MIN", x, high)
    return x if low is None else apply("MAX", x, low)


def _as_is(method: m.AsIs, b: Bench) -> Expr:
    return b.x


def _completion(method: m.Completion, b: Bench) -> Expr:
    target, cap = b["target"], b.field(method, "cap")
    if b.down:
        share = clip(infix("/", b.x, target), 0, cap)
    elif method.smaller == "two_minus":
        share = clip(infix("-", 2, infix("/", b.x, target)), 0, cap)
    else:
        share = when(infix(">", b.x, 0), clip(infix("/", target, b.x), 0, cap), cap)
    if method.zero_below:
        share = when(infix("<", share, b.field(method, "zero_below")), 0, share)
    asks_target = b.down or method.smaller == "two_minus"
    return when(infix(">", target, 0), share, MISSING) if asks_target else share


def _hit(method: m.Hit, b: Bench) -> Expr:
    return when(b.reached(), 1, 0)


def _along(b: Bench, slope: m.Slope | None, distance: Expr, side: str) -> Expr:
    if slope is None:
        return Number(0.0)
    per, points = b.number(f"{side}_per", slope.per), b.number(f"{side}_points", slope.points)
    steps = infix("/", distance, per)
    if slope.whole_steps:
        steps = apply("INT", infix("+", steps, 1e-9))
    found = infix("*", steps, points)
    return found if slope.cap is None else apply("MIN", found, b.number(f"{side}_cap", slope.cap))


def _base_plus_minus(method: m.BasePlusMinus, b: Bench) -> Expr:
    base = b.full if method.base is None else b.number("base", method.base)
    target = b["target"]
    far = b.ahead("target")
    short = infix("-", target, b.x) if b.down else infix("-", b.x, target)
    above = infix("+", base, _along(b, method.up, far, "up"))
    below = infix("-", base, _along(b, method.down, short, "down"))
    return b.share(clip(when(b.reached(), above, below), b.field(method, "floor"), None))


def _down_by(step: Expr, rank: Expr) -> Expr:
    return infix("-", 1, infix("*", step, infix("-", rank, 1)))


def _rank_step(method: m.RankStep, b: Bench) -> Expr:
    return clip(_down_by(b.field(method, "step"), b["rank"]), b.field(method, "floor"), None)


def _rank_linear(method: m.RankLinear, b: Bench) -> Expr:
    others = infix("-", b["n"], 1)
    lost = infix("*", infix("-", 1, b.field(method, "floor")), infix("-", b["rank"], 1))
    return when(infix(">", others, 0), infix("-", 1, infix("/", lost, others)), 1)


def _rank_table(method: m.RankTable, b: Bench) -> Expr:
    marks = [b.number(f"mark_{place}", mark) for place, mark in enumerate(method.marks, start=1)]
    found = marks[-1]
    for place in range(len(marks) - 1, 0, -1):
        found = when(infix("<", b["rank"], place + 1), marks[place - 1], found)
    return b.share(found)


_DEFINED = {"ln": ">", "log10": ">", "sqrt": ">="}
_FUNCTION = {"ln": "LN", "log10": "LOG10", "sqrt": "SQRT"}


def _transformed(x: Expr, how: str) -> Expr:
    if how in _FUNCTION:
        return apply(_FUNCTION[how], x)
    return infix("*", x, x) if how == "square" else x


def _one(end: Expr, start: Expr) -> Expr:
    """Whether two goalposts are one: values lie on a grid of 10⁻⁹."""
    return infix("=", rounded(infix("-", end, start)), 0)


def _between(method: m.Between, b: Bench) -> Expr:
    worst, best = ("low", "high") if b.down else ("high", "low")
    how = method.transform
    start, end, here = (_transformed(x, how) for x in (b[worst], b[best], b.x))
    low, high = b.number("from", method.from_), b.number("to", method.to)
    equal = high if method.equal is None else b.number("equal", method.equal)
    along = infix("/", infix("*", infix("-", high, low), infix("-", here, start)), infix("-", end, start))
    mark = when(_one(end, start), equal, infix("+", low, along))
    if isinstance(method.clamp, tuple):
        mark = clip(mark, b.number("clamp_low", method.clamp[0]), b.number("clamp_high", method.clamp[1]))
    elif method.clamp:
        mark = clip(mark, apply("MIN", low, high), apply("MAX", low, high))
    if how not in _DEFINED:
        return mark
    defined = (infix(_DEFINED[how], x, 0) for x in (b[worst], b[best], b.x))
    return when(apply("AND", *defined), mark, MISSING)


def _exponential_efficacy(method: m.ExponentialEfficacy, b: Bench) -> Expr:
    worst, best = ("low", "high") if b.down else ("high", "low")
    span = infix("-", b[best], b[worst])
    share = when(_one(b[best], b[worst]), 1, infix("/", infix("-", b.x, b[worst]), span))
    share = clip(share, 0, 1) if method.clamp else share
    base = b.field(method, "base")
    fall = apply("LN", infix("/", base, 100))
    return infix("*", base, apply("EXP", infix("*", infix("-", 0, share), fall)))


def _against_average(method: m.AgainstAverage, b: Bench) -> Expr:
    cap = b.field(method, "cap")
    steps = infix("/", b.ahead("reference"), b.field(method, "per"))
    points = clip(infix("*", steps, b.field(method, "points")), infix("-", 0, cap), cap)
    return b.share(infix("+", b.field(method, "base"), points))


def _hit_then_rank(method: m.HitThenRank, b: Bench) -> Expr:
    hit = b.field(method, "hit_points")
    places = clip(_down_by(b.field(method, "step"), b["rank_above"]), 0, None)
    above = infix("+", hit, infix("*", infix("-", b.full, hit), places))
    return b.share(when(b.reached(), when(apply("ISNUMBER", b["rank_above"]), above, hit), 0))


def rung(method: m.Ladder, b: Bench, what: list[Expr]) -> Expr:
    """What belongs to the rung a value stands on; nothing below the first."""
    found: Expr = Word(MISSING)
    for place, step in enumerate(method.steps):
        if step.at_least is None:
            found = what[place]
            continue
        reached = infix(">=" if method.bounds == "left" else ">", b.x, b[f"step_{place}"])
        found = when(reached, what[place], found)
    return found


def _ladder(method: m.Ladder, b: Bench) -> Expr:
    points: list[Expr] = [
        Word(MISSING) if step.points is None else b.number(f"rung_{place}", step.points)
        for place, step in enumerate(method.steps, start=1)
    ]
    if method.interpolate:
        points = [_sloped(method, b, place, points) for place in range(len(points))]
    shares = [part if isinstance(part, Word) else b.share(part) for part in points]
    return rung(method, b, shares)


def _sloped(method: m.Ladder, b: Bench, place: int, points: list[Expr]) -> Expr:
    """From a rung's points straight to the next one's; the last rung, and one open below, stand still."""
    here = points[place]
    if place + 1 == len(points) or method.steps[place].at_least is None:
        return here
    if isinstance(here, Word) or isinstance(points[place + 1], Word):
        return Word(MISSING)
    low, high = b[f"step_{place}"], b[f"step_{place + 1}"]
    rise = infix("*", infix("-", points[place + 1], here), infix("-", b.x, low))
    return when(infix("=", high, low), here, infix("+", here, infix("/", rise, infix("-", high, low))))


def _advance(method: m.Advance, b: Bench) -> Expr:
    gained = infix("*", b.field(method, "per_place"), b.x)
    return clip(infix("+", b.field(method, "base"), gained), 0, 1)


def _deduct(method: m.Deduct, b: Bench) -> Expr:
    left = infix("-", b.full, b.x)
    return b.share(left if method.floor is None else clip(left, b.number("floor", method.floor), None))


def _relative(method: m.Relative, b: Bench) -> Expr:
    top, bottom = (b.x, b["standard"]) if b.down else (b["standard"], b.x)
    share = infix("/", top, bottom)
    share = share if method.cap is None else clip(share, None, b.number("cap", method.cap))
    return when(infix("<>", bottom, 0), share, MISSING)


def _z_score(method: m.ZScore, b: Bench) -> Expr:
    z = when(infix(">", b["sd"], 0), infix("/", b.ahead("mean"), b["sd"]), 0)
    if method.limit is not None:
        limit = b.number("limit", method.limit)
        z = clip(z, infix("-", 0, limit), limit)
    return infix("+", b.field(method, "centre"), infix("*", b.field(method, "spread"), z))


def _percentile(method: m.Percentile, b: Bench) -> Expr:
    place, n = b["place"], b["n"]
    if method.form == "below":
        share = when(infix(">", n, 1), infix("/", infix("-", place, 1), infix("-", n, 1)), 1)
    else:
        share = infix("/", place if method.form == "at_or_below" else infix("-", place, 0.5), n)
    return infix("*", share, b.field(method, "to"))


def _distance_to_target(method: m.DistanceToTarget, b: Bench) -> Expr:
    target = b["target"]
    short = infix("-", target, b.x) if b.down else infix("-", b.x, target)
    short = apply("ABS", short) if method.two_sided else clip(short, 0, None)
    nothing = when(infix(">", short, 0), 0, 1)
    return when(infix("=", b["range"], 0), nothing, clip(infix("-", 1, infix("/", short, b["range"])), 0, None))


def _band(method: m.Band, b: Bench) -> Expr:
    low, high, width = b["low"], b["high"], b["width"]
    below = when(infix(">", low, 0), infix("/", b.x, low), 0)
    above = when(infix("=", width, 0), 0, infix("-", 1, infix("/", infix("-", b.x, high), width)))
    return clip(when(infix("<", b.x, low), below, when(infix(">", b.x, high), above, 1)), 0, 1)


def _by_formula(method: m.ByFormula, b: Bench) -> Expr:
    return b["mark"]


MARKS: dict[str, Callable[..., Expr]] = {
    "as_is": _as_is, "completion": _completion, "hit": _hit, "base_plus_minus": _base_plus_minus,
    "rank_step": _rank_step, "rank_linear": _rank_linear, "rank_table": _rank_table, "between": _between,
    "efficacy": _between, "min_max": _between, "exponential_efficacy": _exponential_efficacy,
    "against_average": _against_average, "hit_then_rank": _hit_then_rank, "ladder": _ladder, "advance": _advance,
    "deduct": _deduct, "relative": _relative, "z_score": _z_score, "percentile": _percentile,
    "distance_to_target": _distance_to_target, "band": _band, "formula": _by_formula,
}  # fmt: skip
