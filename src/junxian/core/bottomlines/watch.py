"""Watching (底线监测): last places, lights and limits over one round's values, and all lines together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import narwhals as nw
import polars as pl

from junxian.core.bottomlines.alerts import ALERTS, WatchRound, ends, severity, shaped
from junxian.core.bottomlines.escalate import escalate
from junxian.core.bottomlines.events import count_once, watch_events
from junxian.core.bottomlines.model import LEVELS, NOT_WATCHED, Bands, Events, LastPlaces, Limit, Line
from junxian.core.errors import RuleError
from junxian.core.scoring.exact import publish, to_nano
from junxian.core.scoring.model import Rounding

_NOISE = 12  # significant digits that are compared; beyond them a float difference is noise, not a rank


def watch_last_places(values: pl.DataFrame, line: Line) -> pl.DataFrame:
    """Judge places from the bottom (RULES §1.8): rank = 1 + strictly better, in breach if strictly worse < places.

    `values`: region_code, value (null: no figure), optional previous_rank and previous_n. Returns every unit given:
    those without a figure as `not_watched`, all of them where there are too few figures to judge.
    """
    rule = line.watch
    if not isinstance(rule, LastPlaces):
        raise RuleError("bottomlines.wrong_watch", line=line.id, watch=rule.kind)
    known = _placed(values.filter(_has_figure()), rule)
    known = _previous(known)
    if known.height < max(rule.min_units, rule.places + 1):
        judged = known.with_columns(level=pl.lit(NOT_WATCHED), reason=pl.lit("too_few"), breach=pl.lit(value=False))
    else:
        judged = _warned(known, rule)
    return _with_unwatched(judged, values)


def _placed(known: pl.DataFrame, rule: LastPlaces) -> pl.DataFrame:
    """Add rank, worse, n, tied and `_x`, the compared value turned so that more is better."""
    if rule.decimals is None:
        steady = known.with_columns(_x=pl.col("value").round_sig_figs(_NOISE))
    else:
        points = publish(to_nano(nw.col("value")), Rounding(places=rule.decimals))
        steady = nw.from_native(known).with_columns((points.cast(nw.Float64) / 1e9).alias("_x")).to_native()
    turned = steady if rule.better == "high" else steady.with_columns(_x=0.0 - pl.col("_x"))
    return turned.with_columns(
        rank=pl.col("_x").rank("min", descending=True).cast(pl.Int64),
        worse=pl.col("_x").rank("min").cast(pl.Int64) - 1,
        n=pl.lit(known.height, dtype=pl.Int64),
        tied=pl.len().over("_x") > 1,
    )


def _previous(known: pl.DataFrame) -> pl.DataFrame:
    """Places lost since the round before; where the number of units changed, by percentile (RULES §1.8)."""
    earlier = ("previous_rank", "previous_n")
    absent = [pl.lit(None, dtype=pl.Int64).alias(name) for name in earlier if name not in known.columns]
    known = known.with_columns(absent)
    same = pl.col("previous_n").is_null() | (pl.col("previous_n") == pl.col("n")) | (pl.col("previous_n") < 2)
    share = (pl.col("previous_rank") - 1) / (pl.col("previous_n") - 1)
    before = pl.when(same).then(pl.col("previous_rank")).otherwise(1 + share * (pl.col("n") - 1))
    return known.with_columns(_fall=(pl.col("rank") - before).round(9))


def _warned(known: pl.DataFrame, rule: LastPlaces) -> pl.DataFrame:
    """Breach first, then orange by units strictly worse, then yellow by nearness or by fall."""
    edge = known.get_column("_x").sort().item(rule.places - 1)
    breach = pl.col("worse") < rule.places
    orange = pl.lit(value=False) if rule.orange_worse is None else pl.col("worse") <= rule.orange_worse
    near = pl.lit(value=False) if rule.yellow_gap is None else (pl.col("_x") - edge).round(9) <= rule.yellow_gap
    falling = pl.lit(value=False) if rule.yellow_fall is None else pl.col("_fall") >= rule.yellow_fall
    level = (
        pl.when(breach).then(pl.lit(rule.breach)).when(orange).then(pl.lit("orange"))
        .when(near | falling.fill_null(value=False)).then(pl.lit("yellow")).otherwise(pl.lit("green"))
    )  # fmt: skip
    reason = (
        pl.when(breach).then(pl.lit("")).when(orange).then(pl.lit("worse"))
        .when(near).then(pl.lit("near")).when(falling).then(pl.lit("falling")).otherwise(pl.lit(""))
    )  # fmt: skip
    return known.with_columns(level=level, reason=reason, breach=breach)


def watch_bands(values: pl.DataFrame, line: Line) -> pl.DataFrame:
    """Lights by rungs on unrounded values: left-closed (≥300 is red) unless the line says right-closed."""
    rule = line.watch
    if not isinstance(rule, Bands):
        raise RuleError("bottomlines.wrong_watch", line=line.id, watch=rule.kind)
    x = pl.col("value").round_sig_figs(_NOISE)
    level = pl.lit(rule.steps[0].level)
    for step in rule.steps[1:]:
        reached = x >= step.at_least if rule.bounds == "left" else x > step.at_least
        level = pl.when(reached).then(pl.lit(step.level)).otherwise(level)
    judged = values.filter(_has_figure()).with_columns(level=level)
    judged = judged.with_columns(breach=severity(pl.col("level")) >= severity(pl.lit(rule.breach_from)))
    return _with_unwatched(judged, values)


def watch_limit(values: pl.DataFrame, line: Line) -> pl.DataFrame:
    """value ≤ bound, always (RULES §4.1). `values` carries `bound` unless the rule's limit is a plain number."""
    rule = line.watch
    if not isinstance(rule, Limit):
        raise RuleError("bottomlines.wrong_watch", line=line.id, watch=rule.kind)
    if isinstance(rule.at_most, float):
        values = values.with_columns(bound=pl.lit(rule.at_most))
    elif "bound" not in values.columns:
        raise RuleError("bottomlines.bound_missing", line=line.id, formula=rule.at_most)
    known = values.filter(_has_figure() & pl.col("bound").is_finite().fill_null(value=False))
    room = (pl.col("bound") - pl.col("value")).round(9)
    near = pl.lit(value=False) if rule.near is None else room <= rule.near
    level = pl.when(room < 0).then(pl.lit(rule.breach)).when(near).then(pl.lit(rule.near_level))
    reason = pl.when((room >= 0) & near).then(pl.lit("near")).otherwise(pl.lit(""))
    judged = known.with_columns(level=level.otherwise(pl.lit("green")), reason=reason, breach=room < 0)
    return _with_unwatched(judged, values)


