"""Bottom-line events (底线事件): one matter once, at its highest; the register of notices and talks (通报约谈台账)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from junxian.core.bottomlines.alerts import WatchRound, ends, last_day, severity
from junxian.core.bottomlines.model import NOT_WATCHED, EventRule, Events, Line
from junxian.core.errors import RuleError

_KEY = ("region_code", "matter")


def watch_events(events: pl.DataFrame, line: Line, now: WatchRound) -> pl.DataFrame:
    """One row per unit and matter at the highest level, then the highest deduction (就高不重复, RULES §2.6, §2.9).

    `events`: region_code, indicator (event card), calibre (matter id), value, period_index, and state. Only events of
    the line's span whose effect still lasts. A card row without a figure comes as `not_watched`.
    """
    rows = _ruled(events, line, now)
    if not rows.height:
        return rows
    worst = rows.sort(
        severity(pl.col("level")), "deduct", "period_index", "indicator", descending=[True, True, False, False]
    )
    return worst.unique(subset=_KEY, keep="first", maintain_order=True).sort(*_KEY)


def _ruled(events: pl.DataFrame, line: Line, now: WatchRound) -> pl.DataFrame:
    """Every event that a rule of the line speaks of, once per rule reached."""
    watch = line.watch
    if not isinstance(watch, Events):
        raise RuleError("bottomlines.wrong_watch", line=line.id, watch=watch.kind)
    start = now.year_start if watch.span == "year" else now.starts
    near = events.filter(pl.col("period_index").is_between(start, now.index))
    lasting = [
        index
        for index in near.get_column("period_index").unique().to_list()
        if ends(line, index, now.year_begins) >= last_day(now.index)
    ]
    near = near.filter(pl.col("period_index").is_in(lasting)).with_columns(matter=_matter())
    found = [_reached(near, rule, line) for rule in watch.of]
    cards = list({rule.card for rule in watch.of})
    silent = near.filter(pl.col("indicator").is_in(cards) & _unknown()).with_columns(
        level=pl.lit(NOT_WATCHED), deduct=pl.lit(0.0), breach=pl.lit(value=False), reason=pl.lit("no_figure"),
        form=pl.lit(""), issuer=pl.lit(""),
    )  # fmt: skip
    return pl.concat([*found, silent], how="diagonal")


def _matter() -> pl.Expr:
    """The matter id; an event filed without one is told apart by its card and month."""
    own = pl.col("indicator") + "@" + pl.col("period_index").cast(pl.String)
    return pl.when(pl.col("calibre").fill_null("") == "").then(own).otherwise(pl.col("calibre"))


def _unknown() -> pl.Expr:
    return ~pl.col("value").is_finite().fill_null(value=False) & (pl.col("state") != "not_applicable")


def _reached(events: pl.DataFrame, rule: EventRule, line: Line) -> pl.DataFrame:
    """The events of the rule's card that reach it, with its level and points."""
    count = pl.col("value")
    reached = count > 0 if rule.at_least is None else count >= rule.at_least
    points = line.effect.points(rule.level) if rule.deduct is None else rule.deduct
    lowest = line.watch.breach_from if isinstance(line.watch, Events) else "green"
    return events.filter((pl.col("indicator") == rule.card) & reached & count.is_finite()).with_columns(
        level=pl.lit(rule.level),
        deduct=count * points if rule.per_count else pl.lit(points),
        breach=severity(pl.lit(rule.level)) >= severity(pl.lit(lowest)),
        form=pl.lit(rule.form),
        issuer=pl.lit(rule.issuer),
    )


def count_once(alerts: pl.DataFrame, lines: Sequence[Line]) -> pl.DataFrame:
    """Of one matter that several lines of a family name, only the highest deduction is taken; `same_as` names its line.

    The levels stay: a matter may breach two lines, it costs points once.
    """
    families = {line.id: line.watch.family for line in lines if isinstance(line.watch, Events)}
    family = pl.col("line").replace_strict(families, default=None, return_dtype=pl.String)
    group = [pl.col("region_code"), pl.col("matter"), pl.col("_family")]
    marked = alerts.with_columns(_family=family, _row=pl.int_range(pl.len()))
    order = pl.struct(-pl.col("deduct"), pl.col("_row"))
    marked = marked.with_columns(
        _first=order.rank("ordinal").over(group) == 1,
        _kept=pl.col("line").sort_by(-pl.col("deduct"), "_row").first().over(group),
    )
    repeated = pl.col("_family").is_not_null() & (pl.col("matter") != "") & ~pl.col("_first") & (pl.col("deduct") > 0)
    return marked.with_columns(
        deduct=pl.when(repeated).then(0.0).otherwise("deduct"),
        same_as=pl.when(repeated).then("_kept").otherwise("same_as"),
    ).select(alerts.columns)


def register(events: pl.DataFrame, lines: Sequence[Line], now: WatchRound) -> pl.DataFrame:
    """The register of notices, talks and criticisms: one row per unit, matter and document, oldest first.

    Columns: region_code, line, matter, card, form (notice|talk|criticism), issuer (city|province|ministry), document,
    date, period_index, level, deduct, until.
    """
    rows = [_filed(events, line, now) for line in lines if isinstance(line.watch, Events)]
    return pl.concat(rows).sort("period_index", "region_code", "matter", "card", "line") if rows else pl.DataFrame()


def _filed(events: pl.DataFrame, line: Line, now: WatchRound) -> pl.DataFrame:
    """The register rows of one line; of two rules reached by one document the one that costs more stands."""
    ruled = _ruled(events, line, now).filter(pl.col("form") != "").sort("deduct", descending=True)
    ruled = ruled.unique(subset=[*_KEY, "indicator", "period_index"], keep="first", maintain_order=True)
    until = [ends(line, index, now.year_begins) for index in ruled.get_column("period_index").to_list()]
    return ruled.select(
        "region_code", pl.lit(line.id).alias("line"), "matter", pl.col("indicator").alias("card"), "form", "issuer",
        pl.col("source").alias("document"), pl.col("published_at").alias("date"), "period_index", "level", "deduct",
        pl.Series("until", until, dtype=pl.String),
    )  # fmt: skip
