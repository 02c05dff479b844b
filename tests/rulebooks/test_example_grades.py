"""June 2026 judged whole: both gates shown, quotas kept, bonus and deduction by matter, awards after the gates."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from junxian.core.indicators.known import complete
from junxian.core.rulebook.judge import Judgement, judge, prepare
from junxian.files.examples.world import nine
from tests.rulebooks.example_figures import observed, rules


@lru_cache(maxsize=4)
def judged(period: str) -> Judgement:
    figures = complete(observed().drop("series", "period_index"))
    return judge(prepare(rules(), period, "monthly"), figures, None)


def rows(period: str) -> dict[str, dict[str, object]]:
    return {row["region_code"]: row for row in judged(period).scores.iter_rows(named=True)}


def nano(period: str, unit: str, what: str) -> int:
    return int(judged(period).settled.filter(pl.col("region_code") == unit).get_column(what).item())


def test_nine_units_are_ranked_in_two_groups_and_the_zone_in_none() -> None:
    found = rows("2026-06")
    assert set(found) == set(nine())
    ranks = {
        name: sorted(int(str(r["rank"])) for r in found.values() if r["category"] == name) for name in ("县", "区")
    }
    assert ranks == {"县": [1, 2, 3, 4, 5], "区": [1, 2, 3, 4]}


def test_excellence_keeps_to_its_quota_though_a_second_county_has_ninety_points() -> None:
    found = rows("2026-06")
    high = [unit for unit, row in found.items() if row["category"] == "县" and float(str(row["score"])) >= 90]
    best = [unit for unit, row in found.items() if row["category"] == "县" and row["grade"] == "优秀"]
    assert len(high) == 2
    assert best == [max(high, key=lambda unit: float(str(found[unit]["score"])))]


def test_a_broken_bottom_line_fails_the_gate_and_is_not_averaged_away() -> None:
    found = rows("2026-06")
    assert found["X10025"]["gate"] == "fail"
    assert {row["gate"] for unit, row in found.items() if unit != "X10025"} == {"pass"}


def test_a_named_reward_counts_once_at_its_highest_level() -> None:
    assert nano("2026-04", "X10021", "bonus") == 2 * 10**9


def test_talks_and_criticism_are_deducted_in_their_month() -> None:
    assert nano("2026-06", "X10025", "deduction") == 2 * 10**9
    assert nano("2026-06", "X10022", "deduction") == 5 * 10**8
    assert nano("2026-05", "X10022", "deduction") == 0


def test_awards_go_to_the_first_three_that_pass_and_to_nobody_below() -> None:
    awards = judged("2026-06").awards
    found = {row["region_code"]: row["points"] for row in awards.filter(pl.col("group") == "县").iter_rows(named=True)}
    ranks = {unit: row["rank"] for unit, row in rows("2026-06").items()}
    assert sorted((ranks[unit], points) for unit, points in found.items()) == [
        (1, 5 * 10**8), (2, 3 * 10**8), (3, 10**8),
    ]  # fmt: skip
