"""Peer functions (组内函数): ranks, shares, and figures of other places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from junxian.core.formulas.arguments import Arguments
from junxian.core.formulas.arithmetic import literal
from junxian.core.formulas.build import do, percent
from junxian.core.formulas.literals import ascends, months
from junxian.core.formulas.model import Call, Node, Number, Text
from junxian.core.formulas.scope import Scope


def _rank(given: Arguments) -> Node:
    return Call("rank", (given.at(0), ascends(given, 1)))


def _places_gained(given: Arguments) -> Node:
    order = ascends(given, 2)
    then = given.at(0, given.scope.earlier(months(given, 1)))
    return do("-", Call("rank", (then, order)), Call("rank", (given.at(0), order)))


def _percentile(given: Arguments) -> Node:
    rank = Call("rank", (given.at(0), ascends(given, 1)))
    return do("/", do("-", rank, 1), do("-", Call("peer_count", (given.at(0),)), 1))


def _quantile(given: Arguments) -> Node:
    q = literal(given.node(1))
    if q is None or not 0 <= q <= 1:
        given.resolver.refuse("formula.quantile", given.node(1))
    return Call("peer_quantile", (given.at(0), Number(q)))


def _share(given: Arguments) -> Node:
    total = given.at(1) if len(given) > 1 else given.at(0, placed(given, "parent"))
    return percent(given.at(0), total)


def placed(given: Arguments, place: str) -> Scope:
    """Nearest place wins, except that the parent of somewhere else is not a figure a row can read."""
    if place == "parent" and given.scope.place:
        given.resolver.refuse("formula.parent_twice", given.call)
    return replace(given.scope, place=place)


def _at_code(given: Arguments) -> Node:
    code = given.node(1)
    if not isinstance(code, Text) or not code.value.strip():
        given.resolver.refuse("formula.wants_text", code)
    return given.at(0, placed(given, code.value.strip()))


PEERS: dict[str, Callable[[Arguments], Node]] = {
    "rank": _rank,
    "places_gained": _places_gained,
    "percentile": _percentile,
    "peer_quantile": _quantile,
    "share": _share,
    "parent": lambda given: given.at(0, placed(given, "parent")),
    "root": lambda given: given.at(0, placed(given, "root")),
    "at": _at_code,
}
