"""From functions to primitives (函数化简): every call of the catalogue becomes a few primitives over leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from junxian.core.formulas.arguments import Arguments
from junxian.core.formulas.catalogue import by_spelling
from junxian.core.formulas.gathers import calibres, over_calibres, published, year
from junxian.core.formulas.measure import PERCENT, PLAIN, POINTS, Unit, combined, raised, read_unit
from junxian.core.formulas.model import Call, Derived, Node, Reading, plan_nodes
from junxian.core.formulas.peers import PEERS
from junxian.core.formulas.scalars import SCALAR
from junxian.core.formulas.scope import Scope, Typed
from junxian.core.formulas.times import TIME

if TYPE_CHECKING:
    from junxian.core.formulas.analyse import Resolver

_KIND_OF = {
    "ytd": "YTD",
    "ytd_quarters": "YTDQ",
    "annual": "Y",
    "end_of_period": "EOP",
    "month_only": "YTD",
    "rolling12": "YTD",
}
_LOWER: dict[str, Callable[[Arguments], Node]] = {**TIME, **PEERS, **SCALAR}


def lower(resolver: Resolver, call: Call, scope: Scope) -> Typed:
    """A function call → primitives, its arguments checked, its unit known. RuleError formula.*."""
    function = by_spelling()[call.function]
    if over_calibres(call):
        return calibres(resolver, call, scope)
    if call.function.startswith("year_"):
        return year(resolver, call, scope)
    if call.function == "published_growth":
        return published(resolver, call, scope)
    given = Arguments(resolver, call, function, _scope_of(resolver, call, scope))
    if call.function.startswith("peer_") or call.function in {"rank", "places_gained", "percentile"}:
        _among_peers(given)
    plan = _LOWER.get(call.function, _primitive)(given)
    return Typed(plan, result_unit(given), function.unit == "truth")


def _primitive(given: Arguments) -> Node:
    return Call(given.call.function, tuple(given.all()))


def _among_peers(given: Arguments) -> None:
    """Peers are those of the row itself, and what is compared among them must be a figure each may have."""
    facts = {"function": given.function.zh, "name": given.function.en}
    if given.scope.place:
        given.resolver.refuse("formula.peers_elsewhere", given.call, **facts)
    if not any(isinstance(node, Reading | Derived) for node in plan_nodes(given.at(0))):
        given.resolver.refuse("formula.wants_figure", given.call, **facts)


def _scope_of(resolver: Resolver, call: Call, scope: Scope) -> Scope:
    """The scope in which the arguments are read; some functions choose the kind."""
    kind = _KIND_OF.get(call.function, "")
    if kind and scope.kind and kind != scope.kind:
        resolver.refuse("formula.kind_conflict", call, name=call.function, written=kind, wanted=scope.kind)
    return replace(scope, kind=kind) if kind else scope


def result_unit(given: Arguments) -> Unit | None:
    """The unit rule of the catalogue applied to the arguments' units."""
    rule = given.function.unit
    x = given.units.get("x")
    special: dict[str, Callable[[], Unit | None]] = {
        "any": lambda: None,
        "truth": lambda: PLAIN,
        "delta": lambda: POINTS if x == PERCENT else x,
        "x/y": lambda: None if x is None else combined(x, given.units.get("y") or PLAIN, -1),
        "root": lambda: None if x is None else raised(x, Fraction(1, 2)),
        "power": lambda: given.resolver.units.power(given.call, given.typed[0], given.typed[1]).unit,
    }
    if rule in special:
        return special[rule]()
    return given.units.get(rule) if rule in {"x", "y"} else read_unit(rule)
