"""The county's hearing: what it may see, confirming, objecting, who may decide, and what a correction leaves behind."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from junxian.core.errors import DataError, RuleError
from junxian.web.assessment import hearing_actions as hearing
from junxian.web.assessment import queries
from junxian.web.assessment.actions import approve, take_step
from junxian.web.assessment.models import Confirmation, Evidence, Objection, Receipt, Round, Score, Settlement
from junxian.web.assessment.standing import seen_hash, unanswered
from junxian.web.indicators.models import Observation
from junxian.web.people.models import AuditRow, Message

OWN, OTHER = "X10001", "X10002"
STEPS = {"handled": "bumen1-handle", "reviewed": "bumen1-review", "signed": "bumen1-sign"}


@pytest.fixture
def checking(computed):
    city, this_round, run = computed
    take_step(this_round, "send_to_counties", by=city.actor("kaohe"))
    return city, this_round, run


def objection(city, this_round, criterion: str = "A2", unit: str = OWN, **options) -> Objection:
    return hearing.file_objection(
        this_round, city.unit(unit), criterion=criterion, ground=options.pop("ground", "data_error"),
        text=options.pop("text", "增速应为 6.4"), by=city.actor(f"{unit}-changwu"), **options,
    )  # fmt: skip


def test_the_check_lasts_two_working_days_and_counties_are_told(checking) -> None:
    city, this_round, _run = checking
    assert this_round.check_until == date(2026, 7, 17)
    told = Message.objects.get(person__username=f"{OWN}-jingban").lines
    assert told[0]["code"] == "web.assessment.remind_check"
    assert told[0]["facts"]["until"] == "2026-07-17"
    assert told[0]["address"] == f"/units/{OWN}/check/"
    assert not Message.objects.filter(person=city.world.person("bumen1-handle")).exists()


def test_a_county_sees_its_own_and_nothing_that_others_set(checking) -> None:
    city, this_round, run = checking
    actor = city.actor(f"{OWN}-jingban")
    assert queries.run_for(this_round, actor) == run
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
    city, this_round, run = computed
    actor = city.actor(f"{OWN}-jingban")
    assert queries.run_for(this_round, actor) is None
    assert queries.run_for(this_round, city.actor("kaohe")) == run
    with pytest.raises(PermissionDenied):
        queries.receipt(run, city.unit(OWN), actor)
    assert queries.run_for(this_round, city.actor("caizheng")) is None


def test_next_steps_wait_for_locked_figures(checking) -> None:
    from junxian.web.indicators.models import HandIn

    city, this_round, run = checking
    office = city.actor("kaohe")
    open_view = queries.receipt(run, city.unit(OWN), office)
    assert not any("next_step" in line for line in open_view["lines"])
    owed = HandIn.objects.filter(scheme=this_round.scheme, period=this_round.period)
    posts = {f"{step}_by": city.world.post(name) for step, name in STEPS.items()}
    moments = dict.fromkeys(("handled_at", "reviewed_at", "signed_at"), timezone.now())
    assert owed.update(state="signed", **posts, **moments) > 3, "the round asked the departments for figures"
    locked_view = queries.receipt(run, city.unit(OWN), office)
    assert any(line.get("next_step") for line in locked_view["lines"])


def test_a_confirmation_bears_serial_and_hash_of_what_was_seen(checking) -> None:
    city, this_round, _run = checking
    before = len(unanswered(this_round))
    slip = hearing.confirm(this_round, city.unit(OWN), by=city.actor(f"{OWN}-jingban"))
    assert slip.serial.startswith("HD2026-06-")
    assert slip.hash == seen_hash(slip.content)
    assert len(unanswered(this_round)) == before - 1 == 8
    with pytest.raises(DataError, match="confirmed_already"):
        hearing.confirm(this_round, city.unit(OWN), by=city.actor(f"{OWN}-changwu"))
    with pytest.raises(PermissionDenied):
        hearing.confirm(this_round, city.unit(OTHER), by=city.actor(f"{OWN}-jingban"))
    city.compute(this_round, reason="再算一次")
    take_step(this_round, "send_to_counties", by=city.actor("kaohe"))
    assert city.unit(OWN) not in unanswered(this_round), "the same figures and points need no second answer"


def test_the_check_ends_when_all_answered_or_time_is_over(checking, settings) -> None:
    city, this_round, _run = checking
    office = city.actor("kaohe")
    with pytest.raises(DataError, match="check_not_over"):
        take_step(this_round, "end_check", by=office)
    settings.TODAY = "2026-07-18"
    assert take_step(this_round, "end_check", by=office).state == Round.State.REVIEWING


def test_an_objection_names_one_line_and_keeps_its_evidence(checking) -> None:
    city, this_round, _run = checking
    made = objection(city, this_round, evidence=[("..\\..\\=统计 月报.PDF", b"%PDF-1.4 evidence")])
    assert made.decide_by == date(2026, 7, 29)
    kept = Evidence.objects.get(objection=made)
    assert kept.name == "统计 月报.PDF"
    assert bytes(kept.content.content) == b"%PDF-1.4 evidence"
    with pytest.raises(DataError, match="objected_already"):
        objection(city, this_round)
    with pytest.raises(DataError, match="no_such_line"):
        objection(city, this_round, "Z9")
    with pytest.raises(DataError, match="ground_unknown"):
        objection(city, this_round, "A3", ground="other")
    with pytest.raises(DataError, match="evidence_kind"):
        objection(city, this_round, "A3", evidence=[("run.exe", b"MZ")])
    with pytest.raises(DataError, match="evidence_size"):
        objection(city, this_round, "A3", evidence=[("empty.pdf", b"")])
    with pytest.raises(PermissionDenied):
        hearing.file_objection(
            this_round, city.unit(OTHER), criterion="A2", ground="data_error", text="x", by=city.actor(f"{OWN}-changwu")
        )
    with pytest.raises(PermissionDenied):
        hearing.file_objection(
            this_round, city.unit(OWN), criterion="A3", ground="data_error", text="x", by=city.actor(f"{OWN}-jingban")
        )


def test_the_scorer_and_the_recused_decide_nothing(checking) -> None:
    city, this_round, _run = checking
    made = objection(city, this_round)
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
    told = Message.objects.get(person__username=f"{OWN}-changwu").lines[-1]
    assert (told["code"], told["facts"]["serial"]) == ("web.assessment.remind_decided", made.serial)
    with pytest.raises(DataError, match="decided_already"):
        hearing.decide_objection(made, by=city.actor("kaohe3"), **decide)


def test_a_correction_waits_for_revised_figures_and_a_new_run(checking, settings) -> None:
    city, this_round, run = checking
    office = city.actor("kaohe")
    made = objection(city, this_round)
    with pytest.raises(DataError, match="correction_needs_remedy"):
        hearing.decide_objection(made, decision="correct", reason="统计局已更正", by=city.actor("kaohe2"))
    hearing.decide_objection(
        made, decision="correct", reason="统计局已更正", remedy="revision", by=city.actor("kaohe2")
    )
    settings.TODAY = "2026-07-18"
    take_step(this_round, "end_check", by=office)
    with pytest.raises(DataError, match="correction_missing"):
        take_step(this_round, "submit", by=office)
    city.compute(this_round, reason="忘了先修订")
    made.refresh_from_db()
    assert made.answered_by_run is None, "the same figures correct nothing"
    revise(city, "industry_growth", 6.4)
    new = city.compute(this_round, reason=made.serial)
    made.refresh_from_db()
    assert made.answered_by_run == new
    assert new.replaces_id == made.run_id + 1
    change = {row["region_code"]: row["own"] for row in new.comparison["replaced"]["rows"]}
    assert change[OWN] > 0
    assert Score.objects.get(run=run, unit__code=OWN).score < Score.objects.get(run=new, unit__code=OWN).score
    take_step(this_round, "send_to_counties", by=office)
    settings.TODAY = "2026-07-24"
    take_step(this_round, "end_check", by=office)
    assert take_step(this_round, "submit", by=office).state == Round.State.APPROVING


def revise(city, indicator: str, value: float) -> Observation:
    row = Observation.objects.filter(unit__code=OWN, indicator=indicator, period="2026-06").latest("revision")
    row.pk, row.revision, row.value, row.raw, row.reason = None, row.revision + 1, value, str(value), "统计局更正"
    row.save(force_insert=True)
    return row


def test_after_freezing_a_correction_goes_to_the_annual_settlement(checking, settings) -> None:
    city, this_round, run = checking
    publish(city, this_round, settings)
    take_step(this_round, "freeze", by=city.actor("kaohe"))
    made = objection(city, this_round)
    decided = hearing.decide_objection(made, decision="partly", reason="认可一半", by=city.actor("kaohe2"))
    assert decided.remedy == Objection.Remedy.SETTLEMENT
    assert Settlement.objects.get(objection=made).year == 2026
    this_round.refresh_from_db()
    assert this_round.run == run
    with pytest.raises(DataError, match="closed"):
        city.compute(this_round, reason="想改")
    settings.TODAY = "2026-08-30"
    with pytest.raises(DataError, match="objection_late"):
        objection(city, this_round, "A3")


def publish(city, this_round, settings) -> None:
    settings.TODAY = "2026-07-18"
    office = city.actor("kaohe")
    take_step(this_round, "end_check", by=office)
    take_step(this_round, "submit", by=office)
    approve(this_round, "汐政纪〔2026〕7号", by=city.actor("shizhang"))
    take_step(this_round, "publish", by=office)


def test_nothing_is_published_without_minutes_and_the_database_says_so_too(checking, settings) -> None:
    city, this_round, _run = checking
    settings.TODAY = "2026-07-18"
    office, leader = city.actor("kaohe"), city.actor("shizhang")
    take_step(this_round, "end_check", by=office)
    take_step(this_round, "submit", by=office)
    with pytest.raises(DataError, match="not_approved"):
        take_step(this_round, "publish", by=office)
    with pytest.raises(DataError, match="minutes_missing"):
        approve(this_round, "  ", by=leader)
    with pytest.raises(PermissionDenied):
        approve(this_round, "汐政纪〔2026〕7号", by=office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=this_round.pk).update(state=Round.State.PUBLISHED)
    approve(this_round, "汐政纪〔2026〕7号", by=leader)
    take_step(this_round, "send_back", by=leader, reason="第三段再核")
    assert (this_round.minutes, this_round.approved_at) == ("", None), "sent back, the approval is gone"
    take_step(this_round, "submit", by=office)
    approve(this_round, "汐政纪〔2026〕8号", by=leader)
    take_step(this_round, "publish", by=office)
    assert queries.published("monthly") == this_round
    county = city.actor(f"{OWN}-jingban")
    assert len(queries.scores(this_round.run, county)) == 9, "published ranks are for all units"
    assert all(row.rank for row in queries.scores(this_round.run, county))
    with pytest.raises(PermissionDenied):
        queries.receipt(this_round.run, city.unit(OTHER), county)


def test_steps_out_of_turn_or_by_others_are_refused(computed) -> None:
    city, this_round, _run = computed
    with pytest.raises(RuleError, match="no_such_step"):
        take_step(this_round, "publish", by=city.actor("kaohe"))
    with pytest.raises(PermissionDenied):
        take_step(this_round, "send_to_counties", by=city.actor("shizhang"))
    with pytest.raises(PermissionDenied):
        take_step(this_round, "send_to_counties", by=city.actor(f"{OWN}-jingban"))
    with pytest.raises(DataError, match="say_why"):
        take_step(this_round, "collect_again", by=city.actor("kaohe"))
    take_step(this_round, "send_to_counties", by=city.actor("kaohe"))
    row = AuditRow.objects.get(action="round.send_to_counties")
    assert (row.before, row.after["state"]) == ("computing", "checking")


def test_what_a_county_confirmed_cannot_be_changed_by_anybody(checking) -> None:
    city, this_round, _run = checking
    slip = hearing.confirm(this_round, city.unit(OWN), by=city.actor(f"{OWN}-jingban"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Confirmation.objects.filter(pk=slip.pk).update(hash="another")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Confirmation.objects.filter(pk=slip.pk).delete()
