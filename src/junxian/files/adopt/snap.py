"""Round numbers (取整求参): the parameter most figures allow, written as shortly as it can be.

Each published figure, rounded to its decimals, allows an interval of a parameter; the parameter sought lies where most
intervals meet, and a person who wrote a rule wrote a round number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, isfinite

Interval = tuple[float, float]
MOST_DIGITS = 7
_GRAINS = [m * 10.0**k for k in range(6, -10, -1) for m in (5, 2, 1)]


@dataclass(frozen=True)
class Solved:
    """A parameter: its value, how many digits it took to say, and whether it was written somewhere in the sheet."""

    value: float
    digits: int
    known: bool = False


def span(one: float, other: float) -> Interval:
    """Two ends in order."""
    return (one, other) if one <= other else (other, one)


def meet(intervals: Iterable[Interval]) -> tuple[float, float, int]:
    """The part of the line covered by most intervals, and by how many."""
    ends = sorted(
        [(low, 0) for low, high in intervals if low <= high] + [(high, 1) for low, high in intervals if low <= high]
    )
    best, depth, found = 0, 0, (0.0, 0.0, 0)
    for place, (at, closing) in enumerate(ends):
        depth += -1 if closing else 1
        if depth > best:
            best, found = depth, (at, ends[place + 1][0], depth)
    return found


def roundest(low: float, high: float) -> float:
    """The number in [low, high] with the coarsest grain; the middle where none is short."""
    if low <= 0 <= high:
        return 0.0
    for grain in _GRAINS:
        least, most = ceil(low / grain), floor(high / grain)
        if least <= most:
            middle = (least + most) // 2
            return float(f"{middle * grain:.12g}")
    return float(f"{(low + high) / 2:.12g}")


def digits(value: float) -> int:
    """Significant digits of a number as written."""
    return len(f"{abs(value):.12f}".rstrip("0").replace(".", "").strip("0")) if value else 1


def solve(
    intervals: Iterable[Interval], pool: Iterable[float] = (), *, within: Interval = (-1e12, 1e12)
) -> Solved | None:
    """The parameter most intervals allow; one written in the sheet is taken before a round one."""
    usable = [(low, high) for low, high in intervals if isfinite(low) and isfinite(high)]
    low, high, count = meet(usable)
    if not count:
        return None
    slack = 1e-9 * max(1.0, abs(low), abs(high))
    low, high = max(low - slack, within[0]), min(high + slack, within[1])
    if low > high:
        return None
    written = next((value for value in pool if low <= value <= high), None)
    if written is not None:
        return Solved(written, digits(written), True)
    value = roundest(low, high)
    return Solved(value, digits(value)) if digits(value) <= MOST_DIGITS else None


def share(value: float) -> str | float:
    """A share as a person writes it: 5 % where that is short."""
    percent = float(f"{value * 100:.10g}")
    return f"{percent:.10g}%" if digits(percent) <= 4 else value


def plain(value: float) -> float | int:
    """A number without a needless `.0`."""
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(f"{value:.12g}")
