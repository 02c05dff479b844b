"""Fiscal (县区财力), the slow and obvious way: Decimals, halving and loops for RULES §3.7, §3.8, §4.2–§4.4, §5.3."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

Need = tuple[Decimal, Decimal, Decimal | None]
"""Monthly outflow, cover, entitlement left."""


def water_level(pool: Decimal, needs: Sequence[Need], floor: Decimal) -> tuple[Decimal, list[Decimal]]:
    """The level found by halving, and what each gets there."""
    with localcontext(prec=50):

        def gets(level: Decimal) -> list[Decimal]:
            return [min(max(Decimal(0), (level - c) * m), m * 10**9 if cap is None else cap) for m, c, cap in needs]

        low, high = min([c for _, c, _ in needs] + [floor]), floor
        if sum(gets(floor)) <= pool:
            return floor, gets(floor)
        for _ in range(140):
            middle = (low + high) / 2
            low, high = (middle, high) if sum(gets(middle)) < pool else (low, middle)
        return high, gets(high)


def limits(total: Decimal, major: Decimal, rows: Sequence[tuple[Decimal, Decimal, Decimal]]) -> list[Decimal]:
    """(strength, major, risk) → limits scaled to the total."""
    k1 = (total - major) / sum(s for s, _, _ in rows) if total != major else Decimal(0)
    k2 = major / sum(m for _, m, _ in rows) if major else Decimal(0)
    raw = [(s * k1 + m * k2) * risk for s, m, risk in rows]
    return [r * total / sum(raw) for r in raw]


def quantity(points: Decimal, plan: Decimal, actual: Decimal) -> Decimal:
    """RULES §5.3 with its own numbers: free to 130 %, −30 % at 200 %."""
    ratio = actual / plan
    if ratio < 1:
        return points * ratio
    if ratio <= Decimal("1.3"):
        return points
    if ratio > 2:
        return points * Decimal("0.7")
    return points * (1 - Decimal("0.3") * (ratio - Decimal("1.3")) / Decimal("0.7"))


def light(ratio: Decimal) -> str:
    """The bands of RULES §4.2."""
    return "red" if ratio >= 300 else "orange" if ratio >= 200 else "yellow" if ratio >= 120 else "green"
