"""Grades and awards (等次与奖励): two gates side by side — bottom lines first (称职), points second (优秀).

What points alone would give stays visible as `by_points`; a breach bars the grade and is never averaged away.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import polars as pl

from junxian.core.assessment.model import AssessedScheme, Award, Effect, Grade
from junxian.core.scoring.exact import NANO

GROUP = ("period_index", "group")
Struck = Sequence[tuple[pl.Expr, Effect]]
"""Each gate and veto as the condition under which its effect holds, and that effect."""


def grade(
    settled: pl.DataFrame, scheme: AssessedScheme, struck: Struck = (), by: Sequence[str] = GROUP
) -> pl.DataFrame:
    """`settled` with by_points, grade, promoted and tied_out.

    settled: region_code, score (published), gate, the columns of `by`, `exact` where the scheme ranks on it, and one
    column `tie_<i>` per tie-break. Grades are taken best first: threshold on the published score, then the quota
    floor(n·q) of the n units with a score in the group, at least one where declared. A tie at the cut that the
    tie-breaks leave open takes no place rather than one too many (`grade_ties: all` takes all). Who is barred leaves
    the place to the next in line (缺额依次递补): such a unit is `promoted`. `tied_out` missed a grade by an open tie
    alone. A unit without a score has the grade "".
    """
    keyed = settled.with_columns(_key=_order(scheme))
    free = _taken(keyed, scheme, [pl.lit(value=False) for _ in scheme.grades], by)
    bound = _taken(keyed, scheme, [_barred(scheme.grades, place, struck) for place in range(len(scheme.grades))], by)
    names = {place: one.name for place, one in enumerate(scheme.grades)}
    word = pl.col("place").replace_strict(names, default="", return_dtype=pl.String)
    better = bound["place"].fill_null(len(names)) < free["place"].fill_null(len(names))
    return settled.with_columns(
        free.select(word).to_series().alias("by_points"),
        bound.select(word).to_series().alias("grade"),
        better.alias("promoted"),
        bound["tied_out"],
    )


def _order(scheme: AssessedScheme) -> pl.Expr:
    """One integer per row, higher is better: the ranked score, then the tie-breaks in order, more first."""
    on = pl.col("score" if scheme.rank.on == "published" else "exact").cast(pl.Float64)
    score = on if scheme.rank.better == "high" else 0.0 - on
    used = len(scheme.rank.tie_break) if scheme.grade_ties == "tie_break_then_fewer" else 0
    breaks = [pl.col(f"tie_{place}").cast(pl.Float64).fill_null(float("-inf")) for place in range(used)]
    key = pl.struct(score.fill_null(float("-inf")).alias("s"), *breaks).rank("dense")
    return pl.when(score.is_not_null()).then(key)


def _barred(grades: Sequence[Grade], place: int, struck: Struck) -> pl.Expr:
    """Whether the grade at `place` is closed to a unit: by a gate it needs, a cap below it, or by name."""
    names = [one.name for one in grades]
    closed = pl.col("gate") != "pass" if grades[place].needs_gates else pl.lit(value=False)
    for condition, effect in struck:
        capped = effect.grade_at_most in names and place < names.index(effect.grade_at_most)
        if capped or names[place] in effect.not_eligible:
            closed = closed | condition.fill_null(value=False)
    return closed


def _taken(keyed: pl.DataFrame, scheme: AssessedScheme, barred: Sequence[pl.Expr], by: Sequence[str]) -> pl.DataFrame:
    """place (index of the grade taken, null: none) and tied_out of every row."""
    none = pl.lit(None, dtype=pl.Int64)
    frame = keyed.with_columns(place=none, tied_out=pl.lit(value=False), _n=pl.col("score").count().over(by))
    for place, one in enumerate(scheme.grades):
        open_ = pl.col("score").is_not_null() & pl.col("place").is_null() & ~barred[place]
        qualified = open_ if one.at_least is None else open_ & (pl.col("score") >= one.at_least)
        qualified = qualified if one.at_most is None else qualified & (pl.col("score") <= one.at_most)
        won, missed = _won(frame.with_columns(_in=qualified), one, scheme.grade_ties == "all", by)
        frame = frame.with_columns(
            place=pl.when(won).then(pl.lit(place, dtype=pl.Int64)).otherwise("place"),
            tied_out=pl.col("tied_out") | missed,
        )
    return frame.select("place", "tied_out")


def _won(frame: pl.DataFrame, one: Grade, all_tied: bool, by: Sequence[str]) -> tuple[pl.Series, pl.Series]:
    """Who of those qualified (`_in`) is within the quota, and who is out by an open tie at the cut alone."""
    if one.quota is None:
        return frame["_in"], pl.repeat(value=False, n=frame.height, eager=True)
    share = Fraction(str(one.quota))  # 0.29 · 100 is 28.999… in floats, and one winner would be lost
    places = pl.col("_n").cast(pl.Int64) * share.numerator // share.denominator
    limit = pl.max_horizontal(places, 1) if one.at_least_one else places
    key = pl.when("_in").then("_key")
    first, last = (key.rank(method, descending=True).over(by) for method in ("min", "max"))
    within = (first <= limit).fill_null(value=False)
    whole = (last <= limit).fill_null(value=False)
    won = within if all_tied else whole
    found = frame.select(won=won, missed=within & ~won)
    return found["won"], found["missed"]


def place_awards(
    settled: pl.DataFrame, scheme: AssessedScheme, award: Award, struck: Struck = (), by: Sequence[str] = GROUP
) -> pl.DataFrame:
    """by…, region_code, award, place, points (Int64 of 10⁻⁹): the first places among those who passed every gate.

    Nobody passing gives no rows. Units that tie share a place and its points, and the next places stay empty; an effect
    with `no_awards` bars (RULES §2.3 row 1, §2.6).
    """
    passed = (pl.col("gate") == "pass") & pl.col("score").is_not_null()
    for condition, effect in struck:
        if effect.no_awards:
            passed = passed & ~condition.fill_null(value=False)
    eligible = settled.with_columns(_key=_order(scheme)).filter(passed)
    points = {place: round(amount * NANO) for place, amount in enumerate(award.by_place, start=1)}
    placed = eligible.with_columns(place=pl.col("_key").rank("min", descending=True).over(by).cast(pl.Int64))
    return (
        placed.filter(pl.col("place") <= len(points))
        .select(*by, "region_code", pl.lit(award.id).alias("award"), "place")
        .with_columns(points=pl.col("place").replace_strict(points, return_dtype=pl.Int64))
        .sort(*by, "place", "region_code")
    )
