"""Compiling a criterion (指标项): value, references, mark, state, role, points — one column each, one stage after another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from operator import or_

import narwhals as nw

from junxian.core.errors import RuleError
from junxian.core.formulas.model import Formula, Leaf
from junxian.core.scoring import marks
from junxian.core.scoring.exact import NANO, bounded, from_nano, publish, to_nano
from junxian.core.scoring.marks import Bench, pick
from junxian.core.scoring.methods import (
    ByFormula, HitThenRank, Ladder, Method, Percentile, RankLinear, RankStep, RankTable, ZScore,
)  # fmt: skip
from junxian.core.scoring.model import Criterion, GrowthCases, Missing, Rounding, Winsorise
from junxian.core.scoring.plan import Draft, by_group, over

VALUE, PULLED, REFERENCE, REFERENCE_2, MARK, PEERS, STATE, POINTS = 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0
TIES = {"shared": "min", "dense": "dense", "average": "average", "last": "max"}
AMOUNTS = ("target", "reference", "standard", "low", "high", "width", "range", "mean")
STATISTIC = re.compile(r"min|max|mean|median|p(\d{1,2}(?:\.\d+)?)")
ROLE = {"renormalise": 1, "own_maximum": 2, "propagate": 3}
UNDEFINED = 4


def compile_criterion(draft: Draft, k: int, node: Criterion) -> dict[str, object]:
    """Add the criterion's stages; returns the facts its NodePlan keeps (formula, amounts, references, leaves)."""
    where = f"{draft.scheme.id}·{node.key}"
    with draft.carrying(node.carry):
        formula = _moved(draft, node, draft.understand(node.value, where))
    ratio = _unit_ratio(draft, formula, node)
    compiled = draft.column(formula, f"c{k}", VALUE, ratio, last=lambda value: _quantised(value, node))
    if compiled.case is not None and node.growth is not None:
        base = compiled.base if compiled.base is not None else nw.lit(None, nw.Float64)
        draft.add(VALUE, compiled.case.alias(f"c{k}_case"), base.alias(f"c{k}_base"))
    x = _pulled(draft, k, node, node.growth if compiled.case is not None else None)
    amounts, references = _references(draft, k, node, x, where)
    bench = Bench(nw.col(x), _full(node), node.direction != "-", references)
    _mark(draft, k, node, bench, compiled.case is not None)
    if isinstance(node.method, Ladder) and any(step.name for step in node.method.steps):
        nothing = nw.lit(None, nw.String)
        draft.add(MARK, marks.rung(node.method, nw.col(x), lambda step: step.name, nothing).alias(f"c{k}g"))
    read = draft.leaves_of(formula)
    leaves = tuple(dict.fromkeys(read + tuple(leaf for f in amounts.values() for leaf in draft.leaves_of(f))))
    _state_and_points(draft, k, node, read)
    return {
        "formula": formula, "amounts": amounts, "references": references, "leaves": leaves, "factor": ratio,
        "labelled": isinstance(node.method, Ladder) and any(step.name for step in node.method.steps),
    }  # fmt: skip


def _unit_ratio(draft: Draft, formula: Formula, node: Criterion) -> float:
    """What turns the formula's own unit into the one the criterion declares; RuleError where they do not agree."""
    if not node.unit or not formula.unit or formula.unit == node.unit:
        return 1.0
    return draft.vocabulary.units.factor(formula.unit, node.unit)


def _moved(draft: Draft, node: Criterion, formula: Formula) -> Formula:
    """A lagged criterion (错月) reads every figure that many months earlier."""
    return draft.understand(f"上期({node.value}, {node.lag})", node.key) if node.lag else formula


def _quantised(value: nw.Expr, node: Criterion) -> nw.Expr:
    """Values are compared at 10⁻⁹ (or the declared decimals, halves away from zero), so that equal figures tie."""
    if node.decimals is None:
        return value.round(9)
    return from_nano(publish(to_nano(value), Rounding(places=node.decimals)))


