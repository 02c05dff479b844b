"""Tidy CSV and Parquet from integrators."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.files.sheets.city import found, read

HEAD = "region_code,period,indicator,value,unit,source"
ROWS = (
    "T21,2026-06,revenue,97500,万元,财政月报",
    "T22,2026-06,revenue,10.25,亿元,财政月报",
    "云台县,2026-06,税收收入,7.5,,财政月报",
)


def csv(path: Path, *rows: str, head: str = HEAD, encoding: str = "utf-8") -> Path:
    path.write_bytes("\n".join([head, *rows]).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_three_encodings_say_the_same(tmp_path: Path, encoding: str) -> None:
    intake = read(csv(tmp_path / "a.csv", *ROWS, encoding=encoding))
    got = intake.observations.select("region_code", "indicator", "value", "unit", "raw", "source").rows()
    assert got == [
        ("T21", "revenue", 9.75, "万元", "97500", "财政月报"),
        ("T22", "revenue", 10.25, "亿元", "10.25", "财政月报"),
        ("T21", "tax", 7.5, "亿元", "7.5", "财政月报"),
    ]
    assert intake.findings.is_empty()


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", *ROWS)
    pl.read_csv(path, schema_overrides={"value": pl.Float64}).write_parquet(tmp_path / "a.parquet")
    columns = ("region_code", "indicator", "period", "kind", "value", "state", "unit", "raw")
    got, expected = read(tmp_path / "a.parquet").observations, read(path).observations
    assert got.select(columns).equals(expected.select(columns))


def test_optional_columns_are_kept(tmp_path: Path) -> None:
    head = f"{HEAD},kind,state,calibre,stage,source_grade,published_at,revision,reason"
    row = "T21,2026-05,revenue,8.5,亿元,月报,M,late,不含云台,flash,A,2026-06-18,2,数据核实"
    kept = read(csv(tmp_path / "a.csv", row, head=head)).observations.row(0, named=True)
    expected = {
        "kind": "M", "state": "late", "calibre": "不含云台", "stage": "flash", "source_grade": "A", "revision": 2,
        "published_at": "2026-06-18", "reason": "数据核实", "period": "2026-05", "source_kind": "file", "cell": "D2",
    }  # fmt: skip
    assert {name: kept[name] for name in expected} == expected


def test_an_empty_value_needs_a_state(tmp_path: Path) -> None:
    rows = [
        "T21,2026-06,revenue,,亿元,x,",
        "T22,2026-06,revenue,,亿元,x,not_applicable",
        "T02,2026-06,revenue,,亿元,x,late",
    ]
    intake = read(csv(tmp_path / "a.csv", *rows, head=f"{HEAD},state"))
    assert found(intake) == {("D2", "type", "sheets.empty_without_state")}
    assert intake.observations.get_column("state").to_list() == ["not_reported", "not_applicable", "late"]
    assert intake.observations.get_column("value").to_list() == [None] * 3


@pytest.mark.parametrize(
    ("row", "cell", "code", "kept"),
    [
        ("T99,2026-06,revenue,1,亿元,x,,", "A2", "sheets.unknown_region", 0),
        ("T21,2026-06,nothing,1,亿元,x,,", "C2", "sheets.unknown_indicator", 0),
        ("T21,last month,revenue,1,亿元,x,,", "B2", "sheets.period_unreadable", 0),
        ("T21,2026-06,revenue,about 1,亿元,x,,", "D2", "sheets.not_a_number", 1),
        ("T21,2026-06,revenue,1,人,x,,", "D2", "sheets.unit_mismatch", 1),
        ("T21,2026-06,revenue,1,亿元,x,monthly,", "G2", "sheets.not_in_list", 1),
        ("T21,2026-06,revenue,1,亿元,x,,missing", "D2", "sheets.not_in_list", 1),
        ("T21,2026-06,revenue,1,亿元,x,,not_applicable", "D2", "sheets.value_with_state", 1),
    ],
)
def test_a_bad_row_is_one_finding_and_the_good_one_stays(
    tmp_path: Path, row: str, cell: str, code: str, kept: int
) -> None:
    intake = read(csv(tmp_path / "a.csv", row, "T22,2026-06,revenue,2,亿元,x,,", head=f"{HEAD},kind,state"))
    assert {(c, k) for c, _, k in found(intake)} == {(cell, code)}
    assert intake.observations.height == kept + 1
    assert intake.observations.get_column("value").to_list()[-1] == 2


def test_periods_in_other_styles_become_canonical(tmp_path: Path) -> None:
    rows = [
        f"T21,{said},revenue,{n},亿元,x" for n, said in enumerate(("2026年5月", "202604", "2026-03", "2026-01/02"), 1)
    ]
    periods = read(csv(tmp_path / "a.csv", *rows)).observations.get_column("period").to_list()
    assert periods == ["2026-05", "2026-04", "2026-03", "2026-01/02"]


def test_cells_that_look_like_formulas_are_texts(tmp_path: Path) -> None:
    intake = read(csv(tmp_path / "a.csv", "T21,2026-06,revenue,=1+1,亿元,=cmd()"))
    assert found(intake) == {("D2", "type", "sheets.not_a_number")}
    assert intake.observations.get_column("value").to_list() == [None]
