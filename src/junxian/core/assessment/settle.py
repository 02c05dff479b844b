"""Settling (结算): base points with bonus, deduction, veto and gates become a published score, a place and a grade.

Two gates are shown beside each other: bottom lines first (称职), points second (优秀). A breach is never averaged away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import narwhals as nw
import polars as pl

from junxian.core.assessment.adjust import Facts, totals
from junxian.core.assessment.model import AssessedScheme, Effect, Gate, Veto
from junxian.core.bottomlines import judge_standing
from junxian.core.errors import RuleError
from junxian.core.scoring.exact import NANO, publish
from junxian.core.scoring.model import Ranking
from junxian.core.scoring.plan import Plan

GROUP = ["period_index", "group"]
TIES = {"shared": "min", "dense": "dense", "last": "max"}


def extras(scheme: AssessedScheme) -> list[tuple[str, str]]:
    """The formulas a scheme needs beside its tree, with the column each lands in."""
    found = [(f"adj_{rule.id}", rule.value) for rule in (*scheme.bonus, *scheme.deductions) if rule.value]
    found += [(f"gate_{gate.id}", gate.when) for gate in scheme.gates if gate.when]
    found += [(f"veto_{veto.id}", veto.when) for veto in scheme.vetoes if veto.when]
    return found + [(f"tie_{place}", text) for place, text in enumerate(scheme.rank.tie_break)]


def settle(scored: pl.DataFrame, plan: Plan, facts: Facts) -> pl.DataFrame:
    """One row per unit and period with base, kept, bonus, deduction, exact, published (Int64 of 10⁻⁹), score, rank, n,
    gate, and one column `gate_<id>_result` / `veto_<id>_result` each.

    scored: collected output of `plan.run`, every column where an effect sets a block to zero. facts: the events and
    alerts of the same period. kept: the base after such an effect.
    """
    scheme = plan.scheme
    if not isinstance(scheme, AssessedScheme):
        raise RuleError("assessment.not_a_scheme", where=scheme.id, scheme=scheme.id)
    frame = _with_verdicts(scored.with_columns(base=pl.col(plan.root.column("p"))), scheme, facts)
    frame = frame.with_columns(kept=_after_zeroing(frame, plan, scheme))
    bonus = totals(frame, facts, scheme.bonus, scheme.bonus_cap).alias("bonus")
    deduction = totals(frame, facts, scheme.deductions, scheme.deduction_cap).alias("deduction")
    exact = _clamped(pl.col("kept") + bonus - deduction, scheme)
    frame = frame.with_columns(bonus, deduction, exact=exact)
    rounded = nw.from_native(frame).with_columns(published=publish(nw.col("exact"), scheme.rounding))
    return _placed(rounded.to_native(), scheme)


def _clamped(points: pl.Expr, scheme: AssessedScheme) -> pl.Expr:
    low = None if scheme.floor is None else round(scheme.floor * NANO)
    high = None if scheme.ceiling is None else round(scheme.ceiling * NANO)
    return points if low is None and high is None else points.clip(low, high)


def _gate_result(gate: Gate, facts: Facts, regions: Sequence[str]) -> pl.Expr:
    """pass, fail or what the gate says of an unknown, per row."""
    if gate.when:
        held = pl.col(f"gate_{gate.id}").cast(pl.Boolean)
        known = pl.when(held).then(pl.lit("pass")).otherwise(pl.lit("fail"))
        return pl.when(held.is_null()).then(pl.lit(gate.unknown)).otherwise(known)
    standing = judge_standing(facts.alerts, facts.lines, regions, level=gate.level, ids=gate.lines)
    words = {"pass": "pass", "fail": "fail", "veto": "fail", "unknown": gate.unknown}
    said = dict(standing.select("region_code", pl.col("standing").replace_strict(words)).iter_rows())
    return pl.col("region_code").replace_strict(said, return_dtype=pl.String)


def _veto_result(veto: Veto, facts: Facts, regions: Sequence[str]) -> pl.Expr:
    if veto.when:
        return pl.col(f"veto_{veto.id}").cast(pl.Boolean).fill_null(value=False)
    if veto.event:
        own = facts.observed.filter((pl.col("indicator") == veto.event) & (pl.col("value") > 0))
        return pl.col("region_code").is_in(own.get_column("region_code").unique().to_list())
    standing = judge_standing(facts.alerts, facts.lines, regions, level="veto", ids=veto.lines)
    struck = standing.filter(pl.col("standing") == "veto").get_column("region_code").to_list()
    return pl.col("region_code").is_in(struck)


def _with_verdicts(frame: pl.DataFrame, scheme: AssessedScheme, facts: Facts) -> pl.DataFrame:
    if not scheme.gates and not scheme.vetoes:
        verdict = pl.when(pl.col("base").is_null()).then(pl.lit("not_assessed")).otherwise(pl.lit("pass"))
        return frame.with_columns(gate=verdict)
    regions = frame.get_column("region_code").unique(maintain_order=True).to_list()
    frame = frame.with_columns(
        *(_gate_result(gate, facts, regions).alias(f"gate_{gate.id}_result") for gate in scheme.gates),
        *(_veto_result(veto, facts, regions).alias(f"veto_{veto.id}_result") for veto in scheme.vetoes),
    )
    gates = [pl.col(f"gate_{gate.id}_result") for gate in scheme.gates]
    struck = any_of(pl.col(f"veto_{veto.id}_result") for veto in scheme.vetoes)
    verdict = pl.when(struck).then(pl.lit("veto")).when(any_of(g == "fail" for g in gates)).then(pl.lit("fail"))
    unknown = any_of(g == "not_assessed" for g in gates) | pl.col("base").is_null()
    return frame.with_columns(gate=verdict.when(unknown).then(pl.lit("not_assessed")).otherwise(pl.lit("pass")))


def struck_by(scheme: AssessedScheme) -> list[tuple[pl.Expr, Effect]]:
    """Each gate and veto as the condition under which its effect holds."""
    gates = [(pl.col(f"gate_{gate.id}_result") == "fail", gate.effect) for gate in scheme.gates]
    return gates + [(pl.col(f"veto_{veto.id}_result"), veto.effect) for veto in scheme.vetoes]


def any_of(conditions: Iterable[pl.Expr]) -> pl.Expr:
    found = list(conditions)
    return pl.any_horizontal(*found) if found else pl.lit(value=False)


def _after_zeroing(frame: pl.DataFrame, plan: Plan, scheme: AssessedScheme) -> pl.Series:
    """The root's result with the nodes an effect sets to zero at zero, combined again as the scheme combines them."""
    nodes = {node.node.key: node.index for node in plan.nodes}
    effects = struck_by(scheme)
    keys = sorted({key for _, effect in effects for key in effect.zero})
    if not keys:
        return frame.get_column("base")
    hit = {nodes[key]: any_of(condition for condition, effect in effects if key in effect.zero) for key in keys}
    again: pl.DataFrame = plan.zeroed(frame, hit)
    return again.get_column(plan.root.column("p"))


