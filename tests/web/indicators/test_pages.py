"""The pages of this room, opened by those who need them, in both languages."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from junxian.web.indicators import actions, jobs
from junxian.web.indicators.models import Upload
from tests.web.indicators.conftest import book


def clerk_name(unit: str, step: str = "handle") -> str:
    from junxian.web.people.models import Post

    return Post.objects.get(unit__name=unit, role="department", step=step).person.username


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens(world, round_open, dropped, clerks, language) -> None:
    hand_in = round_open["商务局"]
    upload = dropped(hand_in, "商务局")
    actions.explain(list(upload.findings.blocking()), "已核对", by=clerks("商务局"))
    actions.confirm(upload, by=clerks("商务局"))
    client = world.client(clerk_name("商务局"), language)
    for address in (
        "/hand-ins/", f"/hand-ins/{hand_in.pk}/", f"/hand-ins/{hand_in.pk}/grid/", f"/uploads/{upload.pk}/",
        f"/uploads/{upload.pk}/progress/", "/indicators/", "/indicators/trade/", "/indicators/trade/entered/",
        "/figures/X10001/trade/2026-06/", "/units/X10001/figures/2026-06/", f"/hand-ins/{hand_in.pk}/form/",
        f"/uploads/{upload.pk}/original/",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address


def test_files_are_dropped_many_at_once_and_polled(world, round_open, books) -> None:
    hand_in = round_open["财政局"]
    client = world.client(clerk_name("财政局"))
    name, content = book(books, "财政局")
    files = [SimpleUploadedFile(name, content), SimpleUploadedFile("空.xlsx", b"PK\x03\x04broken")]
    answer = client.post(f"/hand-ins/{hand_in.pk}/drop/", {"files": files})
    assert answer.status_code == 302
    first, second = Upload.objects.order_by("pk")
    assert "hx-trigger" in client.get(f"/uploads/{first.pk}/progress/").content.decode()
    for upload in (first, second):
        jobs.read_upload.call(upload.pk)
    done = client.get(f"/uploads/{first.pk}/progress/")
    assert done["HX-Refresh"] == "true"
    second.refresh_from_db()
    assert (second.state, second.code) == ("refused", "sheets.truncated")
    assert "已损坏" in client.get(f"/uploads/{second.pk}/").content.decode()


def test_findings_stand_beside_the_sheet_with_their_cell_marked(world, round_open, dropped) -> None:
    upload = dropped(round_open["人行"], "人行")
    finding = upload.findings.get(code="sheets.doubtful_region")
    client = world.client(clerk_name("人行"))
    page = client.get(f"/uploads/{upload.pk}/").content.decode()
    assert "竹浔具" in page
    assert f"finding={finding.pk}" in page
    picture = client.get(f"/uploads/{upload.pk}/picture/", {"finding": finding.pk}).content.decode()
    assert "found-ask" in picture
    assert "？" in picture
    assert "竹浔具" in picture
    import openpyxl

    marked = client.get(f"/uploads/{upload.pk}/marked/")
    book_back = openpyxl.load_workbook(io.BytesIO(marked.content))
    assert "竹浔" in book_back["存贷款"][finding.cell].comment.text


def test_a_county_sees_its_figure_but_not_the_others_rows(world, round_open, dropped, clerks) -> None:
    upload = dropped(round_open["商务局"], "商务局")
    actions.explain(list(upload.findings.blocking()), "已核对", by=clerks("商务局"))
    actions.confirm(upload, by=clerks("商务局"))
    place = "/figures/X10001/trade/2026-06/"
    keeper, county = world.client(clerk_name("商务局")), world.client("X10001-jingban")
    assert f"/uploads/{upload.pk}/picture/" in keeper.get(place).content.decode()
    page = county.get(place).content.decode()
    assert upload.name in page
    assert f"/uploads/{upload.pk}/" not in page
    cell = {"sheet": "外经外贸", "cell": "D4"}
    assert 'class="here"' in keeper.get(f"/uploads/{upload.pk}/picture/", cell).content.decode()
    assert county.get(f"/uploads/{upload.pk}/picture/", cell).status_code == 403


def test_a_county_with_nothing_to_hand_in_is_told_what_to_check(world, round_open, dropped, clerks) -> None:
    upload = dropped(round_open["商务局"], "商务局")
    actions.explain(list(upload.findings.blocking()), "已核对", by=clerks("商务局"))
    actions.confirm(upload, by=clerks("商务局"))
    page = world.client("X10001-jingban").get("/hand-ins/").content.decode()
    assert "本月无需填报，请核对 4 项" in page
    assert world.client("X10001-jingban").get("/units/X10002/figures/2026-06/").status_code == 403
