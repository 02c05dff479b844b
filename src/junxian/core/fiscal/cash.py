"""Fund scheduling (资金调度): a pool fills the lowest treasury covers first, like water, up to a floor (RULES §3.7).

Cash timing, not new money: what is given is repaid or taken off the county's own entitlement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from junxian.core.errors import DataError
from junxian.core.fiscal.exact import apportion


@dataclass(frozen=True, slots=True)
class CashNeed:
    """One county's month in fen: mean monthly outflow, cash, expected in, rigid out, entitlement left (None: open)."""

    code: str
    outflow: int
    cash: int
    expected: int
    rigid: int
    entitlement: int | None = None

    @property
    def cover(self) -> Fraction:
        """c = (cash + expected in − rigid out)/M."""
        return Fraction(self.cash + self.expected - self.rigid, self.outflow)

    def need(self, level: Fraction) -> Fraction:
        """Fen that lift the cover to `level`, never more than the entitlement left."""
        gap = max(Fraction(0), (level - self.cover) * self.outflow)
        return gap if self.entitlement is None else min(gap, Fraction(max(0, self.entitlement)))


@dataclass(frozen=True, slots=True)
class CashShare:
    """The level reached λ, fen given to each county, and fen of the pool left over."""

    level: Fraction
    given: dict[str, int]
    left: int


def share_cash(pool: int, needs: Sequence[CashNeed], floor: Fraction) -> CashShare:
    """Find λ ≤ floor with Σ min(entitlement, max(0, (λ − c_i)·M_i)) = pool and give each its part, exact to the fen.

    A pool larger than all gaps to the floor leaves a rest; nobody is lifted above the floor. The order of counties does
    not matter. DataError where an outflow is not above zero (without outflow there is no cover) or the pool below it.
    """
    if pool < 0:
        raise DataError("fiscal.pool_negative", pool=pool)
    for need in needs:
        if need.outflow <= 0:
            raise DataError("fiscal.outflow_not_positive", unit=need.code)
    level = _level(pool, needs, floor)
    exact = {need.code: need.need(level) for need in needs}
    whole = sum(share.numerator // share.denominator for share in exact.values())
    total = pool if sum(exact.values()) == pool else whole
    given = apportion(exact, total)
    return CashShare(level, given, pool - sum(given.values()))


def _level(pool: int, needs: Sequence[CashNeed], floor: Fraction) -> Fraction:
    """The needed sum grows along straight pieces between the bends; find the piece that holds the pool."""
    bends = {floor}
    for need in needs:
        bends.add(need.cover)
        if need.entitlement is not None:
            bends.add(need.cover + Fraction(max(0, need.entitlement), need.outflow))
    low = min(bends)
    for high in sorted(bend for bend in bends if bend <= floor):
        if _needed(needs, high) >= pool:
            return _between(pool, needs, low, high)
        low = high
    return floor


def _needed(needs: Sequence[CashNeed], level: Fraction) -> Fraction:
    return sum((need.need(level) for need in needs), Fraction(0))


def _between(pool: int, needs: Sequence[CashNeed], low: Fraction, high: Fraction) -> Fraction:
    below, above = _needed(needs, low), _needed(needs, high)
    return low if above == below else low + (high - low) * (pool - below) / (above - below)
