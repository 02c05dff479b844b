"""Figures gathered into one leaf (归并取数): all calibres of a matter, the months of a year, a published growth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from junxian.core.formulas.arguments import bound
from junxian.core.formulas.catalogue import by_spelling
from junxian.core.formulas.literals import whole
from junxian.core.formulas.model import ALL_CALIBRES, Call, Card, Name
from junxian.core.formulas.scope import Scope, Typed

if TYPE_CHECKING:
    from junxian.core.formulas.analyse import Resolver

_GATHERED = {"sum", "count", "mean", "max", "min", "trimmed_mean"}


def over_calibres(call: Call) -> bool:
    """Whether the call gathers over calibres: 合计(票[*]), 去极值均值(票[*], 7)."""
    first = call.arguments[0] if call.arguments else None
    starred = isinstance(first, Name) and first.calibre == ALL_CALIBRES
    return call.function == "trimmed_mean" or (starred and call.function in _GATHERED)


def calibres(resolver: Resolver, call: Call, scope: Scope) -> Typed:
    """The leaf over all calibres."""
    function = by_spelling()[call.function]
    given = bound(resolver, call, function)
    node = given[0][1]
    if not isinstance(node, Name) or node.calibre != ALL_CALIBRES:
        resolver.refuse("formula.wants_all_calibres", call)
    if call.function != "trimmed_mean" and len(call.arguments) > 1:
        resolver.refuse("formula.too_many", call, function=function.zh, name=function.en, most=1)
    ballots = f":{whole(resolver, given[1][1], least=3)}" if call.function == "trimmed_mean" else ""
    name, card = resolver.indicator(node)
    return resolver.read(name, card, scope, f"calibres:{call.function}{ballots}")


def year(resolver: Resolver, call: Call, scope: Scope) -> Typed:
    """The leaf over the months of the year so far."""
    ((_, node),) = bound(resolver, call, by_spelling()[call.function])
    name, card = resolver.indicator(node)
    return resolver.read(name, card, scope, f"year:{call.function.removeprefix('year_')}")


def published(resolver: Resolver, call: Call, scope: Scope) -> Typed:
    """The leaf of the growth rate published beside an amount (RULES §0, fact 2)."""
    ((_, node),) = bound(resolver, call, by_spelling()[call.function])
    name, card = resolver.indicator(node)
    rates = {c.code: c for c in resolver.vocabulary.cards.values() if _grows(resolver, c, card)}
    if len(rates) != 1:
        code = "formula.growth_unpublished" if not rates else "formula.growth_ambiguous"
        resolver.refuse(code, call, name=name.name, found="、".join(sorted(rates)))
    (rate,) = rates.values()
    # The growth rate is of the same kind as the amount it belongs to, whatever its own card says.
    return resolver.read(replace(name, kind=name.kind or scope.kind or card.kind), rate, scope)


def _grows(resolver: Resolver, rate: Card, card: Card) -> bool:
    if not rate.growth_of:
        return False
    amount = resolver.vocabulary.cards.get(rate.growth_of)
    return (amount.code if amount is not None else rate.growth_of) == card.code
