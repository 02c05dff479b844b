"""Noise of arithmetic (计算尾数): which figures of a plan may carry the last bits of a computation.

The engine compares and divides by such figures only after rounding them to 10⁻⁹ (`core.formulas.express`); the
worksheet must round in the same places.
"""

from __future__ import annotations

from junxian.core.formulas.model import (
    Binary,
    Call,
    Derived,
    Empty,
    Month,
    Node,
    Number,
    Reading,
    Scaled,
    Truth,
    Unary,
    children,
)

_EXACT = {"rank", "peer_count", "round_half_up", "round_half_even", "known"}
_PASSES_ON = {"abs": 0, "if": 1, "max": 0, "min": 0, "coalesce": 0}
_MOMENTS = (
    "peer_max", "peer_min", "peer_mean", "peer_median", "peer_sd", "peer_population_sd", "peer_sum", "peer_quantile",
)  # fmt: skip


def computed(node: Node) -> bool:
    """Whether the last bits of a figure may be noise, so that it is compared after rounding."""
    if isinstance(node, Number | Truth | Empty | Month):
        return False
    if isinstance(node, Reading):
        return bool(node.leaf.gather)
    if isinstance(node, Derived | Binary):
        return True
    if isinstance(node, Scaled):
        return not isinstance(node.operand, Number)
    if isinstance(node, Unary):
        return computed(node.operand)
    assert isinstance(node, Call)
    return _call_computed(node)


def _call_computed(node: Call) -> bool:
    if node.function in _EXACT:
        return False
    if node.function in _PASSES_ON:
        return any(computed(part) for part in node.arguments[_PASSES_ON[node.function] :])
    if node.function == "steps":
        values = (*node.arguments[2:-1:2], node.arguments[-1])
        return any(computed(value) for value in values)
    return True


def cancels(node: Node) -> bool:
    """Whether noise may stand where zero belongs, so that a sign is asked only after rounding."""
    if isinstance(node, Reading):
        return bool(node.leaf.gather)
    if isinstance(node, Derived) or (isinstance(node, Binary) and node.operator in {"+", "-"}):
        return True
    if isinstance(node, Call):
        if node.function in _MOMENTS:
            return True
        if node.function in {"rank", "peer_count"}:
            return False
    return any(cancels(part) for part in children(node))
