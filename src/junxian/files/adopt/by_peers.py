"""Methods by the peers (按组内比较): efficacy between the group's extremes, its curve, distance from the mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import log
from typing import Any

from junxian.files.adopt.by_line import USUAL_FLOORS
from junxian.files.adopt.evidence import Candidate, Evidence, Sample, candidate
from junxian.files.adopt.snap import Interval, Solved, digits, meet, plain, solve, span

TRANSFORMS: dict[str, Callable[[float], float]] = {"none": float, "ln": log}


def by_peers(e: Evidence) -> Iterator[Candidate]:
    """Candidates whose goalposts or centre are the group's own."""
    for family in (_between_extremes, _exponential, _average, _deviations):
        yield from family(e)


def _between_extremes(e: Evidence) -> Iterator[Candidate]:
    """M6 and M8: from a floor for the last to full points for the best, goalposts the group's own."""
    top = max((s.p for s in e.samples), default=0.0) / e.full
    ends = [Solved(1.0, 1, True)]
    if top < 1 - 1e-9 and (other := solve([(top - 1e-9, top + 1e-9)], e.shares)):
        ends.append(other)
    for name, change in TRANSFORMS.items():
        if name != "none" and any(s.x <= 0 or s.worst <= 0 or s.best <= 0 for s in e.samples):
            continue
        for end in ends:
            intervals = [i for s in e.samples if (i := _floor_interval(e, s, end.value, change))]
            floor = solve(intervals, (*e.shares, *USUAL_FLOORS), within=(0.0, 1.0))
            if floor is not None:
                known = Solved(floor.value, floor.digits, floor.value in e.shares)
                yield candidate(e, *_efficacy(floor.value, end.value, name), [known, end], value=e.value)


def _floor_interval(e: Evidence, s: Sample, end: float, change: Callable[[float], float]) -> Interval | None:
    span = change(s.best) - change(s.worst)
    u = (change(s.x) - change(s.worst)) / span if span else 1.0
    if u > 1 - 1e-9:
        return None
    gained, rest = e.full * end * u, e.full * (1 - u)
    return (s.p - s.eps - gained) / rest, (s.p + s.eps - gained) / rest


def _efficacy(floor: float, end: float, transform: str) -> tuple[str, dict[str, Any]]:
    """The usual name where the numbers are the usual ones."""
    more = {} if transform == "none" else {"transform": transform}
    if end == 1 and floor in (0.6, 0.4):
        return ("efficacy" if floor == 0.6 else "min_max"), {"low": "min", "high": "max", **more}
    return "between", {"low": "min", "high": "max", "from": plain(floor), "to": plain(end), **more}


def _exponential(e: Evidence) -> Iterator[Candidate]:
    intervals = []
    for s in e.samples:
        u = s.share
        if u is not None and u < 1 - 1e-9 and s.p > s.eps:
            power = 1 / (1 - u)
            intervals.append((100 * ((s.p - s.eps) / e.full) ** power, 100 * ((s.p + s.eps) / e.full) ** power))
    base = solve(intervals, (60.0, *e.hints.pool), within=(1e-3, 99.999))
    if base is not None:
        method = {} if base.value == 60 else {"base": plain(base.value)}
        yield candidate(e, "exponential_efficacy", {"low": "min", "high": "max", **method}, [base])


def _average(e: Evidence) -> Iterator[Candidate]:
    """M10: so many points for each unit of the figure above the mean."""
    bases = dict.fromkeys((*(v for v in e.hints.pool if 0 <= v <= e.full), e.full / 2, e.full * 0.6, e.full * 0.8, 0.0))
    for base in list(bases)[:8]:
        away = [(s, (s.x - s.mean) * e.sign) for s in e.samples]
        intervals = [span((s.p - s.eps - base) / d, (s.p + s.eps - base) / d) for s, d in away if abs(d) > 1e-9]
        if meet(intervals)[2] < max(3, len(intervals) // 2):
            continue
        slope = solve(intervals, e.hints.pool, within=(1e-6, 1e6))
        if slope is not None and slope.digits <= 3:
            cap = max(abs(s.p - base) for s in e.samples)
            numbers = {"per": 1.0, "points": slope.value, "base": base, "cap": cap}
            method = {"reference": "mean"} | {name: plain(value) for name, value in numbers.items()}
            cost = [slope, Solved(base, digits(base), base in e.hints.pool), Solved(cap, 1)]
            yield candidate(e, "against_average", method, cost)


def _deviations(e: Evidence) -> Iterator[Candidate]:
    """Standard scores around a usual centre."""
    for centre in dict.fromkeys((*e.shares, 0.5, 0.6, 0.7, 0.8)):
        for kind in ("population", "sample"):
            ratio = [1.0 if kind == "population" or s.n < 2 else (s.n / (s.n - 1)) ** 0.5 for s in e.samples]
            pairs = [
                (s, (s.x - s.mean) * e.sign / (s.deviation * r))
                for s, r in zip(e.samples, ratio, strict=True)
                if s.deviation
            ]
            away = [(s.p - centre * e.full, s.eps, z * e.full) for s, z in pairs if abs(z) > 1e-6]
            intervals = [span((gap - eps) / per, (gap + eps) / per) for gap, eps, per in away]
            if meet(intervals)[2] < max(3, len(intervals) // 2):
                continue
            spread = solve(intervals, e.shares, within=(1e-6, 1e3))
            if spread is not None and spread.digits <= 2:
                method = {"sd": kind, "centre": plain(centre), "spread": plain(spread.value)}
                yield candidate(e, "z_score", method, [spread, Solved(centre, 1)])
