"""A group as live formulas (指标组成活): children's results become one, with weights and missing rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from junxian.core.scoring.combine import POWERS, by_word, plain_sum
from junxian.core.scoring.model import Criterion, Group, Scheme
from junxian.core.scoring.plan import NodePlan
from junxian.core.scoring.weights import weighted
from junxian.files.recompute.book import Block, Book, Result
from junxian.files.recompute.desk import by_category
from junxian.files.recompute.engine import Facts, differing
from junxian.files.recompute.formula import Given, Term
from junxian.files.recompute.model import (
    MISSING,
    Cell,
    Column,
    Expr,
    Number,
    Over,
    Reason,
    Word,
    apply,
    if_numbers,
    infix,
    rounded,
    total,
    when,
)
from junxian.files.recompute.names import Names
from junxian.files.recompute.rounding import limited, published
from junxian.files.recompute.weighing import weights_of

ROLES = {"renormalise": 1, "own_maximum": 2, "propagate": 3}
SLACK = 5e-9
"""Weighted results of several children may each move by one 10⁻⁹."""


@dataclass
class Bundle:
    """One group being written, with its children's cells."""

    book: Book
    block: Block
    plan: NodePlan
    node: Group
    children: tuple[NodePlan, ...]
    scheme: Scheme
    facts: Facts
    names: Names
    weights: dict[int, Expr] = field(default_factory=dict)
    numbers: dict[str, Expr] = field(default_factory=dict)

    def say(self, title: str) -> str:
        return self.book.say(f"column.{title}")

    def number(self, name: str, value: float) -> Expr:
        """A number of the rule as a parameter, once."""
        if name not in self.numbers:
            self.numbers[name] = self.block.setting(self.book.setting_name(name), value)
        return self.numbers[name]

    def cells(self, child: NodePlan) -> Result:
        return self.book.results[child.index]

    def amount(self, child: NodePlan, what: str) -> Cell:
        """A child's points (p) or maximum (m)."""
        cells = self.cells(child)
        return Cell(cells.points if what == "p" else cells.maximum)

    def counted(self, child: NodePlan, what: str) -> Expr:
        """Whether a child counts: for results those with role 0, for maxima all but role 2."""
        role = Cell(self.cells(child).role)
        return infix("=", role, 0) if what == "p" else infix("<>", role, 2)

    def term(self, child: NodePlan, what: str) -> Expr:
        """A child's amount times its weight, to 10⁻⁹ before anything is added."""
        amount = self.amount(child, what)
        return rounded(infix("*", amount, self.weights[child.index])) if self.weights else amount

    def sum(self, amount: Callable[[NodePlan], Expr], who: str) -> Expr:
        """The sum over the children that count."""
        return total([when(self.counted(child, who), amount(child), 0) for child in self.children])

    def got(self, what: str) -> Expr:
        """The children's sum; texts (what is missing) add nothing, so that plain points need no questions."""
        if what == "p" and not self.weights:
            return rounded(apply("SUM", *(self.amount(child, "p") for child in self.children)))
        return rounded(self.sum(lambda child: self.term(child, what), what))

    def weight(self, what: str) -> Expr:
        return self.sum(lambda child: self.weights.get(child.index, Number(1.0)), what)

    def concerned(self, category: str) -> bool:
        """Whether a category has this node at all."""
        points, named = self.node.points, self.node.applies_to
        return (not named or category in named) and (not isinstance(points, Mapping) or category in points)


def write_group(bundle: Bundle) -> Result:
    """All columns of a group; what a worksheet cannot say is pasted and named."""
    b = bundle
    b.block.head(b.block.what, b.node.clause, _how(b), b.book.say_or(f"weights.{b.node.weights}", ""), "")
    stated = b.facts.node(b.plan, "points")
    label: list[Column | None] = [None]

    def build() -> Column:
        label[0] = None
        if weighted(b.node, b.children):
            b.weights = weights_of(b.block, b.book, b.node, b.children)
        combined, label[0] = _combined(b)
        return combined

    combined = b.block.attempt(b.say("combined"), build, stated)
    if combined.kind == "given":
        return _pasted(b, combined)
    full = b.block.add(b.say("full"), _top(b))
    raw = b.block.add(b.say("restated"), _restated(b, combined, full)) if _is_restated(b) else combined
    maximum = _checked(b, b.block.add(b.say("maximum"), by_category(b.book, lambda c: _maximum(b, full, c))), "maximum")
    got = _result(b, raw, maximum)
    role = b.block.add(b.say("role"), by_category(b.book, lambda c: _role(b, got, c)))
    points = _checked(b, _bounded(b, when(infix("=", Cell(role), 0), Cell(got), MISSING)), "points")
    return Result(points, maximum, role, None, _checked(b, label[0], "label") if label[0] else None)


