"""Golden numbers (算例): the worked table of RULES §2.2 and the numbers of §14 that are about points."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction as F
from typing import Any

import pytest

from tests.core.scoring.scene import scored

UNITS = "甲乙丙丁戊己庚辛壬"
GROWTH = dict(zip(UNITS, [9.0, 8.3, 7.4, 6.2, 5.6, 5.6, 4.0, 3.1, -1.5], strict=True))
TABLE: dict[str, tuple[Any, str, str]] = {  # column → method, what is printed, the nine figures
    "M4": ({"rank_step": "5%"}, "points", "10.0 9.5 9.0 8.5 8.0 8.0 7.0 6.5 6.0"),
    "M6 d": ("efficacy", "marks", "100.00 97.33 93.90 89.33 87.05 87.05 80.95 77.52 60.00"),
    "M6 pts": ("efficacy", "points", "10.00 9.73 9.39 8.93 8.70 8.70 8.10 7.75 6.00"),
    "M7 d": ("exponential_efficacy", "marks", "100.00 96.65 92.51 87.27 84.75 84.75 78.41 75.05 60.00"),
    "M6 fixed d": (
        {"efficacy": {"high": 8, "low": 0, "clamp": [0, 100]}},
        "marks",
        "100.00 100.00 97.00 91.00 88.00 88.00 80.00 75.50 52.50",
    ),
    "M8": ("min_max", "marks", "100.00 96.00 90.86 84.00 80.57 80.57 71.43 66.29 40.00"),
    "M1 pts": (
        {"completion": {"target": 7.0, "cap": 1.2}},
        "points",
        "12.00 11.86 10.57 8.86 8.00 8.00 5.71 4.43 0.00",
    ),
}
PLACES = {"县": list(UNITS)}


def criterion(method: Any, points: float | None = 10, **more: Any) -> dict[str, Any]:
    return {"name": "项", "value": "数", "points": points, "method": method, **more}


def printed(exact: F | None, places: int = 2) -> Decimal:
    assert exact is not None
    return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def one(method: Any, figures: dict[str, Any], points: float | None = 10, **more: Any) -> dict[str, Decimal]:
    scene = scored([criterion(method, points, **more)], {"数": figures})
    return {unit: printed(p) for unit, p in scene.points("项").items()}


@pytest.mark.parametrize("column", TABLE)
def test_the_worked_table(column):
    method, what, numbers = TABLE[column]
    scene = scored([criterion(method)], {"数": GROWTH})
    found = scene.points("项") if what == "points" else scene.marks("项")
    texts = numbers.split()
    places = len(texts[0].partition(".")[2])
    assert {unit: str(printed(x, places)) for unit, x in found.items()} == dict(zip(UNITS, texts, strict=True))


def test_the_worked_table_gives_its_places():
    scene = scored([criterion({"rank_step": "5%"})], {"数": GROWTH})
    assert list(scene.column("项", "_rank").values()) == [1, 2, 3, 4, 5, 5, 7, 8, 9]


def test_one_outlier_squeezes_the_others():
    """Delete 壬 and every M6 score moves (RULES §2.2)."""
    nine, eight = (
        scored([criterion("efficacy")], {"数": {u: GROWTH[u] for u in who}}).points("项") for who in (UNITS, UNITS[:-1])
    )
    assert all(nine[u] != eight[u] for u in UNITS[1:-1])


def test_level_and_growth():
    """M9: level 82.50 and growth 91.00 at 40/60 → 87.60; as the two efficacy marks it is made of."""
    children = [
        {"name": "水平", "value": "水平数", "method": {"efficacy": {"low": 0, "high": 16}}, "weight": 0.4},
        {
            "name": "增速",
            "value": "增速数",
            "method": {"efficacy": {"low": 0, "high": 8, "clamp": [0, 100]}},
            "weight": 0.6,
        },
    ]
    figures = {"水平数": {"丁": 9.0}, "增速数": {"丁": 6.2}}
    scene = scored([{"name": "静动", "of": children, "combine": "mean"}], figures)
    assert scene.marks("水平")["丁"] == F(825, 10)
    assert scene.points("静动")["丁"] == F(876, 10)
    as_points = scored([{"name": "静动", "of": children, "combine": "mean", "points": 6}], figures)
    assert as_points.points("静动")["丁"] == F(876, 1000) * 6


def test_against_the_city():
    method = {"against_average": {"reference": 6.1, "per": 0.1, "points": 0.1, "cap": 2}}
    assert one(method, {"丙": 7.4, "壬": -1.5, "甲": 6.1}) == {
        "丙": Decimal("1.30"),
        "壬": Decimal("-2.00"),
        "甲": Decimal("0.00"),
    }


def test_target_first_then_places():
    method = {"hit_then_rank": {"target": 8, "hit_points": 4, "step": "5%"}}
    found = one(method, {"甲": 9.1, "乙": 8.4, "丙": 8.0, "丁": 7.9})
    assert {u: str(p) for u, p in found.items()} == {"甲": "10.00", "乙": "9.70", "丙": "4.00", "丁": "0.00"}


def test_places_gained():
    """M13: W·clamp(0.6 + 0.1·Δ, 0, 1)."""
    method = {"advance": {"base": 0.6, "per_place": 0.1}}
    assert one(method, {"甲": 0, "乙": 2, "丙": 9, "丁": -7}, 3) == {
        "甲": Decimal("1.80"),
        "乙": Decimal("2.40"),
        "丙": Decimal("3.00"),
        "丁": Decimal("0.00"),
    }


def test_places_gained_come_out_of_two_periods():
    """M13 on the ranks themselves: 乙 moves from third to first."""
    figures = {"数": {"甲": 5, "乙": 9, "丙": 7, ("甲", 1): 8, ("乙", 1): 5, ("丙", 1): 6}}
    text = "0 - (排名(数) - 排名(上期(数)))"
    scene = scored([criterion({"advance": {"base": 0.6, "per_place": 0.1}}, value=text)], figures)
    assert scene.points("项") == {"甲": 4, "乙": 8, "丙": 6}


def test_deductions_stop_at_the_floor_or_go_below():
    assert one("deduct", {"甲": 0, "乙": 3.5, "丙": 12}) == {
        "甲": Decimal("10.00"),
        "乙": Decimal("6.50"),
        "丙": Decimal("0.00"),
    }
    assert one({"deduct": {"floor": -5}}, {"丙": 12, "丁": 40}) == {"丙": Decimal("-2.00"), "丁": Decimal("-5.00")}


def test_five_comparisons_are_a_group():
    """M15: five sub-scores of one indicator, weights free; every kind of figure comes from a formula."""
    figures = {
        "收入": {"甲": 12, "乙": 8, ("甲", 12): 10, ("乙", 12): 8},
        "人口数": {"甲": 4, "乙": 4},
        "省排名": {"甲": 3, "乙": 9},
        "税收": {"甲": 9, "乙": 4},
    }
    children = [
        {"name": "纵比", "value": "同比(收入)", "points": 3, "method": {"between": {}}},
        {
            "name": "横比",
            "value": "收入 / 组内合计(收入) * 100",
            "points": 2,
            "method": {"between": {"low": 0, "high": 100}},
        },
        {"name": "内比", "value": "收入 / 人口数", "points": 2, "method": {"relative": "max"}},
        {
            "name": "外比",
            "value": "省排名",
            "direction": "-",
            "points": 2,
            "method": {"between": {"low": 1, "high": 11}},
        },
        {"name": "综比", "value": "税收 / 收入 * 100", "points": 1, "method": {"completion": {"target": 75}}},
    ]
    scene = scored([{"name": "五比", "points": 10, "of": children}], figures)
    assert scene.points("五比")["甲"] == 3 + 2 * F(60, 100) + 2 + 2 * F(8, 10) + 1
    assert printed(scene.points("五比")["乙"], 6) == printed(0 + F(8, 10) + F(4, 3) + F(4, 10) + F(2, 3), 6)


def test_index_numbers():
    """M16: Σ w·x/standard."""
    children = [
        {"name": "人均", "value": "甲数", "method": {"relative": 5}, "weight": 0.6},
        {"name": "税比", "value": "乙数", "method": {"relative": 70}, "weight": 0.4},
    ]
    scene = scored([{"name": "指数", "of": children, "combine": "mean"}], {"甲数": {"甲": 6}, "乙数": {"甲": 63}})
    assert scene.points("指数")["甲"] == F(6, 10) * F(6, 5) + F(4, 10) * F(9, 10)


def test_ballots_lose_their_best_and_worst_from_seven_on():
    """M17 by the formula 去极值均值(票[*], 7): of seven ballots the extremes go, of six nothing does."""
    ballots = [90, 85, 80, 95, 60, 88, 99]
    figures = {
        f"票[第{place}票]": {"甲": mark} | ({"乙": mark} if place < 6 else {}) for place, mark in enumerate(ballots)
    }
    scene = scored(
        [criterion({"as_is": 100}, value="去极值均值(票[*], 7)", points=20)], figures, {"县": ["甲", "乙", "丙"]}
    )
    assert printed(scene.points("项")["甲"], 6) == printed(F(sum(ballots) - 60 - 99, 5) / 5, 6)
    assert printed(scene.points("项")["乙"], 6) == printed(F(sum(ballots[:6]), 6) / 5, 6)
    assert scene.points("项")["丙"] is None


def test_a_figure_in_a_band():
    """G24: cash cover 0.21, band [0.3, 0.8], 5 points → 3.50."""
    method = {"band": {"low": 0.3, "high": 0.8, "width": 0.8}}
    found = one(method, {"甲": 0.21, "乙": 0.3, "丙": 0.8, "丁": 1.2, "戊": 3}, 5, direction="band")
    assert [str(p) for p in found.values()] == ["3.50", "5.00", "5.00", "2.50", "0.00"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("half_up", "2.68 2.67 -2.68 1.01"),
        ("half_even", "2.68 2.66 -2.68 1.00"),
        ("down", "2.67 2.66 -2.67 1.00"),
        ("none", "2.675 2.665 -2.675 1.005"),
    ],
)
def test_rounding_is_the_schemes(mode, expected):
    from junxian.core.scoring.exact import published
    from junxian.core.scoring.model import Rounding

    figures = {"数": dict(zip("甲乙丙丁", [2.675, 2.665, -2.675, 1.005], strict=True))}
    scene = scored([criterion("as_is", None, round={"places": 2, "mode": mode})], figures)
    assert [str(float(p or 0)) for p in scene.points("项").values()] == [str(float(text)) for text in expected.split()]
    plain = scored([criterion("as_is", None)], figures).column("项")
    rounding = Rounding(places=2, mode=mode)
    assert [float(published(p, rounding)) for p in plain.values()] == [float(text) for text in expected.split()]
