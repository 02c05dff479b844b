"""数字自查: whatever is wrong in prose, tables or files is found and named; what is right passes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest

from junxian.core.bulletins import compose, refuse, selfcheck
from junxian.core.bulletins.compare import Extracted, compare, compare_table
from junxian.core.bulletins.recount import Recount
from junxian.core.bulletins.selfcheck import printed_number, unclaimed
from junxian.core.errors import DataError, RuleError
from junxian.core.scoring.model import Ranking
from tests.core.bulletins.fictional import bulletin, facts
from tests.core.bulletins.words import words

ZH = words("zh")


def document_of(text, given=None, **block):
    return compose(given or facts(), bulletin(body=[{"text": text, **block}], attachments=[]), ZH)


def codes(findings):
    return [finding.code for finding in findings]


def test_an_honest_document_passes_and_is_released():
    document = compose(facts(), bulletin(), ZH)
    found = selfcheck(document, facts(), ZH)
    assert found == ()
    refuse(found)


def test_every_single_figure_altered_in_the_document_is_found():
    document = compose(facts(), bulletin(), ZH)
    altered = 0
    for i, paragraph in enumerate(document.paragraphs):
        for figure in paragraph.figures:
            if figure.number is None or not any(c.isdigit() for c in figure.text):
                continue
            digits = "".join(str((int(c) + 1) % 10) if c.isdigit() else c for c in figure.text)
            text = paragraph.text[: figure.start] + digits + paragraph.text[figure.end :]
            forged = replace(document, paragraphs=_put(document.paragraphs, i, replace(paragraph, text=text)))
            assert set(codes(selfcheck(forged, facts(), ZH))) & {
                "bulletins.figure_mismatch", "bulletins.direction_mismatch",
            }, figure  # fmt: skip
            altered += 1
    assert altered > 35


def _put(paragraphs, i, paragraph):
    return (*paragraphs[:i], paragraph, *paragraphs[i + 1 :])


@pytest.mark.parametrize(
    ("frame", "change"),
    [
        ("scores", {"score": pl.col("score") + 0.01}),
        ("scores", {"previous_rank": pl.col("previous_rank") + 1}),
        ("points", {"points": pl.col("points") * 1.1}),
        ("observations", {"value": pl.col("value") + 1}),
        ("alerts", {"n": pl.col("n") + 1}),
    ],
)
def test_a_document_of_one_run_does_not_pass_against_another(frame, change):
    document = compose(facts(), bulletin(), ZH)
    other = facts(**{frame: getattr(facts(), frame).with_columns(**change)})
    found = selfcheck(document, other, ZH)
    assert any(finding.stops for finding in found)
    with pytest.raises(RuleError):
        refuse(found)


def test_a_forged_rank_column_is_recounted_from_the_scores():
    forged = facts().scores.with_columns(
        rank=pl.when(pl.col("region_code") == "990024").then(5)
        .when(pl.col("region_code") == "990025").then(4).otherwise("rank")
    )  # fmt: skip
    given = facts(scores=forged)
    found = selfcheck(document_of("{unit}列第{rank}位。", given, each="bottom", category="县", places=1), given, ZH)
    assert "bulletins.figure_mismatch" in codes(found)


def test_a_wrong_direction_is_found_by_its_sign():
    document = document_of("一般公共预算收入{growth:revenue_growth,unit=戊县}。")
    paragraph = document.paragraphs[0]
    forged = replace(document, paragraphs=(replace(paragraph, text=paragraph.text.replace("下降", "增长")),))
    assert codes(selfcheck(forged, facts(), ZH)) == ["bulletins.direction_mismatch"]


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("增长{value:revenue_growth,unit=甲县}。", True),
        ("下降{value:revenue_growth,unit=甲县}。", False),
        ("比末位高{gap:rank=1}。", True),
        ("比首位低{gap:rank=last,to=1}。", True),
        ("上升{rank:unit=甲县}位。", True),
        ("下降{rank:unit=甲县}位。", False),
    ],
)
def test_direction_words_typed_by_the_author_are_checked(text, passes):
    found = selfcheck(document_of(text, category="县"), facts(), ZH)
    assert (found == ()) is passes
    assert passes or codes(found) == ["bulletins.direction_mismatch"]


@pytest.mark.parametrize("text", ["全市5个县。", "增长8.3%。", "得分95.7分，见附件1。"])
def test_a_typed_number_stops_the_release(text):
    found = selfcheck(document_of(text), facts(), ZH)
    assert codes(found) == ["bulletins.figure_unclaimed"]
    with pytest.raises(RuleError, match="figure_unclaimed"):
        refuse(found)


@pytest.mark.parametrize(
    "text",
    ["2026年6月30日前", "2026年上半年", "1—2月", "〔2026〕8号", "见附件2", "依据第3条", "2026年度"],
)
def test_dates_and_document_numbers_may_be_typed(text):
    assert unclaimed(text, [], "zh") == []


def test_english_literals():
    assert unclaimed("In June 2026 and on July 9, 2026, Attachment 2, No. 7", [], "en") == []
    assert unclaimed("some 7 units", [], "en") == ["7"]


def test_numbers_are_read_as_a_reader_reads_them():
    style = facts().style
    assert printed_number("下降1.2%", "zh", style, directed=True) == Decimal("-1.2")
    assert printed_number("持平", "zh", style, directed=True) == 0
    assert printed_number("-1.2%", "zh", style) == Decimal("-1.2")
    assert printed_number("没有数", "zh", style) is None


@pytest.mark.parametrize("ties", ["shared", "dense", "last"])
def test_ranks_are_recounted_by_the_declared_tie_rule(ties):
    """Oracle: polars' own rank methods."""
    marks = pl.DataFrame({"score": [90.0, 85.0, 85.0, 80.0]})
    method = {"shared": "min", "dense": "dense", "last": "max"}[ties]
    scores = facts().scores.filter(pl.col("category") == "县").head(4).with_columns(
        score=marks["score"], exact=None, rank=marks["score"].rank(method, descending=True).cast(pl.Int64)
    )  # fmt: skip
    given = facts(scores=scores, ranking=Ranking(ties=ties))
    recount = Recount(given, ZH, "zh")
    codes_in_order = scores["region_code"].to_list()
    assert [recount.follow(f'["rank","{code}"]') for code in codes_in_order] == scores["rank"].to_list()


