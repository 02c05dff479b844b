"""The workbook itself (复算簿): nothing in it can run, leave or hide; what is not live says so."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from junxian.core.formulas import compile as engine
from junxian.core.formulas.catalogue import FUNCTIONS
from junxian.core.indicators.known import complete
from junxian.core.rulebook.judge import judge, prepare
from junxian.core.rulebook.model import Rulebook
from junxian.files.recompute import write_recompute
from junxian.files.recompute.functions import EXPRESSED
from junxian.files.recompute.layout import FILLS
from tests.files.recompute.office import block, by_unit, titled, values
from tests.files.recompute.schemes import FORMULAS, PERIOD, SCHEMES, beside, figures, judged, one, rulebook

KNOWN = {
    "IF", "IFERROR", "AND", "OR", "NOT", "COUNT", "COUNTIF", "ISNUMBER", "SUM", "SUMPRODUCT", "MAX", "MIN", "AVERAGE",
    "MEDIAN", "STDEV", "STDEVP", "PERCENTILE", "SMALL", "RANK", "ROUND", "ROUNDUP", "INT", "ABS", "SIGN", "MOD", "EXP",
    "LN", "LOG10", "SQRT", "CHOOSE", "MATCH",
}  # fmt: skip
"""Functions that Excel 2010, WPS and LibreOffice share."""


def formulas(path: Path) -> list[str]:
    book = openpyxl.load_workbook(path)
    return [c.value for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]


@pytest.mark.parametrize("name", SCHEMES)
def test_only_functions_that_every_office_knows(tmp_path: Path, name: str) -> None:
    written = write_recompute(judged(SCHEMES[name]), tmp_path / "复算.xlsx", observations=figures())
    found = formulas(written.path)
    used = {word for text in found for word in re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r'"[^"]*"', "", text))}
    assert found
    assert used - KNOWN == set()
    assert [text for text in found if "[" in text or "#" in text] == []


def test_every_primitive_the_engine_computes_is_expressed() -> None:
    peers = {function.en for function in FUNCTIONS if function.en.startswith("peer_")}
    assert (set(engine._CALLS) | peers | {"rank"}) - EXPRESSED == set()


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    judgement = judged(SCHEMES["methods"])
    first, second = (write_recompute(judgement, tmp_path / f"{n}.xlsx", observations=figures()).path for n in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_nothing_leads_outside_the_file(tmp_path: Path) -> None:
    written = write_recompute(
        judged(SCHEMES["gates"]), tmp_path / "复算.xlsx", stamps={"rulebook_hash": "ab12", "snapshot_hash": "cd34"}
    )
    with zipfile.ZipFile(written.path) as file:
        names = file.namelist()
        targets = [t for n in names if n.endswith(".rels") for t in re.findall(rb'TargetMode="(\w+)"', file.read(n))]
    assert [n for n in names if "external" in n.lower() or "vba" in n.lower() or "connection" in n.lower()] == []
    assert targets == []
    told = {
        str(row[0].value): str(row[1].value)
        for row in openpyxl.load_workbook(written.path)["说明"].iter_rows(max_col=2)
    }
    assert told["规则集"] == "small · ab12"
    assert told["数据快照"] == "cd34"


def _hostile() -> Rulebook:
    plain = rulebook(beside(one("as_is", name="=1+1")))
    names = {"甲": '=cmd|" /C calc"!A0', "乙": "+1", "丙": "-2", "丁": "@SUM(A1)", "戊": "\t=1", "己": '丙"县'}
    units = tuple(u.model_copy(update={"name": names.get(u.code, u.name)}) for u in plain.units)
    cards = tuple(c.model_copy(update={"name": "=HYPERLINK(1)"}) if c.code == "x" else c for c in plain.indicators)
    return plain.model_copy(update={"units": units, "indicators": cards})


def test_no_name_can_become_a_formula(tmp_path: Path) -> None:
    judgement = judge(prepare(_hostile(), PERIOD), figures())
    written = write_recompute(judgement, tmp_path / "复算.xlsx")
    book = openpyxl.load_workbook(written.path)
    texts = {c.value: c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "s"}
    for name in ('=cmd|" /C calc"!A0', "+1", "-2", "@SUM(A1)", "=1+1", "=HYPERLINK(1)"):
        assert texts[name].quotePrefix, name
    assert [text for text in formulas(written.path) if re.search(r"cmd|HYPERLINK|SUM\(A1\)", text)] == []


def test_a_formula_no_cell_can_hold_is_pasted_coloured_and_named(tmp_path: Path) -> None:
    tree = beside(one({"between": {}}, f"取大({', '.join(['x', 'y'] * 150)})"))
    judgement = judged(tree)
    written = write_recompute(judgement, tmp_path / "复算.xlsx")
    assert written.not_expressed == (("本项", "函数有 300 个参数，表格最多 255 个"),)
    book = openpyxl.load_workbook(written.path)
    sheet, start = block(book, "本项")
    column = titled(sheet, "数值", start)
    stated = judgement.points.filter(pl.col("criterion") == "本项").select("region_code", "value")
    assert by_unit(sheet, column) == dict(stated.iter_rows())
    assert sheet.cell(8, column).fill.start_color.rgb == f"FF{FILLS['given'][1:]}"
    assert sheet.cell(8, titled(sheet, "得分", start)).data_type == "f"
    told = [row[0].value for row in book["说明"].iter_rows()]
    assert "本项" in told


def test_a_gathered_figure_without_its_parts_is_named(tmp_path: Path) -> None:
    judgement = judged(beside(FORMULAS["votes"]))
    with_parts = write_recompute(judgement, tmp_path / "a.xlsx", observations=figures())
    without = write_recompute(judgement, tmp_path / "b.xlsx")
    assert with_parts.not_expressed == ()
    assert {what for what, _ in without.not_expressed} == {"vote数"}
    listed = openpyxl.load_workbook(with_parts.path)["归并明细"]
    assert (
        listed.max_row - 2 == figures().filter(pl.col("indicator") == "vote").height * 2
    )  # once for each gathered figure
    assert values(with_parts.path)["总分与位次"].cell(8, 4).value == values(without.path)["总分与位次"].cell(8, 4).value


def _matters() -> pl.DataFrame:
    told = [
        ("甲", "praise", "甲事", 1.0),
        ("甲", "praise", "乙事", 1.0),
        ("乙", "blame", "丙事", 2.0),
        ("乙", "blame", "丁事", 0.0),
    ]
    names = ["region_code", "indicator", "calibre", "value"]
    rows = pl.DataFrame(told, schema=names, orient="row")
    return complete(rows.with_columns(period=pl.lit(PERIOD), kind=pl.lit("M"), state=pl.lit("reported")))


def test_matters_stand_on_a_list_and_are_summed_live(tmp_path: Path) -> None:
    bonus = [{"id": "p", "name": "表扬", "event": "praise", "each": 2, "cap": 3}]
    deductions = [{"id": "b", "name": "批评", "event": "blame", "each": 1}]
    tree = {**beside(one("as_is")), "bonus": bonus, "deductions": deductions}
    judgement = judged(tree, pl.concat([figures(), _matters()]))
    written = write_recompute(judgement, tmp_path / "复算.xlsx")
    assert written.not_expressed == ()
    rows = openpyxl.load_workbook(written.path)["加减分事项"].iter_rows(min_row=3, values_only=True)
    assert {(row[0], row[1], row[4]) for row in rows} == {("甲", "甲事", 2), ("甲", "乙事", 2), ("乙", "丙事", 2)}
    sheet = values(written.path)["总分与位次"]
    assert (by_unit(sheet, titled(sheet, "加分"))["甲"], by_unit(sheet, titled(sheet, "扣分"))["乙"]) == (3, 2)
    summed = [text for text in formulas(written.path) if "SUMPRODUCT" in text and "加减分事项" in text]
    assert len(summed) == 2 * len(judgement.settled)


def test_english_speaks_english(tmp_path: Path) -> None:
    written = write_recompute(judged(SCHEMES["groups"]), tmp_path / "recomputation.xlsx", language="en")
    assert openpyxl.load_workbook(written.path).sheetnames[:3] == ["Notes", "Scores and places", "Figures"]


def test_nobody_is_judged(tmp_path: Path) -> None:
    tree = {**SCHEMES["methods"], "groups": {"乡": {"level": "乡"}}}
    written = write_recompute(judged(tree), tmp_path / "复算.xlsx")
    assert openpyxl.load_workbook(written.path)["总分与位次"].max_row == 7
