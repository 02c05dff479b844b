"""Performance marks (绩效评分): one indicator's points from plan and actual, and the grade of a sum (RULES §5.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from junxian.core.errors import DataError
from junxian.core.fiscal.exact import Exact


@dataclass(frozen=True, slots=True)
class OverFulfilment:
    """A target set too low: all points up to `free` times the plan, falling to 1 − `loss` at `full` times and above."""

    free: Exact
    full: Exact
    loss: Exact


def mark_quantity(
    points: Exact, plan: Exact, actual: Exact, *, direction: Literal["+", "-"] = "+", over: OverFulfilment | None = None
) -> Fraction:
    """Points of a quantitative indicator: reached W, else W·A/T; where less is better W·T/A. Between 0 and W."""
    full, target, done = Fraction(points), Fraction(plan), Fraction(actual)
    if target <= 0:
        raise DataError("fiscal.plan_not_positive", plan=str(plan))
    if direction == "-":
        return full if done <= target else full * target / done
    ratio = done / target
    return full * max(Fraction(0), ratio) if ratio < 1 else full * _kept(ratio, over)


def _kept(ratio: Fraction, over: OverFulfilment | None) -> Fraction:
    if over is None:
        return Fraction(1)
    free, full, loss = Fraction(over.free), Fraction(over.full), Fraction(over.loss)
    share = min(Fraction(1), max(Fraction(0), (ratio - free) / (full - free)))
    return 1 - loss * share


def mark_execution(points: Exact, spent: Exact, budget: Exact) -> Fraction:
    """W × spent / budget after adjustment, at most W."""
    if Fraction(budget) <= 0:
        raise DataError("fiscal.plan_not_positive", plan=str(budget))
    return Fraction(points) * min(Fraction(1), Fraction(spent) / Fraction(budget))


def mark_late(points: Exact, late: Exact, *, step: Exact, loss: Exact) -> Fraction:
    """A time indicator: each begun-and-finished `step` of the planned duration late takes `loss` of W; not below 0.

    `late` is the delay as a share of the planned duration; on time or early keeps W.
    """
    steps = max(Fraction(0), Fraction(late)) // Fraction(step)
    return Fraction(points) * max(Fraction(0), 1 - steps * Fraction(loss))


def grade_of(score: Exact, rungs: Sequence[tuple[Exact, str]], lowest: str) -> str:
    """The grade of a score: rungs (bound, name) with the bound included; below all of them `lowest`."""
    reached = [(Fraction(bound), name) for bound, name in rungs if Fraction(score) >= Fraction(bound)]
    return max(reached)[1] if reached else lowest
