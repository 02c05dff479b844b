"""A criterion as live formulas (指标项成活): from the value to points, one column after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from junxian.core.scoring import methods as m
from junxian.core.scoring.marks import IN_POINTS
from junxian.core.scoring.model import GrowthCases
from junxian.files.recompute.amounts import Amount, amounts_of
from junxian.files.recompute.book import Result
from junxian.files.recompute.desk import Desk, by_category, full_points
from junxian.files.recompute.marks import MARKS, Bench, clip, rung
from junxian.files.recompute.model import (
    MISSING,
    Cell,
    Column,
    Expr,
    NotExpressed,
    Number,
    Word,
    apply,
    if_numbers,
    infix,
)
from junxian.files.recompute.points import state_and_points
from junxian.files.recompute.pulled import pulled
from junxian.files.recompute.value import Grown, value_of

STATES = ("late", "not_reported", "not_applicable", "undefined")
OPTIONAL = {"rank_above"}
"""Amounts a mark may do without."""


def write_criterion(desk: Desk) -> Result:
    """All columns of a criterion; what a worksheet cannot say is pasted and named."""
    desk.block.head(*_heading(desk))
    _remarks(desk)
    value, grown = value_of(desk)
    marking: list[Marking] = []

    def build() -> Column:
        marking.append(_marking(desk, value, grown))
        return _mark(desk, marking[-1], value, grown)

    mark = desk.block.attempt(desk.say("mark"), build, desk.facts.node(desk.plan, "normalised"))
    mark = desk.checked(mark, "normalised")
    label = _label(desk, marking) if desk.plan.labelled else None
    result = state_and_points(desk, mark, None if grown is None else grown.case)
    return Result(result.points, result.maximum, result.role, value, label)


def _heading(desk: Desk) -> tuple[str, ...]:
    node = desk.node
    return (
        desk.block.what,
        node.clause,
        f"{node.value}{f'（−{node.lag}）' if node.lag else ''}",
        f"{node.method.kind} {node.direction}",
        node.unit or "",
    )


def _remarks(desk: Desk) -> None:
    """Rules in words, for whoever reads the parameters."""
    actions = desk.node.missing, desk.scheme.missing
    for state in STATES:
        action = getattr(actions[0], state) or getattr(actions[1], state)
        name = desk.book.say("setting.missing", state=desk.book.say(f"state.{state}"))
        desk.book.remark(desk.block.what, name, desk.book.say(f"action.{action}"), desk.block.clause)


@dataclass(frozen=True)
class Marking:
    """What a mark is read from: the column marked, and every amount by category."""

    desk: Desk
    x: Column
    amounts: Mapping[str, Amount]

    def bench(self, category: str) -> Bench | None:
        """What the method may read in a category; None where the rule gives it nothing to go by."""
        full = full_points(self.desk, category)
        here = {name: expr for name, given in self.amounts.items() if (expr := given[category]) is not None}
        in_points = isinstance(self.desk.node.method, IN_POINTS)
        if len(here) < len(self.amounts) or (full is None and in_points):
            return None
        return Bench(Cell(self.x), full or Number(1.0), self.desk.node.direction != "-", here, self.desk.number)

    def needs(self, category: str) -> tuple[Expr, ...]:
        """Cells that must hold numbers before anything is marked."""
        given = (amount[category] for name, amount in self.amounts.items() if name not in OPTIONAL)
        return Cell(self.x), *(expr for expr in given if expr is not None)


def _marking(desk: Desk, value: Column, grown: Grown | None) -> Marking:
    x = pulled(desk, value, grown)
    return Marking(desk, x, amounts_of(desk, x))


def _mark(desk: Desk, marking: Marking, value: Column, grown: Grown | None) -> Column:
    method = desk.node.method

    def build(category: str) -> Expr:
        bench = marking.bench(category)
        marked = Word(MISSING) if bench is None else MARKS[method.kind](method, bench)
        return if_numbers(marking.needs(category), marked)

    mark = by_category(desk.book, build)
    if grown is None or grown.case is None or desk.node.growth is None:
        return desk.block.add(desk.say("mark"), mark)
    plain = Cell(desk.block.add(desk.say("plain_mark"), mark))
    return desk.block.add(desk.say("mark"), _with_cases(desk, desk.node.growth, value, grown, plain))


CASES = ("net_increase", "zero_to_zero", "loss_to_profit", "", "widened", "profit_to_loss")


def _with_cases(desk: Desk, rules: GrowthCases, value: Column, grown: Grown, plain: Expr) -> Expr:
    """The mark by the case of the growth rate (RULES §1.5): ordinary, then cases 1 to 6."""
    scale = desk.node.method.scale
    marks: list[Expr] = [plain]
    for name in CASES:
        if not name:
            marks.append(_narrowed(desk, rules, Cell(value), scale))
            continue
        share = getattr(rules, name)
        told = infix("*", desk.number(name, float(share)), scale) if isinstance(share, int | float) else Word(MISSING)
        marks.append(told)
    assert grown.case is not None
    case = Cell(grown.case)
    return if_numbers((case,), apply("CHOOSE", infix("+", case, 1), *marks))


def _narrowed(desk: Desk, rules: GrowthCases, value: Expr, scale: float) -> Expr:
    if not isinstance(rules.narrowed, tuple):
        return Word(MISSING)
    low, high = (
        desk.number(f"narrowed_{end}", share) for end, share in zip(("low", "high"), rules.narrowed, strict=True)
    )
    part = clip(infix("/", value, 100), 0, 1)
    return infix("*", infix("+", low, infix("*", infix("-", high, low), part)), scale)


def _label(desk: Desk, marking: list[Marking]) -> Column:
    """The name of the rung a value stands on, where the rungs are grades."""
    method, stated = desk.node.method, desk.facts.node(desk.plan, "label")
    assert isinstance(method, m.Ladder)
    words: list[Expr] = [Word(step.name) for step in method.steps]

    def build() -> Column:
        if not marking:
            raise NotExpressed("recompute.without_mark")
        found = marking[-1]

        def named(category: str) -> Expr:
            bench = found.bench(category)
            return if_numbers(found.needs(category), Word(MISSING) if bench is None else rung(method, bench, words))

        return desk.block.add(desk.say("label"), by_category(desk.book, named))

    return desk.checked(desk.block.attempt(desk.say("label"), build, stated), "label")
