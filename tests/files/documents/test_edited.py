"""An edited notice: what may be reworded, which figures are caught, and where each finding points."""

from __future__ import annotations

from decimal import Decimal

import pytest

from junxian.files.documents.edited_numbers import chinese, numbers_in
from tests.oracles.rank_from_scores import county_facts


def codes(result) -> list[str]:
    return [finding.code for finding in result.findings]


def test_the_notice_itself_has_no_change_and_no_finding(june):
    result = june.check(june.notice)
    assert result.changes == ()
    assert result.findings == ()
    texts = [p.text for p in result.passages if p.composed is not None]
    assert texts == [p.text for p in june.document.prose]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("望舒区得93.66分，列区类第1位；", "望舒区以93.66分居区类第一位，成绩突出；"),
        ("望舒区得93.66分", "望舒区得９３．６６分"),
        ("一般公共预算收入46.81亿元，增长5.4%", "一般公共预算收入完成46.81亿元，同比增长5.4%"),
        ("枕溪县列第1位", "枕溪县位居第1位"),
        ("东篱区列第2位，上升1位", "东篱区升至第2位，前移1位"),
        ("现通报如下", "现将结果予以通报"),
        ("在五个工作日内提出", "于五个工作日内书面提出"),
        ("汐政办通〔2026〕　号", "汐政办通〔2026〕12号"),
        ("已报247项，迟报1项，未报送11项", "未报送11项，已报247项，迟报1项"),
        ("2026年7月15日", "2026年7月20日"),
    ],
)
def test_rewording_around_true_figures_is_allowed(june, old, new):
    result = june.check(june.edit((old, new)))
    assert result.findings == ()
    assert result.changes
    assert any(new[:6] in change.after for change in result.changes) or "".join(c.after for c in result.changes)


@pytest.mark.parametrize(
    ("old", "new", "code", "due"),
    [
        ("望舒区得93.66分", "望舒区得94.66分", "edited.mismatch", "93.66"),
        ("望舒区得93.66分", "望舒区得94分", "edited.mismatch", "93.66"),
        ("列区类第1位", "列区类第2位", "edited.mismatch", "1"),
        ("列区类第1位", "列区类第二位", "edited.mismatch", "1"),
        ("增长5.4%", "增长百分之六", "edited.mismatch", "5.4"),
        ("增长5.4%", "下降5.4%", "edited.direction", "+5.4"),
        ("46.81亿元", "48.61亿元", "edited.mismatch", "46.81"),
        ("平均82.54分", "平均82.5分", "edited.mismatch", "82.54"),
        ("本期已报247项", "本期已报274项", "edited.mismatch", "247"),
        ("望舒区得93.66分", "东篱区得93.66分", "edited.mismatch", "89.48"),
        ("已报247项，迟报1项，未报送11项", "已报11项，迟报1项，未报送247项", "edited.mismatch", "247"),
        ("县类有得分的5个，平均82.54分", "县类有得分的5个，平均85.99分", "edited.mismatch", "82.54"),
        ("在五个工作日内", "在5个工作日内", "edited.unknown", None),
        ("列第1位，持平", "列第①位，持平", "edited.unknown", None),
        ("不能评为优秀的是竹浔县", "不能评为优秀的是麦坪县", "edited.name", "竹浔县"),
    ],
)
def test_a_figure_that_is_not_the_runs_is_named(june, old, new, code, due):
    found = june.check(june.edit((old, new))).findings
    own = next(finding for finding in found if finding.code == code)
    assert own.stops
    assert own.facts["sentence"]
    if due is not None:
        assert own.facts["recomputed"] == due


