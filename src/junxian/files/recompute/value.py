"""A criterion's value as a live formula (指标值成活), with the case of a growth rate beside it."""

from __future__ import annotations

from dataclasses import dataclass

from junxian.files.recompute.desk import Desk
from junxian.files.recompute.formula import Growth, Term, tops_growth
from junxian.files.recompute.model import Column, Expr, infix, rounded


@dataclass(frozen=True)
class Grown:
    """Cells of a growth rate: its base and, where the scheme marks its cases, the case."""

    before: Expr
    case: Column | None


def value_of(desk: Desk) -> tuple[Column, Grown | None]:
    found: list[Grown | None] = [None]

    def build() -> Column:
        found[0] = None
        column, found[0] = _live_value(desk)
        return column

    kept = desk.facts.node(desk.plan, "value")
    value = desk.checked(desk.block.attempt(desk.say("value"), build, kept), "value")
    return value, found[0]


def _live_value(desk: Desk) -> tuple[Column, Grown | None]:
    assert desk.plan.formula is not None
    into, grown = desk.lowering, None
    if tops_growth(desk.plan.formula):
        growth = into.growth(desk.plan.formula)
        term = growth.value
        grown = _grown(desk, growth)
    else:
        term = into.formula(desk.plan.formula)
    if term.loose:
        term = into.in_column(term)
    shown = term.expr if desk.plan.factor == 1.0 else infix("*", term.expr, desk.plan.factor)
    shown = rounded(shown)
    if desk.node.decimals is not None:
        shown = rounded(shown, desk.node.decimals)
    return desk.block.add(desk.say("value"), Term(shown, term.needs, term.guards).closed()), grown


def _grown(desk: Desk, growth: Growth) -> Grown:
    case = None if desk.node.growth is None else desk.block.add(desk.say("case"), growth.case.closed())
    return Grown(growth.before, case)
