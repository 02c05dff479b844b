"""Benchmarks (对标), the slow and obvious way: Decimals and loops for RULES §8.2–§8.4."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext

Figures = Mapping[str, Mapping[str, Decimal]]


def places(values: Mapping[str, Decimal | None], *, falling: bool = False) -> dict[str, tuple[int, int, bool]]:
    """unit → (rank, strictly worse, tied) for the units with figures."""
    known = {unit: -x if falling else x for unit, x in values.items() if x is not None}
    return {
        unit: (
            1 + sum(y > x for y in known.values()),
            sum(y < x for y in known.values()),
            list(known.values()).count(x) > 1,
        )
        for unit, x in known.items()
    }


def pace(ours: Decimal, model: Decimal, growth: Decimal, years: int) -> Decimal:
    """The growth after which `ours`, compounded year by year, has drawn level with the model: found by halving."""
    with localcontext(prec=40):
        low, high = Decimal(-1), Decimal(1000)
        target = model * (1 + growth) ** years
        for _ in range(120):
            middle = (low + high) / 2
            low, high = (middle, high) if ours * (1 + middle) ** years < target else (low, middle)
        return low


def distances(figures: Figures, unit: str, means: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Σ w·|z_i − z_j| from one unit to every other; z by population deviation, 0 where all are equal."""
    with localcontext(prec=40):
        found = dict.fromkeys(figures, Decimal(0))
        for name, weight in means.items():
            column = [row[name] for row in figures.values()]
            mean = sum(column, Decimal(0)) / len(column)
            spread = (sum(((x - mean) ** 2 for x in column), Decimal(0)) / len(column)).sqrt()
            for other in figures:
                if spread:
                    found[other] += weight * abs(figures[other][name] - figures[unit][name]) / spread
        return found
