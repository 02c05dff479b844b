"""The county's hearing: what it may see, confirming, objecting, who may decide, and what a correction leaves behind."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from junxian.core.errors import DataError, RuleError
from junxian.web.assessment import hearing_actions as hearing
from junxian.web.assessment import queries
from junxian.web.assessment.actions import approve, take_step
from junxian.web.assessment.models import Evidence, Objection, Receipt, Round, Score, Settlement
from junxian.web.assessment.standing import seen_hash, unanswered
from junxian.web.indicators.models import Observation
from junxian.web.people.models import AuditRow

OWN, OTHER = "X10001", "X10002"


@pytest.fixture
def checking(computed):
    city, round, run = computed
    take_step(round, "send_to_counties", by=city.actor("kaohe"))
    return city, round, run


def objection(city, round, criterion: str = "A2", unit: str = OWN, **options) -> Objection:
    return hearing.file_objection(
        round, city.unit(unit), criterion=criterion, ground=options.pop("ground", "data_error"),
        text=options.pop("text", "增速应为 6.4"), by=city.actor(f"{unit}-changwu"), **options,
    )  # fmt: skip


def test_the_check_lasts_two_working_days(checking) -> None:
    _city, round, _run = checking
    assert round.check_until == date(2026, 7, 17)


def test_a_county_sees_its_own_and_nothing_that_others_set(checking) -> None:
    city, round, run = checking
    actor = city.actor(f"{OWN}-jingban")
    assert queries.run_for(round, actor) == run
    rows = queries.scores(run, actor)
    assert [(row.unit.code, row.rank, row.n, row.previous_rank) for row in rows] == [(OWN, None, None, None)]
    text = json.dumps(queries.receipt(run, city.unit(OWN), actor), ensure_ascii=False)
    whole = json.dumps(Receipt.objects.get(run=run, unit__code=OWN).content, ensure_ascii=False)
    others = [f"X1000{n}" for n in (2, 3, 4)] + [f"X1002{n}" for n in range(1, 6)]
    assert any(code in whole for code in others), "the whole receipt does name others"
    assert not any(code in text for code in others)
    view = json.loads(text)
    hidden = {"rank", "n", "tied", "above", "role_models", "grade", "alerts"}
    assert not hidden & view.keys()
    assert not any(hidden & line.keys() for line in view["lines"])
    assert not any("statistic" in one for line in view["lines"] for one in line.get("references", {}).values())
    with pytest.raises(PermissionDenied):
        queries.receipt(run, city.unit(OTHER), actor)
    with pytest.raises(PermissionDenied):
        queries.points(run, city.unit(OTHER), actor)


def test_a_county_sees_nothing_before_the_check(computed) -> None:
    city, round, run = computed
    actor = city.actor(f"{OWN}-jingban")
    assert queries.run_for(round, actor) is None
    assert queries.run_for(round, city.actor("kaohe")) == run
    with pytest.raises(PermissionDenied):
        queries.receipt(run, city.unit(OWN), actor)
    assert queries.run_for(round, city.actor("caizheng")) is None


def test_next_steps_wait_for_locked_figures(checking) -> None:
    from junxian.web.indicators.models import HandIn

    city, round, run = checking
    office = city.actor("kaohe")
    open_view = queries.receipt(run, city.unit(OWN), office)
    assert not any("next_step" in line for line in open_view["lines"])
    HandIn.objects.filter(scheme=round.scheme, period=round.period).update(state="signed")
    if not HandIn.objects.filter(scheme=round.scheme, period=round.period).exists():
        pytest.fail("the round asked nobody for figures")
    locked_view = queries.receipt(run, city.unit(OWN), office)
    assert any(line.get("next_step") for line in locked_view["lines"])


def test_a_confirmation_bears_serial_and_hash_of_what_was_seen(checking) -> None:
    city, round, run = checking
    before = len(unanswered(round))
    slip = hearing.confirm(round, city.unit(OWN), by=city.actor(f"{OWN}-jingban"))
    assert slip.serial.startswith("HD2026-06-")
    assert slip.hash == seen_hash(slip.content)
    assert len(unanswered(round)) == before - 1 == 8
    with pytest.raises(DataError, match="confirmed_already"):
        hearing.confirm(round, city.unit(OWN), by=city.actor(f"{OWN}-changwu"))
    with pytest.raises(PermissionDenied):
        hearing.confirm(round, city.unit(OTHER), by=city.actor(f"{OWN}-jingban"))
    city.compute(round, reason="再算一次")
    take_step(round, "send_to_counties", by=city.actor("kaohe"))
    assert city.unit(OWN) not in unanswered(round), "the same figures and points need no second answer"


def test_the_check_ends_when_all_answered_or_time_is_over(checking, settings) -> None:
    city, round, _run = checking
    office = city.actor("kaohe")
    with pytest.raises(DataError, match="check_not_over"):
        take_step(round, "end_check", by=office)
    settings.TODAY = "2026-07-18"
    assert take_step(round, "end_check", by=office).state == Round.State.REVIEWING


def test_an_objection_names_one_line_and_keeps_its_evidence(checking) -> None:
    city, round, _run = checking
    made = objection(city, round, evidence=[("..\\..\\=统计 月报.PDF", b"%PDF-1.4 evidence")])
    assert made.decide_by == date(2026, 7, 29)
    kept = Evidence.objects.get(objection=made)
    assert kept.name == "统计 月报.PDF"
    assert bytes(kept.content.content) == b"%PDF-1.4 evidence"
    with pytest.raises(DataError, match="objected_already"):
        objection(city, round)
    with pytest.raises(DataError, match="no_such_line"):
        objection(city, round, "Z9")
    with pytest.raises(DataError, match="ground_unknown"):
        objection(city, round, "A3", ground="other")
    with pytest.raises(DataError, match="evidence_kind"):
        objection(city, round, "A3", evidence=[("run.exe", b"MZ")])
    with pytest.raises(DataError, match="evidence_size"):
        objection(city, round, "A3", evidence=[("empty.pdf", b"")])
    with pytest.raises(PermissionDenied):
        hearing.file_objection(
            round, city.unit(OTHER), criterion="A2", ground="data_error", text="x", by=city.actor(f"{OWN}-changwu")
        )
    with pytest.raises(PermissionDenied):
        objection_by_clerk = city.actor(f"{OWN}-jingban")
        hearing.file_objection(
            round, city.unit(OWN), criterion="A3", ground="data_error", text="x", by=objection_by_clerk
        )


def test_the_scorer_and_the_recused_decide_nothing(checking) -> None:
    city, round, _run = checking
    made = objection(city, round)
    decide = {"decision": "uphold", "reason": "数据无误"}
    with pytest.raises(DataError, match="reviewer_is_scorer"):
        hearing.decide_objection(made, by=city.actor("kaohe"), **decide)
    hearing.recuse(city.unit(OWN), "配偶在该区任职", by=city.actor("kaohe2"))
    with pytest.raises(DataError, match="reviewer_recused"):
        hearing.decide_objection(made, by=city.actor("kaohe2"), **decide)
    with pytest.raises(DataError, match="recused_already"):
        hearing.recuse(city.unit(OWN), "再说一次", by=city.actor("kaohe2"))
    with pytest.raises(PermissionDenied):
        hearing.decide_objection(made, by=city.actor("ducha"), **decide)
    with pytest.raises(DataError, match="decision_needs_reason"):
        hearing.decide_objection(made, decision="uphold", reason=" ", by=city.actor("kaohe3"))
    decided = hearing.decide_objection(made, by=city.actor("kaohe3"), **decide)
    assert (decided.decision, decided.remedy) == ("uphold", "")
    with pytest.raises(DataError, match="decided_already"):
        hearing.decide_objection(made, by=city.actor("kaohe3"), **decide)


def test_a_correction_waits_for_revised_figures_and_a_new_run(checking, settings) -> None:
    city, round, run = checking
    office = city.actor("kaohe")
    made = objection(city, round)
    with pytest.raises(DataError, match="correction_needs_remedy"):
        hearing.decide_objection(made, decision="correct", reason="统计局已更正", by=city.actor("kaohe2"))
    hearing.decide_objection(made, decision="correct", reason="统计局已更正", remedy="revision", by=city.actor("kaohe2"))
    settings.TODAY = "2026-07-18"
    take_step(round, "end_check", by=office)
    with pytest.raises(DataError, match="correction_missing"):
        take_step(round, "submit", by=office)
    city.compute(round, reason="忘了先修订")
    made.refresh_from_db()
    assert made.answered_by_run is None, "the same figures correct nothing"
    revise(city, "industry_growth", 6.4)
    new = city.compute(round, reason=made.serial)
    made.refresh_from_db()
    assert made.answered_by_run == new
    assert new.replaces_id == made.run_id + 1
    change = {row["region_code"]: row["own"] for row in new.comparison["replaced"]["rows"]}
    assert change[OWN] > 0
    assert Score.objects.get(run=run, unit__code=OWN).score < Score.objects.get(run=new, unit__code=OWN).score
    take_step(round, "send_to_counties", by=office)
    settings.TODAY = "2026-07-24"
    take_step(round, "end_check", by=office)
    assert take_step(round, "submit", by=office).state == Round.State.APPROVING


def revise(city, indicator: str, value: float) -> Observation:
    row = Observation.objects.filter(unit__code=OWN, indicator=indicator, period="2026-06").latest("revision")
    row.pk, row.revision, row.value, row.raw, row.reason = None, row.revision + 1, value, str(value), "统计局更正"
    row.save(force_insert=True)
    return row


def test_after_freezing_a_correction_goes_to_the_annual_settlement(checking, settings) -> None:
    city, round, run = checking
    publish(city, round, settings)
    take_step(round, "freeze", by=city.actor("kaohe"))
    made = objection(city, round)
    decided = hearing.decide_objection(made, decision="partly", reason="认可一半", by=city.actor("kaohe2"))
    assert decided.remedy == Objection.Remedy.SETTLEMENT
    assert Settlement.objects.get(objection=made).year == 2026
    round.refresh_from_db()
    assert round.run == run
    with pytest.raises(DataError, match="closed"):
        city.compute(round, reason="想改")
    settings.TODAY = "2026-08-30"
    with pytest.raises(DataError, match="objection_late"):
        objection(city, round, "A3")


def publish(city, round, settings) -> None:
    settings.TODAY = "2026-07-18"
    office = city.actor("kaohe")
    take_step(round, "end_check", by=office)
    take_step(round, "submit", by=office)
    approve(round, "汐政纪〔2026〕7号", by=city.actor("shizhang"))
    take_step(round, "publish", by=office)


def test_nothing_is_published_without_minutes_and_the_database_says_so_too(checking, settings) -> None:
    city, round, _run = checking
    settings.TODAY = "2026-07-18"
    office, leader = city.actor("kaohe"), city.actor("shizhang")
    take_step(round, "end_check", by=office)
    take_step(round, "submit", by=office)
    with pytest.raises(DataError, match="not_approved"):
        take_step(round, "publish", by=office)
    with pytest.raises(DataError, match="minutes_missing"):
        approve(round, "  ", by=leader)
    with pytest.raises(PermissionDenied):
        approve(round, "汐政纪〔2026〕7号", by=office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=round.pk).update(state=Round.State.PUBLISHED)
    approve(round, "汐政纪〔2026〕7号", by=leader)
    take_step(round, "send_back", by=leader, reason="第三段再核")
    assert (round.minutes, round.approved_at) == ("", None), "sent back, the approval is gone"
    take_step(round, "submit", by=office)
    approve(round, "汐政纪〔2026〕8号", by=leader)
    take_step(round, "publish", by=office)
    assert queries.published("monthly") == round
    county = city.actor(f"{OWN}-jingban")
    assert len(queries.scores(round.run, county)) == 9, "published ranks are for all units"
    assert all(row.rank for row in queries.scores(round.run, county))
    with pytest.raises(PermissionDenied):
        queries.receipt(round.run, city.unit(OTHER), county)


def test_steps_out_of_turn_or_by_others_are_refused(computed) -> None:
    city, round, _run = computed
    with pytest.raises(RuleError, match="no_such_step"):
        take_step(round, "publish", by=city.actor("kaohe"))
    with pytest.raises(PermissionDenied):
        take_step(round, "send_to_counties", by=city.actor("shizhang"))
    with pytest.raises(PermissionDenied):
        take_step(round, "send_to_counties", by=city.actor(f"{OWN}-jingban"))
    with pytest.raises(DataError, match="say_why"):
        take_step(round, "collect_again", by=city.actor("kaohe"))
    take_step(round, "send_to_counties", by=city.actor("kaohe"))
    row = AuditRow.objects.get(action="round.send_to_counties")
    assert (row.before, row.after["state"]) == ("computing", "checking")
