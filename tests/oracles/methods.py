"""Methods the slow way (计分方法的笨算法): one unit after another, in exact fractions, straight from RULES §2.2.

Logarithms, roots and exponentials are floats; everything else is exact. A missing value or amount has no mark.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction as F
from typing import Any

from junxian.core.scoring import methods as m

Number = F | float
Values = Mapping[str, F | None]


@dataclass(frozen=True)
class Case:
    """One criterion: what each unit has, whether more is better, how ties are placed, its full points."""

    method: m.Method
    values: Values
    better_high: bool = True
    ties: str = "shared"
    full: F = F(1)

    @property
    def known(self) -> list[F]:
        return [value for value in self.values.values() if value is not None]


def fraction(number: float) -> F:
    """The decimal a person wrote."""
    return F(repr(float(number)))


def marks(case: Case) -> dict[str, Number | None]:
    """Each unit's mark, None where there is none."""
    return {
        unit: None if x is None else RULES[case.method.kind](case.method, case, x) for unit, x in case.values.items()
    }


def place(case: Case, x: F, among: list[F] | None = None, ties: str = "") -> F:
    """1 + how many are better; of equal ones the first, the last or the middle place, or one place for each figure."""
    peers, how = case.known if among is None else among, ties or case.ties
    better = [y for y in peers if (y > x if case.better_high else y < x)]
    equal = sum(y == x for y in peers)
    if how == "dense":
        return F(1 + len(set(better)))
    return {"shared": F(len(better) + 1), "last": F(len(better) + equal), "average": len(better) + F(equal + 1, 2)}[how]