def test_a_wrong_figure_of_a_sheet_names_its_cell(june):
    (finding,) = june.check(june.edit(("46.81亿元", "46.91亿元"))).findings
    assert finding.facts["source"] == "财政局_收支与三保_2026年6月.xls 收支!C5" or "!" in str(finding.facts["source"])
    (finding,) = june.check(june.edit(("望舒区得93.66分", "望舒区得93.67分"))).findings
    assert finding.facts["source"] == "得分凭据《望舒区》"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("请竹浔县在15日内报送整改情况。", ["edited.unknown"]),
        ("竹浔县得73.78分，列县类第5位，请说明情况。", []),
        ("竹浔县得73.78分，列县类第4位。", ["edited.mismatch"]),
        ("枕溪县、竹浔县分别得92.25分、73.78分。", []),
        ("枕溪县、竹浔县分别得73.78分、92.25分。", ["edited.mismatch", "edited.mismatch"]),
        ("请各县区认真整改。", []),
        ("全市一般公共预算收入46.81亿元。", []),
        ("全市社会消费品零售总额46.81亿元。", ["edited.mismatch"]),
    ],
)
def test_an_added_paragraph_is_checked_from_its_words_alone(june, text, code):
    result = june.check(june.edit(add=("有关要求", text)))
    assert codes(result) == code
    assert [change.after for change in result.changes if not change.before]


def test_every_units_own_score_and_place_may_be_written_and_no_others(june):
    """Against places counted by hand from scores.csv: each unit's own sentence passes, its neighbour's does not."""
    rows = county_facts(june.folder / "scores.csv")
    for name, score, rank in rows:
        assert codes(june.check(june.edit(add=("有关要求", f"{name}得{score}分，列第{rank}位。")))) == []
    (first, score, _), (second, other, _) = rows[0], rows[1]
    assert score != other
    assert codes(june.check(june.edit(add=("有关要求", f"{second}得{score}分。")))) == ["edited.mismatch"]
    assert codes(june.check(june.edit(add=("有关要求", f"{first}得{other}分。")))) == ["edited.mismatch"]


def test_a_deleted_sentence_is_shown(june):
    result = june.check(june.edit(("迟报的由同组指标承担权重，未报送的按零分计。", "")))
    assert [(c.before, c.after) for c in result.changes] == [("迟报的由同组指标承担权重，未报送的按零分计。", "")]


def test_an_altered_table_cell_stops_the_release(june):
    import io

    import docx

    word = docx.Document(io.BytesIO(june.notice))
    cell = next(c for t in word.tables for row in t.rows for c in row.cells if c.text == "93.66")
    cell.paragraphs[0].runs[0].text = "99.66"
    stream = io.BytesIO()
    word.save(stream)
    (finding,) = june.check(stream.getvalue()).findings
    assert finding.code == "bulletins.cell_mismatch"
    assert finding.facts["recomputed"] == "93.66"


def test_a_table_nobody_composed_is_unknown(june):
    import io

    import docx

    word = docx.Document(io.BytesIO(june.notice))
    table = word.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "望舒区", "93.66"
    stream = io.BytesIO()
    word.save(stream)
    assert codes(june.check(stream.getvalue())) == ["edited.unknown"]


def test_the_line_of_the_number_must_stand(june):
    assert codes(june.check(june.edit(("汐政办通〔2026〕　号", "")))) == ["edited.number_place"]


def test_figures_of_kept_sentences_stay_where_they_are(june):
    result = june.check(june.edit(("县类有得分的5个", "其中县类有得分的5个")))
    (passage,) = [p for p in result.passages if p.kept == "changed"]
    assert [passage.text[f.start : f.end] for f in passage.figures][-2:] == ["4", "85.99分"]
    assert all(f.text == passage.text[f.start : f.end] for f in passage.figures)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十九", 99),
        ("五点六", "5.6"),
        ("零点五", "0.5"),
        ("一百", None),
    ],
)
def test_chinese_numbers(text, number):
    assert chinese(text) == (None if number is None else Decimal(str(number)))


def test_dates_and_document_numbers_are_no_figures():
    text = "2026年6月，按〔2026〕12号文，附件1列第三位，增长百分之五，共7项。"
    assert [token.text for token in numbers_in(text, "zh")] == ["三", "五", "7"]
