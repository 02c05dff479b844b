"""Files: whose they are, which month they are, what they hold of others, hostile ones, and the form we hand out."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.test import override_settings

from junxian.core.errors import DataError
from junxian.web.indicators import actions, duties, jobs
from junxian.web.indicators.blank_form import prefilled
from junxian.web.indicators.models import Observation, Upload
from tests.web.indicators.conftest import book


def read(hand_in, name, content, by, **more) -> Upload:
    upload = actions.drop(hand_in, name, content, by=by, **more)
    jobs.read_upload.call(upload.pk)
    upload.refresh_from_db()
    return upload


def test_another_departments_workbook_is_recognised(round_open, dropped) -> None:
    upload = dropped(round_open["商务局"], "人行", keeper="商务局")
    assert (upload.state, upload.code) == ("refused", "web.indicators.other_department")
    assert upload.facts["keeper"] == "人行"
    assert not round_open["人行"].uploads.exists()


def test_another_months_workbook_is_recognised(round_open, dropped) -> None:
    upload = dropped(round_open["商务局"], "商务局", period="2026-04")
    assert (upload.state, upload.code) == ("refused", "web.indicators.other_period")
    assert "4" in upload.facts["said"]


def test_figures_of_other_keepers_wait_for_their_keepers(round_open, dropped, clerks) -> None:
    upload = dropped(round_open["督查室"], "台账")
    assert upload.state == "read", (upload.code, upload.facts)
    parts = {part.hand_in.owner.name: part for part in upload.passed_on.all()}
    assert {"自然资源局", "农业农村局", "统计局", "财政局"} <= parts.keys()
    assert parts["自然资源局"].figures == 10
    assert upload.figures + sum(part.figures for part in parts.values()) == upload_rows(upload)
    actions.confirm(parts["自然资源局"], by=clerks("自然资源局"))
    assert set(Observation.objects.values_list("indicator", flat=True)) == {"idle_land"}
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        actions.confirm(parts["农业农村局"], by=clerks("自然资源局"))


def upload_rows(upload: Upload) -> int:
    import csv

    return len(list(csv.reader(io.StringIO(bytes(upload.content.content).decode("gb18030"))))) - 1


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (("x.xlsx", b"PK\x03\x04" + b"\0" * 40), "sheets.truncated"),
        (("x.xlsx", b"%PDF-1.7"), "sheets.is_pdf"),
        (("../../etc/passwd.xls", b"<html><script>alert(1)</script>"), "sheets.is_web_page"),
        (("x.exe", b"MZ\x90\0"), "sheets.not_a_workbook"),
        (("x.csv", b"a,b\n1,2\n"), "sheets.tidy_columns"),
    ],
)
def test_hostile_files_are_refused_in_one_sentence(world, round_open, clerks, file, code) -> None:
    upload = read(round_open["商务局"], *file, clerks("商务局"))
    assert (upload.state, upload.code) == ("refused", code)
    assert "/" not in upload.name
    assert ".." not in upload.name.strip(".")
    page = world.client(clerks("商务局").person.username).get(f"/uploads/{upload.pk}/").content.decode()
    assert "<script>alert" not in page


@override_settings(LARGEST_UPLOAD=10)
def test_a_file_too_large_is_not_even_kept(round_open, clerks) -> None:
    with pytest.raises(DataError) as refusal:
        actions.drop(round_open["商务局"], "x.xlsx", b"x" * 11, by=clerks("商务局"))
    assert refusal.value.code == "sheets.too_large"
    assert not Upload.objects.exists()


def test_the_same_file_twice_is_refused_until_the_first_is_withdrawn(round_open, dropped, clerks, books) -> None:
    upload = dropped(round_open["商务局"], "商务局")
    with pytest.raises(DataError) as refusal:
        actions.drop(round_open["商务局"], *book(books, "商务局"), by=clerks("商务局"))
    assert refusal.value.code == "web.indicators.dropped_before"
    actions.withdraw(upload, by=clerks("商务局"))
    assert actions.drop(round_open["商务局"], *book(books, "商务局"), by=clerks("商务局")).state == "waiting"


def test_a_job_that_died_is_taken_up_again(round_open, books, clerks) -> None:
    from datetime import timedelta

    from django.utils import timezone

    upload = actions.drop(round_open["商务局"], *book(books, "商务局"), by=clerks("商务局"))
    now = timezone.now()
    Upload.objects.filter(pk=upload.pk).update(state="reading", lease=now + timedelta(minutes=1))
    jobs.read_upload.call(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "reading", "a living worker's file is left alone"
    Upload.objects.filter(pk=upload.pk).update(lease=now - timedelta(minutes=1))
    jobs.read_upload.call(upload.pk)
    jobs.read_upload.call(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.lease) == ("read", None)


@pytest.mark.parametrize("period", ["2026-06", "2026-01/02"])
@pytest.mark.parametrize("owner", ["统计局", "财政局", "督查室"])
def test_the_form_handed_out_reads_back_exactly(world, clerks, period, owner) -> None:
    made = actions.open_hand_ins("monthly", period, by=world.actor("kaohe"))
    hand_in = next(h for h in made if h.owner.name == owner)
    rules = duties.rules_in(period)
    cards = {card.code: card for card in rules.indicators}
    workbook = openpyxl.load_workbook(io.BytesIO(prefilled(hand_in, rules)))
    sheet = workbook.active
    assert sheet.protection.sheet
    assert not sheet["C4"].protection.locked
    assert sheet["C3"].protection.locked
    wanted = {}
    for r in range(4, 13):
        for c, code in enumerate((c.code for c in rules.indicators if c.code in hand_in.indicators), start=3):
            unit, value = sheet.cell(r, 1).value, float(r * 100 + c) / 8
            sheet.cell(r, c).value = "不适用" if (r, c) == (5, 3) else value if (r, c) != (6, 3) else None
            key = (unit, code, duties.cell_period(cards[code], period), cards[code].kind)
            wanted[key] = ("not_applicable", None) if (r, c) == (5, 3) else ("reported", value)
            if (r, c) == (6, 3):
                del wanted[key]
    filled = io.BytesIO()
    workbook.save(filled)
    upload = read(hand_in, "填好.xlsx", filled.getvalue(), clerks(owner))
    assert upload.state == "read", (upload.code, upload.facts)
    from junxian.web.indicators.reading import staged_frame

    got = {
        (r["region_code"], r["indicator"], r["period"], r["kind"]): (r["state"], r["value"])
        for r in staged_frame(upload).to_dicts()
    }
    assert got == wanted


def test_no_text_of_the_form_is_a_formula(world) -> None:
    from junxian.web.units.models import Unit

    Unit.objects.filter(code="X10001").update(name='=HYPERLINK("x")')
    hand_in = actions.open_hand_ins("monthly", "2026-06", by=world.actor("kaohe"))[0]
    sheet = openpyxl.load_workbook(io.BytesIO(prefilled(hand_in, duties.rules_in("2026-06")))).active
    assert sheet["B4"].value == '=HYPERLINK("x")'
    assert sheet["B4"].data_type == "s"
