"""Findings: names chosen, cells corrected, reasons given together and carried on, wrong files taken back."""

from __future__ import annotations

import pytest

from junxian.core.errors import DataError
from junxian.web.indicators import actions, jobs, queries, reading
from junxian.web.indicators.models import Acceptance, Finding, Observation, Upload


def test_a_doubtful_name_is_chosen_and_the_row_is_read(round_open, dropped, clerks) -> None:
    upload = dropped(round_open["人行"], "人行")
    by = clerks("人行")
    finding = upload.findings.get(code="sheets.doubtful_region")
    with pytest.raises(DataError) as refusal:
        actions.confirm(upload, by=by)
    assert refusal.value.code == "web.indicators.findings_open"
    with pytest.raises(DataError):
        actions.choose(finding, "X19999", by=by)
    actions.choose(finding, "X10025", by=by)
    jobs.read_upload.call(upload.pk)
    upload.refresh_from_db()
    assert upload.figures == 40
    actions.confirm(upload, by=by)
    assert Observation.objects.filter(unit__code="X10025", indicator="loans").exists()


@pytest.fixture
def treasury(round_open, dropped):
    """June's treasury workbook with a made-up jump beside it: its findings as the example has them."""
    return dropped(round_open["财政局"], "财政局")


def a_finding(upload: Upload, code: str = "checks.jump", **facts: object) -> Finding:
    row = reading.staged_frame(upload).row(0, named=True)
    from junxian.web.units.models import Unit

    return Finding.objects.create(
        upload=upload, period=upload.period, file=row["file"], sheet=row["sheet"], cell=row["cell"], severity="warning",
        rule="jump", code=code, facts={"percent": 80.0, **facts}, unit=Unit.objects.get(code=row["region_code"]),
        indicator=row["indicator"],
    )  # fmt: skip


def test_a_corrected_cell_becomes_a_revision_with_its_reason(treasury, clerks) -> None:
    by = clerks("财政局")
    finding = a_finding(treasury)
    with pytest.raises(DataError):
        actions.correct(finding, "十二", "笔误", by=by)
    with pytest.raises(DataError):
        actions.correct(finding, "12.5", " ", by=by)
    actions.correct(finding, "１２.5", "笔误", by=by)
    actions.explain(list(treasury.findings.blocking()), "已核对", by=by)
    actions.confirm(treasury, by=by)
    rows = Observation.objects.filter(unit=finding.unit, indicator=finding.indicator, period="2026-06").order_by(
        "revision"
    )
    assert [(r.revision, r.source_kind) for r in rows] == [(0, "cell"), (1, "typed")]
    assert (rows[1].value, rows[1].reason) == (12.5, "笔误")
    assert rows[0].value != 12.5, "what the file said is kept"


def test_similar_findings_are_answered_together(treasury, clerks) -> None:
    first, second = a_finding(treasury), a_finding(treasury)
    other = a_finding(treasury, "checks.falling")
    assert set(actions.similar(first)) >= {first, second}
    assert other not in actions.similar(first)
    assert actions.explain(list(actions.similar(first)), "基数原因", by=clerks("财政局")) >= 2
    second.refresh_from_db()
    assert (second.answer, second.explanation) == ("explained", "基数原因")


def carried(upload: Upload, percent: float, index_period: str = "2026-06") -> str:
    row = {
        "severity": "warning", "rule": "jump", "code": "checks.jump", "facts": {"percent": percent, "value": percent},
        "region": Acceptance.objects.get().unit.code, "indicator": Acceptance.objects.get().indicator, "cell": "Z9",
    }  # fmt: skip
    upload.period = index_period
    jobs.save_findings(upload, [row], {})
    return upload.findings.order_by("-pk")[0].answer


def test_an_accepted_reason_carries_on_until_it_ends_or_is_outgrown(treasury, clerks) -> None:
    actions.explain([a_finding(treasury)], "搬迁", by=clerks("财政局"), carry=True, until="2026-09")
    assert carried(treasury, -79.0) == "carried"
    assert carried(treasury, 80.5) == "open"
    assert carried(treasury, 70.0, "2026-09") == "carried"
    assert carried(treasury, 70.0, "2026-10") == "open"


def confirmed(upload: Upload, by) -> None:
    actions.explain(list(upload.findings.blocking()), "已核对", by=by)
    actions.confirm(upload, by=by)


def test_figures_of_a_confirmed_file_taken_back_leave_a_trace(round_open, dropped, clerks) -> None:
    by = clerks("商务局")
    upload = dropped(round_open["商务局"], "商务局")
    confirmed(upload, by)
    actions.withdraw(upload, by=by)
    figures = Observation.objects.filter(unit__code="X10001", indicator="trade", period="2026-06").order_by("revision")
    assert [(f.state, f.value is None) for f in figures] == [("reported", False), ("not_reported", True)]
    assert upload.name in figures[1].reason
    frame = queries.frame("2026-06")
    assert frame.filter((frame["revision"] == 1) & frame["value"].is_not_null()).is_empty()


def test_a_file_that_revises_figures_must_say_why(round_open, dropped, clerks, books) -> None:
    import io

    import openpyxl

    from tests.web.indicators.conftest import book

    by = clerks("商务局")
    confirmed(dropped(round_open["商务局"], "商务局"), by)
    name, content = book(books, "商务局")
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook.active
    row, column = next((c.row, c.column) for line in sheet.iter_rows() for c in line if c.value == "进出口总额")
    before = sheet.cell(row, column + 4).value
    sheet.cell(row, column + 4).value = "99.25"
    changed = io.BytesIO()
    workbook.save(changed)
    again = actions.drop(round_open["商务局"], name, changed.getvalue(), by=by)
    jobs.read_upload.call(again.pk)
    again.refresh_from_db()
    revised = again.findings.get(code="web.indicators.revised")
    assert revised.facts["value"] == 0.009925
    assert before != "99.25"
    actions.explain(list(again.findings.blocking()), "海关修订", by=by)
    done = actions.confirm(again, by=by)
    assert (done.added, done.revised, done.same) == (0, 1, 39)
    newest = Observation.objects.filter(upload=again).get()
    assert (newest.revision, newest.reason, newest.value) == (1, "海关修订", 0.009925)


def test_empty_cells_of_a_workbook_stay_unsaid(round_open, dropped, clerks, books) -> None:
    import io

    import openpyxl

    from tests.web.indicators.conftest import book

    name, content = book(books, "商务局")
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook.active
    row, column = next((c.row, c.column) for line in sheet.iter_rows() for c in line if c.value == "进出口总额")
    sheet.cell(row, column + 4).value = None
    changed = io.BytesIO()
    workbook.save(changed)
    by = clerks("商务局")
    upload = actions.drop(round_open["商务局"], name, changed.getvalue(), by=by)
    jobs.read_upload.call(upload.pk)
    upload.refresh_from_db()
    assert upload.figures == 39
    confirmed(upload, by)
    assert [code for _unit, code in queries.empty_cells(round_open["商务局"])] == ["trade"]
    with pytest.raises(DataError) as refusal:
        actions.handle(round_open["商务局"], by=by)
    assert refusal.value.code == "web.indicators.cells_empty"
    unit = queries.empty_cells(round_open["商务局"])[0][0]
    actions.declare(round_open["商务局"], [(unit.code, "trade")], "late", by=by)
    actions.handle(round_open["商务局"], by=by)
