"""Adopting an old sheet (接管): known schemes come back from five layouts, and the draft stands on its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from junxian.core.errors import DataError
from junxian.core.scoring.model import Criterion, walk
from junxian.files.adopt import Adopted, adopt
from junxian.files.rulebooks import check, load
from tests.files.adopt.old_sheets import UNITS, Rule, Sheet, monthly, pairs, turned, two_sheets

TODAY = "2026-11-23"
METHODS = {
    "一般公共预算收入增速": "efficacy",
    "固定资产投资增速": "rank_step",
    "招商引资完成率": "completion",
    "税收占比": "ladder",
    "安全生产事故起数": "deduct",
    "规上工业增加值": "relative",
}


def adopted(path: Path, **more: str) -> tuple[Adopted, Path]:
    out = path.with_suffix("")
    return adopt(path, out, today=TODAY, **more), out


def criteria(out: Path) -> dict[str, Criterion]:
    scheme = load(out).schemes[0]
    return {node.key: node for node in walk(scheme.criteria) if isinstance(node, Criterion)}


@pytest.mark.parametrize("layout", [pairs, turned, two_sheets])
def test_every_layout_gives_the_known_scheme_back(tmp_path, layout):
    found, out = adopted(layout(tmp_path / "old.xlsx", monthly()))
    assert {one.name: one.method for one in found.criteria} == METHODS
    assert (found.units, found.points, found.points_back) == (10, 60, 60)
    assert (found.totals_back, found.ranks_back) == (10, 10)
    assert {key: node.points for key, node in criteria(out).items()} == {rule.name: rule.full for rule in monthly()}


def test_the_draft_is_sound_and_its_case_runs(tmp_path):
    _, out = adopted(pairs(tmp_path / "old.xlsx", monthly()))
    checked = check(out)
    assert checked.is_sound
    (case,) = checked.cases
    assert (case.passed, case.compared) == (True, 10 * (6 + 2))


def test_parameters_are_those_of_the_old_rule(tmp_path):
    _, out = adopted(pairs(tmp_path / "old.xlsx", monthly()))
    found = criteria(out)
    assert found["固定资产投资增速"].method.step == 0.05
    assert (found["招商引资完成率"].method.target, found["招商引资完成率"].method.cap) == (100, 1.0)
    steps = [(step.at_least, step.points) for step in found["税收占比"].method.steps]
    assert steps == [(None, 5), (60, 9), (70, 12), (80, 15)]
    assert (found["安全生产事故起数"].value, found["安全生产事故起数"].direction) == ("2 * 安全生产事故起数", "-")


def test_a_draft_has_no_author_and_says_so(tmp_path):
    _, out = adopted(pairs(tmp_path / "old.xlsx", monthly()))
    scheme = load(out).schemes[0]
    assert (scheme.author, scheme.checker) == ("", "")
    assert "未经" in str(scheme.note)
    assert {fault.code for fault in check(out).faults} == {"rulebook.no_author", "rulebook.no_checker"}


def test_the_case_fails_when_the_rule_is_changed(tmp_path):
    _, out = adopted(pairs(tmp_path / "old.xlsx", monthly()))
    text = (out / "rulebook.yaml").read_text(encoding="utf-8")
    (out / "rulebook.yaml").write_text(text.replace("rank_step: 5%", "rank_step: 6%"), encoding="utf-8")
    assert not check(out).is_sound


def test_altered_points_are_named_and_not_claimed(tmp_path):
    sheet = Sheet(altered={(0, 3): 19.99, (4, 0): 3.5})
    found, out = adopted(pairs(tmp_path / "old.xlsx", monthly(), sheet))
    assert {one.name: one.method for one in found.criteria} == METHODS
    assert {one.name: one.back for one in found.criteria if one.back < one.published} == {
        "一般公共预算收入增速": 9,
        "安全生产事故起数": 9,
    }
    assert found.points_back == 58
    told = (out / "接管报告.md").read_text(encoding="utf-8")
    assert f"{UNITS[3]} 一般公共预算收入增速：公布 19.99，算得" in told
    assert "得分 D7" in told
    assert "value: 2 \\* 安全生产事故起数" in told
    case = (out / "cases/last_round.yaml").read_text(encoding="utf-8")
    assert "公布 19.99" in case
    assert check(out).is_sound


def test_points_without_a_rule_are_not_read(tmp_path):
    drawn = [7.3, 6.1, 9.2, 5.5, 8.8, 6.9, 7.7, 9.9, 5.1, 8.2]
    rules = monthly()
    rules.append(
        Rule("营商环境", 10, [3.1, 8.2, 1.7, 6.6, 4.4, 9.3, 2.5, 7.8, 5.9, 0.8], lambda x, xs: drawn[xs.index(x)])
    )
    found, out = adopted(pairs(tmp_path / "old.xlsx", rules))
    assert [one.name for one in found.criteria if one.status == "unread"] == ["营商环境"]
    assert (found.points, found.points_back) == (70, 60)
    assert "营商环境" in found.summary
    node = criteria(out)["营商环境"]
    assert (node.value, node.method.kind) == ("营商环境得分", "as_is")
    assert found.totals_back == 10  # with its points typed in, the rest still adds up


def test_a_rule_that_holds_for_half_is_no_rule(tmp_path):
    halves = [10.0, 9.5, 3.3, 8.5, 1.2, 7.7, 7.0, 2.4, 5.1, 4.6]
    figures = [9.0, 8.3, 7.4, 6.2, 5.7, 5.6, 4.0, 3.1, 2.2, -1.5]  # rank_step 5 % gives four of these points
    rule = Rule("半对", 10, figures, lambda x, xs: halves[xs.index(x)])
    found, _ = adopted(pairs(tmp_path / "old.xlsx", [*monthly(), rule]))
    assert found.criteria[-1].status == "unread"


def test_points_without_figures_are_given_not_counted(tmp_path):
    import openpyxl

    path = pairs(tmp_path / "old.xlsx", monthly())
    book = openpyxl.load_workbook(path)
    page = book["得分"]
    for row in range(4, 14):
        page.cell(row, 3).value = None
    book.save(path)
    found, out = adopted(path)
    assert found.criteria[0].status == "given"
    assert (found.points, found.points_back, found.totals_back) == (50, 50, 10)
    assert "没有原始数据" in (out / "接管报告.md").read_text(encoding="utf-8")


def test_nothing_is_overwritten(tmp_path):
    path = pairs(tmp_path / "old.xlsx", monthly())
    out = tmp_path / "old"
    out.mkdir()
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError) as refusal:
        adopt(path, out, today=TODAY)
    assert refusal.value.code == "rulebooks.folder_not_empty"
    assert sorted(file.name for file in out.iterdir()) == ["mine.txt"]


def test_no_half_written_folder_is_left(tmp_path, monkeypatch):
    from junxian.files.adopt import draft

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(draft, "case_text", interrupted)
    path = pairs(tmp_path / "old.xlsx", monthly())
    with pytest.raises(KeyboardInterrupt):
        adopt(path, tmp_path / "out", today=TODAY)
    assert [file.name for file in tmp_path.iterdir()] == ["old.xlsx"]


def test_the_same_sheet_gives_the_same_draft(tmp_path):
    path = pairs(tmp_path / "old.xlsx", monthly())
    for name in ("one", "two"):
        adopt(path, tmp_path / name, today=TODAY)
    texts = [{f.name: f.read_bytes() for f in (tmp_path / name).rglob("*.*") if f.is_file()} for name in ("one", "two")]
    assert texts[0] == texts[1]


def test_the_period_is_the_title_s_or_the_year_before(tmp_path):
    _, out = adopted(pairs(tmp_path / "a.xlsx", monthly(), Sheet(title="2025年1-6月县区考核得分表")))
    case = (out / "cases/last_round.yaml").read_text(encoding="utf-8")
    assert 'period: "2025-06"' in case
    _, out = adopted(pairs(tmp_path / "b.xlsx", monthly(), Sheet(title="县区考核得分表")))
    assert 'period: "2025"' in (out / "cases/last_round.yaml").read_text(encoding="utf-8")


def test_the_report_speaks_english(tmp_path):
    found, out = adopted(pairs(tmp_path / "old.xlsx", monthly()), language="en")
    assert found.summary.startswith(
        "Drafted a scheme from old.xlsx: 10 units, 6 criteria. Of 60 published points 60 come back"
    )
    text = (out / "adoption-report.md").read_text(encoding="utf-8")
    assert "## 2. Methods and what comes back" in text
    assert check(out).is_sound
