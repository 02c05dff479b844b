"""Compiling a criterion (指标项): value, references, mark, state, role, points, one stage after another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from math import floor
from operator import or_

import narwhals as nw

from junxian.core.errors import RuleError
from junxian.core.formulas.model import Formula, Leaf
from junxian.core.scoring import marks
from junxian.core.scoring.exact import NANO, bounded, from_nano, publish, to_nano, whole
from junxian.core.scoring.marks import IN_POINTS, Bench, pick
from junxian.core.scoring.methods import Ladder
from junxian.core.scoring.model import Criterion, GrowthCases, Missing, Rounding, Winsorise
from junxian.core.scoring.plan import VALUE, Draft, by_group, over
from junxian.core.scoring.references import amount_of, references_of

CLIPPED, FENCES, PULLED, MARK, EXACT, PEERS, STATE, POINTS = VALUE + 0.4, 11.0, 11.5, 14.0, 14.5, 15.0, 16.0, 17.0
ROLE = {"renormalise": 1, "own_maximum": 2, "propagate": 3}
UNDEFINED = 4


def compile_criterion(draft: Draft, k: int, node: Criterion) -> dict[str, object]:
    """Add the criterion's stages; returns the facts its NodePlan keeps (formula, amounts, references, leaves)."""
    where = f"{draft.scheme.id}·{node.key}"
    with draft.carrying(node.carry):
        formula = _moved(draft, node, draft.understand(node.value, where))
    ratio = _unit_ratio(draft, formula, node)
    compiled = draft.column(formula, f"c{k}", VALUE, ratio, last=lambda value: _quantised(value, node))
    grown = compiled.base is not None
    if compiled.base is not None:
        draft.add(VALUE, compiled.base.alias(f"c{k}_base"))
    if compiled.case is not None and node.growth is not None:
        draft.add(VALUE, compiled.case.alias(f"c{k}_case"))
    _full(draft, k, node, where)
    x, floors = _marked_value(draft, k, node, where, grown=grown)
    amounts, references = references_of(draft, k, node, x, where)
    amounts |= floors
    bench = Bench(nw.col(x), nw.col(f"c{k}_full"), node.direction != "-", references)
    _mark(draft, k, node, bench, grown=grown)
    read = draft.leaves_of(formula)
    leaves = tuple(dict.fromkeys(read + tuple(leaf for f in amounts.values() for leaf in draft.leaves_of(f))))
    _state_and_points(draft, k, node, read, grown=grown)
    return {
        "formula": formula, "amounts": amounts, "references": references, "leaves": leaves, "factor": ratio,
        "marked": x, "labelled": _labelled(draft, k, node, bench), "roles": _roles(draft, node),
    }  # fmt: skip


def _unit_ratio(draft: Draft, formula: Formula, node: Criterion) -> float:
    """What turns the formula's own unit into the one the criterion declares; RuleError where they do not agree."""
    if not node.unit or not formula.unit or formula.unit == node.unit:
        return 1.0
    return draft.vocabulary.units.factor(formula.unit, node.unit)


def _moved(draft: Draft, node: Criterion, formula: Formula) -> Formula:
    """A lagged criterion (错月) reads every figure that many months earlier."""
    return draft.understand(f"previous({node.value}, {node.lag})", node.key) if node.lag else formula


def _quantised(value: nw.Expr, node: Criterion) -> nw.Expr:
    """Values are compared at 10⁻⁹ (or the declared decimals, halves away from zero), so that equal figures tie."""
    if node.decimals is None:
        return value.round(9)
    return from_nano(publish(to_nano(value), Rounding(places=node.decimals)))


def _full(draft: Draft, k: int, node: Criterion, where: str) -> None:
    """Full points, what a mark of 1 is worth in 10⁻⁹ points, and the maximum; null for groups without the criterion."""
    given = node.points.values() if isinstance(node.points, Mapping) else (node.points,)
    if isinstance(node.method, IN_POINTS) and 0 in given:
        raise RuleError("scoring.no_points_to_share", where=where, method=node.method.kind)
    full = by_group(node.method.scale if node.points is None else node.points)
    if node.applies_to:
        full = nw.when(nw.col("group").is_in(list(node.applies_to))).then(full)
    worth, most = full / node.method.scale * float(NANO), to_nano(full.fill_null(0.0))
    if not _is_partial(node):  # the same numbers, worked out once
        plain = node.method.scale if node.points is None else float(node.points)  # type: ignore[arg-type]
        worth, most = nw.lit(plain / node.method.scale * NANO), whole(floor(plain * NANO + 0.5))
    if node.at_most is not None:
        most = most.clip(None, round(node.at_most * NANO))
    draft.given(full.alias(f"c{k}_full"), worth.alias(f"c{k}_worth"), most.alias(f"c{k}m"))


