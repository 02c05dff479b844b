"""Evidence (求参依据): one criterion's figures beside its points, with the peers' places, extremes and means."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from junxian.files.adopt.snap import Solved

Direction = Literal["+", "-"]
TIES = ("shared", "dense", "average", "last")


@dataclass(frozen=True)
class Sample:
    """One unit: figure, points as published, half a unit of their last decimal, what its peers are."""

    unit: str
    x: float
    p: float
    eps: float
    ranks: Mapping[str, float]
    n: int
    best: float
    worst: float
    mean: float
    deviation: float
    target: float | None = None

    @property
    def share(self) -> float | None:
        """(x − worst)/(best − worst), None where all peers are equal."""
        return None if self.best == self.worst else (self.x - self.worst) / (self.best - self.worst)


@dataclass(frozen=True)
class Hints:
    """What the sheet itself says of a method: numbers written, families its words or functions name."""

    pool: tuple[float, ...] = ()
    families: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """Samples of one criterion under one direction and grouping; `value` and `target` are formulas."""

    samples: tuple[Sample, ...]
    full: float
    direction: Direction
    value: str
    target: str = ""
    hints: Hints = field(default_factory=Hints)

    @property
    def sign(self) -> float:
        return 1.0 if self.direction == "+" else -1.0

    @property
    def shares(self) -> tuple[float, ...]:
        """Numbers written in the sheet as shares: of one, of a hundred, of the full points."""
        whole = self.hints.pool
        found = [v for v in whole if 0 <= v <= 2] + [v / 100 for v in whole] + [v / self.full for v in whole]
        return tuple(dict.fromkeys(float(f"{v:.12g}") for v in found))


@dataclass(frozen=True)
class Candidate:
    """A method that may have been meant. `fitted`: parameters taken from the points; `digits`: to write them."""

    kind: str
    method: Any
    value: str
    direction: Direction
    fitted: int = 0
    digits: int = 0
    ties: str = ""
    places: int | None = None
    origin: Literal["formula", "text", "fit"] = "fit"

    @property
    def text(self) -> Any:
        """The method as the rulebook writes it."""
        return {self.kind: self.method} if self.method != {} else self.kind


def candidate(e: Evidence, kind: str, method: Any, solved: Sequence[Solved] = (), **more: Any) -> Candidate:
    """A candidate whose cost is what had to be solved for it."""
    fitted = sum(not s.known for s in solved)
    more.setdefault("value", e.value)
    return Candidate(kind, method, direction=e.direction, fitted=fitted, digits=sum(s.digits for s in solved), **more)


def samples(
    figures: Mapping[str, float], points: Mapping[str, float], places: int, groups: Mapping[str, str],
    *, direction: Direction, targets: Mapping[str, float] | None = None,
) -> tuple[Sample, ...]:  # fmt: skip
    """Units with figure and points; peers are all units of the group that have a figure."""
    eps = 0.5 * 10.0**-places + 1e-9
    found: list[Sample] = []
    for group in dict.fromkeys(groups.values()):
        peers = {unit: x for unit, x in figures.items() if groups.get(unit) == group}
        if not peers:
            continue
        values = list(peers.values())
        best, worst = (max(values), min(values)) if direction == "+" else (min(values), max(values))
        spread = statistics.pstdev(values)
        for unit, x in peers.items():
            if unit in points:
                ranks = places_of(x, values, direction)
                target = (targets or {}).get(unit)
                found.append(
                    Sample(
                        unit,
                        x,
                        points[unit],
                        eps,
                        ranks,
                        len(values),
                        best,
                        worst,
                        statistics.fmean(values),
                        spread,
                        target,
                    )
                )
    return tuple(found)


def places_of(x: float, values: Iterable[float], direction: Direction) -> dict[str, float]:
    """The place of a value among its peers under each way of ties."""
    ahead = [v for v in values if (v > x if direction == "+" else v < x)]
    same = sum(v == x for v in values)
    first = len(ahead) + 1
    return {"shared": first, "dense": len(set(ahead)) + 1, "average": first + (same - 1) / 2, "last": first + same - 1}


def concordance(figures: Mapping[str, float], points: Mapping[str, float]) -> int:
    """How many more pairs of units agree than disagree in the order of figures and points."""
    both = [(figures[u], points[u]) for u in figures if u in points]
    return sum(
        (1 if (x - y) * (p - q) > 0 else -1) for i, (x, p) in enumerate(both) for y, q in both[:i] if x != y and p != q
    )
