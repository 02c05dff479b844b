"""Pulling extremes in (缩尾与限幅): the value as marks read it, clipped over a tiny base and winsorised."""

from __future__ import annotations

from junxian.core.scoring.model import GrowthCases, Winsorise
from junxian.files.recompute.amounts import amount
from junxian.files.recompute.desk import Desk, by_category
from junxian.files.recompute.marks import clip
from junxian.files.recompute.model import MISSING, Cell, Column, Expr, Over, apply, if_numbers, infix, is_number, when
from junxian.files.recompute.value import Grown


def pulled(desk: Desk, value: Column, grown: Grown | None) -> Column:
    """The column marks read: growth over a positive base only, clipped over a tiny one, winsorised where ruled so."""
    if grown is not None:
        value = _ordinary(desk, value, grown)
    return value if desk.node.winsorise is None else _winsorised(desk, value, desk.node.winsorise)


def _ordinary(desk: Desk, value: Column, grown: Grown) -> Column:
    """A loss that narrowed shows a percent too, but has no place among growth rates (RULES §1.5)."""
    x, rules = Cell(value), desk.node.growth

    def build(category: str) -> Expr:
        kept = x if rules is None else _clipped(desk, x, grown.before, rules, category)
        return if_numbers((x, grown.before), when(infix(">", grown.before, 0), kept, MISSING))

    return desk.block.add(desk.say("ordinary"), by_category(desk.book, build))


def _clipped(desk: Desk, x: Cell, before: Expr, rules: GrowthCases, category: str) -> Expr:
    if rules.small_base is None or rules.small_base_clip is None:
        return x
    if "small_base" not in desk.floors:
        desk.floors["small_base"] = amount(desk, x.column, "small_base", rules.small_base)
    floor = desk.floors["small_base"][category]
    if floor is None:
        return x
    bounds = zip(("low", "high"), rules.small_base_clip, strict=True)
    low, high = (desk.number(f"small_base_{end}", bound) for end, bound in bounds)
    tiny = when(infix("<", before, floor), clip(x, low, high), x)
    return when(apply("ISNUMBER", floor), tiny, x) if isinstance(floor, Cell) else tiny


def _winsorised(desk: Desk, value: Column, rule: Winsorise) -> Column:
    fences = _counted_fences if rule.lowest or rule.highest else _quantile_fences
    x, low, high = Cell(value), *(Cell(fence) for fence in fences(desk, value, rule))
    kept = when(infix("<=", low, high), when(infix("<", x, low), low, when(infix(">", x, high), high, x)), x)
    return desk.block.add(desk.say("winsorised"), if_numbers((x,), when(is_number(low, high), kept, x)))


def _quantile_fences(desk: Desk, value: Column, rule: Winsorise) -> tuple[Column, Column]:
    shares = desk.number("winsorise_lower", rule.lower), desk.number("winsorise_upper", rule.upper)
    titles = desk.say("fence_low"), desk.say("fence_high")
    if rule.interpolation in ("linear", "lower", "higher", "nearest"):
        how = {"linear": "PERCENTILE"}.get(rule.interpolation, rule.interpolation.upper())
        low, high = (desk.block.add(t, Over(how, (value,), (share,))) for t, share in zip(titles, shares, strict=True))
        return low, high
    found = []
    for title, share in zip(titles, shares, strict=True):
        ends = [Cell(desk.block.add(desk.say("step"), Over(how, (value,), (share,)))) for how in ("LOWER", "HIGHER")]
        found.append(desk.block.add(title, if_numbers(tuple(ends), infix("/", infix("+", *ends), 2))))
    return found[0], found[1]


def _counted_fences(desk: Desk, value: Column, rule: Winsorise) -> tuple[Column, Column]:
    found = []
    for end, order, pick, count in (("low", "asc", "MIN", rule.lowest), ("high", "desc", "MAX", rule.highest)):
        rank = Cell(desk.block.add(desk.say("rank"), Over(f"RANK last {order}", (value,))))
        kept = when(infix(">", rank, desk.number(f"winsorise_{end}", count)), Cell(value), MISSING)
        inner = desk.block.add(desk.say("step"), if_numbers((rank,), kept))
        found.append(desk.block.add(desk.say(f"fence_{end}"), Over(pick, (inner,))))
    return found[0], found[1]