def _pulled(draft: Draft, k: int, node: Criterion, growth: GrowthCases | None) -> str:
    """The column marks read: the value, winsorised and, over a tiny base, clipped where the rules say so."""
    x = f"c{k}"
    if growth and growth.small_base is not None and growth.small_base_clip is not None:
        given = growth.small_base
        floor = nw.lit(float(given)) if isinstance(given, int | float) else nw.col(_amount(draft, k, "small_base", given, node.key)[0])
        tiny = (nw.col(f"c{k}_base") > 0) & (nw.col(f"c{k}_base") < floor)
        clipped = pick(tiny, marks.within(nw.col(x), *growth.small_base_clip), nw.col(x))
        draft.add(VALUE + 0.4, clipped.alias(f"c{k}_clipped"))
        x = f"c{k}_clipped"
    if node.winsorise is None:
        return x
    low, high = _fences(nw.col(x), node.winsorise)
    draft.add(VALUE + 0.6, low.alias(f"c{k}_fence_low"), high.alias(f"c{k}_fence_high"))
    value, below, above = nw.col(x), nw.col(f"c{k}_fence_low"), nw.col(f"c{k}_fence_high")
    draft.add(PULLED, pick(value < below, below, pick(value > above, above, value)).alias(f"c{k}w"))
    return f"c{k}w"


def _fences(x: nw.Expr, rule: Winsorise) -> tuple[nw.Expr, nw.Expr]:
    if rule.lowest or rule.highest:
        up, down = over(x.rank(method="min")), over(x.rank(method="min", descending=True))
        low = over(nw.when(up > rule.lowest).then(x).otherwise(None).min())
        return low, over(nw.when(down > rule.highest).then(x).otherwise(None).max())
    low = over(x.quantile(rule.lower, interpolation=rule.interpolation))
    return low, over(x.quantile(rule.upper, interpolation=rule.interpolation))


def _full(node: Criterion) -> nw.Expr:
    return nw.lit(1.0) if node.points is None else by_group(node.points)


def _amount(draft: Draft, k: int, name: str, given: object, where: str) -> tuple[str, Formula | None]:
    """The column of an amount: a number, a formula, or one of them per group."""
    column = f"c{k}_{name}"
    if isinstance(given, str):
        formula = draft.understand(given, f"{where}·{name}")
        draft.column(formula, column, VALUE)
        return column, formula
    if isinstance(given, Mapping):
        found: nw.Expr = nw.lit(None, nw.Float64)
        for place, (group, amount) in enumerate(given.items()):
            part = nw.lit(float(amount)) if isinstance(amount, int | float) else nw.col(f"{column}_{place}")
            if isinstance(amount, str):
                _amount(draft, k, f"{name}_{place}", amount, where)
            found = nw.when(nw.col("group") == group).then(part).otherwise(found)
        draft.add(VALUE + 0.3, found.alias(column))
        return column, None
    raise RuleError("scoring.amount_unreadable", where=f"{where}·{name}", given=given)


def _references(
    draft: Draft, k: int, node: Criterion, x: str, where: str
) -> tuple[dict[str, Formula], dict[str, str | float]]:
    method = node.method
    amounts: dict[str, Formula] = {}
    columns: dict[str, str | float] = {}
    for name in AMOUNTS:
        given = getattr(method, name, None)
        if given is None:
            continue
        if isinstance(given, str) and (found := STATISTIC.fullmatch(given)):
            draft.add(REFERENCE, _statistic(nw.col(x), given, found[1]).alias(f"c{k}_{name}"))
            columns[name] = f"c{k}_{name}"
            continue
        if isinstance(given, int | float):
            columns[name] = float(given)
            continue
        columns[name], formula = _amount(draft, k, name, given, where)
        if formula is not None:
            amounts[name] = formula
    if isinstance(method, ByFormula):
        amounts["mark"] = _mark_formula(draft, k, method, x, where)
        columns["mark"] = f"c{k}_mark"
    columns |= _places(draft, k, node, x, columns.get("target"))
    return amounts, columns


def _statistic(x: nw.Expr, word: str, quantile: str | None) -> nw.Expr:
    if quantile is not None:
        return over(x.quantile(float(quantile) / 100, interpolation="linear"))
    return over(getattr(x, word)())