def _roles(draft: Draft, node: Criterion) -> frozenset[int]:
    actions = set(actions_of(node, draft.scheme.missing).values())
    growing = node.growth is not None and _wants_mean(node.growth)
    found = {0} | {ROLE[action] for action in actions if action in ROLE}
    found |= {3} if "mean" in actions or growing else set()  # nobody has a mark to take the mean of
    return frozenset(found | ({2} if _is_partial(node) else set()))


def _is_partial(node: Criterion) -> bool:
    """Whether some of the scheme's groups may have no such criterion at all."""
    return isinstance(node.points, Mapping) or bool(node.applies_to)


def _marked_value(draft: Draft, k: int, node: Criterion, where: str, *, grown: bool) -> tuple[str, dict[str, Formula]]:
    """The column that is marked: the value where it is an ordinary one, clipped over a tiny base, winsorised."""
    x, read = f"c{k}", dict[str, Formula]()
    if grown:  # a loss that narrowed shows a percent too, but has no place among growth rates (RULES §1.5)
        value, base = nw.col(x), nw.col(f"c{k}_base")
        if node.growth and node.growth.small_base is not None and node.growth.small_base_clip is not None:
            least, read = amount_of(draft, k, "small_base", node.growth.small_base, where)
            value = pick(base < marks.column_of(least), value.clip(*node.growth.small_base_clip), value)
        draft.add(CLIPPED, nw.when(base > 0).then(value).alias(f"c{k}x"))
        x = f"c{k}x"
    return (_pulled(draft, k, x, node.winsorise) if node.winsorise is not None else x), read


def _pulled(draft: Draft, k: int, x: str, rule: Winsorise) -> str:
    """The value between its fences; where these have crossed it stays as it is."""
    value, low, high = nw.col(x), nw.col(f"c{k}_fence_low"), nw.col(f"c{k}_fence_high")
    inner = _inner(draft, k, value, rule) if rule.lowest or rule.highest else _quantiles(value, rule)
    draft.add(FENCES, inner[0].alias(f"c{k}_fence_low"), inner[1].alias(f"c{k}_fence_high"))
    pulled = pick(value < low, low, pick(value > high, high, value))
    draft.add(PULLED, pick(low <= high, pulled, value).alias(f"c{k}w"))
    return f"c{k}w"


def _quantiles(x: nw.Expr, rule: Winsorise) -> tuple[nw.Expr, nw.Expr]:
    low = over(x.quantile(rule.lower, interpolation=rule.interpolation))
    return low, over(x.quantile(rule.upper, interpolation=rule.interpolation))


def _inner(draft: Draft, k: int, x: nw.Expr, rule: Winsorise) -> tuple[nw.Expr, nw.Expr]:
    """The figures next to the lowest and the highest so many; of equal figures each counts by itself."""
    draft.add(CLIPPED + 0.1, over(x.rank(method="max")).alias(f"c{k}_up"))
    draft.add(CLIPPED + 0.1, over(x.rank(method="max", descending=True)).alias(f"c{k}_down"))
    draft.add(CLIPPED + 0.2, nw.when(nw.col(f"c{k}_up") > rule.lowest).then(x).alias(f"c{k}_not_lowest"))
    draft.add(CLIPPED + 0.2, nw.when(nw.col(f"c{k}_down") > rule.highest).then(x).alias(f"c{k}_not_highest"))
    return over(nw.col(f"c{k}_not_lowest").min()), over(nw.col(f"c{k}_not_highest").max())


def _labelled(draft: Draft, k: int, node: Criterion, bench: Bench) -> bool:
    """Add the label of the rung stood on (`c{k}g`) where rungs have names."""
    method = node.method
    if not isinstance(method, Ladder) or not any(step.name for step in method.steps):
        return False
    none = nw.lit(None, nw.String)
    label = marks.rung(method, bench, lambda place: nw.lit(method.steps[place].name), none)
    draft.add(MARK, nw.when(~_absent(bench)).then(label).alias(f"c{k}g"))
    return True


def _absent(bench: Bench) -> nw.Expr:
    """Where the value or an amount the mark is read against is missing."""
    amounts = [nw.col(c) for name, c in bench.columns.items() if isinstance(c, str) and name not in _MAY_BE_NULL]
    return reduce(or_, (column.is_null() for column in (bench.x, *amounts)))


_MAY_BE_NULL = {"rank", "n", "place", "above", "rank_above", "mark"}
CASES = {1: "net_increase", 2: "zero_to_zero", 3: "loss_to_profit", 5: "widened", 6: "profit_to_loss"}


def _mark(draft: Draft, k: int, node: Criterion, bench: Bench, *, grown: bool) -> None:
    mark: nw.Expr = nw.when(~_absent(bench)).then(marks.MARKS[node.method.kind](node.method, bench))
    if grown and node.growth is not None:
        mark = _with_growth_cases(mark, k, node.growth, node.method.scale)
    draft.add(MARK, mark.alias(f"c{k}f"))
    draft.add(EXACT, to_nano(nw.col(f"c{k}f")).alias(f"c{k}n"))
    if "mean" in actions_of(node, draft.scheme.missing).values() or (grown and _wants_mean(node.growth)):
        mean = over(nw.col(f"c{k}n").cast(nw.Float64).mean())
        draft.add(PEERS, (mean + 0.5).floor().cast(nw.Int64).alias(f"c{k}_peer_mean"))


