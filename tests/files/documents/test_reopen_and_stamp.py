"""A run reopened from its archive speaks of the same facts; the stamp writes number, date and chain alone."""

from __future__ import annotations

import io
import re
import shutil
import subprocess

import docx
import pytest
from polars.testing import assert_frame_equal

from junxian.core.bulletins import compose
from junxian.core.errors import DataError
from junxian.files.documents.read_edited import read_edited
from junxian.files.documents.stamp import Stamp, stamped, traced
from junxian.files.runs.papers import bulletins_of, facts_of
from junxian.files.runs.reopen import reopen
from junxian.files.runs.stored import packed

LINE = "审计链：发布前共 12 条，末条摘要前16位 0123456789abcdef。"


def stamp(june, number: str = "汐政办通〔2026〕7号", dated: str = "2026年7月20日") -> Stamp:
    return Stamp(june.document.number, number, june.document.dated_text, dated, LINE)


def test_the_archive_alone_gives_the_facts_of_the_close(june):
    due, found = facts_of(june.closed), june.run.facts
    assert_frame_equal(found.scores, due.scores, check_column_order=False)
    assert_frame_equal(found.points, due.points)
    assert_frame_equal(found.alerts, due.alerts)
    assert (found.run, found.snapshot_hash, found.rulebook_hash) == (due.run, due.snapshot_hash, due.rulebook_hash)
    assert found.watch == due.watch
    assert found.completeness == due.completeness
    assert found.unreported == due.unreported


def test_and_the_same_document(june):
    due = compose(facts_of(june.closed), bulletins_of(june.closed.judgement.compiled)[0], june.words)
    assert june.document == due
    assert any("上升" in p.text for p in june.document.paragraphs), "changes of place come from the round before"


def test_a_run_without_history_reopens_too(june):
    may = packed(june.folder.parent / "may")
    assert reopen(may).closed.last is None


def test_what_is_no_run_is_refused():
    with pytest.raises(DataError, match=r"stored\.unreadable"):
        reopen(b"nothing")


def test_the_stamp_writes_number_dates_and_chain(june):
    before, after = read_edited(june.notice), read_edited(stamped(june.notice, stamp(june)))
    gone = [text for text in before.paragraphs if text not in after.paragraphs]
    new = [text for text in after.paragraphs if text not in before.paragraphs]
    assert gone == ["汐政办通〔2026〕　号", "2026年7月15日", "\t　汐岚市人民政府办公室\t2026年7月15日印发"]
    assert new == ["汐政办通〔2026〕7号", "2026年7月20日", LINE, "\t　汐岚市人民政府办公室\t2026年7月20日印发"]
    assert after.tables == before.tables


def test_the_chain_stands_below_the_text_and_above_the_imprint(june):
    texts = read_edited(stamped(june.notice, stamp(june))).paragraphs
    assert [text.strip()[:2] for text in texts[-3:]] == ["审计", "抄送", "汐岚"]


def test_a_number_the_office_typed_gives_way_to_the_one_assigned(june):
    typed = june.edit(("汐政办通〔2026〕　号", "汐政办通〔2026〕99号"))
    texts = read_edited(stamped(typed, stamp(june))).paragraphs
    assert "汐政办通〔2026〕7号" in texts
    assert not any("99号" in text for text in texts)


def test_a_date_the_office_typed_stays(june):
    typed = june.edit(("2026年7月15日", "2026年7月18日"))
    texts = read_edited(stamped(typed, stamp(june))).paragraphs
    assert "2026年7月18日" in texts
    assert "2026年7月20日" not in texts


def test_without_its_line_the_number_has_no_place(june):
    with pytest.raises(DataError, match=r"edited\.number_place"):
        stamped(june.edit(("汐政办通〔2026〕　号", "")), stamp(june))


def test_who_took_a_draft_stands_in_its_properties(june):
    marked = traced(june.notice, "未公布 考核办 2026-07-15")
    assert docx.Document(io.BytesIO(marked)).core_properties.comments == "未公布 考核办 2026-07-15"
    assert read_edited(marked) == read_edited(june.notice)


def test_the_stamp_adds_no_page(june, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("soffice is not installed")
    pages = []
    for name, content in (("before", june.notice), ("after", stamped(june.notice, stamp(june)))):
        (tmp_path / f"{name}.docx").write_bytes(content)
        home = f"-env:UserInstallation=file://{tmp_path}/office"
        asked = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), f"{name}.docx"]
        subprocess.run(asked, cwd=tmp_path, capture_output=True, timeout=120, check=True)
        pages.append(len(re.findall(rb"/Type\s*/Page\b", (tmp_path / f"{name}.pdf").read_bytes())))
    assert pages[0] == pages[1] > 1
