"""What each role reads through the API: its own and what is public, never another county's, never before its time."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from junxian.core.assessment.round import CLOSED
from junxian.web.assessment.models import Round
from junxian.web.indicators.models import HandIn
from junxian.web.people.models import AuditRow
from junxian.web.rulebooks.current import current
from tests.web.api.conftest import EARLIER, OTHER, OWN

COUNTY, DEPUTY, STRANGER = f"{OWN}-jingban", f"{OWN}-changwu", f"{OTHER}-changwu"


def items(client: Client, address: str, **asked: object) -> list[dict]:
    answer = client.get(f"/api/{address}", asked)
    assert answer.status_code == 200, answer.content.decode()
    body = answer.json()
    assert len(body["items"]) == min(body["count"], 100) or asked
    return body["items"]


def status(client: Client, address: str) -> int:
    return client.get(f"/api/{address}").status_code


def reads(subject: str) -> int:
    return AuditRow.objects.filter(action="read", subject=subject).count()


def test_everybody_reads_who_he_is_and_his_own_reminders(reader) -> None:
    me = reader(COUNTY).get("/api/people/me").json()
    assert (me["unit"], me["reach"]["figure.see"], me["reach"]["notice.see"]) == (OWN, "own", "all")
    [one] = items(reader(COUNTY), "people/reminders")
    assert one["lines"] == [{"text": "没有这一项。请核对地址里的编号。", "address": "/rounds/"}]
    texts = [line["text"] for row in items(reader(STRANGER), "people/reminders") for line in row["lines"]]
    assert one["lines"][0]["text"] not in texts


def test_persons_are_the_administrators_and_reading_them_is_on_the_record(reader, shelf) -> None:
    administrator = shelf.world.client("xitong")
    [clerk] = items(administrator, "people/persons", words=COUNTY)
    assert (clerk["posts"][0]["unit"], clerk["posts"][0]["role"]) == (OWN, "county_clerk")
    assert reads("person") == 1
    assert status(reader("kaohe"), "people/persons") == 403


def test_the_audit_chain_is_the_auditors_and_its_parts_hold_still(reader) -> None:
    auditor = reader("shenji")
    first = auditor.get("/api/people/audit", {"limit": 2}).json()["items"]
    upto = first[0]["number"]
    again = auditor.get("/api/people/audit", {"limit": 1, "offset": 1, "upto": upto}).json()["items"]
    assert again == first[1:]
    assert reads("audit") == 2
    assert {row["action"] for row in items(auditor, "people/audit", action="token.issue")} == {"token.issue"}
    assert status(auditor, "people/audit?unit=nowhere") == 404
    assert items(auditor, "people/audit", unit=OTHER, action="token.issue") == []
    assert status(reader("kaohe"), "people/audit") == 403


def test_the_rulebook_is_open_to_every_post_but_administrators(reader, shelf) -> None:
    [one] = items(reader(COUNTY), "rulebooks/versions")
    assert one["hash"] == shelf.world.rulebook
    whole = reader(COUNTY).get("/api/rulebooks/versions/1").json()
    assert whole["holds"] is True
    assert "rulebook.yaml" in whole["files"]
    cards = items(reader(COUNTY), "rulebooks/versions/1/rules/indicators", limit=1000)
    assert [card["code"] for card in cards] == [card.code for card in current().indicators]
    assert items(reader(COUNTY), "rulebooks/versions/1/changes") == []
    assert status(reader(COUNTY), "rulebooks/versions/9") == 404
    assert status(reader(COUNTY), "rulebooks/versions/1/rules/cases") == 422
    assert status(shelf.world.client("xitong"), "rulebooks/versions") == 403


def test_a_figure_is_read_with_its_history_by_its_own_county_alone(reader) -> None:
    rows = items(reader(COUNTY), "indicators/observations", period="2026-06")
    assert [(row["unit"], row["revision"], row["value"]) for row in rows] == [(OWN, 0, 12.0), (OWN, 1, 12.5)]
    assert [row["cell"] for row in rows] == ["C5", "C5"]
    latest = items(reader("kaohe"), "indicators/observations", latest="true", since="2026-06")
    assert [(row["unit"], row["value"]) for row in latest] == [(OWN, 12.5), (OTHER, 8.0)]


def test_a_ranking_opens_when_signed_and_to_counties_when_published(reader, shelf) -> None:
    office, county, address = reader("kaohe"), reader(COUNTY), "indicators/indicators/trade/places"
    assert items(office, address) == []
    assert status(office, f"{address}?period=2026-06") == 404
    posts = {"handled_by": shelf.world.post("kaohe"), "reviewed_by": shelf.world.post("ducha"),
             "signed_by": shelf.world.post("shizhang")}  # fmt: skip
    HandIn.objects.filter(pk=shelf.hand_in.pk).update(state="signed", **posts)
    assert [(row["unit"], row["rank"]) for row in items(office, address)] == [(OWN, 1), (OTHER, 2)]
    assert items(county, address) == []
    assert status(county, f"{address}?period=2026-06") == 404
    HandIn.objects.filter(pk=shelf.hand_in.pk).update(released_at=shelf.published.published_at)
    assert county.get(f"/api/{address}").json()["periods"] == ["2026-06"]
    assert status(county, "indicators/indicators/nothing/places") == 404


def test_hand_ins_files_and_findings_are_their_owners_and_the_offices(reader, shelf) -> None:
    own = f"indicators/hand-ins/{shelf.hand_in.pk}"
    assert shelf.hand_in.pk in [row["id"] for row in items(reader("kaohe"), "indicators/hand-ins", state="open")]
    assert {row["owner"] for row in items(reader(COUNTY), "indicators/hand-ins")} <= {OWN}
    assert [row["name"] for row in items(reader("kaohe"), f"{own}/uploads")] == ["六月.xlsx"]
    [finding] = items(reader("kaohe"), f"{own}/findings", answer="open")
    assert (finding["unit"], finding["cell"], finding["blocks"]) == (OWN, "C5", True)
    assert finding["message"]
    assert not finding["message"].startswith("checks.")
    assert items(reader("kaohe"), f"{own}/findings", answer="explained") == []
    assert status(reader(COUNTY), f"{own}/uploads") == status(reader(COUNTY), f"{own}/findings") == 403
    assert status(reader("kaohe"), "indicators/hand-ins/999999/uploads") == 404


def test_unpublished_results_stay_hidden_and_reading_them_is_on_the_record(reader, shelf) -> None:
    office, county = reader("kaohe"), reader(COUNTY)
    here, there = f"assessment/rounds/{shelf.checking.pk}", f"assessment/rounds/{shelf.published.pk}"
    assert county.get(f"/api/{here}").json()["state"] == "checking"
    assert [row["unit"] for row in items(county, f"{here}/scores")] == [OWN]
    assert status(county, f"{here}/alerts") == 403
    assert status(county, f"{here}/units/{OTHER}/receipt") == status(county, f"{here}/units/{OTHER}/points") == 403
    assert reads("run") == 0
    assert len(items(office, f"{here}/scores")) == 9
    assert items(office, f"{here}/alerts")[0]["unit"] == OWN
    assert office.get(f"/api/{here}/run").json()["public"] is False
    assert reads("run") == 3
    assert len(items(county, f"{there}/scores")) == 9
    assert {row["unit"] for row in items(county, f"{there}/alerts")} == {OWN}
    assert status(county, f"{there}/units/{OTHER}/receipt") == 403
    Round.objects.filter(pk=shelf.checking.pk).update(state="computing")
    assert status(county, f"{here}/scores") == status(county, f"{here}/run") == 403
    assert county.get(f"/api/{here}").json()["run"] is None
    assert reads("run") == 3


def test_trial_rounds_are_not_the_counties(reader, shelf) -> None:
    Round.objects.filter(pk=shelf.checking.pk).update(trial=True)
    assert status(reader(COUNTY), f"assessment/rounds/{shelf.checking.pk}") == 403
    assert reader("kaohe").get(f"/api/assessment/rounds/{shelf.checking.pk}").json()["trial"] is True


def test_objections_are_their_countys_and_the_reviewers(reader, shelf) -> None:
    serial = shelf.keys["serial"]
    assert [row["serial"] for row in items(reader("kaohe"), "assessment/objections")] == [serial]
    whole = reader(COUNTY).get(f"/api/assessment/objections/{serial}").json()
    assert whole["evidence"][0]["name"] == "证明.pdf"
    assert (reads("objections"), reads("objection")) == (1, 1)
    assert items(reader(STRANGER), "assessment/objections") == []
    assert status(reader(STRANGER), f"assessment/objections/{serial}") == 403
    assert status(reader("kaohe"), "assessment/objections/none") == 404
    assert [row["objection"] for row in items(reader(COUNTY), "assessment/settlements")] == [serial]
    assert items(reader(STRANGER), "assessment/settlements") == []


def test_alerts_are_of_published_rounds_and_within_reach(reader, shelf) -> None:
    rows = items(reader("kaohe"), "bottomlines/alerts", level=["red", "orange"])
    assert [row["level"] for row in rows] == ["red", "orange"]
    assert {row["unit"] for row in items(reader(COUNTY), "bottomlines/alerts")} == {OWN}
    assert items(reader(COUNTY), "bottomlines/register") == []
    Round.objects.filter(state__in=CLOSED).update(trial=True)
    assert items(reader("kaohe"), "bottomlines/alerts") == []


def test_notices_are_public_and_their_cells_are_not(reader, shelf) -> None:
    [one] = items(reader(COUNTY), "bulletins/notices")
    assert (one["number"], one["withdrawn_at"]) == ("〔2026〕6号", None)
    for who, cells in ((COUNTY, ["C5", ""]), ("kaohe", ["C5", "C5"])):
        whole = reader(who).get(f"/api/bulletins/notices/{one['id']}").json()
        assert [source["cell"] for source in whole["checks"][0]["sources"]] == cells
    assert status(reader(COUNTY), "bulletins/notices/999") == 404
    assert status(shelf.world.client("xitong"), "bulletins/notices") == 403


def test_versions_of_a_notice_are_for_those_who_preview_it(reader, shelf) -> None:
    address = f"bulletins/rounds/{shelf.published.pk}/versions"
    assert [row["number"] for row in items(reader("shizhang"), address)] == [1]
    assert reader("shizhang").get(f"/api/{address}/1").json()["paper"]["title"]["pieces"][0]["text"] == "通报"
    assert (reads("notice"), reads("notice_version")) == (1, 1)
    assert status(reader("kaohe"), f"{address}/2") == status(reader("kaohe"), "bulletins/rounds/999/versions") == 404
    for who in (DEPUTY, "caizheng"):
        assert status(reader(who), address) == status(reader(who), f"{address}/1") == 403
    assert (reads("notice"), reads("notice_version")) == (1, 1)


def test_a_doubt_is_read_by_its_county_and_who_answers_it(reader) -> None:
    assert [row["text"] for row in items(reader("kaohe"), "indicators/doubts")] == ["应为 13"]
    [one] = items(reader(COUNTY), "indicators/doubts")
    assert (one["unit"], one["indicator"], one["answer"]) == (OWN, "trade", "")
    assert items(reader(STRANGER), "indicators/doubts") == []


def test_meetings_show_a_county_what_is_its_own(reader, shelf) -> None:
    address = f"supervision/meetings/{shelf.keys['meeting']}"
    whole = reader("shizhang").get(f"/api/{address}").json()
    assert (len(whole["items"]), len(whole["lines"]), len(whole["decisions"])) == (1, 2, 2)
    own = reader(DEPUTY).get(f"/api/{address}").json()
    assert own["items"] == []
    assert {row["unit"] for row in own["lines"]} | {row["owner"] for row in own["decisions"]} == {OWN}
    for part, owner in (("decisions", "owner"), ("lines", "unit"), ("promises", "unit")):
        assert {row[owner] for row in items(reader(DEPUTY), f"supervision/{part}")} == {OWN}, part
    assert len(items(reader("shizhang"), "supervision/decisions")) == 2
    assert [row["id"] for row in items(reader(DEPUTY), "supervision/meetings")] == [whole["id"]]
    assert status(reader(COUNTY), address) == 403
    third = reader("X10003-changwu")
    assert items(third, "supervision/meetings") == []
    assert status(third, address) == 404


def test_places_in_the_province_are_of_open_periods(reader, shelf) -> None:
    assert items(reader("kaohe"), "benchmarks/periods") == [EARLIER]
    assert status(reader("kaohe"), "benchmarks/places?period=2026-06") == 404
    rows = items(reader("kaohe"), "benchmarks/places", limit=1000)
    assert {row["period"] for row in rows} == {EARLIER}
    assert {row["rank"] for row in rows if row["table"] == rows[0]["table"]} >= {1, 2, 3}
    assert status(shelf.world.client("xitong"), "benchmarks/places") == 403


LISTS = (
    "people/reminders", "rulebooks/versions", "indicators/units", "indicators/indicators", "indicators/observations",
    "indicators/hand-ins", "indicators/hand-ins/{hand_in}/uploads", "indicators/hand-ins/{hand_in}/findings",
    "indicators/doubts", "supervision/meetings", "supervision/decisions", "supervision/promises", "assessment/rounds",
    "assessment/rounds/{round}/scores", "assessment/rounds/{round}/alerts", "assessment/objections",
    "assessment/settlements", "bottomlines/alerts", "bottomlines/register", "bulletins/notices", "people/audit",
)  # fmt: skip


@pytest.mark.parametrize("address", LISTS)
def test_a_list_comes_in_parts_at_one_cost(reader, shelf, address: str) -> None:
    auditor, place = reader("shenji"), f"/api/{address.format(**shelf.keys)}"
    auditor.get(place)
    counted = []
    for limit in (1, 100):
        with CaptureQueriesContext(connection) as made:
            rows = auditor.get(place, {"limit": limit}).json()["items"]
        assert len(rows) <= limit
        counted.append(len(made))
    assert counted[1] <= counted[0], counted
    assert counted[0] <= 20, counted
    assert auditor.get(place, {"limit": 1001}).status_code == 422
    assert auditor.get(place, {"offset": 10**6}).json()["items"] == []
