"""Weights as live formulas (权重成活): given, by entropy (熵权) or by CRITIC, as `core.scoring.weights` has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from junxian.core.scoring.model import Group
from junxian.core.scoring.plan import NodePlan
from junxian.files.recompute.book import Block, Book
from junxian.files.recompute.model import (
    Cell,
    Column,
    Expr,
    Number,
    Over,
    apply,
    if_numbers,
    infix,
    rounded,
    total,
    when,
)

NOISE = 1e-12


def weights_of(block: Block, book: Book, node: Group, children: Sequence[NodePlan]) -> dict[int, Expr]:
    """Each child's weight by its index: a parameter, or a column alike in a category."""
    if node.weights == "given":
        return {child.index: _given(book, child) for child in children}
    own = {child.index: book.results[child.index].points for child in children}
    said = (_entropy if node.weights == "entropy" else _critic)(block, book, own)
    everything = Cell(block.add(book.say("column.weights_sum"), total([Cell(column) for column in said.values()])))
    found: dict[int, Expr] = {}
    for child in children:
        share = when(infix(">", everything, 0), infix("/", Cell(said[child.index]), everything), 1 / len(children))
        title = book.say("column.weight_of", name=child.node.key)
        found[child.index] = Cell(block.add(title, rounded(share)))
    return found


def _given(book: Book, child: NodePlan) -> Expr:
    given = 1.0 if child.node.weight is None else child.node.weight
    name = book.say("setting.weight")
    if not isinstance(given, Mapping):
        return book.setting(child.node.key, name, round(float(given), 9), clause=child.node.clause)
    numbers = {category: round(float(weight), 9) for category, weight in given.items()}
    return book.setting(child.node.key, name, numbers, clause=child.node.clause, otherwise=0.0)


def _entropy(block: Block, book: Book, own: Mapping[int, Column]) -> dict[int, Column]:
    """1 − e for each child, e = −Σ p·ln p / ln n over the peers' shares; results below zero count as zero."""
    found = {}
    for index, points in own.items():
        x = block.add(book.say("column.share_of"), if_numbers((Cell(points),), apply("MAX", Cell(points), 0)))
        everything = block.add(book.say("column.sum"), Over("SUM", (x,)))
        count = block.add(book.say("column.count"), Over("COUNT", (x,)))
        share = infix("/", Cell(x), Cell(everything))
        term = when(infix(">", Cell(x), 0), infix("*", share, apply("LN", share)), 0)
        terms = block.add(book.say("column.entropy_term"), if_numbers((Cell(x),), term))
        summed = block.add(book.say("column.entropy_sum"), Over("SUM", (terms,)))
        entropy = infix("/", infix("-", 0, Cell(summed)), apply("LN", Cell(count)))
        differs = when(infix("<", entropy, Number(1 - NOISE)), infix("-", 1, entropy), 0)
        spread = if_numbers((Cell(everything),), when(_all_hold(everything, count), differs, 0))
        spread = when(apply("ISNUMBER", Cell(everything)), spread, 0)
        found[index] = block.add(book.say("column.divergence"), spread)
    return found


def _all_hold(everything: Column, count: Column) -> Expr:
    return apply("AND", infix(">", Cell(everything), 0), infix(">", Cell(count), 1))


def _critic(block: Block, book: Book, own: Mapping[int, Column]) -> dict[int, Column]:
    """sd · Σ (1 − correlation with each other child)."""
    mean = {i: block.add(book.say("column.mean"), Over("AVERAGE", (p,))) for i, p in own.items()}
    away = {
        i: block.add(
            book.say("column.deviation"), when(apply("ISNUMBER", Cell(p)), infix("-", Cell(p), Cell(mean[i])), 0)
        )
        for i, p in own.items()
    }
    spread = {i: _spread(block, book, p) for i, p in own.items()}
    found = {}
    for i, p in own.items():
        conflicts: list[Expr] = []
        for j, q in own.items():
            if i != j:
                product = infix("*", Cell(spread[i]), Cell(spread[j]))
                correlation = infix("/", Over("COVARIANCE", (away[i], away[j], p, q)), product)
                conflicts.append(infix("-", 1, when(infix(">", product, 0), correlation, 0)))
        found[i] = block.add(book.say("column.conflict"), infix("*", Cell(spread[i]), total(conflicts)))
    return found


def _spread(block: Block, book: Book, points: Column) -> Column:
    raw = Cell(block.add(book.say("column.spread"), Over("SPREADP", (points,))))
    return block.add(book.say("column.spread"), when(apply("ISNUMBER", raw), raw, 0))
