"""Arguments written out (字面参数): whole numbers, directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junxian.core.formulas.arithmetic import literal
from junxian.core.formulas.model import Node, Text

if TYPE_CHECKING:
    from junxian.core.formulas.analyse import Resolver
    from junxian.core.formulas.arguments import Arguments

_ASCENDING = {"升", "asc", "up"}
_DESCENDING = {"降", "desc", "down"}


def whole(resolver: Resolver, node: Node, *, least: int, most: int = 1200) -> int:
    """A whole number written out, within bounds. RuleError formula.wants_whole."""
    value = literal(node)
    if value is None or not least <= value <= most or value != int(value):
        resolver.refuse("formula.wants_whole", node, least=least, most=most)
    return int(value)


def months(given: Arguments, place: int) -> int:
    """How many months (or years) back: at least one."""
    return whole(given.resolver, given.node(place), least=1)


def ascends(given: Arguments, place: int) -> Text:
    """升 or 降 as the primitive rank takes it. RuleError formula.direction."""
    node = given.node(place)
    word = node.value.strip().lower() if isinstance(node, Text) else ""
    if word not in _ASCENDING | _DESCENDING:
        given.resolver.refuse("formula.direction", node, found=word)
    return Text("asc" if word in _ASCENDING else "desc")
