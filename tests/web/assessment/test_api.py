"""The API reads what the pages show and nothing more."""

from __future__ import annotations

from junxian.web.assessment.actions import take_step
from junxian.web.people.models import AuditRow

OWN, OTHER = "X10001", "X10002"


def test_scores_and_receipts_follow_the_role(computed) -> None:
    city, this_round, run = computed
    office, county = city.world.client("kaohe"), city.world.client(f"{OWN}-jingban")
    assert office.get("/api/assessment/rounds").json()["items"][0]["run"] == run.mark
    assert county.get("/api/assessment/rounds").json()["items"][0]["run"] is None
    scores = f"/api/assessment/rounds/{this_round.pk}/scores"
    assert len(office.get(scores).json()["items"]) == 9
    assert AuditRow.objects.filter(action="read", subject="run").exists()
    assert county.get(scores).status_code == 403
    take_step(this_round, "send_to_counties", by=city.actor("kaohe"))
    own = county.get(scores).json()["items"]
    assert [(row["unit"], row["rank"], row["n"]) for row in own] == [(OWN, None, None)]
    receipt = f"/api/assessment/rounds/{this_round.pk}/units/{OWN}/receipt"
    assert OTHER not in county.get(receipt).content.decode()
    assert county.get(receipt.replace(OWN, OTHER)).status_code == 403
    assert county.get(receipt.replace(OWN, "nowhere")).status_code == 404
    assert county.get(receipt.replace("receipt", "points")).json()["items"][0]["criterion"] == "total"
    assert office.get("/api/assessment/rounds/999/scores").status_code == 404


def test_a_round_without_a_run_is_not_found(city) -> None:
    this_round = city.open()
    assert city.world.client("kaohe").get(f"/api/assessment/rounds/{this_round.pk}/scores").status_code == 404
    assert city.world.client("xitong").get("/api/assessment/rounds").status_code == 403