def _wants_mean(growth: GrowthCases | None) -> bool:
    return growth is not None and "mean" in (growth.net_increase, growth.zero_to_zero)


def _with_growth_cases(mark: nw.Expr, k: int, growth: GrowthCases, scale: float) -> nw.Expr:
    case = nw.col(f"c{k}_case")
    for code, name in CASES.items():
        share = getattr(growth, name)
        if isinstance(share, float):
            mark = pick(case == code, share * scale, mark)
    if isinstance(growth.narrowed, tuple):
        low, high = growth.narrowed
        share = low + (high - low) * (nw.col(f"c{k}") / 100).clip(0.0, 1.0)
        mark = pick(case == 4, share * scale, mark)
    return mark


def actions_of(node: Criterion, scheme: Missing) -> dict[str, str]:
    """State → what its absence does here."""
    return {
        state: getattr(node.missing, state) or getattr(scheme, state)
        for state in ("late", "not_reported", "not_applicable", "undefined")
    }


def _state_and_points(draft: Draft, k: int, node: Criterion, leaves: tuple[Leaf, ...], *, grown: bool) -> None:
    """State, role and result: absence first becomes a state, then what the rules make of that state."""
    worth, points = nw.col(f"c{k}_worth"), nw.col(f"c{k}f") * nw.col(f"c{k}_worth")
    role = nw.when(points.is_null()).then(whole(3)).otherwise(whole(0))
    for absent, action in _absences(draft, k, node, grown=grown):
        if action in ROLE:
            role = nw.when(absent).then(whole(ROLE[action])).otherwise(role)
            continue
        stood_in = _stand_in(k, action, node, worth)
        stands = absent & ~stood_in.is_null() if action == "mean" else absent
        points = nw.when(stands).then(stood_in).otherwise(points)
        role = nw.when(stands).then(whole(0)).otherwise(role)
    if _is_partial(node):
        role = nw.when(worth.is_null()).then(whole(2)).otherwise(role)
        points = nw.when(~worth.is_null()).then(points)
    exact = bounded((points + 0.5).floor().cast(nw.Int64), node)
    draft.add(STATE, _state(k, [draft.leaf(leaf) for leaf in leaves]).alias(f"c{k}t"))
    draft.add(POINTS, exact.alias(f"c{k}p"), role.cast(nw.Int8).alias(f"c{k}o"))


def _state(k: int, columns: list[str]) -> nw.Expr:
    missing = [nw.when(nw.col(c).is_null()).then(nw.col(f"{c}s").fill_null(2)).otherwise(nw.lit(0)) for c in columns]
    absent = nw.max_horizontal(*missing) if len(missing) > 1 else missing[0] if missing else nw.lit(0)
    tardy = [nw.col(f"{c}s") == 1 for c in columns]
    late = reduce(or_, tardy).fill_null(False) if tardy else nw.lit(False)
    code = nw.when(absent > 0).then(absent).otherwise(nw.lit(UNDEFINED))
    plain = nw.when(late).then(nw.lit(1)).otherwise(nw.lit(0))
    return nw.when(nw.col(f"c{k}f").is_null()).then(code).otherwise(plain).cast(nw.Int8)


def _absences(draft: Draft, k: int, node: Criterion, *, grown: bool) -> list[tuple[nw.Expr, str]]:
    """Each way of having no mark with its action; actions shared by several states are said once."""
    actions, state = actions_of(node, draft.scheme.missing), nw.col(f"c{k}t")
    lacking = nw.col(f"c{k}f").is_null()
    by_action: dict[str, list[int]] = {}
    for name, code in (("late", 1), ("not_reported", 2), ("not_applicable", 3), ("undefined", UNDEFINED)):
        by_action.setdefault(actions[name], []).append(code)
    found = []
    for action, codes in by_action.items():
        met = lacking if len(codes) == 4 else lacking & reduce(or_, (state == code for code in codes))
        found.append((met, action))
    if grown and node.growth is not None:
        for code, name in ((1, "net_increase"), (2, "zero_to_zero")):
            if getattr(node.growth, name) == "mean":
                found.append((lacking & (nw.col(f"c{k}_case") == code), "mean"))
    return found


def _stand_in(k: int, action: str, node: Criterion, worth: nw.Expr) -> nw.Expr:
    """What an absence earns under an action, in 10⁻⁹ points."""
    if action == "mean":
        return nw.col(f"c{k}_peer_mean").cast(nw.Float64) / float(NANO) * worth
    if action == "floor" and isinstance(node.method, IN_POINTS):
        return worth * 0.0 + marks.least(node.method) * NANO
    mark = {"zero": 0.0, "full": node.method.scale, "floor": marks.least(node.method)}[action]
    return worth * mark
