"""Weights within a group (权重): given, equal, by entropy (熵权) or by CRITIC, as integers of 10⁻⁹ per unit and child.

Entropy weights: Shannon entropy of each child's shares among the peers, e = −Σ p·ln p / ln n, weight ∝ 1 − e; results
below zero count as zero, 0·ln 0 is 0, and a child whose shares are all alike weighs nothing.
CRITIC: weight ∝ sd · Σ (1 − correlation with each other child) (Diakoulaki et al. 1995); a child that is the same for
everybody has sd 0 and correlates with nobody. Both read the children's results as they are: normalising is the
methods' part. Where no child tells the peers apart the children weigh alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add

import narwhals as nw

from junxian.core.scoring.exact import NANO, from_nano, to_nano, whole
from junxian.core.scoring.marks import nothing, pick
from junxian.core.scoring.model import Group
from junxian.core.scoring.plan import Draft, NodePlan, by_group, over


def weighted(node: Group, children: Sequence[NodePlan]) -> bool:
    """Whether the children weigh differently; groups that merely add points need no weights."""
    return node.weights in ("entropy", "critic") or (
        node.weights == "given" and any(child.node.weight not in (None, 1, 1.0) for child in children)
    )


def add_weights(draft: Draft, k: int, node: Group, children: Sequence[NodePlan], rank: float) -> None:
    """Columns `c{k}_w{child}`, ready after `rank`."""
    if not weighted(node, children):
        return
    if node.weights == "given":
        for child in children:
            given = by_group(child.node.weight if child.node.weight is not None else 1.0, 0.0)
            draft.given(to_nano(given).alias(weight_column(k, child)))
        return
    for child in children:
        own = from_nano(nw.col(child.column("p")))
        if node.weights == "entropy":
            own = pick(own < 0, 0.0, own)
        draft.add(rank - 4, own.alias(f"c{k}_x{child.index}"))
    said = (_entropy if node.weights == "entropy" else _critic)(draft, k, children, rank)
    total = reduce(add, (nw.col(name) for name in said))
    for child, name in zip(children, said, strict=True):
        share = pick(total > 0, nw.col(name) / pick(total > 0, total, 1.0), 1.0 / len(children))
        draft.add(rank, to_nano(share).alias(weight_column(k, child)))


def weight_column(k: int, child: NodePlan) -> str:
    return f"c{k}_w{child.index}"


def weight_of(k: int, node: Group, children: Sequence[NodePlan], child: NodePlan) -> nw.Expr:
    """A child's weight in 10⁻⁹."""
    return nw.col(weight_column(k, child)) if weighted(node, children) else whole(NANO)


def _entropy(draft: Draft, k: int, children: Sequence[NodePlan], rank: float) -> list[str]:
    names = []
    for child in children:
        j = child.index
        x, total = nw.col(f"c{k}_x{j}"), over(nw.col(f"c{k}_x{j}").sum())
        draft.add(rank - 3, pick(total > 0, x / pick(total > 0, total, 1.0), nothing()).alias(f"c{k}_s{j}"))
        share = nw.col(f"c{k}_s{j}")
        term = pick(share > 0, share * pick(share > 0, share, 1.0).log(), share * 0.0)
        draft.add(rank - 2, term.alias(f"c{k}_t{j}"))
        n = over(share.count()).cast(nw.Float64)
        entropy = -over(nw.col(f"c{k}_t{j}").sum()) / pick(n > 1, n, 2.0).log()
        draft.add(rank - 1, pick((n > 1) & (entropy < 1.0 - 1e-12), 1.0 - entropy, 0.0).alias(f"c{k}_e{j}"))
        names.append(f"c{k}_e{j}")
    return names


def _critic(draft: Draft, k: int, children: Sequence[NodePlan], rank: float) -> list[str]:
    for child in children:
        x = nw.col(f"c{k}_x{child.index}")
        draft.add(rank - 3, (x - over(x.mean())).alias(f"c{k}_d{child.index}"))
        spread = pick(over(x.max()) > over(x.min()), over(x.std(ddof=0)), 0.0)
        draft.add(rank - 3, spread.fill_null(0.0).alias(f"c{k}_sd{child.index}"))
    names = []
    for child in children:
        conflict = [nw.lit(0.0)]
        for other in (c for c in children if c.index != child.index):
            a, b = child.index, other.index
            product = over((nw.col(f"c{k}_d{a}") * nw.col(f"c{k}_d{b}")).mean())
            spread = nw.col(f"c{k}_sd{a}") * nw.col(f"c{k}_sd{b}")
            conflict.append(1.0 - pick(spread > 0, product / pick(spread > 0, spread, 1.0), 0.0))
        name = f"c{k}_e{child.index}"
        draft.add(rank - 1, (nw.col(f"c{k}_sd{child.index}") * reduce(add, conflict)).alias(name))
        names.append(name)
    return names
