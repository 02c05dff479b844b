"""Score and place as live formulas (总分与位次): base, bonus, deduction, score, rank and grades by thresholds.

Events, gates and vetoes are facts of the register and not of the figures: they stand here as inputs, each with its
matter. Grades with quotas depend on both and are given as values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from junxian.core.assessment.model import Adjustment, AssessedScheme, Grade
from junxian.core.assessment.settle import struck_by
from junxian.core.scoring import Criterion
from junxian.core.text import spoken
from junxian.files.recompute.book import Block, Book, Result
from junxian.files.recompute.engine import Facts, differing
from junxian.files.recompute.formula import Given
from junxian.files.recompute.marks import clip
from junxian.files.recompute.model import (
    MISSING, Cell, Column, Expr, NotExpressed, Over, Reason, Word, apply, if_numbers, infix, rounded, total, when,
)  # fmt: skip
from junxian.files.recompute.names import Names
from junxian.files.recompute.rounding import published
from junxian.files.recompute.spell import letters, quoted, sheet_name

NANO = 1e9
NEVER = -1e300
"""What an unknown tie-break counts as: less than anything."""
FIRST_MATTER = 3
"""The worksheet row of the first matter on the list."""


@dataclass(frozen=True)
class Matter:
    """One event or alert that moves points: unit, adjustment, matter, points (signed), source."""

    region: str
    adjustment: str
    matter: str
    points: float
    source: str


@dataclass
class Tally:
    """The settlement being written."""

    book: Book
    block: Block
    scheme: AssessedScheme
    facts: Facts
    names: Names
    matters: list[Matter]
    language: str

    def say(self, title: str) -> str:
        return self.book.say(f"column.{title}")

    def checked(self, column: Column, stated: Sequence[float | int | str | None], slack: float = 0.0) -> Column:
        """The column, or the engine's values pasted where the two differ."""
        rows = differing(column.values, stated, slack)
        if not rows:
            return column
        return self.block.replace(column, stated, Reason("recompute.differs", {"unit": self.book.units[rows[0]].name}))

    def points_of(self, name: str) -> list[float | None]:
        """A column of exact points of the settlement."""
        return [None if value is None else value / NANO for value in self.facts.settled_column(name)]

    def setting(self, name: str, value: float) -> Expr:
        return self.block.setting(self.book.say_or(f"setting.{name}", name), value)


def write_settlement(tally: Tally, root: Result) -> None:
    """Every column from the base to the grade."""
    t = tally
    t.block.head(t.block.what, "", "", "", "")
    base = t.block.add(t.say("base"), Cell(root.points))
    kept = _kept(t, base)
    bonus = _adjusted(t, "bonus", t.scheme.bonus, t.scheme.bonus_cap)
    deduction = _adjusted(t, "deduction", t.scheme.deductions, t.scheme.deduction_cap)
    moved = infix("-", infix("+", Cell(kept), Cell(bonus)), Cell(deduction))
    low, high = (
        None if given is None else t.setting(name, given)
        for name, given in (("floor", t.scheme.floor), ("ceiling", t.scheme.ceiling))
    )
    exact = t.block.add(t.say("exact"), if_numbers((Cell(kept),), clip(rounded(moved), low, high)))
    exact = t.checked(exact, t.points_of("exact"), 5e-9)
    score = t.block.add(t.say("score"), if_numbers((Cell(exact),), published(Cell(exact), t.scheme.rounding)))
    score = t.checked(score, t.points_of("published"), 5e-10 if t.scheme.rounding.mode != "none" else 5e-9)
    _rank(t, exact, score)
    _grade(t, score)
    t.block.paste(t.say("gate"), [t.book.say(f"gate.{word}") for word in t.facts.settled_column("gate")],
                  Reason("recompute.gate"))  # fmt: skip


def _words(t: Tally) -> dict[str, Given]:
    """Names gates, bonuses and tie-breaks may use: every node's result and value."""
    words: dict[str, Given] = {}
    for plan in t.facts.judgement.compiled.plan.nodes:
        key, cells = plan.node.key, t.book.results[plan.index]
        words |= {f"{key}得分": cells.points, f"{key}_points": cells.points}
        if isinstance(plan.node, Criterion) and cells.value is not None:
            words |= {f"{key}值": cells.value, f"{key}_value": cells.value}
    return words


def _formula(t: Tally, title: str, text: str, column: str, finish: Callable[[Expr], Expr]) -> Column:
    """A formula beside the tree, or the engine's value of it; `finish` turns the cell into what is asked."""
    words = _words(t)

    def build() -> Column:
        term = t.names.lowering(t.block, words).settled(t.names.understand(text, words))
        return t.block.add(title, term.closed())

    stated = t.facts.scored.get_column(column).to_list()
    raw = t.block.attempt(title, build, stated)
    raw = t.checked(raw, stated, 1e-9)
    return t.block.add(title, finish(Cell(raw)))


def _kept(t: Tally, base: Column) -> Column:
    """The base less the points of nodes that a gate or veto sets to zero."""
    results = {plan.node.key: t.book.results[plan.index] for plan in t.facts.judgement.compiled.plan.nodes}
    effects = struck_by(t.scheme)
    zeroed = sorted({key for _, effect in effects for key in effect.zero})
    if not zeroed:
        return base
    taken: list[Expr] = []
    for key in zeroed:
        conditions = [condition for condition, effect in effects if key in effect.zero]
        struck = [any(flags) for flags in t.facts.settled.select(c.alias(str(i)) for i, c in enumerate(conditions)).rows()]
        hit = t.block.enter(t.book.say("column.struck", name=key), [float(flag) for flag in struck])
        points = Cell(results[key].points)
        taken.append(when(infix("=", Cell(hit), 1), when(apply("ISNUMBER", points), points, 0), 0))
    t.book.note(t.block.what, t.say("kept"), Reason("recompute.zeroed"))
    return t.block.add(t.say("kept"), if_numbers((Cell(base),), rounded(infix("-", Cell(base), total(taken)))))


