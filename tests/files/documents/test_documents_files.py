"""Workbook, page and the release of all three: no formula, no address, nothing altered gets out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace

import polars as pl
import pytest
from openpyxl import load_workbook

from junxian.core.bulletins import NumberStyle, compose
from junxian.core.bulletins.compose import context_of
from junxian.core.errors import DataError, RuleError
from junxian.core.units.model import Unit
from junxian.files.documents import page_html as page
from junxian.files.documents import verify_outputs, write_outputs
from junxian.files.documents.bars import bars_svg
from junxian.files.documents.extract import extract
from junxian.files.documents.ranking_xlsx import _name, ranking_tables, write_ranking
from junxian.files.documents.words import bulletin_words
from tests.core.bulletins import fictional
from tests.core.bulletins.fictional import bulletin, facts

NAMES = {"通报.docx", "排名表.xlsx", "index.html"}
EVIL = '=HYPERLINK("x")</script><script>alert(1)</script>'


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("out")
    written = write_outputs(facts(), bulletin(), folder)
    assert {path.name for path in written} == NAMES
    return folder


def workbook(folder):
    return load_workbook(folder / "排名表.xlsx")


def test_the_workbook_has_both_orders_per_category(out):
    book = workbook(out)
    assert book.sheetnames == [
        "排名 县", "官方顺序 县", "指标值 县", "排名 区", "官方顺序 区", "指标值 区", "预警", "监测 1", "说明",
    ]  # fmt: skip
    sheet = book["排名 县"]
    assert [cell.value for cell in sheet[3]] == ["位次", "单位", "得分", "较上期", "等次", "底线"]
    assert [cell.value for cell in sheet[4]] == [1, "甲县", 95.7, "↑2", "优秀", "过门槛"]
    assert sheet["C4"].number_format == "0.00"
    assert [row[0].value for row in book["官方顺序 县"].iter_rows(min_row=4)] == [
        "甲县",
        "乙县",
        "丙县",
        "丁县",
        "戊县",
    ]


def test_the_workbook_prints_with_repeated_title_rows_on_a4(out):
    sheet = workbook(out)["排名 县"]
    assert sheet.freeze_panes == "C4"
    assert sheet.print_title_rows == "$1:$3"
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.fitToHeight == 0
    assert "A1:F1" in [str(area) for area in sheet.merged_cells.ranges]


def test_the_whole_area_comes_first_where_it_has_figures(tmp_path):
    root = facts().points.filter(pl.col("region_code") == "990021").with_columns(region_code=pl.lit(fictional.ROOT))
    given = facts(points=pl.concat([facts().points, root]))
    write_outputs(given, bulletin(), tmp_path)
    sheet = workbook(tmp_path)["指标值 县"]
    assert sheet["A4"].value == "丘陵市"
    assert sheet["A4"].font.b


def test_the_notes_name_run_and_rulebook(out):
    notes = {row[0].value: row[1].value for row in workbook(out)["说明"].iter_rows()}
    assert notes["运行编号（哈希）"] == "3" * 64
    assert notes["办法版本"] == "2026-02"
    assert notes["未报送单位"] == "辛区"


def hostile():
    units = tuple(
        Unit(code=u.code, name={"zh": EVIL, "en": EVIL}, category=u.category, tile=u.tile) if u.code == "990021" else u
        for u in fictional.UNITS
    )
    return facts(units=units, scheme_title="@SUM(A1)办法")


def test_a_name_that_looks_like_a_formula_stays_text(tmp_path):
    write_outputs(hostile(), bulletin(), tmp_path)
    book = workbook(tmp_path)
    cell = book["排名 县"]["B4"]
    assert cell.value == EVIL
    assert cell.data_type == "s"
    assert cell.quotePrefix
    with zipfile.ZipFile(tmp_path / "排名表.xlsx") as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)


def test_a_name_that_looks_like_a_tag_stays_text_on_the_page(tmp_path):
    write_outputs(hostile(), bulletin(), tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in text
    assert "=HYPERLINK(&#34;x&#34;)&lt;/script&gt;" in text


def test_a_formula_smuggled_into_the_workbook_is_refused(out, tmp_path):
    book = workbook(out)
    book["排名 县"]["C4"] = "=1+1"
    path = tmp_path / "forged.xlsx"
    book.save(path)
    with pytest.raises(DataError, match="sheet_formula"):
        extract(path)


def test_sheet_names_are_made_acceptable():
    taken = set()
    assert _name("排名 [县]/市?", taken) == "排名 ·县··市·"
    assert _name("排名 [县]/市?", taken) == "排名 ·县··市· 2"
    assert len(_name("长" * 50, taken)) == 31


def test_json_inside_the_page_can_end_no_script():
    text = page.embedded({"name": "</script><!--<script>&"})
    assert not set("<>&") & set(text)
    assert json.loads(text) == {"name": "</script><!--<script>&"}


def without_library(text):
    return re.sub(r"<script>(?!\"use strict\").*?</script>", "", text, flags=re.DOTALL)


def test_the_page_reaches_for_nothing_outside(out):
    text = without_library((out / "index.html").read_text(encoding="utf-8").replace('<script>"use', '<script>"use'))
    assert "http:" not in text
    assert "https:" not in text
    assert not re.search(r"<(?:link|img|iframe|object|embed)\b", text)
    assert not re.search(r"\b(?:src|href)=\"(?!#)", text)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text).group(1)
    assert "default-src &#39;none&#39;" in policy
    assert "unsafe-eval" not in policy
    assert "script-src &#39;unsafe-inline" not in policy
    assert not re.search(r"\son\w+=", text)


def test_the_page_says_n_who_is_missing_and_shape_and_word_of_every_alert(out):
    text = (out / "index.html").read_text(encoding="utf-8")
    assert "8 个单位中 7 个有得分并排名" in text
    assert "未报送，不计分、不排名（不等于零分）：辛区" in text
    for level, word in (("red", "红色预警"), ("yellow", "黄色提醒")):
        assert re.search(rf'<li class="light {level}"><span aria-hidden="true" class="shape"></span>.*{word}', text)
    assert "6月主要指标.xlsx 县区 D7" in text


def test_a_receipt_in_the_engine_s_own_form_leads_to_cell_reference_and_next_step(tmp_path):
    line = {
        "criterion": "growth", "name": "收入增速", "parent": None, "clause": "第三条", "points": 28.5, "maximum": 30.0,
        "parameters": {"method": {"kind": "efficacy", "low": "min", "scale": 100.0}}, "unit": "%", "value": 9.04,
        "inputs": [{"indicator": "revenue_growth", "value": 9.04, "state": "reported",
                    "source": {"file": "甲.xlsx", "sheet": "表1", "cell": "C9", "period": "2026-06"}}],
        "state": "reported", "references": {"low": {"value": -1.24, "statistic": "min", "set_by": ["990025"]}},
        "rank": 1, "n": 5, "next_step": {"to": "rung", "value": 10.0, "distance": 0.96},
    }  # fmt: skip
    given = facts(receipts=({"region_code": "990021", "lines": [line], "checksum": "c" * 64},))
    write_outputs(given, bulletin(), tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    for shown in (
        "一般公共预算收入增速 2026-06: 9.04% ← 甲.xlsx 表1 C9", "功效系数法", "下界 = -1.24 由戊县确定",
        "28.50 / 30.00", "1/5", "距下一档 10 还差 0.96",
    ):  # fmt: skip
        assert shown in text, shown


def test_without_the_chart_library_simple_bars_and_a_sentence_stand(monkeypatch):
    monkeypatch.setattr(page, "_library", lambda: "")
    words = bulletin_words("zh")
    given = facts()
    text = page.page_html(compose(given, bulletin(), words), context_of(given, bulletin(), words))
    assert "图表资源未安装，改用简图；数字相同。" in text
    assert text.count("<script>") == 1
    assert 'class="chart"' in text


def test_simple_bars_scale_to_the_best():
    svg = bars_svg(["甲<", "乙"], [100.0, 50.0], ["100.00", "50.00"], "得分")
    widths = [float(w) for w in re.findall(r'<rect x="180" y="\d+" width="([\d.]+)"', svg)]
    assert widths[0] == pytest.approx(2 * widths[1])
    assert "甲&lt;" in svg


def at_the_end(text, script):
    """The page with a script of ours at its end; the chart library has a </body> of its own in a string."""
    before, _, after = text.rpartition("</body>")
    return f"{before}{script}</body>{after}"


def chromium(*arguments):
    program = shutil.which("chromium")
    if not program:
        pytest.skip("Chromium is not installed; install chromium to look at the page.")
    command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=4000", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


def test_the_page_works_from_disk_in_a_browser(out):
    shown = chromium("--enable-logging=stderr", "--v=0", "--dump-dom", (out / "index.html").as_uri())
    assert "Refused to" not in shown.stderr
    assert "Uncaught" not in shown.stderr
    assert shown.stdout.count("<canvas") == 2  # both charts drew


def test_a_click_sorts_and_empty_cells_stay_at_the_end(out, tmp_path):
    text = (out / "index.html").read_text(encoding="utf-8")
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    click = (
        "<script>var t=document.querySelectorAll('.board table')[1];t.querySelectorAll('thead button')[2].click();"
        "document.title=Array.prototype.map.call(t.tBodies[0].rows,function(r){return r.cells[1].textContent}).join();"
        "</script>"
    )
    path = tmp_path / "page.html"
    path.write_text(at_the_end(text, click), encoding="utf-8")
    assert "<title>庚区,己区,辛区</title>" in chromium("--dump-dom", path.as_uri()).stdout


@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_the_page_is_never_wider_than_the_screen(out, tmp_path, width):
    text = (out / "index.html").read_text(encoding="utf-8")
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    # Headless windows have a least width, so the page is measured inside a frame as narrow as the screen meant.
    measure = (
        "<script>addEventListener('load',function(){parent.document.title=document.documentElement.scrollWidth})"
        "</script>"
    )
    framed = at_the_end(text, measure).replace("&", "&amp;").replace('"', "&quot;")
    path = tmp_path / "frame.html"
    path.write_text(
        f'<!doctype html><iframe width="{width}" height="800" srcdoc="{framed}"></iframe>', encoding="utf-8"
    )
    shown = chromium(f"--window-size={width + 100},900", "--dump-dom", path.as_uri()).stdout
    assert int(re.search(r"<title>(\d+)</title>", shown).group(1)) <= width


def test_published_files_pass_their_verification(out):
    assert verify_outputs(facts(), bulletin(), out) == ()


def test_one_altered_figure_in_the_finished_notice_is_named(out, tmp_path):
    folder = tmp_path / "forged"
    shutil.copytree(out, folder)
    path = folder / "通报.docx"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    body = parts["word/document.xml"].decode()
    assert body.count("得57.50分") == 0
    assert "平均83.35分" in body
    parts["word/document.xml"] = body.replace("平均83.35分", "平均88.35分").encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    found = verify_outputs(facts(), bulletin(), folder)
    assert [(f.code, f.facts["printed"], f.facts["recomputed"]) for f in found] == [
        ("bulletins.figure_mismatch", "88.35分", "83.35分")
    ]


def test_one_altered_cell_in_page_or_workbook_is_named(out, tmp_path):
    folder = tmp_path / "forged"
    shutil.copytree(out, folder)
    path = folder / "index.html"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('data-value="87.5">87.50<', 'data-value="87.5">89.50<'), encoding="utf-8")
    book = workbook(folder)
    book["排名 区"]["C4"] = 99.0
    book.save(folder / "排名表.xlsx")
    found = verify_outputs(facts(), bulletin(), folder)
    assert {(f.code, f.facts["printed"]) for f in found} == {
        ("bulletins.cell_mismatch", "89.50"), ("bulletins.cell_mismatch", 99.0),
    }  # fmt: skip


def test_a_run_whose_ranks_do_not_follow_from_its_scores_publishes_nothing(tmp_path):
    scores = facts().scores.with_columns(rank=pl.when(pl.col("rank") == 1).then(2).when(pl.col("rank") == 2).then(1)
                                         .otherwise("rank"))  # fmt: skip
    with pytest.raises(RuleError) as refused:
        write_outputs(facts(scores=scores), bulletin(), tmp_path / "out")
    assert refused.value.code.startswith("bulletins.")
    assert not (tmp_path / "out").exists()


def test_a_failed_reading_back_leaves_no_file(tmp_path, monkeypatch):
    from junxian.files.documents import write

    def forge(path, context, tables):
        write_ranking(path, context, [(name, replace(t, rows=t.rows[:-1]) if t.rows else t) for name, t in tables])

    monkeypatch.setattr(write, "write_ranking", forge)
    with pytest.raises(RuleError, match="table_altered"):
        write_outputs(facts(), bulletin(), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_english_outputs(tmp_path):
    given = facts(language="en", period_title="June 2026", scheme_title="Monthly scheme", style=NumberStyle(group=","))
    write_outputs(given, fictional.english_bulletin(), tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in text
    assert "7 of 8 units have a score and a rank" in text
    assert "Ranking 县" in workbook(tmp_path).sheetnames
    assert verify_outputs(given, fictional.english_bulletin(), tmp_path) == ()


def test_the_same_run_gives_the_same_page_and_sheets(tmp_path):
    for name in ("a", "b"):
        write_outputs(facts(), bulletin(), tmp_path / name)
    pages = [(tmp_path / name / "index.html").read_bytes() for name in ("a", "b")]
    assert pages[0] == pages[1]
    sheets = [extract(tmp_path / name / "排名表.xlsx") for name in ("a", "b")]
    assert sheets[0] == sheets[1]


def test_an_office_s_own_template_is_filled(tmp_path):
    from docx import Document

    template = tmp_path / "office.docx"
    made = Document()
    for text in (
        "{{ title }}",
        "{{ recipients }}",
        "{%p for p in paragraphs %}",
        "{{ p.text }}",
        "{%p endfor %}",
        "{{ date }}",
    ):
        made.add_paragraph(text)
    made.save(str(template))
    plain = bulletin(attachments=[], pictures=[])
    write_outputs(facts(), plain, tmp_path / "out", template=template)
    paragraphs = extract(tmp_path / "out" / "通报.docx").paragraphs
    assert paragraphs[0] == "关于2026年6月县区高质量发展考核情况的通报"
    assert paragraphs[-1] == "2026年7月9日"
    with pytest.raises(DataError, match="template_missing"):
        write_outputs(facts(), plain, tmp_path / "out2", template=tmp_path / "none.docx")


def test_sheets_and_tables_agree_in_number():
    words = bulletin_words("zh")
    given = facts()
    names = [name for name, _ in ranking_tables(context_of(given, None, words))]
    assert len(names) == len(set(names)) == 8
