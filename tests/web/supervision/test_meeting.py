"""A meeting from plan to minutes: the named hear it a working day before, the number closes it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.indicators.models import Observation
from junxian.web.people.models import AuditRow, Message
from junxian.web.rulebooks.current import current
from junxian.web.supervision import actions, decisions, queries
from junxian.web.supervision.models import Decision, Meeting, Named, Promise
from junxian.web.supervision.working_days import working_day_before
from junxian.web.units.models import Unit

DAY = date(2026, 7, 20)


@pytest.fixture
def meeting(world) -> Meeting:
    return actions.plan(day=DAY, title="第十二次常务会议", by=world.actor("ducha"))


@pytest.fixture
def county(world) -> Unit:
    return Unit.objects.get(code="X10001")


@pytest.fixture
def held(world, meeting) -> Meeting:
    return actions.hold(meeting, by=world.actor("ducha"))


def decided(world, meeting: Meeting, unit: Unit, **more) -> Decision:
    facts = {"text": "七月底前完成整改", "owner": unit, "due": date(2026, 7, 31), **more}
    return decisions.decide(meeting, by=world.actor("ducha"), **facts)


def figure(unit: Unit, value: float, period: str, index: int, *, at, indicator: str = "revenue_growth") -> None:
    Observation.objects.create(
        unit=unit,
        indicator=indicator,
        period=period,
        period_index=index,
        kind="YTD",
        value=value,
        state="reported",
        at=at,
    )


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 7, 20), date(2026, 7, 17)),  # over a weekend
        (date(2026, 7, 21), date(2026, 7, 20)),
        (date(2026, 2, 23), date(2026, 2, 14)),  # the spring holiday, before it a Saturday that was worked
    ],
)
def test_the_last_working_day_before_follows_the_rulebooks_calendar(world, day: date, before: date) -> None:
    assert working_day_before(day, current()) == before


def test_the_named_hear_their_line_and_their_reply_prints_beside_it(world, meeting, county) -> None:
    named = actions.name(meeting, county, line="收入增速连续两月后三位", by=world.actor("ducha"))
    clerk, deputy = world.client("X10001-jingban"), world.client("X10001-changwu")
    assert deputy.get(reverse("meeting", args=[meeting.pk])).status_code == 404
    with pytest.raises(DataError) as early:
        actions.reply(named, text="已整改", by=world.actor("X10001-changwu"))
    assert early.value.code == "web.supervision.not_told_yet"
    actions.tell(meeting, by=world.actor("ducha"))
    told = Message.objects.filter(person=world.person("X10001-changwu")).get()
    assert told.lines[0]["facts"]["line"] == "收入增速连续两月后三位"
    assert "收入增速连续两月后三位" in deputy.get(reverse("meeting_lines")).content.decode()
    deputy.post(reverse("meeting_reply", args=[named.pk]), {"reply": "已制定追赶方案，八月转正"})
    page = world.client("shizhang").get(reverse("meeting_paper", args=[meeting.pk])).content.decode()
    assert page.index("收入增速连续两月后三位") < page.index("已制定追赶方案，八月转正")
    assert clerk.get(reverse("meeting_lines")).status_code == 403


def test_a_county_sees_only_the_lines_that_name_it(world, meeting, county) -> None:
    other = Unit.objects.get(code="X10002")
    actions.name(meeting, county, line="甲的一句话", by=world.actor("ducha"))
    actions.name(meeting, other, line="乙的一句话", by=world.actor("ducha"))
    actions.add_item(meeting, title="全市的议题", wanted="请会议决定", by=world.actor("ducha"))
    actions.tell(meeting, by=world.actor("ducha"))
    for name in ("meeting", "meeting_paper"):
        page = world.client("X10001-xianzhang").get(reverse(name, args=[meeting.pk])).content.decode()
        assert "甲的一句话" in page
        assert "乙的一句话" not in page
        assert "全市的议题" not in page
    foreign = Named.objects.get(unit=other)
    answer = world.client("X10001-changwu").post(reverse("meeting_reply", args=[foreign.pk]), {"reply": "替别人答"})
    assert answer.status_code == 404
    with pytest.raises(PermissionDenied):
        actions.reply(foreign, text="替别人答", by=world.actor("X10001-changwu"))


def test_a_meeting_with_untold_names_needs_a_reason(world, meeting, county) -> None:
    actions.name(meeting, county, line="没有通知的一句话", by=world.actor("ducha"))
    with pytest.raises(DataError) as refusal:
        actions.hold(meeting, by=world.actor("ducha"))
    assert refusal.value.code == "web.supervision.named_untold"
    opened = actions.hold(meeting, reason="上级紧急部署", by=world.actor("ducha"))
    assert opened.held_without == "上级紧急部署"


@pytest.mark.parametrize(("today", "late"), [("2026-07-17", False), ("2026-07-18", True), ("2026-07-20", True)])
def test_telling_on_the_day_itself_or_the_weekend_before_is_too_late(
    world, meeting, county, today: str, late: bool
) -> None:
    actions.name(meeting, county, line="一句话", by=world.actor("ducha"))
    with override_settings(TODAY=today):
        actions.tell(meeting, by=world.actor("ducha"))
    assert bool(actions.told_too_late(meeting)) is late


def test_who_can_be_told_nothing_is_not_named_silently(world, meeting) -> None:
    peer = Unit.objects.get(code="X20021")
    actions.name(meeting, peer, line="没有岗位的单位", by=world.actor("ducha"))
    with pytest.raises(DataError) as refusal:
        actions.tell(meeting, by=world.actor("ducha"))
    assert refusal.value.code == "web.supervision.nobody_replies"


def test_three_decisions_and_no_more(world, meeting) -> None:
    for number in range(3):
        actions.add_item(meeting, title=f"议题{number}", wanted="请决定", by=world.actor("ducha"))
    with pytest.raises(DataError) as refusal:
        actions.add_item(meeting, title="第四件", wanted="请决定", by=world.actor("ducha"))
    assert refusal.value.code == "web.supervision.three_decisions"
    actions.add_item(meeting, title="只汇报", by=world.actor("ducha"))


def test_decisions_are_captured_in_the_meeting_by_form(world, held) -> None:
    client = world.client("ducha")
    address = reverse("meeting_decide", args=[held.pk])
    typed = {"text": "清零欠薪", "owner": "东篱区", "due": "2026-08-01", "indicator": "wage_delay", "threshold": "0"}
    answer = client.post(address, typed, headers={"hx-request": "true"})
    assert answer.status_code == 200
    made = Decision.objects.get()
    assert (made.number, made.owner.code, made.due, made.threshold) == (1, "X10001", date(2026, 8, 1), 0.0)
    assert "autofocus" in answer.content.decode()
    answer = client.post(address, {**typed, "owner": ""}, headers={"hx-request": "true"})
    page = answer.content.decode()
    assert "每项决定都要有责任单位" in page
    assert 'value="清零欠薪"' in page
    assert Decision.objects.count() == 1


def test_a_refused_form_gives_back_what_was_typed(world, meeting) -> None:
    answer = world.client("ducha").post(
        reverse("meeting_name", args=[meeting.pk]), {"unit": "没有这个县", "line": "写了很久的一句话"}
    )
    assert answer.status_code == 409
    assert "写了很久的一句话" in answer.content.decode()
    assert "没有单位“没有这个县”" in answer.content.decode()


def test_decisions_only_while_the_meeting_is_held(world, meeting, county) -> None:
    with pytest.raises(DataError) as early:
        decided(world, meeting, county)
    assert early.value.code == "web.supervision.decide_planned"
    held = actions.hold(meeting, by=world.actor("ducha"))
    row = decided(world, held, county)
    with pytest.raises(DataError) as open_meeting:
        decisions.settle(row, state="done", by=world.actor("ducha"))
    assert open_meeting.value.code == "web.supervision.settle_after_meeting"
    with pytest.raises(DataError) as bare:
        actions.close(held, minutes=" ", by=world.actor("ducha"))
    assert bare.value.code == "web.supervision.minutes_missing"
    actions.close(held, minutes="〔2026〕12号", by=world.actor("ducha"))
    with pytest.raises(DataError) as late:
        decided(world, held, county)
    assert late.value.code == "web.supervision.decide_closed"
    assert AuditRow.objects.filter(action="meeting.close", after="〔2026〕12号").exists()


def test_the_database_knows_no_closed_meeting_without_minutes(world, held) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=held.pk).update(state="closed", closed_at=timezone.now())


def test_numbers_run_through_the_year(world, held, county) -> None:
    first, second = decided(world, held, county), decided(world, held, county)
    actions.close(held, minutes="〔2026〕12号", by=world.actor("ducha"))
    another = actions.hold(actions.plan(day=DAY, title="下一次", by=world.actor("ducha")), by=world.actor("ducha"))
    third = decided(world, another, county)
    assert [row.number for row in (first, second, third)] == [1, 2, 3]


def test_the_next_meeting_opens_with_what_became_of_the_last(world, held, county) -> None:
    figure(county, 3.1, "2026-05", 2026 * 12 + 4, at=clock.now())
    rate = decided(world, held, county, linked=("revenue_growth", None))
    goal = decided(world, held, county, text="工业增速过七", linked=("industry_growth", 7.0))
    plain = decided(world, held, county, text="没有数字的一件")
    amount = decided(world, held, county, text="累计数", linked=("revenue", None))
    actions.close(held, minutes="〔2026〕12号", by=world.actor("ducha"))
    later = clock.now() + timedelta(days=3)
    figure(county, 4.2, "2026-06", 2026 * 12 + 5, at=later)
    figure(county, 6.5, "2026-06", 2026 * 12 + 5, at=later, indicator="industry_growth")
    figure(county, 10.0, "2026-06", 2026 * 12 + 5, at=later, indicator="revenue")
    decisions.settle(plain, state="done", by=world.actor("ducha"))
    following = actions.plan(day=date(2026, 8, 3), title="第十三次", by=world.actor("ducha"))
    rows = {row.decision.pk: row for row in queries.brought_back(following, world.actor("shizhang"))}
    assert set(rows) == {rate.pk, goal.pk, plain.pk, amount.pk}
    moved = rows[rate.pk].movement
    assert (moved.then.value, moved.now.value, moved.verdict) == (3.1, 4.2, "better")
    assert (rows[goal.pk].movement.then, rows[goal.pk].movement.verdict) == (None, "short")
    assert rows[amount.pk].movement.verdict == ""  # a cumulative amount grows by itself
    assert rows[plain.pk].movement is None
    assert rows[plain.pk].decision.state == "done"
    page = world.client("shizhang").get(reverse("meeting", args=[following.pk])).content.decode()
    assert "好转" in page
    assert "未达到" in page


def test_older_open_decisions_come_back_until_they_are_settled(world, held, county) -> None:
    row = decided(world, held, county)
    actions.close(held, minutes="〔2026〕12号", by=world.actor("ducha"))
    second = actions.hold(
        actions.plan(day=date(2026, 8, 3), title="十三", by=world.actor("ducha")), by=world.actor("ducha")
    )
    actions.close(second, minutes="〔2026〕13号", by=world.actor("ducha"))
    third = actions.plan(day=date(2026, 8, 17), title="十四", by=world.actor("ducha"))
    assert [r.decision.pk for r in queries.brought_back(third, world.actor("ducha"))] == [row.pk]
    decisions.settle(row, state="not_done", remark="资金未到位", by=world.actor("ducha"))
    assert queries.brought_back(third, world.actor("ducha")) == []


@pytest.mark.parametrize(
    ("state", "remark", "due", "code"),
    [
        ("not_done", "", None, "reason_missing"), ("moved", "有原因", None, "later_day"),
        ("moved", "有原因", date(2026, 7, 30), "later_day"), ("open", "", None, "outcome_missing"),
        ("gone", "", None, "outcome_missing"),
    ],
)  # fmt: skip
def test_outcomes_are_complete(world, held, county, *, state: str, remark: str, due: date | None, code: str) -> None:
    row = decided(world, held, county)
    actions.close(held, minutes="〔2026〕12号", by=world.actor("ducha"))
    with pytest.raises(DataError) as refusal:
        decisions.settle(row, state=state, remark=remark, due=due, by=world.actor("ducha"))
    assert refusal.value.code == f"web.supervision.{code}"


def test_a_moved_decision_keeps_its_first_day(world, held, county) -> None:
    row = decided(world, held, county)
    actions.close(held, minutes="〔2026〕12号", by=world.actor("ducha"))
    moved = decisions.settle(row, state="moved", remark="雨季", due=date(2026, 9, 1), by=world.actor("ducha"))
    assert (moved.first_due, moved.due, moved.is_open) == (date(2026, 7, 31), date(2026, 9, 1), True)
    decisions.settle(moved, state="done", by=world.actor("ducha"))


def test_key_people_with_most_overdue_first(world, held, county) -> None:
    other = Unit.objects.get(code="X10002")
    decided(world, held, other, due=date(2026, 8, 30))
    decided(world, held, county, due=date(2026, 7, 1), person="区长")
    people = queries.key_people(world.actor("changwu"))
    assert [(row["owner"].code, row["person"], row["late"]) for row in people] == [
        ("X10001", "区长", 1),
        ("X10002", "", 0),
    ]
    assert "区长" in world.client("changwu").get(reverse("meeting_key_people")).content.decode()


def test_decisions_can_be_corrected_and_struck_during_the_meeting(world, held, county) -> None:
    row = decided(world, held, county)
    decisions.amend(row, text="改过的", owner=county, due=date(2026, 8, 2), by=world.actor("ducha"))
    assert (row.text, row.due, row.first_due) == ("改过的", date(2026, 8, 2), date(2026, 8, 2))
    decisions.strike(row, by=world.actor("ducha"))
    assert not Decision.objects.exists()
    assert AuditRow.objects.filter(action="meeting.strike").get().before["text"] == "改过的"


def test_the_speaking_order_moves_without_losing_anybody(world, meeting) -> None:
    rows = [actions.name(meeting, unit, line="一句话", by=world.actor("ducha")) for unit in Unit.objects.counties()[:4]]
    actions.speak_at(rows[3], place=1, by=world.actor("ducha"))
    assert [row.pk for row in meeting.named.all()] == [rows[3].pk, rows[0].pk, rows[1].pk, rows[2].pk]
    item = actions.add_item(meeting, title="汇报", reporter=Unit.objects.get(root=True), by=world.actor("ducha"))
    assert [unit.pk for unit, _ in queries.speaking_order(meeting)][-1] == item.reporter_id


def test_taking_a_told_line_back_is_told_too(world, meeting, county) -> None:
    named = actions.name(meeting, county, line="一句话", by=world.actor("ducha"))
    actions.tell(meeting, by=world.actor("ducha"))
    actions.unname(named, by=world.actor("ducha"))
    codes = [line["code"] for line in Message.objects.get(person=world.person("X10001-changwu")).lines]
    assert codes == ["web.supervision.line_told", "web.supervision.line_withdrawn"]


@pytest.mark.parametrize(
    ("due", "kept", "standing"),
    [
        (date(2026, 8, 1), None, "waiting"), (date(2026, 7, 14), None, "overdue"), (date(2026, 6, 15), None, "overdue"),
        (date(2026, 6, 14), None, "red"), (date(2026, 7, 15), "7月拨款单", "kept"),
        (date(2026, 7, 14), "拨款单", "kept_late"),
    ],
)  # fmt: skip
def test_promises_stand_where_their_day_puts_them(world, county, due: date, kept: str | None, standing: str) -> None:
    row = decisions.promise(county, what="财力奖励", basis="办法第九条", due=due, body=county, by=world.actor("ducha"))
    if kept:
        decisions.fulfil(row, evidence=kept, by=world.actor("ducha"))
    found = queries.promises(world.actor("shizhang"))
    assert [one.standing for one in found] == [standing]
    share = {"waiting": None, "kept": 100.0}.get(standing, 0.0)
    assert queries.kept_share(found) == share


def test_counties_read_their_own_promises_only(world, county) -> None:
    decisions.promise(county, what="甲的奖励", basis="办法", due=DAY, body=county, by=world.actor("ducha"))
    other = Unit.objects.get(code="X10002")
    decisions.promise(other, what="乙的奖励", basis="办法", due=DAY, body=county, by=world.actor("ducha"))
    page = world.client("X10001-changwu").get(reverse("promises")).content.decode()
    assert "甲的奖励" in page
    assert "乙的奖励" not in page
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.update(evidence="没有日期的凭据")


@pytest.mark.parametrize("person", ["shizhang", "shenji", "X10001-changwu", "caizheng"])
def test_readers_run_nothing(world, meeting, county, person: str) -> None:
    actor = world.actor(person)
    for step in (
        lambda: actions.plan(day=DAY, title="x", by=actor), lambda: actions.hold(meeting, by=actor),
        lambda: actions.name(meeting, county, line="x", by=actor),
        lambda: actions.close(meeting, minutes="1", by=actor),
        lambda: decisions.decide(meeting, text="x", owner=county, due=DAY, by=actor),
        lambda: decisions.promise(county, what="x", basis="x", due=DAY, body=county, by=actor),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            step()
    assert world.client(person).post(reverse("meeting_plan"), {"date": "2026-07-20", "title": "x"}).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["meetings", "meeting_key_people", "meeting_decisions", "promises"])
def test_lists_open_in_few_queries(
    world, held, county, *, name: str, language: str, django_assert_max_num_queries
) -> None:
    for _ in range(5):
        decided(world, held, county, linked=("revenue_growth", 1.0))
        decisions.promise(county, what="奖励", basis="办法", due=DAY, body=county, by=world.actor("ducha"))
    client = world.client("ducha", language)
    client.get(reverse(name))
    with django_assert_max_num_queries(16):
        assert client.get(reverse(name)).status_code == 200


def test_the_whole_way_by_forms(world) -> None:
    client, county = world.client("ducha"), world.client("X10001-changwu")
    client.post(reverse("meeting_plan"), {"date": "2026-07-20", "kind": "executive", "title": "第十二次"})
    meeting = Meeting.objects.get()
    one = {"args": [meeting.pk]}
    client.post(reverse("meeting_item", **one), {"title": "财力", "reporter": "东篱区", "wanted": "批准奖励办法"})
    client.post(reverse("meeting_name", **one), {"unit": "东篱区", "line": "收入后三位"})
    client.post(reverse("meeting_tell", **one))
    county.post(reverse("meeting_reply", args=[Named.objects.get().pk]), {"reply": "八月转正"})
    client.post(reverse("meeting_hold", **one))
    client.post(reverse("meeting_decide", **one), {"text": "批准", "owner": "X10001", "due": "2026-8-1"})
    client.post(reverse("meeting_close", **one), {"minutes": "〔2026〕12号"})
    meeting.refresh_from_db()
    assert meeting.state == "closed"
    client.post(reverse("meeting_settle", args=[Decision.objects.get().pk]), {"state": "done", "remark": ""})
    assert Decision.objects.get().state == "done"
    page = client.get(reverse("meeting_paper", **one)).content.decode()
    for words in ("批准奖励办法", "收入后三位", "八月转正", "〔2026〕12号"):
        assert words in page
    assert "批准" in county.get(reverse("meeting", **one)).content.decode()
