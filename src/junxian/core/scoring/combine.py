"""Compiling a group (指标组合成): children's exact results become one, with weights given, equal, by entropy or CRITIC.

Entropy weights: Shannon entropy of each child's shares among the peers, e = −Σ p·ln p / ln n, weight ∝ 1 − e.
CRITIC: weight ∝ sd · Σ (1 − correlation) with the other children (Diakoulaki et al. 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add, mul

import narwhals as nw

from junxian.core.errors import RuleError
from junxian.core.scoring.criterion import POINTS, ROLE
from junxian.core.scoring.exact import NANO, bounded, from_nano, to_nano
from junxian.core.scoring.marks import None_, pick
from junxian.core.scoring.model import Combine, Criterion, Group
from junxian.core.scoring.plan import Draft, NodePlan, by_group, over


def compile_group(draft: Draft, k: int, node: Group, children: Sequence[NodePlan], depth: int) -> bool:
    """Add the group's stages after those of its children; true when it yields a label."""
    rank = POINTS + 100 - 10 * depth
    with draft.collecting() as steps:
        labelled = _steps(draft, k, node, children, rank)
    draft.with_absences(k, *steps)
    if _merely_adds(node, children):
        total = bounded(nw.sum_horizontal(*(nw.col(c.column("p")) for c in children)), node)
        most = nw.sum_horizontal(*(nw.col(c.column("m")) for c in children)).alias(f"c{k}m")
        role = nw.lit(0).cast(nw.Int8).alias(f"c{k}o")
        draft.when_complete(k, (rank, total.alias(f"c{k}p")), (rank, role), (rank, most))
    return labelled


def _merely_adds(node: Group, children: Sequence[NodePlan]) -> bool:
    """Points that are only added: without absences the group is a plain sum."""
    restated = node.scale is not None or node.of_maximum is not None or node.min_available > 0
    plain = not restated and not _weighted(node, children) and node.combine == Combine()
    return plain and (node.points is None or _adds_up(node, children))


def _steps(draft: Draft, k: int, node: Group, children: Sequence[NodePlan], rank: float) -> bool:
    if _weighted(node, children):
        for child, weight in zip(children, _weights(draft, k, node, children, rank), strict=True):
            draft.add(rank, (weight * NANO + 0.5).floor().cast(nw.Int64).alias(f"c{k}_w{child.index}"))
    for what, excluded in (("full", (2,)), ("avail", (1, 2, 3))):
        draft.add(rank + 1, _total(k, node, children, "m", excluded).alias(f"c{k}_{what}"))
    draft.add(rank + 1, *(e.alias(f"c{k}_{name}") for name, e in _counts(k, node, children).items()))
    combined, labelled = _combined(draft, k, node, children, rank)
    draft.add(rank + 4, _role(draft, k, node).alias(f"c{k}o"))
    raw = nw.when(nw.col(f"c{k}o") == 0).then(_scaled(combined, k, node, children)).otherwise(None)
    draft.add(rank + 5, bounded(raw, node).alias(f"c{k}p"), _maximum(k, node, children).alias(f"c{k}m"))
    return labelled


def _weighted(node: Group, children: Sequence[NodePlan]) -> bool:
    """Whether the children weigh differently; groups that merely add points need no weights."""
    return node.weights in ("entropy", "critic") or (
        node.weights == "given" and any(child.node.weight not in (None, 1, 1.0) for child in children)
    )


def _weight_of(child: NodePlan) -> nw.Expr:
    return by_group(child.node.weight if child.node.weight is not None else 1.0, 0.0)


def _weights(draft: Draft, k: int, node: Group, children: Sequence[NodePlan], rank: float) -> list[nw.Expr]:
    if node.weights == "given":
        return [_weight_of(child) for child in children]
    if node.weights == "equal":
        return [nw.lit(1.0) for _ in children]
    spread = _entropy if node.weights == "entropy" else _critic
    said = spread(draft, k, children, rank)
    total = reduce(add, (nw.col(name) for name in said))
    return [pick(total > 0, nw.col(name) / pick(total > 0, total, 1.0), 1.0 / len(children)) for name in said]


