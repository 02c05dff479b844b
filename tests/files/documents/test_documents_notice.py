"""The notice: GB/T 9704-2012 in twips, fonts by name, and what it looks like once LibreOffice has set it."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile

import pytest
from docx import Document as open_document
from docx.oxml.ns import qn

from junxian.core.bulletins import compose
from junxian.files.documents.extract import extract
from junxian.files.documents.notice_docx import notice_docx
from junxian.files.documents.plain_docx import plain_docx
from junxian.files.documents.title_lines import shown_width, title_lines
from junxian.files.documents.word_tables import is_wide
from junxian.files.documents.words import bulletin_words
from tests.core.bulletins import fictional
from tests.core.bulletins.fictional import bulletin, facts

WORDS = bulletin_words("zh")


@pytest.fixture(scope="module")
def notice(tmp_path_factory):
    path = tmp_path_factory.mktemp("notice") / "通报.docx"
    notice_docx(compose(facts(), bulletin(), WORDS), WORDS).save(str(path))
    return path


def attributes(element):
    return {key.rpartition("}")[2]: value for key, value in element.attrib.items()}


def test_the_page_is_the_standard_s_to_the_twip(notice):
    section = open_document(str(notice)).sections[0]._sectPr
    assert attributes(section.find(qn("w:pgSz"))) == {"w": "11906", "h": "16838"}
    margins = attributes(section.find(qn("w:pgMar")))
    assert {key: margins[key] for key in ("top", "right", "bottom", "left")} == {
        "top": "2098", "right": "1474", "bottom": "1984", "left": "1587",
    }  # fmt: skip
    grid = attributes(section.find(qn("w:docGrid")))
    assert grid == {"type": "linesAndChars", "linePitch": "580", "charSpace": "-848"}
    millimetres = {key: int(margins[key]) * 25.4 / 1440 for key in margins}
    assert millimetres["top"] == pytest.approx(37, abs=0.05)
    assert millimetres["left"] == pytest.approx(28, abs=0.05)
    assert pytest.approx(156, abs=0.05) == (11906 - 1587 - 1474) * 25.4 / 1440
    assert pytest.approx(225, abs=0.05) == (16838 - 2098 - 1984) * 25.4 / 1440


def test_twenty_two_lines_and_twenty_eight_characters_fit():
    assert 22 * 580 <= 16838 - 2098 - 1984 + 5
    pitch = 16 * 20 - 5
    assert 28 * pitch <= 11906 - 1587 - 1474 < 29 * pitch


def runs_of(document, text):
    return next(run for p in document.paragraphs for run in p.runs if text in run.text)


def test_fonts_and_sizes_are_the_official_ones(notice):
    document = open_document(str(notice))
    for text, font, half_points in (
        ("关于2026年6月", "方正小标宋简体", "44"),
        ("按照《", "仿宋_GB2312", "32"),
        ("一、总体情况", "黑体", "32"),
        ("（一）底线预警", "楷体_GB2312", "32"),
        ("附件1", "黑体", "32"),
    ):
        properties = runs_of(document, text)._r.rPr
        assert properties.find(qn("w:rFonts")).get(qn("w:eastAsia")) == font, text
        assert properties.find(qn("w:sz")).get(qn("w:val")) == half_points, text
    assert runs_of(document, "文件")._r.rPr.find(qn("w:color")).get(qn("w:val")) == "E60012"


def test_body_lines_are_exact_and_two_characters_in(notice):
    body = next(p for p in open_document(str(notice)).paragraphs if p.text.startswith("按照《"))
    spacing = attributes(body._p.pPr.find(qn("w:spacing")))
    assert (spacing["line"], spacing["lineRule"]) == ("580", "exact")
    assert attributes(body._p.pPr.find(qn("w:ind")))["firstLineChars"] == "200"


def test_official_fonts_are_named_with_fallbacks_and_never_shipped(notice):
    with zipfile.ZipFile(notice) as archive:
        table = archive.read("word/fontTable.xml").decode()
        assert not [name for name in archive.namelist() if name.endswith((".ttf", ".otf", ".odttf"))]
    assert 'w:name="仿宋_GB2312"><w:altName w:val="仿宋;' in table
    for name in ("楷体_GB2312", "黑体", "宋体", "方正小标宋简体"):
        assert f'w:name="{name}"' in table


def test_page_numbers_lie_right_on_odd_and_left_on_even_pages(notice):
    document = open_document(str(notice))
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        assert paragraph._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side
        assert paragraph._p.pPr.find(qn("w:ind")).get(qn(f"w:{side}Chars")) == "100"
        assert paragraph.text.startswith("— ")
        assert " PAGE " in "".join(node.text for node in paragraph._p.iter(qn("w:instrText")))


def test_the_imprint_has_thick_outer_and_thin_inner_rules(notice):
    document = open_document(str(notice))
    boxed = [p for box in document.element.body.iter(qn("w:txbxContent")) for p in box.iter(qn("w:p"))]
    copies, printed = boxed[-2:]
    assert "抄送：市委办公室、市人大常委会办公室、市政协办公室。" in "".join(t.text for t in copies.iter(qn("w:t")))
    text = "".join(t.text for t in printed.iter(qn("w:t")))
    assert "丘陵市考核工作领导小组办公室" in text
    assert "2026年7月9日印发" in text
    widths = [(r.tag.rpartition("}")[2], r.get(qn("w:sz"))) for p in boxed[-2:] for r in p.pPr.find(qn("w:pBdr"))]
    assert widths == [("top", "8"), ("top", "6"), ("bottom", "8")]


def test_attachments_repeat_their_header_and_wide_ones_turn_the_sheet(notice):
    document = open_document(str(notice))
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    turned = [s._sectPr.find(qn("w:pgSz")).get(qn("w:orient")) for s in document.sections]
    assert turned.count("landscape") == 1
    assert turned[-1] is None
    composed = compose(facts(), bulletin(), WORDS)
    assert [is_wide(t) for t in composed.tables].count(True) == 1


def test_without_copies_or_attachments_the_notice_still_stands(tmp_path):
    plain = bulletin(copy_to=[], attachments=[], pictures=[], remark="", sealed=False, recipients=[])
    path = tmp_path / "a.docx"
    notice_docx(compose(facts(serial=8), plain, WORDS), WORDS).save(str(path))
    text = "\n".join(extract(path).paragraphs)
    assert "丘考办〔2026〕8号" in text
    assert "附件" not in text
    assert "抄送" not in text


@pytest.mark.parametrize(
    "title",
    [
        "关于2026年6月县区高质量发展考核情况的通报",
        "关于2026年上半年全市县域经济高质量发展和守底线工作月度考核情况的通报",
        "关于印发《丘陵市县区经济高质量发展月度考核办法（试行）》执行情况及有关问题处理意见的通报",
    ],
)
def test_titles_break_without_breaking_words(title):
    lines = title_lines(title)
    assert "".join(lines) == title
    assert all(shown_width(text) <= 20.5 for text in lines)
    assert len({round(shown_width(text)) for text in lines}) > 1
    for whole in ("2026年6月", "（试行）"):
        assert whole not in title or any(whole in text for text in lines)


def test_a_short_title_stays_on_one_line():
    assert title_lines("底线预警表") == ["底线预警表"]


def test_the_plain_report_is_letter_sized_without_red_head(tmp_path):
    english = bulletin_words("en")
    given = facts(language="en", period_title="June 2026")
    path = tmp_path / "report.docx"
    plain_docx(compose(given, fictional.english_bulletin(), english), english).save(str(path))
    document = open_document(str(path))
    assert attributes(document.sections[0]._sectPr.find(qn("w:pgSz"))) == {"w": "12240", "h": "15840"}
    assert "E60012" not in document.element.xml
    assert document.paragraphs[1].text == "County performance, June 2026"


def test_nothing_in_the_notice_tells_of_a_machine(notice):
    with zipfile.ZipFile(notice) as archive:
        core = archive.read("docProps/core.xml").decode()
    assert "python-docx" not in core
    assert str(notice.parent) not in core


def test_libreoffice_sets_it_on_the_pages_expected(notice, tmp_path):
    if not shutil.which("soffice") or not shutil.which("pdftotext"):
        pytest.skip(
            "LibreOffice or pdftotext is not installed; install libreoffice-writer and poppler-utils to see this."
        )
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(notice)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    pdf = tmp_path / "通报.pdf"
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    pages = text.split("\f")
    squeezed = [re.sub(r"\s", "", page) for page in pages if page.strip()]
    assert "按照《县区高质量发展月度考核办法》" in squeezed[0]  # the first page must show body text
    assert [i for i, page in enumerate(squeezed) if page.startswith("附件")] == list(
        range(len(squeezed) - 5, len(squeezed))
    )
    assert squeezed[-1].endswith(f"2026年7月9日印发—{len(squeezed)}—") or "印发" in squeezed[-1]