def _pasted(b: Bundle, points: Column) -> Result:
    """Nothing of the group could be said: its result stands for itself, and counts where there is one."""
    stated = b.facts.node(b.plan, "maximum")
    maximum = b.block.paste(b.say("maximum"), stated, Reason("recompute.with_result"))
    role = b.block.add(b.say("role"), when(apply("ISNUMBER", Cell(points)), 0, 3))
    label = None
    if b.plan.labelled:
        label = b.block.paste(b.say("label"), b.facts.node(b.plan, "label"), Reason("recompute.with_result"))
    return Result(points, maximum, role, None, label)


def _checked(b: Bundle, column: Column, what: str) -> Column:
    stated = b.facts.node(b.plan, what)
    rows = differing(column.values, stated, SLACK)
    if not rows:
        return column
    return b.block.replace(column, stated, Reason("recompute.differs", {"unit": b.book.units[rows[0]].name}))


def _how(b: Bundle) -> str:
    how = b.node.combine
    if how.formula is not None:
        return how.formula
    return "table" if how.table is not None else how.by if how.power is None else f"power {how.power:g}"


def _combined(b: Bundle) -> tuple[Column, Column | None]:
    how, block = b.node.combine, b.block
    if how.formula is not None:
        term = b.names.lowering(block, _words(b)).settled(b.names.understand(how.formula, _words(b)))
        return block.add(b.say("combined"), Term(rounded(term.expr), term.needs, term.guards).closed()), None
    if how.table is not None:
        return _table(b)
    if plain_sum(how):
        full = block.add(b.say("possible"), b.sum(lambda child: b.term(child, "m"), "m"))
        available = block.add(b.say("available"), b.sum(lambda child: b.term(child, "m"), "p"))
        got = Cell(block.add(b.say("sum"), b.got("p")))
        carried = rounded(infix("/", infix("*", got, Cell(full)), Cell(available)))
        none = when(infix("=", Cell(available), 0), MISSING, carried)
        same = infix("=", rounded(infix("-", Cell(full), Cell(available))), 0)
        return block.add(b.say("combined"), when(same, got, none)), None
    return block.add(b.say("combined"), _mean(b, "p")), None


def _mean(b: Bundle, what: str) -> Expr:
    """Any combination by a word or power but the sum, of results or of maxima."""
    how = b.node.combine
    if how.power is None and how.by == "mean":
        weight = Cell(b.block.add(b.say("weight"), b.weight(what)))
        return when(infix("=", weight, 0), MISSING, rounded(infix("/", b.got(what), weight)))
    if how.power is None and how.by in ("minimum", "maximum"):
        return _extreme(b, "MIN" if how.by == "minimum" else "MAX", [b.amount(c, what) for c in b.children], what)
    lifted = {c.index: _lifted(b, c, what) for c in b.children}
    if how.power is None and how.by == "product":
        found: Expr = Number(1.0)
        for child in b.children:
            found = infix("*", found, when(b.counted(child, what), lifted[child.index], 1))
        return rounded(found)
    return _power_mean(b, lifted, POWERS[how.by] if how.power is None else how.power, what)


def _extreme(b: Bundle, function: str, amounts: list[Cell], what: str) -> Expr:
    """MIN or MAX over what counts; a child that does not is an empty text, which a cell may be and a call may not."""
    if what == "p":
        return when(infix(">", apply("COUNT", *amounts), 0), apply(function, *amounts), MISSING)
    kept = [Cell(b.block.add(b.say("step"), when(b.counted(c, what), b.amount(c, what), MISSING))) for c in b.children]
    return when(infix(">", apply("COUNT", *kept), 0), apply(function, *kept), MISSING)