def test_a_tie_break_may_order_equals_but_nobody_else():
    scores = facts().scores.filter(pl.col("category") == "县").with_columns(
        score=pl.lit(90.0), exact=None, rank=pl.Series([2, 1, 3, 4, 5])
    )  # fmt: skip
    recount = Recount(facts(scores=scores, ranking=Ranking(tie_break=("税收",))), ZH, "zh")
    assert [recount.follow(f'["rank","{c}"]') for c in scores["region_code"]] == [2, 1, 3, 4, 5]


def test_the_place_in_a_watch_table_is_recounted_from_its_values():
    watch = facts().watch[0]
    forged = replace(watch, rows=(*watch.rows[:2], (2, "丘陵市", 5.2), *watch.rows[3:]))
    given = facts(watch=(forged,))
    document = document_of("列第{watch:province_growth,column=位次}位。", given)
    assert codes(selfcheck(document, given, ZH)) == ["bulletins.figure_mismatch"]


def test_every_cell_of_every_table_is_recounted():
    document = compose(facts(), bulletin(), ZH)
    wrong = 0
    for t, table in enumerate(document.tables):
        for r, row in enumerate(table.rows):
            for c, cell in enumerate(row):
                forged_cell = replace(
                    cell, text=cell.text + "1", number=None if cell.number is None else cell.number + 1
                )
                forged_row = (*row[:c], forged_cell, *row[c + 1 :])
                forged = replace(table, rows=(*table.rows[:r], forged_row, *table.rows[r + 1 :]))
                whole = replace(document, tables=(*document.tables[:t], forged, *document.tables[t + 1 :]))
                assert "bulletins.cell_mismatch" in codes(selfcheck(whole, facts(), ZH)), (table.id, r, c)
                wrong += 1
    assert wrong > 100


