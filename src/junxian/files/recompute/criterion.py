"""A criterion as live formulas (指标项成活): value, references, mark, state, points, maximum, one column after another."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from junxian.core.formulas.model import Leaf
from junxian.core.scoring import Criterion
from junxian.core.scoring import methods as m
from junxian.core.scoring.model import GrowthCases, Scheme, Winsorise
from junxian.core.scoring.plan import NodePlan
from junxian.files.recompute.book import Block, Book, Result
from junxian.files.recompute.engine import Facts, differing
from junxian.files.recompute.figures import Figures
from junxian.files.recompute.formula import Growth, Lowering, Term, tops_growth
from junxian.files.recompute.marks import MARKS, Bench, clip, rung
from junxian.files.recompute.model import (
    MISSING, ByCategory, Cell, Column, Expr, Number, Over, Reason, Word, apply, if_numbers, infix, rounded, when,
)  # fmt: skip
from junxian.files.recompute.names import Names
from junxian.files.recompute.points import state_and_points

AMOUNTS = ("target", "reference", "standard", "low", "high", "width", "range", "mean", "sd")
STATISTICS = {"min": "MIN", "max": "MAX", "mean": "AVERAGE", "median": "MEDIAN", "sample": "STDEV", "population": "STDEVP"}
QUANTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)")
SLACK = 1.1e-9
Amount = Mapping[str, Expr | None]
"""What an amount is in each category; None where the rule names none."""


@dataclass
class Desk:
    """One criterion being written: its block, its rules, what the engine found, and the parameters named so far."""

    book: Book
    block: Block
    plan: NodePlan
    node: Criterion
    scheme: Scheme
    facts: Facts
    figures: Figures
    names: Names
    numbers: dict[str, Expr] = field(default_factory=dict)

    def say(self, title: str) -> str:
        return self.book.say(f"column.{title}")

    def number(self, name: str, value: float) -> Expr:
        """A number of the rule as a parameter, once."""
        if name not in self.numbers:
            self.numbers[name] = self.block.setting(self.book.say_or(f"setting.{name}", name), value)
        return self.numbers[name]

    @property
    def lowering(self) -> Lowering:
        return self.names.lowering(self.block)

    def leaves(self) -> tuple[Leaf, ...]:
        """The figures the value rests on."""
        return self.names.leaves_of(self.plan.formula) if self.plan.formula else ()

    def checked(self, column: Column, what: str, slack: float = SLACK) -> Column:
        """The column, or the engine's values pasted where the two differ."""
        stated = self.facts.node(self.plan, what)
        if what == "state":
            stated = [self.book.say(f"state.{word}") for word in stated]
        rows = differing(column.values, stated, slack)
        if not rows:
            return column
        return self.block.replace(column, stated, Reason("recompute.differs", {"unit": self.book.units[rows[0]].name}))


def write_criterion(desk: Desk) -> Result:
    """All columns of a criterion; what a worksheet cannot say is pasted and named."""
    desk.block.head(*_heading(desk))
    _remarks(desk)
    value, growth = _value(desk)
    mark = desk.block.attempt(
        desk.say("mark"), lambda: _mark(desk, value, growth), desk.facts.node(desk.plan, "normalised")
    )
    mark = desk.checked(mark, "normalised")
    result = state_and_points(desk, mark, None if growth is None else growth.case)
    return Result(result.points, result.maximum, result.role, value, _label(desk, value))


def _heading(desk: Desk) -> tuple[str, ...]:
    node = desk.node
    return (
        desk.block.what,
        node.clause,
        f"{node.value}{f'（−{node.lag}）' if node.lag else ''}",
        f"{node.method.kind} {node.direction}",
        node.unit or "",
    )


