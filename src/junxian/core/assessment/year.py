"""Monthly to annual (月度到全年): three patterns, each exact, and the revision of the year as a line of its own.

All points are Int64 of 10⁻⁹. A unit without a year-end score has no annual score; a round it was not scored in is left
out of its mean and never counted as zero. Published rounds are frozen: later data enter by `revise` alone (RULES §1.6).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm

import polars as pl

from junxian.core.errors import RuleError
from junxian.core.scoring.exact import NANO


def bonus_pattern(year_end: pl.DataFrame, awards: pl.DataFrame, cap: float | None = None) -> pl.DataFrame:
    """Pattern 1 (奖励式): the year-end score stands alone, months only add their awards, capped by the year.

    year_end: region_code, exact. awards: region_code, points, one row per award won. Returns region_code, year_end,
    awards, exact.
    """
    won = awards.group_by("region_code").agg(awards=pl.col("points").sum())
    limit = None if cap is None else round(cap * NANO)
    table = year_end.select("region_code", year_end="exact").join(
        won, on="region_code", how="left", maintain_order="left"
    )
    table = table.with_columns(pl.col("awards").fill_null(0).clip(upper_bound=limit))
    return table.with_columns(exact=pl.col("year_end") + pl.col("awards"))


def reporting_periods(periods: pl.DataFrame, weights: Mapping[str, float]) -> pl.DataFrame:
    """Pattern 2 (报告期式): each reporting period is scored on cumulative data and weighs as declared.

    periods: region_code, round, exact. weights: round → share, summing to 1; `{"2026": 1}` lets the full year stand
    alone. A weighed period without a score leaves the unit without an annual score. Returns region_code, exact.
    """
    shares = _shares(weights)
    rows = periods.filter(pl.col("round").is_in(list(shares)) & pl.col("exact").is_not_null())
    bottom = lcm(*(share.denominator for share in shares.values()))
    factor = {name: share.numerator * (bottom // share.denominator) for name, share in shares.items()}
    weighed = pl.col("exact").cast(pl.Int128) * pl.col("round").replace_strict(factor, return_dtype=pl.Int128)
    units = periods.select(pl.col("region_code").unique(maintain_order=True))
    summed = rows.group_by("region_code").agg(_top=weighed.sum(), _seen=pl.col("round").n_unique(), _rows=pl.len())
    _one_each(summed.filter(pl.col("_rows") != pl.col("_seen")))
    whole = pl.when(pl.col("_seen") == len(shares)).then(_divided(pl.col("_top"), pl.lit(bottom, dtype=pl.Int128)))
    joined = units.join(summed, on="region_code", how="left", maintain_order="left")
    return joined.select("region_code", exact=whole.cast(pl.Int64))


def blend(
    rounds: pl.DataFrame,
    year_end: pl.DataFrame,
    *,
    rounds_weight: float,
    year_weight: float,
    adjustments: pl.DataFrame | None = None,
    min_rounds: int = 1,
) -> pl.DataFrame:
    """Pattern 3 (综合式): w1·mean(round scores) + w2·year-end score + bonus − deduction (RULES §2.10).

    rounds: region_code, round, exact. year_end: region_code, exact. adjustments: region_code, bonus, deduction, both
    not below zero. Returns region_code, counted (rounds with a score), rounds and year_end (what each contributes),
    bonus, deduction, exact; the four parts sum exactly to `exact`, which is rounded once. Fewer than `min_rounds`
    scored rounds leave a unit without an annual score.
    """
    shares = _shares({"rounds": rounds_weight, "year_end": year_weight})
    scored = rounds.filter(pl.col("exact").is_not_null())
    _one_each(scored.filter(pl.struct("region_code", "round").is_duplicated()))
    sums = scored.group_by("region_code").agg(
        counted=pl.len().cast(pl.Int64), _sum=pl.col("exact").cast(pl.Int128).sum()
    )
    table = year_end.select("region_code", _end=pl.col("exact").cast(pl.Int128))
    table = table.join(sums, on="region_code", how="left", maintain_order="left")
    table = _adjusted(table.with_columns(pl.col("counted").fill_null(0)), adjustments)
    enough = (pl.col("counted") >= max(1, min_rounds)) & pl.col("_end").is_not_null()
    return _blended(table, shares["rounds"], shares["year_end"], enough)


def _blended(table: pl.DataFrame, first: Fraction, second: Fraction, enough: pl.Expr) -> pl.DataFrame:
    """One division for the sum; the rounds' part is rounded for show and the year-end's is what remains."""
    top = pl.col("_sum") * first.numerator * second.denominator
    rest = pl.col("_end") * second.numerator * first.denominator * pl.col("counted")
    bottom = pl.col("counted").cast(pl.Int128) * first.denominator * second.denominator
    both, rounds = _divided(top + rest, bottom), _divided(top, bottom)
    parts = table.with_columns(rounds=pl.when(enough).then(rounds), _both=pl.when(enough).then(both))
    return parts.select(
        "region_code", "counted", pl.col("rounds").cast(pl.Int64),
        (pl.col("_both") - pl.col("rounds")).cast(pl.Int64).alias("year_end"), "bonus", "deduction",
        (pl.col("_both") + pl.col("bonus") - pl.col("deduction")).cast(pl.Int64).alias("exact"),
    )  # fmt: skip


def revise(published: pl.DataFrame, latest: pl.DataFrame) -> pl.DataFrame:
    """region_code, published, revision (修订调整), exact: what later data change stands as a line of its own.

    Both: region_code, exact, as computed from the frozen rounds and from the latest data. Where one has no score the
    revision is unknown and the published score stands.
    """
    table = published.select("region_code", published="exact").join(
        latest.select("region_code", _latest="exact"), on="region_code", how="left", maintain_order="left"
    )
    revision = pl.col("_latest") - pl.col("published")
    final = pl.col("published") + revision.fill_null(0)
    return table.select("region_code", "published", revision=revision, exact=final)


def _shares(weights: Mapping[str, float]) -> dict[str, Fraction]:
    """Weights as the decimals they were written as; they sum to 1 or the pattern is refused."""
    shares = {name: Fraction(str(weight)) for name, weight in weights.items()}
    if sum(shares.values()) != 1 or min(shares.values()) < 0:
        raise RuleError("assessment.year_weights_not_one", weights=", ".join(f"{n} {w}" for n, w in weights.items()))
    return shares


def _one_each(doubled: pl.DataFrame) -> None:
    if doubled.height:
        raise RuleError("assessment.round_twice", unit=doubled.item(0, "region_code"))


def _divided(top: pl.Expr, bottom: pl.Expr) -> pl.Expr:
    """top / bottom in whole numbers, halves away from zero; null where nothing is divided."""
    size = (top.abs() * 2 + bottom) // (bottom * 2)
    return pl.when(bottom > 0).then(pl.when(top < 0).then(size * -1).otherwise(size))


def _adjusted(table: pl.DataFrame, adjustments: pl.DataFrame | None) -> pl.DataFrame:
    """Add bonus and deduction; a unit that is not named has none."""
    if adjustments is None:
        return table.with_columns(bonus=pl.lit(0, dtype=pl.Int64), deduction=pl.lit(0, dtype=pl.Int64))
    both = adjustments.group_by("region_code").agg(pl.col("bonus", "deduction").sum())
    joined = table.join(both, on="region_code", how="left", maintain_order="left")
    return joined.with_columns(pl.col("bonus", "deduction").fill_null(0))
