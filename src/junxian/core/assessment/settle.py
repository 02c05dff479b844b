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
TIES = {"shared": "min", "dense": "dense", "average": "average", "last": "max"}


def extras(scheme: AssessedScheme) -> list[tuple[str, str]]:
    """The formulas a scheme needs beside its tree, with the column each lands in."""
    found = [(f"adj_{rule.id}", rule.value) for rule in (*scheme.bonus, *scheme.deductions) if rule.value]
    found += [(f"gate_{gate.id}", gate.when) for gate in scheme.gates if gate.when]
    found += [(f"veto_{veto.id}", veto.when) for veto in scheme.vetoes if veto.when]
    return found + [(f"tie_{place}", text) for place, text in enumerate(scheme.rank.tie_break)]


def settle(scored: pl.DataFrame, plan: Plan, facts: Facts) -> pl.DataFrame:
    """One row per unit and period with base, bonus, deduction, exact (Int64 of 10⁻⁹), score, rank, n, gate, and one
    column `gate_<id>_result` / `veto_<id>_result` each.

    scored: collected output of `plan.run`. facts: the events and alerts of the same period.
    """
    scheme = plan.scheme
    if not isinstance(scheme, AssessedScheme):
        raise RuleError("assessment.not_a_scheme", where=scheme.id)
    frame = scored.with_columns(base=pl.col(plan.root.column("p")))
    frame = _with_verdicts(frame, scheme, facts)
    frame = frame.with_columns(_without_zeroed(plan, scheme).alias("kept"))
    frame = frame.with_columns(
        totals(frame, facts, scheme.bonus, scheme.bonus_cap).alias("bonus"),
        totals(frame, facts, scheme.deductions, scheme.deduction_cap).alias("deduction"),
    ).with_columns(_clamped(pl.col("kept") + pl.col("bonus") - pl.col("deduction"), scheme).alias("exact"))
    frame = frame.with_columns(_published(frame, scheme))
    return _placed(frame, scheme)


def _published(frame: pl.DataFrame, scheme: AssessedScheme) -> pl.Series:
    rounded = nw.from_native(frame).select(published=publish(nw.col("exact"), scheme.rounding))
    return pl.Series(rounded.to_native().get_column("published"))


def _clamped(points: pl.Expr, scheme: AssessedScheme) -> pl.Expr:
    low = None if scheme.floor is None else round(scheme.floor * NANO)
    high = None if scheme.ceiling is None else round(scheme.ceiling * NANO)
    return points.clip(low, high)


def _gate_result(gate: Gate, facts: Facts, regions: Sequence[str]) -> pl.Expr:
    """pass, fail or what the gate says of an unknown, per row."""
    if gate.when:
        held = pl.col(f"gate_{gate.id}").cast(pl.Boolean)
        return pl.when(held.is_null()).then(pl.lit(gate.unknown)).when(held).then(pl.lit("pass")).otherwise(pl.lit("fail"))
    standing = judge_standing(facts.alerts, facts.lines, regions, level=gate.level, ids=gate.lines)
    words = {"pass": "pass", "fail": "fail", "veto": "fail", "unknown": gate.unknown}
    said = dict(standing.select("region_code", pl.col("standing").replace_strict(words)).iter_rows())
    return pl.col("region_code").replace_strict(said, return_dtype=pl.String)


def _veto_result(veto: Veto, facts: Facts, regions: Sequence[str]) -> pl.Expr:
    if veto.when:
        return pl.col(f"veto_{veto.id}").cast(pl.Boolean).fill_null(False)
    if veto.event:
        own = facts.observed.filter((pl.col("indicator") == veto.event) & (pl.col("value") > 0))
        return pl.col("region_code").is_in(own.get_column("region_code").unique().to_list())
    standing = judge_standing(facts.alerts, facts.lines, regions, level="veto", ids=veto.lines)
    struck = standing.filter(pl.col("standing") == "veto").get_column("region_code").to_list()
    return pl.col("region_code").is_in(struck)


