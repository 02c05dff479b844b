"""Receipts: from points to figures and clauses, in words and JSON, refused when altered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from junxian.core.errors import DataError
from junxian.files.runs.explain import receipt, receipt_text


def test_a_receipt_leads_to_figures_clauses_and_places(made: dict[str, Path]) -> None:
    one = receipt(made["june"], "T01")
    line = next(line for line in one["lines"] if line["criterion"] == "收入增速")
    assert line["parameters"]["clause"] == "第一条"
    assert {item["source"]["source"] for item in line["inputs"]} == {"甲报"}
    assert [item["value"] for item in line["inputs"]] == [13.8, 12.0]
    assert (line["rank"], line["n"], line["points"]) == (2, 4, 5.4)
    assert line["next_step"]["to"] == "place"


def test_who_set_the_maximum_is_named(made: dict[str, Path]) -> None:
    line = next(x for x in receipt(made["june"], "甲县")["lines"] if x["criterion"] == "就业人数")
    assert line["references"]["high"] == {"value": 220.0, "statistic": "max", "set_by": ["T03"]}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sentence_of_the_text_is_in_the_catalogue(made: dict[str, Path], language: str) -> None:
    for code in ("T01", "T02", "T03", "T04"):
        for run in ("may", "june"):
            text = receipt_text(receipt(made[run], code), language)
            assert "receipt." not in text
            assert "{" not in text


def test_events_and_deductions_are_on_the_receipt(made: dict[str, Path]) -> None:
    one = receipt(made["june"], "T02")
    assert [(a["id"], a["points"]) for a in one["adjustments"]] == [("talk", -0.5)]
    assert one["events"][0]["matter"] == "matter-1"


def test_an_altered_receipt_is_not_shown(june: Path) -> None:
    path = june / "receipts.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    found[0]["score"] = 10.0
    path.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(DataError, match="forged"):
        receipt(june, "T01")


def test_an_unknown_unit_is_refused_with_the_known_ones(made: dict[str, Path]) -> None:
    with pytest.raises(DataError) as refusal:
        receipt(made["june"], "戊县")
    assert "甲县 T01" in str(refusal.value.facts["known"])
