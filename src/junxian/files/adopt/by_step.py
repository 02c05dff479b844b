"""Methods in steps (按档次): hit or miss, ladders, base with plus and minus, deductions, target and then places."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from junxian.files.adopt.evidence import Candidate, Evidence, Sample, candidate, places_of
from junxian.files.adopt.snap import Solved, digits, meet, plain, share, solve, span

MOST_TARGETS = 6


def by_step(e: Evidence) -> Iterator[Candidate]:
    """Candidates with jumps, kinks or subtractions."""
    for family in (_hit, _ladder, _plus_minus, _deduct, _hit_then_rank):
        yield from family(e)


def _ordered(e: Evidence) -> list[Sample]:
    """Samples from worst to best figure."""
    return sorted(e.samples, key=lambda s: (s.x * e.sign, s.p))


def _bound(e: Evidence, below: float, above: float) -> Solved | None:
    """The roundest figure that parts two neighbours; the better one reaches it."""
    if e.direction == "+":
        return solve([(below + 1e-9, above)], e.hints.pool)
    return solve([(above, below - 1e-9)], e.hints.pool)


def _hit(e: Evidence) -> Iterator[Candidate]:
    if e.target:
        yield candidate(e, "hit", e.target)
    missed = [s.x * e.sign for s in e.samples if s.p <= s.eps]
    reached = [s.x * e.sign for s in e.samples if abs(s.p - e.full) <= s.eps]
    if missed and reached and max(missed) < min(reached):
        bound = _bound(e, max(missed) * e.sign, min(reached) * e.sign)
        if bound is not None:
            yield candidate(e, "hit", plain(bound.value), [bound])


def _rising(ordered: list[Sample]) -> list[Sample]:
    """The longest part of the samples whose points never fall: altered ones drop out."""
    tails: list[float] = []
    chains: list[list[Sample]] = []
    for s in ordered:
        place = bisect_right(tails, s.p)
        chain = [*(chains[place - 1] if place else []), s]
        if place == len(tails):
            tails.append(s.p)
            chains.append(chain)
        else:
            tails[place], chains[place] = s.p, chain
    return chains[-1] if chains else []


def _ladder(e: Evidence) -> Iterator[Candidate]:
    chain = _rising(_ordered(e))
    levels = sorted({s.p for s in chain})
    if not 2 <= len(levels) <= max(2, len(chain) // 2):
        return
    bounds: list[Solved] = []
    for lower, upper in itertools.pairwise(levels):
        below = max(s.x * e.sign for s in chain if s.p == lower) * e.sign
        above = min(s.x * e.sign for s in chain if s.p == upper) * e.sign
        bound = _bound(e, below, above)
        if bound is None:
            return
        bounds.append(bound)
    cost = [*bounds, *(Solved(p, 1, p in e.hints.pool or p in (0, e.full)) for p in levels)]
    yield candidate(e, "ladder", rungs(e.direction, levels, [b.value for b in bounds]), cost)


def rungs(direction: str, levels: list[float], bounds: list[float]) -> dict[str, Any]:
    """Rungs from low figures to high ones; levels and bounds run from worst to best."""
    if direction == "-":
        levels, bounds = levels[::-1], bounds[::-1]
    first, *others = levels
    steps: list[dict[str, Any]] = [{"points": plain(first)}]
    steps += [{"at_least": plain(b), "points": plain(p)} for b, p in zip(bounds, others, strict=True)]
    return {"steps": steps} if direction == "+" else {"steps": steps, "bounds": "right"}


def _targets(e: Evidence) -> list[Any]:
    known = [v for v in e.hints.pool if min(s.x for s in e.samples) <= v <= max(s.x for s in e.samples)]
    return [*([e.target] if e.target else []), *known][:MOST_TARGETS]


def _goal(e: Evidence, s: Sample, target: Any) -> float | None:
    return s.target if target == e.target else float(target)


def _plus_minus(e: Evidence) -> Iterator[Candidate]:
    """M3: the target earns the base; points per step above and below."""
    bases = list(dict.fromkeys((e.full, *(v for v in e.hints.pool if 0 < v <= e.full), e.full * 0.8, e.full * 0.6)))[:5]
    for target in _targets(e):
        pairs = [(s, (s.x - goal) * e.sign) for s in e.samples if (goal := _goal(e, s, target)) is not None]
        for base in bases:
            up, down = (
                _slope(e, [(s, d) for s, d in pairs if d > 0], base),
                _slope(e, [(s, d) for s, d in pairs if d < 0], base),
            )
            if up is None and down is None:
                continue
            method: dict[str, Any] = {"target": target} | ({} if base == e.full else {"base": plain(base)})
            cost = [Solved(base, digits(base), base == e.full or base in e.hints.pool)]
            for name, found in (("up", up), ("down", down)):
                if found is not None:
                    method[name] = found[0]
                    cost += found[1]
            yield candidate(e, "base_plus_minus", method, cost)


def _slope(e: Evidence, pairs: list[tuple[Sample, float]], base: float) -> tuple[dict[str, Any], list[Solved]] | None:
    """Points per unit of the figure on one side of the target, with the cap where several units stand at it."""
    moved = [(s, d) for s, d in pairs if abs(s.p - base) > s.eps and s.p > s.eps]
    intervals = [span((abs(s.p - base) - s.eps) / abs(d), (abs(s.p - base) + s.eps) / abs(d)) for s, d in moved]
    if not intervals or meet(intervals)[2] * 2 < len(intervals):
        return None
    slope = solve(intervals, e.hints.pool, within=(1e-6, 1e6))
    if slope is None or slope.digits > 4:
        return None
    method: dict[str, Any] = {"per": 1, "points": plain(slope.value)}
    most = max(abs(s.p - base) for s, _ in moved)
    beyond = [s for s, d in pairs if abs(d) * slope.value > most + s.eps]
    if beyond and all(d > 0 for _, d in pairs) == (e.sign > 0):
        return method | {"cap": plain(float(f"{most:.6g}"))}, [slope, Solved(most, digits(most), most in e.hints.pool)]
    return method, [slope]


def _deduct(e: Evidence) -> Iterator[Candidate]:
    """M14: full points less so many for each one counted."""
    if e.direction == "+":
        return
    counted = [s for s in e.samples if s.x > 0]
    each = solve(
        [((e.full - s.p - s.eps) / s.x, (e.full - s.p + s.eps) / s.x) for s in counted],
        (1.0, *e.hints.pool),
        within=(1e-6, 1e6),
    )
    if each is not None:
        value = e.value if each.value == 1 else f"{plain(each.value)} * {e.value}"
        yield candidate(e, "deduct", {"floor": 0}, [each], value=value)


def _hit_then_rank(e: Evidence) -> Iterator[Candidate]:
    """M11: the target earns part of the points, the rest goes by places among those above it."""
    for target in [t for t in _targets(e) if t != e.target]:
        above = [s for s in e.samples if s.x * e.sign > float(target) * e.sign]
        values = [s.x for s in above]
        for part in [v for v in e.hints.pool if 0 < v < e.full]:
            intervals = []
            for s in above:
                behind = (places_of(s.x, values, e.direction)["shared"] - 1) * (e.full - part)
                if behind:
                    intervals.append(((e.full - s.p - s.eps) / behind, (e.full - s.p + s.eps) / behind))
            step = solve(intervals, e.shares, within=(1e-6, 1.0))
            if step is not None:
                method = {"target": plain(float(target)), "hit_points": plain(part), "step": share(step.value)}
                yield candidate(e, "hit_then_rank", method, [step])
