"""Settling the slow way (结算的笨算法): base, events and gates to a published score and a place, in Decimal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

D = Decimal
MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


def published(exact: D, places: int, mode: str) -> D:
    return exact if mode == "none" else exact.quantize(D(1).scaleb(-places), MODES[mode])


def clamped(points: D, low: D | None, high: D | None) -> D:
    points = points if low is None else max(points, low)
    return points if high is None else min(points, high)


def within(points: D, cap: D | None) -> D:
    """A cap holds on both sides."""
    return clamped(points, None if cap is None else -cap, cap)


def places(
    scores: Mapping[str, D | None],
    ties: str = "shared",
    breaks: Sequence[Mapping[str, D | None]] = (),
    *,
    high: bool = True,
) -> dict[str, int | None]:
    """1 + how many are better, first by score, then by each tie-break (more first, unknown last)."""
    keys = {unit: _key(unit, score, breaks, high=high) for unit, score in scores.items() if score is not None}
    found: dict[str, int | None] = dict.fromkeys(scores)
    for unit, key in keys.items():
        better = [other for other in keys.values() if other > key]
        shared = {"shared": len(better) + 1, "dense": len(set(better)) + 1}
        shared["last"] = len(better) + sum(other == key for other in keys.values())
        found[unit] = shared[ties]
    return found


def _key(unit: str, score: D, breaks: Sequence[Mapping[str, D | None]], *, high: bool) -> tuple[D, ...]:
    told = [one.get(unit) for one in breaks]
    return (score if high else -score, *(D("-Infinity") if x is None else x for x in told))


def counted(events: Sequence[tuple[str, str, str, D]]) -> dict[tuple[str, str], D]:
    """(unit, adjustment) → points: of the events (unit, adjustment, matter, points) a matter counts once, at its most.

    Events without a matter id all count. Of equal amounts the adjustment that comes first by its name counts.
    """
    found: dict[tuple[str, str], D] = {}
    seen: set[tuple[str, str]] = set()
    for unit, rule, matter, points in sorted(events, key=lambda event: (-event[3], event[1])):
        if matter and (unit, matter) in seen:
            continue
        seen.add((unit, matter))
        found[unit, rule] = found.get((unit, rule), D(0)) + points
    return found
