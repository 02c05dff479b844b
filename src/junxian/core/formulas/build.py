"""Building plans (构造算式): the few shapes the lowered functions share."""

from __future__ import annotations

from junxian.core.formulas.model import Binary, Call, Node, Number


def do(operator: str, left: Node, right: Node | float) -> Binary:
    """left operator right; a plain number may stand on the right."""
    return Binary(operator, left, right if isinstance(right, Node) else Number(right))


def when(condition: Node, then: Node, otherwise: Node) -> Call:
    """若(condition, then, otherwise)."""
    return Call("if", (condition, then, otherwise))


def percent(part: Node, total: Node) -> Node:
    """part / total · 100."""
    return do("*", do("/", part, total), 100)


def chain(operator: str, nodes: list[Node]) -> Node:
    """a operator b operator c …"""
    total, *rest = nodes
    for node in rest:
        total = do(operator, total, node)
    return total
