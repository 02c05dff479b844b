"""Reference values (参照值): what a method reads besides the value, as columns: goalposts, targets, places, spreads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import log, log10, sqrt

import narwhals as nw

from junxian.core.errors import RuleError
from junxian.core.formulas.model import Formula
from junxian.core.scoring.marks import column_of, pick, transformed
from junxian.core.scoring.methods import (
    Amount,
    Between,
    ByFormula,
    ExponentialEfficacy,
    HitThenRank,
    Ladder,
    Percentile,
    RankLinear,
    RankStep,
    RankTable,
    ZScore,
)  # fmt: skip
from junxian.core.scoring.model import Criterion
from junxian.core.scoring.plan import VALUE, Draft, over

REFERENCE, SECOND, THIRD = 12.0, 13.0, 13.4
TIES = {"shared": "min", "dense": "dense", "average": "average", "last": "max"}
AMOUNTS = ("target", "reference", "standard", "low", "high", "width", "range", "mean", "sd")
STATISTIC = re.compile(r"min|max|mean|median|p(\d{1,2}(?:\.\d+)?)")
SPREADS = {"population": 0, "sample": 1}
EQUAL = 5e-10  # values lie on a grid of 10⁻⁹, so goalposts nearer to each other than this are one

Given = str | float
"""The column a reference stands in, or the number it is."""


def references_of(
    draft: Draft, k: int, node: Criterion, x: str, where: str
) -> tuple[dict[str, Formula], dict[str, Given]]:
    """Formulas read as amounts, and each reference by its name. RuleError where one cannot be read."""
    method = node.method
    amounts: dict[str, Formula] = {}
    found: dict[str, Given] = {}
    wanted = {name: getattr(method, name, None) for name in AMOUNTS}
    if isinstance(method, Ladder):
        wanted |= {f"step_{place}": step.at_least for place, step in enumerate(method.steps)}
    for name, given in wanted.items():
        if given is None or (name == "sd" and isinstance(given, str) and given in SPREADS):
            continue
        if isinstance(given, str) and (word := STATISTIC.fullmatch(given)):
            found[name] = f"c{k}_{name}"
            draft.add(REFERENCE, _statistic(nw.col(x), given, word[1]).alias(f"c{k}_{name}"))
            continue
        found[name], read = amount_of(draft, k, name, given, where)
        amounts |= read
    if isinstance(method, ByFormula):
        with draft.also({"x": x}):
            amounts["mark"] = draft.understand(method.mark, f"{where}·formula")
            draft.column(amounts["mark"], f"c{k}_mark", SECOND)
        found["mark"] = f"c{k}_mark"
    if isinstance(method, Between | ExponentialEfficacy):
        found |= _goalposts(draft, k, node, found)
    return amounts, found | _places(draft, k, node, x, found.get("target"))


def amount_of(draft: Draft, k: int, name: str, given: Amount, where: str) -> tuple[Given, dict[str, Formula]]:
    """The number, or the column of a formula or of one of them per group, with the formulas read.

    Formulas are compared with values, so they too are taken at 10⁻⁹.
    """
    column = f"c{k}_{name}"
    if isinstance(given, int | float):
        return float(given), {}
    if isinstance(given, str):
        formula = draft.understand(given, f"{where}·{name}")
        draft.column(formula, column, VALUE, last=lambda value: value.round(9))
        return column, {name: formula}
    found: nw.Expr = nw.lit(None, nw.Float64)
    formulas: dict[str, Formula] = {}
    for place, (group, amount) in enumerate(given.items()):
        part, read = amount_of(draft, k, f"{name}_{place}", amount, where)
        found = nw.when(nw.col("group") == group).then(column_of(part)).otherwise(found)
        formulas |= read
    draft.add(VALUE + 0.3, found.alias(column))
    return column, formulas


def _statistic(x: nw.Expr, word: str, quantile: str | None) -> nw.Expr:
    if quantile is not None:
        return over(x.quantile(float(quantile) / 100, interpolation="linear"))
    return over(getattr(x, word)())


_PLAIN: dict[str, Callable[[float], float]] = {"ln": log, "log10": log10, "sqrt": sqrt, "square": lambda x: x * x}


def _goalposts(draft: Draft, k: int, node: Criterion, found: Mapping[str, Given]) -> dict[str, Given]:
    """start: the worse goalpost; span: how far the better one is, 0 where they are one; stride: span to divide by."""
    how = getattr(node.method, "transform", "none")
    worse, better = ("low", "high") if node.direction != "-" else ("high", "low")
    start, end = found[worse], found[better]
    if isinstance(start, float) and isinstance(end, float):
        plain = _PLAIN.get(how, float)
        if (how in ("ln", "log10") and min(start, end) <= 0) or (how == "sqrt" and min(start, end) < 0):
            where = f"{draft.scheme.id}·{node.key}"
            raise RuleError("scoring.goalpost_not_positive", where=where, value=min(start, end), transform=how)
        span = 0.0 if start == end else plain(end) - plain(start)
        return {"start": plain(start), "span": span, "stride": span or 1.0}
    names: dict[str, Given] = {name: f"c{k}_{name}" for name in ("start", "span", "stride")}
    near = transformed(column_of(start), how)
    far = transformed(column_of(end), how) - near
    span_column = nw.col(f"c{k}_span")
    draft.add(SECOND, near.alias(f"c{k}_start"), pick(far.abs() < EQUAL, 0.0, far).alias(f"c{k}_span"))
    draft.add(THIRD, pick(span_column == 0, 1.0, span_column).alias(f"c{k}_stride"))
    return names


def _places(draft: Draft, k: int, node: Criterion, x: str, target: Given | None) -> dict[str, str]:
    """Places among the peers and the spread, for the methods that read them."""
    method, value, down = node.method, nw.col(x), node.direction == "+"
    ties = TIES[node.ties or draft.scheme.ties]
    columns: dict[str, str] = {}

    def keep(name: str, expression: nw.Expr, stage: float = REFERENCE) -> None:
        columns[name] = f"c{k}_{name}"
        draft.add(stage, expression.alias(columns[name]))

    ranked = isinstance(method, RankStep | RankLinear | RankTable | Percentile | HitThenRank)
    if ranked and node.direction == "band":
        raise RuleError("scoring.band_has_no_rank", where=f"{draft.scheme.id}·{node.key}", method=method.kind)
    if isinstance(method, RankStep | RankLinear | RankTable):
        keep("rank", _rank(value, ties, down=down))
    if isinstance(method, RankLinear | Percentile):
        keep("n", over(value.count()).cast(nw.Float64))
    if isinstance(method, Percentile):
        how = {"below": "min", "at_or_below": "max", "midpoint": "average"}[method.form]
        keep("place", _rank(value, how, down=not down))
    if isinstance(method, ZScore) and isinstance(method.sd, str) and method.sd in SPREADS:
        spread = over(value.std(ddof=SPREADS[method.sd]))
        keep("sd", pick(over(value.max()) > over(value.min()), spread, 0.0))  # equal figures leave noise, not zero
    if isinstance(method, HitThenRank):
        bound = column_of(target)
        keep("above", pick((value > bound) if down else (value < bound), value, None), SECOND)
        keep("rank_above", _rank(nw.col(columns["above"]), ties, down=down), THIRD)
    return columns


def _rank(value: nw.Expr, how: str, *, down: bool) -> nw.Expr:
    return over(value.rank(method=how, descending=down)).cast(nw.Float64)  # type: ignore[arg-type]
