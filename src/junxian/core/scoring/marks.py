"""Marks (计分方法): from a value to a normalised mark, one short function for each method of RULES §2.2 and its kin.

Each function receives a `Bench`: the columns it may read. All are Narwhals expressions, so the same method runs on
Polars and Spark. Null is never turned into a mark here; absence is the missing rule's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log

import narwhals as nw

from junxian.core.scoring import methods as m

One = nw.Expr


@dataclass(frozen=True)
class Bench:
    """What a method may read: the value, full points, whether more is better, and its reference columns by name."""

    x: One
    full: One
    descending: bool
    columns: dict[str, str | float]

    def __getitem__(self, name: str) -> One:
        return column_of(self.columns[name])


def column_of(given: str | float | None) -> One:
    """A reference's column, or the plain number it is."""
    return nw.col(given) if isinstance(given, str) else nw.lit(given, nw.Float64)


def pick(condition: One, then: One | float, otherwise: One | float | None) -> One:
    """If … then … else, with plain numbers allowed."""
    return (
        nw.when(condition)
        .then(then if isinstance(then, nw.Expr) else nw.lit(then))
        .otherwise(otherwise if isinstance(otherwise, nw.Expr) or otherwise is None else nw.lit(otherwise))
    )


def at_least(x: One, floor: float) -> One:
    return pick(x < floor, floor, x)


def at_most(x: One, cap: float | One) -> One:
    return pick(x > cap, cap, x)


def within(x: One, low: float, high: float) -> One:
    return at_most(at_least(x, low), high)


def _as_is(method: m.AsIs, b: Bench) -> One:
    return b.x


def _completion(method: m.Completion, b: Bench) -> One:
    target = b["target"]
    if b.descending:
        share = pick(target > 0, b.x / target, None)
    elif method.smaller == "two_minus":
        share = pick(target > 0, 2 - b.x / target, None)
    else:
        share = pick(b.x > 0, target / b.x, method.cap)
    share = within(share, 0.0, method.cap)
    return pick(share < method.zero_below, 0.0, share) if method.zero_below else share


def _reached(b: Bench) -> One:
    return b.x >= b["target"] if b.descending else b.x <= b["target"]


def _hit(method: m.Hit, b: Bench) -> One:
    return pick(b.x.is_null(), None_(), pick(_reached(b), 1.0, 0.0))


def None_() -> One:  # noqa: N802 - reads as the null it is
    return nw.lit(None, nw.Float64)


def _along(slope: m.Slope | None, distance: One) -> One:
    if slope is None:
        return distance * 0.0
    steps = (distance / slope.per + 1e-9).floor() if slope.whole_steps else distance / slope.per
    points = steps * slope.points
    return points if slope.cap is None else at_most(points, slope.cap)


def _base_plus_minus(method: m.BasePlusMinus, b: Bench) -> One:
    ahead = b.x - b["target"] if b.descending else b["target"] - b.x
    base = b.full if method.base is None else nw.lit(method.base)
    points = pick(ahead >= 0, base + _along(method.up, ahead), base - _along(method.down, -ahead))
    return at_least(points, method.floor) / b.full


def _rank_step(method: m.RankStep, b: Bench) -> One:
    return at_least(1.0 - method.step * (b["rank"] - 1), method.floor)


def _rank_linear(method: m.RankLinear, b: Bench) -> One:
    share = pick(b["n"] > 1, (b["rank"] - 1) / (b["n"] - 1), 0.0)
    return pick(b["rank"].is_null(), None_(), 1.0 - (1.0 - method.floor) * share)


def _rank_table(method: m.RankTable, b: Bench) -> One:
    mark: One = nw.lit(float(method.marks[-1]))
    for place in range(len(method.marks) - 1, 0, -1):
        mark = pick(b["rank"] < place + 1, method.marks[place - 1], mark)
    return pick(b["rank"].is_null(), None_(), mark) / _in_points(b)


def _in_points(b: Bench) -> One:
    return b.full


def _transformed(x: One, how: str) -> One:
    if how in ("ln", "log10"):
        return pick(x > 0, pick(x > 0, x, 1.0).log(10 if how == "log10" else 2.718281828459045), None_())
    if how == "sqrt":
        return pick(x >= 0, pick(x >= 0, x, 0.0).sqrt(), None_())
    return x * x if how == "square" else x


def _between(method: m.Between, b: Bench) -> One:
    worst, best = ("low", "high") if b.descending else ("high", "low")
    start, end = _transformed(b[worst], method.transform), _transformed(b[best], method.transform)
    here = _transformed(b.x, method.transform)
    reach = method.to - method.from_
    mark = method.from_ + reach * (here - start) / pick(end == start, 1.0, end - start)
    mark = pick((end == start) & ~here.is_null(), method.to if method.equal is None else method.equal, mark)
    if isinstance(method.clamp, tuple):
        return within(mark, *method.clamp)
    return within(mark, *sorted((method.from_, method.to))) if method.clamp else mark


