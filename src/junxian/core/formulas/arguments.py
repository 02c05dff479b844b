"""Arguments of a call (函数参数): how many, of which kind, brought to one unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junxian.core.formulas.measure import PERCENT, Unit
from junxian.core.formulas.model import Call, Empty, Node, Number, Text
from junxian.core.formulas.scope import Scope, Typed
from junxian.core.formulas.signature import Argument, Function

if TYPE_CHECKING:
    from junxian.core.formulas.analyse import Resolver

Slots = list[tuple[Argument, Node]]


def bound(resolver: Resolver, call: Call, function: Function) -> Slots:
    """Each written argument with its meaning, defaults filled in. RuleError formula.too_few, formula.too_many."""
    least = sum(not argument.optional for argument in function.arguments)
    if function.tail:
        least += len(function.more)
    if len(call.arguments) < least:
        resolver.refuse("formula.too_few", call, function=function.zh, name=function.en, least=least)
    if not function.more and len(call.arguments) > len(function.arguments):
        most = len(function.arguments)
        resolver.refuse("formula.too_many", call, function=function.zh, name=function.en, most=most)
    slots: Slots = list(zip(function.arguments, call.arguments, strict=False))
    return slots + _further(call, function) + _defaults(call, function)


def _further(call: Call, function: Function) -> Slots:
    rest = call.arguments[len(function.arguments) :]
    if not function.more:
        return []
    odd = len(rest) % len(function.more)
    slots = [(function.more[i % len(function.more)], node) for i, node in enumerate(rest[: len(rest) - odd])]
    if function.tail is not None:
        last = rest[-1] if odd else Empty(line=call.line, column=call.column)
        slots.append((function.tail, last))
    return slots


def _defaults(call: Call, function: Function) -> Slots:
    line, column = call.line, call.column
    slots: Slots = []
    for argument in function.arguments[len(call.arguments) :]:
        if isinstance(argument.default, str):
            slots.append((argument, Text(argument.default, line=line, column=column)))
        elif argument.default is not None:
            slots.append((argument, Number(argument.default, line=line, column=column)))
    return slots


class Arguments:
    """The arguments of one call in one scope; `at` gives a plan in the agreed unit, at any other scope too."""

    def __init__(self, resolver: Resolver, call: Call, function: Function, scope: Scope) -> None:
        self.resolver = resolver
        self.call = call
        self.function = function
        self.scope = scope
        self._slots = bound(resolver, call, function)
        self.typed = [self._resolve(place, scope) for place in range(len(self._slots))]
        self.units: dict[str, Unit | None] = {"%": PERCENT}
        self._first: dict[str, Node] = {}
        for (argument, _), typed in zip(self._slots, self.typed, strict=True):
            if self.units.get(argument.unit) is None:
                self.units[argument.unit] = typed.unit
                self._first[argument.unit] = typed.plan

    def __len__(self) -> int:
        return len(self._slots)

    def node(self, place: int) -> Node:
        """The argument as written."""
        return self._slots[place][1]

    def at(self, place: int, scope: Scope | None = None) -> Node:
        """The plan of an argument, converted to the unit its letter has."""
        typed = self.typed[place] if scope is None else self._resolve(place, scope)
        letter = self._slots[place][0].unit
        target = None if letter == "*" else self.units.get(letter)
        return self.resolver.units.agree(typed, target, self.node(place), self._first.get(letter))

    def all(self) -> list[Node]:
        return [self.at(place) for place in range(len(self))]

    def _resolve(self, place: int, scope: Scope) -> Typed:
        argument, node = self._slots[place]
        if argument.wants in {"text", "whole"}:
            return Typed(node)
        if argument.wants == "truth":
            return self.resolver.condition(node, scope)
        return self.resolver.number(node, scope)
