"""Escalation (连续升级): breaches running from round to round raise the level (2 → orange, 3 → red, RULES §2.9)."""

from __future__ import annotations

import polars as pl

from junxian.core.bottomlines.alerts import WatchRound, level_of, severity
from junxian.core.bottomlines.model import NOT_WATCHED, Events, Line


def escalate(alerts: pl.DataFrame, history: pl.DataFrame | None, line: Line, now: WatchRound) -> pl.DataFrame:
    """Count rounds in breach running into `months` and raise the level of a breach as the line says; never lower it.

    `history`: alerts of earlier rounds of any lines (columns `ALERTS`). Only rounds that follow one another count:
    where a whole round is not in the history the count starts again, for nothing is known of it. A round without a
    figure for the unit is passed over (`unreported: bridge`) or ends the count (`break`). Events do not run: each
    matter stands for itself.
    """
    if isinstance(line.watch, Events) or not alerts.height:
        return alerts.with_columns(months=pl.col("breach").cast(pl.Int64))
    running = _running(alerts, history, line, now)
    joined = alerts.drop("months").join(running, on="region_code", how="left", maintain_order="left")
    months = pl.when(pl.col("breach")).then(pl.col("months").fill_null(1)).otherwise(0).cast(pl.Int64)
    raised = pl.lit(-1, dtype=pl.Int64)
    for rounds, reached in sorted(line.months_running.items()):
        raised = pl.when(pl.col("months") >= rounds).then(severity(pl.lit(reached))).otherwise(raised)
    worse = pl.max_horizontal(severity(pl.col("level")), raised)
    level = pl.when(pl.col("breach")).then(level_of(worse)).otherwise("level")
    return joined.with_columns(months=months).with_columns(level=level).select(alerts.columns)


def _running(alerts: pl.DataFrame, history: pl.DataFrame | None, line: Line, now: WatchRound) -> pl.DataFrame:
    """region_code, months: the unbroken run of breaches that ends with the round of `alerts`."""
    states = _states(alerts)
    rounds = [now.index]
    if history is not None:
        past = _states(history.filter(pl.col("line") == line.id)).filter(pl.col("period_index") < now.index)
        rounds += _joined_rounds(past.get_column("period_index"), now)
        states = pl.concat([states, past])
    looked_for = states.select("region_code").unique().join(pl.DataFrame({"period_index": rounds}), how="cross")
    run = looked_for.join(states, on=["region_code", "period_index"], how="left")
    if line.unreported == "bridge":
        run = run.filter(pl.col("breach").is_not_null())
    held = pl.col("breach").fill_null(value=False).cast(pl.Int64)
    run = run.sort("region_code", "period_index", descending=[False, True])
    return run.group_by("region_code", maintain_order=True).agg(months=held.cum_prod().sum())


def _states(alerts: pl.DataFrame) -> pl.DataFrame:
    """One row per unit and round: true in breach, false held, null without a figure."""
    state = pl.when(pl.col("level") == NOT_WATCHED).then(None).otherwise("breach")
    return alerts.group_by("region_code", "period_index").agg(breach=state.max())


def _joined_rounds(past: pl.Series, now: WatchRound) -> list[int]:
    """Rounds of the past that lead without a gap to this one; each ends the month before the next begins."""
    later = now.index
    joined: list[int] = []
    for index in past.unique().sort(descending=True).to_list():
        if later - index > now.length(later):
            break
        joined.append(index)
        later = index
    return joined
