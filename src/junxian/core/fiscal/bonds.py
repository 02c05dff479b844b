"""Income balance of bonds (融资收益平衡): net income over debt service, and its stress table (RULES §4.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from junxian.core.errors import DataError
from junxian.core.fiscal.exact import Exact


@dataclass(frozen=True, slots=True)
class Project:
    """Income, cost and debt service of each year of the bond's life, and the cash there at the start; one unit."""

    income: tuple[Exact, ...]
    cost: tuple[Exact, ...]
    service: tuple[Exact, ...]
    opening: Exact = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """One row of the stress table. `lowest_cash` is the least cumulative cash of any year: it must not be below 0."""

    drop: Fraction
    net: Fraction
    service: Fraction
    ratio: Fraction
    light: str
    lowest_cash: Fraction


def bullet(principal: Exact, rate: Exact, years: int) -> tuple[Fraction, ...]:
    """Debt service by year of a bond whose interest is paid yearly and whose principal at the end."""
    interest = Fraction(principal) * Fraction(rate)
    return tuple(interest + (Fraction(principal) if year == years else 0) for year in range(1, years + 1))


def coverage(project: Project, *, passing: Exact, warning: Exact, drops: Sequence[Exact] = (0,)) -> list[Coverage]:
    """本息覆盖倍数 = Σ net income / Σ (principal + interest), once for each drop of income (0, 10 %, 20 % …).

    `pass` at `passing` or above, `warn` at `warning` or above, else `fail`; on unrounded ratios. Costs do not fall with
    the income.
    """
    lengths = {len(project.income), len(project.cost), len(project.service)}
    due = sum((Fraction(s) for s in project.service), Fraction(0))
    if len(lengths) != 1 or due <= 0:
        raise DataError("fiscal.years_differ_or_no_service", years=", ".join(str(n) for n in sorted(lengths)))
    return [_stressed(project, due, Fraction(drop), (Fraction(passing), Fraction(warning))) for drop in drops]


def _stressed(project: Project, due: Fraction, drop: Fraction, bounds: tuple[Fraction, Fraction]) -> Coverage:
    nets = [Fraction(i) * (1 - drop) - Fraction(c) for i, c in zip(project.income, project.cost, strict=True)]
    yearly = [net - Fraction(paid) for net, paid in zip(nets, project.service, strict=True)]
    cash = accumulate(yearly, initial=Fraction(project.opening))
    ratio = sum(nets, Fraction(0)) / due
    light = "pass" if ratio >= bounds[0] else "warn" if ratio >= bounds[1] else "fail"
    return Coverage(drop, sum(nets, Fraction(0)), due, ratio, light, min(cash))