def _entropy(draft: Draft, k: int, children: Sequence[NodePlan], rank: float) -> list[str]:
    names = []
    for child in children:
        own = nw.when(nw.col(child.column("o")) == 0).then(from_nano(nw.col(child.column("p")))).otherwise(None)
        own = pick(own > 0, own, own * 0.0)
        name = f"c{k}_e{child.index}"
        draft.add(rank - 4, own.alias(f"{name}x"))
        x, total = nw.col(f"{name}x"), over(nw.col(f"{name}x").sum())
        draft.add(rank - 3, pick(total > 0, x / pick(total > 0, total, 1.0), None_()).alias(f"{name}s"))
        share = nw.col(f"{name}s")
        draft.add(rank - 2, pick(share > 0, share * pick(share > 0, share, 1.0).log(), share * 0.0).alias(f"{name}t"))
        n = over(nw.col(f"{name}s").count()).cast(nw.Float64)
        entropy = -over(nw.col(f"{name}t").sum()) / pick(n > 1, n, 2.0).log()
        spread = pick(n > 1, 1.0 - entropy, 0.0)
        draft.add(rank - 1, pick(spread > 1e-12, spread, 0.0).alias(name))
        names.append(name)
    return names


def _critic(draft: Draft, k: int, children: Sequence[NodePlan], rank: float) -> list[str]:
    for child in children:
        own = nw.when(nw.col(child.column("o")) == 0).then(from_nano(nw.col(child.column("p")))).otherwise(None)
        draft.add(rank - 4, own.alias(f"c{k}_x{child.index}"))
    for child in children:
        x = nw.col(f"c{k}_x{child.index}")
        draft.add(rank - 3, (x - over(x.mean())).alias(f"c{k}_d{child.index}"))
        draft.add(rank - 3, over(x.std(ddof=0)).alias(f"c{k}_sd{child.index}"))
    names = []
    for child in children:
        conflict = [nw.lit(0.0)]
        for other in children:
            if other.index != child.index:
                a, b = child.index, other.index
                product = over((nw.col(f"c{k}_d{a}") * nw.col(f"c{k}_d{b}")).mean())
                spread = nw.col(f"c{k}_sd{a}") * nw.col(f"c{k}_sd{b}")
                conflict.append(1.0 - pick(spread > 0, product / pick(spread > 0, spread, 1.0), 0.0))
        name = f"c{k}_e{child.index}"
        draft.add(rank - 1, (nw.col(f"c{k}_sd{child.index}").fill_null(0.0) * reduce(add, conflict)).alias(name))
        names.append(name)
    return names


def _term(k: int, node: Group, children: Sequence[NodePlan], child: NodePlan, what: str) -> nw.Expr:
    """A child's result or maximum times its weight, an integer again before anything is added."""
    amount = nw.col(child.column(what))
    if not _weighted(node, children):
        return amount
    weight = nw.col(f"c{k}_w{child.index}").cast(nw.Float64) / float(NANO)
    return (amount.cast(nw.Float64) * weight + 0.5).floor().cast(nw.Int64)


def _total(k: int, node: Group, children: Sequence[NodePlan], what: str, excluded: tuple[int, ...]) -> nw.Expr:
    parts = []
    for child in children:
        role = nw.col(child.column("o"))
        out = role > 0 if excluded == (1, 2, 3) else role == 2
        parts.append(nw.when(out).then(nw.lit(0)).otherwise(_term(k, node, children, child, what)))
    return nw.sum_horizontal(*parts).cast(nw.Int64)


def _counts(k: int, node: Group, children: Sequence[NodePlan]) -> dict[str, nw.Expr]:
    """The best and worst role among the children and, where a rule needs them, how many and how heavy the counted are."""
    roles = [nw.col(child.column("o")) for child in children]
    said = {"lo": nw.min_horizontal(*roles), "hi": nw.max_horizontal(*roles)}
    if node.min_available >= 1:
        counted = (nw.when(role == 0).then(nw.lit(1)).otherwise(nw.lit(0)) for role in roles)
        said["n0"] = nw.sum_horizontal(*counted).cast(nw.Int64)
    if _needs_weight(node):
        for name, out in (("weight", (1, 2, 3)), ("weights", (2,))):
            said[name] = nw.sum_horizontal(*(_counted_weight(k, node, children, c, out) for c in children)).cast(nw.Int64)
    return said


def _counted_weight(k: int, node: Group, children: Sequence[NodePlan], child: NodePlan, out: tuple[int, ...]) -> nw.Expr:
    left_out = nw.col(child.column("o")).is_in(list(out))
    return nw.when(left_out).then(nw.lit(0)).otherwise(_weight_column(k, node, children, child))


