"""Marks (计分方法): from a value to a normalised mark, one short function for each method of RULES §2.2 and its kin.

Each function receives a `Bench`: the columns it may read. All are Narwhals expressions, so the same method runs on
Polars and Spark. What a function gives where the value or an amount is missing does not matter: `criterion` makes that
null, because absence is the missing rule's business and never a mark.
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


def nothing() -> One:
    return nw.lit(None, nw.Float64)


def pick(condition: One, then: One | float, otherwise: One | float | None) -> One:
    """If … then … else, with plain numbers allowed."""
    return (
        nw.when(condition)
        .then(then if isinstance(then, nw.Expr) else nw.lit(then))
        .otherwise(otherwise if isinstance(otherwise, nw.Expr) or otherwise is None else nw.lit(otherwise))
    )


def divided(top: One, bottom: One, otherwise: One | float | None = None) -> One:
    """top / bottom, and `otherwise` where there is nothing to divide by (Spark refuses what Polars calls infinite)."""
    return pick(bottom != 0, top / pick(bottom == 0, 1.0, bottom), otherwise)


def ahead(b: Bench, reference: str) -> One:
    """How far the value stands on the good side of a reference."""
    return b.x - b[reference] if b.descending else b[reference] - b.x


def in_points(points: One, b: Bench) -> One:
    """Points of the criterion's full points as a mark."""
    return points / b.full


def _as_is(method: m.AsIs, b: Bench) -> One:
    return b.x


def _completion(method: m.Completion, b: Bench) -> One:
    target = b["target"]
    if b.descending:
        share = pick(target > 0, b.x / pick(target > 0, target, 1.0), None)
    elif method.smaller == "two_minus":
        share = pick(target > 0, 2 - b.x / pick(target > 0, target, 1.0), None)
    else:
        share = pick(b.x > 0, target / pick(b.x > 0, b.x, 1.0), method.cap)
    share = share.clip(0.0, method.cap)
    return pick(share < method.zero_below, 0.0, share) if method.zero_below else share


def _hit(method: m.Hit, b: Bench) -> One:
    return pick(ahead(b, "target") >= 0, 1.0, 0.0)


def _along(slope: m.Slope | None, distance: One) -> One:
    """Points for a distance; a distance that is a whole number of steps counts all of them, whatever its last bit."""
    if slope is None:
        return distance * 0.0
    steps = (distance / slope.per + 1e-9).floor().cast(nw.Float64) if slope.whole_steps else distance / slope.per
    points = steps * slope.points
    return points if slope.cap is None else points.clip(None, slope.cap)


def _base_plus_minus(method: m.BasePlusMinus, b: Bench) -> One:
    far = ahead(b, "target")
    base = b.full if method.base is None else nw.lit(method.base)
    points = pick(far >= 0, base + _along(method.up, far), base - _along(method.down, -far))
    return in_points(points.clip(method.floor, None), b)


def _rank_step(method: m.RankStep, b: Bench) -> One:
    return (1.0 - method.step * (b["rank"] - 1)).clip(method.floor, None)


def _rank_linear(method: m.RankLinear, b: Bench) -> One:
    others = b["n"] - 1
    return 1.0 - (1.0 - method.floor) * pick(others > 0, (b["rank"] - 1) / pick(others > 0, others, 1.0), 0.0)


def _rank_table(method: m.RankTable, b: Bench) -> One:
    mark: One = nw.lit(float(method.marks[-1]))
    for place in range(len(method.marks) - 1, 0, -1):
        mark = pick(b["rank"] < place + 1, float(method.marks[place - 1]), mark)
    return in_points(mark, b)


def transformed(x: One, how: str) -> One:
    """ln, log10, sqrt or square; null where that has no value."""
    if how in ("ln", "log10"):
        safe = pick(x > 0, x, 1.0)
        return pick(x > 0, safe.log() if how == "ln" else safe.log(10), nothing())
    if how == "sqrt":
        return pick(x >= 0, pick(x >= 0, x, 0.0).sqrt(), nothing())
    return x * x if how == "square" else x


def _between(method: m.Between, b: Bench) -> One:
    start, span = b["start"], b["span"]
    mark = method.from_ + (method.to - method.from_) * (transformed(b.x, method.transform) - start) / b["stride"]
    mark = pick(span == 0, method.to if method.equal is None else method.equal, mark)
    if isinstance(method.clamp, tuple):
        return mark.clip(*method.clamp)
    return mark.clip(*sorted((method.from_, method.to))) if method.clamp else mark


def _exponential_efficacy(method: m.ExponentialEfficacy, b: Bench) -> One:
    share = pick(b["span"] == 0, 1.0, (b.x - b["start"]) / b["stride"])
    share = share.clip(0.0, 1.0) if method.clamp else share
    return method.base * (share * -log(method.base / 100)).exp()


