"""What is asked instead of guessed: names, units, percents, periods, repetitions; and what one bad cell costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from junxian.core.indicators.form import Column, Form
from junxian.core.indicators.rules import Check
from junxian.files.sheets import messages
from tests.files.sheets.city import figures, found, read, states, write


def table(
    *rows: list[Any], title: str = "2026年6月", header: tuple[str, ...] = ("县区", "税收收入（亿元）")
) -> dict[str, Any]:
    width = max(len(header), *(len(row) for row in rows))
    lines = [[title], list(header), *rows]
    return {"s": [[*line, *[""] * (width - len(line))] for line in lines]}


def test_a_near_name_is_asked_with_its_candidates_and_costs_its_row_only(tmp_path: Path) -> None:
    intake = read(write(tmp_path / "a.xlsx", table(["云合县", 1.5], ["云石县", 2.5], ["天外县", 3.5])))
    assert figures(intake) == {("T22", "tax", "YTD", "2026-06"): 2.5}
    assert found(intake) == {
        ("A3", "unknown_region", "sheets.doubtful_region"),
        ("A5", "unknown_region", "sheets.unknown_region"),
    }
    asked = intake.findings.filter(cell="A3").row(0, named=True)
    assert asked["severity"] == "ask"
    assert "云台县 (T21)" in json.loads(asked["facts"])["candidates"]
    assert "云台县 (T21)" in messages(intake.findings)[0]


def test_a_beginning_shared_by_two_units_is_asked(tmp_path: Path) -> None:
    intake = read(write(tmp_path / "a.xlsx", table(["云", 1.5], ["云石", 2.5], ["柏溪区", 1])))
    assert found(intake) == {("A3", "unknown_region", "sheets.doubtful_region")}
    assert set(figures(intake)) == {("T22", "tax", "YTD", "2026-06"), ("T02", "tax", "YTD", "2026-06")}


def test_a_name_nobody_knows_without_figures_is_a_note_and_no_finding(tmp_path: Path) -> None:
    rows = [["柏溪区", 1.5], ["云台县", 2.5], ["制表人", "某某"], ["注：快报数", ""], ["其他", ""]]
    assert read(write(tmp_path / "a.xlsx", table(*rows))).findings.is_empty()


def test_an_old_name_answers_through_its_successor(tmp_path: Path) -> None:
    sheets = table(["柏溪县", 1.5], ["云台县", 2.5])
    assert figures(read(write(tmp_path / "a.xlsx", sheets)))["T02", "tax", "YTD", "2026-06"] == 1.5
    before = read(
        write(tmp_path / "b.xlsx", table(["柏溪县", 1.5], ["云台县", 2.5], title="2013年6月")), period="2013-06"
    )
    assert figures(before)["T24", "tax", "YTD", "2013-06"] == 1.5


def test_an_unknown_indicator_is_asked_and_the_other_columns_stay(tmp_path: Path) -> None:
    header = ("县区", "税收收入（亿元）", "税收收入占比（%）", "社会消费品零售额（亿元）")
    intake = read(write(tmp_path / "a.xlsx", table(["云台县", 1.5, 80, 3.5], ["云石县", 2.5, 81, 4.5], header=header)))
    assert {key[1] for key in figures(intake)} == {"tax"}
    assert found(intake) == {
        ("C2", "unknown_indicator", "sheets.doubtful_indicator"),
        ("D2", "unknown_indicator", "sheets.doubtful_indicator"),
    }


def test_two_columns_with_one_meaning_are_asked_and_neither_is_taken_where_they_differ(tmp_path: Path) -> None:
    header = ("县区", "税收收入（亿元）", "税收收入（万元）")
    intake = read(write(tmp_path / "a.xlsx", table(["云台县", 1.5, 15000], ["云石县", 2.5, 26000], header=header)))
    assert figures(intake) == {("T21", "tax", "YTD", "2026-06"): 1.5, ("T22", "tax", "YTD", "2026-06"): None}
    assert ("C4", "duplicate", "checks.duplicate_differs") in found(intake)


def test_a_missing_unit_is_asked_and_a_wrong_one_costs_the_column(tmp_path: Path) -> None:
    header = ("县区", "税收收入", "社会消费品零售总额（人）")
    intake = read(write(tmp_path / "a.xlsx", table(["云台县", 1.5, 7], ["云石县", 2.5, 8], header=header)))
    assert found(intake) == {("B2", "unit", "sheets.unit_missing"), ("C2", "unit", "sheets.unit_mismatch")}
    assert figures(intake)["T21", "tax", "YTD", "2026-06"] == 1.5
    assert {key[1] for key in figures(intake)} == {"tax"}


def test_the_form_says_the_unit_the_sheet_does_not(tmp_path: Path) -> None:
    forms = [Form(id="f", finds="2026", unit="万元")]
    intake = read(
        write(tmp_path / "a.xlsx", table(["云台县", 15000], ["云石县", 25000], header=("县区", "税收收入"))),
        forms=forms,
    )
    assert figures(intake)["T21", "tax", "YTD", "2026-06"] == 1.5
    assert intake.findings.is_empty()


@pytest.mark.parametrize(
    ("way", "cells", "values", "code"),
    [
        ("percent", [8.5, 7.1, 0.4], [8.5, 7.1, 0.4], ""),
        ("percent", [0.085, 0.071, -0.02], [0.085, 0.071, -0.02], "sheets.percent_looks_fraction"),
        ("fraction", [0.085, 0.071, -0.02], [8.5, 7.1, -2], ""),
        ("fraction", [8.5, 7.1, -2], [850, 710, -200], "sheets.percent_looks_whole"),
        ("fraction", ["8.5%", "7.1％", -0.02], [8.5, 7.1, -2], ""),
    ],
)
def test_the_form_decides_how_percents_are_stored_and_doubt_is_asked(
    tmp_path: Path, way: Any, cells: list[Any], values: list[float], code: str
) -> None:
    column = Column(header="增速", indicator="investment", unit="%", percent_as=way)
    rows = [[name, cell] for name, cell in zip(("柏溪区", "云台县", "云石县"), cells, strict=True)]
    path = write(tmp_path / "a.xlsx", table(*rows, header=("县区", "增速")))
    intake = read(path, forms=[Form(id="f", finds="2026", columns=[column])])
    assert list(figures(intake).values()) == values
    assert {c for _, _, c in found(intake)} == ({code} if code else set())


def test_a_word_in_a_number_cell_costs_that_cell_only(tmp_path: Path) -> None:
    intake = read(write(tmp_path / "a.xlsx", table(["云台县", "约1.5"], ["云石县", 2.5], ["柏溪区", "3.1.2"])))
    assert figures(intake) == {
        ("T21", "tax", "YTD", "2026-06"): None,
        ("T22", "tax", "YTD", "2026-06"): 2.5,
        ("T02", "tax", "YTD", "2026-06"): None,
    }
    assert found(intake) == {("B3", "type", "sheets.not_a_number"), ("B5", "type", "sheets.not_a_number")}
    assert states(intake)["T21", "tax"] == "not_reported"


def test_a_figure_with_its_own_unit_is_converted_from_it(tmp_path: Path) -> None:
    intake = read(write(tmp_path / "a.xlsx", table(["云台县", "15000万元"], ["云石县", "2.5亿元"], ["柏溪区", "3人"])))
    assert list(figures(intake).values()) == [1.5, 2.5, None]
    assert found(intake) == {("B5", "type", "sheets.not_a_number")}


@pytest.mark.parametrize(
    ("title", "file", "severity", "period"),
    [
        ("2026年5月", "表.xlsx", "warning", "2026-05"),
        ("2026年7月", "表.xlsx", "error", "2026-07"),
        ("2026年5月", "表_2026年6月.xlsx", "error", "2026-06"),
        ("2026年5月", "表_2026年5月.xlsx", "", "2026-05"),
        ("2026年", "表.xlsx", "", "2026-06"),
        ("主要指标", "表.xlsx", "", "2026-06"),
        ("主要指标", "表202604.xlsx", "warning", "2026-04"),
    ],
)
def test_the_period_is_the_one_said_and_contradictions_are_findings(
    tmp_path: Path, title: str, file: str, severity: str, period: str
) -> None:
    intake = read(write(tmp_path / file, table(["云台县", 1.5], ["云石县", 2.5], title=title)))
    assert {key[3] for key in figures(intake)} == {period}
    assert set(intake.findings.filter(rule="wrong_period").get_column("severity")) == (
        {severity} if severity else set()
    )


@pytest.mark.parametrize(
    "said",
    ["2026年1-2月", "2026年1—2月", "2026年1至2月", "二〇二六年一至二月", "2026年2月"],
)
def test_january_and_february_are_one_period_when_asked_as_one(tmp_path: Path, said: str) -> None:
    intake = read(write(tmp_path / "a.xlsx", table(["云台县", 1.5], ["云石县", 2], title=said)), period="2026-01/02")
    assert {key[3] for key in figures(intake)} == {"2026-01/02"}
    assert intake.findings.is_empty()


def test_a_repeated_row_is_taken_once_when_equal_and_not_at_all_when_not(tmp_path: Path) -> None:
    rows = [["云台县", 1.5], ["云石县", 2.5], ["云台县", 1.5], ["云石县", 2.6]]
    intake = read(write(tmp_path / "a.xlsx", table(*rows)))
    assert figures(intake) == {("T21", "tax", "YTD", "2026-06"): 1.5, ("T22", "tax", "YTD", "2026-06"): None}
    assert found(intake) == {
        ("B5", "duplicate", "checks.duplicate_same"),
        ("B6", "duplicate", "checks.duplicate_differs"),
    }


def test_the_same_workbook_twice_adds_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", table(["云台县", 1.5], ["云石县", 2.5]))
    once, again = read(path), read(path, write(tmp_path / "b.xlsx", table(["云台县", 1.5], ["云石县", 2.5])))
    assert figures(once) == figures(again)
    assert set(again.findings.get_column("severity")) == {"warning"}


def test_the_rulebook_names_weighs_and_switches_off_reading_rules(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", table(["天外飞县", 1.5], ["云石县", "无"], ["云台县", 1]))
    checks = [
        Check(id="单位须认得", type="unknown_region", severity="error"),
        Check(id="type_off", type="type", off=True),
    ]
    findings = read(path, checks=checks).findings
    assert findings.select("rule", "severity").rows() == [("单位须认得", "error")]


def test_fifteen_digits_are_kept_and_no_more(tmp_path: Path) -> None:
    rows = [["云台县", 0.1 + 0.2], ["云石县", 123456789.123456], ["柏溪区", "0.123456789012345"]]
    got = figures(read(write(tmp_path / "a.xlsx", table(*rows))))
    assert list(got.values()) == [0.3, 123456789.123456, 0.123456789012345]


def test_every_question_has_words_in_both_languages(tmp_path: Path) -> None:
    header = ("县区", "税收收入", "不明之数（亿元）", "社会消费品零售总额（人）")
    intake = read(
        write(
            tmp_path / "a.xlsx", table(["云合县", 1.5, 1, 2], ["云石县", "x", 1, 2], ["云台县", 1, 2, 3], header=header)
        )
    )
    assert intake.findings.height >= 5
    for language in ("zh", "en"):
        for sentence in messages(intake.findings, language, place=True):
            assert "{" not in sentence
            assert "sheets." not in sentence
    assert messages(intake.findings, place=True)[0].startswith("《a.xlsx》s ")
