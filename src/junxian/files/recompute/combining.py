"""Combining (合成成活): sums, means and powers of children's results, the author's formula, or his decision table."""

from __future__ import annotations

from collections.abc import Mapping

from junxian.core.scoring import Criterion
from junxian.core.scoring.combine import POWERS, by_word, plain_sum
from junxian.core.scoring.plan import NodePlan
from junxian.files.recompute.bundle import Bundle
from junxian.files.recompute.formula import Given, Term
from junxian.files.recompute.model import (
    MISSING,
    Cell,
    Column,
    Expr,
    Number,
    Word,
    apply,
    if_numbers,
    infix,
    rounded,
    total,
    when,
)


def combined_of(b: Bundle) -> tuple[Column, Column | None]:
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


def top_of(b: Bundle) -> Expr:
    """The result that the children's maxima come to; of an author's formula or table, the greatest of them."""
    if plain_sum(b.node.combine):
        return b.sum(lambda child: b.term(child, "m"), "m")
    if by_word(b.node.combine):
        return _mean(b, "m")
    return apply("MAX", *(b.amount(child, "m") for child in b.children))
