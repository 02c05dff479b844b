"""Bonus and deduction (加分扣分): events become points, one matter counted once (就高不重复, RULES §2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from junxian.core.assessment.model import Adjustment, AssessedScheme
from junxian.core.bottomlines.alerts import ALERTS
from junxian.core.bottomlines.model import Line
from junxian.core.errors import RuleError
from junxian.core.scoring.exact import NANO

EVENT_POINTS = {
    "region_code": pl.String, "period_index": pl.Int64, "adjustment": pl.String, "matter": pl.String,
    "points": pl.Int64, "counted": pl.Boolean, "source": pl.String,
}  # fmt: skip


def event_points(
    observations: pl.DataFrame, scheme: AssessedScheme, indices: Sequence[int], months: int
) -> pl.DataFrame:
    """Each event's points, and whether it counts: columns region_code, period_index, adjustment, matter, points
    (Int64 of 10⁻⁹, positive), counted, source.

    observations: event rows with `period_index`; an event belongs to a period index when it happened in its `months`
    months. A matter id (calibre) met again in the same family counts once, at its highest points.
    """
    rules = [
        (rule, sign) for sign, rules in ((1, scheme.bonus), (-1, scheme.deductions)) for rule in rules if rule.event
    ]
    parts = [_points(observations, rule, sign, index, months) for rule, sign in rules for index in indices]
    if not parts:
        return pl.DataFrame(schema=EVENT_POINTS)
    found = pl.concat(parts).sort("points", "adjustment", descending=[True, False], maintain_order=True)
    matter = pl.when((pl.col("matter") == "") | ~pl.col("same_fact")).then(pl.int_range(pl.len()).cast(pl.String))
    key = matter.otherwise(pl.col("matter"))
    first = pl.struct("region_code", "period_index", "family", key.alias("key")).is_first_distinct()
    return found.with_columns(counted=first).select(*EVENT_POINTS)


def _points(events: pl.DataFrame, rule: Adjustment, sign: int, index: int, months: int) -> pl.DataFrame:
    if not isinstance(rule.each, int | float):
        raise RuleError("assessment.event_needs_points", where=rule.id, rule=rule.id, event=rule.event)
    within = (pl.col("period_index") <= index) & (pl.col("period_index") > index - months)
    own = events.filter((pl.col("indicator") == rule.event) & within & (pl.col("value") > 0))
    return own.select(
        "region_code",
        pl.lit(index, dtype=pl.Int64).alias("period_index"),
        pl.lit(rule.id).alias("adjustment"),
        pl.col("calibre").alias("matter"),
        (pl.col("value") * rule.each * NANO + 0.5).floor().cast(pl.Int64).alias("points"),
        pl.lit(rule.same_fact).alias("same_fact"),
        pl.lit(f"{'+' if sign > 0 else '-'}{rule.family}").alias("family"),
        "source",
    )


@dataclass(frozen=True)
class Facts:
    """What adjustments, gates and vetoes rest on besides the figures.

    events: output of `event_points`. alerts: output of `bottomlines.watch_lines` for the period settled.
    observed: event rows of the period with region_code, indicator, value. lines: the bottom lines watched.
    """

    events: pl.DataFrame
    alerts: pl.DataFrame
    observed: pl.DataFrame
    lines: tuple[Line, ...] = ()

    @classmethod
    def none(cls) -> Facts:
        """No event and no alert."""
        return cls(
            pl.DataFrame(schema=EVENT_POINTS),
            pl.DataFrame(schema=ALERTS),
            pl.DataFrame(schema={"region_code": pl.String, "indicator": pl.String, "value": pl.Float64}),
        )


def totals(scored: pl.DataFrame, facts: Facts, rules: Sequence[Adjustment], cap: float | None) -> pl.Series:
    """The sum of these adjustments per row of `scored` (Int64 of 10⁻⁹), each and all within their caps.

    Formula adjustments stand in columns `adj_<id>`; where a formula has no figure nothing is added or taken.
    """
    total = pl.repeat(0, scored.height, dtype=pl.Int64, eager=True)
    for rule in rules:
        total = total + amount(scored, facts, rule)
    return _capped(total, cap)


def amount(scored: pl.DataFrame, facts: Facts, rule: Adjustment) -> pl.Series:
    """What one adjustment comes to per row, within its cap."""
    return _capped(_uncapped(scored, facts, rule), rule.cap)


def _uncapped(scored: pl.DataFrame, facts: Facts, rule: Adjustment) -> pl.Series:
    if rule.value:
        each = rule.each if isinstance(rule.each, int | float) else 1.0
        given = scored.get_column(f"adj_{rule.id}").cast(pl.Float64).fill_null(0.0) * each
        return (given * NANO + 0.5).floor().cast(pl.Int64)
    if rule.lines:
        own, keys = facts.alerts.filter(pl.col("line").is_in(list(rule.lines))), ["region_code"]
        points = (pl.col("deduct").cast(pl.Float64).fill_null(0.0) * NANO + 0.5).floor().cast(pl.Int64)
        summed = own.group_by(keys).agg(points.sum().alias("points"))
    else:
        own = facts.events.filter((pl.col("adjustment") == rule.id) & pl.col("counted"))
        keys = ["region_code", "period_index"]
        summed = own.group_by(keys).agg(pl.col("points").sum())
    return (
        scored.select(keys).join(summed, on=keys, how="left", maintain_order="left").get_column("points").fill_null(0)
    )


def _capped(points: pl.Series, cap: float | None) -> pl.Series:
    return points if cap is None else points.clip(-round(cap * NANO), round(cap * NANO))
