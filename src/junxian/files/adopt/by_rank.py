"""Methods by place (按位次): steps, straight lines and tables of places, shares of the group."""

from __future__ import annotations

import itertools
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
    step = _step(e, ties, list(e.samples))
    if step is not None:
        yield candidate(e, "rank_step", share(step.value), [step], ties=_named(ties))
    least = min(s.p for s in e.samples)
    lowest = [s for s in e.samples if s.p == least]
    above = [s for s in e.samples if s.p > least]
    if least <= 0 or len(lowest) < 2 or (step := _step(e, ties, above)) is None:
        return
    eps = e.samples[0].eps
    floor = solve([((least - eps) / e.full, (least + eps) / e.full)], e.shares)
    if floor is not None and min(1 - step.value * (s.ranks[ties] - 1) for s in lowest) < floor.value - 1e-9:
        method = {"step": share(step.value), "floor": share(floor.value)}
        yield candidate(e, "rank_step", method, [step, floor], ties=_named(ties))


def _step(e: Evidence, ties: str, told: list[Sample]) -> Solved | None:
    """The step, as a share or in points (half a point of twelve), whichever is shorter to say."""

    def interval(s: Sample) -> tuple[float, float]:
        places = s.ranks[ties] - 1
        return (e.full - s.p - s.eps) / places, (e.full - s.p + s.eps) / places

    intervals = [interval(s) for s in told if s.ranks[ties] > 1]
    step = solve([(a / e.full, b / e.full) for a, b in intervals], e.shares, within=(1e-6, 1.0))
    points = solve(intervals, e.hints.pool, within=(1e-6, e.full))
    if points is not None and (step is None or (not step.known and points.digits < step.digits)):
        return Solved(points.value / e.full, points.digits, points.known)
    return step


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
    if not marks or any(b > a for a, b in itertools.pairwise(marks)):
        return
    plateaus = [mark for mark in dict.fromkeys(marks) if marks.count(mark) > 1]
    solved = [Solved(mark, 1, mark in e.hints.pool or mark == e.full) for mark in (*dict.fromkeys(marks), *plateaus)]
    if sum(not s.known for s in solved) * 4 > 3 * len(e.samples):
        return  # a table as long as the list of units explains nothing
    yield candidate(e, "rank_table", [plain(mark) for mark in marks], solved, ties=_named(ties))