def _remarks(desk: Desk) -> None:
    """Rules in words, for whoever reads the parameters."""
    actions = desk.node.missing, desk.scheme.missing
    for state in ("late", "not_reported", "not_applicable", "undefined"):
        action = getattr(actions[0], state) or getattr(actions[1], state)
        name = desk.book.say("setting.missing", state=desk.book.say(f"state.{state}"))
        desk.book.remark(desk.block.what, name, desk.book.say(f"action.{action}"), desk.block.clause)


@dataclass(frozen=True)
class Grown:
    """Cells of a growth rate: its case and its base."""

    case: Column
    before: Expr


def _value(desk: Desk) -> tuple[Column, Grown | None]:
    found: list[Grown | None] = [None]

    def build() -> Column:
        found[0] = None
        column, found[0] = _live_value(desk)
        return column

    kept = desk.facts.node(desk.plan, "value")
    value = desk.checked(desk.block.attempt(desk.say("value"), build, kept), "value")
    return value, found[0]


def _live_value(desk: Desk) -> tuple[Column, Grown | None]:
    assert desk.plan.formula is not None
    into, grown = desk.lowering, None
    if tops_growth(desk.plan.formula):
        growth = into.growth(desk.plan.formula)
        term = growth.value
        grown = _cases(desk, growth) if desk.node.growth is not None else None
    else:
        term = into.formula(desk.plan.formula)
    if term.loose:
        cell = Cell(desk.block.add(desk.say("step"), term.closed()))
        term = Term(cell, (cell,))
    shown = term.expr if desk.plan.factor == 1.0 else infix("*", term.expr, desk.plan.factor)
    shown = rounded(shown)
    if desk.node.decimals is not None:
        shown = rounded(shown, desk.node.decimals)
    return desk.block.add(desk.say("value"), Term(shown, term.needs, term.guards).closed()), grown


def _cases(desk: Desk, growth: Growth) -> Grown:
    return Grown(desk.block.add(desk.say("case"), growth.case.closed()), growth.before)


def _mark(desk: Desk, value: Column, grown: Grown | None) -> Column:
    x = _pulled(desk, value, grown)
    amounts = _amounts(desk, x)
    mark = by_category(desk.book, lambda category: _in_category(desk, x, amounts, category))
    if grown is None or desk.node.growth is None:
        return desk.block.add(desk.say("mark"), mark)
    plain = Cell(desk.block.add(desk.say("plain_mark"), mark))
    return desk.block.add(desk.say("mark"), _with_cases(desk, desk.node.growth, value, grown, plain))


def by_category(book: Book, build: Callable[[str], Expr]) -> Expr:
    """One formula for all categories where they agree, else one for each."""
    parts = [(category, build(category)) for category in book.categories]
    return parts[0][1] if all(part == parts[0][1] for _, part in parts) else ByCategory(tuple(parts))


def _pulled(desk: Desk, value: Column, grown: Grown | None) -> Column:
    """The column marks read: the value, clipped over a tiny base and winsorised where the rules say so."""
    rules = desk.node.growth
    if grown is not None and rules is not None and rules.small_base is not None and rules.small_base_clip is not None:
        value = _clipped(desk, value, grown, rules)
    return value if desk.node.winsorise is None else _winsorised(desk, value, desk.node.winsorise)


def _clipped(desk: Desk, value: Column, grown: Grown, rules: GrowthCases) -> Column:
    low, high = (desk.number(f"small_base_{end}", bound) for end, bound in zip(("low", "high"), rules.small_base_clip or (), strict=True))
    floors = _amount(desk, value, "small_base", rules.small_base)
    x = Cell(value)

    def build(category: str) -> Expr:
        floor = floors[category]
        if floor is None:
            return x
        tiny = apply("AND", infix(">", grown.before, 0), infix("<", grown.before, floor))
        tiny_or_not = when(tiny, clip(x, low, high), x)
        return if_numbers((x,), when(apply("ISNUMBER", floor), tiny_or_not, x) if isinstance(floor, Cell) else tiny_or_not)

    return desk.block.add(desk.say("clipped"), by_category(desk.book, build))