def _placed(frame: pl.DataFrame, scheme: AssessedScheme) -> pl.DataFrame:
    on = pl.col("published" if scheme.rank.on == "published" else "exact")
    barred = [condition for condition, effect in struck_by(scheme) if effect.not_ranked]
    frame = frame.with_columns(_on=pl.when(~any_of(barred)).then(on) if barred else on)
    n, rank = pl.col("_on").count().over(GROUP).cast(pl.Int64), _rank(scheme.rank)
    if scheme.min_peers > 1:
        rank = pl.when(n >= scheme.min_peers).then(rank)
    return frame.with_columns(rank=rank, n=n, score=(pl.col("published") / NANO).round(9)).drop("_on")


def _rank(ranking: Ranking) -> pl.Expr:
    """Competition rank on the score; declared tie-breaks order only those who tie, then ties stay as declared."""
    key, descending = pl.col("_on"), ranking.better == "high"
    if ranking.tie_break:
        breaks = [pl.col(f"tie_{place}").cast(pl.Float64) for place in range(len(ranking.tie_break))]
        unknown_last = [tie.fill_null(float("-inf")).alias(f"_{place}") for place, tie in enumerate(breaks)]
        better_high = (key if descending else -key).alias("_")
        key, descending = pl.when(key.is_not_null()).then(pl.struct(better_high, *unknown_last)), True
    return key.rank(TIES[ranking.ties], descending=descending).over(GROUP).cast(pl.Int64)  # type: ignore[arg-type]
