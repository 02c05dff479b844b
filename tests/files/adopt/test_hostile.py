"""Hostile and broken sheets (来历不明的表): refused in one sentence, or read without anything in them being run."""

from __future__ import annotations

import csv
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from junxian.core.errors import DataError
from junxian.files.adopt import adopt
from junxian.files.adopt.emit import comment, escaped, scalar
from junxian.files.adopt.places import place_units
from junxian.files.rulebooks import check, load
from junxian.files.rulebooks.speak import say
from tests.files.adopt.old_sheets import UNITS, Sheet, monthly, pairs

SHARED = Path(os.environ.get("JUNXIAN_SHARED", Path(__file__).parents[4] / "shared"))
NAMES = [
    "=cmd|' /C calc'!A0", "县\n二", "a: b # c", "{name}", "- x", "`tick`", "[link](x)", "<script>", "'quote", '"both"',
]  # fmt: skip


def refused(path: Path, out: Path) -> DataError:
    with pytest.raises(DataError) as refusal:
        adopt(path, out, today="2026-11-23")
    assert not out.exists()
    for language in ("zh", "en"):
        assert not say(refusal.value.code, refusal.value.facts, language).startswith(refusal.value.code)
    return refusal.value


def test_a_zip_bomb_is_refused(tmp_path):
    path = tmp_path / "old.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    assert refused(path, tmp_path / "out").code == "sheets.bomb"


BROKEN = [
    (b"", "sheets.empty_file"),
    (b"%PDF-1.7", "sheets.is_pdf"),
    (b"PK\x03\x04rest", "sheets.truncated"),
    (b"text", "sheets.not_a_workbook"),
]


@pytest.mark.parametrize(("content", "code"), BROKEN)
def test_what_is_no_workbook_is_refused_by_name(tmp_path, content, code):
    path = tmp_path / "old.xlsx"
    path.write_bytes(content)
    refusal = refused(path, tmp_path / "out")
    assert (refusal.code, refusal.where) == (code, "old.xlsx")


def test_a_sheet_without_units_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["会议纪要", "时间"])
    book.save(tmp_path / "old.xlsx")
    assert refused(tmp_path / "old.xlsx", tmp_path / "out").code == "adopt.no_table"


def test_a_sheet_without_points_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["县区", "收入增速(%)", "投资增速(%)"])
    for place, unit in enumerate(UNITS):
        book.active.append([unit, place, 9 - place])
    book.save(tmp_path / "old.xlsx")
    assert refused(tmp_path / "old.xlsx", tmp_path / "out").code == "adopt.no_points"


def test_a_missing_file_is_refused(tmp_path):
    assert refused(tmp_path / "none.xlsx", tmp_path / "out").code == "sheets.no_file"


def test_names_are_text_wherever_they_go(tmp_path):
    found = adopt(pairs(tmp_path / "old.xlsx", monthly(), Sheet(units=NAMES)), tmp_path / "out", today="2026-11-23")
    assert (found.points_back, found.totals_back) == (60, 10)
    assert check(tmp_path / "out").is_sound
    units = load(tmp_path / "out").units[1:]
    assert [unit.name for unit in units] == [" ".join(name.split()) for name in NAMES]
    report = (tmp_path / "out/接管报告.md").read_text(encoding="utf-8")
    assert "<script>" not in report


def test_a_hidden_sheet_is_not_read_and_said(tmp_path):
    path = pairs(tmp_path / "old.xlsx", monthly())
    book = openpyxl.load_workbook(path)
    book.create_sheet("底稿").sheet_state = "hidden"
    book.save(path)
    adopt(path, tmp_path / "out", today="2026-11-23")
    assert "隐藏的工作表“底稿”没有读" in (tmp_path / "out/接管报告.md").read_text(encoding="utf-8")


def test_a_row_of_figures_without_a_name_is_said(tmp_path):
    path = pairs(tmp_path / "old.xlsx", monthly())
    book = openpyxl.load_workbook(path)
    book["得分"]["B6"].value = None
    book.save(path)
    found = adopt(path, tmp_path / "out", today="2026-11-23")
    assert found.units == 9
    assert "得分 B6 一行有数，但单位名称看不懂" in (tmp_path / "out/接管报告.md").read_text(encoding="utf-8")


def test_a_formula_far_away_costs_nothing(tmp_path):
    path = tmp_path / "old.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("得分")
    page.write_row(0, 0, ["县区", "收入增速（10分）", "得分"])
    for row, unit in enumerate(UNITS, start=1):
        page.write_row(row, 0, [unit, 20.5 - row])
        page.write_formula(row, 2, "=SUM(A1:XFD1048576)", None, 10 - 0.5 * (row - 1))
    book.close()
    found = adopt(path, tmp_path / "out", today="2026-11-23")
    assert found.points_back == 10


@pytest.mark.parametrize(
    "text", [*NAMES, "yes", "No", "null", "1e3", "07", "", " ", "a\x85b", "# c", "&x", "*y", "!t", "%p", "on"]
)
def test_a_scalar_is_read_back_as_it_was(text):
    from ruamel.yaml import YAML

    assert YAML(typ="safe", pure=True).load(f"k: {scalar(text)}")["k"] == text


def test_comments_and_cells_keep_to_their_line():
    assert comment("a\nb\u2028c") == "a b c"
    assert escaped("a|b\n*c*") == r"a\|b \*c\*"


def test_real_names_get_the_national_codes_and_only_those():
    if not (SHARED / "data" / "region_codes_history.csv").exists():
        pytest.skip("region_codes_history.csv is not beside the repository (set JUNXIAN_SHARED)")
    with (SHARED / "data" / "region_codes_history.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["status"] == "在用" and row["prefecture"] == "开封市"]
    counties = {row["name"]: row["code"] for row in rows if row["level"] == "县级"}
    found = place_units([*counties, "云岫新区"], {}, "全市")
    assert found.root == "410200"
    assert {name: found.codes[name] for name in counties} == counties
    assert found.codes["云岫新区"].startswith("410200-")
    assert "云岫新区" not in found.known


def test_fictional_names_get_no_real_code():
    found = place_units(UNITS, {}, "全市")
    assert (found.root, set(found.known)) == ("root", set())
    assert not any(code.isdigit() for code in found.codes.values())


def test_codes_written_in_the_sheet_are_kept():
    written = {unit: f"X{i}" for i, unit in enumerate(UNITS)}
    assert place_units(UNITS, written, "全市").codes == written