def _winsorised(desk: Desk, value: Column, rule: Winsorise) -> Column:
    low, high = _counted_fences(desk, value, rule) if rule.lowest or rule.highest else _quantile_fences(desk, value, rule)
    x, below, above = Cell(value), Cell(low), Cell(high)
    pulled = when(infix("<", x, below), below, when(infix(">", x, above), above, x))
    return desk.block.add(desk.say("winsorised"), if_numbers((x,), pulled))


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
        rank = Cell(desk.block.add(desk.say("rank"), Over(f"RANK shared {order}", (value,))))
        kept = when(infix(">", rank, desk.number(f"winsorise_{end}", count)), Cell(value), MISSING)
        inner = desk.block.add(desk.say("step"), if_numbers((rank,), kept))
        found.append(desk.block.add(desk.say(f"fence_{end}"), Over(pick, (inner,))))
    return found[0], found[1]


def _amounts(desk: Desk, x: Column) -> dict[str, Amount]:
    method = desk.node.method
    found = {
        name: _amount(desk, x, name, given)
        for name in AMOUNTS
        if (given := getattr(method, name, None)) is not None
    }
    if isinstance(method, m.Ladder):
        for place, step in enumerate(method.steps):
            if step.at_least is not None:
                found[f"step_{place}"] = _amount(desk, x, f"bound_{place + 1}", step.at_least)
    if isinstance(method, m.ByFormula):
        formula = desk.names.understand(method.mark, ("x",))
        term = desk.names.lowering(desk.block, {"x": x}).formula(formula)
        found["mark"] = dict.fromkeys(desk.book.categories, Cell(desk.block.add(desk.say("by_formula"), term.closed())))
    return found | _places(desk, x, found.get("target"))


def _amount(desk: Desk, x: Column, name: str, given: object) -> Amount:
    """An amount of the method: a number, a statistic of the peers, a formula, or one of them per category."""
    categories = desk.book.categories
    if isinstance(given, Mapping):
        numbers = {c: float(v) for c, v in given.items() if isinstance(v, int | float)}
        told = desk.block.setting(desk.book.say_or(f"setting.{name}", name), numbers) if numbers else Number(0.0)
        texts = {v: _read(desk, x, name, v) for v in dict.fromkeys(given.values()) if isinstance(v, str)}
        return {c: texts.get(given[c], told) if c in given else None for c in categories}
    if isinstance(given, str):
        return dict.fromkeys(categories, _read(desk, x, name, given))
    assert isinstance(given, int | float)
    return dict.fromkeys(categories, desk.number(name, float(given)))


def _read(desk: Desk, x: Column, name: str, text: str) -> Expr:
    title = desk.book.say_or(f"setting.{name}", name)
    if text in STATISTICS:
        return Cell(desk.block.add(title, Over(STATISTICS[text], (x,))))
    if found := QUANTILE.fullmatch(text):
        share = desk.number(f"{name}_quantile", float(found[1]) / 100)
        return Cell(desk.block.add(title, Over("PERCENTILE", (x,), (share,))))
    return Cell(desk.block.add(title, desk.lowering.formula(desk.names.understand(text)).closed()))


def _places(desk: Desk, x: Column, target: Amount | None) -> dict[str, Amount]:
    method, down = desk.node.method, desk.node.direction == "+"
    found: dict[str, Column] = {}
    if isinstance(method, m.RankStep | m.RankLinear | m.RankTable):
        found["rank"] = _rank(desk, x, desk.node.ties or desk.scheme.ties, down=down)
    if isinstance(method, m.RankLinear | m.Percentile):
        found["n"] = desk.block.add(desk.say("count"), Over("COUNT", (x,)))
    if isinstance(method, m.Percentile):
        ties = {"below": "shared", "at_or_below": "last", "midpoint": "average"}[method.form]
        found["place"] = _rank(desk, x, ties, down=not down)
    if isinstance(method, m.HitThenRank):
        assert target is not None
        above = desk.block.add(desk.say("above"), by_category(desk.book, lambda c: _above(x, target[c], down)))
        found["rank_above"] = _rank(desk, above, desk.node.ties or desk.scheme.ties, down=down)
    return {name: dict.fromkeys(desk.book.categories, Cell(column)) for name, column in found.items()}