def _needs_weight(node: Group) -> bool:
    plain_sum = node.combine.by == "sum" and node.combine.power is None
    return not plain_sum or 0 < node.min_available < 1


def _weight_column(k: int, node: Group, children: Sequence[NodePlan], child: NodePlan) -> nw.Expr:
    return nw.col(f"c{k}_w{child.index}") if _weighted(node, children) else nw.lit(NANO)


def _ratio(top: nw.Expr, bottom: nw.Expr) -> nw.Expr:
    """Integer × integer ÷ integer back to an integer, by one float division."""
    safe = nw.when(bottom == 0).then(nw.lit(1)).otherwise(bottom).cast(nw.Float64)
    return nw.when(bottom == 0).then(None).otherwise(top / safe)


def _combined(draft: Draft, k: int, node: Group, children: Sequence[NodePlan], rank: float) -> tuple[nw.Expr, bool]:
    how = node.combine
    if how.formula is not None or how.table is not None:
        with draft.also(_words(draft, children)):
            return _by_text(draft, k, node, rank)
    got = _total(k, node, children, "p", (1, 2, 3))
    if how.power is None and how.by == "sum":
        full, avail = nw.col(f"c{k}_full"), nw.col(f"c{k}_avail")
        share = _ratio(full.cast(nw.Float64), avail)
        carried = (got.cast(nw.Float64) * share + 0.5).floor().cast(nw.Int64)
        return nw.when(full == avail).then(got).otherwise(carried), False
    if how.power is None and how.by == "mean":
        share = _ratio(got.cast(nw.Float64) * float(NANO), nw.col(f"c{k}_weight"))
        return (share + 0.5).floor().cast(nw.Int64), False
    return to_nano(_curved(k, node, children)), False


def _curved(k: int, node: Group, children: Sequence[NodePlan]) -> nw.Expr:
    """Geometric, harmonic, power means, minimum, maximum, product: over the children that count."""
    how = node.combine
    counted = [(nw.col(c.column("o")) == 0, from_nano(nw.col(c.column("p"))), c) for c in children]
    if how.power is None and how.by in ("minimum", "maximum"):
        values = [nw.when(here).then(x).otherwise(None) for here, x, _ in counted]
        return nw.min_horizontal(*values) if how.by == "minimum" else nw.max_horizontal(*values)
    floor = node.zero_floor
    lifted = [(here, x if floor is None else pick(x <= 0, floor, x), c) for here, x, c in counted]
    if how.power is None and how.by == "product":
        return reduce(mul, (nw.when(here).then(x).otherwise(nw.lit(1.0)) for here, x, _ in lifted))
    power = {"geometric": 0.0, "harmonic": -1.0}.get(how.by, 1.0) if how.power is None else how.power
    weights = [_weight_column(k, node, children, child) for child in children]
    return _power_mean(k, [(here, x, w) for (here, x, _), w in zip(lifted, weights, strict=True)], power)


def _power_mean(k: int, counted: list[tuple[nw.Expr, nw.Expr, nw.Expr]], power: float) -> nw.Expr:
    total = nw.col(f"c{k}_weight").cast(nw.Float64)
    terms = []
    for here, x, weight in counted:
        safe = pick(x > 0, x, 1.0)
        term = safe.log() if power == 0 else (safe.log() * power).exp()
        terms.append(nw.when(here).then(term * weight.cast(nw.Float64)).otherwise(nw.lit(0.0)))
    mean = reduce(add, terms) / pick(total > 0, total, 1.0)
    value = mean.exp() if power == 0 else (mean.log() / power).exp()
    zero = nw.any_horizontal(*((here & (x == 0)) for here, x, _ in counted), ignore_nulls=True)
    negative = nw.any_horizontal(*((here & (x < 0)) for here, x, _ in counted), ignore_nulls=True)
    value = value if power > 0 else pick(zero, 0.0, value)
    return pick(negative | (total == 0), None_(), value)


def _words(draft: Draft, children: Sequence[NodePlan]) -> dict[str, str]:
    """Names a combining formula may use: a child's result by its key, its raw value as `key值`, its label as `key等次`."""
    words: dict[str, str] = {}
    for child in children:
        key, k = child.node.key, child.index
        draft.add(POINTS + 100 - 10 * child.depth + 9, from_nano(nw.col(f"c{k}p")).alias(f"c{k}_result"))
        words[key] = f"c{k}_result"
        if isinstance(child.node, Criterion):
            words |= {f"{key}值": f"c{k}", f"{key}_value": f"c{k}"}
        if child.labelled:
            words |= {f"{key}等次": f"c{k}g", f"{key}_grade": f"c{k}g"}
    return words


