"""月度到全年: bonus, reporting period, blend and the revision, exact to 10⁻⁹ point (RULES §1.6, §2.10)."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.assessment.year import blend, bonus_pattern, reporting_periods, revise
from junxian.core.errors import RuleError
from tests.oracles import grades as oracle

NANO = 10**9


def nano(points: str | Decimal | None) -> int | None:
    return None if points is None else int(Decimal(points) * NANO)


def scores(**points: str | None) -> pl.DataFrame:
    schema = {"region_code": pl.String, "exact": pl.Int64}
    return pl.DataFrame({"region_code": list(points), "exact": [nano(p) for p in points.values()]}, schema=schema)


def rounds(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    schema = {"region_code": pl.String, "round": pl.String, "exact": pl.Int64}
    return pl.DataFrame([(unit, name, nano(p)) for unit, name, p in rows], schema=schema, orient="row")


def adjustments(unit: str, bonus: str, deduction: str) -> pl.DataFrame:
    return pl.DataFrame({"region_code": [unit], "bonus": [nano(bonus)], "deduction": [nano(deduction)]})


def test_g12_blend_of_rounds_and_year_end() -> None:
    given_rounds = rounds(("甲", "2026-11", "86.10"), ("甲", "2026-12", "86.70"))
    found = blend(given_rounds, scores(甲="90.10"), rounds_weight=0.4, year_weight=0.6,
                  adjustments=adjustments("甲", "1.3", "1.0")).row(0, named=True)  # fmt: skip
    assert found["exact"] == nano("88.92")
    assert (found["rounds"], found["year_end"], found["bonus"], found["deduction"]) == (
        nano("34.56"), nano("54.06"), nano("1.3"), nano("1.0"),
    )  # fmt: skip
    assert found["counted"] == 2


def test_a_round_without_a_score_is_left_out_of_the_mean_and_is_no_zero() -> None:
    given_rounds = rounds(("甲", "1", "80"), ("甲", "2", None), ("甲", "3", "90"))
    found = blend(given_rounds, scores(甲="85"), rounds_weight=0.4, year_weight=0.6).row(0, named=True)
    assert (found["exact"], found["counted"]) == (nano("85"), 2)


def test_no_rounds_too_few_rounds_or_no_year_end_give_no_annual_score() -> None:
    given_rounds = rounds(("甲", "1", "80"), ("丙", "1", "80"), ("丙", "2", "82"))
    ends = scores(甲="85", 乙="85", 丙=None, 丁="1")
    found = blend(given_rounds, ends, rounds_weight=0.5, year_weight=0.5)
    assert found.get_column("exact").to_list() == [nano("82.5"), None, None, None]
    two = blend(given_rounds, ends, rounds_weight=0.5, year_weight=0.5, min_rounds=2)
    assert two.get_column("exact").null_count() == 4


def test_thirds_are_rounded_once_and_the_parts_sum() -> None:
    given_rounds = rounds(("甲", "1", "80"), ("甲", "2", "80"), ("甲", "3", "81"))
    found = blend(given_rounds, scores(甲="0"), rounds_weight=1, year_weight=0).row(0, named=True)
    assert found["exact"] == 80_333_333_333
    assert found["rounds"] + found["year_end"] == found["exact"]


def test_weights_must_be_one_and_a_round_comes_once() -> None:
    with pytest.raises(RuleError, match="year_weights_not_one"):
        blend(rounds(), scores(甲="1"), rounds_weight=0.4, year_weight=0.5)
    with pytest.raises(RuleError, match="year_weights_not_one"):
        blend(rounds(), scores(甲="1"), rounds_weight=-0.5, year_weight=1.5)
    with pytest.raises(RuleError, match="round_twice"):
        blend(rounds(("甲", "1", "1"), ("甲", "1", "2")), scores(甲="1"), rounds_weight=0.4, year_weight=0.6)


def test_months_add_their_awards_up_to_the_cap_of_the_year() -> None:
    awards = pl.DataFrame({"region_code": ["甲"] * 7 + ["乙"], "points": [nano("0.5")] * 7 + [nano("0.1")]})
    ends = scores(甲="90", 乙="88", 丙="70", 丁=None)
    found = bonus_pattern(ends, awards, cap=3)
    assert found.get_column("exact").to_list() == [nano("93"), nano("88.1"), nano("70"), None]
    assert bonus_pattern(ends, awards).item(0, "awards") == nano("3.5")


def test_the_full_year_stands_alone_or_periods_weigh_as_declared() -> None:
    given_periods = rounds(
        ("甲", "2026Q1", "80"), ("甲", "2026H1", "82"), ("甲", "2026", "90"), ("乙", "2026Q1", "99"),
        ("乙", "2026", None),
    )  # fmt: skip
    alone = reporting_periods(given_periods, {"2026": 1})
    assert alone.rows() == [("甲", nano("90")), ("乙", None)]
    weighed = reporting_periods(given_periods, {"2026Q1": 0.1, "2026H1": 0.2, "2026": 0.7})
    assert weighed.rows() == [("甲", nano("87.4")), ("乙", None)]
    with pytest.raises(RuleError, match="round_twice"):
        reporting_periods(rounds(("甲", "2026", "1"), ("甲", "2026", "2")), {"2026": 1})


def test_a_revision_is_a_line_of_its_own_and_published_scores_stay() -> None:
    found = revise(scores(甲="88.92", 乙="80", 丙="70"), scores(甲="89.00", 乙="79.5", 丙=None))
    assert found.rows() == [
        ("甲", nano("88.92"), nano("0.08"), nano("89")), ("乙", nano("80"), nano("-0.5"), nano("79.5")),
        ("丙", nano("70"), None, nano("70")),
    ]  # fmt: skip


points = st.decimals(-20, 110, places=2)
weights = st.sampled_from(["0.4", "0.5", "0.333", "0", "1", "0.25"])


@given(st.lists(points, min_size=1, max_size=11), points, weights)
def test_agrees_with_the_slow_way(values: list[Decimal], end: Decimal, weight: str) -> None:
    other = 1 - Decimal(weight)
    given_rounds = rounds(*(("甲", str(i), str(v)) for i, v in enumerate(values)))
    found = blend(given_rounds, scores(甲=str(end)), rounds_weight=float(weight), year_weight=float(other))
    row = found.row(0, named=True)
    expected = oracle.blended(values, end, Decimal(weight), other) * NANO
    assert abs(row["exact"] - expected) <= Decimal("0.5000001")
    assert row["rounds"] + row["year_end"] + row["bonus"] - row["deduction"] == row["exact"]
