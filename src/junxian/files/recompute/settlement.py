"""Score and place as live formulas (总分与位次): base, bonus, deduction, gates, score, rank and grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from junxian.core.scoring import Group
from junxian.core.scoring.plan import NodePlan
from junxian.core.text import spoken
from junxian.files.recompute.book import Block, Result, UnitSheet
from junxian.files.recompute.bundle import SLACK, Bundle
from junxian.files.recompute.grading import write_grades
from junxian.files.recompute.group import write_group
from junxian.files.recompute.marks import clip
from junxian.files.recompute.matters import adjusted, matters_of
from junxian.files.recompute.model import (
    MISSING,
    Cell,
    Column,
    NotExpressed,
    Over,
    apply,
    if_numbers,
    infix,
    rounded,
    when,
)
from junxian.files.recompute.rounding import published
from junxian.files.recompute.tally import Tally, formula_beside
from junxian.files.recompute.verdicts import Verdicts, any_holds, overall, verdicts_of

NEVER = -1e300
"""What an unknown tie-break counts as: less than anything."""


def write_settlement(tally: Tally, root: Result) -> None:
    """Every column from the base to the grade."""
    t = tally
    t.block.head(t.block.what)
    for rule in (*t.scheme.bonus, *t.scheme.deductions):
        t.matters.extend(matters_of(t, rule))
    base = t.block.add(t.say("base"), Cell(root.points))
    verdicts = verdicts_of(t)
    exact = _exact(t, _kept(t, verdicts, base))
    score = t.block.add(t.say("score"), if_numbers((Cell(exact),), published(Cell(exact), t.scheme.rounding)))
    score = t.checked(score, t.points_of("published"), 5e-10 if t.scheme.rounding.mode != "none" else 5e-9)
    _rank(t, verdicts, score if t.scheme.rank.on == "published" else exact)
    gate = overall(t, verdicts, base)
    write_grades(t, verdicts, gate, (score, exact))


def _kept(t: Tally, verdicts: Verdicts, base: Column) -> Column:
    """The base after gates and vetoes have set nodes to zero: all above them is combined again."""
    plan = t.facts.judgement.compiled.plan
    nodes = {node.node.key: node for node in plan.nodes}
    zeroed = sorted({key for _, effect in verdicts.struck for key in effect.zero})
    if not zeroed:
        return base
    results, above = dict(t.book.results), set[int]()
    sheet = t.book.sheet(t.book.say("sheet.zeroed"), t.book.say("title.zeroed"))
    for key in zeroed:
        hit = any_holds([condition for condition, effect in verdicts.struck if key in effect.zero])
        own = results[nodes[key].index]
        points = Cell(own.points)
        block = _block(t, sheet, nodes[key])
        block.head(block.what, block.clause)
        lost = block.add(t.book.say("column.zeroed", name=block.what), if_numbers((points,), when(hit, 0, points)))
        results[nodes[key].index] = replace(own, points=lost)
        parent = nodes[key].parent
        while parent is not None:
            above.add(parent)
            parent = plan.nodes[parent].parent
    for index in sorted(above):
        results[index] = write_group(_again(t, sheet, plan.nodes[index], results))
    kept = t.block.add(t.say("kept"), Cell(results[plan.root.index].points))
    return t.checked(kept, t.points_of("kept"), SLACK)


def _block(t: Tally, sheet: UnitSheet, node: NodePlan) -> Block:
    return Block(t.book, sheet, spoken(node.node.name, t.language) or node.node.key, node.node.clause)


def _again(t: Tally, sheet: UnitSheet, node: NodePlan, results: Mapping[int, Result]) -> Bundle:
    """A group to be combined a second time."""
    assert isinstance(node.node, Group)
    children = tuple(t.facts.judgement.compiled.plan.nodes[child] for child in node.children)
    weights = t.book.weights.get(node.index, {})
    sources = (t.scheme, t.facts, t.names, results, weights)
    return Bundle(t.book, _block(t, sheet, node), node, node.node, children, *sources, again=True)


def _exact(t: Tally, kept: Column) -> Column:
    """Base, bonus and deduction within the scheme's floor and ceiling."""
    bonus = adjusted(t, "bonus", t.scheme.bonus, t.scheme.bonus_cap)
    deduction = adjusted(t, "deduction", t.scheme.deductions, t.scheme.deduction_cap)
    moved = rounded(infix("-", infix("+", Cell(kept), Cell(bonus)), Cell(deduction)))
    low = None if t.scheme.floor is None else t.setting("floor", t.scheme.floor)
    high = None if t.scheme.ceiling is None else t.setting("ceiling", t.scheme.ceiling)
    exact = t.block.add(t.say("exact"), if_numbers((Cell(kept),), clip(moved, low, high)))
    return t.checked(exact, t.points_of("exact"), 5e-9)


def _rank(t: Tally, verdicts: Verdicts, on: Column) -> None:
    for place, text in enumerate(t.scheme.rank.tie_break):
        known = formula_beside(
            t, t.say("tie_break"), text, f"tie_{place}", lambda x: when(apply("ISNUMBER", x), x, NEVER)
        )
        t.ties.append(known)
    barred = [condition for condition, effect in verdicts.struck if effect.not_ranked]
    if barred:
        on = t.block.add(t.say("ranked_on"), when(any_holds(barred), MISSING, Cell(on)))
    stated = t.facts.settled_column("rank")

    def build() -> Column:
        place = Cell(_place(t, on))
        count = t.block.add(t.say("count"), Over("COUNT", (on,)))
        few = infix("<", Cell(count), t.setting("min_peers", t.scheme.min_peers))
        return t.block.add(t.say("rank"), if_numbers((place,), when(few, MISSING, apply("INT", place))))

    t.checked(t.block.attempt(t.say("rank"), build, stated), stated)


def _place(t: Tally, on: Column) -> Column:
    ranking = t.scheme.rank
    if not ranking.tie_break:
        order, columns = "desc" if ranking.better == "high" else "asc", [on]
        if ranking.ties == "dense":
            columns.append(t.block.add(t.say("first"), Over("FIRST", (on,))))
        return t.block.add(t.say("place"), Over(f"RANK {ranking.ties} {order}", tuple(columns)))
    if ranking.ties == "dense":
        raise NotExpressed("recompute.dense_tie_break")
    if ranking.better == "low":
        on = t.block.add(t.say("ranked_on"), if_numbers((Cell(on),), infix("-", 0, Cell(on))))
    return t.block.add(t.say("place"), Over(f"PLACE {ranking.ties}", (on, *t.ties)))
