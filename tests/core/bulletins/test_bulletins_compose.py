"""Composing: blocks and facts become sentences whose figures know their facts."""

from __future__ import annotations

import json

import polars as pl
import pytest

from junxian.core.bulletins import NumberStyle, compose, selfcheck
from junxian.core.errors import RuleError
from tests.core.bulletins import fictional
from tests.core.bulletins.fictional import bulletin, facts
from tests.core.bulletins.words import words

ZH, EN = words("zh"), words("en")


def sentences(**changes):
    return [paragraph.text for paragraph in compose(facts(), bulletin(**changes), ZH).paragraphs]


def one(text, given=None, **block):
    """The paragraphs of a bulletin with a single block."""
    return compose(given or facts(), bulletin(body=[{"text": text, **block}]), ZH)


def test_the_notice_praises_first_and_names_the_last_with_reasons():
    text = "\n".join(sentences())
    assert text.index("甲县居首位，得95.70分") < text.index("戊县列第5位")
    assert "主要失分在收入增速（得9.50分，满分30.00分）、PM2.5（得12.00分，满分20.00分）" in text
    assert "一般公共预算收入下降1.2%，增速比全市低6.4个百分点" in text
    assert "辛区未报送，不计分、不排名" in text
    assert "县类有得分的单位5个，平均83.35分" in text
    assert "县类合计43.80亿元" in text


def test_every_figure_stands_where_it_says_and_names_its_fact():
    document = compose(facts(), bulletin(), ZH)
    figures = [(p, f) for p in document.prose for f in p.figures]
    assert len(figures) > 60
    for paragraph, figure in figures:
        assert paragraph.text[figure.start : figure.end] == figure.text
        assert figure.block == paragraph.block
        assert isinstance(json.loads(figure.path), list)


def test_headings_and_conditions():
    found = sentences()
    assert [text for text in found if text.startswith(("一、", "二、", "三、", "四、", "（一）"))] == [
        "一、总体情况", "二、好的方面", "三、靠后的单位和原因", "（一）底线预警", "四、有关要求",
    ]  # fmt: skip
    quiet = facts(alerts=facts().alerts.clear(), unreported=(), watch=())
    text = "\n".join(p.text for p in compose(quiet, bulletin(), ZH).paragraphs)
    assert "未报送，" not in text
    assert "预警）" not in text
    assert "生产总值" not in text


def test_a_sentence_without_its_fact_is_left_out_and_reported():
    document = one("{unit:rank=9}列第九位，得{score:rank=9}。", category="县")
    assert document.paragraphs == ()
    assert [f.code for f in document.findings] == ["bulletins.sentence_left_out"]
    assert not document.findings[0].stops


def test_otherwise_stands_where_the_fact_is_missing():
    document = one("就业{value:jobs,unit=丁县}。", otherwise="{unit:unit=丁县}未报送就业。")
    assert [p.text for p in document.paragraphs] == ["丁县未报送就业。"]
    assert document.findings == ()
    twice = one("就业{value:jobs,unit=丁县}。", otherwise="{value:jobs,unit=辛区}。")
    assert twice.paragraphs == ()


def test_a_shared_place_names_all_and_a_figure_of_one_of_them_is_not_guessed():
    tied = facts().scores.with_columns(
        score=pl.when(pl.col("region_code") == "990022").then(95.7).otherwise("score"),
        rank=pl.when(pl.col("region_code") == "990022").then(1).otherwise("rank"),
    )
    given = facts(scores=tied)
    assert (
        one("{unit:rank=1}并列，得{score:rank=1}。", given, category="县").paragraphs[0].text
        == "甲县、乙县并列，得95.70分。"
    )
    assert one("收入{value:revenue,rank=1}。", given, category="县").paragraphs == ()


def test_the_last_places_take_ties_in_and_never_repeat_the_first():
    scores = facts().scores.with_columns(
        score=pl.when(pl.col("region_code") == "990024").then(57.5).otherwise("score"),
        rank=pl.when(pl.col("region_code").is_in(["990024", "990025"])).then(4).otherwise("rank"),
    )
    given = facts(scores=scores)
    assert one("{units:bottom=1}", given, category="县").paragraphs[0].text == "丁县、戊县"
    assert one("{units:bottom=3}", given, category="区").paragraphs == ()


def test_templates_that_name_what_the_rulebook_lacks_are_refused():
    for text, code in {
        "{value:没有的指标}": "bulletins.indicator_unknown",
        "{score:unit=没有的县}": "bulletins.unit_unknown",
        "{points:没有的项,unit=甲县}": "bulletins.criterion_unknown",
        "{n:category=镇}": "bulletins.category_unknown",
        "{score:rank=1}": "bulletins.category_needed",
        "{watch:没有的表}": "bulletins.watch_unknown",
        "{count:elephants}": "bulletins.count_unknown",
    }.items():
        with pytest.raises(RuleError) as refused:
            one(text)
        assert refused.value.code == code


def test_alerts_green_or_unwatched_are_not_warnings():
    rows = facts().alerts
    green = rows.with_columns(level=pl.lit("green"))
    unwatched = rows.with_columns(level=pl.lit("not_watched"))
    given = facts(alerts=pl.concat([green, rows, unwatched]))
    document = one("{unit}：{alert:line}，{alert:level}。", given, each="alert", alert_levels=["red"])
    assert [p.text for p in document.paragraphs] == ["戊县：收入增速不当后三名，红色预警。"]
    counted = one("预警{count:alerts}项，其中红色{count:alerts,level=red}项。", given)
    assert counted.paragraphs[0].text == "预警2项，其中红色1项。"
    assert selfcheck(counted, given, ZH) == ()