def quantile(values: list[F], share: F, how: str = "linear") -> F:
    """Between the two order statistics around share·(n − 1)."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low, high = ordered[math.floor(at)], ordered[math.ceil(at)]
    nearest = high if at - math.floor(at) >= F(1, 2) else low
    return {
        "linear": low + (high - low) * (at - math.floor(at)),
        "lower": low,
        "higher": high,
        "midpoint": (low + high) / 2,
        "nearest": nearest,
    }[how]


def winsorised(
    values: Values, *, lower: F = F(0), upper: F = F(1), lowest: int = 0, highest: int = 0
) -> dict[str, F | None]:
    """Pull the extremes in, by quantiles or by so many of the ordered figures."""
    known = sorted(value for value in values.values() if value is not None)
    if not known:
        return dict(values)
    low, high = quantile(known, lower), quantile(known, upper)
    if lowest or highest:
        if lowest + highest >= len(known):
            return dict(values)
        low, high = known[lowest], known[len(known) - 1 - highest]
    return {unit: None if x is None else min(max(x, low), high) for unit, x in values.items()}


def reference(given: Any, case: Case) -> F | None:
    """A number, or a statistic of the peers."""
    if isinstance(given, int | float):
        return fraction(given)
    known = sorted(case.known)
    if not known:
        return None
    middle = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2
    plain = {"min": known[0], "max": known[-1], "mean": sum(known) / len(known), "median": middle}
    return plain[given] if given in plain else quantile(known, F(given[1:]) / 100)


def clamp(x: Number, low: Number | None, high: Number | None) -> Number:
    x = x if low is None else max(x, low)
    return x if high is None else min(x, high)


def _completion(method: m.Completion, case: Case, x: F) -> F | None:
    target, cap = reference(method.target, case), fraction(method.cap)
    assert target is not None
    if case.better_high or method.smaller == "two_minus":
        if target <= 0:
            return None
        share = x / target if case.better_high else 2 - x / target
    else:
        share = cap if x <= 0 else target / x
    share = F(clamp(share, F(0), cap))
    return F(0) if share < fraction(method.zero_below) else share


def _reached(given: Any, case: Case, x: F) -> bool:
    target = reference(given, case)
    assert target is not None
    return x >= target if case.better_high else x <= target


def _hit(method: m.Hit, case: Case, x: F) -> F:
    return F(int(_reached(method.target, case, x)))


def _slope(slope: m.Slope | None, distance: F) -> F:
    if slope is None:
        return F(0)
    steps = distance / fraction(slope.per)
    points = fraction(slope.points) * (math.floor(steps) if slope.whole_steps else steps)
    return points if slope.cap is None else min(points, fraction(slope.cap))


def _base_plus_minus(method: m.BasePlusMinus, case: Case, x: F) -> F:
    target = reference(method.target, case)
    assert target is not None
    far = x - target if case.better_high else target - x
    base = case.full if method.base is None else fraction(method.base)
    points = base + _slope(method.up, far) if far >= 0 else base - _slope(method.down, -far)
    return max(points, fraction(method.floor)) / case.full


def _rank_step(method: m.RankStep, case: Case, x: F) -> F:
    return max(1 - fraction(method.step) * (place(case, x) - 1), fraction(method.floor))


def _rank_linear(method: m.RankLinear, case: Case, x: F) -> F:
    n = len(case.known)
    return F(1) if n == 1 else 1 - (1 - fraction(method.floor)) * (place(case, x) - 1) / (n - 1)


def _rank_table(method: m.RankTable, case: Case, x: F) -> F:
    return fraction(method.marks[min(math.floor(place(case, x)), len(method.marks)) - 1]) / case.full


def _transformed(x: F, how: str) -> Number | None:
    if (how in ("ln", "log10") and x <= 0) or (how == "sqrt" and x < 0):
        return None
    plain: dict[str, Callable[[F], Number]] = {
        "none": lambda y: y,
        "square": lambda y: y * y,
        "ln": math.log,
        "log10": math.log10,
        "sqrt": math.sqrt,
    }
    return plain[how](x)


def _between(method: m.Between, case: Case, x: F) -> Number | None:
    ends = [_transformed(F(reference(given, case) or 0), method.transform) for given in (method.low, method.high)]
    here = _transformed(x, method.transform)
    if here is None or None in ends:
        return None
    (start, end), low, high = ends if case.better_high else ends[::-1], fraction(method.from_), fraction(method.to)
    if start == end:
        mark: Number = high if method.equal is None else fraction(method.equal)
    else:
        mark = low + (high - low) * (here - start) / (end - start)  # type: ignore[operator]
    if isinstance(method.clamp, tuple):
        return clamp(mark, *(fraction(bound) for bound in method.clamp))
    return clamp(mark, min(low, high), max(low, high)) if method.clamp else mark


def _exponential(method: m.ExponentialEfficacy, case: Case, x: F) -> float:
    low, high = (reference(given, case) for given in (method.low, method.high))
    assert low is not None
    assert high is not None
    worst, best = (low, high) if case.better_high else (high, low)
    share = F(1) if worst == best else (x - worst) / (best - worst)
    share = F(clamp(share, F(0), F(1))) if method.clamp else share
    return method.base * math.exp(-math.log(method.base / 100) * share)


def _against_average(method: m.AgainstAverage, case: Case, x: F) -> F:
    mean = reference(method.reference, case)
    assert mean is not None
    far = x - mean if case.better_high else mean - x
    points = far / fraction(method.per) * fraction(method.points)
    return (fraction(method.base) + F(clamp(points, -fraction(method.cap), fraction(method.cap)))) / case.full


def _hit_then_rank(method: m.HitThenRank, case: Case, x: F) -> F:
    if not _reached(method.target, case, x):
        return F(0)
    hit, target = fraction(method.hit_points), reference(method.target, case)
    above = [y for y in case.known if _reached(method.target, case, y) and y != target]
    if x == target:
        return hit / case.full
    return (hit + (case.full - hit) * max(1 - fraction(method.step) * (place(case, x, above) - 1), F(0))) / case.full


def _ladder(method: m.Ladder, case: Case, x: F) -> F | None:
    stood = None
    for number, step in enumerate(method.steps):
        bound = None if step.at_least is None else reference(step.at_least, case)
        if bound is None or (x >= bound if method.bounds == "left" else x > bound):
            stood = number
    if stood is None:
        return None
    points = [None if step.points is None else fraction(step.points) for step in method.steps]
    here, bound = points[stood], method.steps[stood].at_least
    if here is not None and method.interpolate and stood + 1 < len(points) and bound is not None:
        low, high, then = reference(bound, case), reference(method.steps[stood + 1].at_least, case), points[stood + 1]
        assert low is not None
        assert high is not None
        assert then is not None
        here += (then - here) * (x - low) / (high - low)
    return None if here is None else here / case.full


def _advance(method: m.Advance, case: Case, x: F) -> F:
    return F(clamp(fraction(method.base) + fraction(method.per_place) * x, F(0), F(1)))


def _deduct(method: m.Deduct, case: Case, x: F) -> F:
    return F(clamp(case.full - x, None if method.floor is None else fraction(method.floor), None)) / case.full


def _relative(method: m.Relative, case: Case, x: F) -> F | None:
    standard = reference(method.standard, case)
    assert standard is not None
    if standard <= 0 or (x <= 0 and not case.better_high):
        return None
    share = x / standard if case.better_high else standard / x
    return F(clamp(share, None, None if method.cap is None else fraction(method.cap)))


def _z_score(method: m.ZScore, case: Case, x: F) -> float:
    known, mean = case.known, reference(method.mean, case)
    assert mean is not None
    if method.sd in ("sample", "population"):
        own, n = sum(known) / len(known), len(known) - int(method.sd == "sample")
        sd = math.sqrt(sum((y - own) ** 2 for y in known) / n) if n else 0.0
    else:
        sd = float(reference(method.sd, case) or 0)
    z = 0.0 if sd == 0 else float(x - mean) / sd
    z = z if case.better_high else -z
    z = float(clamp(z, None if method.limit is None else -method.limit, method.limit))
    return method.centre + method.spread * z


def _percentile(method: m.Percentile, case: Case, x: F) -> F:
    n = len(case.known)
    worse = sum(1 for y in case.known if (y < x if case.better_high else y > x))
    equal = sum(y == x for y in case.known)
    share = {
        "below": F(1) if n == 1 else F(worse, max(n - 1, 1)),
        "at_or_below": F(worse + equal, n),
        "midpoint": (worse + F(equal + 1, 2) - F(1, 2)) / n,
    }[method.form]
    return share * fraction(method.to)


def _distance(method: m.DistanceToTarget, case: Case, x: F) -> F:
    target, reach = reference(method.target, case), reference(method.range, case)
    assert target is not None
    assert reach is not None
    short = target - x if case.better_high else x - target
    short = abs(short) if method.two_sided else max(short, F(0))
    return max(1 - short / reach, F(0)) if reach else F(int(short == 0))


def _band(method: m.Band, case: Case, x: F) -> F:
    low, high, width = (reference(given, case) for given in (method.low, method.high, method.width))
    assert low is not None
    assert high is not None
    assert width is not None
    if x < low:
        return max(x / low, F(0)) if low > 0 else F(0)
    return F(1) if x <= high else max(1 - (x - high) / width, F(0)) if width else F(0)


RULES: dict[str, Callable[..., Number | None]] = {
    "as_is": lambda method, case, x: x,
    "completion": _completion,
    "hit": _hit,
    "base_plus_minus": _base_plus_minus,
    "rank_step": _rank_step,
    "rank_linear": _rank_linear,
    "rank_table": _rank_table,
    "between": _between,
    "efficacy": _between,
    "min_max": _between,
    "exponential_efficacy": _exponential,
    "against_average": _against_average,
    "hit_then_rank": _hit_then_rank,
    "ladder": _ladder,
    "advance": _advance,
    "deduct": _deduct,
    "relative": _relative,
    "z_score": _z_score,
    "percentile": _percentile,
    "distance_to_target": _distance,
    "band": _band,
}