def _lifted(b: Bundle, child: NodePlan, what: str) -> Expr:
    x = b.amount(child, what)
    if b.node.zero_floor is None:
        return x
    floor = b.number("zero_floor", b.node.zero_floor)
    return Cell(b.block.add(b.say("lifted"), if_numbers((x,), when(infix("<=", x, 0), floor, x))))


def _power_mean(b: Bundle, lifted: Mapping[int, Expr], power: float, what: str) -> Expr:
    """(Σ w·x^p / Σ w)^(1/p), geometric for p = 0. A zero makes it zero unless p > 0; below zero it has none."""
    kept = [Cell(b.block.add(b.say("step"), when(b.counted(c, what), lifted[c.index], MISSING))) for c in b.children]
    least = Cell(b.block.add(b.say("least"), when(infix(">", apply("COUNT", *kept), 0), apply("MIN", *kept), MISSING)))
    weight = Cell(b.block.add(b.say("weight"), b.weight(what)))
    p = None if power == 0 else b.number("power", power)
    terms = []
    for child, x in zip(b.children, kept, strict=True):
        moved = apply("LN", x) if p is None else infix("^", x, p)
        own = moved if not b.weights else infix("*", moved, b.weights[child.index])
        terms.append(when(apply("ISNUMBER", x), when(infix(">", x, 0), own, 0), 0))
    mean = Cell(b.block.add(b.say("mean"), if_numbers((least,), infix("/", total(terms), weight))))
    value = apply("EXP", mean) if p is None else infix("^", mean, infix("/", 1, p))
    back = when(infix(">", least, 0), value, 0) if power <= 0 else when(infix(">", mean, 0), value, 0)
    return if_numbers((least,), when(infix(">=", least, 0), rounded(back), MISSING))


def _words(b: Bundle) -> dict[str, Given]:
    """Names a combining formula may use: a child's result by its key, its value as `key值`."""
    words: dict[str, Given] = {}
    for child in b.children:
        key, cells = child.node.key, b.cells(child)
        words[key] = cells.points
        if isinstance(child.node, Criterion) and cells.value is not None:
            words |= {f"{key}值": cells.value, f"{key}_value": cells.value}
    return words


def _table(b: Bundle) -> tuple[Column, Column]:
    """The first line whose condition holds decides; one that is unknown decides nothing, and neither do those after."""
    rows = b.node.combine.table or ()
    into, words = b.names.lowering(b.block, _words(b)), _words(b)
    label: Expr = Word(MISSING)
    score: Expr = Word(MISSING)
    for place in range(len(rows) - 1, -1, -1):
        row = rows[place]
        given = row.score if isinstance(row.then, str) else row.then
        own = Word(MISSING) if given is None else b.number(f"row_{place + 1}", float(given))
        if not row.when:
            label, score = Word(str(row.then)), own
            continue
        holds = into.truth(into.strict(b.names.understand(row.when, words).plan))
        label = if_numbers((holds,), when(infix("=", holds, 1), Word(str(row.then)), label))
        score = if_numbers((holds,), when(infix("=", holds, 1), own, score))
    named = b.block.add(b.say("label"), label)
    return b.block.add(b.say("combined"), score), named


def _top(b: Bundle) -> Expr:
    """The result that the children's maxima come to; of an author's formula or table, the greatest of them."""
    if plain_sum(b.node.combine):
        return b.sum(lambda child: b.term(child, "m"), "m")
    if by_word(b.node.combine):
        return _mean(b, "m")
    return apply("MAX", *(b.amount(child, "m") for child in b.children))


def _adds_up(b: Bundle) -> bool:
    return plain_sum(b.node.combine) and all(child.node.points is not None for child in b.children)


def _is_restated(b: Bundle) -> bool:
    return b.node.of_maximum is not None or b.node.scale is not None or (b.node.points is not None and not _adds_up(b))


def _own_points(b: Bundle, category: str) -> Expr | None:
    points = b.node.points
    if isinstance(points, Mapping):
        if category not in points:
            return None
        if "full" not in b.numbers:
            b.numbers["full"] = b.block.setting(b.book.setting_name("full"), points)
        return b.numbers["full"]
    return None if points is None else b.number("full", points)