def _adjusted(t: Tally, what: str, rules: Sequence[Adjustment], cap: float | None) -> Column:
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
        cap = t.setting(f"cap {rule.id}", rule.cap)
        return clip(points, infix("-", 0, cap), cap)

    if rule.value:
        return _formula(t, title, rule.value, f"adj_{rule.id}", finish)
    mine = _matters(t, rule)
    summed = t.block.told(title, _sums(t, rule.id), [round(mine.get(code, 0.0), 9) for code in t.facts.codes])
    return t.block.add(title, finish(Cell(summed)))


def _matters(t: Tally, rule: Adjustment) -> dict[str, float]:
    """Put the rule's events or alerts on the list; what they come to by unit."""
    if rule.lines:
        rows = t.facts.judgement.facts.alerts.to_dicts()
        own = [(r["region_code"], r["line"], float(r["deduct"] or 0.0), r["basis"]) for r in rows if r["line"] in rule.lines]
    else:
        rows = t.facts.judgement.facts.events.to_dicts()
        own = [
            (r["region_code"], r["matter"], r["points"] / NANO, r["source"])
            for r in rows
            if r["adjustment"] == rule.id and r["counted"]
        ]
    found: dict[str, float] = {}
    for code, matter, points, source in own:
        if points:
            t.matters.append(Matter(code, rule.id, str(matter or ""), points, str(source or "")))
            found[code] = found.get(code, 0.0) + points
    return found


def _sums(t: Tally, rule: str) -> list[str]:
    """The sum over the list of matters by unit and rule; the list's length is fixed, its figures are live."""
    sheet, last = sheet_name(t.book.say("sheet.matters")), FIRST_MATTER + 999
    codes, rules, points = (f"{sheet}!${c}${FIRST_MATTER}:${c}${last}" for c in (letters(0), letters(2), letters(4)))
    text = f"=ROUND(SUMPRODUCT(({codes}=$A{{row}})*({rules}={quoted(rule)})*{points}),9)"
    return [text.format(row=8 + row) for row in range(len(t.book.units))]


def _rank(t: Tally, exact: Column, score: Column) -> None:
    ranking = t.scheme.rank
    on = score if ranking.on == "published" else exact
    barred = [condition for condition, effect in struck_by(t.scheme) if effect.not_ranked]
    if barred:
        flags = t.facts.settled.select(c.alias(str(i)) for i, c in enumerate(barred)).rows()
        out = t.block.enter(t.say("barred"), [float(any(row)) for row in flags])
        t.book.note(t.block.what, t.say("barred"), Reason("recompute.barred"))
        on = t.block.add(t.say("ranked_on"), when(infix("=", Cell(out), 1), MISSING, Cell(on)))
    stated = t.facts.settled_column("rank")

    def build() -> Column:
        place = _place(t, on)
        count = t.block.add(t.say("count"), Over("COUNT", (on,)))
        few = infix("<", Cell(count), t.setting("min_peers", t.scheme.min_peers))
        found = when(few, MISSING, apply("INT", Cell(place)))
        return t.block.add(t.say("rank"), if_numbers((Cell(place),), found))

    t.checked(t.block.attempt(t.say("rank"), build, stated), stated)


def _place(t: Tally, on: Column) -> Column:
    ranking = t.scheme.rank
    if not ranking.tie_break:
        order, columns = "desc" if ranking.better == "high" else "asc", (on,)
        if ranking.ties == "dense":
            columns = (on, t.block.add(t.say("first"), Over("FIRST", (on,))))
        return t.block.add(t.say("place"), Over(f"RANK {ranking.ties} {order}", columns))
    if ranking.ties == "dense":
        raise NotExpressed("recompute.dense_tie_break")
    if ranking.better == "low":
        on = t.block.add(t.say("ranked_on"), if_numbers((Cell(on),), infix("-", 0, Cell(on))))
    breaks = [
        _formula(t, t.say("tie_break"), text, f"tie_{place}", lambda x: when(apply("ISNUMBER", x), x, NEVER))
        for place, text in enumerate(ranking.tie_break)
    ]
    return t.block.add(t.say("place"), Over(f"PLACE {ranking.ties}", (on, *breaks)))


def _grade(t: Tally, score: Column) -> None:
    grades = t.scheme.grades
    if not grades:
        return
    stated = t.facts.settled_column("grade")
    effects = [effect for _, effect in struck_by(t.scheme)]
    bound = any(g.needs_gates for g in grades) or any(e.grade_at_most or e.not_eligible for e in effects)
    if any(g.quota is not None for g in grades) or bound:
        t.block.paste(t.say("grade"), stated, Reason("recompute.quota" if not bound else "recompute.grade_gates"))
        return
    t.checked(t.block.add(t.say("grade"), if_numbers((Cell(score),), _thresholds(t, grades, score))), stated)


def _thresholds(t: Tally, grades: Sequence[Grade], score: Column) -> Expr:
    found: Expr = Word(MISSING)
    for grade in reversed(grades):
        if grade.at_least is None:
            found = Word(grade.name)
            continue
        bound = t.setting(f"grade {grade.name}", grade.at_least)
        found = when(infix(">=", Cell(score), bound), Word(grade.name), found)
    return found

