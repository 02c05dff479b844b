"""等次: two gates shown both, quotas, ties at the cut, the next in line, caps and awards (RULES §2.8, §2.9)."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.assessment.grade import grade, place_awards
from junxian.core.assessment.model import AssessedScheme, Award, Effect
from tests.oracles import grades as oracle

GRADES = [
    {"name": "优秀", "at_least": 90, "quota": "30%", "needs_gates": True},
    {"name": "良好", "at_least": 80},
    {"name": "合格", "at_least": 60},
    {"name": "不合格"},
]
MISSING = dict.fromkeys(("late", "not_reported", "not_applicable", "undefined"), "renormalise")


def scheme(**more: object) -> AssessedScheme:
    return AssessedScheme.model_validate({
        "id": "年度", "title": "年度", "groups": {"县": ["甲"]}, "missing": MISSING, "ties": "shared", "rounding": {},
        "criteria": [{"name": "收入", "value": "收入", "method": "as_is", "points": 100}], "grades": GRADES, **more,
    })  # fmt: skip


def settled(scores: dict[str, float | None], gates: dict[str, str] | None = None, **more: list[object]) -> pl.DataFrame:
    columns = {"region_code": list(scores), "group": "县", "score": pl.Series(list(scores.values()), dtype=pl.Float64)}
    return pl.DataFrame(columns | {"gate": [(gates or {}).get(unit, "pass") for unit in scores]} | more)


def told(frame: pl.DataFrame, column: str = "grade") -> dict[str, object]:
    return dict(frame.select("region_code", column).iter_rows())


TEN = {f"U{i}": 99.0 - i for i in range(10)}  # 99, 98, … 90


def test_the_quota_is_a_floor_and_the_rest_take_the_next_grade() -> None:
    found = grade(settled(TEN), scheme(), by=["group"])
    assert list(told(found).values()) == ["优秀"] * 3 + ["良好"] * 7
    assert not found.get_column("promoted").any()
    assert not found.get_column("tied_out").any()


def test_a_breach_is_never_averaged_away_and_the_next_in_line_moves_up() -> None:
    found = grade(settled(TEN, {"U0": "fail"}), scheme(), by=["group"])
    assert told(found)["U0"] == "良好"
    assert told(found, "by_points")["U0"] == "优秀"
    assert (told(found)["U3"], told(found, "by_points")["U3"]) == ("优秀", "良好")
    assert [unit for unit, moved in told(found, "promoted").items() if moved] == ["U3"]


@pytest.mark.parametrize("gate", ["fail", "veto", "not_assessed"])
def test_only_a_gate_passed_opens_a_grade_that_needs_it(gate: str) -> None:
    assert told(grade(settled({"甲": 95.0}, {"甲": gate}), scheme(), by=["group"]))["甲"] == "良好"


def test_a_cap_holds_better_grades_shut_and_not_worse_ones() -> None:
    struck = [(pl.col("hit"), Effect(grade_at_most="合格"))]
    frame = settled({"甲": 95.0, "乙": 85.0, "丙": 50.0, "丁": 95.0}, hit=[True, True, True, None])
    assert told(grade(frame, scheme(), struck, by=["group"])) == {
        "甲": "合格",
        "乙": "合格",
        "丙": "不合格",
        "丁": "优秀",
    }


def test_a_grade_closed_by_name_leaves_the_others_open() -> None:
    struck = [(pl.col("region_code") == "甲", Effect(not_eligible=("优秀",)))]
    assert told(grade(settled({"甲": 95.0, "乙": 70.0}), scheme(), struck, by=["group"])) == {
        "甲": "良好",
        "乙": "合格",
    }


def test_a_tie_at_the_cut_takes_fewer_and_says_so() -> None:
    scores = TEN | {"U3": 97.0}  # U2 and U3 both 97 for the third place
    found = grade(settled(scores), scheme(), by=["group"])
    assert [u for u, g in told(found).items() if g == "优秀"] == ["U0", "U1"]
    assert [u for u, out in told(found, "tied_out").items() if out] == ["U2", "U3"]
    every = grade(settled(scores), scheme(grade_ties="all"), by=["group"])
    assert [u for u, g in told(every).items() if g == "优秀"] == ["U0", "U1", "U2", "U3"]
    assert not every.get_column("tied_out").any()


def test_tie_breaks_decide_first_where_the_scheme_lists_them() -> None:
    frame = settled(TEN | {"U3": 97.0}, tie_0=[0, 0, 5, 9, 0, 0, 0, 0, 0, None])
    by_amount = scheme(rank={"tie_break": ["收入"]})
    assert [u for u, g in told(grade(frame, by_amount, by=["group"])).items() if g == "优秀"] == ["U0", "U1", "U3"]
    fewer = scheme(rank={"tie_break": ["收入"]}, grade_ties="fewer")
    assert [u for u, g in told(grade(frame, fewer, by=["group"])).items() if g == "优秀"] == ["U0", "U1"]


def test_a_small_group_has_one_winner_where_declared_and_none_otherwise() -> None:
    three = {"甲": 95.0, "乙": 94.0, "丙": 93.0}
    assert list(told(grade(settled(three), scheme(), by=["group"])).values()) == ["优秀", "良好", "良好"]
    strict = [GRADES[0] | {"at_least_one": False}, *GRADES[1:]]
    assert "优秀" not in told(grade(settled(three), scheme(grades=strict), by=["group"])).values()
    low = {"甲": 89.99, "乙": 70.0}
    assert list(told(grade(settled(low), scheme(), by=["group"])).values()) == ["良好", "合格"]


def test_twenty_nine_per_cent_of_a_hundred_is_twenty_nine() -> None:
    scores: dict[str, float | None] = {f"U{i:03d}": 100.0 - i / 100 for i in range(100)}
    rule = [GRADES[0] | {"quota": 0.29}, *GRADES[1:]]
    assert list(told(grade(settled(scores), scheme(grades=rule), by=["group"])).values()).count("优秀") == 29


def test_a_unit_without_a_score_has_no_grade_and_does_not_widen_the_quota() -> None:
    scores = TEN | {"U9": None}
    found = told(grade(settled(scores), scheme(), by=["group"]))
    assert found["U9"] == ""
    assert list(found.values()).count("优秀") == 2  # floor(9 · 0.3)


def test_groups_have_their_own_quota_and_thresholds_are_left_closed() -> None:
    frame = pl.concat([
        settled({"甲": 90.0, "乙": 80.0, "丙": 60.0, "丁": 59.99}),
        settled({"戊": 89.99, "己": 79.99}).with_columns(group=pl.lit("区")),
    ])  # fmt: skip
    assert told(grade(frame, scheme(), by=["group"])) == {
        "甲": "优秀", "乙": "良好", "丙": "合格", "丁": "不合格", "戊": "良好", "己": "合格",
    }  # fmt: skip


def test_the_exact_score_may_decide_the_order() -> None:
    frame = settled({"甲": 95.0, "乙": 95.0, "丙": 95.0}, exact=[95_000_000_002, 95_000_000_003, 95_000_000_001])
    assert told(grade(frame, scheme(rank={"on": "exact"}), by=["group"]))["乙"] == "优秀"


def test_without_grades_nobody_has_one() -> None:
    found = grade(settled(TEN), scheme(grades=[]), by=["group"])
    assert set(told(found).values()) == {""}


scores = st.lists(st.tuples(st.none() | st.decimals(50, 100, places=1), st.booleans()), min_size=1, max_size=14)


@given(scores, st.booleans(), st.randoms())
def test_agrees_with_the_slow_way_in_any_order(
    rows: list[tuple[Decimal | None, bool]], all_tied: bool, chance: object
) -> None:
    units = [(f"U{i}", score, passed) for i, (score, passed) in enumerate(rows)]
    expected = oracle.grades(
        units,
        [("优秀", Decimal(90), Decimal("0.3"), True, True), ("良好", Decimal(80), None, True, False),
         ("合格", Decimal(60), None, True, False), ("不合格", None, None, True, False)],
        all_tied=all_tied,
    )  # fmt: skip
    shuffled = list(units)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    frame = settled(
        {unit: None if score is None else float(score) for unit, score, _ in shuffled},
        {unit: "pass" if passed else "fail" for unit, _, passed in shuffled},
    )
    found = grade(frame, scheme(grade_ties="all" if all_tied else "fewer"), by=["group"])
    assert told(found) == expected


@given(st.lists(st.decimals(50, 100, places=1), min_size=2, max_size=10))
def test_a_better_score_never_has_a_worse_grade(values: list[Decimal]) -> None:
    names = [one["name"] for one in GRADES]
    found = grade(settled({f"U{i}": float(v) for i, v in enumerate(values)}), scheme(), by=["group"])
    ranked = sorted(found.select("score", "grade").iter_rows(), reverse=True)
    places = [names.index(name) for _, name in ranked]
    assert places == sorted(places)


TOP_THREE = Award.model_validate({"id": "前三", "name": "前三名加分", "by_place": [0.5, 0.3, 0.1]})


def test_awards_go_to_the_first_places_among_those_who_passed() -> None:
    found = place_awards(settled(TEN, {"U1": "fail"}), scheme(), TOP_THREE, by=["group"])
    assert found.select("region_code", "place", "points").rows() == [
        ("U0", 1, 500_000_000), ("U2", 2, 300_000_000), ("U3", 3, 100_000_000),
    ]  # fmt: skip


def test_nobody_passing_means_no_award_and_an_effect_may_bar() -> None:
    assert place_awards(settled({"甲": 95.0}, {"甲": "fail"}), scheme(), TOP_THREE, by=["group"]).height == 0
    struck = [(pl.col("region_code") == "U0", Effect(no_awards=True)), (pl.col("region_code") == "U1", Effect())]
    found = place_awards(settled(TEN), scheme(), TOP_THREE, struck, by=["group"])
    assert found.get_column("region_code").to_list() == ["U1", "U2", "U3"]


def test_tied_units_share_an_award_and_the_next_place_stays_empty() -> None:
    found = place_awards(settled({"甲": 95.0, "乙": 95.0, "丙": 90.0, "丁": None}), scheme(), TOP_THREE, by=["group"])
    assert found.select("region_code", "place").rows() == [("乙", 1), ("甲", 1), ("丙", 3)]


def test_where_low_scores_are_good_a_grade_says_at_most() -> None:
    ratings = [{"name": "Aaa", "at_most": 1.5}, {"name": "Aa", "at_most": 4.5}, {"name": "A"}]
    found = grade(
        settled({"甲": 1.5, "乙": 1.6, "丙": 9.0}), scheme(grades=ratings, rank={"better": "low"}), by=["group"]
    )
    assert list(told(found).values()) == ["Aaa", "Aa", "A"]
