"""Units through arithmetic (量纲推算): what adds, what cancels, and which factor a conversion needs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from junxian.core.errors import RuleError
from junxian.core.formulas.measure import PERCENT, PERMILLE, PLAIN, POINTS, Unit, combined, raised
from junxian.core.formulas.model import Binary, Call, Node, Number, Reading, Scaled, Unary, plan_nodes
from junxian.core.formulas.scope import Typed

if TYPE_CHECKING:
    from junxian.core.formulas.analyse import Resolver

_SHARES: tuple[Unit, ...] = (PLAIN, PERCENT, POINTS, PERMILLE)
_NO_SHARES = {"rank", "peer_count", "ln", "log10", "exp"}
_BY_HAND = {100.0, 1000.0, 0.01, 0.001}


class Units:
    """Unit rules of the operators for one resolver, which gives the table and takes refusals and notes."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def factor(self, source: Unit, target: Unit, node: Node) -> float:
        """Factor from one unit to another; RuleError with the node's line and column."""
        try:
            return self._resolver.vocabulary.units.factor(source, target)
        except RuleError as mismatch:
            self._resolver.refuse(mismatch.code, node, **mismatch.facts)

    def agree(self, typed: Typed, target: Unit | None, node: Node, against: Node | None = None) -> Node:
        """The plan in the target unit; `against` is the plan that set the target, where one did."""
        if typed.unit is None or target is None or typed.unit == target:
            return typed.plan
        factor = self.factor(typed.unit, target, node)
        plain = typed.plan if typed.unit == PLAIN else against if target == PLAIN else None
        if plain is not None and not self._is_share(plain):
            self._resolver.note("formula.note.taken_as_it_stands", node)
            return typed.plan
        return typed.plan if factor == 1 else Scaled(typed.plan, factor)

    def _is_share(self, plan: Node) -> bool:
        """Whether a plain number is surely a share of one, which 71.7 % may meet as 0.717.

        It is for 5 % and for 税收/收入, whose units cancelled; an index, a rank or an indicator without a unit is not.
        """
        if isinstance(plan, Number):
            return plan.percent
        nodes = list(plan_nodes(plan))
        readings = [node.leaf.indicator for node in nodes if isinstance(node, Reading)]
        counts = any(isinstance(node, Call) and node.function in _NO_SHARES for node in nodes)
        unitless = any(not self._resolver.vocabulary.cards[code].unit for code in readings)
        return bool(readings) and not unitless and not counts

    def binary(self, node: Binary, left: Typed, right: Typed) -> Typed:
        """Result of an operator other than 且/或, with the right operand converted where both must agree."""
        if node.operator in {"*", "/"}:
            return self._product(node, left, right)
        if node.operator == "^":
            return self.power(node, left, right)
        common = left.unit if left.unit is not None else right.unit
        plan = replace(node, left=left.plan, right=self.agree(right, common, node.right, left.plan))
        if node.operator in {"+", "-"}:
            return Typed(plan, self._sum(node, left.unit, right.unit))
        return Typed(plan, PLAIN, True)

    def _sum(self, node: Binary, left: Unit | None, right: Unit | None) -> Unit | None:
        for side, other in ((node.left, right), (node.right, left)):
            if isinstance(side, Number) and side.value == 1 and not side.percent and other == PERCENT:
                self._resolver.note("formula.note.one_beside_percent", side)
        common = left if left is not None else right
        if common == POINTS and node.operator == "+" and right == PERCENT:
            return PERCENT
        if common == PERCENT and node.operator == "-" and right in {PERCENT, None}:
            return POINTS
        return common

    def _product(self, node: Binary, left: Typed, right: Typed) -> Typed:
        plan = replace(node, left=left.plan, right=right.plan)
        if left.unit is None and right.unit is None:
            return Typed(plan)
        unit = combined(left.unit or PLAIN, right.unit or PLAIN, 1 if node.operator == "*" else -1)
        if unit in _SHARES and (_by_hand(node.right, right) or (node.operator == "*" and _by_hand(node.left, left))):
            return Typed(plan)
        factor, rest = self._resolver.vocabulary.units.cancelled(unit)
        return Typed(plan if factor == 1 else Scaled(plan, factor), rest)

    def power(self, node: Node, left: Typed, right: Typed) -> Typed:
        """x^n: the unit to the power where n is written out and leaves whole exponents."""
        plan = Binary("^", left.plan, right.plan, line=node.line, column=node.column)
        exponent = literal(right.plan)
        if not left.unit:
            return Typed(plan, left.unit)
        unit = None if exponent is None else raised(left.unit, Fraction(exponent))
        if unit is None:
            self._resolver.note("formula.note.unit_lost", node)
        return Typed(plan, unit)


def literal(node: Node) -> float | None:
    """The value of a number written out, with its sign."""
    if isinstance(node, Unary) and node.operator == "-":
        inner = literal(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, Number) else None


def _by_hand(node: Node, typed: Typed) -> bool:
    """税收/收入*100 and 增速/100: the author turns a share into percent or back himself, so its unit is left open."""
    return typed.unit is None and literal(node) in _BY_HAND