def _restated(b: Bundle, combined: Column, full: Column) -> Expr:
    return by_category(b.book, lambda category: _restated_in(b, combined, full, category))


def _restated_in(b: Bundle, combined: Column, full: Column, category: str) -> Expr:
    """Restate to the group's points, scale or share of its own maximum."""
    node, result = b.node, Cell(combined)
    found: Expr = result
    needs: tuple[Expr, ...] = (result,)
    divides = False
    if node.of_maximum is not None:
        found, divides = (
            rounded(infix("/", infix("*", found, b.number("of_maximum", node.of_maximum)), Cell(full))),
            True,
        )
    elif node.points is not None and not _adds_up(b):
        own = _own_points(b, category)
        if own is None:
            return Word(MISSING)
        found, divides = rounded(infix("/", infix("*", found, own), Cell(full))), True
    if node.scale is not None:
        found = rounded(infix("*", found, b.number("scale", node.scale)))
    if divides:
        needs = (*needs, Cell(full))
        found = when(infix("=", Cell(full), 0), MISSING, found)
    return if_numbers(needs, found)


def _maximum(b: Bundle, full: Column, category: str) -> Expr:
    node = b.node
    scale = Number(1.0) if node.scale is None else b.number("scale", node.scale)
    if not b.concerned(category):
        return Number(0.0)
    if node.of_maximum is not None:
        most: Expr = rounded(infix("*", b.number("of_maximum", node.of_maximum), scale))
    elif node.points is not None and not _adds_up(b):
        most = rounded(infix("*", _own_points(b, category) or Number(0.0), scale))
    else:
        most = if_numbers(
            (Cell(full),), rounded(infix("*", Cell(full), scale) if node.scale is not None else Cell(full))
        )
    return most if node.at_most is None else apply("MIN", most, b.number("at_most", node.at_most))


def _result(b: Bundle, raw: Column, maximum: Column) -> Column:
    """Nothing where too few children count, unless the scheme lets something stand in for that."""
    least, action = b.node.min_available, b.scheme.missing.undefined
    found = raw
    if least >= 1:
        few = infix("<", b.sum(lambda _: Number(1.0), "p"), b.number("min_available", int(least)))
        found = b.block.add(b.say("enough"), when(few, MISSING, Cell(raw)))
    elif least > 0:
        share = b.number("min_available", least)
        few = infix("<", rounded(b.weight("p")), rounded(infix("*", share, b.weight("m"))))
        found = b.block.add(b.say("enough"), when(few, MISSING, Cell(raw)))
    if action in ROLES:
        return found
    stand_in: Expr = Number(0.0)
    if action == "full":
        stand_in = Cell(maximum)
    elif action == "mean":
        mean = Cell(b.block.add(b.say("peers_mean"), Over("AVERAGE", (found,))))
        stand_in = if_numbers((mean,), rounded(mean))
    return b.block.add(b.say("stood_in"), when(apply("ISNUMBER", Cell(found)), Cell(found), stand_in))


def _role(b: Bundle, got: Column, category: str) -> Expr:
    """A group counts when its children do, and is left out as the mildest of them where none does."""
    if not b.concerned(category):
        return Number(2.0)
    roles = [Cell(b.cells(child).role) for child in b.children]
    undefined = ROLES.get(b.scheme.missing.undefined, 3)
    own = when(apply("ISNUMBER", Cell(got)), 0, undefined)
    mildest = apply("MIN", *roles)
    counted = when(infix(">", mildest, 0), mildest, own)
    return when(infix("=", apply("MAX", *roles), 3), 3, counted)


def _bounded(b: Bundle, result: Expr) -> Column:
    """The group's own cap, floor and rounding."""
    node = b.node
    if node.at_most is None and node.at_least is None and node.round is None:
        return b.block.add(b.say("points"), result)
    held = Cell(b.block.add(b.say("raw_points"), result))
    kept = limited(held, node, b.number)
    if node.round is None:
        return b.block.add(b.say("points"), if_numbers((held,), kept))
    if kept != held:
        held = Cell(b.block.add(b.say("limited"), if_numbers((held,), kept)))
    return b.block.add(b.say("points"), if_numbers((held,), published(held, node.round)))
