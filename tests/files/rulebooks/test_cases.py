"""Cases (规则用例): the engine's answer beside the one written down, to the decimals written down."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.rulebook.case import series_of
from junxian.files.rulebooks import check, lines
from junxian.files.rulebooks.cases import agrees, run_cases
from junxian.files.rulebooks.reading import read
from tests.files.rulebooks.test_reading import SOUND, folder

DESIGN = """        cases:
          - when: {甲: 9.0, 乙: 8.3, 丙: 7.4, 丁: 6.2, 戊: 5.6, 己: 5.6, 庚: 4.0}
            then: {甲: 6.00, 戊: 4.80, 己: 4.80, 庚: 4.20}
"""
SIX = SOUND.replace("points: 10", "points: 6")


def test_the_short_form_of_the_design_holds(tmp_path: Path) -> None:
    (result,) = run_cases(read(folder(tmp_path, rulebook_yaml=SIX + DESIGN)))
    assert result.passed
    assert result.compared == 4


def test_a_wrong_expectation_is_a_fault_at_its_line_in_both_languages(tmp_path: Path) -> None:
    checked = check(folder(tmp_path, rulebook_yaml=SIX + DESIGN.replace("戊: 4.80", "戊: 4.81")))
    (fault,) = checked.errors
    assert not checked.is_sound
    assert (fault.where, fault.code) == ("rulebook.yaml:25", "cases.differs")
    assert lines([fault], "zh", "r/") == ["r/rulebook.yaml:25: 用例“m·速度”：戊 的points应为 4.81，算得 4.8。"]
    assert "should be 4.81 but comes to 4.8" in lines([fault], "en")[0]


def case(text: str) -> str:
    return SIX + "cases:\n  - " + text.strip().replace("\n", "\n    ") + "\n"


@pytest.mark.parametrize(
    ("expect", "passes"),
    [
        ("c1: {score: 6.00, rank: 1}, c2: {score: 5.70, rank: 2}", True),
        ("c1: {score: 6}, c2: {score: 5.7}", True),
        ("c2: {score: 6}", True),  # 5.70 rounded half up to no decimals
        ("c2: {score: 5.8}", False),
        ("c2: {points: {速度: 5.70}, values: {速度: 3}, normalised: {速度: 0.95}, states: {速度: reported}}", True),
        ("c2: {normalised: {速度: 0.94}}", False),
        ("c1: {gate: pass}", True),
        ("c1: {grade: null}", True),
        ("c1: {grade: 优秀}", False),
    ],
)
def test_only_what_is_written_is_compared(tmp_path: Path, expect: str, passes: bool) -> None:
    text = case(f"period: 2026-06\nfigures: {{c1: {{g: 5}}, c2: {{g: 3}}}}\nexpect: {{{expect}}}")
    (result,) = run_cases(read(folder(tmp_path, rulebook_yaml=text)))
    assert result.passed is passes, result.faults


def test_an_unreported_figure_is_a_state_and_not_a_zero(tmp_path: Path) -> None:
    rules = SIX.replace("not_reported: zero", "not_reported: propagate")
    text = "cases:\n  - {period: 2026-06, figures: {c1: {g: 5}, c2: {g: ~}}, expect: {c1: {score: 6, rank: 1}, "
    text += "c2: {score: ~, rank: ~, values: {速度: ~}, states: {速度: not_reported}}}}\n"
    (result,) = run_cases(read(folder(tmp_path, rulebook_yaml=rules + text)))
    assert result.passed, result.faults


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("figures: {c1: {g: 1}}\nexpect: {c1: {score: 1}}", "cases.no_period"),
        ("period: 2026-06\nfile: figures/no.csv\nexpect: {c1: {score: 1}}", "cases.file_not_found"),
        ("period: 2026-06\nfigures: {c1: {g: 1}}\nexpect: {c2: {score: 1}}", "cases.unit_missing"),
        ("period: 2026-06\nfigures: {c1: {g: 1}}\nexpect: {c1: {points: {速: 1}}}", "cases.criterion_missing"),
        ("period: soon\nfigures: {c1: {g: 1}}\nexpect: {c1: {score: 1}}", "period.unreadable"),
    ],
)
def test_a_case_that_cannot_be_run_is_a_fault(tmp_path: Path, text: str, code: str) -> None:
    (result,) = run_cases(read(folder(tmp_path, rulebook_yaml=case(text))))
    assert [fault.code for fault in result.faults] == [code]
    assert result.faults[0].line == 24


def test_tables_give_figures_and_expectations(tmp_path: Path) -> None:
    text = case("period: 2026-06\nfile: figures/in.csv\nexpect_file: figures/out.csv")
    place = folder(
        tmp_path, rulebook_yaml=text, figures__in_csv="region_code,g\nc1,5\nc2,late\n",
        figures__out_csv="region_code,score,rank,states.速度\nc1,6.00,1,reported\nc2,0.00,2,late\n",
    )  # fmt: skip
    (result,) = run_cases(read(place))
    assert result.passed, result.faults
    assert result.compared == 6
    tidy = "region_code,indicator,value,state\nc1,增速,5,\nc2,g,,late\n"
    (again,) = run_cases(read(folder(tmp_path, figures__in_csv=tidy)))
    assert again.passed, again.faults


def test_a_cell_that_is_neither_number_nor_state_is_a_fault(tmp_path: Path) -> None:
    text = case("period: 2026-06\nfile: figures/in.csv\nexpect: {c1: {score: 6}}")
    place = folder(tmp_path, rulebook_yaml=text, figures__in_csv="region_code,g\nc1,five\n")
    (result,) = run_cases(read(place))
    assert [fault.code for fault in result.faults] == ["cases.row_unreadable"]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("region_code,scor\nc1,6\n", "cases.column_unreadable"),
        ("region_code,score\nc1,six\n", "cases.column_unreadable"),
        ('region_code,score\nc1,"' + "6" * 200_000 + '"\n', "cases.file_unreadable"),
    ],
)
def test_a_table_of_expectations_that_cannot_be_read_is_a_fault(tmp_path: Path, table: str, code: str) -> None:
    text = case("period: 2026-06\nfigures: {c1: {g: 5}}\nexpect_file: figures/out.csv")
    (result,) = run_cases(read(folder(tmp_path, rulebook_yaml=text, figures__out_csv=table)))
    assert [fault.code for fault in result.faults] == [code]


def test_cases_do_not_run_on_a_rulebook_with_faults(tmp_path: Path) -> None:
    checked = check(folder(tmp_path, rulebook_yaml=SIX.replace("value: g", "value: h") + DESIGN))
    assert checked.cases == ()
    assert [fault.code for fault in checked.errors] == ["formula.unknown_name"]


@pytest.mark.parametrize(
    ("written", "series"),
    [
        ("g", ("g", "", "", "")),
        ("收入.累计@2025-06", ("收入", "累计", "", "2025-06")),
        ("收入.YTD[含兰考]@2026-01/02", ("收入", "YTD", "含兰考", "2026-01/02")),
        ("票[事项1]", ("票", "", "事项1", "")),
    ],
)
def test_a_series_is_written_as_in_a_formula(written: str, series: tuple[str, ...]) -> None:
    assert series_of(written) == series


@given(st.integers(-(10**6), 10**6), st.integers(0, 4))
def test_a_figure_agrees_with_its_own_half_up_rounding_only(thousandths: int, places: int) -> None:
    found = Decimal(thousandths) / 1000
    unit = Decimal(1).scaleb(-places)
    sign = -1 if found < 0 else 1
    whole = int(abs(found) / unit + Decimal("0.5")) * sign
    expected = (whole * unit).quantize(unit)
    assert agrees(expected, found)
    assert not agrees(expected + unit, found)
