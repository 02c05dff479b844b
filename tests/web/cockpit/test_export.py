"""Tables leave as workbooks in which nothing comes alive."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest

from junxian.core.errors import DataError
from junxian.web.cockpit.export import read_table, sheet_name, workbook


def sent(rows, head=(("单位", "得分"),), name="县区排名 2026-06"):
    return json.dumps({"name": name, "head": head, "rows": rows})


def cells(content: bytes):
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]


def test_numbers_are_numbers_and_text_is_text():
    rows = cells(workbook(read_table(sent([["东篱区", "88.77"], ["X", "-3"], ["410202", "007"]]))))
    assert rows[1] == [("东篱区", "s"), (88.77, "n")]
    assert rows[2][1] == (-3, "n")
    assert rows[3] == [(410202, "n"), ("007", "s")]


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "http://x", "=HYPERLINK(1)"]
)
def test_nothing_leaves_as_a_formula_or_a_link(text):
    rows = cells(workbook(read_table(sent([[text, ""]]))))
    assert rows[1][0][1] == "s"
    assert rows[1][0][0].strip() == text.strip()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": 1, "head": [], "rows": [1]}', '{"name": "x"}'])
def test_what_is_no_table_is_refused(text):
    with pytest.raises(DataError) as fault:
        read_table(text)
    assert fault.value.code == "web.cockpit.table_unreadable"


def test_a_table_beyond_bounds_is_refused():
    with pytest.raises(DataError) as fault:
        read_table(sent([["x"]] * 20_001))
    assert fault.value.code == "web.cockpit.table_too_large"


@pytest.mark.parametrize(("name", "expected"), [("a/b:c", "a b c"), ("", "Sheet1"), ("长" * 40, "长" * 31)])
def test_sheet_names(name, expected):
    assert sheet_name(name) == expected


def test_the_page_gives_a_workbook(world):
    answer = world.client("kaohe").post("/export/", {"table": sent([["东篱区", "88.77"]])})
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert cells(answer.content)[1][0] == ("东篱区", "s")


def test_a_refusal_is_a_sentence(world):
    answer = world.client("kaohe").post("/export/", {"table": "x"})
    assert answer.status_code == 400
    assert "请回到原来的页面" in answer.content.decode()
