"""Three people, parents after children, the lock and its exceptions, what changed since, counties' queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from junxian.core.errors import DataError
from junxian.web.indicators import actions, opening, queries
from junxian.web.indicators.models import HandIn, Observation, Unlock
from junxian.web.people.models import AuditRow, Post
from junxian.web.units.models import Unit


@pytest.fixture
def filled(round_open, clerks) -> HandIn:
    """自然资源局 with one figure for each county, ready to be handled."""
    hand_in = round_open["自然资源局"]
    assert hand_in.indicators == ["idle_land"]
    cells = [(unit.code, "idle_land") for unit in queries.units_of(hand_in)]
    actions.declare(hand_in, cells, "late", by=clerks("自然资源局"))
    return hand_in


@pytest.fixture
def signed(filled, clerks) -> HandIn:
    actions.handle(filled, by=clerks("自然资源局"))
    actions.review(filled, by=clerks("自然资源局", "review"))
    return actions.sign(filled, by=clerks("自然资源局", "sign"))


def code_of(call, *args, **more) -> str:
    with pytest.raises(DataError) as refusal:
        call(*args, **more)
    return refusal.value.code


def test_each_step_has_its_post_and_its_turn(filled, clerks) -> None:
    handle, review, sign = (clerks("自然资源局", step) for step in ("handle", "review", "sign"))
    assert code_of(actions.handle, filled, by=review) == "web.indicators.not_your_step"
    assert code_of(actions.sign, filled, by=sign) == "web.indicators.not_this_step"
    actions.handle(filled, by=handle)
    assert code_of(actions.review, filled, by=sign) == "web.indicators.not_your_step"
    with pytest.raises(PermissionDenied):
        actions.review(filled, by=clerks("财政局", "review"))


def test_one_person_with_two_posts_takes_one_step(filled, clerks, world) -> None:
    handle = clerks("自然资源局")
    actions.handle(filled, by=handle)
    second = Post.objects.create(
        person=handle.person, unit=handle.post.unit, role="department", step="review", starts="2025-02-01"
    )
    from junxian.web.people.actor import Actor

    assert code_of(actions.review, filled, by=Actor(handle.person, second)) == "web.indicators.same_person"


@pytest.mark.parametrize(
    ("one", "two"), [("handled_by", "reviewed_by"), ("handled_by", "signed_by"), ("reviewed_by", "signed_by")]
)
def test_the_database_refuses_one_post_in_two_steps(filled, clerks, one, two) -> None:
    post = clerks("自然资源局").post
    with pytest.raises(IntegrityError), transaction.atomic():
        HandIn.objects.filter(pk=filled.pk).update(**{one: post, two: post})


def test_a_parent_signs_after_its_children(world, filled, clerks) -> None:
    city = HandIn.objects.create(
        period="2026-06",
        scheme="monthly",
        owner=Unit.objects.get(root=True),
        indicators=[],
        due=filled.due,
        state="reviewed",
    )
    HandIn.objects.exclude(pk__in=(city.pk, filled.pk)).delete()
    Post.objects.filter(person__username="kaohe3").update(unit=city.owner)
    by = world.actor("kaohe3")
    assert code_of(actions.sign, city, by=by) == "web.indicators.children_unsigned"
    HandIn.objects.filter(pk=city.pk).update(handled_by=world.post("kaohe"), reviewed_by=world.post("kaohe2"))
    for step, name in ((actions.handle, "handle"), (actions.review, "review"), (actions.sign, "sign")):
        step(filled, by=clerks("自然资源局", name))
    assert actions.sign(city, by=by).locked


def test_an_exception_takes_two_and_is_good_once(signed, clerks, world) -> None:
    clerk = clerks("自然资源局")
    cell = [("X10001", "idle_land")]
    assert code_of(actions.declare, signed, cell, "not_applicable", by=clerk) == "web.indicators.locked"
    assert code_of(actions.unlock, signed, " ", by=clerk) == "web.indicators.reason_missing"
    asked = actions.unlock(signed, "省厅更正", by=clerk)
    assert code_of(actions.unlock, signed, "再来", by=clerk) == "web.indicators.unlock_asked"
    with pytest.raises(PermissionDenied):
        actions.decide_unlock(asked, by=clerks("自然资源局", "sign"))
    actions.decide_unlock(asked, by=world.actor("ducha"))
    signed.refresh_from_db()
    assert (signed.state, signed.edition, signed.signed_by) == ("received", 2, None)
    assert code_of(actions.decide_unlock, asked, by=world.actor("ducha")) == "web.indicators.unlock_decided"
    actions.declare(signed, cell, "not_applicable", by=clerk)
    assert set(AuditRow.objects.values_list("action", flat=True)) >= {"hand_in.ask_unlock", "hand_in.unlock"}


def test_who_asks_does_not_grant(world, round_open) -> None:
    hand_in = round_open["考核办"]
    own = Post.objects.filter(unit=hand_in.owner, role="department")
    posts = [own.get(step=step) for step in ("handle", "review", "sign")]
    HandIn.objects.filter(pk=hand_in.pk).update(
        state="signed", handled_by=posts[0], reviewed_by=posts[1], signed_by=posts[2]
    )
    asked = actions.unlock(hand_in, "漏报", by=world.actor("kaohe"))
    assert code_of(actions.decide_unlock, asked, by=world.actor("kaohe")) == "web.indicators.same_person"
    with pytest.raises(IntegrityError), transaction.atomic():
        Unlock.objects.filter(pk=asked.pk).update(granted_by=asked.asked_by)
    actions.decide_unlock(asked, by=world.actor("kaohe2"), refused="理由不足")
    hand_in.refresh_from_db()
    assert hand_in.locked


def test_a_frozen_period_gets_no_exception(signed, clerks, world) -> None:
    actions.close("monthly", "2026-06", by=world.actor("kaohe"))
    signed.refresh_from_db()
    assert code_of(actions.unlock, signed, "省厅更正", by=clerks("自然资源局")) == "web.indicators.closed"


def test_what_changed_since_the_review_is_shown(filled, clerks, world) -> None:
    actions.handle(filled, by=clerks("自然资源局"))
    reviewed = actions.review(filled, by=clerks("自然资源局", "review"))
    HandIn.objects.filter(pk=filled.pk).update(compared_at=reviewed.compared_at - timedelta(seconds=1))
    Observation.objects.all()  # what was known at the review was said before it
    before = HandIn.objects.get(pk=filled.pk)
    known = set(queries.changes_since(before, before.compared_at).values_list("pk", flat=True))
    actions.send_back(before, "X10001 有误", by=clerks("自然资源局", "sign"))
    actions.declare(before, [("X10001", "idle_land")], "not_applicable", by=clerks("自然资源局"))
    changed = queries.changes_since(before, before.compared_at).exclude(pk__in=known)
    assert [(f.unit.code, f.state, f.revision) for f in changed] == [("X10001", "not_applicable", 1)]
    assert queries.modifications(before) == 1
    page = world.client(clerks("自然资源局", "review").person.username).get(f"/hand-ins/{filled.pk}/").content.decode()
    assert "上次复核以后的变动" in page
    assert "X10001 有误" in page


def test_an_unlocked_ranking_stays_shut_and_counties_wait_for_publication(filled, clerks, world) -> None:
    office, county = world.actor("kaohe"), world.actor("X10001-jingban")
    index = 2026 * 12 + 5
    assert opening.open_indices("idle_land", [index], office) == []
    for step, name in ((actions.handle, "handle"), (actions.review, "review"), (actions.sign, "sign")):
        step(filled, by=clerks("自然资源局", name))
    assert opening.locked("idle_land", index)
    assert opening.open_indices("idle_land", [index], office) == [index]
    assert opening.open_indices("idle_land", [index], county) == []
    actions.release("monthly", "2026-06", by=office)
    assert opening.open_indices("idle_land", [index, index - 12], county) == [index, index - 12]


def test_a_ranking_before_the_lock_is_on_no_page(filled, world) -> None:
    page = world.client("shizhang").get("/indicators/idle_land/").content.decode()
    assert "还没有签发" in page
    assert "indicator-bars" not in page
    assert "table data-table" not in page


def test_a_county_asks_and_the_keeper_answers(filled, world, clerks) -> None:
    figure = Observation.objects.get(unit__code="X10001", indicator="idle_land")
    client = world.client("X10001-jingban")
    assert client.post(f"/figures/{figure.pk}/ask/", {"text": " "}).status_code == 422
    assert client.post(f"/figures/{figure.pk}/ask/", {"text": "应为不适用"}).status_code == 302
    other = Observation.objects.get(unit__code="X10002", indicator="idle_land")
    assert client.post(f"/figures/{other.pk}/ask/", {"text": "别县的"}).status_code == 403
    assert code_of(actions.handle, filled, by=clerks("自然资源局")) == "web.indicators.queries_wait"
    query = figure.queries.get()
    assert query.hand_in == filled
    keeper = world.client(clerks("自然资源局").person.username)
    assert "应为不适用" in keeper.get("/hand-ins/").content.decode()
    keeper.post(f"/queries/{query.pk}/reply/", {"answer": "已核实更正"})
    assert "已核实更正" in client.get("/units/X10001/figures/2026-06/").content.decode()
    actions.handle(filled, by=clerks("自然资源局"))


def test_nobody_types_a_countys_figures_for_it(world) -> None:
    from junxian.web.indicators.handing import demand_keeper

    county = Unit.objects.get(code="X10001")
    hand_in = HandIn.objects.create(
        period="2026-06", scheme="monthly", owner=county, indicators=["revenue"], due="2026-07-20"
    )
    with pytest.raises(PermissionDenied):
        demand_keeper(world.actor("kaohe"), "figure.hand_in", hand_in)
    demand_keeper(world.actor("X10001-jingban"), "figure.hand_in", hand_in)
    with pytest.raises(PermissionDenied):
        demand_keeper(world.actor("X10002-jingban"), "figure.hand_in", hand_in)