def _with_verdicts(frame: pl.DataFrame, scheme: AssessedScheme, facts: Facts) -> pl.DataFrame:
    regions = frame.get_column("region_code").unique(maintain_order=True).to_list()
    frame = frame.with_columns(
        *(_gate_result(gate, facts, regions).alias(f"gate_{gate.id}_result") for gate in scheme.gates),
        *(_veto_result(veto, facts, regions).alias(f"veto_{veto.id}_result") for veto in scheme.vetoes),
    )
    gates = [pl.col(f"gate_{gate.id}_result") for gate in scheme.gates]
    vetoes = [pl.col(f"veto_{veto.id}_result") for veto in scheme.vetoes]
    failed = pl.any_horizontal(*(g == "fail" for g in gates)) if gates else pl.lit(False)
    open_ = pl.any_horizontal(*(g == "not_assessed" for g in gates)) if gates else pl.lit(False)
    struck = pl.any_horizontal(*vetoes) if vetoes else pl.lit(False)
    verdict = pl.when(struck).then(pl.lit("veto")).when(failed).then(pl.lit("fail"))
    nobody = pl.col("base").is_null()
    return frame.with_columns(gate=verdict.when(open_ | nobody).then(pl.lit("not_assessed")).otherwise(pl.lit("pass")))


def struck_by(scheme: AssessedScheme) -> list[tuple[pl.Expr, Effect]]:
    """Each gate and veto as the condition under which its effect holds."""
    gates = [(pl.col(f"gate_{gate.id}_result") == "fail", gate.effect) for gate in scheme.gates]
    return gates + [(pl.col(f"veto_{veto.id}_result"), veto.effect) for veto in scheme.vetoes]


def any_of(conditions: Iterable[pl.Expr]) -> pl.Expr:
    found = list(conditions)
    return pl.any_horizontal(*found) if found else pl.lit(False)


def _without_zeroed(plan: Plan, scheme: AssessedScheme) -> pl.Expr:
    """The base less the points of nodes an effect sets to zero."""
    keys = {node.node.key: node for node in plan.nodes}
    base = pl.col("base")
    for key in sorted({key for _, effect in struck_by(scheme) for key in effect.zero}):
        hit = any_of(condition for condition, effect in struck_by(scheme) if key in effect.zero)
        base = base - pl.when(hit).then(pl.col(keys[key].column("p")).fill_null(0)).otherwise(0)
    return base


def _placed(frame: pl.DataFrame, scheme: AssessedScheme) -> pl.DataFrame:
    barred = any_of(condition for condition, effect in struck_by(scheme) if effect.not_ranked)
    on = pl.col("published" if scheme.rank.on == "published" else "exact")
    frame = frame.with_columns(_on=pl.when(barred).then(None).otherwise(on))
    frame = frame.with_columns(rank=_rank(scheme.rank), n=pl.col("_on").count().over(GROUP).cast(pl.Int64))
    few = pl.col("n") < scheme.min_peers
    frame = frame.with_columns(rank=pl.when(few).then(None).otherwise(pl.col("rank")))
    return frame.with_columns(score=pl.col("published") / NANO).drop("_on")


def _rank(ranking: Ranking) -> pl.Expr:
    """Competition rank on the score; declared tie-breaks order only those who tie, then ties stay as declared."""
    descending = ranking.better == "high"
    if not ranking.tie_break:
        return pl.col("_on").rank(TIES[ranking.ties], descending=descending).over(GROUP).cast(pl.Int64)  # type: ignore[arg-type]
    score = pl.col("_on") if descending else -pl.col("_on")
    breaks = [pl.col(f"tie_{place}").cast(pl.Float64).fill_null(float("-inf")) for place in range(len(ranking.tie_break))]
    key = pl.when(score.is_null()).then(None).otherwise(pl.struct(score.cast(pl.Float64).alias("s"), *breaks))
    return key.rank(TIES[ranking.ties], descending=True).over(GROUP).cast(pl.Int64)  # type: ignore[arg-type]
