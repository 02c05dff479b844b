"""Grades and the year (等次、全年), the slow and obvious way: lists, Decimals and RULES §2.8, §2.10."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

Rule = tuple[str, Decimal | None, Decimal | None, bool, bool]
"""Name, at least, quota, at least one, needs gates."""


def grades(
    units: Sequence[tuple[str, Decimal | None, bool]], rules: Sequence[Rule], *, all_tied: bool
) -> dict[str, str]:
    """(unit, score, passed) of one group → its grade; ties at the cut take no place unless `all_tied`."""
    found = dict.fromkeys((unit for unit, _, _ in units), "")
    n = sum(score is not None for _, score, _ in units)
    for name, bound, quota, one, gated in rules:
        there = [
            (unit, score)
            for unit, score, passed in units
            if score is not None and not found[unit] and (passed or not gated) and (bound is None or score >= bound)
        ]
        places = len(units) + 1
        if quota is not None:
            places = int((n * quota).to_integral_value(ROUND_FLOOR))
            places = max(places, 1) if one else places
        for unit, score in there:
            above = sum(other > score for _, other in there)
            level = sum(other == score for _, other in there)
            if above + (1 if all_tied else level) <= places:
                found[unit] = name
    return found


def blended(rounds: Sequence[Decimal], end: Decimal, first: Decimal, second: Decimal) -> Decimal:
    """w1·mean + w2·end."""
    return first * sum(rounds) / len(rounds) + second * end
