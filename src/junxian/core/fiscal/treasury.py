"""Treasury arithmetic (财政算式): budget identity, state-capital income due, interest saved, the cash-cover band."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from junxian.core.fiscal.exact import Exact


@dataclass(frozen=True, slots=True)
class Balance:
    """Two sides of a budget, what is left, and whether what is left is the carry-over declared."""

    received: Fraction
    used: Fraction
    left: Fraction
    holds: bool


def balance_identity(
    received: Mapping[str, Exact], used: Mapping[str, Exact], *, carry_over: Exact, tolerance: Exact
) -> Balance:
    """Everything received − everything used = carry-over out, within the tolerance (RULES §3.1, ±1 万元)."""
    into = sum((Fraction(x) for x in received.values()), Fraction(0))
    out = sum((Fraction(x) for x in used.values()), Fraction(0))
    return Balance(into, out, into - out, abs(into - out - Fraction(carry_over)) <= Fraction(tolerance))


def state_income_due(profit: Exact, losses: Exact, reserve: Exact, rate: Exact) -> Fraction:
    """max(0, net profit of the parent − prior losses − legal reserve)·rate (RULES §6.5)."""
    return max(Fraction(0), Fraction(profit) - Fraction(losses) - Fraction(reserve)) * Fraction(rate)


def interest_saved(replaced: Iterable[tuple[Exact, Exact, Exact]]) -> Fraction:
    """Σ balance·(old rate − new rate) a year (RULES §4.7); negative where the new rate is higher."""
    return sum((Fraction(b) * (Fraction(old) - Fraction(new)) for b, old, new in replaced), Fraction(0))


def mark_band(points: Exact, value: Exact, *, low: Exact, high: Exact, width: Exact) -> Fraction:
    """Full inside [low, high]; below W·x/low; above W·max(0, 1 − (x − high)/width) (RULES §3.8). Never below 0."""
    full, x = Fraction(points), Fraction(value)
    if x < Fraction(low):
        return full * max(Fraction(0), x / Fraction(low))
    return full * min(Fraction(1), max(Fraction(0), 1 - (x - Fraction(high)) / Fraction(width)))