def test_a_zero_printed_for_what_nobody_reported_is_found():
    document = compose(facts(), bulletin(), ZH)
    table = next(t for t in document.tables if t.id == "values/县/official")
    row = table.rows[4]
    assert row[4].text == "/"
    forged = replace(table, rows=(*table.rows[:4], (*row[:4], replace(row[4], text="0", number=0.0)), *table.rows[5:]))
    assert codes(selfcheck(replace(document, tables=(forged,)), facts(), ZH)) == ["bulletins.cell_mismatch"]


def extracted(document, paragraphs=None):
    tables = tuple(
        (tuple(c.name for c in t.columns), *(tuple(cell.text for cell in row) for row in t.rows))
        for t in document.tables
    )
    return Extracted("x", tuple(p.text for p in document.prose) if paragraphs is None else paragraphs, tables)


def test_a_file_that_says_the_same_passes():
    document = compose(facts(), bulletin(), ZH)
    assert compare(document, extracted(document)) == ()


def test_one_altered_figure_in_a_file_is_named_with_its_sentence():
    document = compose(facts(), bulletin(), ZH)
    texts = tuple(p.text.replace("得95.70分，较", "得97.50分，较") for p in document.prose)
    found = compare(document, extracted(document, texts))
    assert len(found) == 1
    assert found[0].code == "bulletins.figure_mismatch"
    assert found[0].facts["printed"] == "97.50分"
    assert found[0].facts["recomputed"] == "95.70分"
    assert "甲县居首位" in found[0].facts["sentence"]


def test_an_altered_name_an_altered_word_and_a_lost_sentence_are_found():
    document = compose(facts(), bulletin(), ZH)
    swapped = tuple(p.text.replace("甲县居首位", "乙县居首位") for p in document.prose)
    assert codes(compare(document, extracted(document, swapped))) == ["bulletins.name_mismatch"]
    softened = tuple(p.text.replace("主要失分在", "略有不足在") for p in document.prose)
    assert set(codes(compare(document, extracted(document, softened)))) == {"bulletins.sentence_altered"}
    lost = tuple(p.text for p in document.prose[:-1])
    assert codes(compare(document, extracted(document, lost))) == ["bulletins.sentence_altered"]


def test_a_sentence_slipped_into_a_file_may_not_bring_numbers():
    document = compose(facts(), bulletin(), ZH)
    more = (*(p.text for p in document.prose), "另有3个县受到表扬。")
    assert codes(compare(document, extracted(document, more))) == ["bulletins.figure_unclaimed"]
    assert compare(document, extracted(document, (*more[:-1], "特此通报。", "附件1", document.dated_text))) == ()


def test_a_changed_cell_and_a_missing_row_are_found_in_a_file():
    table = compose(facts(), bulletin(), ZH).tables[0]
    rows = [tuple(c.name for c in table.columns), *(tuple(cell.text for cell in row) for row in table.rows)]
    rows[1] = ("1", "甲县", "96.70", *rows[1][3:])
    found = compare_table(table, Extracted("x", (), (tuple(rows),)))
    assert [(f.facts["row"], f.facts["column"], f.facts["printed"]) for f in found] == [(1, "得分", "96.70")]
    assert codes(compare_table(table, Extracted("x", (), (tuple(rows[:-1]),)))) == ["bulletins.table_altered"]
    assert codes(compare_table(table, Extracted("x", ()))) == ["bulletins.table_altered"]


def test_a_path_to_nowhere_is_a_fault():
    with pytest.raises(DataError, match="path_unreadable"):
        Recount(facts(), ZH, "zh").follow('["nothing",1]')


def test_float_noise_beyond_the_ninth_decimal_orders_nothing():
    noisy = facts().points.with_columns(
        points=pl.when(pl.col("criterion") == "PM2.5").then(20.000000000000004)
        .when(pl.col("criterion") == "收入规模").then(30.0).otherwise("points")
    )  # fmt: skip
    given = facts(points=noisy)
    document = document_of("{unit:unit=甲县}得分较多的是{gains:unit=甲县,top=2}。", given)
    assert (
        "得分较多的是收入规模（得30.00分，满分30.00分）、PM2.5（得20.00分，满分20.00分）" in document.paragraphs[0].text
    )
    assert selfcheck(document, given, ZH) == ()