def _mark_formula(draft: Draft, k: int, method: ByFormula, x: str, where: str) -> Formula:
    with draft.also({"x": x}):
        formula = draft.understand(method.mark, f"{where}·formula")
        draft.column(formula, f"c{k}_mark", REFERENCE_2)
    return formula


def _places(draft: Draft, k: int, node: Criterion, x: str, given: str | float | None) -> dict[str, str]:
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
        keep("rank", over(value.rank(method=ties, descending=down)))  # type: ignore[arg-type]
    if isinstance(method, RankLinear | Percentile):
        keep("n", over(value.count()))
    if isinstance(method, Percentile):
        how = {"below": "min", "at_or_below": "max", "midpoint": "average"}[method.form]
        keep("place", over(value.rank(method=how, descending=not down)))  # type: ignore[arg-type]
    if isinstance(method, ZScore):
        spread = nw.lit(method.sd) if isinstance(method.sd, float) else over(value.std(ddof=int(method.sd == "sample")))
        keep("sd", spread)
    if isinstance(method, HitThenRank):
        target = marks.column_of(given)
        above = pick((value > target) if down else (value < target), value, None)
        keep("above", above)
        keep("rank_above", over(nw.col(columns["above"]).rank(method=ties, descending=down)), REFERENCE_2)  # type: ignore[arg-type]
    return columns


CASES = {1: "net_increase", 2: "zero_to_zero", 3: "loss_to_profit", 5: "widened", 6: "profit_to_loss"}


def _mark(draft: Draft, k: int, node: Criterion, bench: Bench, growth: bool) -> None:
    mark = marks.MARKS[node.method.kind](node.method, bench)
    if growth and node.growth is not None:
        mark = _with_growth_cases(mark, k, node.growth, node.method.scale)
    draft.add(MARK, mark.alias(f"c{k}f"))
    draft.add(MARK + 0.5, to_nano(nw.col(f"c{k}f")).alias(f"c{k}n"))
    if "mean" in _actions(node, draft.scheme.missing).values() or (growth and _wants_mean(node.growth)):
        mean = over(nw.col(f"c{k}n").cast(nw.Float64).mean())
        draft.add(PEERS, (mean + 0.5).floor().cast(nw.Int64).alias(f"c{k}_peer_mean"))


def _wants_mean(growth: GrowthCases | None) -> bool:
    return growth is not None and "mean" in (growth.net_increase, growth.zero_to_zero)


def _with_growth_cases(mark: nw.Expr, k: int, growth: GrowthCases, scale: float) -> nw.Expr:
    case = nw.col(f"c{k}_case")
    for code, name in CASES.items():
        share = getattr(growth, name)
        mark = pick(case == code, share * scale if isinstance(share, float) else marks.None_(), mark)
    if isinstance(growth.narrowed, tuple):
        low, high = growth.narrowed
        share = low + (high - low) * marks.within(nw.col(f"c{k}") / 100, 0.0, 1.0)
        return pick(case == 4, share * scale, mark)
    return pick(case == 4, marks.None_(), mark)


def _actions(node: Criterion, scheme: Missing) -> dict[str, str]:
    return {
        state: getattr(node.missing, state) or getattr(scheme, state)
        for state in ("late", "not_reported", "not_applicable", "undefined")
    }


