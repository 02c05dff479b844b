"""Groups the slow way (合成的笨算法): one unit's children become one result, in fractions where that is possible."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction as F

from junxian.core.scoring.model import Group
from tests.oracles.methods import fraction

Number = F | float
ROLE = {"renormalise": 1, "own_maximum": 2, "propagate": 3}


@dataclass(frozen=True)
class Part:
    """A node of one unit: points (None unless it counts), what it could have earned, and its role.

    0 counted · 1 its weight is carried by its siblings · 2 left out of the unit's own maximum · 3 no result.
    """

    points: Number | None
    maximum: Number
    role: int = 0


def absent(action: str, points: F, mean: F | None) -> Part:
    """A criterion without a mark under an action; `mean`: the peers' mean mark, None where nobody has one."""
    if action in ROLE:
        return Part(None, points, ROLE[action])
    if action == "mean":
        return Part(None, points, 3) if mean is None else Part(mean * points, points)
    return Part({"zero": F(0), "floor": F(0), "full": points}[action], points)


def combined(node: Group, parts: Sequence[Part], weights: Sequence[Number], undefined: str = "renormalise") -> Part:
    """The group's own part."""
    counted = [(part.points, part.maximum, w) for part, w in zip(parts, weights, strict=True) if part.role == 0]
    owned = [(part.maximum, w) for part, w in zip(parts, weights, strict=True) if part.role != 2]
    full = _sum(owned) if _is_sum(node) else _mean(node, owned)
    most = _most(node, full, parts)
    if any(part.role == 3 for part in parts):
        return Part(None, most, 3)
    if not counted:
        return Part(None, most, min(part.role for part in parts))
    result = _result(node, counted, full)
    result = None if result is None else _restated(node, result, full, parts)
    if _few(node, len(counted), sum(w for *_, w in counted), sum(w for _, w in owned)):
        result = None
    if result is None:
        if undefined in ROLE:
            return Part(None, most, ROLE[undefined])
        result = {"zero": F(0), "floor": F(0), "full": most}[undefined]
    return Part(_bounded(node, result), most)


def _is_sum(node: Group) -> bool:
    return node.combine.by == "sum" and node.combine.power is None


def _sum(pairs: Sequence[tuple[Number, Number]]) -> Number:
    return sum((x * w for x, w in pairs), F(0))


def _result(node: Group, counted: Sequence[tuple[Number, Number, Number]], full: Number | None) -> Number | None:
    if not _is_sum(node):
        return _mean(node, [(points, w) for points, _, w in counted])
    got, available = _sum([(p, w) for p, _, w in counted]), _sum([(m, w) for _, m, w in counted])
    assert full is not None
    if available == full:
        return got
    return got * full / available if available else None


def _mean(node: Group, pairs: Sequence[tuple[Number, Number]]) -> Number | None:
    """Every word but the sum; None where there is no such mean."""
    how, total = node.combine, sum((w for _, w in pairs), F(0))
    if not pairs:
        return None
    if how.power is None and how.by == "mean":
        return _sum(pairs) / total if total else None
    if how.power is None and how.by in ("minimum", "maximum"):
        return min(x for x, _ in pairs) if how.by == "minimum" else max(x for x, _ in pairs)
    if node.zero_floor is not None:
        pairs = [(fraction(node.zero_floor) if x <= 0 else x, w) for x, w in pairs]
    if how.power is None and how.by == "product":
        return math.prod(x for x, _ in pairs)
    return _power_mean(pairs, {"geometric": 0.0, "harmonic": -1.0}[how.by] if how.power is None else how.power)


def _power_mean(pairs: Sequence[tuple[Number, Number]], power: float) -> Number | None:
    total = sum((w for _, w in pairs), F(0))
    if total == 0 or any(x < 0 for x, _ in pairs):
        return None
    if power <= 0 and any(x == 0 for x, _ in pairs):
        return 0.0
    if power == 0:
        return math.exp(sum(float(w) * math.log(x) for x, w in pairs) / float(total))
    mean = sum(float(w) * float(x) ** power for x, w in pairs) / float(total)
    return mean ** (1 / power) if mean else 0.0


def adds_up(node: Group) -> bool:
    return _is_sum(node) and all(child.points is not None for child in node.of)


def _restated(node: Group, result: Number, full: Number | None, parts: Sequence[Part]) -> Number | None:
    if node.of_maximum is not None or (node.points is not None and not adds_up(node)):
        whole = node.points if node.of_maximum is None else node.of_maximum
        assert isinstance(whole, float)
        if not full:
            return None
        result = result * fraction(whole) / F(full)
    return result if node.scale is None else result * fraction(node.scale)


def _most(node: Group, full: Number | None, parts: Sequence[Part]) -> Number:
    scale = F(1) if node.scale is None else fraction(node.scale)
    most = full or F(0)
    if node.of_maximum is not None:
        most = fraction(node.of_maximum)
    elif isinstance(node.points, float) and not adds_up(node):
        most = fraction(node.points)
    return most * scale if node.at_most is None else min(most * scale, fraction(node.at_most))


def _few(node: Group, n: int, weight: Number, weights: Number) -> bool:
    least = node.min_available
    return n < int(least) if least >= 1 else bool(least) and float(weight) < least * float(weights)


def _bounded(node: Group, result: Number) -> Number:
    result = result if node.at_most is None else min(result, fraction(node.at_most))
    return result if node.at_least is None else max(result, fraction(node.at_least))


def entropy_weights(columns: Sequence[Sequence[Number | None]]) -> list[float]:
    """e = −Σ p·ln p / ln n over the shares of a column among those that have a figure; weight ∝ 1 − e."""
    spreads = []
    for column in columns:
        known = [max(float(x), 0.0) for x in column if x is not None]
        total, n = sum(known), len(known)
        shares = [x / total for x in known] if total > 0 else []
        entropy = -sum(p * math.log(p) for p in shares if p > 0) / math.log(n) if n > 1 and shares else 1.0
        spreads.append(1 - entropy if 1 - entropy > 1e-12 else 0.0)
    return _shared_out(spreads)


def critic_weights(columns: Sequence[Sequence[Number | None]]) -> list[float]:
    """weight ∝ sd · Σ (1 − correlation with each other column); pairs of figures where both are known."""
    spreads = [_sd(column) for column in columns]
    told = [
        spread * sum(1 - _correlation(column, other) for j, other in enumerate(columns) if j != i)
        for i, (column, spread) in enumerate(zip(columns, spreads, strict=True))
    ]
    return _shared_out(told)


def _known(column: Sequence[Number | None]) -> list[float]:
    return [float(x) for x in column if x is not None]


def _sd(column: Sequence[Number | None]) -> float:
    known = _known(column)
    if len(set(known)) < 2:
        return 0.0
    mean = sum(known) / len(known)
    return math.sqrt(sum((x - mean) ** 2 for x in known) / len(known))


def _correlation(one: Sequence[Number | None], other: Sequence[Number | None]) -> float:
    if not _sd(one) * _sd(other):
        return 0.0
    means = [sum(_known(column)) / len(_known(column)) for column in (one, other)]
    products = [
        (float(x) - means[0]) * (float(y) - means[1])
        for x, y in zip(one, other, strict=True)
        if x is not None and y is not None
    ]
    return sum(products) / len(products) / _sd(one) / _sd(other) if products else 0.0


def _shared_out(told: Sequence[float]) -> list[float]:
    total = sum(told)
    return [x / total if total > 0 else 1 / len(told) for x in told]
