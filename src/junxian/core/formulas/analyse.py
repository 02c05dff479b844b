"""Understanding a formula (公式分析): names become leaves, lags compose, arity and units are checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from typing import NoReturn

from junxian.core.errors import RuleError
from junxian.core.formulas.arithmetic import Units
from junxian.core.formulas.lower import lower
from junxian.core.formulas.measure import PLAIN, Unit, read_unit, write_unit
from junxian.core.formulas.model import (
    ALL_CALIBRES,
    LARGEST,
    Binary,
    Call,
    Card,
    Derived,
    Empty,
    Formula,
    Name,
    Node,
    Note,
    Number,
    Reading,
    Text,
    Truth,
    Unary,
    Vocabulary,
    plan_nodes,
)
from junxian.core.formulas.parse import parse, place
from junxian.core.formulas.scope import Scope, Typed
from junxian.core.formulas.write import tree_text


def analyse(formula: Node | str, vocabulary: Vocabulary, *, where: str = "", declared: str | None = None) -> Formula:
    """Formula text or tree → names resolved to leaves, arity and units checked, conversions put in.

    `declared` is the unit the result must have: the plan converts to it. RuleError `formula.*` with line and column.
    """
    tree = parse(formula, where) if isinstance(formula, str) else formula
    resolver = Resolver(vocabulary, where)
    result = resolver.resolve(tree, Scope())
    if declared is not None:
        result = resolver.declare(tree, result, declared)
    unit = None if result.unit is None else write_unit(result.unit)
    text = formula if isinstance(formula, str) else tree_text(tree, "zh")
    nodes = list(plan_nodes(result.plan))
    leaves = tuple(dict.fromkeys(node.leaf for node in nodes if isinstance(node, Reading)))
    names = tuple(dict.fromkeys(node.name for node in nodes if isinstance(node, Derived)))
    return Formula(text, tree, leaves, names, unit, result.plan, result.truth, tuple(resolver.notes))


class Resolver:
    """One walk over one formula; collects the notes it makes."""

    def __init__(self, vocabulary: Vocabulary, where: str) -> None:
        self.vocabulary = vocabulary
        self.where = where
        self.units = Units(self)
        self.notes: list[Note] = []
        self._inlining: list[str] = []
        # The node is kept beside its result so that its id stays its own.
        self._known: dict[tuple[int, Scope], tuple[Node, Typed]] = {}

    def refuse(self, code: str, node: Node, **facts: object) -> NoReturn:
        line, column = node.line, node.column
        raise RuleError(code, where=place(self.where, line, column), line=line, column=column, **facts)

    def note(self, code: str, node: Node, **facts: object) -> None:
        known = Note(code, place(self.where, node.line, node.column), facts)
        if known not in self.notes:
            self.notes.append(known)

    def resolve(self, node: Node, scope: Scope) -> Typed:
        """A node read at a scope; each pair is worked out once, since lags ask for the same figures again and again."""
        known = self._known.get((id(node), scope))
        if known is not None:
            return known[1]
        if len(self._known) >= LARGEST:
            raise RuleError("formula.too_large", where=self.where, largest=LARGEST)
        typed = _RESOLVE[type(node)](self, node, scope)
        self._known[id(node), scope] = (node, typed)
        return typed

    def number(self, node: Node, scope: Scope) -> Typed:
        """As resolve, and it must be a number."""
        typed = self.resolve(node, scope)
        if typed.truth:
            self.refuse("formula.wants_number", node)
        return typed

    def condition(self, node: Node, scope: Scope) -> Typed:
        """As resolve, and it must be true or false."""
        typed = self.resolve(node, scope)
        if not typed.truth:
            self.refuse("formula.wants_truth", node)
        return typed

    def declare(self, tree: Node, result: Typed, declared: str) -> Typed:
        if result.truth:
            self.refuse("formula.wants_number", tree)
        target = read_unit(declared)
        plan = self.units.agree(result, target, tree)
        return replace(result, plan=plan, unit=target)

    # names -----------------------------------------------------------------

    def indicator(self, node: Node) -> tuple[Name, Card]:
        """The name of an indicator that must stand here, with its card."""
        if isinstance(node, Name):
            card = self.vocabulary.cards.get(node.name)
            if card is not None:
                return node, card
            if node.name not in self.vocabulary.names:
                self.unknown(node)
        self.refuse("formula.wants_indicator", node)

    def unknown(self, node: Name) -> NoReturn:
        known = [*self.vocabulary.cards, *self.vocabulary.names]
        near = "、".join(get_close_matches(node.name, known, n=3, cutoff=0.5))
        self.refuse("formula.unknown_name", node, name=node.name, near=near or "—")

    def name(self, node: Name, scope: Scope) -> Typed:
        card = self.vocabulary.cards.get(node.name)
        if card is not None:
            return self.read(node, card, scope)
        if node.name in self.vocabulary.names:
            return self._derived(node, scope)
        self.unknown(node)

    def read(self, node: Name, card: Card, scope: Scope, gather: str = "") -> Typed:
        """The leaf of an indicator at a scope."""
        if scope.kind and node.kind not in {"", scope.kind}:
            self.refuse("formula.kind_conflict", node, name=node.name, written=node.kind, wanted=scope.kind)
        if node.calibre == ALL_CALIBRES and not gather.startswith("calibres:"):
            self.refuse("formula.all_calibres", node, name=node.name)
        carry = self.vocabulary.carry.get(card.code, 0)
        leaf = scope.leaf(card.code, node, card.kind, gather=gather, carry=carry)
        unit = PLAIN if gather.endswith(":count") else self.unit_of(card, node)
        return Typed(Reading(leaf, line=node.line, column=node.column), unit)

    def unit_of(self, card: Card, node: Node) -> Unit:
        try:
            return read_unit(card.unit)
        except RuleError as bad:
            self.refuse(bad.code, node, **bad.facts)

    def _derived(self, node: Name, scope: Scope) -> Typed:
        if node.kind or node.calibre:
            self.refuse("formula.derived_has_no_kind", node, name=node.name)
        if not scope.moved() or node.name in self.vocabulary.constants:
            unit = self.vocabulary.names[node.name]
            plan = Derived(node.name, line=node.line, column=node.column)
            return Typed(plan, None if unit is None else read_unit(unit))
        return self._inlined(node, scope)

    def _inlined(self, node: Name, scope: Scope) -> Typed:
        """A derived name has a column for the current row only, so elsewhere its definition is read instead."""
        definition = self.vocabulary.formulas.get(node.name)
        if definition is None:
            self.refuse("formula.derived_elsewhere", node, name=node.name)
        if node.name in self._inlining:
            self.refuse("formula.circle", node, names=" → ".join((*self._inlining, node.name)))
        self._inlining.append(node.name)
        typed = self.resolve(parse(definition), scope)
        self._inlining.pop()
        unit = self.vocabulary.names[node.name]
        if unit is None or typed.truth:
            return typed
        return self.declare(node, typed, unit)

    # the other nodes -------------------------------------------------------

    def literal(self, node: Node, _: Scope) -> Typed:
        """A bare number takes the unit it meets; 5% is a plain ratio."""
        percent = isinstance(node, Number) and node.percent
        return Typed(node, PLAIN if percent else None, isinstance(node, Truth))

    def text(self, node: Node, _: Scope) -> Typed:
        self.refuse("formula.text_here", node)

    def unary(self, node: Unary, scope: Scope) -> Typed:
        wanted = self.condition if node.operator == "not" else self.number
        inner = wanted(node.operand, scope)
        return replace(inner, plan=replace(node, operand=inner.plan))

    def binary(self, node: Binary, scope: Scope) -> Typed:
        if node.operator in {"and", "or"}:
            left, right = self.condition(node.left, scope), self.condition(node.right, scope)
            return Typed(replace(node, left=left.plan, right=right.plan), PLAIN, True)
        if node.operator in {"=", "!="} and isinstance(node.right, Text):
            return Typed(replace(node, left=self._label(node.left, scope)), PLAIN, True)
        return self.units.binary(node, self.number(node.left, scope), self.number(node.right, scope))

    def _label(self, node: Node, scope: Scope) -> Node:
        """The name of a label (等次) that a text is compared with; an indicator is a figure and has no text."""
        if isinstance(node, Name) and node.name not in self.vocabulary.cards and node.name in self.vocabulary.names:
            return self._derived(node, scope).plan
        self.refuse("formula.wants_label", node)

    def call(self, node: Call, scope: Scope) -> Typed:
        return lower(self, node, scope)


_RESOLVE: dict[type[Node], Callable[..., Typed]] = {
    Number: Resolver.literal,
    Truth: Resolver.literal,
    Empty: Resolver.literal,
    Text: Resolver.text,
    Name: Resolver.name,
    Unary: Resolver.unary,
    Binary: Resolver.binary,
    Call: Resolver.call,
}
