"""A group as live formulas (指标组成活): children's results become one, with weights and missing rules."""

from __future__ import annotations

from collections.abc import Mapping

from junxian.core.scoring.combine import plain_sum
from junxian.core.scoring.weights import weighted
from junxian.files.recompute.book import Result
from junxian.files.recompute.bundle import Bundle
from junxian.files.recompute.combining import combined_of, top_of
from junxian.files.recompute.desk import by_category
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
    when,
)
from junxian.files.recompute.points import bounded
from junxian.files.recompute.weighing import weights_of

ROLES = {"renormalise": 1, "own_maximum": 2, "propagate": 3}


def write_group(bundle: Bundle) -> Result:
    """All columns of a group; what a worksheet cannot say is pasted and named."""
    b = bundle
    b.block.head(b.block.what, b.node.clause, _how(b), b.book.say_or(f"weights.{b.node.weights}", ""), "")
    stated = b.facts.node(b.plan, "points")
    label: list[Column | None] = [None]

    def build() -> Column:
        label[0] = None
        if weighted(b.node, b.children) and not b.again:
            b.weights = weights_of(b.block, b.book, b.node, b.children)
            b.book.weights[b.plan.index] = b.weights
        combined, label[0] = combined_of(b)
        return combined

    combined = b.block.attempt(b.say("combined"), build, stated)
    if combined.kind == "given":
        return _pasted(b, combined)
    full = b.block.add(b.say("full"), top_of(b))
    raw = b.block.add(b.say("restated"), _restated(b, combined, full)) if _is_restated(b) else combined
    maximum = b.checked(b.block.add(b.say("maximum"), by_category(b.book, lambda c: _maximum(b, full, c))), "maximum")
    got = _result(b, raw, maximum)
    role = b.block.add(b.say("role"), by_category(b.book, lambda c: _role(b, got, c)))
    points = b.checked(bounded(b, when(infix("=", Cell(role), 0), Cell(got), MISSING)), "points")
    return Result(points, maximum, role, None, b.checked(label[0], "label") if label[0] else None)


def _pasted(b: Bundle, points: Column) -> Result:
    """Nothing of the group could be said: its result stands for itself, and counts where there is one."""
    stated = b.facts.node(b.plan, "maximum")
    maximum = b.block.paste(b.say("maximum"), stated, Reason("recompute.with_result"))
    role = b.block.add(b.say("role"), when(apply("ISNUMBER", Cell(points)), 0, 3))
    label = None
    if b.plan.labelled:
        label = b.block.paste(b.say("label"), b.facts.node(b.plan, "label"), Reason("recompute.with_result"))
    return Result(points, maximum, role, None, label)


def _how(b: Bundle) -> str:
    how = b.node.combine
    if how.formula is not None:
        return how.formula
    return "table" if how.table is not None else how.by if how.power is None else f"power {how.power:g}"


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