def test_line_names_and_demands_are_said_in_words():
    rows = facts().alerts.with_columns(line=pl.lit("last_three"), effect=pl.lit("talk;analysis"))
    given = facts(alerts=rows, lines={"last_three": "收入增速不当后三名"})
    document = one("{unit}：{alert:line}，{alert:effect}。", given, each="alert", alert_levels=["red"])
    assert document.paragraphs[0].text == "戊县：收入增速不当后三名，约谈、书面分析。"
    assert selfcheck(document, given, ZH) == ()


def test_the_english_report_speaks_english():
    given = facts(
        language="en", period_title="June 2026", style=NumberStyle(group=","), terms={"亿元": "hundred million"}
    )
    document = compose(given, fictional.english_bulletin(), EN)
    text = "\n".join(p.text for p in document.prose)
    assert "Jia County (95.70 points), Yi County (92.30 points) and Bing County (87.50 points)" in text
    assert "Budget revenue was 86.13 hundred million and rose 5.2%." in text
    assert "revenue fell 1.2%" in text
    assert document.dated_text == "July 9, 2026"
    assert selfcheck(document, given, EN) == ()


def test_the_number_is_left_blank_until_the_office_gives_one():
    assert compose(facts(), bulletin(), ZH).number == "丘考办〔2026〕　号"
    assert compose(facts(serial=8), bulletin(), ZH).number == "丘考办〔2026〕8号"


def test_length_and_demanding_phrases_are_found():
    long = one("要求各县区认真落实。" * 600)
    assert [f.code for f in long.findings] == ["bulletins.too_long"]
    demanding = one("请各县区于月底前制定实施细则并层层签订责任书。")
    assert {f.facts["phrase"] for f in demanding.findings} == {"制定实施细则", "层层签订"}
    own = compose(facts(), bulletin(forbidden=["加班加点"], body=[{"text": "要加班加点。"}]), ZH)
    assert [f.code for f in own.findings] == ["bulletins.demands_paper"]


def test_a_falling_rate_never_brings_a_minus_into_prose():
    assert one("增速{value:revenue_growth,unit=戊县}。").paragraphs[0].text == "增速下降1.2%。"
    typed = one("增速-1.2%。")
    assert "bulletins.minus_in_prose" in [f.code for f in typed.findings]


def test_tables_show_absence_as_absence():
    tables = {table.id: table for table in compose(facts(), bulletin(), ZH).tables}
    ranking = tables["ranking/区/rank"]
    assert [cell.text for cell in ranking.rows[-1]] == ["—", "辛区", "—", "—", "—", "未评定"]
    values = tables["values/县/official"]
    assert values.keys[0] == fictional.ROOT
    assert [cell.text for cell in values.rows[4]] == ["丁县", "7.01", "6.2", "44", "/"]
    assert all(cell.text != "0" for row in values.rows for cell in row)


def test_official_order_and_rank_order_differ_where_they_should():
    order = facts().units[::-1]
    given = facts(units=order)
    attachments = [{"of": "ranking", "title": "表", "order": "official"}, {"of": "ranking", "title": "表"}]
    tables = compose(given, bulletin(attachments=attachments), ZH).tables
    assert [row[1].text for row in tables[0].rows] == ["戊县", "丁县", "丙县", "乙县", "甲县"]
    assert [row[1].text for row in tables[2].rows] == ["甲县", "乙县", "丙县", "丁县", "戊县"]


def test_the_tile_map_wears_the_worst_light_and_marks_who_did_not_report():
    content = compose(facts(), bulletin(), ZH).pictures[0].content
    bands = {tile["name"]: tile["band"] for tile in content["tiles"]}
    assert bands["戊县"] == "red"
    assert bands["己区"] == "yellow"
    assert bands["辛区"] == "none"
    assert bands["甲县"] == "green"


def test_a_root_node_over_the_groups_is_not_taken_for_a_group():
    frame = facts().points.with_columns(
        parent=pl.when(pl.col("parent") == "").then(pl.lit("total")).otherwise("parent"), depth=pl.col("depth") + 1
    )
    root = frame.filter(pl.col("criterion") == "fiscal").with_columns(
        criterion=pl.lit("total"), parent=pl.lit(""), depth=pl.lit(0, dtype=frame.schema["depth"])
    )
    given = facts(points=pl.concat([frame, root]))
    attachments = [{"of": "points", "title": "表", "category": "县"}]
    names = [c.name for c in compose(given, bulletin(attachments=attachments), ZH).tables[0].columns]
    assert names == ["单位", "财政实力（60）", "民生环境（40）", "得分", "位次"]


def test_a_heading_below_which_nothing_stands_is_left_out_and_numbers_close_up():
    body = [
        {"level": 1, "text": "甲"}, {"text": "{unit:rank=9}。", "category": "县"},
        {"level": 1, "text": "乙"}, {"level": 2, "text": "子"}, {"text": "有文。"},
        {"level": 2, "text": "空"}, {"level": 1, "text": "丙"},
    ]  # fmt: skip
    document = compose(facts(), bulletin(body=body), ZH)
    assert [p.text for p in document.paragraphs] == ["一、乙", "（一）子", "有文。"]
    assert [p.block for p in document.paragraphs] == [2, 3, 4]
