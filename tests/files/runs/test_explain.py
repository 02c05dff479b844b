"""Receipts: from points to figures and clauses, in words and JSON, refused when altered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from junxian.core.errors import DataError
from junxian.files.runs.close import close
from junxian.files.runs.explain import receipt, receipt_text
from tests.files.runs.city import BASE, MAY, RULEBOOK, write_city, write_figures


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


def test_the_page_of_receipts_opens_without_a_network_and_escapes(made: dict[str, Path]) -> None:
    page = (made["june"] / "receipts.html").read_text(encoding="utf-8")
    assert page.count("<details") == 4
    assert "甲县" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page


def test_role_models_are_alike_in_means_and_ahead(tmp_path: Path) -> None:
    rules = RULEBOOK + (
        "benchmarks:\n  - {kind: peers, id: models, name: 榜样, among: [T01, T02, T03, T04], k: 1,"
        " target: 收入.累计, means: {就业.累计: 1}}\n"
    )
    whole = MAY.replace("T04,2026-05,jobs,,人,人社,YTD,not_reported", "T04,2026-05,jobs,160,人,人社,YTD,")
    close(
        write_city(tmp_path / "rules", rules), [write_figures(tmp_path / "in", "may", BASE, whole)],
        period="2026-05", out=tmp_path / "out", today="",
    )  # fmt: skip
    # jobs 100, 200, 150, 160 and revenue 11, 21, 33.6, 42: the nearest in jobs to 丙 that earns more is 丁
    found = receipt(tmp_path / "out", "丙县")["role_models"]
    assert [(m["region"], m["own"], m["target"]) for m in found] == [("丁县", 33.6, 42.0)]
    assert found[0]["gap"] == pytest.approx((42 - 33.6) / 42)
    assert receipt(tmp_path / "out", "丁县")["role_models"] == []
