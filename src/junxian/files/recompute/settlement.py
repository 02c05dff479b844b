"""Score and place as live formulas (总分与位次): base, bonus, deduction, gates, score, rank and grade."""

from __future__ import annotations

from junxian.files.recompute.book import Result
from junxian.files.recompute.grading import write_grades
from junxian.files.recompute.marks import clip
from junxian.files.recompute.matters import adjusted, matters_of
from junxian.files.recompute.model import (
    MISSING,
    Cell,
    Column,
    Expr,
    NotExpressed,
    Over,
    apply,
    if_numbers,
    infix,
    rounded,
    total,
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
    """The base less the points of nodes that a gate or veto sets to zero."""
    results = {plan.node.key: t.book.results[plan.index] for plan in t.facts.judgement.compiled.plan.nodes}
    zeroed = sorted({key for _, effect in verdicts.struck for key in effect.zero})
    if not zeroed:
        return base
    taken: list[Expr] = []
    for key in zeroed:
        hit = any_holds([condition for condition, effect in verdicts.struck if key in effect.zero])
        points = Cell(results[key].points)
        taken.append(when(hit, when(apply("ISNUMBER", points), points, 0), 0))
    return t.block.add(t.say("kept"), if_numbers((Cell(base),), rounded(infix("-", Cell(base), total(taken)))))


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
