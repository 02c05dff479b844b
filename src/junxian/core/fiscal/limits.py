"""Allocation of new debt limits (新增限额分配): strength and major projects, times risk and swing (RULES §4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from junxian.core.errors import Infeasible
from junxian.core.fiscal.exact import Exact, apportion


@dataclass(frozen=True, slots=True)
class LimitClaim:
    """One county: strength and major-project need in any one unit, risk and swing factors, adjustments as the total."""

    code: str
    strength: Exact
    major: Exact
    risk: Exact = 1
    swing: Exact = 1
    performance: Exact = 0
    application: Exact = 0


@dataclass(frozen=True, slots=True)
class LimitShare:
    """k1, k2, the raw limits and the limits handed out in whole units; they sum to the total."""

    k1: Fraction
    k2: Fraction
    raw: dict[str, Fraction]
    limits: dict[str, int]


def share_limit(total: int, major: int, claims: Sequence[LimitClaim]) -> LimitShare:
    """limit_i = (strength_i·k1 + major_i·k2)·risk_i·swing_i + adjustments, scaled to the total.

    k1 = (total − major)/Σ strength, k2 = major/Σ major. `total` and `major` are whole smallest units, 万元. A raw limit
    below zero counts as none. Infeasible where a part has nobody to go to, or nobody may borrow.
    """
    k1 = _factor(total - major, [Fraction(claim.strength) for claim in claims], "strength")
    k2 = _factor(major, [Fraction(claim.major) for claim in claims], "major")
    raw = {claim.code: max(Fraction(0), _raw(claim, k1, k2)) for claim in claims}
    summed = sum(raw.values())
    if total and not summed:
        raise Infeasible("fiscal.nobody_may_borrow", total=total)
    scaled = {code: limit * total / summed if summed else limit for code, limit in raw.items()}
    return LimitShare(k1, k2, raw, apportion(scaled, total))


def _raw(claim: LimitClaim, k1: Fraction, k2: Fraction) -> Fraction:
    objective = Fraction(claim.strength) * k1 + Fraction(claim.major) * k2
    return (
        objective * Fraction(claim.risk) * Fraction(claim.swing)
        + Fraction(claim.performance)
        + Fraction(claim.application)
    )


def _factor(part: int, amounts: Sequence[Fraction], name: str) -> Fraction:
    summed = sum(amounts, Fraction(0))
    if part < 0 or (part and summed <= 0):
        raise Infeasible("fiscal.part_without_claims", part=part, factor=name)
    return part / summed if part else Fraction(0)
