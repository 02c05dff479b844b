"""Methods along a line (按比例): ratios to a target or to the best, efficacy between fixed goalposts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import ceil
from typing import Any

from junxian.files.adopt.evidence import Candidate, Evidence, Sample, candidate
from junxian.files.adopt.snap import Interval, Solved, digits, plain, share, solve

USUAL_FLOORS = (0.6, 0.4, 0.5, 0.0)
MOST_PAIRS = 1500


def by_line(e: Evidence) -> Iterator[Candidate]:
    """Candidates that are ratios or straight lines of the figure between fixed goalposts."""
    for family in (_as_is, _completion, _relative, _fixed):
        yield from family(e)


def _ratio_interval(e: Evidence, s: Sample) -> Interval:
    """The targets T with full·x/T (or full·T/x) = p."""
    low, high = max(s.p - s.eps, 1e-9), s.p + s.eps
    if e.direction == "+":
        return e.full * s.x / high, e.full * s.x / low
    return low * s.x / e.full, high * s.x / e.full


def _scale(e: Evidence) -> Solved | None:
    usable = [s for s in e.samples if s.p > s.eps and s.x > 0]
    return solve([_ratio_interval(e, s) for s in usable], e.hints.pool, within=(1e-9, 1e12))


def _as_is(e: Evidence) -> Iterator[Candidate]:
    if e.direction == "-":
        return
    yield candidate(e, "as_is", plain(e.full))
    if e.full != 100:
        yield candidate(e, "as_is", 100, [Solved(100, 1, True)])
    scale = _scale(e)
    if scale is not None and scale.value not in (e.full, 100):
        yield candidate(e, "as_is", plain(scale.value), [scale])


def _completion(e: Evidence) -> Iterator[Candidate]:
    targets: list[tuple[Any, list[Solved]]] = [(e.target, [])] if e.target else []
    if e.direction == "+":
        targets.append((f"组内最大({e.value})", []))  # as `relative`, but a figure below zero earns nothing
    scale = _scale(e)
    if scale is not None:
        targets.append((plain(scale.value), [scale]))
    targets += [
        (plain(v), [Solved(v, digits(v), True)]) for v in e.hints.pool if v > 0 and (not scale or v != scale.value)
    ][:4]
    for target, solved in targets:
        shares = [(s, _share(e, s, target)) for s in e.samples]
        for method, more in _capped(e, [(s, z) for s, z in shares if z is not None]):
            yield candidate(e, "completion", {"target": target, **method}, [*solved, *more])
            if e.direction == "-":
                yield candidate(e, "completion", {"target": target, "smaller": "two_minus", **method}, [*solved, *more])


def _share(e: Evidence, s: Sample, target: Any) -> float | None:
    goal = s.target if target == e.target else s.best if isinstance(target, str) else float(target)
    top, bottom = (s.x, goal) if e.direction == "+" else (goal, s.x)
    return top / bottom if top is not None and bottom else None


def _capped(e: Evidence, shares: list[tuple[Sample, float]]) -> Iterator[tuple[dict[str, Any], list[Solved]]]:
    """Ways a ratio may be cut: at full points, at a higher cap, at nothing below a share of the target."""
    if not shares:
        return
    top = max(s.p for s, _ in shares)
    cap = solve([((top - shares[0][0].eps) / e.full, (top + shares[0][0].eps) / e.full)], e.shares) or Solved(1.0, 1)
    zeros = [z for s, z in shares if s.p <= 0 < z]
    least = min((z for s, z in shares if s.p > 0), default=0.0)
    lowest = solve([(max(zeros) + 1e-9, least)], e.shares) if zeros and max(zeros) < least else None
    for bound in (Solved(1.0, 1, True), cap) if cap.value > 1 + 1e-9 else (Solved(1.0, 1, True),):
        method: dict[str, Any] = {} if bound.value == 1 else {"cap": share(bound.value)}
        yield method, [bound]
        if lowest is not None:
            yield method | {"zero_below": share(lowest.value)}, [bound, lowest]


def _relative(e: Evidence) -> Iterator[Candidate]:
    yield candidate(e, "relative", "max" if e.direction == "+" else "min")
    yield candidate(e, "relative", {"standard": "mean", "cap": 1})
    yield candidate(e, "relative", "mean")
    if e.target and e.direction == "+":
        yield candidate(e, "relative", e.target)


def _fixed(e: Evidence) -> Iterator[Candidate]:
    """Fixed goalposts: the line through most points, its ends read off at full points and at a usual floor."""
    line = _best_line(e)
    if line is None:
        return
    slope, start, held = line
    lows = [f for f in dict.fromkeys((*e.shares, *USUAL_FLOORS)) if 0 <= f < 1]
    found: list[tuple[int, Candidate]] = []
    for floor in lows:
        posts = _posts(e, slope, start, floor, held)
        if posts is None:
            continue
        low, high = posts
        kind, method = _goalposts(e, low.value, high.value, floor)
        for clamp in _clamps(e, floor, low.value, high.value):
            cost = [low, high, *([Solved(floor, 1, True)]), *([Solved(1.0, 1)] if clamp is not False else [])]
            made = candidate(e, kind, method | ({} if clamp is False else {"clamp": clamp}), cost)
            found.append((made.digits, made))
    for _, made in sorted(found, key=lambda item: (item[0], str(item[1].method)))[:6]:
        yield made


def _best_line(e: Evidence) -> tuple[float, float, list[Sample]] | None:
    distinct = list({(s.x, s.p): s for s in e.samples}.values())
    low, high = min((s.p for s in distinct), default=0.0), max((s.p for s in distinct), default=0.0)
    best: tuple[int, float, float] = (0, 0.0, 0.0)
    for one, other in list(combinations(distinct, 2))[:MOST_PAIRS]:
        if one.x == other.x or (one.p - other.p) * (one.x - other.x) * e.sign <= 0:
            continue
        slope = (one.p - other.p) / (one.x - other.x)
        start = one.p - slope * one.x
        held = sum(abs(min(max(start + slope * s.x, low), high) - s.p) <= 3 * s.eps for s in e.samples)
        best = max(best, (held, slope, start), key=lambda line: line[0])
    held, slope, start = best
    inside = [s for s in e.samples if abs(start + slope * s.x - s.p) <= 3 * s.eps]
    return _least_squares(inside) if held >= 3 and len({s.x for s in inside}) >= 3 else None


def _least_squares(inside: list[Sample]) -> tuple[float, float, list[Sample]] | None:
    n = len(inside)
    mx, mp = sum(s.x for s in inside) / n, sum(s.p for s in inside) / n
    spread = sum((s.x - mx) ** 2 for s in inside)
    slope = sum((s.x - mx) * (s.p - mp) for s in inside) / spread
    return (slope, mp - slope * mx, inside) if slope else None


def _posts(e: Evidence, slope: float, start: float, floor: float, held: list[Sample]) -> tuple[Solved, Solved] | None:
    """The shortest goalposts that keep every point the line kept."""
    low, high = (floor * e.full - start) / slope, (e.full - start) / slope
    kept = 0
    for places in range(-1, 5):
        a, b = _near(low, places, e.hints.pool, slope, held), _near(high, places, e.hints.pool, slope, held)
        if a.value == b.value:
            continue
        unit = e.full * (1 - floor) / (b.value - a.value)
        kept = sum(abs(floor * e.full + unit * (s.x - a.value) - s.p) <= s.eps for s in held)
        if kept >= max(3, len(held) - len(held) // 6):
            return a, b
    return None


def _near(value: float, places: int, pool: tuple[float, ...], slope: float, held: list[Sample]) -> Solved:
    reach = 2 * held[0].eps / abs(slope)
    written = next((v for v in pool if abs(v - value) <= reach), None)
    rounded = round(value, places) + 0.0 if written is None else written
    return Solved(rounded, digits(rounded), written is not None)


def _goalposts(e: Evidence, low: float, high: float, floor: float) -> tuple[str, dict[str, Any]]:
    if e.direction == "-":
        low, high = high, low
    ends = {"low": plain(low), "high": plain(high)}
    if floor in (0.6, 0.4):
        return ("efficacy" if floor == 0.6 else "min_max"), ends
    return "between", {**ends, "from": plain(floor), "to": 1}


def _clamps(e: Evidence, floor: float, low: float, high: float) -> Iterator[Any]:
    """Not held in; or held at the marks where the line runs on and the points do not."""
    yield False
    scale = 100 if floor in (0.6, 0.4) else 1
    marks = [(s, s.p / e.full * scale) for s in e.samples]
    line = [scale * (floor + (1 - floor) * (s.x - low) / (high - low)) for s in e.samples]
    least, most = min(m for _, m in marks), max(m for _, m in marks)
    slack = 2 * e.samples[0].eps / e.full * scale
    below, above = min(line) < least - slack, max(line) > most + slack
    if below or above:
        ends = [
            plain(float(f"{least:.6g}")) if below else 0,
            plain(float(f"{most:.6g}")) if above else max(scale, ceil(most)),
        ]
        yield True if ends == [plain(floor * scale), scale] else ends
