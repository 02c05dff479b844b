"""Methods by place (按位次): steps, straight lines and tables of places, shares of the group."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from junxian.files.adopt.evidence import TIES, Candidate, Evidence, Sample, candidate
from junxian.files.adopt.snap import Solved, plain, share, solve


def by_rank(e: Evidence) -> Iterator[Candidate]:
    """Candidates that only look at places."""
    tied = any(len({s.ranks[way] for way in TIES}) > 1 for s in e.samples)
    for ties in TIES if tied else ("shared",):
        yield from _steps(e, ties)
        yield from _line(e, ties)
        yield from _table(e, ties)
    yield from (candidate(e, "percentile", form) for form in ("below", "at_or_below", "midpoint"))


def _named(ties: str) -> str:
    return "" if ties == "shared" else ties


def _steps(e: Evidence, ties: str) -> Iterator[Candidate]:
    def interval(s: Sample) -> tuple[float, float]:
        span = e.full * (s.ranks[ties] - 1)
        return (e.full - s.p - s.eps) / span, (e.full - s.p + s.eps) / span

    step = solve([interval(s) for s in e.samples if s.ranks[ties] > 1], e.shares, within=(1e-6, 1.0))
    if step is None:
        return
    exact = _in_points(step, e.full)
    yield candidate(e, "rank_step", share(exact), [step], ties=_named(ties))
    least = min(s.p for s in e.samples) / e.full
    floor = solve([(least - s.eps / e.full, least + s.eps / e.full) for s in e.samples[:1]], e.shares)
    lowest = min(1 - exact * (s.ranks[ties] - 1) for s in e.samples)
    if floor and 0 < floor.value < 1 and lowest < floor.value - 1e-9:
        yield candidate(e, "rank_step", {"step": share(exact), "floor": share(floor.value)}, [step, floor], ties=_named(ties))


def _in_points(step: Solved, full: float) -> float:
    """A step meant in points (0.5 of 12) is kept exact as a share."""
    points = step.value * full
    short = float(f"{points:.3g}")
    return short / full if abs(points - short) < 1e-3 * short and step.digits > 3 else step.value


def _line(e: Evidence, ties: str) -> Iterator[Candidate]:
    intervals = []
    for s in e.samples:
        behind = (s.ranks[ties] - 1) / (s.n - 1) if s.n > 1 else 0.0
        if behind > 0:
            rest = e.full * (1 - behind)
            intervals.append(((s.p - s.eps - rest) / (e.full * behind), (s.p + s.eps - rest) / (e.full * behind)))
    floor = solve(intervals, e.shares, within=(0.0, 1.0))
    if floor is not None:
        yield candidate(e, "rank_linear", share(floor.value), [floor], ties=_named(ties))


def _table(e: Evidence, ties: str) -> Iterator[Candidate]:
    """A mark for each place; the places nobody took get the mark of the one before."""
    if ties == "average":
        return
    by_place: dict[int, list[float]] = {}
    for s in e.samples:
        by_place.setdefault(int(s.ranks[ties]), []).append(s.p)
    marks: list[float] = []
    for place in range(1, max(by_place, default=0) + 1):
        marks.append(statistics.median_low(by_place[place]) if place in by_place else (marks or [e.full])[-1])
    while len(marks) > 1 and marks[-1] == marks[-2]:
        marks.pop()
    if not marks or any(b > a for a, b in zip(marks, marks[1:], strict=False)):
        return
    solved = [Solved(mark, 1, mark in e.hints.pool) for mark in dict.fromkeys(marks)]
    yield candidate(e, "rank_table", [plain(mark) for mark in marks], solved, ties=_named(ties))
