"""Persons and posts: made, granted, ended, handed over, stood in for; the hard rules of three administrators."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from junxian.core.errors import DataError, RuleError
from junxian.web.people import actions, approvals, posts, separation
from junxian.web.people.access import GRANTS, Role
from junxian.web.people.actor import Actor
from junxian.web.people.models import Approval, AuditRow, Person, Post
from junxian.web.units.models import Unit

TODAY = date(2026, 7, 15)
BUSINESS = ("figure", "round", "result", "objection", "notice", "alert", "cockpit", "unit", "indicator", "meeting")


@pytest.fixture
def system(world: Any) -> Actor:
    return world.actor("xitong")


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def grant(person: Person, code: str, role: str, by: Actor | None, **facts: Any) -> Any:
    where = Unit.objects.get(root=True) if code == "root" else unit(code)
    return posts.grant(person, where, role, by=by, **{"starts": TODAY, **facts})


def test_an_account_is_made_with_a_one_time_password_shown_once(world: Any, system: Actor) -> None:
    client = world.client("xitong")
    page = client.post("/people/new/", {"username": "lilei", "name": "李雷", "phone": "0371-000"}).content.decode()
    password = re.search(r"<dd><code>(\w{16})</code></dd>", page)[1]
    made = Person.objects.get(username="lilei")
    assert made.must_change_password
    assert made.check_password(password)
    assert password not in client.get(f"/people/{made.pk}/").content.decode()
    assert not any(password in str(vars(row)) for row in AuditRow.objects.all())
    assert Client().post("/account/login/", {"login": "lilei", "password": password}).status_code == 302


def test_nothing_is_asked_that_is_not_needed(world: Any) -> None:
    fields = {field.name for field in Person._meta.get_fields()}
    assert not fields & {"email", "first_name", "last_name", "birthday", "id_number", "address", "photo"}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"username": "kaohe", "name": "甲"}, "username_taken"),
        ({"username": "KaoHe", "name": "甲"}, "username_taken"),
        ({"username": "a b", "name": "甲"}, "username_unfit"), ({"username": "new", "name": " "}, "name_missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_account_is_refused(system: Actor, facts: dict[str, str], code: str) -> None:
    with pytest.raises(DataError) as fault:
        actions.create_person(**facts, by=system)
    assert fault.value.code == f"web.people.{code}"


def test_a_refused_form_keeps_what_was_typed(world: Any) -> None:
    answer = world.client("xitong").post("/people/new/", {"username": "kaohe", "name": "王梅", "phone": "12"})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="王梅"' in text
    assert "已有人使用" in text


def test_only_administrators_write(world: Any) -> None:
    office, someone = world.actor("kaohe"), world.person("ducha")
    for act in (
        lambda: actions.create_person("x", "x", by=office), lambda: actions.reset_password(someone, by=office),
        lambda: actions.deactivate(someone, by=office), lambda: grant(someone, "X10001", Role.COUNTY_HEAD, office),
        lambda: posts.end(world.post("ducha"), TODAY, by=office),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            act()


def test_a_reset_ends_the_old_password(world: Any, system: Actor) -> None:
    person = world.person("ducha")
    client = world.client("ducha")
    password = actions.reset_password(person, by=system)
    person.refresh_from_db()
    assert person.check_password(str(password))
    assert client.get("/").status_code == 302, "open sessions end with the old password"


def test_a_post_is_granted_held_and_ended(world: Any, system: Actor) -> None:
    person = world.person("ducha")
    post = grant(person, "X10001", Role.COUNTY_HEAD, system, title="试任")
    assert {found.role for found in Post.objects.on(TODAY).filter(person=person)} == {"supervision", "county_head"}
    posts.end(post, TODAY, by=system)
    assert post in Post.objects.on(TODAY)
    assert post not in Post.objects.on(date(2026, 7, 16))
    row = AuditRow.objects.first()
    assert (row.action, row.before["ends"], row.after["ends"]) == ("post.end", None, "2026-07-15")


@pytest.mark.parametrize(
    ("code", "role"),
    [("X10001", Role.OFFICE), ("root", Role.COUNTY_CLERK), ("root", Role.DEPARTMENT), ("X10001", Role.DEPARTMENT)],
)
def test_a_role_has_its_place(world: Any, system: Actor, code: str, role: str) -> None:
    with pytest.raises(RuleError) as fault:
        grant(world.person("ducha"), code, role, system)
    assert fault.value.code == "web.people.role_unfit"


def test_nobody_grants_to_himself(world: Any, system: Actor) -> None:
    with pytest.raises(RuleError) as fault:
        grant(world.person("xitong"), "root", Role.OFFICE, system)
    assert fault.value.code == "web.people.grant_self"
    with pytest.raises(RuleError, match="grant_self"):
        posts.hand_over(world.post("kaohe"), world.person("xitong"), TODAY, by=system)


def test_the_same_post_is_not_given_twice(world: Any, system: Actor) -> None:
    grant(world.person("ducha"), "X10001", Role.COUNTY_HEAD, system)
    with pytest.raises(RuleError, match="post_twice"):
        grant(world.person("ducha"), "X10001", Role.COUNTY_HEAD, system)


def test_handover_is_one_action_without_a_gap_or_an_overlap(world: Any, system: Actor) -> None:
    old, day = world.post("X10001-xianzhang"), date(2026, 8, 1)
    made = posts.hand_over(old, world.person("ducha"), day, by=system)
    old.refresh_from_db()
    assert (old.ends, made.starts, made.role, made.unit_id, made.step) == (
        date(2026, 7, 31), day, old.role, old.unit_id, old.step,
    )  # fmt: skip
    for one in (date(2026, 7, 31), day):
        assert Post.objects.on(one).filter(role=Role.COUNTY_HEAD, unit=old.unit).count() == 1


def test_a_handover_before_the_post_began_changes_nothing(world: Any, system: Actor) -> None:
    with pytest.raises(RuleError, match="ends_early"):
        posts.hand_over(world.post("X10001-xianzhang"), world.person("ducha"), date(2025, 1, 1), by=system)
    assert not Post.objects.filter(person__username="ducha", role=Role.COUNTY_HEAD).exists()


def test_a_stand_in_has_the_rights_between_two_days(world: Any, system: Actor) -> None:
    post = world.post("X10001-jingban")
    made = posts.stand_in(post, world.person("ducha"), date(2026, 7, 16), date(2026, 7, 20), by=system)
    assert made.stands_in_for == post
    held = [Post.objects.on(date(2026, 7, day)).filter(pk=made.pk).exists() for day in (15, 16, 20, 21)]
    assert held == [False, True, True, False]
    assert Post.objects.on(date(2026, 7, 18)).filter(pk=post.pk).exists()
    with pytest.raises(RuleError, match="days_turned"):
        posts.stand_in(post, world.person("ducha"), date(2026, 7, 20), date(2026, 7, 16), by=system)


def test_a_person_with_two_posts_acts_in_the_chosen_one(world: Any, system: Actor) -> None:
    grant(world.person("ducha"), "X10001", Role.COUNTY_HEAD, system)
    client = world.client("ducha")
    second = Post.objects.get(person__username="ducha", role=Role.COUNTY_HEAD)
    assert client.get("/api/people/me").json()["role"] == "supervision"
    client.post("/post/", {"post": second.pk, "next": "/reminders/"})
    assert client.get("/api/people/me").json()["role"] == "county_head"
    assert client.post("/post/", {"post": second.pk, "next": "https://elsewhere.example/"})["Location"] == "/"
    client.post("/post/", {"post": world.post("kaohe").pk})
    assert client.get("/api/people/me").json()["role"] == "county_head", "another's post is not taken"


def test_the_last_administrator_stays(world: Any, system: Actor) -> None:
    with pytest.raises(RuleError, match="last_administrator"):
        posts.end(world.post("xitong"), date(2026, 7, 14), by=system)
    world.post("xitong").refresh_from_db()
    assert world.post("xitong").ends is None
    with pytest.raises(RuleError, match="own_account"):
        actions.deactivate(world.person("xitong"), by=system)


def test_the_pages_carry_a_post_from_grant_to_end(world: Any) -> None:
    client, person = world.client("xitong"), world.person("ducha")
    county = unit("X10002").pk
    facts = {"unit": county, "role": "county_clerk", "step": "handle", "starts": "2026-07-01"}
    assert client.post(f"/people/{person.pk}/post/", facts)["Location"] == f"/people/{person.pk}/"
    post = Post.objects.get(person=person, unit_id=county)
    assert client.get(f"/people/posts/{post.pk}/hand-over/").status_code == 200
    other = world.person("caizheng").pk
    assert client.post(f"/people/posts/{post.pk}/stand-in/", {
        "person": other, "starts": "2026-07-16", "ends": "2026-07-18",
    }).status_code == 302  # fmt: skip
    assert client.post(f"/people/posts/{post.pk}/hand-over/", {"to": other, "day": "2026-07-20"}).status_code == 302
    over = client.post(f"/people/posts/{post.pk}/end/", {"day": "2020-01-01"})
    assert over.status_code == 400
    assert "不能早于" in over.content.decode()
    text = client.get(f"/people/{other}/").content.decode()
    assert "2026-07-20" in text
    assert client.post(f"/people/{person.pk}/activity/", {"to": "off"}).status_code == 302
    person.refresh_from_db()
    assert not person.is_active


def test_the_list_takes_few_queries(world: Any, django_assert_max_num_queries: Any) -> None:
    client = world.client("xitong")
    client.get("/people/")
    with django_assert_max_num_queries(14):
        text = client.get("/people/?q=考核办").content.decode()
    assert "kaohe2" in text
    assert "X10001-jingban" not in text


# The three administrators.


def test_no_account_holds_two_of_the_three(three: dict[str, Actor]) -> None:
    with pytest.raises(RuleError, match="two_administrators"):
        grant(three["xitong2"].person, "root", Role.SECURITY, three["anquan"])
    with pytest.raises(RuleError, match="two_administrators"), transaction.atomic():
        Post.objects.create(
            person=three["anquan"].person, unit=Unit.objects.get(root=True), role=Role.AUDIT_ADMIN, starts=TODAY
        )


def test_an_administrator_holds_no_business_post(three: dict[str, Actor]) -> None:
    with pytest.raises(RuleError, match="administrator_in_business"):
        grant(three["xitong2"].person, "root", Role.OFFICE, three["anquan"])
    with pytest.raises(RuleError, match="administrator_in_business"):
        grant(three["kaohe"].person, "root", Role.SYSTEM, three["anquan"])


def test_administrators_have_no_business_permission() -> None:
    for role in (Role.SYSTEM, Role.SECURITY, Role.AUDIT_ADMIN):
        assert not [name for name in GRANTS[role] if name.split(".")[0] in BUSINESS]


def test_system_makes_the_account_security_grants_it(three: dict[str, Actor]) -> None:
    made, _ = actions.create_person("newone", "新人", by=three["xitong"])
    with pytest.raises(PermissionDenied):
        grant(made, "X10001", Role.COUNTY_CLERK, three["xitong"])
    with pytest.raises(PermissionDenied):
        actions.create_person("another", "新人", by=three["anquan"])
    assert isinstance(grant(made, "X10001", Role.COUNTY_CLERK, three["anquan"]), Post)


def test_an_audit_administrator_changes_by_two_persons_only(three: dict[str, Actor]) -> None:
    made, _ = actions.create_person("shenji2", "审计员", by=three["xitong"])
    asked = grant(made, "root", Role.AUDIT_ADMIN, three["anquan"])
    assert isinstance(asked, Approval)
    assert not Post.objects.filter(person=made).exists()
    with pytest.raises(RuleError, match="second_person"):
        approvals.decide(asked, True, by=three["anquan"])
    with pytest.raises(PermissionDenied):
        approvals.decide(asked, True, by=three["kaohe"])
    assert isinstance(approvals.decide(asked, True, by=three["shenjiguan"]), Post)
    with pytest.raises(RuleError, match="decided"):
        approvals.decide(asked, True, by=three["xitong"])


def test_the_system_administrator_alone_neither_stops_nor_resets_an_audit_administrator(
    three: dict[str, Actor],
) -> None:
    auditor = three["shenjiguan"].person
    stop, reset = actions.deactivate(auditor, by=three["xitong"]), actions.reset_password(auditor, by=three["xitong"])
    assert isinstance(stop, Approval)
    assert isinstance(reset, Approval)
    auditor.refresh_from_db()
    assert auditor.is_active
    with pytest.raises(RuleError, match="own_account"):
        approvals.decide(stop, True, by=three["shenjiguan"])
    assert approvals.decide(stop, False, by=three["anquan"]) is None
    password = approvals.decide(reset, True, by=three["anquan"])
    auditor.refresh_from_db()
    assert auditor.is_active
    assert auditor.check_password(str(password))


def test_ending_and_handing_over_wait_too(three: dict[str, Actor]) -> None:
    post = Post.objects.get(person=three["shenjiguan"].person)
    made, _ = actions.create_person("shenji3", "审计员", by=three["xitong"])
    over = posts.hand_over(post, made, date(2026, 8, 1), by=three["anquan"])
    assert isinstance(over, Approval)
    new = approvals.decide(over, True, by=three["xitong"])
    post.refresh_from_db()
    assert (post.ends, new.person, new.starts) == (date(2026, 7, 31), made, date(2026, 8, 1))
    assert isinstance(posts.end(new, date(2026, 9, 1), by=three["anquan"]), Approval)


def test_the_database_refuses_one_person_twice(three: dict[str, Actor]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(
            verb="reset", person=three["shenjiguan"].person, asked_by=three["anquan"].person,
            decided_by=three["anquan"].person, decided_at="2026-07-15T00:00Z", accepted=True,
        )  # fmt: skip


def test_the_pages_show_and_decide_what_waits(three: dict[str, Actor], world: Any) -> None:
    actions.reset_password(three["shenjiguan"].person, by=three["xitong"])
    asked = Approval.objects.get()
    assert "须由另一位管理员办理" in world.client("xitong").get("/people/approvals/").content.decode()
    client = world.client("anquan")
    assert f"/people/approvals/{asked.pk}/" in client.get("/people/approvals/").content.decode()
    assert "一次性密码" in client.post(f"/people/approvals/{asked.pk}/", {"to": "yes"}).content.decode()


def test_conflicts_from_before_the_profile_are_named(world: Any, settings: Any) -> None:
    person = world.person("xitong")
    Post.objects.create(person=person, unit=Unit.objects.get(root=True), role=Role.OFFICE, starts=TODAY)
    assert separation.conflicts() == []
    settings.THREE_ADMINISTRATORS = True
    assert [post.person for post in separation.conflicts()] == [person]
    assert "三员分立" in world.client("xitong").get("/people/").content.decode()