def _has_figure() -> pl.Expr:
    return pl.col("value").is_finite().fill_null(value=False)


def _with_unwatched(judged: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Judged units and, as `not_watched`, every other unit given, in the order given."""
    order = values.select("region_code", _order=pl.int_range(pl.len()))
    silent = values.join(judged, on="region_code", how="anti").with_columns(
        level=pl.lit(NOT_WATCHED), reason=pl.lit("no_figure"), breach=pl.lit(value=False),
        n=pl.lit(judged.get_column("n").max() if "n" in judged.columns else None, dtype=pl.Int64),
    )  # fmt: skip
    rows = pl.concat([judged, silent], how="diagonal")
    kept = [name for name in rows.columns if not name.startswith("_") and name in ALERTS]
    return rows.join(order, on="region_code").sort("_order").select(kept)


_BY_VALUE = {"last_places": watch_last_places, "bands": watch_bands, "limit": watch_limit}


def watch_lines(
    lines: Sequence[Line],
    values: pl.DataFrame,
    now: WatchRound,
    *,
    events: pl.DataFrame | None = None,
    history: pl.DataFrame | None = None,
    names: Mapping[str, str] | None = None,
    told: Mapping[str, Collection[str]] | None = None,
    language: str = "zh",
) -> pl.DataFrame:
    """All alerts of one round, in the order of the lines (columns `ALERTS`).

    `values`: region_code, line, value and optionally bound, previous_rank, previous_n; one row for every peer of a
    line, null where there is no figure. `events`: observations of event cards with `period_index`. `history`: alerts of
    earlier rounds, for breaches running and, where `values` brings none, for the places of the round before. `told`:
    for a line id the units whose alerts are kept; the others only count as peers. Units without a figure come as
    `not_watched`, never as safe; a line without any row has no alerts, and `judge_standing` says `unknown` of it.
    """
    found = []
    for line in lines:
        if isinstance(line.watch, Events):
            rows = watch_events(events, line, now) if events is not None else pl.DataFrame()
        else:
            own = values.filter(pl.col("line") == line.id).drop("line")
            rows = _BY_VALUE[line.watch.kind](_with_earlier(own, history, line, now), line)
        if rows.height:
            alerts = shaped(rows, line, now, names or {}, language)
            alerts = _consequences(escalate(alerts, history, line, now), line, now)
            found.append(alerts if told is None or line.id not in told else _kept(alerts, told[line.id]))
    return count_once(pl.concat(found), lines) if found else pl.DataFrame(schema=ALERTS)


def _with_earlier(values: pl.DataFrame, history: pl.DataFrame | None, line: Line, now: WatchRound) -> pl.DataFrame:
    """Add the places of the round before as its alerts recorded them."""
    if history is None or "previous_rank" in values.columns:
        return values
    before = now.index - now.length(now.index)
    past = history.filter((pl.col("line") == line.id) & (pl.col("period_index") == before))
    places = past.select("region_code", previous_rank="rank", previous_n="n").unique("region_code")
    return values.join(places, on="region_code", how="left", maintain_order="left")


def _kept(alerts: pl.DataFrame, codes: Collection[str]) -> pl.DataFrame:
    return alerts.filter(pl.col("region_code").is_in(list(codes)))


def _consequences(alerts: pl.DataFrame, line: Line, now: WatchRound) -> pl.DataFrame:
    """Deduction, demands and end date by the final level; event rows bring their own deduction."""
    points = {level: line.effect.points(level) for level in LEVELS}
    by_level = pl.col("level").replace_strict(points, default=0.0, return_dtype=pl.Float64)
    demands = {level: ";".join(asked) for level, asked in line.effect.demand.items()}
    indexes = alerts.get_column("period_index").unique().to_list()
    until = {index: ends(line, index, now.year_begins) for index in indexes}
    return alerts.with_columns(
        deduct=pl.when(pl.col("breach")).then(pl.coalesce("deduct", by_level)).otherwise(0.0),
        effect=pl.col("level").replace_strict(demands, default="", return_dtype=pl.String),
        until=pl.when(pl.col("breach"))
        .then(pl.col("period_index").replace_strict(until, return_dtype=pl.String))
        .otherwise(pl.lit("")),
    )