def _state_and_points(draft: Draft, k: int, node: Criterion, leaves: tuple[Leaf, ...]) -> None:
    """State, role, result and maximum: absence first becomes a state, then what the rules make of that state.

    Where no unit lacks a mark, the second, short form is the same thing without the questions.
    """
    full, ratio = _full_points(node)
    points = to_nano(nw.col(f"c{k}f"), ratio)
    maximum = (full.fill_null(0.0) * NANO + 0.5).floor().cast(nw.Int64).alias(f"c{k}m")
    if not _is_partial(node):
        role_0 = nw.lit(0).cast(nw.Int8).alias(f"c{k}o")
        draft.when_complete(k, (POINTS, bounded(points, node).alias(f"c{k}p")), (POINTS, role_0), (POINTS, maximum))
    role = nw.when(points.is_null()).then(nw.lit(3)).otherwise(nw.lit(0))
    for absent, action in _absences(draft, k, node):
        if action in ROLE:
            role = nw.when(absent).then(nw.lit(ROLE[action])).otherwise(role)
            continue
        stood_in = (_stand_in(k, action, node.method).cast(nw.Float64) * ratio + 0.5).floor().cast(nw.Int64)
        points = nw.when(absent).then(stood_in).otherwise(points)
        role = nw.when(absent & ~stood_in.is_null()).then(nw.lit(0)).otherwise(role)
    if _is_partial(node):
        role = nw.when(full.is_null()).then(nw.lit(2)).otherwise(role)
        points = nw.when(full.is_null()).then(None).otherwise(points)
    state = _state(k, [draft.leaf(leaf) for leaf in leaves]).alias(f"c{k}t")
    points, role = bounded(points, node).alias(f"c{k}p"), role.cast(nw.Int8).alias(f"c{k}o")
    draft.with_absences(k, (STATE, state), (POINTS, points), (POINTS, role), (POINTS, maximum))


def _is_partial(node: Criterion) -> bool:
    """Whether some group may have no such criterion at all."""
    return isinstance(node.points, Mapping) or bool(node.applies_to)


def _full_points(node: Criterion) -> tuple[nw.Expr, nw.Expr | float]:
    """Full points as a column expression, and what turns a mark into points."""
    if not _is_partial(node):
        points = node.method.scale if node.points is None else float(node.points)  # type: ignore[arg-type]
        return nw.lit(points), points / node.method.scale
    full = nw.lit(node.method.scale) if node.points is None else by_group(node.points)
    if node.applies_to:
        full = nw.when(nw.col("group").is_in(list(node.applies_to))).then(full).otherwise(None)
    return full, full / node.method.scale


def _state(k: int, columns: list[str]) -> nw.Expr:
    missing = [nw.when(nw.col(c).is_null()).then(nw.col(f"{c}s").fill_null(2)).otherwise(nw.lit(0)) for c in columns]
    late = [nw.col(f"{c}s") == 1 for c in columns]
    absent = nw.max_horizontal(*missing) if len(missing) > 1 else missing[0] if missing else nw.lit(0)
    tardy = reduce(or_, late).fill_null(False) if late else nw.lit(False)
    code = nw.when(absent > 0).then(absent).otherwise(nw.lit(UNDEFINED))
    plain = nw.when(tardy).then(nw.lit(1)).otherwise(nw.lit(0))
    return nw.when(nw.col(f"c{k}f").is_null()).then(code).otherwise(plain).cast(nw.Int8)


def _absences(draft: Draft, k: int, node: Criterion) -> list[tuple[nw.Expr, str]]:
    """Each way of having no mark with its action; actions shared by several states are said once."""
    actions, state = _actions(node, draft.scheme.missing), nw.col(f"c{k}t")
    nothing = nw.col(f"c{k}f").is_null()
    by_action: dict[str, list[int]] = {}
    for name, code in (("late", 1), ("not_reported", 2), ("not_applicable", 3), ("undefined", UNDEFINED)):
        by_action.setdefault(actions[name], []).append(code)
    found = []
    for action, codes in by_action.items():
        met = nothing if len(codes) == 4 else nothing & reduce(or_, (state == code for code in codes))
        found.append((met, action))
    if node.growth is not None and _wants_mean(node.growth):
        for code, name in ((1, "net_increase"), (2, "zero_to_zero")):
            if getattr(node.growth, name) == "mean":
                found.append((nothing & (nw.col(f"c{k}_case") == code), "mean"))
    return found


def _stand_in(k: int, action: str, method: Method) -> nw.Expr:
    """The mark, in 10⁻⁹, that an absence earns under an action."""
    if action == "mean":
        return nw.col(f"c{k}_peer_mean")
    mark = {"zero": 0.0, "full": method.scale, "floor": marks.lowest(method)}[action]
    return nw.lit(round(mark * NANO))
