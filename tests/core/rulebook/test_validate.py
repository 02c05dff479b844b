"""Validation (规则审查): every contradiction is found at its own place; a sound rulebook has none."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from junxian.core.rulebook import Finding, Rulebook, validate

SOUND: dict[str, Any] = {
    "schema": "junxian/1", "id": "t", "title": "试", "root": "S",
    "units": [
        {"code": "S", "name": "市", "level": "市"},
        {"code": "c1", "name": "甲", "level": "县", "parent": "S"},
        {"code": "c2", "name": "乙", "level": "县", "parent": "S"},
        {"code": "d1", "name": "丙", "level": "区", "parent": "S"},
    ],
    "indicators": [
        {"code": "g", "name": "增速", "unit": "%"},
        {"code": "a", "name": "收入", "unit": "亿元"},
        {"code": "e", "name": "约谈", "event": True},
    ],
    "bottomlines": [{"id": "l", "name": "底线", "what": "增速", "watch": {"last_places": 1}}],
    "schemes": [{
        "id": "m", "title": "月度", "author": "甲", "checker": "乙", "full": 100,
        "groups": {"县": {"level": "县"}, "区": {"level": "区"}},
        "ties": "shared", "rounding": {"places": 2},
        "missing": dict.fromkeys(("late", "not_reported", "not_applicable", "undefined"), "renormalise"),
        "criteria": [
            {"name": "块", "points": 60, "of": [
                {"name": "速度", "value": "增速", "points": {"县": 40, "区": 30}, "method": {"rank_step": "5%"}},
                {"name": "收入", "value": "收入", "points": {"县": 20, "区": 30}, "method": {"efficacy": {}}},
            ]},
            {"name": "比", "value": "增速", "points": 40,
             "method": {"ladder": [{"points": 0}, {"at_least": 5, "points": 20}, {"at_least": 8, "points": 40}]}},
        ],
        "gates": [{"id": "k", "name": "门", "when": "增速 >= 1", "effect": {"grade_at_most": "合格"}}],
        "deductions": [{"id": "t", "name": "约谈", "event": "e", "each": 1}],
        "grades": [{"name": "优秀", "at_least": 90, "quota": "30%"}, {"name": "合格", "at_least": 60}, {"name": "差"}],
    }],
}  # fmt: skip
M = ("schemes", 0)
C0, C1 = (*M, "criteria", 0), (*M, "criteria", 1)


def changed(path: tuple[Any, ...], value: Any) -> list[Finding]:
    text = deepcopy(SOUND)
    place: Any = text
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return list(validate(Rulebook.model_validate(text)))


def test_a_sound_rulebook_has_no_finding() -> None:
    assert validate(Rulebook.model_validate(SOUND)) == ()


@pytest.mark.parametrize(
    ("path", "value", "code", "at"),
    [
        (("root",), "T", "unknown_unit", ("root",)),
        (("population",), "人口", "unknown_indicator", ("population",)),
        (("units", 1, "parent"), "Z", "unknown_unit", ("units", 1, "parent")),
        (("units", 1, "valid_from"), "20", "date_unreadable", ("units", 1, "valid_from")),
        (("units", 2, "code"), "c1", "unit_twice", ("units", 2, "code")),
        (("units", 1, "successors"), {"c2": 0.8, "d1": 0.4}, "shares_above_one", ("units", 1, "successors")),
        (("indicators", 1, "growth_of"), "zz", "unknown_indicator", ("indicators", 1, "growth_of")),
        (("indicators", 1, "name"), "增速", "name_twice", ("indicators", 1)),
        ((*M, "full"), 99, "total_is_not_full", (*M, "full")),
        ((*C0, "points"), 61, "points_do_not_add_up", (*C0, "points")),
        ((*C0, "of", 0, "points"), {"县": 40}, "group_without_weight", (*C0, "of", 0, "points")),
        ((*C0, "of", 0, "points"), {"县": 40, "区": 30, "x": 1}, "unknown_group", (*C0, "of", 0, "points", "x")),
        ((*C0, "of", 0, "applies_to"), ["镇"], "unknown_group", (*C0, "of", 0, "applies_to")),
        ((*C1, "method"), {"ladder": [{"points": 0}, {"points": 1}]}, "ladder_open_above_first", (*C1, "method")),
        (
            (*C1, "method"),
            {"ladder": [{"at_least": 5, "points": 0}, {"at_least": 5, "points": 1}]},
            "ladder_not_ascending",
            (*C1, "method"),
        ),
        ((*C1, "method"), {"ladder": [{"at_least": 5}]}, "ladder_step_says_nothing", (*C1, "method")),
        ((*C1, "method"), {"ladder": []}, "ladder_empty", (*C1, "method")),
        ((*C1, "method"), {"between": {"low": 8, "high": 0}}, "goalposts_reversed", (*C1, "method")),
        ((*C1, "method"), {"between": {"low": 8, "high": 8}}, "goalposts_equal", (*C1, "method")),
        ((*C1, "winsorise"), {"lower": "90%", "upper": "10%"}, "winsorise_reversed", (*C1, "winsorise")),
        ((*M, "groups"), {"县": {"level": "县"}, "区": ["c1", "d1"]}, "groups_overlap", (*M, "groups", "区")),
        ((*M, "groups", "区"), {"level": "镇"}, "group_empty", (*M, "groups", "区")),
        (
            (*M, "gates", 0, "effect", "grade_at_most"),
            "良",
            "unknown_grade",
            (*M, "gates", 0, "effect", "grade_at_most"),
        ),
        ((*M, "gates", 0), {"id": "k", "name": "门", "lines": ["x"]}, "unknown_line", (*M, "gates", 0, "lines")),
        ((*M, "gates", 0, "when"), "增速", "wants_truth", (*M, "gates", 0, "when")),
        ((*C1, "value"), "增速 > 1", "wants_figure", (*C1, "value")),
        ((*M, "deductions", 0, "event"), "a", "not_an_event", (*M, "deductions", 0, "event")),
        ((*M, "deductions", 0, "event"), "zz", "unknown_indicator", (*M, "deductions", 0, "event")),
        ((*M, "grades", 0, "at_least"), 50, "grades_not_descending", (*M, "grades")),
        ((*M, "grades", 1, "quota"), "80%", "quotas_above_one", (*M, "grades")),
        ((*M, "effective"), {"from": "2026", "to": "2025"}, "dates_reversed", (*M, "effective")),
        ((*M, "effective"), {"from": "soon"}, "date_unreadable", (*M, "effective")),
        (("cases",), [{"scheme": "x", "then": {"c1": 1}}], "unknown_scheme", ("cases", 0, "scheme")),
        (
            ("cases",),
            [{"scheme": "m", "criterion": "速", "then": {"c1": 1}}],
            "unknown_criterion",
            ("cases", 0, "criterion"),
        ),
        (("cases",), [{"scheme": "m"}], "case_expects_nothing", ("cases", 0)),
        (
            ("cases",),
            [{"figures": {"c1": {"增": 1}}, "then": {"c1": 1}}],
            "unknown_indicator",
            ("cases", 0, "figures", "c1", "增"),
        ),
        (
            ("bulletins",),
            [{"id": "b", "title": "x", "scheme": "n", "body": []}],
            "unknown_scheme",
            ("bulletins", 0, "scheme"),
        ),
        (
            ("checks",),
            [{"id": "c", "type": "required", "indicators": ["zz"]}],
            "unknown_indicator",
            ("checks", 0, "indicators"),
        ),
    ],
)
def test_a_contradiction_is_found_where_it_stands(
    path: tuple[Any, ...], value: Any, code: str, at: tuple[Any, ...]
) -> None:
    found = [finding for finding in changed(path, value) if finding.code == f"rulebook.{code}"]
    assert found, changed(path, value)
    assert found[0].path == at
    assert found[0].level == "error"


@pytest.mark.parametrize(
    ("path", "value", "code", "at"),
    [
        ((*C1, "value"), "增数", "formula.unknown_name", (*C1, "value")),
        ((*C1, "value"), "增速 +", "formula.syntax.unfinished", (*C1, "value")),
        ((*C1, "value"), "增速 + 收入", "formula.unit_mismatch", (*C1, "value")),
        ((*C1, "method"), {"hit": "目标"}, "formula.unknown_name", (*C1, "method", "hit", "target")),
        ((*M, "derive"), {"x": "同比(收入"}, "formula.syntax.unclosed", (*M, "derive", "x")),
        ((*M, "rank"), {"tie_break": ["块得分", "无"]}, "formula.unknown_name", (*M, "rank", "tie_break", 1)),
        ((*C0, "combine"), {"formula": "速度 + 快"}, "formula.unknown_name", (*C0, "combine", "formula")),
        (
            (*C0, "combine"),
            {"table": [{"when": "速度 > 1", "then": "x"}, {"when": "慢 > 1", "then": "y"}]},
            "formula.unknown_name",
            (*C0, "combine", "table", 1, "when"),
        ),
        (("bottomlines", 0, "what"), "增长", "formula.unknown_name", ("bottomlines", 0, "what")),
        (("peer_sets",), {"a": "b"}, "units.unknown_set", ("peer_sets", "a")),
        (
            ("jurisdiction",),
            {"units_of_measure": {"x": "(("}},
            "formula.bad_definition",
            ("jurisdiction", "units_of_measure"),
        ),
    ],
)
def test_formulas_and_sets_are_resolved(path: tuple[Any, ...], value: Any, code: str, at: tuple[Any, ...]) -> None:
    found = [(finding.code, finding.path) for finding in changed(path, value) if finding.level == "error"]
    assert (code, at) in found


def test_a_cap_below_the_sum_of_its_parts_is_a_group_maximum_and_no_slip() -> None:
    group = {**SOUND["schemes"][0]["criteria"][0], "points": 50, "at_most": 50}
    codes = {finding.code for finding in changed(C0, group)}
    assert "rulebook.points_do_not_add_up" not in codes


def test_missing_author_and_checker_are_warnings() -> None:
    (found,) = changed((*M, "author"), "")
    assert (found.code, found.level) == ("rulebook.no_author", "warning")


def test_weights_that_nearly_make_a_whole_are_a_warning() -> None:
    children = [{"name": n, "value": "增速", "weight": w, "method": "as_is"} for n, w in (("甲", 0.5), ("乙", 0.48))]
    codes = {f.code: f.level for f in changed(C0, {"name": "均", "combine": "mean", "of": children})}
    assert codes["rulebook.weights_nearly_whole"] == "warning"


def test_versions_that_overlap_are_found_and_versions_that_follow_are_not() -> None:
    scheme = SOUND["schemes"][0]
    early, late = {**scheme, "effective": {"to": "2025-06"}}, {**scheme, "effective": {"from": "2025-07"}}
    assert changed(("schemes",), [early, late]) == []
    overlapping = {**scheme, "effective": {"from": "2025-06"}}
    assert "rulebook.two_effective" in {finding.code for finding in changed(("schemes",), [early, overlapping])}


def test_a_unit_listed_for_a_group_must_exist_at_the_scheme_s_dates() -> None:
    text = deepcopy(SOUND)
    text["units"][2]["valid_to"] = "2020"
    text["schemes"][0]["groups"] = {"县": ["c1", "c2"], "区": ["d1"]}
    text["schemes"][0]["effective"] = {"from": "2021"}
    codes = [finding.code for finding in validate(Rulebook.model_validate(text))]
    assert "rulebook.unit_not_valid" in codes