def _against_average(method: m.AgainstAverage, b: Bench) -> One:
    points = (ahead(b, "reference") / method.per * method.points).clip(-method.cap, method.cap)
    return in_points(method.base + points, b)


def _hit_then_rank(method: m.HitThenRank, b: Bench) -> One:
    places = (1.0 - method.step * (b["rank_above"] - 1)).clip(0.0, None)
    above = method.hit_points + (b.full - method.hit_points) * places
    points = pick(b["rank_above"].is_null(), method.hit_points, above)
    return in_points(pick(ahead(b, "target") >= 0, points, 0.0), b)


def rung(method: m.Ladder, b: Bench, what: Callable[[int], One], below: One) -> One:
    """What belongs to the rung a value stands on, `below` where it stands under the first."""
    found = below
    for place, step in enumerate(method.steps):
        if step.at_least is None:
            found = what(place)
            continue
        bound = b[f"step_{place}"]
        found = pick(b.x >= bound if method.bounds == "left" else b.x > bound, what(place), found)
    return found


def _ladder(method: m.Ladder, b: Bench) -> One:
    points = [nothing() if step.points is None else nw.lit(float(step.points)) for step in method.steps]
    if method.interpolate:
        points = [_sloped(method, b, place, points) for place in range(len(points))]
    return in_points(rung(method, b, lambda place: points[place], nothing()), b)


def _sloped(method: m.Ladder, b: Bench, place: int, points: list[One]) -> One:
    """From a rung's points straight to the next one's; the last rung, and one open below, stand still."""
    if place + 1 == len(points) or method.steps[place].at_least is None:
        return points[place]
    low, high = b[f"step_{place}"], b[f"step_{place + 1}"]
    return points[place] + (points[place + 1] - points[place]) * divided(b.x - low, high - low, 0.0)


def _advance(method: m.Advance, b: Bench) -> One:
    return (method.base + method.per_place * b.x).clip(0.0, 1.0)


def _deduct(method: m.Deduct, b: Bench) -> One:
    points = b.full - b.x
    return in_points(points if method.floor is None else points.clip(method.floor, None), b)


def _relative(method: m.Relative, b: Bench) -> One:
    standard = b["standard"]
    if b.descending:
        share = pick(standard > 0, b.x / pick(standard > 0, standard, 1.0), nothing())
    else:
        share = pick((standard > 0) & (b.x > 0), standard / pick(b.x > 0, b.x, 1.0), nothing())
    return share if method.cap is None else share.clip(None, method.cap)


def _z_score(method: m.ZScore, b: Bench) -> One:
    z = pick(b["sd"] > 0, ahead(b, "mean") / pick(b["sd"] > 0, b["sd"], 1.0), 0.0)
    z = z if method.limit is None else z.clip(-method.limit, method.limit)
    return method.centre + method.spread * z


def _percentile(method: m.Percentile, b: Bench) -> One:
    place, n = b["place"], b["n"]
    if method.form == "below":
        share = pick(n > 1, (place - 1) / pick(n > 1, n - 1, 1), 1.0)
    else:
        share = (place if method.form == "at_or_below" else place - 0.5) / pick(n > 0, n, 1)
    return share * method.to


def _distance_to_target(method: m.DistanceToTarget, b: Bench) -> One:
    short = -ahead(b, "target")
    short = short.abs() if method.two_sided else short.clip(0.0, None)
    return (1.0 - divided(short, b["range"], pick(short > 0, 1.0, 0.0))).clip(0.0, None)


def _band(method: m.Band, b: Bench) -> One:
    low, high, width = b["low"], b["high"], b["width"]
    below = pick(low > 0, b.x / pick(low > 0, low, 1.0), 0.0)
    above = 1.0 - divided(b.x - high, width, 1.0)
    return pick(b.x < low, below, pick(b.x > high, above, 1.0)).clip(0.0, 1.0)


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
"""Each method's expression."""

IN_POINTS = (m.BasePlusMinus, m.RankTable, m.AgainstAverage, m.HitThenRank, m.Ladder, m.Deduct)
"""Methods whose parameters are points of the criterion and not shares of it."""


def least(method: m.Method) -> float:
    """The least a method gives, used by the missing action `floor`: points for IN_POINTS, else a mark.

    0 where the method has no other floor of its own.
    """
    if isinstance(method, m.Between):
        ends = method.clamp if isinstance(method.clamp, tuple) else (method.from_, method.to)
        return min(ends)
    if isinstance(method, m.RankTable):
        return min(method.marks)
    if isinstance(method, m.Ladder):
        return min((step.points for step in method.steps if step.points is not None), default=0.0)
    if isinstance(method, m.AgainstAverage):
        return method.base - method.cap
    if isinstance(method, m.ExponentialEfficacy):
        return method.base
    return float(getattr(method, "floor", None) or 0.0)
