"""Exact shares (精确分配): fractions while computing, whole smallest units when handed out, the sum always right."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

Exact = int | str | Decimal | Fraction
"""A number that is what it says; floats are not."""


def apportion(shares: Mapping[str, Fraction], total: int) -> dict[str, int]:
    """Whole units for exact shares by largest remainder; equal remainders in the order of their codes.

    `total` lies between the sum of the whole parts and the sum of the rounded-up ones. The order given does not matter.
    """
    whole = {code: share.numerator // share.denominator for code, share in shares.items()}
    left = total - sum(whole.values())
    by_remainder = sorted(shares, key=lambda code: (whole[code] - shares[code], code))
    for code in by_remainder[:left]:
        whole[code] += 1
    return {code: whole[code] for code in shares}
