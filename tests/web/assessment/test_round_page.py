"""The round page while a run is under way, its figures and answers; the end of a recusal; dry runs for readers."""

from __future__ import annotations

import re

import pytest

from junxian.core.errors import DataError
from junxian.web.assessment import hearing_actions as hearing
from junxian.web.assessment.actions import start_run, take_step
from junxian.web.assessment.models import Recusal, Run
from junxian.web.people.models import AuditRow

OWN, OTHER = "X10001", "X10002"


def text_of(answer) -> str:
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_while_a_run_is_under_way_the_round_shows_it_and_offers_no_next_step(city) -> None:
    this_round = city.open()
    run = start_run(this_round, by=city.actor("kaohe"))
    page = text_of(city.world.client("kaohe").get(f"/rounds/{this_round.pk}/"))
    assert f'hx-get="/runs/{run.pk}/progress/"' in page
    assert "送县区核对</button>" not in page
    assert "开始计算</button>" not in page
    Run.objects.filter(pk=run.pk).update(state="failed", code="web.assessment.broke", facts={"what": "x"})
    page = text_of(city.world.client("kaohe").get(f"/rounds/{this_round.pk}/"))
    assert "progress/" not in page
    assert "开始计算</button>" in page
    assert "开始计算</button>" not in text_of(city.world.client("shizhang").get(f"/rounds/{this_round.pk}/"))


def test_lights_count_in_whole_numbers_and_periods_are_words(computed) -> None:
    city, this_round, _run = computed
    page = text_of(city.world.client("kaohe").get(f"/rounds/{this_round.pk}/"))
    lights = page[page.index('id="trust"') : page.index("</section>", page.index('id="trust"'))]
    assert re.search(r"[0-9]", lights)
    assert not re.search(r"[0-9][.]0(?![0-9])", lights)
    assert "<h1>2026年6月 考核轮次" in page.replace("\n", "")
    english = text_of(city.world.client("kaohe", "en").get(f"/rounds/{this_round.pk}/"))
    assert "June 2026" in english
    assert "bg-primary" not in page
    run_page = text_of(city.world.client("kaohe").get(f"/runs/{_run.pk}/"))
    assert '<td class="number">' in run_page


def test_a_county_that_objected_is_not_told_to_have_confirmed(computed) -> None:
    city, this_round, _run = computed
    take_step(this_round, "send_to_counties", by=city.actor("kaohe"))
    one = hearing.file_objection(
        this_round, city.unit(OWN), criterion="A2", ground="data_error", text="有误", by=city.actor(f"{OWN}-changwu")
    )
    hearing.confirm(this_round, city.unit(OTHER), by=city.actor(f"{OTHER}-changwu"))

    def row(code: str) -> str:
        page = text_of(city.world.client("kaohe").get(f"/rounds/{this_round.pk}/"))
        table = page[page.index('data-export="check"') :]
        name = city.unit(code).name
        return table[table.index(f"<td>{name}</td>") :].split("</tr>")[0]

    assert "已提异议" in row(OWN)
    assert f"/objections/{one.serial}/" in row(OWN)
    assert "已确认" in row(OTHER)
    hearing.decide_objection(one, decision="uphold", reason="无误", by=city.actor("kaohe2"))
    assert "已提异议" in row(OWN)
    assert "维持原得分" in row(OWN)
    assert "已确认" not in row(OWN)


def test_a_recusal_is_ended_by_the_person_alone(computed) -> None:
    city, _round, _run = computed
    made = hearing.recuse(city.unit(OWN), "曾在该县任职", by=city.actor("kaohe2"))
    with pytest.raises(DataError) as refused:
        hearing.end_recusal(made, by=city.actor("kaohe"))
    assert refused.value.code == "web.assessment.recusal_not_yours"
    assert "解除回避" not in text_of(city.world.client("kaohe").get("/recusals/"))
    client = city.world.client("kaohe2")
    assert "解除回避" in text_of(client.get("/recusals/"))
    page = text_of(client.post(f"/recusals/{made.pk}/end/", follow=True))
    assert "已解除对" in page
    assert Recusal.objects.get().ended_at is not None
    assert AuditRow.objects.filter(action="objection.recusal_end").exists()
    with pytest.raises(DataError) as refused:
        hearing.end_recusal(made, by=city.actor("kaohe2"))
    assert refused.value.code == "web.assessment.recusal_ended"
    hearing.recuse(city.unit(OWN), "再次回避", by=city.actor("kaohe2"))


def test_readers_see_dry_runs_and_only_the_office_starts_them(computed) -> None:
    city, this_round, _run = computed
    made = start_run(this_round, by=city.actor("kaohe"), purpose="dry")
    for username in ("shizhang", "shenji"):
        client = city.world.client(username)
        page = text_of(client.get("/dry-run/"))
        assert f"/runs/{made.pk}/" in page
        assert "开始试算" not in page
        assert client.post("/dry-run/", {"round": this_round.pk}).status_code == 403
    assert "开始试算" in text_of(city.world.client("kaohe").get("/dry-run/"))
    assert city.world.client(f"{OWN}-jingban").get("/dry-run/").status_code == 403


def test_a_unit_the_round_did_not_judge_has_no_receipt_and_no_link_to_one(computed) -> None:
    city, this_round, run = computed
    take_step(this_round, "send_to_counties", by=city.actor("kaohe"))
    run.receipts.filter(unit__code=OWN).delete()
    client = city.world.client(f"{OWN}-changwu")
    assert client.get(f"/units/{OWN}/rounds/{this_round.pk}/receipt/").status_code == 404
    page = text_of(client.get(f"/units/{OWN}/check/"))
    assert "/receipt/" not in page
    assert "本轮没有给本单位计分" in page
