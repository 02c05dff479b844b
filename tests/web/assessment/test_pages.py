"""Rounds, runs, checks and objections as pages: what each role finds there, and what it costs the database."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from junxian.web.assessment import hearing_actions as hearing
from junxian.web.assessment import jobs
from junxian.web.assessment.actions import take_step
from junxian.web.assessment.models import Confirmation, Objection, Round, Run
from junxian.web.people.models import AuditRow, Message
from junxian.web.rulebooks.models import Draft

OWN, OTHER = "X10001", "X10002"


@pytest.fixture
def checking(computed):
    city, this_round, run = computed
    take_step(this_round, "send_to_counties", by=city.actor("kaohe"))
    return city, this_round, run


def text_of(answer) -> str:
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_the_office_opens_a_round_from_the_list(city) -> None:
    office = city.world.client("kaohe")
    page = text_of(office.get("/rounds/"))
    assert 'value="2026-06"' in page, "last month is proposed"
    answer = office.post("/rounds/open/", {"scheme": "monthly", "period": "2026-02"}, follow=True)
    assert "不单独考核" in text_of(answer)
    answer = office.post("/rounds/open/", {"scheme": "monthly", "period": "2026-06"}, follow=True)
    assert "已开启轮次 2026年6月" in text_of(answer)
    assert answer.redirect_chain[-1][0] == f"/rounds/{Round.objects.get().pk}/"
    assert city.world.client("shizhang").post("/rounds/open/", {}).status_code == 403


def test_the_round_page_says_where_it_stands_and_whose_turn_it_is(computed) -> None:
    city, this_round, run = computed
    page = text_of(city.world.client("kaohe").get(f"/rounds/{this_round.pk}/"))
    for words in ("数据归集", "冻结", "2026-07-20", "考核办", "可信三灯", "应报", "送县区核对"):
        assert words in page, words
    assert 'aria-current="step"' in page
    assert f"/runs/{run.pk}/" in page
    county = text_of(city.world.client(f"{OWN}-jingban").get(f"/rounds/{this_round.pk}/"))
    assert "可信三灯" not in county
    assert f"/runs/{run.pk}/" not in county


def test_steps_are_taken_by_button_and_refused_with_a_sentence(computed) -> None:
    city, this_round, _run = computed
    office = city.world.client("kaohe")
    address = f"/rounds/{this_round.pk}/step/"
    assert "请写明原因" in text_of(office.post(address, {"step": "collect_again"}, follow=True))
    assert "已完成：送县区核对" in text_of(office.post(address, {"step": "send_to_counties"}, follow=True))
    assert "尚未答复" in text_of(office.post(address, {"step": "end_check"}, follow=True))
    assert office.post(address, {"step": "publish"}).status_code == 404, "publishing belongs to the notice"
    assert office.get(address).status_code == 405
    assert city.world.client(f"{OWN}-jingban").post(address, {"step": "end_check"}).status_code == 403


def test_a_run_page_shows_what_went_in_and_logs_the_reading(computed) -> None:
    city, _round, run = computed
    page = text_of(city.world.client("changwu").get(f"/runs/{run.pk}/"))
    assert run.mark in page
    assert run.snapshot_hash in page
    assert "data-watermark=" in page
    assert "polars" in page
    row = AuditRow.objects.filter(action="read", subject="run").first()
    assert (row.subject_id, row.person.username) == (str(run.pk), "changwu")
    for refused in (f"{OWN}-jingban", "caizheng", "bumen1-handle"):
        assert city.world.client(refused).get(f"/runs/{run.pk}/").status_code == 403, refused


def test_files_of_a_run_come_as_downloads(computed) -> None:
    city, _round, run = computed
    office = city.world.client("kaohe")
    answer = office.get(f"/runs/{run.pk}/files/复算.xlsx")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content[:2] == b"PK"
    whole = zipfile.ZipFile(io.BytesIO(office.get(f"/runs/{run.pk}/files/run.zip").content))
    assert {"run.json", "scores.csv", "通报.docx"} <= set(whole.namelist())
    assert office.get(f"/runs/{run.pk}/files/../settings.py").status_code == 404
    assert office.get(f"/runs/{run.pk}/files/nothing.csv").status_code == 404
    assert city.world.client(f"{OWN}-changwu").get(f"/runs/{run.pk}/files/scores.csv").status_code == 403


def test_verifying_recomputes_and_says_the_verdict(computed) -> None:
    city, _round, run = computed
    assert "逐位相同" in text_of(city.world.client("shenji").post(f"/runs/{run.pk}/verify/"))


def test_progress_ends_by_itself_and_a_failure_is_a_sentence(city) -> None:
    from junxian.web.assessment.actions import start_run

    run = start_run(city.open(), by=city.actor("kaohe"))
    office = city.world.client("kaohe")
    assert 'hx-trigger="every 1s"' in text_of(office.get(f"/runs/{run.pk}/"))
    Run.objects.filter(pk=run.pk).update(
        state="failed", code="judge.no_scheme", facts={"period": "2026-06", "wanted": "x", "known": "y"}
    )
    answer = office.get(f"/runs/{run.pk}/progress/")
    assert "没有可用的方案" in text_of(answer)
    assert answer["HX-Refresh"] == "true"


def test_a_dry_run_on_a_draft_is_watermarked_and_never_official(computed) -> None:
    from junxian.web.rulebooks.current import current_version
    from junxian.web.rulebooks.folder import texts_of

    city, this_round, run = computed
    files = texts_of(bytes(current_version().zip.content))
    files["schemes.yaml"] = files["schemes.yaml"].replace("hit_points: 2,", "hit_points: 4,")
    draft = Draft.objects.create(name="提高达标分", files=files)
    office = city.world.client("kaohe")
    assert "提高达标分" in text_of(office.get("/dry-run/"))
    answer = office.post("/dry-run/", {"round": this_round.pk, "draft": draft.pk})
    made = Run.objects.latest("pk")
    assert answer["Location"] == f"/runs/{made.pk}/"
    jobs.compute_run.func(made.pk)
    made.refresh_from_db()
    assert (made.state, made.facts) == (Run.State.DONE, {})
    this_round.refresh_from_db()
    assert this_round.run == run, "a dry run never becomes the round's result"
    page = text_of(office.get(f"/runs/{made.pk}/"))
    assert 'data-watermark="试算' in page
    assert "与正式结果的差异" in page
    assert any(row["rule"] for row in made.comparison["replaced"]["rows"])
    assert all(row["own"] == row["others"] == row["missing"] == 0 for row in made.comparison["replaced"]["rows"])
    assert city.world.client(f"{OWN}-changwu").get(f"/runs/{made.pk}/").status_code == 403


def test_a_county_checks_confirms_and_prints(checking) -> None:
    city, this_round, run = checking
    clerk = city.world.client(f"{OWN}-jingban")
    assert clerk.get("/check/")["Location"] == f"/units/{OWN}/check/"
    page = text_of(clerk.get(f"/units/{OWN}/check/"))
    assert "2026-07-17" in page
    assert "确认" in page
    assert city.unit(OTHER).name not in page
    assert clerk.get(f"/units/{OTHER}/check/").status_code == 403
    done = text_of(clerk.post(f"/units/{OWN}/check/{this_round.pk}/confirm/", follow=True))
    slip = Confirmation.objects.get(run=run)
    assert slip.serial in done
    printed = text_of(clerk.get(f"/units/{OWN}/slips/{slip.serial}/"))
    assert slip.hash in printed
    assert run.mark in printed
    assert city.world.client(f"{OTHER}-jingban").get(f"/units/{OWN}/slips/{slip.serial}/").status_code == 403
    assert city.world.client("kaohe").get("/check/").status_code == 200


def test_the_receipt_goes_down_to_the_cell(checking) -> None:
    city, this_round, _run = checking
    page = text_of(city.world.client(f"{OWN}-changwu").get(f"/units/{OWN}/rounds/{this_round.pk}/receipt/"))
    for words in (
        "统计局_主要经济指标_2026年6月.xlsx",
        "D14",
        "第三条第二项",
        f"/figures/{OWN}/industry_growth/2026-06/",
    ):
        assert words in page, words
    assert "提出异议" in page
    assert "再进" not in page, "no next step while figures are open"
    assert OTHER not in page
    assert "雁渡区" not in page
    whole = text_of(city.world.client("kaohe").get(f"/units/{OWN}/rounds/{this_round.pk}/receipt/"))
    assert "雁渡区" in whole, "who set a reference value is named to those who may know"
    assert AuditRow.objects.filter(action="read", subject="receipt").count() == 1


def test_an_objection_from_form_to_decision(checking) -> None:
    city, this_round, _run = checking
    deputy, reviewer = city.world.client(f"{OWN}-changwu"), city.world.client("kaohe2")
    address = f"/units/{OWN}/rounds/{this_round.pk}/object/"
    assert 'value="A2" selected' in text_of(deputy.get(address, {"criterion": "A2"}))
    typed = {"criterion": "A2", "ground": "data_error", "text": "增速应为 6.4 <b>", "wanted": "6.4"}
    refused = deputy.post(address, typed | {"evidence": SimpleUploadedFile("a.exe", b"MZ")})
    assert refused.status_code == 422
    assert "增速应为 6.4 &lt;b&gt;" in refused.content.decode(), "nothing typed is lost"
    answer = deputy.post(address, typed | {"evidence": SimpleUploadedFile("a.pdf", b"%PDF-1")}, follow=True)
    made = Objection.objects.get()
    assert made.serial in text_of(answer)
    case = f"/objections/{made.serial}/"
    assert "复核决定" in text_of(reviewer.get(case))
    assert "复核决定" not in text_of(deputy.get(case))
    assert "不能复核" in text_of(city.world.client("kaohe").get(case))
    for foreign in (f"{OTHER}-changwu", f"{OTHER}-jingban"):
        assert city.world.client(foreign).get(case).status_code == 403
        assert city.world.client(foreign).get(f"{case}package/").status_code == 403
    kept = made.evidence.get()
    file = deputy.get(f"{case}evidence/{kept.pk}/")
    assert (file.content, file["X-Content-Type-Options"]) == (b"%PDF-1", "nosniff")
    assert "写明理由" in text_of(reviewer.post(f"{case}decide/", {"decision": "uphold"}, follow=True))
    done = text_of(reviewer.post(f"{case}decide/", {"decision": "uphold", "reason": "与原件一致"}, follow=True))
    assert "维持原得分" in done
    assert "与原件一致" in text_of(deputy.get(case))
    assert made.serial in text_of(city.world.client("shizhang").get(f"/rounds/{this_round.pk}/objections/"))
    assert AuditRow.objects.filter(action="read", subject="objection").count() >= 4


def test_recusals_and_settlements_have_their_pages(checking) -> None:
    city, this_round, _run = checking
    reviewer = city.world.client("kaohe2")
    assert "已声明回避" in text_of(reviewer.post("/recusals/", {"unit": OWN, "reason": "亲属"}, follow=True))
    assert "没有待结算的更正" in text_of(reviewer.get("/settlements/"))
    refused = reviewer.post("/settlements/add/", {"round": this_round.pk, "unit": OWN, "text": "x"}, follow=True)
    assert "不必列入年度结算" in text_of(refused)


def test_reminders_are_one_message_a_day(city) -> None:
    this_round = city.open()
    office = city.world.client("kaohe")
    for _again in range(2):
        assert "已提醒" in text_of(office.post(f"/rounds/{this_round.pk}/remind/", follow=True))
    assert Message.objects.count() == Message.objects.values("person", "day").distinct().count() > 0
    assert all(len(message.lines) == 1 for message in Message.objects.all())


def test_the_trial_page_compares_and_classes(city) -> None:
    from tests.web.assessment.test_trial import workbook

    this_round = city.open(trial=True)
    run = city.compute(this_round)
    office = city.world.client("kaohe")
    sheet = SimpleUploadedFile("六月.xlsx", workbook(run, {OWN: {"total": 91.0}}))
    page = text_of(office.post(f"/rounds/{this_round.pk}/trial/", {"file": sheet}, follow=True))
    assert "对照 27 个数" in page
    line = this_round.office_results.get().lines.get(unit__code=OWN, criterion="")
    office.post(f"/rounds/{this_round.pk}/trial/class/", {"line": line.pk, "cause": "theirs"})
    line.refresh_from_db()
    assert line.cause == "theirs"


def test_pages_cost_the_same_for_every_city(checking, django_assert_max_num_queries) -> None:
    city, this_round, run = checking
    made = hearing.file_objection(
        this_round, city.unit(OWN), criterion="A2", ground="data_error", text="x", by=city.actor(f"{OWN}-changwu")
    )
    office, clerk = city.world.client("kaohe"), city.world.client(f"{OWN}-changwu")
    for client, address in (
        (office, "/rounds/"), (office, f"/rounds/{this_round.pk}/"), (office, f"/runs/{run.pk}/"), (office, "/check/"),
        (office, f"/units/{OWN}/rounds/{this_round.pk}/receipt/"), (office, f"/objections/{made.serial}/"),
        (office, "/objections/"), (clerk, f"/units/{OWN}/check/"), (office, "/movements/"), (office, "/settlements/"),
    ):  # fmt: skip
        client.get(address)
        with django_assert_max_num_queries(40):
            assert client.get(address).status_code == 200, address


def test_english_is_complete_on_the_round_page(checking) -> None:
    city, this_round, _run = checking
    page = text_of(city.world.client("kaohe", "en").get(f"/rounds/{this_round.pk}/"))
    assert "Next step" in page
    assert "下一步" not in page