def _exponential_efficacy(method: m.ExponentialEfficacy, b: Bench) -> One:
    worst, best = ("low", "high") if b.descending else ("high", "low")
    span = b[best] - b[worst]
    share = pick((span == 0) & ~b.x.is_null(), 1.0, (b.x - b[worst]) / pick(span == 0, 1.0, span))
    share = within(share, 0.0, 1.0) if method.clamp else share
    return method.base * (share * -log(method.base / 100)).exp()


def _against_average(method: m.AgainstAverage, b: Bench) -> One:
    ahead = b.x - b["reference"] if b.descending else b["reference"] - b.x
    return (method.base + within(ahead / method.per * method.points, -method.cap, method.cap)) / b.full


def _hit_then_rank(method: m.HitThenRank, b: Bench) -> One:
    places = at_least(1.0 - method.step * (b["rank_above"] - 1), 0.0)
    above = b["rank_above"].is_null()
    points = pick(above, method.hit_points, method.hit_points + (b.full - method.hit_points) * places)
    return pick(b.x.is_null(), None_(), pick(_reached(b), points, 0.0)) / b.full


def rung(method: m.Ladder, x: One, what: Callable[[m.Step], object], nothing: One) -> One:
    """The rung a value stands on; null values and values below the first bound stand on none."""
    found = nothing
    for step in method.steps:
        if step.at_least is None:
            found = pick(x.is_null(), nothing, nw.lit(what(step)))
        else:
            reached = x >= step.at_least if method.bounds == "left" else x > step.at_least
            found = pick(reached, nw.lit(what(step)), found)
    return found


def _ladder(method: m.Ladder, b: Bench) -> One:
    return rung(method, b.x, lambda step: step.points, None_()) / b.full


def _advance(method: m.Advance, b: Bench) -> One:
    return within(method.base + method.per_place * b.x, 0.0, 1.0)


def _deduct(method: m.Deduct, b: Bench) -> One:
    points = b.full - b.x
    return (points if method.floor is None else at_least(points, method.floor)) / b.full


def _relative(method: m.Relative, b: Bench) -> One:
    top, bottom = (b.x, b["standard"]) if b.descending else (b["standard"], b.x)
    share = pick(bottom != 0, top / pick(bottom == 0, 1.0, bottom), None_())
    return share if method.cap is None else at_most(share, method.cap)


def _z_score(method: m.ZScore, b: Bench) -> One:
    spread = pick(b["sd"] > 0, b["sd"], 1.0)
    z = pick(b["sd"] > 0, (b.x - b["mean"]) / spread, b.x * 0.0)
    z = z if b.descending else -z
    z = z if method.limit is None else within(z, -method.limit, method.limit)
    return method.centre + method.spread * z


def _percentile(method: m.Percentile, b: Bench) -> One:
    place, n = b["place"], b["n"]
    if method.form == "below":
        share = pick(n > 1, (place - 1) / pick(n > 1, n - 1, 1), 1.0)
    else:
        share = place / n if method.form == "at_or_below" else (place - 0.5) / n
    return pick(b.x.is_null(), None_(), share * method.to)


def _distance_to_target(method: m.DistanceToTarget, b: Bench) -> One:
    short = b["target"] - b.x if b.descending else b.x - b["target"]
    short = pick(short < 0, -short if method.two_sided else 0.0, short)
    return at_least(1.0 - short / b["range"], 0.0)


def _band(method: m.Band, b: Bench) -> One:
    below = at_least(b.x / b["low"], 0.0)
    above = at_least(1.0 - (b.x - b["high"]) / b["width"], 0.0)
    return pick(b.x < b["low"], below, pick(b.x > b["high"], above, pick(b.x.is_null(), None_(), 1.0)))


def _by_formula(method: m.ByFormula, b: Bench) -> One:
    return b["mark"]


MARKS: dict[str, Callable[..., One]] = {
    "as_is": _as_is, "completion": _completion, "hit": _hit, "base_plus_minus": _base_plus_minus,
    "rank_step": _rank_step, "rank_linear": _rank_linear, "rank_table": _rank_table, "between": _between,
    "efficacy": _between, "min_max": _between, "exponential_efficacy": _exponential_efficacy,
    "against_average": _against_average, "hit_then_rank": _hit_then_rank, "ladder": _ladder, "advance": _advance,
    "deduct": _deduct, "relative": _relative, "z_score": _z_score, "percentile": _percentile,
    "distance_to_target": _distance_to_target, "band": _band, "formula": _by_formula,
}  # fmt: skip

LOWEST: dict[str, Callable[[m.Method], float]] = {
    "rank_step": lambda method: method.floor,  # type: ignore[attr-defined]
    "rank_linear": lambda method: method.floor,  # type: ignore[attr-defined]
    "exponential_efficacy": lambda method: method.base,  # type: ignore[attr-defined]
} | {
    kind: lambda method: min(method.from_, method.to)  # type: ignore[attr-defined]
    for kind in ("between", "efficacy", "min_max")
}


def lowest(method: m.Method) -> float:
    """The least mark a method gives, used by the missing action `floor`; 0 where the method has no other floor."""
    return LOWEST.get(method.kind, lambda _: 0.0)(method)