def _by_text(draft: Draft, k: int, node: Group, rank: float) -> tuple[nw.Expr, bool]:
    where = f"{draft.scheme.id}·{node.key}"
    if node.combine.formula is not None:
        draft.column(draft.understand(node.combine.formula, where), f"c{k}_formula", rank + 1)
        return to_nano(nw.col(f"c{k}_formula")), False
    rows = node.combine.table or ()
    label, score = nw.lit(None, nw.String), None_()
    for place in range(len(rows) - 1, -1, -1):
        row, condition = rows[place], nw.lit(True)
        if row.when:
            draft.column(draft.understand(row.when, f"{where}·{place + 1}"), f"c{k}_when{place}", rank + 1)
            condition = nw.col(f"c{k}_when{place}").fill_null(False)
        label = nw.when(condition).then(nw.lit(str(row.then))).otherwise(label)
        number = row.score if isinstance(row.then, str) else row.then
        score = nw.when(condition).then(None_() if number is None else nw.lit(float(number))).otherwise(score)
    draft.add(rank + 3, label.alias(f"c{k}g"))
    return to_nano(score), True


def _scaled(result: nw.Expr, k: int, node: Group, children: Sequence[NodePlan]) -> nw.Expr:
    """Restate to the group's points, scale or share of its own maximum."""
    if node.of_maximum is not None:
        result = (_ratio(result.cast(nw.Float64) * node.of_maximum * NANO, nw.col(f"c{k}_full")) + 0.5).floor()
    elif node.points is not None and not _adds_up(node, children):
        share = by_group(node.points) / _scale_of(k, node, children)
        result = (result.cast(nw.Float64) * share + 0.5).floor()
    if node.scale is not None:
        result = (result.cast(nw.Float64) * node.scale + 0.5).floor()
    return result.cast(nw.Int64)


def _adds_up(node: Group, children: Sequence[NodePlan]) -> bool:
    plain = node.combine.power is None and node.combine.formula is None and node.combine.table is None
    return plain and node.combine.by == "sum" and all(child.node.points is not None for child in children)


def _scale_of(k: int, node: Group, children: Sequence[NodePlan]) -> nw.Expr:
    """The result that would earn all the group's points."""
    if node.combine.formula is not None or node.combine.table is not None:
        raise RuleError("scoring.points_without_scale", node=node.key)
    if node.combine.by == "sum" and node.combine.power is None:
        return from_nano(nw.col(f"c{k}_full"))
    return from_nano(nw.max_horizontal(*(nw.col(child.column("m")) for child in children)))


def _maximum(k: int, node: Group, children: Sequence[NodePlan]) -> nw.Expr:
    if node.of_maximum is not None:
        return nw.lit(round(node.of_maximum * (node.scale or 1.0) * NANO))
    if node.points is not None and not _adds_up(node, children):
        return to_nano(by_group(node.points, 0.0))
    if node.combine.by == "sum" and node.combine.formula is None and node.combine.table is None:
        top = nw.col(f"c{k}_full")
    else:
        top = nw.max_horizontal(*(nw.col(child.column("m")) for child in children))
    return top if node.scale is None else (top.cast(nw.Float64) * node.scale + 0.5).floor().cast(nw.Int64)


def _role(draft: Draft, k: int, node: Group) -> nw.Expr:
    """A group counts when its children do; without any it is left out as the mildest of them; too few are `undefined`."""
    action = draft.scheme.missing.undefined
    few = nw.lit(False)
    if node.min_available >= 1:
        few = nw.col(f"c{k}_n0") < int(node.min_available)
    elif node.min_available > 0:
        few = nw.col(f"c{k}_weight").cast(nw.Float64) < node.min_available * nw.col(f"c{k}_weights").cast(nw.Float64)
    lo, hi = nw.col(f"c{k}_lo"), nw.col(f"c{k}_hi")
    role = nw.lit(0)
    if node.min_available > 0:
        role = nw.when(few).then(nw.lit(ROLE.get(action, 3))).otherwise(role)
    role = nw.when(lo > 0).then(lo).otherwise(role)
    return nw.when(hi == 3).then(nw.lit(3)).otherwise(role).cast(nw.Int8)
