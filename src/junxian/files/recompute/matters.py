"""Bonus and deduction as live formulas (加分扣分): each rule within its cap, summed from the list of matters.

What happened is a fact of the register and stands on that list; a matter met twice is on it once, at its highest.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from junxian.core.assessment.model import Adjustment
from junxian.core.text import spoken
from junxian.files.recompute.marks import clip
from junxian.files.recompute.model import Cell, Column, Expr, apply, infix, rounded, total, when
from junxian.files.recompute.spell import FIRST_ROW, quoted, sheet_name
from junxian.files.recompute.tally import NANO, Matter, Tally, formula_beside

FIRST_MATTER = 3
"""The worksheet row of the first matter on the list."""


def adjusted(t: Tally, what: str, rules: Sequence[Adjustment], cap: float | None) -> Column:
    """Bonus or deduction: each rule within its cap, all within theirs."""
    parts = [Cell(_adjustment(t, rule)) for rule in rules]
    summed: Expr = rounded(total(list(parts)))
    if cap is not None and parts:
        most = t.setting(f"{what}_cap", cap)
        summed = clip(summed, infix("-", 0, most), most)
    column = t.block.add(t.say(what), summed)
    return t.checked(column, t.points_of(what), 5e-9)


def _adjustment(t: Tally, rule: Adjustment) -> Column:
    title = spoken(rule.name, t.language)

    def finish(x: Expr) -> Expr:
        points = when(apply("ISNUMBER", x), rounded(x), 0)
        if rule.cap is None:
            return points
        cap = t.block.setting(t.book.say("setting.cap_of", name=title), rule.cap)
        return clip(points, infix("-", 0, cap), cap)

    if rule.value:
        return formula_beside(t, title, rule.value, f"adj_{rule.id}", finish)
    mine = dict.fromkeys(t.facts.codes, 0.0)
    for matter in t.matters:
        if matter.adjustment == rule.id:
            mine[matter.region] += matter.points
    summed = t.block.told(title, _sums(t, rule.id), [round(points, 9) for points in mine.values()])
    return t.block.add(title, finish(Cell(summed)))


def matters_of(t: Tally, rule: Adjustment) -> list[Matter]:
    """The events or alerts that a rule counts, with what each moves."""
    facts = t.facts.judgement.facts
    if rule.lines:
        rows = facts.alerts.filter(pl.col("line").is_in(list(rule.lines)))
        told = rows.select("region_code", "line", pl.col("deduct").cast(pl.Float64).fill_null(0.0), "basis").rows()
    else:
        rows = facts.events.filter((pl.col("adjustment") == rule.id) & pl.col("counted"))
        told = rows.select("region_code", "matter", pl.col("points") / NANO, "source").rows()
    own = [Matter(code, rule.id, str(what or ""), points, str(source or "")) for code, what, points, source in told]
    return [matter for matter in own if matter.points and matter.region in t.facts.codes]


def _sums(t: Tally, rule: str) -> list[str]:
    """The sum over the list of matters by unit and rule."""
    sheet, last = sheet_name(t.book.say("sheet.matters")), FIRST_MATTER + max(len(t.matters), 1) - 1
    codes, rules, points = (f"{sheet}!${c}${FIRST_MATTER}:${c}${last}" for c in "ACE")
    text = "=ROUND(SUMPRODUCT(({codes}=$A{row})*({rules}={rule})*{points}),9)"
    return [
        text.format(codes=codes, rules=rules, points=points, rule=quoted(rule), row=FIRST_ROW + row)
        for row in range(len(t.book.units))
    ]
