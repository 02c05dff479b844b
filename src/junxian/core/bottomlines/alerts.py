"""Alerts (预警表): the shape that every watch returns, severity, end dates and what still has effect."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from junxian.core.bottomlines.model import LEVELS, NOT_WATCHED, Line
from junxian.core.text import spoken

ALERTS = pl.Schema({
    "region_code": pl.String, "region": pl.String, "line": pl.String, "level": pl.String, "indicator": pl.String,
    "value": pl.Float64, "rank": pl.Int64, "n": pl.Int64, "worse": pl.Int64, "tied": pl.Boolean, "months": pl.Int64,
    "deduct": pl.Float64, "basis": pl.String, "effect": pl.String, "until": pl.String, "breach": pl.Boolean,
    "reason": pl.String, "bound": pl.Float64, "matter": pl.String, "same_as": pl.String, "period_index": pl.Int64,
})  # fmt: skip
"""`reason` says why a unit is not watched or warned: no_figure, too_few, near, falling, worse; empty otherwise."""

_SEVERITY: dict[str, int] = {NOT_WATCHED: -1, **{level: place for place, level in enumerate(LEVELS)}}


@dataclass(frozen=True, slots=True)
class WatchRound:
    """The round watched: the index of its last month, months per round, and the month the assessment year begins.

    `merged_months` are months published only together, as the calendar of the rulebook says: ((1, 2),) for 1–2月合并.
    """

    index: int
    step: int = 1
    year_begins: int = 1
    merged_months: tuple[tuple[int, ...], ...] = ()

    @property
    def year_start(self) -> int:
        """Index of the first month of the assessment year."""
        return self.index - (self.index % 12 - (self.year_begins - 1)) % 12

    @property
    def starts(self) -> int:
        """Index of the round's first month."""
        return self.index - self.length(self.index) + 1

    def length(self, index: int) -> int:
        """Months of the round that ends with the month of `index`; February covers January where they are merged."""
        together = [len(months) for months in self.merged_months if months[-1] == index % 12 + 1]
        return max([self.step, *together])


def severity(level: pl.Expr) -> pl.Expr:
    """Levels as integers, −1 for not watched, 0 green … 4 veto."""
    return level.replace_strict(_SEVERITY, return_dtype=pl.Int64)


def level_of(place: pl.Expr) -> pl.Expr:
    return place.replace_strict({v: k for k, v in _SEVERITY.items()}, return_dtype=pl.String)


def last_day(index: int) -> str:
    """The last day of the month of an index, as an ISO date."""
    year, month = index // 12, index % 12 + 1
    return f"{year:04d}-{month:02d}-{monthrange(year, month)[1]:02d}"


def ends(line: Line, index: int, year_begins: int = 1) -> str:
    """Until when (ISO date) the effect of a breach in the month of `index` lasts, by the line's own rule."""
    if line.until == "year_end":
        return last_day(WatchRound(index, year_begins=year_begins).year_start + 11)
    if line.until == "round":
        return last_day(index)
    return last_day(index + int(line.until)) if line.until.startswith("+") else line.until


def told_basis(line: Line, language: str = "zh") -> str:
    """The legal basis of a line as one text: document, number, article."""
    if line.basis is None:
        return ""
    parts = (spoken(line.basis.document, language), line.basis.number, line.basis.article)
    return " ".join(part for part in parts if part)


def shaped(rows: pl.DataFrame, line: Line, now: WatchRound, names: Mapping[str, str], language: str) -> pl.DataFrame:
    """Judged rows of one line as alerts: what a watch did not say is empty, what the line says is filled in."""
    absent = [pl.lit(None, dtype=kind).alias(name) for name, kind in ALERTS.items() if name not in rows.columns]
    filled = rows.with_columns(absent).with_columns(
        region=pl.col("region_code").replace(dict(names)),
        line=pl.lit(line.id),
        indicator=pl.col("indicator").fill_null(line.what),
        basis=pl.lit(told_basis(line, language)),
        tied=pl.col("tied").fill_null(value=False),
        period_index=pl.col("period_index").fill_null(now.index),
        months=pl.col("months").fill_null(0),
        reason=pl.col("reason").fill_null(""),
        matter=pl.col("matter").fill_null(""),
        same_as=pl.col("same_as").fill_null(""),
    )
    return filled.select(pl.col(name).cast(kind) for name, kind in ALERTS.items())


def in_effect(alerts: pl.DataFrame, day: str) -> pl.DataFrame:
    """Breaches of earlier and present rounds whose effect still lasts on `day` (ISO date, both ends included)."""
    return alerts.filter(pl.col("breach") & (pl.col("until") >= day))
