"""Amounts of a method (计分参照): targets, extremes and places as parameters or as columns, by category."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from junxian.core.scoring import methods as m
from junxian.files.recompute.desk import Desk, by_category
from junxian.files.recompute.model import (
    MISSING,
    Cell,
    Column,
    Expr,
    Number,
    Over,
    Word,
    if_numbers,
    infix,
    rounded,
    when,
)

AMOUNTS = ("target", "reference", "standard", "low", "high", "width", "range", "mean", "sd")
STATISTICS = {"min": "MIN", "max": "MAX", "mean": "AVERAGE", "median": "MEDIAN"}
SPREADS = {"sample": "SPREAD", "population": "SPREADP"}
QUANTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)")
Amount = Mapping[str, Expr | None]
"""What an amount is in each category; None where the rule names none."""


def amounts_of(desk: Desk, x: Column) -> dict[str, Amount]:
    method = desk.node.method
    found = {
        name: amount(desk, x, name, given) for name in AMOUNTS if (given := getattr(method, name, None)) is not None
    }
    if isinstance(method, m.Ladder):
        for place, step in enumerate(method.steps):
            if step.at_least is not None:
                found[f"step_{place}"] = amount(desk, x, f"bound_{place + 1}", step.at_least)
    if isinstance(method, m.ByFormula):
        formula = desk.names.understand(method.mark, ("x",))
        term = desk.names.lowering(desk.block, {"x": x}).formula(formula)
        found["mark"] = dict.fromkeys(desk.book.categories, Cell(desk.block.add(desk.say("by_formula"), term.closed())))
    return found | _places(desk, x, found.get("target"))


def amount(desk: Desk, x: Column, name: str, given: object) -> Amount:
    """An amount of the method: a number, a statistic of the peers, a formula, or one of them per category."""
    categories = desk.book.categories
    if isinstance(given, Mapping):
        numbers = {c: float(v) for c, v in given.items() if isinstance(v, int | float)}
        told = desk.block.setting(desk.book.setting_name(name), numbers) if numbers else Number(0.0)
        texts = {v: _read(desk, x, name, v) for v in dict.fromkeys(given.values()) if isinstance(v, str)}
        return {c: texts.get(given[c], told) if c in given else None for c in categories}
    if isinstance(given, str):
        return dict.fromkeys(categories, _read(desk, x, name, given))
    assert isinstance(given, int | float)
    return dict.fromkeys(categories, desk.number(name, float(given)))


def _read(desk: Desk, x: Column, name: str, text: str) -> Expr:
    title = desk.book.setting_name(name)
    if text in STATISTICS or (name == "sd" and text in SPREADS):
        return Cell(desk.block.add(title, Over((STATISTICS | SPREADS)[text], (x,))))
    if word := QUANTILE.fullmatch(text):
        share = desk.number(f"{name}_quantile", float(word[1]) / 100)
        return Cell(desk.block.add(title, Over("PERCENTILE", (x,), (share,))))
    found = desk.lowering.settled(desk.names.understand(text))
    return Cell(desk.block.add(title, replace(found, expr=rounded(found.expr)).closed()))


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
    columns = [x]
    if ties == "dense":
        columns.append(desk.block.add(desk.say("first"), Over("FIRST", (x,))))
    return desk.block.add(desk.say("rank"), Over(f"RANK {ties} {order}", tuple(columns)))
