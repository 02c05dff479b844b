"""Bottom lines (守底线), the slow and obvious way: Decimals, loops and the words of RULES §1.8 and §2.9."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

LEVELS = ["green", "yellow", "orange", "red", "veto"]


def last_places(
    values: Mapping[str, Decimal | None], places: int, orange_worse: int, yellow_gap: Decimal
) -> dict[str, tuple[str, int, int, bool]]:
    """unit → (level, rank, strictly worse, tied) for units with figures; more is better."""
    known = {unit: x for unit, x in values.items() if x is not None}
    third_last = sorted(known.values())[places - 1]
    found = {}
    for unit, x in known.items():
        worse = sum(other < x for other in known.values())
        rank = 1 + sum(other > x for other in known.values())
        tied = sum(other == x for other in known.values()) > 1
        if worse < places:
            level = "red"
        elif worse <= orange_worse:
            level = "orange"
        elif x - third_last <= yellow_gap:
            level = "yellow"
        else:
            level = "green"
        found[unit] = (level, rank, worse, tied)
    return found


def light(value: Decimal, bounds: Sequence[Decimal], levels: Sequence[str], closed: str = "left") -> str:
    """The light of a value: `levels` has one more entry than `bounds`."""
    place = 0
    for bound in bounds:
        if value > bound or (closed == "left" and value == bound):
            place += 1
    return levels[place]


def running(states: Sequence[bool | None], *, bridge: bool) -> int:
    """Breaches running that end with the last state; None is a round without a figure."""
    count = 0
    for state in reversed(states):
        if state:
            count += 1
        elif state is None and bridge:
            continue
        else:
            break
    return count


def once(events: Sequence[tuple[str, str, str, float]]) -> dict[tuple[str, str], tuple[str, float]]:
    """(unit, matter, level, points) → for each unit and matter the highest level and the points that go with it."""
    best: dict[tuple[str, str], tuple[int, float]] = {}
    for unit, matter, level, points in events:
        here = (LEVELS.index(level), points)
        best[unit, matter] = max(best.get((unit, matter), here), here)
    return {key: (LEVELS[place], points) for key, (place, points) in best.items()}