def _above(x: Column, target: Expr | None, down: bool) -> Expr:
    """The value where it is better than the target; on the target is not above it."""
    if target is None:
        return Word(MISSING)
    better = when(infix(">" if down else "<", Cell(x), target), Cell(x), MISSING)
    return if_numbers((Cell(x), target), better)


def _rank(desk: Desk, x: Column, ties: str, *, down: bool) -> Column:
    order = "desc" if down else "asc"
    columns = (x,)
    if ties == "dense":
        columns = (x, desk.block.add(desk.say("first"), Over("FIRST", (x,))))
    return desk.block.add(desk.say("rank"), Over(f"RANK {ties} {order}", columns))


OPTIONAL = {"rank_above"}
"""Amounts a mark may do without."""


def _in_category(desk: Desk, x: Column, amounts: Mapping[str, Amount], category: str) -> Expr:
    own = {name: amount[category] for name, amount in amounts.items()}
    full = full_points(desk, category)
    here = {name: expr for name, expr in own.items() if expr is not None}
    if len(here) < len(own) or full is None:
        return Word(MISSING)
    bench = Bench(Cell(x), full, desk.node.direction != "-", here, desk.number)
    needs = tuple(expr for name, expr in here.items() if name not in OPTIONAL)
    return if_numbers((Cell(x), *needs), MARKS[desk.node.method.kind](desk.node.method, bench))


def full_points(desk: Desk, category: str) -> Expr | None:
    """The criterion's full points in a category as a parameter; 1 where it has none of its own."""
    given = desk.node.points
    if given is None:
        return Number(1.0)
    if not isinstance(given, Mapping):
        return desk.number("points", given)
    if category not in given:
        return None
    if "points" not in desk.numbers:
        desk.numbers["points"] = desk.block.setting(desk.book.say("setting.points"), given)
    return desk.numbers["points"]


CASES = ("net_increase", "zero_to_zero", "loss_to_profit", "", "widened", "profit_to_loss")


def _with_cases(desk: Desk, rules: GrowthCases, value: Column, grown: Grown, plain: Expr) -> Expr:
    """The mark by the case of the growth rate (RULES §1.5): ordinary, then cases 1 to 6."""
    scale = desk.node.method.scale
    marks: list[Expr] = [plain]
    for name in CASES:
        if not name:
            marks.append(_narrowed(desk, rules, Cell(value), scale))
            continue
        share = getattr(rules, name)
        told = infix("*", desk.number(name, float(share)), scale) if isinstance(share, int | float) else Word(MISSING)
        marks.append(told)
    case = Cell(grown.case)
    return if_numbers((case,), apply("CHOOSE", infix("+", case, 1), *marks))


def _narrowed(desk: Desk, rules: GrowthCases, value: Expr, scale: float) -> Expr:
    if not isinstance(rules.narrowed, tuple):
        return Word(MISSING)
    low, high = (desk.number(f"narrowed_{end}", share) for end, share in zip(("low", "high"), rules.narrowed, strict=True))
    part = clip(infix("/", value, 100), 0, 1)
    return infix("*", infix("+", low, infix("*", infix("-", high, low), part)), scale)


def _label(desk: Desk, value: Column) -> Column | None:
    """The name of the rung, where the rungs are grades."""
    method = desk.node.method
    if not desk.plan.labelled or not isinstance(method, m.Ladder):
        return None
    stated = desk.facts.node(desk.plan, "label")

    def build() -> Column:
        raise AssertionError

    return desk.block.attempt(desk.say("label"), build, stated)
